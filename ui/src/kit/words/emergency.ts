import { m } from "../language/generated/messages.js";

/** Why the glass is broken, in the order of the choices: `model::break_glass::BreakGlassReason`. */
export const EMERGENCIES: readonly { code: string; say: () => string }[] = [
  { code: "calls_for_help", say: m.emergency_calls_for_help },
  { code: "no_answer", say: m.emergency_no_answer },
  { code: "danger", say: m.emergency_danger },
  { code: "other", say: m.emergency_other },
];

/** Why the glass was broken; a reason that is not known is shown as it came. */
export const wordEmergency = (reason: string): string =>
  EMERGENCIES.find(({ code }) => code === reason)?.say() ?? reason;
