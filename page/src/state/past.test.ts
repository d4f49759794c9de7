import { describe, expect, it, vi } from "vitest";

import { item, launch, mark, track, warning } from "./made-up.ts";
import { momentAfter, momentBefore, Moments } from "./moments.ts";
import { AHEAD_S, BEFORE_S, LONGEST_S, Past, fillBefore, type Source } from "./past.ts";
import { apply, emptyPicture } from "./picture.ts";
import type { HistoryPage, News, Picture } from "./types.ts";

const LAST = 4000;

/** A node with a history: a launch, a track each second, a warning, its end. */
function node(): Source & { news: { at: number; news: News }[]; asked: [number, number][] } {
  const news: { at: number; news: News }[] = [];
  const add = (at: number, one: News) => news.push({ at, news: one });
  for (let at = 0; at <= LAST; at += 1) {
    if (at === 1000) add(at, item(at, launch("e", at)));
    if (at > 1000 && at <= 1600) add(at, item(at, track("e-1", "e", at, { phase: at === 1600 ? "down" : "coast" })));
    if (at === 1100) add(at, warning("w", "e", at));
    if (at === 1200) add(at, mark("acknowledge", "e", at));
    if (at === 1700) add(at, warning("w", "e", at, { status: "all-clear", reason: "passed", revision: 1 }, "ended"));
    if (at > 2000) add(at, item(at, track("later", "later", at)));
  }
  const asked: [number, number][] = [];
  const upTo = (at: number) => {
    const state = emptyPicture("exercise", "JPN");
    for (const one of news) if (one.at <= at) apply(state, one.news);
    return state;
  };
  return {
    news,
    asked,
    picture: (at) => {
      const items = news.filter((one) => one.at <= at).flatMap((one) => (one.news.kind === "item" ? [one.news.data] : []));
      const state = upTo(at);
      const picture: Picture = {
        sequence: state.sequence, at, mode: "exercise", nation: "JPN", real_event: null,
        items: [...new Map(items.map((one) => [`${one.object} ${one.event}`, one])).values()],
        warnings: [...state.warnings.values()], marks: state.marks,
      }; // prettier-ignore
      return Promise.resolve(picture);
    },
    history: (since, until, limit, after) => {
      asked.push([since, until]);
      const found = news.filter((one) => one.at >= since && one.at <= until && (after === null || one.news.sequence > after));
      const page = found.slice(0, Math.min(limit, 100)).map((one) => one.news);
      const of = <K extends News["kind"]>(kind: K) => page.filter((one) => one.kind === kind).map((one) => one.data) as never[];
      const answer: HistoryPage = {
        items: of("item"), warnings: of("warning"), marks: of("mark"), next: found.length > page.length ? page.at(-1)!.sequence : null,
      }; // prettier-ignore
      return Promise.resolve(answer);
    },
  };
}

const seen = (past: Past, at: number) => {
  const { objects, warnings, events } = past.show(at);
  return {
    trail: objects.get("e-1")?.trail.at(-1)?.[0] ?? null,
    warning: warnings.get("w")?.product.status ?? null,
    acknowledged: events.get("e")?.acknowledged?.operator ?? null,
  };
};

