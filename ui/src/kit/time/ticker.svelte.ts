import { now } from "./now";

/** The time as the screens show it: one state for all of them, moved once a second. */
class Ticker {
  #now = $state(now());

  constructor() {
    setInterval(() => this.move(), 1000);
    // Timers sleep while the app is in the background.
    document.addEventListener("visibilitychange", () => this.move());
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Looks at the clock: a time that has just come must not lie before this one. */
  move(): void {
    this.#now = now();
  }
}

export const ticker = new Ticker();
