import type { Schemas } from "../station/types";

/** The shift that a worker is on; of several that run, the one that ends last. */
export function runningShift(
  shifts: readonly Schemas["TeamShift"][],
  worker: string,
  now: number,
): Schemas["TeamShift"] | undefined {
  const running = shifts.filter(
    (shift) => shift.worker === worker && Date.parse(shift.starts_at) <= now && now < Date.parse(shift.ends_at),
  );
  return running.toSorted((a, b) => Date.parse(a.ends_at) - Date.parse(b.ends_at)).at(-1);
}
