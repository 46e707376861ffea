/** For how long somebody is let in, as it stands in the form. */
export interface Lasting {
  kind: "once" | "hours" | "until" | "days";
  /** For `hours` and `days`, as a select gives them. */
  hours: string;
  days: string;
  /** For `until`: `HH:MM` by the clock of the phone. */
  time: string;
}

/** The most common wish first: once, for what is to be done now. */
export const ONCE: Lasting = { kind: "once", hours: "2", days: "7", time: "" };
export const HOURS = ["1", "2", "4", "8", "12"];
export const DAYS = ["2", "3", "5", "7", "14"];

const HOUR = 3_600_000;
/** As long as the longest shift. */
const ONCE_WITHIN = 12 * HOUR;

/** When it ends; nothing while the time is not whole. A time that has passed today is tomorrow's; days end with the day. */
export function endOf(lasting: Lasting, now: Date): Date | null {
  if (lasting.kind === "once") return new Date(now.getTime() + ONCE_WITHIN);
  if (lasting.kind === "hours") return new Date(now.getTime() + Number(lasting.hours) * HOUR);
  const day = (days: number, hours: number, minutes: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hours, minutes);
  if (lasting.kind === "days") return day(Number(lasting.days), 0, 0);
  const [hours, minutes] = lasting.time.split(":").map(Number);
  if (hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)) return null;
  const today = day(0, hours, minutes);
  return today > now ? today : day(1, hours, minutes);
}
