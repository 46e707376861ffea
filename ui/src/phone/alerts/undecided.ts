import type { AlertView } from "../../kit/engine";

/** An alert that still waits for this worker's answer. */
export const isUndecided = (alert: AlertView): boolean => !alert.taken && !alert.declined;
