/** The text of a code, or what to say for one that is not in the table. */
export function pick(table: Record<string, () => string>, code: string, otherwise: () => string): string {
  return (Object.hasOwn(table, code) ? (table[code] ?? otherwise) : otherwise)();
}
