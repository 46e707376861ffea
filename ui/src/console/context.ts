import { createContext } from "svelte";
import type { Desk } from "./desk.svelte";
import type { Station } from "./station/station.svelte";

/** The station that everything comes from. */
export const [getStation, setStation] = createContext<Station>();

/** What several screens of a lead who is signed in share. */
export const [getDesk, setDesk] = createContext<Desk>();
