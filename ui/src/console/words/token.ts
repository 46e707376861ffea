import { m } from "../../kit/language/generated/messages.js";
import type { Locale } from "../../kit/language/locale";
import type { FetchedToken } from "../station/types";
import { wordWithheld } from "./event";
import { pick } from "../../kit/words/pick";
import { moment } from "../../kit/time/moment";

const next: Record<string, () => string> = {
  service_refused: m.console_token_next_account,
  lock_unknown: m.console_token_next_lock,
  no_service: m.console_token_next_service,
};

/** Until when a vendor's token is good. */
export function wordToken({ fetched_at, good_until }: FetchedToken, locale: Locale, now = new Date()): string {
  if (!fetched_at) return m.console_token_none();
  if (!good_until) return m.console_token_endless();
  const time = moment(good_until, locale, now);
  return new Date(good_until) > now ? m.console_token_until({ time }) : m.console_token_ended({ time });
}

/** What is wrong with it, and what to do; the lock's own refusal first. */
export function wordTokenTroubles({ refused_at, failure, failing_since }: FetchedToken, locale: Locale): string[] {
  const troubles = refused_at ? [m.console_token_refused({ time: moment(refused_at, locale) })] : [];
  if (!failure) return troubles;
  const why = wordWithheld(failure);
  const what = failing_since
    ? m.console_token_failing_since({ time: moment(failing_since, locale), why })
    : m.console_token_failing({ why });
  return [...troubles, `${what} ${pick(next, failure, m.console_token_next_wait)}`];
}
