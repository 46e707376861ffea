export { m } from "./generated/messages.js";
export { language } from "./language.svelte";
export { LOCALES, type Locale } from "./locale";
