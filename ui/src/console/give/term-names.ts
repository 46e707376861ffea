import { m } from "../../kit/language/generated/messages.js";
import type { TermKind } from "../route";

/** How often, in one or two words. */
export const termNames: Record<TermKind, () => string> = {
  once: m.console_term_once,
  period: m.console_term_period,
  permanent: m.console_term_permanent,
};
