/** What the table says of a code, or what to say of one that is not in it: codes come from outside. */
export function pick<T, A extends unknown[]>(
  table: Record<string, (...about: A) => T>,
  code: string,
  otherwise: (...about: A) => T,
  ...about: A
): T {
  return (Object.hasOwn(table, code) ? (table[code] ?? otherwise) : otherwise)(...about);
}
