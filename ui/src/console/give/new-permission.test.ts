import { describe, expect, it } from "vitest";
import type { OwnTeam } from "../station/types";
import { choices, emptyForm, newHours, newPermission, type Form } from "./new-permission";

const team: OwnTeam = {
  team: "t",
  name: "Vest",
  workers: [
    { worker: "a", name: "Ada", staff_number: "1", leads: false },
    { worker: "b", name: "Bo", staff_number: "2", leads: false, on_shift_until: "2026-01-16T22:00:00Z" },
  ],
  organisations: [{ organisation: "o", name: "Brannvesenet" }],
};
const now = new Date("2026-01-16T20:00:30Z");
const about = { id: "p", resident: "r", among: choices(team, "period") };
const form = (change: Partial<Form> = {}): Form => ({ ...emptyForm("period", now), who: "worker a", ...change });

describe("whom a lead can let in", () => {
  it("begins with those on shift, and for once is one worker", () => {
    expect(choices(team, "once").map(({ key }) => key)).toEqual(["worker b", "worker a"]);
  });
  it("is also team, roles and other organisations", () => {
    expect(choices(team, "permanent").slice(2).map(({ who }) => who)).toEqual([
      { kind: "team", team: "t" },
      { kind: "role", team: "t", role: "nurse" },
      { kind: "role", team: "t", role: "carer" },
      { kind: "organisation", organisation: "o" },
    ]);
  });
});

describe("a permission from a form that was only sent", () => {
  it("is for all doors, from this minute, for a week", () => {
    expect(newPermission(form(), "period", about)).toEqual({
      id: "p",
      who: { kind: "worker", worker: "a" },
      what: { kind: "residence", resident: "r" },
      when: { term: { kind: "period", from: "2026-01-16T20:00:00.000Z", until: "2026-01-23T20:00:00.000Z" } },
      condition: "on_shift",
      operations: ["open", "lock"],
      note: "",
    });
  });
  it("lasts twelve hours for once, and has no times when it is permanent", () => {
    const once = newPermission({ ...emptyForm("once", now), who: "worker a" }, "once", about);
    expect(once).toMatchObject({ when: { term: { kind: "once", until: "2026-01-17T08:00:00.000Z" } } });
    const permanent = newPermission({ ...emptyForm("permanent", now), who: "team" }, "permanent", about);
    expect(permanent).toMatchObject({ when: { term: { kind: "permanent" } }, who: { kind: "team", team: "t" } });
  });
});

describe("a permission from a form that was filled in", () => {
  it("has door, hours, condition and note", () => {
    const filled = form({ door: "d", hours: [newHours()], dispatched: true, note: " Etter fallet\n" });
    expect(newPermission(filled, "period", about)).toMatchObject({
      what: { kind: "door", door: "d" },
      when: { windows: [{ days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], from: "08:00", until: "16:00" }] },
      condition: "dispatched",
      note: "Etter fallet",
    });
  });
  it("is none when something is missing or the end is before the beginning", () => {
    const asked = (change: Partial<Form>) => newPermission(form(change), "period", about);
    expect(asked({ who: "" })).toBe("who");
    expect(asked({ who: "worker of another team" })).toBe("who");
    expect(asked({ from: "" })).toBe("from");
    expect(asked({ until: "" })).toBe("until");
    expect(asked({ until: form().from })).toBe("until");
    expect(asked({ hours: [{ ...newHours(), days: [] }] })).toBe("hours");
    expect(asked({ hours: [{ ...newHours(), until: "" }] })).toBe("hours");
  });
});
