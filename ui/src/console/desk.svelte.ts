import { Reading } from "./station/reading.svelte";
import type { Trouble } from "./station/trouble";
import type { Station } from "./station/station.svelte";
import type { PhoneWithdrawal, Schemas } from "./station/types";
import { emergenciesIn, reviewsIn, type Review } from "./reviews/reviews";

/** How often what stands on every screen is read again. */
const everyMinute = (): number => 60_000;
/** An emergency is told at once. */
const oftener = (): number => 5_000;

/** A phone that is online confirms within a second; one that is not may take hours. */
const SOON_MS = 10 * 60_000;
const isAwaited = ({ confirmable, confirmed_at, ordered_at }: PhoneWithdrawal): boolean =>
  confirmable && !confirmed_at && Date.now() - Date.parse(ordered_at) < SOON_MS;

/** Something that was asked for on a screen that has been left, and did not go through. */
export interface Missed {
  what: string;
  trouble: Trouble;
}

/** What a lead who is signed in has on every screen: the own team, its homes, its locks, and what waits for a look. */
export class Desk {
  readonly team: Reading<Schemas["OwnTeam"]>;
  readonly homes: Reading<Schemas["HomeList"]>;
  readonly locks: Reading<Schemas["LockList"]>;
  /** Where the glass was broken. */
  readonly emergencies: Reading<Schemas["GlassList"]>;
  /** What phones were told to wipe, and which of them have. */
  readonly withdrawals: Reading<Schemas["Withdrawals"]>;
  /** The orders that were just given. */
  #followed = $state.raw<readonly string[]>([]);
  /** What was just done, said on the screen that one comes to. */
  #told = $state("");
  #missed = $state.raw<Missed | null>(null);

  constructor(station: Station) {
    this.team = new Reading(() => station.ask((api) => api.GET("/v1/team")), everyMinute);
    this.homes = new Reading(() => station.ask((api) => api.GET("/v1/residents")), everyMinute);
    this.locks = new Reading(() => station.ask((api) => api.GET("/v1/locks")), everyMinute);
    this.emergencies = new Reading(() => station.ask((api) => api.GET("/v1/break-glass")), oftener);
    this.withdrawals = new Reading(
      () => station.ask((api) => api.GET("/v1/withdrawals")),
      (value) => (value?.phones.some(isAwaited) ? 1_000 : 60_000),
    );
  }

  /** The orders that were just given, as they stand. */
  get followed(): PhoneWithdrawal[] {
    return this.withdrawals.value?.phones.filter(({ id }) => this.#followed.includes(id)) ?? [];
  }

  get reviews(): Review[] {
    const emergencies = this.emergencies.value ? emergenciesIn(this.emergencies.value) : [];
    return [...emergencies, ...(this.locks.value ? reviewsIn(this.locks.value) : [])];
  }

  get told(): string {
    return this.#told;
  }

  get missed(): Missed | null {
    return this.#missed;
  }

  /** Says what did not go through, where the screen that asked for it can't: nobody looks at it any more. */
  miss(missed: Missed | null): void {
    this.#missed = missed;
  }

  /** Says what was done, and shows what comes of the orders to phones that it needed. */
  tell(what: string, orders: PhoneWithdrawal[] = []): void {
    this.#told = what;
    this.#followed = orders.map(({ id }) => id);
    if (orders.length > 0) void this.withdrawals.reload();
  }

  home(resident: string): Schemas["HomeSummary"] | undefined {
    return this.homes.value?.homes.find((home) => home.resident === resident);
  }
}
