/** Whether each word that was typed stands somewhere in the texts, whatever its case and its accents. */
export function matches(sought: string, ...texts: string[]): boolean {
  const plain = (text: string): string => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
  const all = plain(texts.join(" "));
  return plain(sought).split(/\s+/).every((word) => all.includes(word));
}
