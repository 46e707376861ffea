/** How far along its track the thumb must be let go for the slide to count. */
export const ENOUGH = 0.8;

/** What one press of an arrow key moves. */
const STEP = 0.25;

/** What a held Enter or Space moves at each beat of {@link HOLD_BEAT_MS}: about one second from end to end. */
const HOLD_STEP = 0.1;
export const HOLD_BEAT_MS = 100;

/** Where the thumb is after the finger moved, from 0 to 1. `travel` is how far the thumb can go, in pixels. */
export function dragged(from: number, to: number, travel: number): number {
  if (travel <= 0) return 0;
  return clamp((to - from) / travel);
}

/** Whether a thumb let go here means to open. */
export const isEnough = (position: number): boolean => position >= ENOUGH;

/** Where an arrow, Home or End takes the thumb; nothing for every other key. Only the very end opens. */
export function keyed(position: number, key: string): number | undefined {
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return clamp(position + STEP);
    case "ArrowLeft":
    case "ArrowDown":
      return clamp(position - STEP);
    case "Home":
      return 0;
    case "End":
      return 1;
    default:
      return undefined;
  }
}

/** Where the thumb is one beat later while the key is held. */
export const held = (position: number): number => clamp(position + HOLD_STEP);

/** Floating steps add up to a little less than the end. */
export const isEnd = (position: number): boolean => position > 0.999;

const clamp = (position: number): number => Math.min(1, Math.max(0, position));
