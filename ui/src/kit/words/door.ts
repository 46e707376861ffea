import type { DoorResult, Reach } from "../engine";
import { m } from "../language/generated/messages.js";
import { pick } from "./pick";
import type { Worded } from "./problem";

type Say = () => string;

const kinds: Record<string, Say> = { stairwell: m.door_kind_stairwell, flat: m.door_kind_flat };

/** Which door on the way in; a kind that is not known is shown as it came. */
export const wordKind = (kind: string): string => pick(kinds, kind, () => kind);

const lockReach: Record<Reach, Say> = {
  idle: m.reach_idle,
  looking: m.reach_looking,
  seen: m.reach_seen,
  connecting: m.reach_connecting,
  ready: m.reach_ready,
};
const hubReach: Record<Reach, Say> = {
  idle: m.reach_hub_idle,
  looking: m.reach_hub_looking,
  seen: m.reach_hub_seen,
  connecting: m.reach_hub_connecting,
  ready: m.reach_ready,
};

/** How near the phone is to asking the lock, or the hub. */
export const wordReach = (reach: Reach, of: "lock" | "hub"): string =>
  pick(of === "lock" ? lockReach : hubReach, reach, () => reach);

const operations: Record<string, Say> = { open: m.door_opening, lock: m.door_locking };

/** What is being done at the door now: asking the lock, or, once it has taken the command, waiting for its motor. */
export const wordWorking = (operation: string, moving = false): string =>
  moving ? m.door_moving() : pick(operations, operation, m.door_asking);

const lockWarnings: Record<string, Say> = {
  jammed: m.w_jammed,
  not_calibrated: m.w_not_calibrated,
  battery_critical: m.w_battery_critical,
  battery_low: m.w_battery_low,
  clock_lost: m.w_clock_lost,
  clock_off: m.w_clock_off,
  unfamiliar: m.w_unfamiliar,
};

/** What somebody must see to at the lock; a code that is not known is shown, so that it can be reported. */
export const wordWarning = (code: string): string => pick(lockWarnings, code, () => m.w_unknown({ code }));

const reasons: Record<string, () => Worded> = {
  not_found: () => ({ what: m.r_not_found_what(), next: m.r_not_found_next() }),
  no_answer: () => ({ what: m.r_no_answer_what(), next: m.r_no_answer_next() }),
  link_lost: () => ({ what: m.r_link_lost_what(), next: m.r_link_lost_next() }),
  interrupted: () => ({ what: m.r_interrupted_what(), next: m.r_interrupted_next() }),
  key_rejected: () => ({ what: m.r_key_rejected_what(), next: m.r_key_rejected_next() }),
  key_expired: () => ({ what: m.r_key_expired_what(), next: m.r_key_expired_next() }),
  vendor_silent: () => ({ what: m.r_vendor_silent_what(), next: m.r_vendor_silent_next() }),
  no_key: () => ({ what: m.r_no_key_what(), next: m.r_no_key_next() }),
  key_withdrawn: () => ({ what: m.r_key_withdrawn_what(), next: m.r_key_withdrawn_next() }),
  key_used: () => ({ what: m.r_key_used_what(), next: m.r_key_used_next() }),
  jammed: () => ({ what: m.r_jammed_what(), next: m.r_jammed_next() }),
  lock_error: () => ({ what: m.r_lock_error_what(), next: m.r_lock_error_next() }),
  not_calibrated: () => ({ what: m.r_not_calibrated_what(), next: m.r_not_calibrated_next() }),
  battery_empty: () => ({ what: m.r_battery_empty_what(), next: m.r_battery_empty_next() }),
  lock_busy: () => ({ what: m.r_lock_busy_what(), next: m.r_lock_busy_next() }),
  lock_not_now: () => ({ what: m.r_lock_not_now_what(), next: m.r_lock_not_now_next() }),
  bluetooth_off: () => ({ what: m.r_bluetooth_off_what(), next: m.r_bluetooth_off_next() }),
  bluetooth_gone: () => ({ what: m.r_bluetooth_gone_what(), next: m.r_bluetooth_gone_next() }),
  unsupported: () => ({ what: m.r_unsupported_what(), next: m.r_unsupported_next() }),
  wrong_device: () => ({ what: m.r_wrong_device_what(), next: m.r_wrong_device_next() }),
};

/** Why a door did not do as asked. A code that is not known is shown under a general text. */
export const wordReason = (code: string): Worded =>
  pick(reasons, code, () => ({ what: m.r_unknown_what(), next: m.r_unknown_next(), code }));

/** How grave a result is on the screen. */
export type Tone = "success" | "warning" | "danger";

/** One operation's outcome: a heading, why, and what to do now. */
export interface WordedResult {
  tone: Tone;
  title: string;
  why?: string;
  next: string;
  code?: string;
}

/** What came of an operation, never better than the engine says: what it can't name is not called opened. */
export function wordResult(result: DoorResult, time: string): WordedResult {
  const lock = result.operation === "lock";
  const plain = (tone: Tone, title: string, next: string): WordedResult => ({ tone, title, next });
  switch (result.outcome) {
    case "opened":
      return plain("success", m.outcome_opened_what({ time }), m.outcome_opened_next());
    case "locked":
      return plain("success", m.outcome_locked_what({ time }), m.outcome_locked_next());
    case "refused": {
      const title = lock ? m.outcome_lock_refused_what({ time }) : m.outcome_open_refused_what({ time });
      return withReason("danger", title, wordReason(result.reason ?? ""));
    }
    case "unknown": {
      const title = lock ? m.outcome_lock_unknown_what({ time }) : m.outcome_open_unknown_what({ time });
      const next = lock ? m.outcome_lock_unknown_next() : m.outcome_open_unknown_next();
      if (result.reason === null) return plain("warning", title, next);
      return { ...withReason("warning", title, wordReason(result.reason)), next };
    }
    default:
      return { ...plain("warning", m.outcome_other_what({ time }), m.outcome_other_next()), code: result.outcome };
  }
}

function withReason(tone: Tone, title: string, reason: Worded): WordedResult {
  const worded: WordedResult = { tone, title, why: reason.what, next: reason.next };
  return reason.code ? { ...worded, code: reason.code } : worded;
}
