import { beforeEach, describe, expect, it } from "vitest";
import { overwriteGetLocale } from "../language/generated/runtime.js";
import { exactTime, fieldTime, instant, moment } from "./moment";

beforeEach(() => overwriteGetLocale(() => "nb"));

describe("a moment", () => {
  const now = new Date("2026-01-16T21:00:00Z");
  it("of today is a time by the clock", () => expect(moment("2026-01-16T20:05:00Z", "nb", now)).toBe("21:05"));
  it("of another day has the day, of another year the year", () => {
    expect(moment("2026-01-16T23:05:00Z", "nb", now)).toBe("17. jan. kl. 00:05");
    expect(moment("2025-12-31T12:00:00Z", "nb", now)).toBe("31. des. 2025 kl. 13:00");
  });
  it("that can't be read is a dash", () => {
    expect(moment("soon", "nb", now)).toBe("–");
    expect(exactTime("soon", "en")).toBe("–");
  });
});

describe("a field for a time", () => {
  it("shows an instant in this zone, and means the same one", () => {
    const at = new Date("2026-07-01T19:34:00Z");
    expect(fieldTime(at)).toBe("2026-07-01T21:34");
    expect(instant(fieldTime(at))).toBe("2026-07-01T19:34:00.000Z");
  });
  it("means nothing while it is not whole", () => {
    for (const typed of ["", "x"]) expect(instant(typed)).toBeNull();
  });
});
