/** The parameters that a text takes, sorted. */
function parameters(text) {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
}

/**
 * What is wrong with a set of languages: `{ nb: { key: text }, … }`. The first is the measure for parameters.
 * @param {Record<string, Record<string, string>>} texts
 * @returns {string[]}
 */
export function compareMessages(texts) {
  const faults = [];
  const keys = new Set(Object.values(texts).flatMap((language) => Object.keys(language)));
  const [base] = Object.values(texts);
  for (const key of [...keys].filter((key) => key !== "$schema").sort()) {
    for (const [locale, language] of Object.entries(texts)) {
      const text = language[key];
      if (typeof text !== "string" || text.trim() === "") {
        faults.push(`${locale} has no "${key}"`);
      } else if (typeof base[key] === "string" && `${parameters(text)}` !== `${parameters(base[key])}`) {
        faults.push(`${locale} "${key}" takes {${parameters(text)}}, the first language {${parameters(base[key])}}`);
      }
    }
  }
  return faults;
}