describe("the past", () => {
  it("is what was known at each moment, back and forth", async () => {
    const source = node();
    const past = new Past(source);
    await past.reach(1650, LAST);
    const expected = (at: number) => ({
      trail: at >= 1001 ? Math.min(Math.floor(at), 1600) : null,
      warning: at >= 1700 ? "all-clear" : at >= 1100 ? "alert" : null,
      acknowledged: at >= 1200 ? "kim" : null,
    });
    for (const at of [1650, 1000, 1199.5, 1200, 1650, 1100, 1001, 1750, 1099, 1720, 999, 1500.25, 1000.5]) {
      expect(past.holds(at), String(at)).toBe(true);
      expect(seen(past, at), String(at)).toEqual(expected(at));
    }
  });

  it("asks for nothing when it goes back and forth in what it has", async () => {
    const source = node();
    const past = new Past(source);
    await past.reach(1500, LAST);
    const asked = source.asked.length;
    for (const at of [1500, 700, 1400, 1500 + AHEAD_S]) {
      await past.reach(at > 1500 ? 1500 : at, LAST);
      past.show(at);
    }
    expect(source.asked).toHaveLength(asked);
    expect(past.holds(1500 - BEFORE_S - 1)).toBe(false);
  });

  it("reads on while it plays, each piece once, and nothing is missed at the seams", async () => {
    const source = node();
    const past = new Past(source);
    for (let at = 1500; at <= 3000; at += 100) {
      await past.reach(at, LAST);
      expect(past.holds(at)).toBe(true);
      past.show(at);
    }
    const trail = past.show(3000).objects.get("later")?.trail.map((point) => point[0]) ?? [];
    expect(trail.slice(-300)).toEqual(Array.from({ length: 300 }, (_, index) => 2701 + index));
  });

  it("begins anew far away, and before it is too long", async () => {
    const source = node();
    const past = new Past(source);
    await past.reach(LAST, LAST);
    expect(past.holds(1000)).toBe(false);
    await past.reach(1000, LAST);
    expect(past.holds(1000)).toBe(true);
    expect(past.holds(LAST)).toBe(false);
    for (let at = 1000; at < 1000 + LONGEST_S + 500; at += 100) await past.reach(at, Infinity);
    expect(past.holds(1000)).toBe(false);
  });

  it("reads only the last of the moments that were scrubbed over", async () => {
    const source = node();
    const pictures = vi.spyOn(source, "picture");
    const past = new Past(source);
    await Promise.all([1000, 5000, 9000, 20_000].map((at) => past.reach(at, Infinity)));
    expect(pictures.mock.calls.map(([at]) => at)).toEqual([1000 - BEFORE_S, 20_000 - BEFORE_S]);
    expect(past.holds(20_000)).toBe(true);
  });

  it("can be tried again when the node was away", async () => {
    const source = node();
    const history = vi.spyOn(source, "history").mockRejectedValueOnce(new Error("away"));
    const past = new Past(source);
    await expect(past.reach(1500, LAST)).rejects.toThrow("away");
    expect(past.holds(1500)).toBe(false);
    history.mockRestore();
    await past.reach(1500, LAST);
    expect(past.holds(1500)).toBe(true);
  });

  it("gives a live picture its trails, and the moments before it", async () => {
    const source = node();
    const state = emptyPicture("exercise", "JPN");
    for (const { at, news } of source.news) if (at >= 1500 && at <= 1550) apply(state, news);
    state.at = 1550;
    const moments = new Moments();
    await fillBefore(source, state, (news) => moments.see(news));
    expect(state.objects.get("e-1")?.trail).toHaveLength(550);
    expect(moments.list.map(({ at, kind }) => [at, kind])).toEqual([[1000, "launch"], [1100, "warning"]]);
  });
});

it("moments are jumped to one by one", () => {
  const moments = new Moments();
  for (const news of [item(10, launch("e", 10)), warning("w", "e", 20), warning("w", "e", 25), warning("w", "e", 30, { status: "update" }), warning("w", "e", 40, { status: "cancel" })])
    moments.see(news);
  const there = moments.list;
  expect(there.map(({ at }) => at)).toEqual([10, 20, 30, 40]);
  expect(there.map(({ kind }) => kind)).toEqual(["launch", "warning", "warning", "end"]);
  expect(momentAfter(there, 10)?.at).toBe(20);
  expect(momentBefore(there, 20)?.at).toBe(10);
  expect(momentBefore(there, 20.5)?.at).toBe(10);
  expect(momentBefore(there, 10)).toBeNull();
  expect(momentAfter(there, 40)).toBeNull();
});
