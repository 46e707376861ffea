/** Why the station did not do as asked: the code of its problem (RFC 9457), or `unreachable`. */
export interface Trouble {
  code: string;
  /** Which field of the request, as a path. */
  field?: string;
  /** When to try again. */
  seconds?: number;
}

/** What came of asking the station. */
export type Answer<T> = { ok: T } | { problem: Trouble };

/** Reads a problem; whatever else stood in its place is told by its status. */
export function troubleOf(error: unknown, status: number): Trouble {
  if (typeof error !== "object" || error === null) return { code: `http_${status}` };
  const { code, field, retry_after_s: seconds } = error as Record<string, unknown>;
  return {
    code: typeof code === "string" ? code : `http_${status}`,
    ...(typeof field === "string" ? { field } : {}),
    ...(typeof seconds === "number" ? { seconds } : {}),
  };
}
