/** One stream for all pages of a browser: what a shared worker does with the stream and the pages' ports.
 *
 * A page says after which number it wants news (that of its snapshot). It gets what the relay still holds from there
 * on, then everything as it comes; or `reset` where the relay does not reach back so far, and takes a new snapshot. */

import { Feed, type OpenSource } from "./feed.ts";
import type { News } from "./types.ts";

export const HELD = 4_000;

export type ToRelay = { want: number; session: string } | { leave: true } | { still: true };
export type FromRelay = { news: News } | { line: boolean };

export interface Port {
  postMessage(message: FromRelay): void;
}

/** A page that has not said that it is still there for so long is gone: browsers do not tell. */
export const GONE_MS = 30_000;

export class Relay {
  private readonly ports = new Map<Port, { sent: number; seen: number }>();
  private held: News[] = [];
  private heldAfter = 0;
  private feed: Feed | null = null;
  private up = false;
  private session = "";

  constructor(
    private readonly open?: OpenSource,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  take(port: Port, message: ToRelay): void {
    if ("want" in message) {
      this.join(port, message.want, message.session);
    } else if ("leave" in message) {
      this.ports.delete(port);
    } else {
      const page = this.ports.get(port);
      if (page) page.seen = this.clock();
    }
    for (const [other, page] of this.ports) if (this.clock() - page.seen > GONE_MS) this.ports.delete(other);
    if (this.ports.size === 0) this.end();
  }

  private join(port: Port, after: number, session: string): void {
    // What one account was told is not for the next one at this browser.
    if (session !== this.session) this.end();
    this.session = session;
    if (this.feed === null) {
      this.heldAfter = after;
      this.feed = new Feed({ news: (news) => this.spread(news), line: (up) => this.line(up) }, after, this.open);
    }
    if (after < this.heldAfter) {
      port.postMessage({ news: { kind: "reset", sequence: after, data: null } });
      return;
    }
    this.ports.set(port, { sent: after, seen: this.clock() });
    port.postMessage({ line: this.up });
    for (const news of this.held) if (news.sequence > after) port.postMessage({ news });
  }

  private spread(news: News): void {
    if (news.kind === "reset") {
      for (const port of this.ports.keys()) port.postMessage({ news });
      this.ports.clear();
      this.end();
      return;
    }
    if (news.kind !== "time") {
      this.held.push(news);
      if (this.held.length > HELD) {
        const dropped = this.held.splice(0, HELD / 4);
        this.heldAfter = dropped.at(-1)?.sequence ?? this.heldAfter;
      }
    }
    for (const [port, page] of this.ports) {
      if (news.kind === "time" || news.sequence > page.sent) port.postMessage({ news });
    }
  }

  private line(up: boolean): void {
    this.up = up;
    for (const port of this.ports.keys()) port.postMessage({ line: up });
  }

  private end(): void {
    this.feed?.close();
    this.feed = null;
    this.held = [];
    this.up = false;
  }
}
