import { m } from "../language/generated/messages.js";
import { localeTag, type Locale } from "../language/locale";
import { clockTime } from "./format";
import { now } from "./now";

/** A time as short as it can be said: today's by the clock alone, this year's without the year. */
export function moment(timestamp: string, locale: Locale, today = new Date(now())): string {
  const at = new Date(timestamp);
  if (Number.isNaN(at.getTime())) return "–";
  if (at.toDateString() === today.toDateString()) return clockTime(timestamp, locale);
  const year = at.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
  const day = new Intl.DateTimeFormat(localeTag(locale), { day: "numeric", month: "short", ...year }).format(at);
  return m.console_day_time({ day, time: clockTime(timestamp, locale) });
}

/** Day and time to the second, for a trail. */
export function exactTime(timestamp: string, locale: Locale): string {
  const at = new Date(timestamp);
  if (Number.isNaN(at.getTime())) return "–";
  return new Intl.DateTimeFormat(localeTag(locale), { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** The time of day to the second. */
export function secondsTime(timestamp: string, locale: Locale): string {
  const at = new Date(timestamp);
  return Number.isNaN(at.getTime()) ? "–" : new Intl.DateTimeFormat(localeTag(locale), { timeStyle: "medium" }).format(at);
}

/** What a `datetime-local` field shows for an instant, in this machine's zone. */
export function fieldTime(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The instant that a `datetime-local` field means, RFC 3339; nothing while it is not whole. */
export function instant(field: string): string | null {
  const at = new Date(field);
  return field === "" || Number.isNaN(at.getTime()) ? null : at.toISOString();
}
