/** The node's event stream, kept open: opened again after what was last heard, with growing pauses, for as long as it is
 * wanted. The server's numbers make it free of gaps and repetitions. Used by the shared worker, and by the page itself
 * where there is none. */

import type { News } from "./types.ts";

export const KINDS = ["item", "warning", "mark", "real", "time", "reset"] as const;
/** The node says the time each second: after so much silence the line is held to be dead. */
export const SILENCE_MS = 5_000;
export const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000] as const;

export interface Listener {
  news(news: News): void;
  /** The line is up (and since when it is down if not). */
  line(up: boolean): void;
}

export type OpenSource = (address: string) => EventSource;

export class Feed {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private up = false;

  constructor(
    private readonly listener: Listener,
    private after: number,
    private readonly open: OpenSource = (address) => new EventSource(address),
  ) {
    this.connect();
  }

  /** The number of what was heard last. */
  get heard(): number {
    return this.after;
  }

  close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private connect(): void {
    const source = this.open(`/api/stream?after=${this.after}`);
    this.source = source;
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => this.hear(kind, event as MessageEvent<string>));
    }
    source.onerror = () => this.again();
    this.watch();
  }

  private hear(kind: News["kind"], event: MessageEvent<string>): void {
    this.failures = 0;
    this.watch();
    if (!this.up) {
      this.up = true;
      this.listener.line(true);
    }
    const numbered = event.lastEventId === "" ? this.after : Number(event.lastEventId);
    if (kind === "item" || kind === "warning" || kind === "mark" || kind === "real") {
      if (numbered <= this.after) return;
      this.after = numbered;
    }
    this.listener.news({ kind, sequence: numbered, data: event.data ? JSON.parse(event.data) : null } as News);
    if (kind === "reset") this.close();
  }

  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), SILENCE_MS);
  }

  private again(): void {
    this.close();
    if (this.up) {
      this.up = false;
      this.listener.line(false);
    }
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] ?? 0;
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), pause);
  }
}
