import type { AlertView } from "../../kit/engine";
import { isUndecided } from "./undecided";

/** Remembers which alerts one worker has been told of, so that each is told once, and once more when nobody answered it. */
export class Told {
  readonly #tellings = new Set<string>();

  /** The alerts that wait for an answer and have something to tell; from now on they have told it. */
  fresh(alerts: readonly AlertView[]): AlertView[] {
    const telling = ({ id, unanswered }: AlertView): string => (unanswered ? `${id} unanswered` : id);
    const fresh = alerts.filter((alert) => isUndecided(alert) && !this.#tellings.has(telling(alert)));
    for (const alert of fresh) this.#tellings.add(telling(alert));
    return fresh;
  }
}
