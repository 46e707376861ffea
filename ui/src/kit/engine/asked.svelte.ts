import type { Answer, Question } from "./bindings";
import type { Engine, Trouble } from "./engine";

type Kind = Answer["answer"];
type Of<K extends Kind> = Extract<Answer, { answer: K }>;

/** What a screen asks of the engine as long as it stands: the last answer, and why there is no newer one. */
export class Asked<K extends Kind> {
  #value = $state.raw<Of<K> | null>(null);
  #trouble = $state.raw<Trouble | null>(null);

  /**
   * Asks now, and whenever something changes that `question` looks at. `kind` is the answer's. For the time of the component
   * that it is made in.
   */
  constructor(engine: Engine, kind: K, question: () => Question) {
    const isOf = (answer: Answer): answer is Of<K> => answer.answer === kind;
    $effect(() => {
      // Of several answers the one to the last question counts.
      let current = true;
      void engine.ask(question()).then((result) => {
        if (!current) return;
        this.#trouble = "problem" in result ? result.problem : null;
        if ("ok" in result && isOf(result.ok)) this.#value = result.ok;
      });
      return () => (current = false);
    });
  }

  /** The last good answer. */
  get value(): Of<K> | null {
    return this.#value;
  }

  /** Why the last try did not go through. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }
}
