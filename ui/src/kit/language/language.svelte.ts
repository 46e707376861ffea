import { overwriteGetLocale } from "./generated/runtime.js";
import { chooseLocale, isLocale, type Locale } from "./locale";

const KEY = "terskel.language";

/** The language of the screens: what the person chose on this phone, else what the phone itself speaks. */
class Language {
  #current = $state<Locale>(chooseLocale(stored(), navigator.languages));

  constructor() {
    // Messages read the state below, so every text on the screen changes with it.
    overwriteGetLocale(() => this.#current);
    this.#mark();
  }

  get current(): Locale {
    return this.#current;
  }

  choose(locale: Locale): void {
    this.#current = locale;
    this.#mark();
    try {
      localStorage.setItem(KEY, locale);
    } catch {
      // Without storage the choice lasts until the app closes.
    }
  }

  #mark(): void {
    document.documentElement.lang = this.#current;
  }
}

function stored(): Locale | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return isLocale(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const language = new Language();
