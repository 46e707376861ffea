import { m } from "../language/generated/messages.js";
import type { Worded } from "./problem";

const reasons: Record<string, () => string> = {
  shift_ended: m.taken_away_shift_ended,
  phone_lost: m.taken_away_phone_lost,
};

/** Why the station has taken the session away: a `model::withdrawal::WithdrawalReason`. */
export function wordTakenAway(code: string): Worded {
  const word = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return { what: (word ?? m.taken_away_access)(), next: m.taken_away_next() };
}
