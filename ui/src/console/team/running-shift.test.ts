import { describe, expect, it } from "vitest";
import { runningShift } from "./running-shift";

const shift = (id: string, starts_at: string, ends_at: string, worker = "a") => ({
  id, worker, starts_at, ends_at, worker_name: "Ada", role: "carer", phones: [],
});
const at = (time: string): number => Date.parse(`2026-01-16T${time}:00Z`);
const day = (time: string): string => `2026-01-16T${time}:00Z`;

describe("the shift that somebody is on", () => {
  const shifts = [
    shift("early", day("06:00"), day("14:00")),
    shift("late", day("13:00"), day("21:00")),
    shift("other", day("06:00"), day("22:00"), "b"),
  ];
  it("runs now, and is theirs", () => {
    expect(runningShift(shifts, "a", at("07:00"))?.id).toBe("early");
    expect(runningShift(shifts, "a", at("05:59"))).toBeUndefined();
    expect(runningShift(shifts, "a", at("21:00"))).toBeUndefined();
  });
  it("is the one that ends last where two run", () => {
    expect(runningShift(shifts, "a", at("13:30"))?.id).toBe("late");
  });
});
