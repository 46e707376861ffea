import type { View } from "../../kit/engine";
import { Told } from "./fresh";
import { isUndecided } from "./undecided";

/** So often it rings while nobody touches the phone. */
const AGAIN_MS = 25_000;

/** Makes alarms heard until somebody touches the phone, and knows which of them the worker has not yet had before their eyes. */
export class Ringer {
  readonly #ring: () => void;
  #told = new Told();
  #worker: string | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  #fresh = $state.raw<readonly string[]>([]);
  #unseen = $state.raw<readonly string[]>([]);
  #covers = $state(0);

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** What came last, to be said aloud. */
  get fresh(): readonly string[] {
    return this.#fresh;
  }

  /** What waits for an answer and has not been seen, in the order in which it came. */
  get unseen(): readonly string[] {
    return this.#unseen;
  }

  /** A dialog lies over the page. */
  get covered(): boolean {
    return this.#covers > 0;
  }

  /** A dialog opens; returns what to do when it closes. */
  cover(): () => void {
    this.#covers += 1;
    return () => (this.#covers -= 1);
  }

  /** Takes what a view tells. Another worker has been told nothing. */
  hear(view: View): void {
    const worker = view.session?.workerName ?? null;
    if (worker !== this.#worker) {
      this.#told = new Told();
      [this.#worker, this.#fresh, this.#unseen] = [worker, [], []];
    }
    const waiting = new Set(view.alerts.filter(isUndecided).map(({ id }) => id));
    // The newest comes first in a view.
    const fresh = this.#told.fresh(view.alerts).map(({ id }) => id).toReversed();
    const left = this.#unseen.filter((id) => waiting.has(id) && !fresh.includes(id));
    if (fresh.length > 0) this.#fresh = fresh;
    if (fresh.length > 0 || left.length < this.#unseen.length) this.#unseen = [...left, ...fresh];
    if (waiting.size === 0) this.touched();
    else if (fresh.length > 0) this.#ringOn();
  }

  /** Somebody is at the phone: it need not call for them any longer. */
  touched(): void {
    clearTimeout(this.#again);
  }

  /** The worker has had these before their eyes, or has put them away. */
  saw(ids: readonly string[]): void {
    if (ids.some((id) => this.#unseen.includes(id))) this.#unseen = this.#unseen.filter((id) => !ids.includes(id));
  }

  #ringOn(): void {
    clearTimeout(this.#again);
    this.#ring();
    this.#again = setTimeout(() => this.#ringOn(), AGAIN_MS);
  }
}
