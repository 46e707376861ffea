import type { LockStatus, Schemas } from "../station/types";

/** Something that a lead has to look at. */
export type Review =
  | { kind: "emergency"; key: string; report: Schemas["GlassReport"] }
  | { kind: "opening"; key: string; opening: Schemas["UnexplainedOpening"] }
  | { kind: "certificate"; key: string; lock: LockStatus; seen: string; other: string };

/** Emergencies that nobody has looked into. */
export function emergenciesIn({ reports }: Schemas["GlassList"]): Review[] {
  const waiting = reports.filter(({ reviewed_at }) => !reviewed_at);
  return waiting.map((report): Review => ({ kind: "emergency", key: report.id, report }));
}

/** What waits for a look at the locks, openings first. */
export function reviewsIn({ locks, unexplained }: Schemas["LockList"]): Review[] {
  const openings = unexplained.map((opening, at): Review => ({ kind: "opening", key: `${opening.lock}-${at}`, opening }));
  return [...openings, ...locks.flatMap(certificate)];
}

function certificate(lock: LockStatus): Review[] {
  const { fingerprint: seen, other } = lock.certificate ?? {};
  return seen && other ? [{ kind: "certificate", key: lock.id, lock, seen, other }] : [];
}
