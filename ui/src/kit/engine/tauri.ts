import { Channel, invoke } from "@tauri-apps/api/core";
import { isClosed } from "../words/closed";
import type { Answer, Closed, Outcome, View } from "./bindings";
import type { Engine, Result } from "./engine";

/** The engine inside the app, behind the shell's three commands. */
export function tauriEngine(): Engine {
  return {
    intend: (intent) => call<Outcome>("intend", { intent }),
    ask: (question) => call<Answer>("ask", { question }),
    views,
  };
}

async function call<T>(command: string, args: Record<string, unknown>): Promise<Result<T>> {
  try {
    return await invoke<Result<T>>(command, args);
  } catch {
    return { problem: { problem: "engineGone" } };
  }
}

function views(show: (view: View) => void, lost: (gone: boolean) => void, closed: (why: Closed) => void): () => void {
  let stopped = false;
  const channel = new Channel<View>();
  channel.onmessage = (view) => {
    if (!stopped) show(view);
  };
  invoke("views", { channel }).catch((why: unknown) => (isClosed(why) ? closed(why) : lost(true)));
  return () => {
    stopped = true;
  };
}
