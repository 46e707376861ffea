import { describe, expect, it } from "vitest";
import type { DoorView } from "../../../kit/engine";
import { isBehind, shownResult, wantsOtherWay } from "./behind";

const door = (more: Partial<DoorView>): DoorView => ({ passed: null, locked: null, last: null, ...more }) as DoorView;
const last = (outcome: string, operation = "open") => ({ operation, outcome, reason: null, at: "2026-01-01T00:00:00Z" });

describe("a door that was passed without its lock", () => {
  const passed = "open_already";

  it("is behind the worker, until its lock has opened after all", () => {
    expect(isBehind(door({}))).toBe(false);
    expect(isBehind(door({ passed }))).toBe(true);
    expect(isBehind(door({ passed, locked: true }))).toBe(true);
    expect(isBehind(door({ passed, locked: false }))).toBe(false);
  });
  it("does not tell again that its lock would not open, unless it was asked since", () => {
    for (const outcome of ["refused", "unknown", "of_tomorrow"]) {
      expect(shownResult(door({ last: last(outcome) }), false)?.outcome).toBe(outcome);
      expect(shownResult(door({ passed, last: last(outcome) }), false)).toBeNull();
      expect(shownResult(door({ passed, last: last(outcome) }), true)?.outcome).toBe(outcome);
    }
  });
  it("tells every result of locking, and that it opened", () => {
    expect(shownResult(door({ passed, last: last("refused", "lock") }), false)?.outcome).toBe("refused");
    expect(shownResult(door({ passed, last: last("opened") }), false)?.outcome).toBe("opened");
  });
});

describe("the key of metal and the code", () => {
  it("are wanted at a door whose lock did not do its part", () => {
    expect(wantsOtherWay(door({}))).toBe(false);
    expect(wantsOtherWay(door({ last: last("refused") }))).toBe(true);
    expect(wantsOtherWay(door({ last: last("unknown") }))).toBe(true);
    expect(wantsOtherWay(door({ last: last("opened") }))).toBe(false);
    expect(wantsOtherWay(door({ last: last("refused"), passed: "let_in" }))).toBe(false);
    expect(wantsOtherWay(door({ hasLock: true, keyUntil: null }))).toBe(true);
  });
});
