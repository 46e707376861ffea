import type { TermKind } from "../route";
import type { NewPermission, OwnTeam, Schemas } from "../station/types";
import { fieldTime, instant } from "../../kit/time/moment";
import { DAYS } from "../../kit/time/weekday";

/** One window of the week, as it stands in the form. */
export interface Hours {
  days: string[];
  from: string;
  until: string;
}

/** What stands in the form. */
export interface Form {
  /** As `choiceOf` makes it; empty: nobody is chosen. */
  who: string;
  /** A door's id; empty: all doors on the way. */
  door: string;
  from: string;
  until: string;
  hours: Hours[];
  dispatched: boolean;
  note: string;
}

/** Somebody who can be let in. */
export interface Choice {
  key: string;
  who: Schemas["Who"];
}

const HOUR = 3_600_000;
const LASTS: Record<Exclude<TermKind, "permanent">, number> = { once: 12 * HOUR, period: 7 * 24 * HOUR };

/** What a form begins with: from now on, for as long as that is mostly wanted. */
export function emptyForm(term: TermKind, now: Date): Form {
  const until = term === "permanent" ? "" : fieldTime(new Date(now.getTime() + LASTS[term]));
  const from = term === "permanent" ? "" : fieldTime(now);
  return { who: "", door: "", from, until, hours: [], dispatched: false, note: "" };
}

/** Every day, at a time that has to be chosen. */
export const newHours = (): Hours => ({ days: [...DAYS], from: "08:00", until: "16:00" });

/** Whom a lead can let in: for once one worker, else also teams, roles and other organisations. */
export function choices({ team, workers, organisations }: OwnTeam, term: TermKind): Choice[] {
  const onShift = (worker: Schemas["TeamWorker"]): number => (worker.on_shift_until ? 0 : 1);
  const people = workers.toSorted((a, b) => onShift(a) - onShift(b));
  const single = people.map(({ worker }): Choice => ({ key: `worker ${worker}`, who: { kind: "worker", worker } }));
  if (term === "once") return single;
  const roles = ["nurse", "carer"].map((role): Choice => ({ key: `role ${role}`, who: { kind: "role", team, role } }));
  const others = organisations.map(
    ({ organisation }): Choice => ({ key: `organisation ${organisation}`, who: { kind: "organisation", organisation } }),
  );
  return [...single, { key: "team", who: { kind: "team", team } }, ...roles, ...others];
}

/** What is wrong with a form: the field to go back to. */
export type Fault = "who" | "from" | "until" | "hours";

/** The permission that a form asks for, under an id that stays the same however often it is sent. */
export function newPermission(
  form: Form,
  term: TermKind,
  about: { id: string; resident: string; among: Choice[] },
): NewPermission | Fault {
  const who = about.among.find(({ key }) => key === form.who)?.who;
  if (!who) return "who";
  const asked = termOf(form, term);
  if (typeof asked === "string") return asked;
  if (form.hours.some(({ days, from, until }) => days.length === 0 || from === "" || until === "")) return "hours";
  const windows = form.hours.map(({ days, from, until }) => ({ days: [...days], from, until }));
  return {
    id: about.id,
    who,
    what: form.door ? { kind: "door", door: form.door } : { kind: "residence", resident: about.resident },
    when: { term: asked, ...(windows.length > 0 ? { windows } : {}) },
    condition: form.dispatched ? "dispatched" : "on_shift",
    operations: ["open", "lock"],
    note: form.note.trim(),
  };
}

function termOf(form: Form, term: TermKind): Schemas["Term"] | Fault {
  if (term === "permanent") return { kind: "permanent" };
  const [from, until] = [instant(form.from), instant(form.until)];
  if (from === null) return "from";
  return until === null || until <= from ? "until" : { kind: term, from, until };
}
