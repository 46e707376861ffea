import { afterEach, describe, expect, it } from "vitest";
import { rustCodes as codes, rustSource as source } from "../../../scripts/rust-codes.mjs";
import { overwriteGetLocale } from "../language/generated/runtime.js";
import { callLink, DECLINE_REASONS, mapLink, wordCause, wordEventKind } from "./alarm";
import { wordKind, wordReach, wordReason, wordResult, wordWarning, wordWorking } from "./door";
import { wordAsked, wordPairing } from "./install";
import { PASS_REASONS, wordPassed } from "./pass";
import { isWorded, wordProblem } from "./problem";

const problems = [...source("companion/src/interface/problem.rs").matchAll(/^    ([A-Z]\w+)(?: \{|,)/gm)].map(
  (match) => (match[1] as string).replace(/^./, (first) => first.toLowerCase()),
);
const reasons = codes("model/src/door.rs", "DoorReason");
const lockWarnings = codes("model/src/lock_report.rs", "LockWarning");
const locales = ["nb", "sv", "en"] as const;

afterEach(() => overwriteGetLocale(() => "nb"));

describe.each(locales)("in %s", (locale) => {
  it("every problem of the engine says what happened and what to do now", () => {
    overwriteGetLocale(() => locale);
    expect(problems.length).toBeGreaterThanOrEqual(23);
    for (const problem of problems) {
      expect(isWorded(problem), problem).toBe(true);
      const { what, next } = wordProblem({ problem, field: "pin", seconds: 90, code: "x", by: null, reason: "x" } as never);
      expect(what.length, problem).toBeGreaterThan(5);
      expect(next.length, problem).toBeGreaterThan(5);
    }
  });

  it("every reason at a door is worded, each with its own text", () => {
    overwriteGetLocale(() => locale);
    expect(reasons.length).toBeGreaterThanOrEqual(13);
    const general = wordReason("of_tomorrow");
    const texts = reasons.map((code) => wordReason(code));
    for (const [at, text] of texts.entries()) expect(text.what, reasons[at]).not.toBe(general.what);
    expect(new Set(texts.map((text) => text.what)).size).toBe(reasons.length);
  });

  it("every reason why a lock lets nobody in has its own text, and every lock says what it asks for", () => {
    overwriteGetLocale(() => locale);
    const install = source("locks/src/install.rs");
    const why = (install.split("impl PairingProblem")[1] ?? "").matchAll(/=> "(\w+)"/g);
    const reasons = [...why].map((match) => match[1] as string);
    expect(reasons.length).toBeGreaterThanOrEqual(8);
    const general = wordReason("of_tomorrow").what;
    for (const code of reasons) expect(wordPairing(code).what, code).not.toBe(general);
    expect(new Set(reasons.map((code) => wordPairing(code).what)).size).toBe(reasons.length);
    const asks = [...(install.split("impl PairingProblem")[0] ?? "").matchAll(/=> "(\w+)"/g)].map((match) => match[1] as string);
    expect(asks).toHaveLength(3);
    for (const code of asks) expect(wordAsked(code).hint).not.toBe(code);
  });

  it("every warning of a lock and every way past a door has its own text", () => {
    overwriteGetLocale(() => locale);
    expect(lockWarnings.length).toBeGreaterThanOrEqual(7);
    for (const code of lockWarnings) expect(wordWarning(code)).not.toContain(code);
    expect(new Set(lockWarnings.map(wordWarning)).size).toBe(lockWarnings.length);
    for (const { code } of PASS_REASONS) expect(wordPassed(code)).not.toContain(code);
    expect(new Set(PASS_REASONS.map(({ say }) => say())).size).toBe(PASS_REASONS.length);
    expect(new Set(PASS_REASONS.map(({ code }) => wordPassed(code))).size).toBe(PASS_REASONS.length);
  });
});

describe("codes of the model", () => {
  it("have words: causes, kinds of door, reasons to decline, kinds of event of a phone", () => {
    for (const code of codes("model/src/dispatch.rs", "Cause")) expect(wordCause(code), code).not.toBe(code);
    for (const code of codes("model/src/door.rs", "DoorKind")) expect(wordKind(code), code).not.toBe(code);
    expect(DECLINE_REASONS.map(({ code }) => code)).toEqual(codes("model/src/dispatch.rs", "DeclineReason"));
    expect(PASS_REASONS.map(({ code }) => code)).toEqual(codes("model/src/door.rs", "PassReason"));
    expect(wordEventKind("door_operated")).toBe("Dør");
    expect(wordEventKind("door_passed")).toBe("Dør passert");
    expect(wordEventKind("lock_reported")).toBe("Melding om lås");
  });

  it("that nobody knows are shown as they came", () => {
    expect(wordCause("flood")).toBe("flood");
    expect(wordCause("constructor")).toBe("constructor");
    expect(wordKind("gate")).toBe("gate");
    expect(wordWarning("of_tomorrow")).toContain("of_tomorrow");
    expect(wordPassed("of_tomorrow")).toContain("of_tomorrow");
    expect(wordReason("of_tomorrow").code).toBe("of_tomorrow");
    expect(wordProblem({ problem: "ofTomorrow" } as never).code).toBe("ofTomorrow");
    expect(wordReach("ofTomorrow" as never, "lock")).toBe("ofTomorrow");
  });
});

describe("while a door is worked on", () => {
  it("the lock is being asked until it has taken the command, and then turns", () => {
    expect(wordWorking("open")).toBe("Åpner …");
    for (const operation of ["open", "lock"]) expect(wordWorking(operation, true)).toContain("vrir om");
  });
});

describe("what came of a slide", () => {
  const result = (outcome: string, reason: string | null = null, operation = "open") =>
    wordResult({ operation, outcome, reason, at: "2026-01-01T00:00:00Z" }, "01:00");

  it("is called opened only when the lock said so", () => {
    expect(result("opened")).toMatchObject({ tone: "success", title: "Åpnet 01:00" });
    for (const outcome of ["refused", "unknown", "of_tomorrow"]) expect(result(outcome).tone).not.toBe("success");
  });
  it("says why and what to do when refused", () => {
    expect(result("refused", "jammed")).toMatchObject({ tone: "danger", why: "Låsen sitter fast." });
  });
  it("says the whole list of what to try when a lock is silent", () => {
    for (const reason of ["not_found", "no_answer"]) {
      const { next } = result("refused", reason);
      for (const hint of ["våkner", "inntil", "metalldør", "nøkkelskapet", "ring"]) expect(next).toContain(hint);
    }
  });
  it("sends the worker to the door when nobody knows", () => {
    expect(result("unknown", "interrupted").next).toContain("Kjenn på døra");
    expect(result("unknown", null, "lock").title).toContain("låst");
  });
});

describe("links out of the app", () => {
  const details = { address: "Storgata 1 & 2", town: "Åsgård", firstName: "Kari" } as never;

  it("ask the map for the address and never for the person", () => {
    expect(mapLink(details)).toBe("https://www.openstreetmap.org/search?query=Storgata%201%20%26%202%2C%20%C3%85sg%C3%A5rd");
  });
  it("call only what a keypad has", () => {
    expect(callLink("+47 22 33 44 55")).toBe("tel:+4722334455");
    expect(callLink("javascript:alert(1)")).toBe("tel:1");
  });
});
