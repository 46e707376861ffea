import { m } from "../../kit/language/generated/messages.js";
import { pick } from "../../kit/words/pick";

const warnings: Record<string, () => string> = {
  jammed: m.console_w_jammed,
  not_calibrated: m.console_w_not_calibrated,
  battery_critical: m.console_w_battery_critical,
  battery_low: m.console_w_battery_low,
  clock_lost: m.console_w_clock_lost,
  clock_off: m.console_w_clock_off,
  unfamiliar: m.console_w_unfamiliar,
};

/** What has to be seen to at a lock, for whoever has it seen to. */
export const wordWarning = (code: string): string => pick(warnings, code, () => m.console_w_unknown({ code }));

/** Whether the door may stay closed because of it. */
export const isUrgent = (code: string): boolean => !["battery_low", "clock_off", "unfamiliar"].includes(code);
