import type { DetailsView, NoticeView } from "../engine";
import { m } from "../language/generated/messages.js";
import type { Locale } from "../language/locale";
import { clockTime } from "../time/format";
import { pick } from "./pick";

type Say = () => string;

const causes: Record<string, Say> = {
  button: m.cause_button,
  fall: m.cause_fall,
  smoke: m.cause_smoke,
  wandering: m.cause_wandering,
  technical: m.cause_technical,
  no_contact: m.cause_no_contact,
  no_alarm: m.cause_no_alarm,
  called: m.cause_called,
  broken_glass: m.cause_broken_glass,
};

/** Why the alarm was raised; a cause of the centre's own is shown as it came. */
export const wordCause = (cause: string): string => pick(causes, cause, () => cause);

/** The reasons for declining, in the order of the buttons: `model::dispatch::DeclineReason`. */
export const DECLINE_REASONS: readonly { code: string; say: Say }[] = [
  { code: "busy", say: m.decline_busy },
  { code: "too_far", say: m.decline_too_far },
  { code: "off_soon", say: m.decline_off_soon },
  { code: "other", say: m.decline_other },
];

const kinds: Record<string, Say> = {
  alert_delivered: m.kind_alert_delivered,
  dispatch_declined: m.kind_dispatch_declined,
  dispatch_accepted: m.kind_dispatch_accepted,
  accepted_offline: m.kind_accepted_offline,
  door_code_shown: m.kind_door_code_shown,
  visit_begun: m.kind_visit_begun,
  door_operated: m.kind_door_operated,
  door_passed: m.kind_door_passed,
  lock_reported: m.kind_lock_reported,
  lock_paired: m.kind_lock_paired,
  lock_tested: m.kind_lock_tested,
  installation_given_up: m.kind_installation_given_up,
  checked_in: m.kind_checked_in,
  checked_out: m.kind_checked_out,
  keys_wiped: m.kind_keys_wiped,
  phone_wiped: m.kind_phone_wiped,
  visit_closed: m.kind_visit_closed,
  signed_in: m.kind_signed_in,
  signed_out: m.kind_signed_out,
};

/** What kind of event; one that a phone does not record is shown by its code. */
export const wordEventKind = (code: string): string => pick(kinds, code, () => m.kind_other({ code }));

/** What may be said of an alarm where anybody can read it. */
export function wordNotice({ raisedAt, who }: NoticeView, locale: Locale): string {
  const time = clockTime(raisedAt, locale);
  return who === null ? m.lock_alarm({ time }) : m.lock_alarm_who({ time, who });
}

/** First and last name as one text. */
export const fullName = (details: DetailsView): string => `${details.firstName} ${details.lastName}`.trim();

/** Address and town as one text, for a map. */
export const fullAddress = (details: DetailsView): string =>
  [details.address, details.town].filter((part) => part.trim() !== "").join(", ");

/** Where a map shows an address. Only the address leaves the phone, never the name. */
export const mapLink = (details: DetailsView): string =>
  `https://www.openstreetmap.org/search?query=${encodeURIComponent(fullAddress(details).toWellFormed())}`;

/** How the phone calls a number: what a keypad has, and nothing else. */
export const callLink = (number: string): string => `tel:${number.replace(/[^0-9+*#]/g, "")}`;
