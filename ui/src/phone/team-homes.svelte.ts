import { Asked } from "../kit/engine/asked.svelte";
import type { Phone } from "./phone.svelte";

/** The homes of the lead's team. Those that come, and doors that have got a lock, are seen at once. */
export function teamHomes(phone: Phone): Asked<"teamHomes"> {
  const version = $derived(phone.view?.roster.version);
  return new Asked(phone.engine, "teamHomes", () => {
    void version;
    return { question: "teamHomes" };
  });
}
