import type { LockStatus } from "../station/types";

/** What phones have told of a lock last: `model::lock_report`, as far as it is shown. */
interface LockReport {
  battery_percent?: number;
  battery?: string;
  firmware?: string;
  pulls_latch?: boolean;
}

export const reportOf = (lock: LockStatus): LockReport => lock.report ?? {};
