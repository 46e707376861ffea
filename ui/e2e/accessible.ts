import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * All of axe's rules in light; what can differ in dark is contrast. In the first language: names, roles, order and
 * colours are the same in every one, and that none of the words is missing or empty is checked where they are made
 * (`scripts/check-messages.mjs`). Legacy mode only means that no frames are looked into: there are none, and looking
 * for them takes as long as everything else.
 */
export async function expectAccessible(page: Page, { language, colorScheme }: Look): Promise<void> {
  if (language !== languages[0]) return;
  // Of what is well, only that it is: describing each place takes longer than looking at it.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  if (colorScheme === "dark") axe.withRules(["color-contrast"]);
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`)).toEqual([]);
}

/** How a screen is looked at. */
interface Look {
  language: string;
  colorScheme: "light" | "dark";
}

export const languages = ["nb", "sv", "en"] as const;

/** Colours are the same in every language. */
export const schemesOf = (language: string): ("light" | "dark")[] => (language === "nb" ? ["light", "dark"] : ["light"]);
