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
  readonly #api: Client<paths>;
  #session = $state.raw<Session | null>(keptSession());
  #expired = $state(false);

  /** `root` is what the paths of the contract begin after. */
  constructor(root: URL) {
    this.#api = createClient<paths>({ baseUrl: root.href.replace(/\/$/, "") });
    this.#api.use({
      onRequest: ({ request }) => {
        if (this.#session) request.headers.set("authorization", `Bearer ${this.#session.token}`);
        return request;
      },
    });
  }

  get signedIn(): boolean {
    return this.#session !== null;
  }

  /** The session is over, and nobody has signed out: what stands on the screens is still wanted. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Asks, and never rejects. In an effect it is asked again after every new sign-in. */
  async ask<T>(call: (api: Client<paths>) => Promise<Reply<T>>): Promise<Answer<T>> {
    if (this.#session === null || this.#expired) return { problem: { code: "unauthenticated" } };
    const answer = await reach(() => call(this.#api));
    if ("problem" in answer && answer.problem.code === "unauthenticated") this.#expired = true;
    return answer;
  }

  async signIn(who: Schemas["LeadSignIn"]): Promise<Answer<unknown>> {
    const answer = await reach(() => this.#api.POST("/v1/lead-session", { body: who }));
    if ("problem" in answer) return answer;
    this.#session = { token: answer.ok.token, endsAt: answer.ok.ends_at };
    this.#expired = false;
    keepSession(this.#session);
    return answer;
  }

  /** Forgets the session here, and tells the station, which may be out of reach. */
  async signOut(): Promise<void> {
    const telling = this.ask((api) => api.DELETE("/v1/session"));
    forgetSession();
    await telling;
    this.#session = null;
    this.#expired = false;
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
