import type { AlertView } from "../../kit/engine";
import { isUndecided } from "./undecided";

/** Remembers which alerts have been told, so that each is told once. */
export class Told {
  readonly #ids = new Set<string>();

  /** The alerts that wait for an answer and have not been told before; from now on they have. */
  fresh(alerts: readonly AlertView[]): AlertView[] {
    const fresh = alerts.filter((alert) => isUndecided(alert) && !this.#ids.has(alert.id));
    for (const alert of fresh) this.#ids.add(alert.id);
    return fresh;
  }
}
