import { describe, expect, it } from "vitest";
import { grantsOf, refusalsOf } from "./people";

const ada = { worker: "a", name: "Ada", until: "2026-01-16T22:00:00Z", dispatch: null, emergency: null };
const shift = { permission: "p" };

describe("who can get in", () => {
  it("is one line for all doors that are open to somebody for the same reason until the same time", () => {
    const grants = grantsOf([
      { ...ada, door: "Street", ...shift },
      { ...ada, door: "Flat", ...shift },
      { ...ada, door: "Cellar", permission: null, dispatch: "d" },
      { ...ada, door: "Garage", ...shift, until: "2026-01-16T21:00:00Z" },
    ]);
    expect(grants.map(({ doors }) => doors)).toEqual([["Street", "Flat"], ["Cellar"], ["Garage"]]);
  });
  it("keeps two people of one name apart", () => {
    const grants = grantsOf([
      { ...ada, door: "Street", ...shift },
      { ...ada, worker: "b", door: "Street", ...shift },
    ]);
    expect(grants).toHaveLength(2);
  });
});

describe("who cannot", () => {
  it("is one line for each reason", () => {
    const entry = { worker: "a", name: "Ada", door: "Street", because: "not_yet" };
    const refusals = refusalsOf([entry, { ...entry, door: "Flat" }, { ...entry, because: "ended" }]);
    expect(refusals.map(({ doors, because }) => [because, ...doors])).toEqual([["not_yet", "Street", "Flat"], ["ended", "Street"]]);
  });
});
