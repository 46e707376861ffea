import { beforeEach, describe, expect, it } from "vitest";
import { overwriteGetLocale } from "../language/generated/runtime.js";
import { clockTime, countdown, duration } from "./format";

beforeEach(() => overwriteGetLocale(() => "nb"));

describe("how old an alarm is", () => {
  it("counts seconds, then minutes, then hours, then days", () => {
    expect(duration(0)).toBe("0 s");
    expect(duration(59_999)).toBe("59 s");
    expect(duration(60_000)).toBe("1 min 00 s");
    expect(duration(192_000)).toBe("3 min 12 s");
    expect(duration(3_600_000 + 4 * 60_000)).toBe("1 t 04 min");
    expect(duration(25 * 3_600_000)).toBe("1 d 1 t");
  });
  it("is never below nothing, also when the phone's clock is behind", () => {
    expect(duration(-5_000)).toBe("0 s");
  });
  it("is said in the language of the screen", () => {
    overwriteGetLocale(() => "sv");
    expect(duration(3_600_000)).toBe("1 tim 00 min");
  });
});

describe("the arrival clock", () => {
  it("runs from thirty minutes to nothing", () => {
    expect(countdown(30 * 60_000)).toBe("30:00");
    expect(countdown(30 * 60_000 - 1)).toBe("30:00");
    expect(countdown(61_000)).toBe("1:01");
    expect(countdown(0)).toBe("0:00");
    expect(countdown(-1)).toBe("0:00");
  });
  it("shows hours when there are any", () => {
    expect(countdown(3_729_000)).toBe("1:02:09");
  });
});

describe("a time of day", () => {
  it("is in the phone's zone", () => {
    expect(clockTime("2026-07-01T19:34:00Z", "nb")).toBe("21:34");
    expect(clockTime("2026-07-01T19:34:00Z", "en")).toBe("21:34");
  });
  it("is a dash when it can't be read", () => {
    expect(clockTime("soon", "nb")).toBe("–");
  });
});
