import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AlertView, View } from "../../kit/engine";
import { Ringer } from "./ringer.svelte";

const alert = (id: string, more: Partial<AlertView> = {}): AlertView =>
  ({ id, unanswered: false, declined: false, taken: false, takenBy: null, details: null, ...more }) as AlertView;
const view = (workerName: string | null, ...alerts: AlertView[]): View =>
  ({ session: workerName === null ? null : { workerName }, alerts }) as View;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("an alarm rings again until the phone is touched, and once more when nobody answered", () => {
  const ring = vi.fn();
  const ringer = new Ringer(ring);
  ringer.hear(view("Ada", alert("a")));
  vi.advanceTimersByTime(60_000);
  expect(ring).toHaveBeenCalledTimes(3);
  ringer.touched();
  vi.advanceTimersByTime(60_000);
  ringer.hear(view("Ada", alert("a")));
  expect(ring).toHaveBeenCalledTimes(3);
  ringer.hear(view("Ada", alert("a", { unanswered: true })));
  expect(ring).toHaveBeenCalledTimes(4);
  ringer.hear(view("Ada", alert("a", { unanswered: true, taken: true })));
  vi.advanceTimersByTime(60_000);
  expect(ring, "somebody has it").toHaveBeenCalledTimes(4);
});

it("the next worker hears what the one before has heard", () => {
  const ring = vi.fn();
  const ringer = new Ringer(ring);
  ringer.hear(view("Ada", alert("a")));
  ringer.hear(view(null));
  ringer.hear(view("Bo", alert("a")));
  expect(ring).toHaveBeenCalledTimes(2);
  expect(ringer.unseen).toEqual(["a"]);
});

it("what has not been seen is kept in the order in which it came, until it is seen or decided", () => {
  const ringer = new Ringer(() => undefined);
  ringer.hear(view("Ada", alert("b"), alert("a")));
  ringer.hear(view("Ada", alert("c"), alert("b"), alert("a")));
  expect(ringer.unseen).toEqual(["a", "b", "c"]);
  expect(ringer.fresh).toEqual(["c"]);
  ringer.saw(["b"]);
  ringer.hear(view("Ada", alert("c"), alert("b"), alert("a", { declined: true })));
  expect(ringer.unseen).toEqual(["c"]);
});
