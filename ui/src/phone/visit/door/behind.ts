import type { DoorResult, DoorView } from "../../../kit/engine";

/** Passed without its lock, and its lock has not opened since: the worker's next business is another door. */
export const isBehind = (door: DoorView): boolean => door.passed !== null && door.locked !== false;

/**
 * The result to show. That the lock would not open is no news of a door that was passed without it, unless the worker
 * has asked it again since.
 */
export function shownResult(door: DoorView, askedSince: boolean): DoorResult | null {
  const failed = door.last !== null && door.last.operation === "open" && door.last.outcome !== "opened";
  return failed && door.passed !== null && !askedSince ? null : door.last;
}

/** The phone has no key for its lock: to try would be in vain. */
export const isKeyless = (door: DoorView): boolean => door.hasLock && door.keyUntil === null;

/** Whether the lock did not do its part at the last try, so that the other ways in are wanted. */
export const wantsOtherWay = (door: DoorView): boolean =>
  door.passed === null &&
  (isKeyless(door) || (door.last !== null && ["refused", "unknown"].includes(door.last.outcome)));
