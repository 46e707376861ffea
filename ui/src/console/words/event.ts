import { m } from "../../kit/language/generated/messages.js";
import { DECLINE_REASONS } from "../../kit/words/alarm";
import { wordReason } from "../../kit/words/door";
import { wordPairing } from "../../kit/words/install";
import { PASS_REASONS } from "../../kit/words/pass";
import type { AuditEntry } from "../station/types";
import { pick } from "../../kit/words/pick";

const kinds: Record<string, () => string> = {
  dispatch_received: m.console_kind_dispatch_received,
  alert_delivered: m.console_kind_alert_delivered,
  dispatch_unanswered: m.console_kind_dispatch_unanswered,
  dispatch_declined: m.console_kind_dispatch_declined,
  dispatch_accepted: m.console_kind_dispatch_accepted,
  accepted_offline: m.console_kind_accepted_offline,
  door_code_shown: m.console_kind_door_code_shown,
  visit_begun: m.console_kind_visit_begun,
  arrival_overdue: m.console_kind_arrival_overdue,
  permission_given: m.console_kind_permission_given,
  permission_taken_away: m.console_kind_permission_taken_away,
  key_issued: m.console_kind_key_issued,
  key_withheld: m.console_kind_key_withheld,
  door_operated: m.console_kind_door_operated,
  door_passed: m.console_kind_door_passed,
  lock_reported: m.console_kind_lock_reported,
  lock_paired: m.console_kind_lock_paired,
  lock_tested: m.console_kind_lock_tested,
  installation_given_up: m.console_kind_installation_given_up,
  lock_installed: m.console_kind_lock_installed,
  checked_in: m.console_kind_checked_in,
  checked_out: m.console_kind_checked_out,
  visit_closed: m.console_kind_visit_closed,
  phone_enrolled: m.console_kind_phone_enrolled,
  signed_in: m.console_kind_signed_in,
  signed_out: m.console_kind_signed_out,
  sign_in_refused: m.console_kind_sign_in_refused,
  keys_withdrawn: m.console_kind_keys_withdrawn,
  keys_wiped: m.console_kind_keys_wiped,
  shift_ended: m.console_kind_shift_ended,
  worker_dismissed: m.console_kind_worker_dismissed,
  phone_lost: m.console_kind_phone_lost,
  phone_wiped: m.console_kind_phone_wiped,
  policy_changed: m.console_kind_policy_changed,
  resident_changed: m.console_kind_resident_changed,
  worker_changed: m.console_kind_worker_changed,
  pin_changed: m.console_kind_pin_changed,
  service_ended: m.console_kind_service_ended,
  service_resumed: m.console_kind_service_resumed,
  retention_done: m.console_kind_retention_done,
  glass_broken: m.console_kind_glass_broken,
  glass_reviewed: m.console_kind_glass_reviewed,
  audit_exported: m.console_kind_audit_exported,
  audit_erased: m.console_kind_audit_erased,
};

/** Why there was no key for a door. */
const withheld: Record<string, () => string> = {
  service_silent: m.console_withheld_service_silent,
  service_refused: m.console_withheld_service_refused,
  lock_unknown: m.console_withheld_lock_unknown,
  token_ended: m.console_withheld_token_ended,
  token_not_yet: m.console_withheld_token_not_yet,
  not_asked: m.console_withheld_not_asked,
  no_service: m.console_withheld_no_service,
  app_too_old: m.console_withheld_app_too_old,
};

/** In words; one that is not known by itself. */
export const wordWithheld = (reason: string): string => pick(withheld, reason, () => reason);

const outcomes: Record<string, () => string> = {
  "open opened": m.console_door_opened,
  "lock locked": m.console_door_locked,
  "open refused": m.console_door_open_refused,
  "lock refused": m.console_door_lock_refused,
  "open unknown": m.console_door_open_unknown,
  "lock unknown": m.console_door_lock_unknown,
};

/** What happened. Of a door it says what came of it, and never more than the lock has said. */
export function wordEvent({ kind, operation, outcome, reason }: AuditEntry): string {
  if (kind === "lock_paired" && reason) return m.console_lock_not_paired();
  const otherwise = (): string => pick(kinds, kind, () => m.kind_other({ code: kind }));
  const what = pick(outcomes, `${operation} ${outcome}`, otherwise);
  return kind === "lock_tested" && operation ? m.console_tested({ what }) : what;
}

/** Whether somebody should look twice. */
export const isTrouble = ({ kind, outcome }: AuditEntry): boolean =>
  ["dispatch_unanswered", "arrival_overdue", "sign_in_refused", "phone_wiped", "glass_broken"].includes(kind) ||
  outcome === "refused" ||
  outcome === "unknown";

/** Why, if the event says so. */
export function wordWhy({ kind, reason }: AuditEntry): string | null {
  if (!reason) return null;
  if (kind === "dispatch_declined") return DECLINE_REASONS.find(({ code }) => code === reason)?.say() ?? reason;
  if (kind === "door_passed") return PASS_REASONS.find(({ code }) => code === reason)?.say() ?? reason;
  if (kind === "lock_installed") return reason === "replaced" ? m.console_lock_replaced() : reason;
  if (kind === "key_withheld") return wordWithheld(reason);
  if (kind === "lock_paired") return wordPairing(reason).what;
  if (kind !== "door_operated" && kind !== "lock_tested") return reason;
  const { what, code } = wordReason(reason);
  return code ? m.code_shown({ code }) : what;
}

const proofs: Record<string, () => string> = {
  station: m.console_proof_station,
  centre_token: m.console_proof_centre_token,
  phone_signature: m.console_proof_phone_signature,
  digital_key: m.console_proof_digital_key,
  hub_receipt: m.console_proof_hub_receipt,
};

/** By which proof an event stands. */
export const wordProof = (proof: string): string => pick(proofs, proof, () => proof);

const clocks: Record<string, () => string> = {
  phone: m.console_clock_phone,
  turned_back: m.console_clock_turned_back,
};

/** What to know of the time of an event; nothing where it was checked, or where nobody said. */
export const wordClock = ({ clock }: Pick<AuditEntry, "clock">): string | null =>
  clock == null || clock === "station" ? null : pick(clocks, clock, () => m.console_clock_other({ code: clock }));
