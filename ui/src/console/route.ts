/** Where one is: what stands after `#` in the address, which no server ever sees. */
export type Route =
  | { at: "homes" }
  | { at: "home"; resident: string }
  | { at: "give"; resident: string; term: TermKind }
  | { at: "inside"; resident: string }
  | { at: "visits" }
  | { at: "visit"; dispatch: string }
  | { at: "locks" }
  | { at: "reviews" }
  | { at: "team" }
  | { at: "continuity" };

export const TERMS = ["once", "period", "permanent"] as const;

/** How often, and for how long, somebody is let in. */
export type TermKind = (typeof TERMS)[number];

/** Reads an address; one that leads nowhere leads to the homes. */
export function routeOf(hash: string): Route {
  const [first, id, more, last] = hash.replace(/^#?\/?/, "").split("/").map(decoded);
  if (first === "homes" && id) {
    const term = TERMS.find((term) => term === last);
    if (more === "give" && term) return { at: "give", resident: id, term };
    return { at: more === "inside" ? "inside" : "home", resident: id };
  }
  if (first === "visits") return id ? { at: "visit", dispatch: id } : { at: "visits" };
  if (first === "team" && id === "continuity") return { at: "continuity" };
  if (first === "locks" || first === "reviews" || first === "team") return { at: first };
  return { at: "homes" };
}

/** The address of a place. */
export function addressOf(route: Route): string {
  switch (route.at) {
    case "home":
      return `#/homes/${encodeURIComponent(route.resident)}`;
    case "inside":
      return `#/homes/${encodeURIComponent(route.resident)}/inside`;
    case "give":
      return `#/homes/${encodeURIComponent(route.resident)}/give/${route.term}`;
    case "visit":
      return `#/visits/${encodeURIComponent(route.dispatch)}`;
    case "continuity":
      return "#/team/continuity";
    default:
      return `#/${route.at}`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
