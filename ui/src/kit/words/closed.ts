import type { Closed } from "../engine";
import { m } from "../language/generated/messages.js";
import type { Worded } from "./problem";

const words: Record<Closed, () => Worded> = {
  keystoreUnsupported: () => ({ what: m.closed_unsupported_what(), next: m.closed_unsupported_next() }),
  keystoreUnavailable: () => ({ what: m.closed_unavailable_what(), next: m.closed_unavailable_next() }),
  keyLost: () => ({ what: m.closed_key_lost_what(), next: m.closed_key_lost_next() }),
  storeFailed: () => ({ what: m.closed_store_what(), next: m.closed_store_next() }),
};

/** Whether this is a reason why there is no engine. */
export function isClosed(why: unknown): why is Closed {
  return typeof why === "string" && Object.hasOwn(words, why);
}

/** Why the app can't open, in the worker's language. */
export function wordClosed(why: Closed): Worded {
  return words[why]();
}
