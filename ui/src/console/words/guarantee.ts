import { m } from "../../kit/language/generated/messages.js";
import type { Schemas } from "../station/types";
import { pick } from "../../kit/words/pick";

/** What a lock can be relied on for, and what not. */
export interface Guarantee {
  holds: boolean;
  says: string;
}

const windows: Record<string, () => string> = {
  phone: m.console_window_phone,
  phone_then_token: m.console_window_phone_then_token,
  phone_or_entry: m.console_window_phone_or_entry,
};

/** Each guarantee in words that say it as it is. */
export function wordGuarantees(of: Schemas["Guarantees"]): Guarantee[] {
  const say = (holds: boolean, yes: () => string, no: () => string): Guarantee => ({ holds, says: holds ? yes() : no() });
  return [
    { holds: ["phone_then_token", "phone_or_entry"].includes(of.window), says: pick(windows, of.window, () => m.code_shown({ code: of.window })) },
    say(of.lock_authenticated, m.console_g_authenticated, m.console_g_not_authenticated),
    say(of.state_reported, m.console_g_state, m.console_g_no_state),
    say(of.log_readable, m.console_g_log, m.console_g_no_log),
    say(of.clock_set, m.console_g_clock, m.console_g_no_clock),
  ];
}
