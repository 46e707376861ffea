import { describe, expect, it } from "vitest";
import { endOf, ONCE } from "./until";

// The tests run in the time zone of Oslo.
const now = new Date("2026-03-27T20:30:00Z");
const end = (more: Partial<typeof ONCE>) => endOf({ ...ONCE, ...more }, now)?.toISOString();

describe("the end of an access", () => {
  it("is twelve hours on for once, and so many for hours", () => {
    expect(end({})).toBe("2026-03-28T08:30:00.000Z");
    expect(end({ kind: "hours", hours: "4" })).toBe("2026-03-28T00:30:00.000Z");
  });
  it("is a time of today, or of tomorrow where it has passed", () => {
    expect(end({ kind: "until", time: "22:15" })).toBe("2026-03-27T21:15:00.000Z");
    expect(end({ kind: "until", time: "07:00" })).toBe("2026-03-28T06:00:00.000Z");
    expect(end({ kind: "until", time: "21:30" })).toBe("2026-03-28T20:30:00.000Z");
  });
  it("is the midnight after the last day, also where the clocks change", () => {
    expect(end({ kind: "days", days: "2" })).toBe("2026-03-28T23:00:00.000Z");
    expect(end({ kind: "days", days: "3" })).toBe("2026-03-29T22:00:00.000Z");
  });
  it("is none while the time is not whole", () => {
    for (const time of ["", "7"]) expect(end({ kind: "until", time })).toBeUndefined();
  });
});
