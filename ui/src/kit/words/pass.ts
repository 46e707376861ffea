import { m } from "../language/generated/messages.js";

/** A way past a door that does not ask its lock: on the button, and once it is recorded. */
interface Way {
  code: string;
  say: () => string;
  done: () => string;
}

/** The ways past a door without its lock, in the order of the buttons: `model::door::PassReason`. */
export const PASS_REASONS: readonly Way[] = [
  { code: "open_already", say: m.pass_open_already, done: m.passed_open_already },
  { code: "let_in", say: m.pass_let_in, done: m.passed_let_in },
  { code: "physical_key", say: m.pass_physical_key, done: m.passed_physical_key },
  { code: "door_code", say: m.pass_door_code, done: m.passed_door_code },
];

/** How a door was passed; a way that is not known is shown by its code. */
export const wordPassed = (code: string): string =>
  PASS_REASONS.find((way) => way.code === code)?.done() ?? m.passed_other({ reason: code });
