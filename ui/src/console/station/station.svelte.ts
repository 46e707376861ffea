import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./contract";
import { troubleOf, type Answer } from "./trouble";
import { forgetSession, keepSession, keptSession, type Session } from "./session";
import type { Schemas } from "./types";

/** What a call of the contract comes back with. */
interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The station that served this page, and the lead's session with it. */
export class Station {
  readonly #root: string;
  #session = $state.raw<Session | null>(keptSession());
  #expired = $state(false);
  #person = $state(0);

  /** `root` is what the paths of the contract begin after. */
  constructor(root: URL) {
    this.#root = root.href.replace(/\/$/, "");
  }

  get signedIn(): boolean {
    return this.#session !== null;
  }

  /** The session is over, and nobody has signed out: what stands on the screens is still wanted. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Another number whenever somebody signs in over the session of somebody else, whose screens are not for them. */
  get person(): number {
    return this.#person;
  }

  /** Asks, and never rejects. In an effect it is asked again after every new sign-in. */
  async ask<T>(call: (api: Client<paths>) => Promise<Reply<T>>): Promise<Answer<T>> {
    const session = this.#session;
    if (session === null || this.#expired) return { problem: { code: "unauthenticated" } };
    const answer = await reach(() => call(this.#client(session)));
    // Of a session that another has followed it says nothing new.
    const over = "problem" in answer && answer.problem.code === "unauthenticated";
    if (over && this.#session === session) this.#expired = true;
    return answer;
  }

  async signIn(who: Schemas["LeadSignIn"]): Promise<Answer<unknown>> {
    const answer = await reach(() => this.#client().POST("/v1/lead-session", { body: who }));
    if ("problem" in answer) return answer;
    const session = { token: answer.ok.token, endsAt: answer.ok.ends_at, staffNumber: who.staff_number };
    if (this.#session?.staffNumber !== session.staffNumber) this.#person += 1;
    this.#session = session;
    this.#expired = false;
    keepSession(session);
    return answer;
  }

  /** Forgets the session here at once, and tells the station, which may be out of reach. */
  signOut(): void {
    // Also to its end when the page is closed now.
    void this.ask((api) => api.DELETE("/v1/session", { keepalive: true }));
    forgetSession();
    this.#session = null;
    this.#expired = false;
  }

  #client(session?: Session): Client<paths> {
    const headers = session ? { authorization: `Bearer ${session.token}` } : {};
    return createClient<paths>({ baseUrl: this.#root, headers });
  }
}

async function reach<T>(call: () => Promise<Reply<T>>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await call();
    return response.ok ? { ok: data as T } : { problem: troubleOf(error, response.status) };
  } catch {
    return { problem: { code: "unreachable" } };
  }
}
