import type { DoorView, VisitView } from "../../kit/engine";
import { m } from "../../kit/language/generated/messages.js";
import { wordKind } from "../../kit/words/door";

/** What a worker should know before ending a visit. */
export type Warning = { kind: "notIn" } | { kind: "notOut" } | { kind: "unlocked"; door: DoorView };

/**
 * A check-in or check-out that is missing, and each door that was opened, or may have been, and that its lock has not
 * reported locked since.
 */
export function warnings(visit: VisitView): Warning[] {
  const found: Warning[] = [];
  if (visit.hub !== null && visit.hub.checkedInAt === null) found.push({ kind: "notIn" });
  else if (visit.hub !== null && visit.hub.checkedOutAt === null) found.push({ kind: "notOut" });
  for (const door of visit.doors) {
    const tried = door.last !== null && door.last.outcome !== "refused" && door.last.outcome !== "locked";
    if (door.hasLock && door.locked !== true && (tried || door.locked === false)) found.push({ kind: "unlocked", door });
  }
  return found;
}

/** One of them, to be read. */
export function wordMissing(warning: Warning): string {
  if (warning.kind === "notIn") return m.finish_warn_not_in();
  if (warning.kind === "notOut") return m.finish_warn_not_out();
  return m.finish_warn_unlocked({ door: warning.door.name.trim() || wordKind(warning.door.kind) });
}
