import type { ContactView } from "../engine";
import { m } from "../language/generated/messages.js";
import { pick } from "./pick";

const roles: Record<string, () => string> = {
  response_centre: m.contact_role_response_centre,
  lead: m.contact_role_lead,
  technical_help: m.contact_role_technical_help,
  other: m.contact_role_other,
};

/** For what somebody is called: `model::continuity::ContactRole`; one of the unit's own is shown as it is. */
export const wordContactRole = (role: string): string => pick(roles, role, () => role);

/** Who must know that a worker goes: the response centre, else whoever the lead has put first. */
export const whoAnswersAlarms = (contacts: readonly ContactView[]): ContactView | undefined =>
  contacts.find(({ role }) => role === "response_centre") ?? contacts[0];
