/** The languages of the screens, each with its own name for itself. */
export const LOCALES = { nb: "Norsk", sv: "Svenska", en: "English" } as const;

export type Locale = keyof typeof LOCALES;

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && Object.hasOwn(LOCALES, value);
}

/** The stored choice, else the first language of the phone that there is a text for, else Bokmål. */
export function chooseLocale(stored: Locale | undefined, spoken: readonly string[]): Locale {
  if (stored !== undefined) return stored;
  for (const tag of spoken) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "no" || primary === "nn") return "nb";
    if (isLocale(primary)) return primary;
  }
  return "nb";
}

/** The language as `Intl` knows it; the English of the screens is that of Europe. */
export const localeTag = (locale: Locale): string => (locale === "en" ? "en-GB" : locale);
