import { tick } from "svelte";

const placeOf = (id: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(id)}"]`);

/** Above the buttons and the menu, and below the header, an alarm can be read. */
const EDGE = 160;

/** Whether an alarm stands on the screen where it can be read. */
export function inSight(id: string): boolean {
  const place = placeOf(id)?.getBoundingClientRect();
  return place !== undefined && place.top < innerHeight - EDGE && place.bottom > EDGE;
}

/** Puts dialogs away, and goes to the alarm as soon as it is on the page. */
export async function showAlert(id: string): Promise<void> {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  await tick();
  const place = placeOf(id);
  place?.scrollIntoView({ block: "start" });
  (place?.querySelector<HTMLElement>("[tabindex]") ?? place)?.focus({ preventScroll: true });
}
