import { describe, expect, it } from "vitest";
import type { Outcome } from "./bindings";
import type { Result } from "./engine";
import { Request } from "./request.svelte";

/** An engine whose answer comes when the test says so. */
function slow() {
  let answer!: (result: Result<Outcome>) => void;
  let asked = 0;
  const ask = (): Promise<Result<Outcome>> => {
    asked += 1;
    return new Promise((resolve) => (answer = resolve));
  };
  return { ask, answer: (result: Result<Outcome>) => answer(result), times: () => asked };
}

describe("something the worker asked for", () => {
  it("is asked once, however often the button is pressed", async () => {
    const engine = slow();
    const request = new Request();
    const first = request.run(engine.ask);
    expect(request.busy).toBe(true);
    expect(await request.run(engine.ask)).toBe(false);
    engine.answer({ ok: { outcome: "done" } });
    expect(await first).toBe(true);
    expect(engine.times()).toBe(1);
    expect(request.busy).toBe(false);
    expect(request.trouble).toBeNull();
  });

  it("keeps the problem until it is asked again", async () => {
    const engine = slow();
    const request = new Request();
    const first = request.run(engine.ask);
    engine.answer({ problem: { problem: "noNetwork" } });
    expect(await first).toBe(false);
    expect(request.trouble).toEqual({ problem: "noNetwork" });
    const second = request.run(engine.ask);
    expect(request.trouble).toBeNull();
    engine.answer({ ok: { outcome: "done" } });
    await second;
  });

  it("is free again when the question itself breaks", async () => {
    const request = new Request();
    await expect(request.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(request.busy).toBe(false);
  });
});
