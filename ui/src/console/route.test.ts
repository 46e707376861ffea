import { describe, expect, it } from "vitest";
import { addressOf, routeOf, type Route } from "./route";

const places: Route[] = [
  { at: "homes" },
  { at: "home", resident: "0192a1b2-c300" },
  { at: "inside", resident: "0192a1b2-c300" },
  { at: "give", resident: "a/b #c", term: "period" },
  { at: "visits" },
  { at: "visit", dispatch: "0192a1b2-c301" },
  { at: "locks" },
  { at: "reviews" },
  { at: "team" },
  { at: "continuity" },
];

describe("an address of the console", () => {
  it.each(places)("leads to the place that it is of: $at", (place) => {
    expect(routeOf(addressOf(place))).toEqual(place);
  });
  it("leads to the homes when it leads nowhere", () => {
    for (const hash of ["", "#", "#/", "#/nowhere", "#/homes", "#/%E0%A4%A", "#/homes/%E0%A4%A"]) {
      expect(routeOf(hash), hash).toEqual({ at: "homes" });
    }
    expect(routeOf("#/homes/x/give/forever")).toEqual({ at: "home", resident: "x" });
  });
});
