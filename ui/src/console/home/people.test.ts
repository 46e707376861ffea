import { describe, expect, it } from "vitest";
import { grantsOf, refusalsOf } from "./people";

const ada = { worker: "a", worker_name: "Ada", team: "t", operations: ["open"], until: "2026-01-16T22:00:00Z" };
const shift = { permission: "p" };

describe("who can get in", () => {
  it("is one line for all doors that are open to somebody for the same reason until the same time", () => {
    const grants = grantsOf([
      { ...ada, door: "1", door_name: "Street", because: shift },
      { ...ada, door: "2", door_name: "Flat", because: shift },
      { ...ada, door: "3", door_name: "Cellar", because: { dispatch: "d" } },
      { ...ada, door: "4", door_name: "Garage", because: shift, until: "2026-01-16T21:00:00Z" },
    ]);
    expect(grants.map(({ doors }) => doors)).toEqual([["Street", "Flat"], ["Cellar"], ["Garage"]]);
  });
  it("keeps two people of one name apart", () => {
    const grants = grantsOf([
      { ...ada, door: "1", door_name: "Street", because: shift },
      { ...ada, worker: "b", door: "1", door_name: "Street", because: shift },
    ]);
    expect(grants).toHaveLength(2);
  });
});

describe("who cannot", () => {
  it("is one line for each reason", () => {
    const entry = { worker: "a", worker_name: "Ada", door: "1", door_name: "Street", because: "not_yet" };
    const refusals = refusalsOf([entry, { ...entry, door_name: "Flat" }, { ...entry, because: "ended" }]);
    expect(refusals.map(({ doors, because }) => [because, ...doors])).toEqual([["not_yet", "Street", "Flat"], ["ended", "Street"]]);
  });
});
