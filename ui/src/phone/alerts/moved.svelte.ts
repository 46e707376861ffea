import { onDestroy } from "svelte";

/** So long a thumb that is on its way down may still mean what stood there before. */
const SETTLES_MS = 700;

/** Whether what is on the screen has just moved; with `fromStart` also when it has just come. Called while a component is made. */
export function justMoved(what: () => string, fromStart: boolean): { readonly now: boolean } {
  let moving = $state(fromStart);
  let settled: ReturnType<typeof setTimeout> | undefined;
  let known = fromStart ? undefined : what();
  $effect.pre(() => {
    const is = what();
    if (is === known) return;
    known = is;
    moving = true;
    clearTimeout(settled);
    settled = setTimeout(() => (moving = false), SETTLES_MS);
  });
  onDestroy(() => clearTimeout(settled));
  return {
    get now() {
      return moving;
    },
  };
}
