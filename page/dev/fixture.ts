/** A node for those who work on the page: the development server plays `fixtures/stream.jsonl` as if it happened now.
 *
 * `/?fixture=300` begins 300 s into it, `&rate=10` plays ten times as fast, `&rate=0` stands still; `&role=reader`,
 * `&mode=live`, `&real`, `&login` show those. One event for all who look at this server. Not part of the build. */

import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, join } from "node:path";

import type { Plugin } from "vite";

interface Line {
  event: "item" | "warning" | "mark" | "real";
  id: number;
  data: { at?: number | null; [field: string]: unknown };
}

const FOLDER = join(import.meta.dirname, "..", "fixtures");

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export function fixtureNode(): Plugin {
  const lines = read();
  const first = at(lines[0]) ?? 0;
  const last = at(lines.at(-1)) ?? 0;
  const streams = new Set<ServerResponse>();
  let session: Record<string, unknown> | null = null;
  let real: unknown = null;
  let began = { at: first + 300, clock: Date.now(), rate: 1 };

  const now = () => Math.min(began.at + ((Date.now() - began.clock) / 1000) * began.rate, last);
  const until = (time: number) => lines.filter((line) => (at(line) ?? 0) <= time);

  function begin(query: URLSearchParams): void {
    began = {
      at: first + Number(query.get("fixture") || 300),
      clock: Date.now(),
      rate: Number(query.get("rate") ?? 1),
    };
    session = {
      name: "kim", role: query.get("role") ?? "operator", clearance: "SECRET", csrf: String(began.clock), nation: "JPN",
      mode: query.get("mode") ?? "exercise", enrolled: query.get("mode") === "live", languages: ["en", "ko", "ja", "ar"],
      own_areas: ["JP-01", "JP-02", "JP-05", "JP-13", "JP-46"],
    }; // prettier-ignore
    if (query.get("login") !== null) session = null;
    real = query.has("real") ? { since: began.at - 20, events: ["real-1"] } : null;
  }

  function picture(time: number): unknown {
    const latest = new Map<string, Line>();
    const marks: unknown[] = [];
    for (const line of until(time)) {
      if (line.event === "mark") marks.push(line.data);
      else latest.set(thing(line), line);
    }
    const kept = [...latest.values()];
    return {
      sequence: until(time).at(-1)?.id ?? 0,
      at: time,
      mode: session?.["mode"] ?? "exercise",
      nation: "JPN",
      real_event: real ?? kept.find((line) => line.event === "real")?.data ?? null,
      items: kept.filter((line) => line.event === "item").map((line) => line.data),
      warnings: kept.filter((line) => line.event === "warning").map((line) => line.data),
      marks,
    };
  }

  function history(query: URLSearchParams): unknown {
    const since = Number(query.get("since") ?? 0);
    const most = Math.min(Number(query.get("until") ?? Infinity), now());
    const after = Number(query.get("after") ?? -1);
    const limit = Number(query.get("limit") ?? 1000);
    const found = until(most).filter((line) => (at(line) ?? 0) >= since && line.id > after);
    const page = found.slice(0, limit);
    const of = (event: string) => page.filter((line) => line.event === event).map((line) => line.data);
    return {
      items: of("item"),
      warnings: of("warning"),
      marks: of("mark"),
      next: found.length > limit ? page.at(-1)?.id : null,
    };
  }

  function stream(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    let sent = Number(request.headers["last-event-id"] ?? query.get("after") ?? 0);
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    streams.add(response);
    const say = () => {
      for (const line of until(now())) {
        if (line.id <= sent) continue;
        sent = line.id;
        response.write(`event: ${line.event}\nid: ${line.id}\ndata: ${JSON.stringify(line.data)}\n\n`);
      }
      response.write(`event: time\ndata: ${JSON.stringify({ at: now(), sequence: sent })}\n\n`);
    };
    say();
    const timer = setInterval(say, 1_000 / Math.max(1, began.rate));
    response.on("close", () => {
      clearInterval(timer);
      streams.delete(response);
    });
  }

  async function act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = JSON.parse(await body(request)) as Record<string, unknown>;
    if (session?.["role"] !== "operator") {
      return answer(response, { detail: "A reader may look, but not act." }, 403);
    }
    const id = (until(now()).at(-1)?.id ?? 0) + 1;
    const { reason: _reason, areas: _areas, ...kept } = given;
    const mark = { sequence: id, time: Date.now() / 1000, at: now(), operator: session["name"], refused: null, ...kept };
    const done: Line[] = [{ event: "mark", id, data: mark }];
    const seen = until(now()).filter((line) => line.event === "warning" && line.data["warning"] === given["subject"]).at(-1);
    const states: Record<string, string> = { approve: "open", reject: "ended", cancel: "ended", clear: "ended" };
    const state = states[given["what"] as string];
    if (seen && state) {
      done.push({ event: "warning", id: id + 1, data: { ...seen.data, sequence: id + 1, at: now(), state } });
    }
    const where = lines.findIndex((line) => (at(line) ?? 0) > now());
    lines.splice(where < 0 ? lines.length : where, 0, ...done);
    answer(response, { mark, warnings: done.slice(1).map((line) => line.data) });
  }

  async function serve(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fixture");
    if (pathname === "/" && searchParams.has("fixture")) begin(searchParams);
    if (!pathname.startsWith("/api/")) return next();
    if (pathname === "/api/session" && request.method === "POST") {
      const { name, password } = JSON.parse(await body(request)) as { name: string; password: string };
      if (password === "wrong") return answer(response, { detail: "The name or the password is wrong." }, 401);
      begin(new URLSearchParams());
      session = { ...session, name };
      return answer(response, session);
    }
    if (session === null) return answer(response, { detail: "Nobody is logged in." }, 401);
    if (pathname === "/api/session" && request.method === "DELETE") {
      session = null;
      for (const open of streams) open.end();
      return answer(response, null);
    }
    if (pathname === "/api/session") return answer(response, session);
    if (pathname === "/api/picture") return answer(response, picture(Number(searchParams.get("at")) || now()));
    if (pathname === "/api/history") return answer(response, history(searchParams));
    if (pathname === "/api/span") return answer(response, { first, last: now() });
    if (pathname === "/api/stream") return stream(request, response, searchParams);
    if (pathname === "/api/acts") return act(request, response);
    if (pathname === "/api/log") return answer(response, (picture(now()) as { marks: unknown }).marks);
    // Whatever else there is a file for.
    const file = join(FOLDER, `${basename(pathname)}.json`);
    if (existsSync(file)) return answer(response, JSON.parse(readFileSync(file, "utf8")));
    answer(response, { detail: `There is no fixture for ${pathname}.` }, 404);
  }

  begin(new URLSearchParams());
  return {
    name: "fixture-node",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, response, next) => void serve(request, response, next));
    },
    // `vite preview`: the built page, under the policy that a node sends.
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        response.setHeader("Content-Security-Policy", POLICY);
        void serve(request, response, next);
      });
    },
  };
}

function read(): Line[] {
  const path = join(FOLDER, "stream.jsonl");
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8").trim();
  // Numbers with room between them, for what is done meanwhile.
  return text.split("\n").map((line, index) => {
    const { event, data } = JSON.parse(line) as Line;
    const id = (index + 1) * 1_000;
    return { event, id, data: { ...data, sequence: id } };
  });
}

function at(line: Line | undefined): number | null {
  return line?.data.at ?? null;
}

/** What a line is the latest of. */
function thing({ event, data }: Line): string {
  if (event === "real") return event;
  if (event === "warning") return `warning ${String(data["warning"])}`;
  const product = data["product"] as Record<string, unknown>;
  const name = product["object"] ?? product["warning"] ?? product["event"];
  return [data["basis"], data["owner"], product["kind"], name].map(String).join(" ");
}

function answer(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

function body(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    request.on("data", (piece: Buffer) => (text += piece.toString()));
    request.on("end", () => resolve(text));
  });
}
