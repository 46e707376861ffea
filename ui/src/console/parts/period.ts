import type { Trouble } from "../station/trouble";
import { instant } from "../../kit/time/moment";

/** What two `datetime-local` fields ask for, RFC 3339; the field to look at again when they ask for nothing. */
export function periodOf(from: string, until: string): { from: string; to: string } | Trouble {
  const [begin, to] = [instant(from), instant(until)];
  if (begin === null) return { code: "invalid", field: "from" };
  return to === null || to <= begin ? { code: "invalid", field: "to" } : { from: begin, to };
}
