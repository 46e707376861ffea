import { m } from "../language/generated/messages.js";
import { localeTag, type Locale } from "../language/locale";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number): string => String(n).padStart(2, "0");

/** A length of time in words: seconds up to a minute, then minutes and seconds, hours and minutes, days and hours. */
export function duration(ms: number): string {
  const length = Math.max(0, ms);
  const s = Math.floor((length % MINUTE) / SECOND);
  const min = Math.floor((length % HOUR) / MINUTE);
  const h = Math.floor((length % DAY) / HOUR);
  if (length < MINUTE) return m.time_s({ s });
  if (length < HOUR) return m.time_min_s({ min, s: two(s) });
  if (length < DAY) return m.time_h_min({ h, min: two(min) });
  return m.time_d_h({ d: Math.floor(length / DAY), h });
}

/** A running clock, `28:41`, or `1:02:09` from an hour on. A part of a second counts as a whole one. */
export function countdown(ms: number): string {
  const left = Math.ceil(Math.max(0, ms) / SECOND);
  const h = Math.floor(left / 3600);
  const min = Math.floor((left % 3600) / 60);
  const s = left % 60;
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}

/** The time of day of a timestamp, in the phone's own zone; a dash for what can't be read. */
export function clockTime(timestamp: string, locale: Locale): string {
  const at = new Date(timestamp);
  if (Number.isNaN(at.getTime())) return "–";
  return new Intl.DateTimeFormat(localeTag(locale), { hour: "2-digit", minute: "2-digit" }).format(at);
}
