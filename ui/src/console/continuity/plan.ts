import type { ChangeContinuity, TeamContinuity } from "../station/types";

/** The station takes no more (`team/continuity.rs`). */
export const MOST = 20;

/** For what somebody is called (`model::continuity::ContactRole`), as a lead chooses it. */
export const ROLES = ["response_centre", "lead", "technical_help", "other"] as const;

/** Somebody to call, as far as it is filled in. */
export interface ContactForm {
  role: string;
  name: string;
  number: string;
}

/** The plan, as far as it is written. */
export interface PlanForm {
  plan: string;
  contacts: ContactForm[];
}

/** Where something is missing. */
export interface Fault {
  contact: number;
  field: "name" | "number";
}

/** What one begins to write from. */
export const formOf = ({ plan, contacts }: Pick<TeamContinuity, "plan" | "contacts">): PlanForm => ({
  plan,
  contacts: contacts.map(({ role, name, phone_number: number }) => ({ role, name, number })),
});

export const newContact = (): ContactForm => ({ role: "other", name: "", number: "" });

/** What is sent instead of the version that was written at `insteadOf`, or what is missing. Empty contacts are left out. */
export function change(form: PlanForm, insteadOf: string | null | undefined): ChangeContinuity | Fault {
  const filled = form.contacts.map(({ role, name, number }) => ({ role, name: name.trim(), phone_number: number.trim() }));
  const fault = filled.findIndex(({ name, phone_number }) => (name === "") !== (phone_number === ""));
  if (fault >= 0) return { contact: fault, field: filled[fault]?.name === "" ? "name" : "number" };
  return {
    plan: form.plan.trim(),
    contacts: filled.filter(({ name }) => name !== ""),
    instead_of: insteadOf ?? null,
  };
}

/** Puts a contact before the one above it: the order is the one of the phones. */
export function moveUp(contacts: ContactForm[], at: number): void {
  if (at > 0) contacts.splice(at - 1, 0, ...contacts.splice(at, 1));
}
