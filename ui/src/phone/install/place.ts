import type { DoorInput, TeamHome } from "../../kit/engine";

/** What the lead has chosen and typed of the door. `which`: the id of one of the home's, or `new`. */
export interface ChosenDoor {
  which: string;
  kind: string;
  name: string;
  /** How many doors come before a new one, as a select gives it. */
  position: string;
}

/** Nothing yet. A door that is not there yet is most often the flat's, and the last. */
export const NO_DOOR: ChosenDoor = { which: "", kind: "flat", name: "", position: "" };

/** The door for the intent; none while something is missing. */
export function placeOf(door: ChosenDoor, home: TeamHome): DoorInput | undefined {
  if (door.which === "new") {
    const position = door.position === "" ? home.doors.length : Number(door.position);
    return { door: "new", kind: door.kind, name: door.name.trim(), position };
  }
  const known = home.doors.find(({ id }) => id === door.which);
  return known && { door: "known", id: known.id };
}
