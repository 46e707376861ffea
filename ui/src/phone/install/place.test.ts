import { expect, it } from "vitest";
import { NO_DOOR, placeOf } from "./place";

const home = {
  resident: "r",
  name: "Kari Nordmann",
  address: "Storgata 14",
  town: "Vestby",
  doors: [{ id: "d1", name: "Oppgang", kind: "stairwell", hasLock: true }],
};

it("is nothing until a door of this home is chosen", () => {
  expect(placeOf(NO_DOOR, home)).toBeUndefined();
  expect(placeOf({ ...NO_DOOR, which: "another home's" }, home)).toBeUndefined();
  expect(placeOf({ ...NO_DOOR, which: "d1" }, home)).toEqual({ door: "known", id: "d1" });
});

it("puts a new door last, unless another place is chosen", () => {
  const door = { ...NO_DOOR, which: "new", name: " H0301 " };
  expect(placeOf(door, home)).toEqual({ door: "new", kind: "flat", name: "H0301", position: 1 });
  expect(placeOf({ ...door, position: "0" }, home)).toMatchObject({ position: 0 });
});
