import { describe, expect, it } from "vitest";
import { matches } from "./matches";

describe("a search", () => {
  it("finds each word anywhere, in any order and case", () => {
    expect(matches("storgata KARI", "Kari Nordmann", "Storgata 14")).toBe(true);
    expect(matches("kari 15", "Kari Nordmann", "Storgata 14")).toBe(false);
  });
  it("finds a name that is hard to type", () => {
    expect(matches("aile gaisa", "Áile Máret Gáisá")).toBe(true);
    expect(matches("jozef", "Józef Wiśniewski")).toBe(true);
  });
  it("of nothing finds everything", () => {
    expect(matches("", "Kari")).toBe(true);
    expect(matches("  ", "Kari")).toBe(true);
  });
});
