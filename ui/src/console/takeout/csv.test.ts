import { describe, expect, it } from "vitest";
import { toCsv } from "./csv";

const COLUMNS = ["at", "who", "door"] as const;
const row = { at: "2026-01-16T21:03:00Z", who: "Ada Solli", door: "Storgata 14" };

describe("rows as a table", () => {
  it("stand below the names of the columns, and what is not known is empty", () => {
    const [head, line, next, ...rest] = toCsv<Partial<typeof row>>(COLUMNS, [row, { at: row.at }]).split("\r\n");
    expect(head).toBe("\uFEFFat;who;door");
    expect(line).toBe("2026-01-16T21:03:00Z;Ada Solli;Storgata 14");
    expect(next).toBe("2026-01-16T21:03:00Z;;");
    expect(rest).toEqual([""]);
  });
  it("keep a name with everything in it in one cell", () => {
    expect(toCsv(COLUMNS, [{ ...row, who: 'A;"B"\nC' }])).toContain(';"A;""B""\nC";');
  });
  it("let no name be a formula", () => {
    for (const who of ["=1+1", "+47", "-1", "@SUM(A1)", "\t=1"]) expect(toCsv(COLUMNS, [{ ...row, who }])).toContain(`;'${who};`);
  });
});
