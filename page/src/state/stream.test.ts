import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Feed, PAUSES_MS, SILENCE_MS, type Listener } from "./feed.ts";
import { item, track } from "./made-up.ts";
import { GONE_MS, HELD, Relay, type FromRelay } from "./relay.ts";
import type { News } from "./types.ts";

/** A node's stream: says what it is told to, from the number asked for. */
class Line {
  static all: Line[] = [];
  onerror: (() => void) | null = null;
  closed = false;
  private readonly heard = new Map<string, (event: MessageEvent<string>) => void>();

  constructor(readonly address: string) {
    Line.all.push(this);
  }

  static get last(): Line {
    return Line.all.at(-1)!;
  }

  get after(): number {
    return Number(new URL(this.address, "http://node").searchParams.get("after"));
  }

  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    this.heard.set(kind, listener);
  }

  close(): void {
    this.closed = true;
  }

  say(kind: News["kind"], id: number | "", data: unknown = {}): void {
    if (this.closed) return;
    this.heard.get(kind)?.({ lastEventId: String(id), data: JSON.stringify(data) } as MessageEvent<string>);
  }

  fail(): void {
    this.onerror?.();
  }
}

const open = (address: string) => new Line(address) as unknown as EventSource;

class Ear implements Listener {
  heard: number[] = [];
  lines: boolean[] = [];
  kinds: string[] = [];
  news(news: News): void {
    this.kinds.push(news.kind);
    if (news.kind !== "time") this.heard.push(news.sequence);
  }
  line(up: boolean): void {
    this.lines.push(up);
  }
}

beforeEach(() => {
  Line.all = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("the feed", () => {
  it("goes on after what it heard last, with nothing missed or said twice", () => {
    const ear = new Ear();
    new Feed(ear, 7, open);
    expect(Line.last.after).toBe(7);
    Line.last.say("item", 8);
    Line.last.say("warning", 9);
    Line.last.fail();
    vi.advanceTimersByTime(PAUSES_MS[0]);
    expect(Line.last.after).toBe(9);
    Line.last.say("item", 9);
    Line.last.say("item", 10);
    expect(ear.heard).toEqual([8, 9, 10]);
    expect(ear.lines).toEqual([true, false, true]);
  });

  it("waits longer each time, and at most so long", () => {
    new Feed(new Ear(), 0, open);
    for (const pause of [...PAUSES_MS, PAUSES_MS.at(-1)!]) {
      const before = Line.all.length;
      Line.last.fail();
      vi.advanceTimersByTime(pause - 1);
      expect(Line.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(Line.all).toHaveLength(before + 1);
    }
    Line.last.say("time", "");
    const before = Line.all.length;
    Line.last.fail();
    vi.advanceTimersByTime(PAUSES_MS[0]);
    expect(Line.all).toHaveLength(before + 1);
  });

  it("takes silence for a dead line", () => {
    const ear = new Ear();
    new Feed(ear, 0, open);
    const first = Line.last;
    first.say("time", "", { at: 1, sequence: 0 });
    vi.advanceTimersByTime(SILENCE_MS + PAUSES_MS[0]);
    expect(first.closed).toBe(true);
    expect(Line.all).toHaveLength(2);
    expect(ear.lines).toEqual([true, false]);
  });

  it("ends at a reset, for a new snapshot", () => {
    const ear = new Ear();
    new Feed(ear, 0, open);
    Line.last.say("reset", 5);
    vi.advanceTimersByTime(60_000);
    expect(ear.kinds).toEqual(["reset"]);
    expect(Line.all).toHaveLength(1);
    expect(Line.last.closed).toBe(true);
  });

  it("is quiet once closed", () => {
    const feed = new Feed(new Ear(), 0, open);
    Line.last.fail();
    feed.close();
    vi.advanceTimersByTime(60_000);
    expect(Line.all).toHaveLength(1);
  });
});

describe("the relay", () => {
  class Page {
    messages: FromRelay[] = [];
    postMessage(message: FromRelay): void {
      this.messages.push(message);
    }
    get heard(): number[] {
      return this.messages.flatMap((message) => ("news" in message && message.news.kind !== "time" ? [message.news.sequence] : []));
    }
  }
  const data = item(1, track("o", "e", 1)).data;

  it("opens one line for all pages, and each gets all from its snapshot on", () => {
    const relay = new Relay(open);
    const [early, late] = [new Page(), new Page()];
    relay.take(early, { want: 10, session: "s" });
    for (let id = 11; id <= 20; id += 1) Line.last.say("item", id, data);
    relay.take(late, { want: 15, session: "s" });
    for (let id = 21; id <= 23; id += 1) Line.last.say("item", id, data);
    expect(Line.all).toHaveLength(1);
    expect(early.heard).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
    expect(late.heard).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
  });

  it("does not say again what a page that is ahead has in its snapshot", () => {
    const relay = new Relay(open);
    const [first, ahead] = [new Page(), new Page()];
    relay.take(first, { want: 0, session: "s" });
    relay.take(ahead, { want: 3, session: "s" });
    for (let id = 1; id <= 4; id += 1) Line.last.say("item", id, data);
    expect(ahead.heard).toEqual([4]);
  });

  it("sends a page back to the snapshot where it does not reach", () => {
    const relay = new Relay(open);
    const [first, old] = [new Page(), new Page()];
    relay.take(first, { want: 0, session: "s" });
    for (let id = 1; id <= HELD + 1; id += 1) Line.last.say("item", id, data);
    relay.take(old, { want: 1, session: "s" });
    expect(old.messages).toEqual([{ news: { kind: "reset", sequence: 1, data: null } }]);
    expect(first.heard).toHaveLength(HELD + 1);
  });

  it("tells nobody what another account was told", () => {
    const relay = new Relay(open);
    const [high, low] = [new Page(), new Page()];
    relay.take(high, { want: 0, session: "high" });
    Line.last.say("item", 1, data);
    relay.take(low, { want: 0, session: "low" });
    expect(Line.all).toHaveLength(2);
    expect(Line.all[0]?.closed).toBe(true);
    expect(low.heard).toEqual([]);
  });

  it("closes the line when the last page has left, or is gone without a word", () => {
    let now = 0;
    const relay = new Relay(open, () => now);
    const [one, other] = [new Page(), new Page()];
    relay.take(one, { want: 0, session: "s" });
    relay.take(other, { want: 0, session: "s" });
    now = GONE_MS + 1;
    relay.take(other, { still: true });
    Line.last.say("item", 1, data);
    expect(one.heard).toEqual([]);
    expect(other.heard).toEqual([1]);
    relay.take(other, { leave: true });
    expect(Line.last.closed).toBe(true);
  });
});
