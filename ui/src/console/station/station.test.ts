import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Station } from "./station.svelte";

/** A station whose answers come when the test says so. */
class Wire {
  readonly asked: { request: Request; answer: (response: Response) => void }[] = [];

  readonly fetch = (request: Request): Promise<Response> =>
    new Promise((answer) => this.asked.push({ request, answer: (response) => answer(response) }));

  /** Answers what was asked last. */
  answer(status: number, body: unknown): void {
    this.asked.at(-1)!.answer(Response.json(body, { status }));
  }
}

const UNAUTHENTICATED = { code: "unauthenticated" };
let wire: Wire;
let station: Station;

beforeEach(() => {
  wire = new Wire();
  vi.stubGlobal("fetch", wire.fetch);
  station = new Station(new URL("https://station.example/"));
});
afterEach(() => vi.unstubAllGlobals());

async function signIn(staffNumber: string, token: string): Promise<void> {
  const done = station.signIn({ staff_number: staffNumber, pin: "96321" });
  await vi.waitFor(() => expect(wire.asked.at(-1)!.request.method).toBe("POST"));
  wire.answer(200, { token, ends_at: "2026-03-02T06:00:00Z" });
  expect(await done).toHaveProperty("ok");
}

async function expire(): Promise<void> {
  const asked = station.ask((api) => api.GET("/v1/team"));
  wire.answer(401, UNAUTHENTICATED);
  await asked;
  expect(station.expired).toBe(true);
}

describe("a lead's session", () => {
  it("that is over goes on for the same lead, and begins anew for another", async () => {
    await signIn("100", "t-1");
    const first = station.person;
    await expire();
    await signIn("100", "t-2");
    expect([station.person, station.expired]).toEqual([first, false]);
    await expire();
    await signIn("200", "t-3");
    expect(station.person).not.toBe(first);
  });

  it("is not over because an answer to the one before comes late", async () => {
    await signIn("100", "t-1");
    const late = station.ask((api) => api.GET("/v1/residents"));
    const { answer } = wire.asked.at(-1)!;
    await expire();
    await signIn("100", "t-2");
    answer(Response.json(UNAUTHENTICATED, { status: 401 }));
    expect(await late).toEqual({ problem: UNAUTHENTICATED });
    expect(station.expired).toBe(false);
  });

  it("is gone from here at once, also when the station does not answer", async () => {
    await signIn("100", "t-1");
    station.signOut();
    expect(station.signedIn).toBe(false);
    const { request } = wire.asked.at(-1)!;
    expect([request.method, request.headers.get("authorization")]).toEqual(["DELETE", "Bearer t-1"]);
  });
});
