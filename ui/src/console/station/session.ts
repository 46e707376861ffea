/** A lead's session, as this tab remembers it. */
export interface Session {
  token: string;
  /** RFC 3339. */
  endsAt: string;
  /** Whose it is, to know whether somebody else signs in over it. */
  staffNumber: string;
}

const KEY = "terskel.console.session";

/** What a page that was loaded again goes on with. It lies in this tab alone and goes with it. */
export function keptSession(): Session | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Partial<Session> | null;
    const { token, endsAt, staffNumber } = kept ?? {};
    if (typeof token !== "string" || typeof endsAt !== "string" || typeof staffNumber !== "string") return null;
    return Date.parse(endsAt) > Date.now() ? { token, endsAt, staffNumber } : null;
  } catch {
    return null;
  }
}

export function keepSession(session: Session): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session));
  } catch {
    // Without storage the session lasts until the page is loaded again.
  }
}

export function forgetSession(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept either.
  }
}
