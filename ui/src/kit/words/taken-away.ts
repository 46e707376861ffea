import { m } from "../language/generated/messages.js";
import { pick } from "./pick";
import type { Worded } from "./problem";

const reasons: Record<string, () => string> = {
  shift_ended: m.taken_away_shift_ended,
  phone_lost: m.taken_away_phone_lost,
};

/** Why the session is gone: a `model::withdrawal::WithdrawalReason` of the station, or wrong codes on this phone. */
export function wordTakenAway(code: string): Worded {
  if (code === "wrong_codes") return { what: m.taken_away_wrong_codes(), next: m.taken_away_wrong_codes_next() };
  return { what: pick(reasons, code, m.taken_away_access), next: m.taken_away_next() };
}
