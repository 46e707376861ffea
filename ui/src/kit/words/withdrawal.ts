import { m } from "../language/generated/messages.js";
import type { Locale } from "../language/locale";
import { pick } from "./pick";
import { moment } from "../time/moment";

/** How far a phone is with wiping keys, and what that means for the doors. */
export interface WordedWithdrawal {
  state: "confirmed" | "nothing" | "ended" | "waiting" | "unconfirmable";
  says: string;
}

/** An order to a phone. */
interface Order {
  /** The phone has wiped them. */
  confirmedAt: string | null | undefined;
  /** The last of the keys ends by itself; none: it had no keys. */
  keysUntil: string | null | undefined;
  /** The phone will say so. */
  confirmable: boolean;
}

/** Never better than the phone has said: what it has not confirmed may still open doors until the keys end. */
export function wordWithdrawal(of: Order, locale: Locale, now: number): WordedWithdrawal {
  const { confirmedAt: confirmed, keysUntil: until } = of;
  if (confirmed) return { state: "confirmed", says: m.console_wiped({ time: moment(confirmed, locale) }) };
  if (!until) return { state: "nothing", says: m.console_no_keys_to_wipe() };
  const time = moment(until, locale);
  if (Date.parse(until) <= now) return { state: "ended", says: m.console_keys_ended({ time }) };
  if (!of.confirmable) return { state: "unconfirmable", says: m.console_cannot_confirm({ time }) };
  return { state: "waiting", says: m.console_not_wiped({ time }) };
}

const reasons: Record<string, () => string> = {
  permission_taken_away: m.console_kind_permission_taken_away,
  shift_ended: m.console_kind_shift_ended,
  service_ended: m.console_kind_service_ended,
  worker_dismissed: m.console_kind_worker_dismissed,
  phone_lost: m.console_kind_phone_lost,
};

/** Why keys were taken away. */
export const wordWithdrawalReason = (code: string): string => pick(reasons, code, () => m.code_shown({ code }));
