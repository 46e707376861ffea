import { describe, expect, it } from "vitest";
import { periodOf } from "./period";

describe("the time between two fields", () => {
  it("is from the one to the other", () => {
    const asked = { from: "2026-01-16T20:00:00.000Z", to: "2026-01-16T21:00:00.000Z" };
    expect(periodOf("2026-01-16T21:00", "2026-01-16T22:00")).toEqual(asked);
  });
  it("is none while a field is empty, or the end not after the beginning", () => {
    expect(periodOf("", "2026-01-16T22:00")).toEqual({ code: "invalid", field: "from" });
    expect(periodOf("2026-01-16T22:00", "")).toEqual({ code: "invalid", field: "to" });
    expect(periodOf("2026-01-16T22:00", "2026-01-16T22:00")).toEqual({ code: "invalid", field: "to" });
  });
});
