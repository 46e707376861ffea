import { readFileSync } from "node:fs";

/** A source file of the programs: `model/src/door.rs`. */
export const rustSource = (path) => readFileSync(new URL(`../../crates/${path}`, import.meta.url), "utf8");

/** The codes of an open enum, read from its source: what can come has to be worded. */
export function rustCodes(path, name) {
  const body = new RegExp(`\\n    ${name} \\{([\\s\\S]*?)\\n    \\}`).exec(rustSource(path))?.[1] ?? "";
  return [...body.matchAll(/= "(\w+)"/g)].map((match) => match[1]);
}
