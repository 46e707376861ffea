// Turns messages/*.json into one typed function per message.
import { compile } from "@inlang/paraglide-js";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
await compile({
  project: here("../project.inlang"),
  outdir: here("../src/kit/language/generated"),
  strategy: ["globalVariable", "baseLocale"],
  emitTsDeclarations: false,
});

// A plugin that can't be read is only a warning to the compiler, and leaves no messages at all.
const { m } = await import("../src/kit/language/generated/messages.js");
if (typeof m?.app_name !== "function") {
  console.error("messages: nothing was compiled");
  process.exit(1);
}
