import type { Problem } from "../engine";
import type { Trouble } from "../engine";
import { m } from "../language/generated/messages.js";
import { duration } from "../time/format";
import { wordPairing } from "./install";
import { pick } from "./pick";

/** What happened, and what to do now; `code` where somebody may have to report it. */
export interface Worded {
  what: string;
  next: string;
  code?: string;
}

type Words = { [K in Trouble["problem"]]: (problem: Extract<Trouble, { problem: K }>) => Worded };

const words: Words = {
  invalid: (p) => ({ what: m.p_invalid_what({ field: fieldName(p.field) }), next: m.p_invalid_next() }),
  notEnrolled: () => ({ what: m.p_notEnrolled_what(), next: m.p_notEnrolled_next() }),
  codeInvalid: () => ({ what: m.p_codeInvalid_what(), next: m.p_codeInvalid_next() }),
  phoneUnknown: () => ({ what: m.p_phoneUnknown_what(), next: m.p_phoneUnknown_next() }),
  wrongPin: () => ({ what: m.p_wrongPin_what(), next: m.p_wrongPin_next() }),
  lockedOut: (p) => ({
    what: m.p_lockedOut_what(),
    next: m.p_lockedOut_next({ time: duration(p.seconds * 1000) }),
  }),
  notOnShift: () => ({ what: m.p_notOnShift_what(), next: m.p_notOnShift_next() }),
  signedOut: () => ({ what: m.p_signedOut_what(), next: m.p_signedOut_next() }),
  locked: () => ({ what: m.p_locked_what(), next: m.p_locked_next() }),
  codeWanted: () => ({ what: m.p_codeWanted_what(), next: m.p_codeWanted_next() }),
  codeTooSimple: () => ({ what: m.p_codeTooSimple_what(), next: m.p_codeTooSimple_next() }),
  wrongCode: (p) => ({ what: m.p_wrongCode_what(), next: m.p_wrongCode_next({ left: p.left }) }),
  noNetwork: () => ({ what: m.p_noNetwork_what(), next: m.p_noNetwork_next() }),
  stationFailed: () => ({ what: m.p_stationFailed_what(), next: m.p_stationFailed_next() }),
  refused: (p) => ({ what: m.p_refused_what(), next: m.p_refused_next({ code: p.code }) }),
  alreadyAccepted: (p) => ({
    what: m.p_alreadyAccepted_what({ name: p.by ?? m.p_alreadyAccepted_someone() }),
    next: m.p_alreadyAccepted_next(),
  }),
  dispatchClosed: () => ({ what: m.p_dispatchClosed_what(), next: m.p_dispatchClosed_next() }),
  notFound: () => ({ what: m.p_notFound_what(), next: m.p_notFound_next() }),
  visitOpen: () => ({ what: m.p_visitOpen_what(), next: m.p_visitOpen_next() }),
  busy: () => ({ what: m.p_busy_what(), next: m.p_busy_next() }),
  bluetoothOff: () => ({ what: m.p_bluetoothOff_what(), next: m.p_bluetoothOff_next() }),
  bluetoothGone: () => ({ what: m.p_bluetoothGone_what(), next: m.p_bluetoothGone_next() }),
  hubNotFound: () => ({ what: m.p_hubNotFound_what(), next: m.p_hubNotFound_next() }),
  hubNoAnswer: () => ({ what: m.p_hubNoAnswer_what(), next: m.p_hubNoAnswer_next() }),
  hubRefused: (p) => ({ what: m.p_hubRefused_what(), next: m.p_hubRefused_next({ reason: p.reason }) }),
  wrongHub: () => ({ what: m.p_wrongHub_what(), next: m.p_wrongHub_next() }),
  notPaired: (p) => wordPairing(p.reason),
  notLead: () => ({ what: m.p_notLead_what(), next: m.p_notLead_next() }),
  storeFailed: () => ({ what: m.p_storeFailed_what(), next: m.p_storeFailed_next() }),
  engineGone: () => ({ what: m.engine_gone_what(), next: m.engine_gone_next() }),
};

/** A problem in the worker's language. A code that this interface does not know is shown as it came. */
export function wordProblem(problem: Trouble): Worded {
  const word = (words as Record<string, ((problem: Trouble) => Worded) | undefined>)[problem.problem];
  if (word !== undefined && Object.hasOwn(words, problem.problem)) return word(problem);
  const code = problem.problem;
  return { what: m.p_unknown_what(), next: m.p_unknown_next({ code }), code };
}

/** Whether the code of this problem is one that this interface words. */
export function isWorded(code: string): code is Problem["problem"] {
  return Object.hasOwn(words, code);
}

const fields: Record<string, () => string> = {
  stationUrl: m.enrol_station,
  code: m.enrol_code,
  phoneName: m.enrol_phone_name,
  staffNumber: m.signin_staff_number,
  pin: m.signin_pin,
  unlockCode: m.code_field,
  residentNumber: m.emergency_resident_number,
  reason: m.emergency_why,
  text: m.emergency_text,
  lockCode: m.install_code_activation_code,
  doorName: m.install_door_name,
  knobOutside: m.install_knob,
  until: m.access_until_field,
};

function fieldName(field: string): string {
  const camel = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return pick(fields, camel, () => field);
}
