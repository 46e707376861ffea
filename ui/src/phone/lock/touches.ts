import type { Engine } from "../../kit/engine";

/** The engine is told so often at most. The shortest time until a phone locks is half a minute. */
const EVERY_MS = 10_000;

/** Tells the engine that somebody touches the screen. Returns how to stop. */
export function tellTouches(engine: Engine, now: () => number = () => performance.now()): () => void {
  let told = -Infinity;
  const touch = (): void => {
    if (now() - told < EVERY_MS) return;
    told = now();
    void engine.intend({ intent: "touched" });
  };
  const events = ["pointerdown", "pointermove", "keydown", "wheel"] as const;
  for (const event of events) addEventListener(event, touch, { passive: true });
  return () => {
    for (const event of events) removeEventListener(event, touch);
  };
}
