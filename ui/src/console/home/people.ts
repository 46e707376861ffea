import type { Schemas } from "../station/types";

/** One person who can open doors of a home for one reason until one time. */
export interface Grant {
  key: string;
  name: string;
  doors: string[];
  until: string;
  because: Schemas["Because"];
}

/** Brings the doors together that somebody can open for the same reason until the same time. */
export function grantsOf(now: Schemas["AccessNow"][]): Grant[] {
  const grants = new Map<string, Grant>();
  for (const { worker, worker_name: name, door_name: door, until, because } of now) {
    const { permission, dispatch, break_glass: broken } = because;
    const key = [worker, permission, dispatch, broken, until].join(" ");
    const same = grants.get(key);
    if (same) same.doors.push(door);
    else grants.set(key, { key, name, doors: [door], until, because });
  }
  return [...grants.values()];
}

/** Somebody whom a permission names, and why doors stay closed to them. */
export interface Refusal {
  key: string;
  name: string;
  doors: string[];
  because: string;
}

export function refusalsOf(entries: Schemas["NoAccessNow"][]): Refusal[] {
  const refusals = new Map<string, Refusal>();
  for (const { worker, worker_name: name, door_name: door, because } of entries) {
    const key = `${worker} ${because}`;
    const same = refusals.get(key);
    if (same) same.doors.push(door);
    else refusals.set(key, { key, name, doors: [door], because });
  }
  return [...refusals.values()];
}
