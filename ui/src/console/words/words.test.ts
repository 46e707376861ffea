import { describe, expect, it } from "vitest";
import { rustCodes, rustSource } from "../../../scripts/rust-codes.mjs";
import { overwriteGetLocale } from "../../kit/language/generated/runtime.js";
import { wordEvent, wordProof, wordWhy } from "./event";
import { wordGuarantees } from "./guarantee";
import { wordDenial, wordRole } from "../../kit/words/permission";
import { wordTrouble } from "./trouble";
import { wordWarning } from "./warning";
import { wordWithdrawalReason } from "../../kit/words/withdrawal";

const event = { id: "e", at: "", stored_at: "", kind: "door_operated", proof: "station" };

/** Everything of the model that a lead comes to see, and how it is worded. */
const worded: [string, string, number, (code: string) => string][] = [
  ["model/src/event.rs", "EventKind", 20, (kind) => wordEvent({ ...event, kind })],
  ["model/src/event.rs", "Proof", 5, wordProof],
  ["model/src/permission/denial.rs", "Denial", 9, wordDenial],
  ["model/src/permission/who.rs", "WorkerRole", 3, wordRole],
  ["model/src/withdrawal.rs", "WithdrawalReason", 4, wordWithdrawalReason],
  ["model/src/lock_report.rs", "LockWarning", 7, wordWarning],
];

describe.each(["nb", "sv", "en"] as const)("in %s", (locale) => {
  it.each(worded)("%s: every %s has its own words", (path, name, atLeast, word) => {
    overwriteGetLocale(() => locale);
    const codes = rustCodes(path, name);
    expect(codes.length).toBeGreaterThanOrEqual(atLeast);
    const unknown = (code: string): string => word("of_tomorrow").replace("of_tomorrow", code);
    for (const code of codes) expect(word(code), code).not.toBe(unknown(code));
    expect(new Set(codes.map(word)).size).toBe(codes.length);
    expect(word("of_tomorrow"), "what is not known is shown").toContain("of_tomorrow");
  });

  it("every outcome at a door is said, and unsure is never opened", () => {
    overwriteGetLocale(() => locale);
    const outcomes = rustCodes("model/src/door.rs", "DoorOutcome");
    const says = ["open", "lock"].flatMap((operation) =>
      outcomes
        .filter((outcome) => outcome !== (operation === "open" ? "locked" : "opened"))
        .map((outcome) => wordEvent({ ...event, operation, outcome })),
    );
    expect(new Set(says).size).toBe(6);
    expect(says).not.toContain(wordEvent(event));
  });
});

describe("a problem of the station", () => {
  it("that a lead can meet says what to do, whatever else is in it", () => {
    const codes = [...rustSource("api/src/problem.rs").matchAll(/: &str = "(\w+)"/g)].map((match) => match[1] as string);
    expect(codes.length).toBeGreaterThan(14);
    // What phones and administrators alone can meet.
    const elsewhere = [
      "phone_unknown",
      "code_invalid",
      "not_on_shift",
      "already_accepted",
      "closed",
      "bad_proof",
      "clock_off",
      "too_large",
      "invalid_dpop_proof",
      "use_dpop_nonce",
    ];
    for (const code of codes.filter((code) => !elsewhere.includes(code))) {
      expect(wordTrouble({ code }).code, code).toBeUndefined();
      expect(wordTrouble({ code }).next.length, code).toBeGreaterThan(5);
    }
    expect(wordTrouble({ code: "constructor" })).toMatchObject({ code: "constructor" });
  });
  it("names the field in the language of the screen", () => {
    overwriteGetLocale(() => "nb");
    expect(wordTrouble({ code: "invalid", field: "when.term.until" }).what).toContain("Til");
    expect(wordTrouble({ code: "invalid", field: "of_tomorrow" }).what).toContain("of_tomorrow");
  });
});

describe("what a lock guarantees", () => {
  it("is said as it is: a window that only the phone keeps is none of the lock's", () => {
    overwriteGetLocale(() => "en");
    const of = (window: string) => ({ window, lock_authenticated: true, state_reported: true, log_readable: false, clock_set: false });
    expect(wordGuarantees(of("phone"))[0]?.holds).toBe(false);
    expect(wordGuarantees(of("phone_or_entry"))[0]?.holds).toBe(true);
    expect(wordGuarantees(of("of_tomorrow"))[0]?.says).toContain("of_tomorrow");
    expect(wordGuarantees(of("phone")).filter(({ holds }) => holds)).toHaveLength(2);
  });
});

describe("why something happened", () => {
  it("is worded by the kind of event, without a code where there are words", () => {
    overwriteGetLocale(() => "nb");
    expect(wordWhy({ ...event, kind: "dispatch_declined", reason: "too_far" })).toBe("For langt unna");
    expect(wordWhy({ ...event, kind: "door_passed", reason: "let_in" })).toBe("Ble sluppet inn");
    expect(wordWhy({ ...event, kind: "key_withheld", reason: "lock_unknown" })).toContain("nøkkeltjeneste");
    expect(wordWhy({ ...event, reason: "jammed" })).toBe("Låsen sitter fast.");
    expect(wordWhy({ ...event, reason: "of_tomorrow" })).toContain("of_tomorrow");
    expect(wordWhy(event)).toBeNull();
  });
});
