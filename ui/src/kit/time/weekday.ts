import { localeTag, type Locale } from "../language/locale";

/** The days of the week as the contract writes them, from Monday. */
export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The short name of a day. */
export function wordDay(day: string, locale: Locale): string {
  const at = DAYS.findIndex((known) => known === day);
  // 2024-01-01 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + at));
  return at < 0 ? day : new Intl.DateTimeFormat(localeTag(locale), { weekday: "short", timeZone: "UTC" }).format(date);
}

/** Days as one text; three and more that follow each other as a range. */
export function wordDays(days: readonly string[], locale: Locale): string {
  const at = days.map((day) => DAYS.findIndex((known) => known === day)).toSorted((a, b) => a - b);
  const [first, last] = [at[0] ?? 0, at.at(-1) ?? 0];
  const follow = at.length > 2 && first >= 0 && last - first === at.length - 1;
  const name = (n: number): string => wordDay(DAYS[n] ?? "", locale);
  if (follow) return `${name(first)}–${name(last)}`;
  return days.map((day) => wordDay(day, locale)).join(", ");
}
