import type { Locale } from "../language";

/** Homes by address as people list them: 2 comes before 10, and å, ä, æ, ö and ø stand where the language has them. */
export function byAddress<T extends { address: string }>(homes: readonly T[], language: Locale): T[] {
  const { compare } = new Intl.Collator(language, { numeric: true });
  return [...homes].sort((a, b) => compare(a.address, b.address));
}
