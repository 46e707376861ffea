import type { VisitView } from "../engine";
import { m } from "../language/generated/messages.js";
import type { Worded } from "./problem";

/** What to know of a visit that was begun without network or without a dispatch; nothing where it is this worker's. */
export function wordStanding({ standing, takenBy }: Pick<VisitView, "standing" | "takenBy">): (Worded & { why: string }) | null {
  switch (standing) {
    case "confirmed":
      return null;
    case "unconfirmed":
      return {
        what: m.standing_unconfirmed_what(),
        why: m.standing_unconfirmed_why(),
        next: m.standing_unconfirmed_next(),
      };
    case "taken":
      return {
        what: takenBy === null ? m.standing_taken_what_somebody() : m.standing_taken_what({ name: takenBy }),
        why: m.standing_taken_why(),
        next: m.standing_taken_next(),
      };
    case "second":
      return {
        what: takenBy === null ? m.standing_second_what_somebody() : m.standing_second_what({ name: takenBy }),
        why: m.standing_second_why(),
        next: m.standing_taken_next(),
      };
  }
}
