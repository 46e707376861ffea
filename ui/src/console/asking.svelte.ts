import { Request } from "../kit/engine/request.svelte";
import { stillHere } from "../kit/parts/here";
import { getDesk } from "./context";
import type { Answer, Trouble } from "./station/trouble";

/**
 * Something that a lead asked for on a screen that may be left before the answer comes. What does not go through then is
 * told wherever they are.
 */
export class Asking extends Request<Trouble> {
  readonly #desk = getDesk();
  readonly #what: () => string;
  /** Whether the component that asks is still on the screen. */
  readonly here = stillHere();

  /** `what` says what was asked for. */
  constructor(what: () => string) {
    super();
    this.#what = what;
  }

  override async run(ask: () => Promise<Answer<unknown>>): Promise<boolean> {
    const what = this.#what();
    const done = await super.run(ask);
    if (!this.here() && this.trouble) this.#desk.miss({ what, trouble: this.trouble });
    return done;
  }
}
