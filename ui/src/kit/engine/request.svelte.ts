import type { Outcome } from "./bindings";
import type { Result, Trouble } from "./engine";

/** One thing the worker asked for: whether the answer is still out, and what went wrong the last time. */
export class Request {
  #busy = $state(false);
  #trouble = $state.raw<Trouble | null>(null);
  #failedAt = $state(0);

  /** The answer is still out: the button must not ask again. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Why the last try did not go through. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** When that was, in milliseconds since 1970. */
  get failedAt(): number {
    return this.#failedAt;
  }

  /** Asks, unless the answer to the same question is still out. Tells whether it went through. */
  async run(ask: () => Promise<Result<Outcome>>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#trouble = null;
    try {
      const result = await ask();
      if ("ok" in result) return true;
      this.#trouble = result.problem;
      this.#failedAt = Date.now();
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
