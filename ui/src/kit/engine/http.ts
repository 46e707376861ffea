import type { Answer, Outcome, View } from "./bindings";
import type { Engine, Result } from "./engine";

/** The engine behind its own HTTP door, on the origin that served this page. */
export function httpEngine(): Engine {
  return {
    intend: (intent) => post<Outcome>("intend", intent),
    ask: (question) => post<Answer>("ask", question),
    views,
  };
}

async function post<T>(door: string, body: unknown): Promise<Result<T>> {
  try {
    const response = await fetch(`/${door}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) return { problem: { problem: "engineGone" } };
    return (await response.json()) as Result<T>;
  } catch {
    return { problem: { problem: "engineGone" } };
  }
}

/** How long to wait before asking for the stream again after the browser has given it up. */
const REOPEN_AFTER_MS = 2_000;

function views(show: (view: View) => void, lost: (gone: boolean) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource("/views");
    source.onmessage = (event: MessageEvent<string>) => {
      lost(false);
      show(JSON.parse(event.data) as View);
    };
    source.onerror = () => {
      lost(true);
      // After a cut the browser tries again by itself; after a refusal it never does.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
