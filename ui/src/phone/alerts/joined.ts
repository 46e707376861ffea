import type { AlertView, VisitView } from "../../kit/engine";

/** A visit after a telephone call to the home that the alarm comes from: it becomes the answer to the alarm, and goes on. */
export function isJoined({ details: visit }: VisitView, { details: alarm }: AlertView): boolean {
  const home = (["firstName", "lastName", "address", "town"] as const).every((of) => alarm?.[of] === visit[of]);
  return visit.cause === "called" && home;
}
