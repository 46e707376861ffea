import { m } from "../language/generated/messages.js";
import type { Locale } from "../language/locale";
import { pick } from "./pick";
import { moment } from "../time/moment";
import { wordDays } from "../time/weekday";

/** A term, as contract and engine have it. */
export interface Term {
  kind: string;
  from?: string | null;
  until?: string | null;
}

/** From when until when, and how often. */
export function wordTerm(term: Term, locale: Locale): string {
  if (!term.from || !term.until) return m.console_term_permanent_long();
  const times = { from: moment(term.from, locale), until: moment(term.until, locale) };
  return term.kind === "once" ? m.console_term_once_long(times) : m.console_term_period_long(times);
}

/** Hours of the week. */
interface Hours {
  days: readonly string[];
  from: string;
  until: string;
}

/** The hours of the week: one text for each window. */
export const wordWindows = (windows: readonly Hours[], locale: Locale): string[] =>
  windows.map(({ days, from, until }) => m.console_window({ days: wordDays(days, locale), from, until }));

/** Who is let in; names come from people and stay as they are. */
export function wordWho(who: { kind: string; role?: string | null }, name: string): string {
  if (who.kind === "team") return m.console_who_team({ name });
  if (who.kind === "role") return m.console_who_role({ name, role: wordRole(who.role ?? "") });
  return name;
}

/** Which doors. */
export function wordWhat(what: string, name: string): string {
  if (what === "team") return m.console_what_team({ name });
  return what === "residence" ? m.console_what_residence({ name }) : name;
}

const roles: Record<string, () => string> = {
  carer: m.console_role_carer,
  nurse: m.console_role_nurse,
  lead: m.console_role_lead,
};

/** What somebody is on a shift; a municipality's own name stays as it is. */
export const wordRole = (role: string): string => pick(roles, role, () => role);

const denials: Record<string, () => string> = {
  not_on_shift: m.console_denial_not_on_shift,
  no_permission: m.console_denial_no_permission,
  operation_not_allowed: m.console_denial_operation_not_allowed,
  ended: m.console_denial_ended,
  not_yet: m.console_denial_not_yet,
  outside_hours: m.console_denial_outside_hours,
  not_dispatched: m.console_denial_not_dispatched,
  glass_not_broken: m.console_denial_glass_not_broken,
  used_up: m.console_denial_used_up,
};

/** Why somebody gets no key. */
export const wordDenial = (code: string): string => pick(denials, code, () => m.code_shown({ code }));
