import { describe, expect, it } from "vitest";
import { rustCodes } from "../../../scripts/rust-codes.mjs";
import { change, formOf, moveUp, newContact, ROLES } from "./plan";

const contact = (name: string, number: string) => ({ role: "lead", name, number });

describe("a plan from its form", () => {
  it("is sent trimmed, without what was left empty, and names the version it replaces", () => {
    const form = { plan: " Ring nabolaget. ", contacts: [contact(" Siv ", " 900 "), newContact()] };
    expect(change(form, "2026-03-01T21:00:00Z")).toEqual({
      plan: "Ring nabolaget.",
      contacts: [{ role: "lead", name: "Siv", phone_number: "900" }],
      instead_of: "2026-03-01T21:00:00Z",
    });
  });
  it("is not sent while a contact has no name or no number", () => {
    expect(change({ plan: "", contacts: [contact("Siv", "900"), contact("", "901")] }, null)).toEqual({ contact: 1, field: "name" });
    expect(change({ plan: "", contacts: [contact("Siv", " ")] }, null)).toEqual({ contact: 0, field: "number" });
  });
  it("keeps a role of tomorrow as it came", () => {
    const written = { plan: "", contacts: [{ role: "locksmith", name: "Låsen", phone_number: "1" }] };
    expect(change(formOf(written), null)).toMatchObject(written);
  });
  it("has its contacts in the lead's order", () => {
    const contacts = [contact("a", "1"), contact("b", "2"), contact("c", "3")];
    moveUp(contacts, 2);
    moveUp(contacts, 0);
    expect(contacts.map(({ name }) => name)).toEqual(["a", "c", "b"]);
  });
  it("offers every role that the model knows", () => {
    expect([...ROLES].sort()).toEqual(rustCodes("model/src/continuity.rs", "ContactRole").sort());
  });
});
