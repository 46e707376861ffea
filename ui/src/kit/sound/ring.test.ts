import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** A browser's sound: it begins only once somebody lets it. */
class Sound {
  static made: Sound[] = [];
  state = "suspended";
  currentTime = 0;
  destination = {};
  tones = 0;
  #waiting: (() => void)[] = [];
  constructor() {
    Sound.made.push(this);
  }
  resume(): Promise<void> {
    if (this.state === "running") return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  async allow(): Promise<void> {
    this.state = "running";
    for (const resolve of this.#waiting.splice(0)) resolve();
    await Promise.resolve();
  }
  createOscillator(): unknown {
    this.tones += 1;
    return { frequency: {}, connect: (next: unknown) => next, start() {}, stop() {} };
  }
  createGain(): unknown {
    return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect: (next: unknown) => next };
  }
}

let gestures: EventTarget;
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  gestures = new EventTarget();
  Sound.made = [];
  vi.stubGlobal("AudioContext", Sound);
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("addEventListener", gestures.addEventListener.bind(gestures));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("an alarm is heard as soon as the phone lets it, and not minutes later", async () => {
  const { ring } = await import("./ring");
  ring();
  ring();
  const [sound, another] = Sound.made;
  expect(another).toBeUndefined();
  vi.advanceTimersByTime(60_000);
  ring();
  await sound!.allow();
  expect(sound!.tones, "of the last one alone").toBe(6);
});

it("sound that the system has taken away comes back with each touch", async () => {
  const { allowSoundAfterGesture } = await import("./ring");
  allowSoundAfterGesture();
  gestures.dispatchEvent(new Event("pointerup"));
  const sound = Sound.made[0]!;
  await sound.allow();
  sound.state = "suspended";
  const resume = vi.spyOn(sound, "resume");
  gestures.dispatchEvent(new Event("click"));
  expect(resume).toHaveBeenCalledOnce();
  expect(Sound.made).toHaveLength(1);
});
