import type { Trouble } from "../../kit/engine/engine";

/** A home, as far as its name is known. */
export interface NamedHome {
  resident: string;
  name: string;
  address: string;
}

/** Where a lead is among the screens of access. */
export type AccessPlace =
  | { at: "homes" }
  | { at: "home"; home: NamedHome }
  | { at: "give"; home: NamedHome }
  | { at: "phones" };

/** What came of something that a lead asked for; `what` they asked for, where it did not go through. */
export type AccessNews = { told: string } | { what: string; trouble: Trouble };
