import type { Answer, Closed, Intent, Outcome, Problem, Question, View } from "./bindings";

/** A problem that the engine named, or the one it can't name: that it could not be reached. */
export type Trouble = Problem | { problem: "engineGone" };

/** What came of an intent or a question: the value, or a coded problem that the interface words. */
export type Result<T> = { ok: T } | { problem: Trouble };

/** The one door to the phone's engine. Everything the screens show comes through `views`. */
export interface Engine {
  /** Asks for something to be done. Resolves when the engine knows what came of it; never rejects. */
  intend(intent: Intent): Promise<Result<Outcome>>;
  /** Asks once; never rejects. */
  ask(question: Question): Promise<Result<Answer>>;
  /**
   * Calls `show` with the present view and with every later one.
   * `lost` tells whether the connection to the engine itself is gone, `closed` that there is none, and why.
   * Returns how to stop.
   */
  views(show: (view: View) => void, lost: (gone: boolean) => void, closed: (why: Closed) => void): () => void;
}
