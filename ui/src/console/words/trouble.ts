import { m } from "../../kit/language/generated/messages.js";
import { duration } from "../../kit/time/format";
import type { Worded } from "../../kit/words/problem";
import type { Trouble } from "../station/trouble";
import { pick } from "../../kit/words/pick";

const words: Record<string, (trouble: Trouble) => Worded> = {
  unreachable: () => ({ what: m.console_p_unreachable_what(), next: m.console_p_unreachable_next() }),
  invalid: ({ field }) => ({ what: m.p_invalid_what({ field: wordField(field ?? "") }), next: m.p_invalid_next() }),
  wrong_pin: () => ({ what: m.p_wrongPin_what(), next: m.p_wrongPin_next() }),
  locked_out: ({ seconds }) => ({
    what: m.p_lockedOut_what(),
    next: m.console_p_locked_out_next({ time: duration((seconds ?? 0) * 1000) }),
  }),
  slow_down: ({ seconds }) => ({
    what: m.console_p_slow_down_what(),
    next: m.console_p_locked_out_next({ time: duration((seconds ?? 0) * 1000) }),
  }),
  forbidden: () => ({ what: m.console_p_forbidden_what(), next: m.console_p_forbidden_next() }),
  not_found: () => ({ what: m.console_p_not_found_what(), next: m.console_p_not_found_next() }),
  conflict: () => ({ what: m.console_p_conflict_what(), next: m.console_p_conflict_next() }),
  unauthenticated: () => ({ what: m.signin_needed_what(), next: m.console_p_unauthenticated_next() }),
  internal: () => ({ what: m.p_stationFailed_what(), next: m.console_p_internal_next() }),
};

/** What happened and what to do now. A code that this console does not know is shown as it came. */
export const wordTrouble = (trouble: Trouble): Worded => pick(words, trouble.code, otherwise, trouble);

const otherwise = ({ code }: Trouble): Worded => ({ what: m.p_unknown_what(), next: m.p_unknown_next({ code }), code });

const fields: Record<string, () => string> = {
  staff_number: m.signin_staff_number,
  pin: m.signin_pin,
  note: m.console_give_note,
  who: m.console_give_who,
  what: m.console_give_doors,
  "when.term.from": m.console_from,
  "when.term.until": m.console_until,
  "when.windows": m.console_give_hours,
  plan: m.console_plan_text,
  contacts: m.console_plan_contacts,
  "contacts.role": m.console_contact_role,
  "contacts.name": m.console_contact_name,
  "contacts.phone_number": m.console_contact_phone,
  from: m.console_from,
  to: m.console_until,
};

const wordField = (field: string): string => pick(fields, field, () => field);
