import { describe, expect, it } from "vitest";
import { rustSource } from "../../../scripts/rust-codes.mjs";
import { isClosed, wordClosed } from "./closed";

const source = rustSource("companion/src/interface/closed.rs");
const reasons = [...source.matchAll(/^    ([A-Z]\w+),/gm)].map((match) =>
  (match[1] as string).replace(/^./, (first) => first.toLowerCase()),
);

describe("why the app can't open", () => {
  it("is said for every reason, each with its own words", () => {
    expect(reasons).toHaveLength(4);
    const said = reasons.map((reason) => {
      expect(isClosed(reason), reason).toBe(true);
      return isClosed(reason) ? wordClosed(reason).what : "";
    });
    expect(new Set(said).size).toBe(reasons.length);
  });

  it("is not mistaken for another failure of the shell", () => {
    for (const other of [undefined, {}, "window not found", "toString"]) expect(isClosed(other)).toBe(false);
  });
});
