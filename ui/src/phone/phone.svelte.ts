import type { Closed, Engine, View } from "../kit/engine";
import { ring } from "../kit/sound/ring";
import { wallIsAhead } from "../kit/time/now";
import { ticker } from "../kit/time/ticker.svelte";
import type { AccessNews, AccessPlace } from "./access/place";
import { Ringer } from "./alerts/ringer.svelte";
import { isUndecided } from "./alerts/undecided";

/** The screens that a signed-in worker moves between. */
export type Screen = "alerts" | "visit" | "today" | "install" | "access";

/** What the screens are made of: the engine's view as it came, and which screen the worker looks at. */
export class Phone {
  readonly engine: Engine;
  /** Makes alarms heard. */
  readonly ringer = new Ringer(ring);
  #view = $state.raw<View | null>(null);
  #visit: string | undefined;
  #engineGone = $state(false);
  #closed = $state<Closed | null>(null);
  /** The screen of a worker who is signed in. */
  screen = $state<Screen>("alerts");
  /** Where on the screen of access. */
  #accessPlace = $state.raw<AccessPlace>({ at: "homes" });
  #accessNews = $state.raw<AccessNews | null>(null);
  /** The worker asked to sign in again while the session is still shown. */
  signingIn = $state(false);

  constructor(engine: Engine) {
    this.engine = engine;
    engine.views(
      (view) => this.#show(view),
      (gone) => (this.#engineGone = gone),
      (why) => (this.#closed = why),
    );
  }

  /** The last view that came; none before the first. */
  get view(): View | null {
    return this.#view;
  }

  /** The engine does not answer: what is shown may be old. */
  get engineGone(): boolean {
    return this.#engineGone;
  }

  /** Why there is no engine at all. */
  get closed(): Closed | null {
    return this.#closed;
  }

  /** A worker is signed in, and the phone shows what is theirs to see. */
  get open(): boolean {
    return this.#view?.lock?.state === "open" && !this.signingIn;
  }

  get accessPlace(): AccessPlace {
    return this.#accessPlace;
  }

  get accessNews(): AccessNews | null {
    return this.#accessNews;
  }

  /** Says what came of something that a lead asked for, and takes nobody away from where they are by then. */
  tell(news: AccessNews): void {
    // Whoever has signed out meanwhile leaves no names to the next one.
    if (this.#view?.session) this.#accessNews = news;
  }

  /** A lead looks at who may get in. */
  lookAt(place: AccessPlace): void {
    // Whoever comes from another screen has not read it yet.
    if (this.screen === "access") this.#accessNews = null;
    this.#accessPlace = place;
    this.screen = "access";
  }

  #show(view: View): void {
    const was = this.#view;
    if (was?.session?.workerName !== view.session?.workerName) this.#forget();
    const locked = view.lock?.state === "locked";
    const before = this.#visit;
    // A locked view shows no visit, and behind it everything stays where it was.
    const now = locked ? before : view.visit?.id;
    this.#visit = now;
    if (now !== undefined && now !== before) this.screen = "visit";
    if (now === undefined && before !== undefined && this.screen === "visit") this.screen = "today";
    // It was unlocked to see them.
    const unlocked = was?.lock?.state !== "open" && view.lock?.state === "open";
    if (unlocked && now === undefined && view.alerts.some(isUndecided)) this.screen = "alerts";
    if (!view.status.signInNeeded && !locked) this.signingIn = false;
    wallIsAhead(view.status.wallAheadS);
    ticker.move();
    this.#view = view;
    this.ringer.hear(view);
  }

  /** Where one worker was is nothing for the next one. */
  #forget(): void {
    this.screen = "alerts";
    this.#accessPlace = { at: "homes" };
    this.#accessNews = null;
    this.#visit = undefined;
  }
}
