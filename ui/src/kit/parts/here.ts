import { onDestroy } from "svelte";

/** Whether the component that is being made is still on the screen. What it asked for may be answered long after. */
export function stillHere(): () => boolean {
  let here = true;
  onDestroy(() => (here = false));
  return () => here;
}
