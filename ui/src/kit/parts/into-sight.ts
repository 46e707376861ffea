/** An attachment: what appears is brought into sight, wherever on the screen one is. */
export function intoSight(element: HTMLElement): void {
  element.scrollIntoView({ block: "nearest" });
}
