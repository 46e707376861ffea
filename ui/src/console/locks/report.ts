import type { LockStatus } from "../station/types";

/** What phones have told of a lock last: `model::lock_report`, as far as it is shown. */
interface LockReport {
  battery_percent?: number;
  battery?: string;
  firmware?: string;
}

export const reportOf = (lock: LockStatus): LockReport => lock.report ?? {};

const makers: Record<string, string> = { danalock: "Danalock", dkey: "dKey", nuki: "Nuki" };

/** The name of a family on its box. */
export const familyName = (family: string): string =>
  (Object.hasOwn(makers, family) ? makers[family] : undefined) ?? family;
