import type { AuditEntry } from "../station/types";

/** What of a trail goes into a table. */
export const COLUMNS = [
  "at",
  "clock",
  "stored_at",
  "kind",
  "worker_name",
  "door_name",
  "operation",
  "outcome",
  "reason",
  "proof",
  "phone",
  "key",
  "id",
] as const satisfies (keyof AuditEntry)[];
