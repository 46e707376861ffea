/** One person at one door, as contract and engine have it. */
interface AtDoor {
  worker: string;
  name: string;
  door: string;
}

/** That somebody can open a door, until when, and why. */
export interface CanOpen extends AtDoor {
  until: string;
  permission: string | null | undefined;
  /** A visit is under way: `true`, or which. */
  dispatch: string | boolean | null | undefined;
  /** The glass was broken. */
  emergency: string | boolean | null | undefined;
}

/** That somebody whom a permission names cannot open a door. */
export interface CannotOpen extends AtDoor {
  because: string;
}

/** The same, for all doors that it is true of. */
export type Gathered<T extends AtDoor> = Omit<T, "door"> & { key: string; doors: string[] };

/** Brings the doors together that somebody can open for the same reason until the same time. */
export const grantsOf = <T extends CanOpen>(now: readonly T[]): Gathered<T>[] =>
  gather(now, ({ worker, permission, dispatch, emergency, until }) => [worker, permission, dispatch, emergency, until].join(" "));

/** Brings the doors together that stay closed to somebody for the same reason. */
export const refusalsOf = <T extends CannotOpen>(entries: readonly T[]): Gathered<T>[] =>
  gather(entries, ({ worker, because }) => `${worker} ${because}`);

function gather<T extends AtDoor>(entries: readonly T[], keyOf: (entry: T) => string): Gathered<T>[] {
  const gathered = new Map<string, Gathered<T>>();
  for (const { door, ...entry } of entries) {
    const key = keyOf({ door, ...entry } as unknown as T);
    const same = gathered.get(key);
    if (same) same.doors.push(door);
    else gathered.set(key, { ...entry, key, doors: [door] });
  }
  return [...gathered.values()];
}
