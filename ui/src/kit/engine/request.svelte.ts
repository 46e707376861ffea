import { now } from "../time/now";
import type { Trouble } from "./engine";

/** One thing somebody asked for: whether the answer is still out, and what went wrong the last time. */
export class Request<P = Trouble> {
  #busy = $state(false);
  #trouble = $state.raw<P | null>(null);
  #failedAt = $state(0);

  /** The answer is still out: the button must not ask again. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Why the last try did not go through. */
  get trouble(): P | null {
    return this.#trouble;
  }

  /** When that was, in milliseconds since 1970. */
  get failedAt(): number {
    return this.#failedAt;
  }

  /** Asks, unless the answer to the same question is still out. Tells whether it went through. */
  async run(ask: () => Promise<{ ok: unknown } | { problem: P }>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#trouble = null;
    try {
      const result = await ask();
      if ("ok" in result) return true;
      this.#trouble = result.problem;
      this.#failedAt = now();
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
