import type { Stay } from "../station/types";

/** What of a stay goes into a table. */
export const COLUMNS = [
  "worker_name",
  "opened_at",
  "checked_in_at",
  "checked_out_at",
  "locked_at",
  "dispatch",
  "worker",
] as const satisfies (keyof Stay)[];
