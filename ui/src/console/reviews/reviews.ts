import type { LockStatus, Schemas } from "../station/types";

/** Something that a lead has to look at. */
export type Review =
  | { kind: "opening"; key: string; opening: Schemas["UnexplainedOpening"] }
  | { kind: "certificate"; key: string; lock: LockStatus; seen: string; other: string };

/** What waits for a look, openings first. */
export function reviewsIn({ locks, unexplained }: Schemas["LockList"]): Review[] {
  const openings = unexplained.map((opening, at): Review => ({ kind: "opening", key: `${opening.lock}-${at}`, opening }));
  return [...openings, ...locks.flatMap(certificate)];
}

function certificate(lock: LockStatus): Review[] {
  const { fingerprint: seen, other } = lock.certificate ?? {};
  return seen && other ? [{ kind: "certificate", key: lock.id, lock, seen, other }] : [];
}
