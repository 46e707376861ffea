import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist-console/", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
/** What the station allows this page (`station/src/console.rs`). */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What stands for the station: an answer of its contract, or a problem. */
export interface Fixed {
  status?: number;
  body?: unknown;
  type?: string;
}

/** What somebody asked of the station. */
export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  authorization: string | undefined;
  body: unknown;
}

export const problem = (status: number, code: string, more: object = {}): Fixed => ({
  status,
  body: { type: `urn:terskel:problem:${code}`, title: code, status, code, ...more },
  type: "application/problem+json",
});

/** Serves the built console and fixed answers by `METHOD /path`. It decides nothing. */
export class Stage {
  readonly answers = new Map<string, Fixed>();
  readonly asked: Asked[] = [];
  /** The station does not answer at all. */
  gone = false;
  #held: Promise<void> | undefined;
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/console/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Keeps to itself what it answers to what changes something; returns how to let go. */
  hold(): () => void {
    let letGo!: () => void;
    this.#held = new Promise((resolve) => (letGo = resolve));
    return letGo;
  }

  /** What was asked by this method, of paths that begin so. */
  of(method: string, path: string): Asked[] {
    return this.asked.filter((asked) => asked.method === method && asked.path.startsWith(path));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://x");
    if (url.pathname.startsWith("/console/")) return file(url.pathname.slice("/console".length), response);
    let body = "";
    for await (const part of request) body += String(part);
    if (this.gone) return void response.destroy();
    const method = request.method ?? "";
    this.asked.push({
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      authorization: request.headers.authorization,
      body: body === "" ? null : (JSON.parse(body) as unknown),
    });
    if (method !== "GET") await this.#held;
    const answer = this.answers.get(`${method} ${url.pathname}`) ?? problem(404, "not_found");
    response.writeHead(answer.status ?? 200, { "content-type": answer.type ?? "application/json" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? null));
  }
}

async function file(pathname: string, response: ServerResponse): Promise<void> {
  const path = normalize(pathname === "/" ? "/index.html" : pathname);
  try {
    const content = await readFile(join(DIST, path));
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}
