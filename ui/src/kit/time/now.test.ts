import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { moment } from "./moment";
import { now, wallIsAhead } from "./now";

beforeEach(() => vi.useFakeTimers({ now: Date.parse("2026-03-01T21:04:12Z") }));
afterEach(() => {
  wallIsAhead(0);
  vi.useRealTimers();
});

it("the time is what is left of the wall clock without its fault, and today is the day by it", () => {
  expect(moment("2026-03-01T20:00:00Z", "nb")).toBe("21:00");
  wallIsAhead(86_400);
  expect(new Date(now()).toISOString()).toBe("2026-02-28T21:04:12.000Z");
  expect(moment("2026-02-28T20:00:00Z", "nb")).toBe("21:00");
  wallIsAhead(-90);
  expect(new Date(now()).toISOString()).toBe("2026-03-01T21:05:42.000Z");
});
