import type { Answer, Trouble } from "./trouble";

/** Something that a screen shows of the station: the last answer, how old it is, and why there is no newer one. */
export class Reading<T> {
  readonly #ask: () => Promise<Answer<T>>;
  readonly #again: ((value: T | null) => number) | undefined;
  #value = $state.raw<T | null>(null);
  #trouble = $state.raw<Trouble | null>(null);
  #readAt = $state(0);
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /**
   * Asks now, whenever something changes that `ask` looks at before it waits, and, while the page is looked at, so many
   * milliseconds after each answer as `again` says. For the time of the component that it is made in.
   */
  constructor(ask: () => Promise<Answer<T>>, again?: (value: T | null) => number) {
    this.#ask = ask;
    this.#again = again;
    $effect(() => {
      this.#over = false;
      void this.reload();
      return () => {
        this.#over = true;
        this.#round += 1;
        clearTimeout(this.#timer);
      };
    });
  }

  /** The last good answer. */
  get value(): T | null {
    return this.#value;
  }

  /** Why the last try did not go through. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** When the value came, in milliseconds since 1970. */
  get readAt(): number {
    return this.#readAt;
  }

  /** Asks again. Of several answers the one to the last question counts. */
  async reload(): Promise<void> {
    const round = (this.#round += 1);
    clearTimeout(this.#timer);
    const answer = await this.#ask();
    if (this.#over || round !== this.#round) return;
    this.#trouble = "problem" in answer ? answer.problem : null;
    if ("ok" in answer) {
      this.#value = answer.ok;
      this.#readAt = Date.now();
    }
    this.#wait();
  }

  #wait(): void {
    if (!this.#again) return;
    const look = (): void => (document.hidden ? this.#wait() : void this.reload());
    this.#timer = setTimeout(look, this.#again(this.#value));
  }
}
