import { m } from "../language/generated/messages.js";
import { wordReason } from "./door";
import { pick } from "./pick";
import type { Worded } from "./problem";

const makers: Record<string, () => string> = { danalock: () => "Danalock", dkey: () => "dKey", nuki: () => "Nuki" };

/** The name of a family on its box. */
export const familyName = (family: string): string => pick(makers, family, () => family);

const pairing: Record<string, () => Worded> = {
  wrong_code: () => ({ what: m.pr_wrong_code_what(), next: m.pr_wrong_code_next() }),
  too_many_codes: () => ({ what: m.pr_too_many_codes_what(), next: m.pr_too_many_codes_next() }),
  not_ready: () => ({ what: m.pr_not_ready_what(), next: m.pr_not_ready_next() }),
  lock_full: () => ({ what: m.pr_lock_full_what(), next: m.pr_lock_full_next() }),
  lock_error: () => ({ what: m.pr_lock_error_what(), next: m.pr_lock_error_next() }),
  link_lost: () => ({ what: m.pr_link_lost_what(), next: m.pr_link_lost_next() }),
  no_answer: () => ({ what: m.pr_no_answer_what(), next: m.pr_no_answer_next() }),
};

/** Why a lock did not let the phone in; a reason that any door can have is worded as there. */
export const wordPairing = (reason: string): Worded => pick(pairing, reason, () => wordReason(reason));

/** What a lock asks of whoever installs it: `locks::install::Asks`. */
export interface Asked {
  label: string;
  hint: string;
  /** It may be left empty. */
  optional: boolean;
  digits: boolean;
}

const asked: Record<string, () => Asked> = {
  activation_code: () => ({
    label: m.install_code_activation_code(),
    hint: m.install_code_activation_code_hint(),
    optional: false,
    digits: false,
  }),
  pin_or_nothing: () => ({
    label: m.install_code_pin_or_nothing(),
    hint: m.install_code_pin_or_nothing_hint(),
    optional: true,
    digits: true,
  }),
  pin: () => ({ label: m.install_code_pin(), hint: m.install_code_pin_hint(), optional: false, digits: true }),
};

/** The field for it; something that is not known is asked for as a code. */
export const wordAsked = (asks: string): Asked =>
  pick(asked, asks, () => ({ label: m.install_code_activation_code(), hint: asks, optional: false, digits: false }));
