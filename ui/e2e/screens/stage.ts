import { createServer, type Server, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { FoundHome, TeamHome, View, VisitSummary } from "../../src/kit/engine/bindings";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
/** What the shell allows its page, so that a script or style that breaks it breaks here too. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'none'";

/** Serves the built interface and a fixed view. It answers what a test tells it to, and decides nothing. */
export class Stage {
  view!: View;
  visits: VisitSummary[] = [];
  homes: TeamHome[] = [];
  /** What a search finds; `total` of them. */
  found: FoundHome[] = [];
  total = 0;
  /** The answer to every intent; without one it comes when `answer` says so. */
  reply: unknown;
  readonly #waiting: ((reply: unknown) => void)[] = [];
  /** What was asked for. */
  readonly intents: unknown[] = [];
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  constructor() {
    this.#server = createServer((request, response) => {
      if (request.url === "/views") this.#stream(response);
      else if (request.method === "POST") void this.#post(request.url ?? "", request, response);
      else void serve(request.url ?? "/", response);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Shows another view on the page that is open. */
  show(view: View): void {
    this.view = view;
    for (const stream of this.#streams) stream.write(`data: ${JSON.stringify(view)}\n\n`);
  }

  /** Answers at last what has had no answer. */
  answer(reply: unknown): void {
    for (const json of this.#waiting.splice(0)) json(reply);
  }

  /** Ends every stream, as an engine that dies. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(`retry: 60000\ndata: ${JSON.stringify(this.view)}\n\n`);
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }

  async #post(url: string, request: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += part.toString();
    const json = (value: unknown): void => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (url === "/ask" && body.includes("teamHomes")) return json({ ok: { answer: "teamHomes", homes: this.homes } });
    if (url === "/ask" && body.includes("findHomes")) {
      return json({ ok: { answer: "homes", homes: this.found, total: this.total } });
    }
    if (url === "/ask") return json({ ok: { answer: "visitsToday", visits: this.visits } });
    // That somebody touches the screen is told at some time, and asks for nothing.
    if (body.includes('"touched"')) return json({ ok: { outcome: "done" } });
    this.intents.push(JSON.parse(body));
    if (this.reply !== undefined) json(this.reply);
    else this.#waiting.push(json);
  }
}

async function serve(url: string, response: ServerResponse): Promise<void> {
  const path = normalize(url === "/" ? "/index.html" : new URL(url, "http://x").pathname);
  try {
    const content = await readFile(join(DIST, path));
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}
