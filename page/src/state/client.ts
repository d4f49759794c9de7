/** The node's HTTP interface. Errors carry the node's own sentence. */

import type { Act, HistoryPage, Mark, Picture, Session, Span, WarningView } from "./types.ts";

/** The node said no: `message` is its sentence, `status` the HTTP status (0: it cannot be reached). */
export class ActError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "ActError";
  }
}

export class Client {
  private csrf = "";

  async session(): Promise<Session | null> {
    try {
      return this.opened(await this.get<Session>("/api/session"));
    } catch (error) {
      if (error instanceof ActError && (error.status === 401 || error.status === 403)) return null;
      throw error;
    }
  }

  async login(name: string, password: string): Promise<Session> {
    return this.opened(await this.send<Session>("POST", "/api/session", { name, password }));
  }

  async logout(): Promise<void> {
    await this.send<unknown>("DELETE", "/api/session");
    this.csrf = "";
  }

  picture(at?: number): Promise<Picture> {
    return this.get(at === undefined ? "/api/picture" : `/api/picture?at=${at}`);
  }

  /** `after`: the `next` of the page before. */
  history(since: number, until: number, limit: number, after: number | null): Promise<HistoryPage> {
    const from = after === null ? "" : `&after=${after}`;
    return this.get(`/api/history?since=${since}&until=${until}&limit=${limit}${from}`);
  }

  span(): Promise<Span> {
    return this.get("/api/span");
  }

  act(act: Act): Promise<{ mark: Mark; warnings: WarningView[] }> {
    return this.send("POST", "/api/acts", {
      revision: null,
      note: null,
      until: null,
      reason: null,
      areas: null,
      ...act,
    });
  }

  /** Any other address of the interface. */
  get<T>(path: string): Promise<T> {
    return this.send("GET", path);
  }

  private opened(session: Session): Session {
    this.csrf = session.csrf;
    return session;
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") headers["X-Nadhir-CSRF"] = this.csrf;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers,
        credentials: "same-origin",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ActError(0, "");
    }
    const text = await response.text();
    const answer: unknown = text && response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : null;
    if (!response.ok) {
      const detail = (answer as { detail?: unknown } | null)?.detail;
      throw new ActError(response.status, typeof detail === "string" ? detail : response.statusText);
    }
    return answer as T;
  }
}
