import { createContext } from "svelte";
import type { Phone } from "./phone.svelte";

/** The phone that the screens around show. */
export const [getPhone, setPhone] = createContext<Phone>();
