import { beforeEach, describe, expect, it } from "vitest";
import { overwriteGetLocale } from "../language/generated/runtime.js";
import { wordWithdrawal } from "./withdrawal";

beforeEach(() => overwriteGetLocale(() => "en"));

const NOW = Date.parse("2026-01-16T20:00:00Z");
const order = { confirmedAt: null, keysUntil: "2026-01-16T22:00:00Z", confirmable: true };
const worded = (more: Partial<Parameters<typeof wordWithdrawal>[0]>) => wordWithdrawal({ ...order, ...more }, "en", NOW);

describe("keys that were taken away", () => {
  it("are gone when the phone has said so, and not before", () => {
    expect(worded({ confirmedAt: "2026-01-16T19:59:01Z" }).state).toBe("confirmed");
    expect(worded({}).state).toBe("waiting");
    expect(worded({}).says).toContain("until");
  });
  it("are not waited for where the phone's app is too old to confirm", () => {
    expect(worded({ confirmable: false }).state).toBe("unconfirmable");
    expect(worded({ confirmable: false }).says).toContain("too old to confirm");
  });
  it("open nothing when their time is over, or when there were none", () => {
    expect(worded({ keysUntil: "2026-01-16T20:00:00Z" }).state).toBe("ended");
    expect(worded({ keysUntil: null }).state).toBe("nothing");
  });
});
