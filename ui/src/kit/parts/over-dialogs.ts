import { type Component, getContext, setContext } from "svelte";

const KEY = Symbol("over dialogs");

/** A part that every dialog has in it: while one is open, nothing else on the page can be heard or touched. */
export const setOverDialogs = (part: Component): Component => setContext(KEY, part);

/** What was set, if anything. */
export const getOverDialogs = (): Component | undefined => getContext(KEY);
