/** The digits so far. */
export type Typed = string;

/** The longest code. */
const MOST = 8;

/** What stands there after a key: a digit more, one less, or the same. */
export function press(typed: Typed, key: string): Typed {
  if (key === "Backspace") return typed.slice(0, -1);
  return /^\d$/.test(key) && typed.length < MOST ? typed + key : typed;
}
