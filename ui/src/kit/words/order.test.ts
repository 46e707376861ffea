import { expect, test } from "vitest";
import { byAddress } from "./order";

const sorted = (language: "nb" | "sv" | "en", ...addresses: string[]): string[] =>
  byAddress(
    addresses.map((address) => ({ address })),
    language,
  ).map(({ address }) => address);

test("a number is a number", () => {
  expect(sorted("nb", "Storgata 10", "Storgata 2 B", "Storgata 2")).toEqual(["Storgata 2", "Storgata 2 B", "Storgata 10"]);
});

test("each language has its letters in its own order", () => {
  expect(sorted("nb", "Åsveien 1", "Øvregata 1", "Ærveien 1", "Zetaveien 1", "Aveien 1")).toEqual([
    "Aveien 1",
    "Zetaveien 1",
    "Ærveien 1",
    "Øvregata 1",
    "Åsveien 1",
  ]);
  expect(sorted("sv", "Östra gatan 1", "Ängen 1", "Åsen 1", "Zetavägen 1")).toEqual([
    "Zetavägen 1",
    "Åsen 1",
    "Ängen 1",
    "Östra gatan 1",
  ]);
});
