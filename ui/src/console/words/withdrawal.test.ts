import { beforeEach, describe, expect, it } from "vitest";
import { overwriteGetLocale } from "../../kit/language/generated/runtime.js";
import type { PhoneWithdrawal } from "../station/types";
import { wordWithdrawal } from "./withdrawal";

beforeEach(() => overwriteGetLocale(() => "en"));

const NOW = Date.parse("2026-01-16T20:00:00Z");
const order: PhoneWithdrawal = {
  id: "o",
  reason: "phone_lost",
  phone: "p",
  phone_name: "Vest 3",
  worker: "w",
  worker_name: "Ada",
  ordered_at: "2026-01-16T19:59:00Z",
  keys: 2,
  keys_until: "2026-01-16T22:00:00Z",
  confirmable: true,
};
const stateOf = (more: Partial<PhoneWithdrawal>) => wordWithdrawal({ ...order, ...more }, "en", NOW).state;

describe("keys that were taken away", () => {
  it("are gone when the phone has said so, and not before", () => {
    expect(stateOf({ confirmed_at: "2026-01-16T19:59:01Z" })).toBe("confirmed");
    expect(stateOf({})).toBe("waiting");
    expect(wordWithdrawal(order, "en", NOW).says).toContain("until");
  });
  it("are not waited for where the phone's app is too old to confirm", () => {
    expect(stateOf({ confirmable: false })).toBe("unconfirmable");
    expect(wordWithdrawal({ ...order, confirmable: false }, "en", NOW).says).toContain("too old to confirm");
  });
  it("open nothing when their time is over, or when there were none", () => {
    expect(stateOf({ keys_until: "2026-01-16T20:00:00Z" })).toBe("ended");
    expect(stateOf({ keys: 0, keys_until: null })).toBe("nothing");
  });
});
