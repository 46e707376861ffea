import { describe, expect, it } from "vitest";
import type { DoorView, HubView, VisitView } from "../../kit/engine";
import { warnings } from "./warnings";

const door = (more: Partial<DoorView>): DoorView => ({
  id: "d",
  kind: "flat",
  name: "H0301",
  hasLock: true,
  reach: "idle",
  rssi: null,
  working: null,
  last: null,
  locked: null,
  batteryPercent: null,
  keyUntil: null,
  moving: false,
  warning: null,
  passed: null,
  hasCode: false,
  physicalKey: null,
  ...more,
});
const result = (outcome: string, operation = "open") => ({ operation, outcome, reason: null, at: "2026-01-01T00:00:00Z" });
const hub = (checkedInAt: string | null, checkedOutAt: string | null): HubView => ({
  reach: "idle",
  working: false,
  problem: null,
  checkedInAt,
  checkedOutAt,
});
const kinds = (doors: DoorView[], home: HubView | null = hub("in", "out")): string[] =>
  warnings({ doors, hub: home } as unknown as VisitView).map(({ kind }) => kind);

describe("before a visit ends, the worker hears of", () => {
  it("nothing when all is done", () => {
    expect(kinds([door({ last: result("locked", "lock"), locked: true }), door({})])).toEqual([]);
  });
  it("a missing check-in, or else a missing check-out", () => {
    expect(kinds([], hub(null, null))).toEqual(["notIn"]);
    expect(kinds([], hub("in", null))).toEqual(["notOut"]);
    expect(kinds([], null)).toEqual([]);
  });
  it("a door that was opened and is not reported locked since", () => {
    expect(kinds([door({ last: result("opened"), locked: false })])).toEqual(["unlocked"]);
    expect(kinds([door({ last: result("opened"), locked: null })])).toEqual(["unlocked"]);
    expect(kinds([door({ last: result("opened"), locked: true })])).toEqual([]);
  });
  it("a door that nobody knows about, and one that would not lock", () => {
    expect(kinds([door({ last: result("unknown") })])).toEqual(["unlocked"]);
    expect(kinds([door({ last: result("refused", "lock"), locked: false })])).toEqual(["unlocked"]);
    expect(kinds([door({ last: result("refused") })])).toEqual([]);
  });
  it("no door without a lock", () => {
    expect(kinds([door({ hasLock: false, last: result("opened") })])).toEqual([]);
  });
});
