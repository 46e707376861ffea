import type { Engine } from "./engine";

export type { Engine, Result, Trouble } from "./engine";
export type * from "./bindings";

/** The engine of this surroundings: inside the app when its shell is there, over HTTP in a browser. */
export async function openEngine(): Promise<Engine> {
  if ("__TAURI_INTERNALS__" in globalThis) return (await import("./tauri")).tauriEngine();
  return (await import("./http")).httpEngine();
}
