let aheadMs = 0;

/** The wall clock runs so many seconds ahead of the time that everything else goes by; behind, when negative. */
export function wallIsAhead(seconds: number): void {
  aheadMs = seconds * 1000;
}

/** The time, in milliseconds since 1970. Without anybody who knows better it is the wall clock's. */
export const now = (): number => Date.now() - aheadMs;
