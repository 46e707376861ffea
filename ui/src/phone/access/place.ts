/** A home, as far as its name is known. */
export interface NamedHome {
  resident: string;
  name: string;
  address: string;
}

/** Where a lead is among the screens of access. */
export type AccessPlace =
  | { at: "homes" }
  | { at: "home"; home: NamedHome; told?: string }
  | { at: "give"; home: NamedHome }
  | { at: "phones" };
