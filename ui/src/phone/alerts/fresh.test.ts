import { describe, expect, it } from "vitest";
import type { AlertView } from "../../kit/engine";
import { Told } from "./fresh";

const alert = (id: string, more: Partial<AlertView> = {}): AlertView => ({
  id,
  raisedAt: "2026-01-01T00:00:00Z",
  acceptBy: "2026-01-01T00:05:00Z",
  unanswered: false,
  declined: false,
  taken: false,
  takenBy: null,
  details: null,
  ...more,
});

describe("an alert", () => {
  it("is told once, however often the view comes", () => {
    const told = new Told();
    expect(told.fresh([alert("a")])).toHaveLength(1);
    expect(told.fresh([alert("a"), alert("b")]).map(({ id }) => id)).toEqual(["b"]);
    expect(told.fresh([])).toEqual([]);
    expect(told.fresh([alert("a")])).toEqual([]);
  });
  it("that somebody took, or that was declined, makes no noise", () => {
    expect(new Told().fresh([alert("a", { taken: true }), alert("b", { declined: true })])).toEqual([]);
  });
});
