import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { geodetic } from "./geodetic.ts";
import { item, launch, mark, track, warning } from "./made-up.ts";
import {
  FORGOTTEN_S,
  IMPACTS_KEPT,
  TRAIL_POINTS,
  apply,
  backfill,
  byUrgency,
  copyOf,
  emptyPicture,
  fromSnapshot,
  nameIn,
  objectsOf,
  partnersWarnings,
  type PictureState,
} from "./picture.ts";
import type { AssessmentProduct, ImpactProduct, News, Picture } from "./types.ts";

const picture = (...news: News[]): PictureState => {
  const state = emptyPicture("exercise", "JPN");
  for (const one of news) apply(state, one);
  return state;
};
const impact = (object: string, event: string, at: number): ImpactProduct => ({
  kind: "impact", object, event, phase: "coast", issued: at, time: 600, time_sigma_s: 5, latitude_deg: 39,
  longitude_deg: 140, ellipse_90: { semi_major_m: 1e5 / (at + 1), semi_minor_m: 1e4, azimuth_deg: 0 },
}); // prettier-ignore
const order = (state: PictureState) => byUrgency(state).map((event) => event.event);

describe("events by urgency", () => {
  it("puts danger to our own areas first, by arrival, and ended ones last", () => {
    const state = picture(
      item(0, launch("ended", 0)),
      item(0, track("ended-1", "ended", 0, { phase: "down" })),
      item(0, launch("flies", 0)),
      item(0, track("flies-1", "flies", 0)),
      item(0, launch("waits", 0)),
      warning("w-waits", "waits", 1, {}, "pending"),
      warning("w-late", "late", 1, { areas: [{ code: "JP-01", probability: 0.5, arrival: 900 }] }),
      warning("w-soon", "soon", 1, { areas: [{ code: "JP-02", probability: 0.5, arrival: 300 }] }),
    );
    expect(order(state)).toEqual(["soon", "late", "waits", "flies", "ended"]);
  });

  it("puts what is acknowledged after what is not, within its kind of danger", () => {
    const state = picture(
      warning("w1", "soon", 1, { areas: [{ code: "JP-02", probability: 0.5, arrival: 300 }] }),
      warning("w2", "late", 1, { areas: [{ code: "JP-01", probability: 0.5, arrival: 900 }] }),
      item(1, launch("flies", 1)),
      mark("acknowledge", "w1", 2),
    );
    expect(order(state)).toEqual(["late", "soon", "flies"]);
    expect(state.events.get("soon")?.acknowledged?.operator).toBe("kim");
  });

  it("keep what each owner says of the launch, also its owner under the name that all know", () => {
    const state = picture(
      item(1, launch("e", 1), { basis: "partner", owner: "USA", event: "USA/e" }),
      item(1, launch("k", 1), { basis: "own", event: "USA/e" }),
      item(2, launch("USA/e", 2)),
    );
    expect([...(state.events.get("USA/e")?.launches.keys() ?? [])]).toEqual(["partner USA", "own JPN", "shared JPN"]);
  });

  it("puts the newest launch before older ones", () => {
    expect(order(picture(item(1, launch("old", 1)), item(2, launch("new", 2))))).toEqual(["new", "old"]);
  });

  it("shelves and takes back", () => {
    const state = picture(item(1, launch("a", 1)), item(2, launch("b", 2)), mark("shelve", "b", 3, { until: 600 }));
    expect(order(state)).toEqual(["a", "b"]);
    apply(state, mark("unshelve", "b", 4));
    expect(order(state)).toEqual(["b", "a"]);
  });

  it("never puts away what threatens our own areas, nor anything longer than was said", () => {
    const danger = { areas: [{ code: "JP-02", probability: 0.5, arrival: 300 }] };
    const state = picture(
      warning("w", "danger", 1, danger),
      mark("shelve", "danger", 2, { until: 600 }),
      item(3, launch("a", 3)),
      item(4, launch("b", 4)),
      mark("shelve", "b", 5, { until: 600 }),
    );
    expect(order(state)).toEqual(["danger", "a", "b"]);
    apply(state, { kind: "time", sequence: state.sequence, data: { at: 700, sequence: state.sequence } });
    expect(order(state)).toEqual(["danger", "b", "a"]);
  });

  it("does not do what was refused", () => {
    const state = picture(item(1, launch("a", 1)), mark("acknowledge", "a", 2, { refused: "A reader may look, but not act." }));
    expect(state.events.get("a")?.acknowledged).toBeNull();
    expect(state.marks).toHaveLength(1);
  });
});

describe("warnings", () => {
  it("never vanish by going stale, and end only by an end", () => {
    const state = picture(warning("w", "e", 1), item(2, track("e-1", "e", 2, { phase: "lost" })));
    apply(state, { kind: "time", sequence: 0, data: { at: 1e6, sequence: 0 } });
    expect(state.warnings.get("w")?.state).toBe("open");
    expect(state.events.get("e")?.ended).toBe(false);
    apply(state, warning("w", "e", 3, { status: "all-clear", reason: "fell-at-sea" }, "ended"));
    expect(state.events.get("e")?.ended).toBe(true);
    expect(state.warnings.has("w")).toBe(true);
  });

  it("of partners are kept apart", () => {
    const partners = { ...warning("p", "e", 1).data.product, authority: "KOR" };
    const state = picture(item(1, partners, { basis: "partner", owner: "KOR" }));
    expect(state.partnerWarnings.get("p")?.owner).toBe("KOR");
    expect(state.warnings.size).toBe(0);
  });

  it("of partners are of the event that our picture calls otherwise, once that is known", () => {
    const partners = { ...warning("p", "USA/e", 1).data.product, authority: "KOR" };
    const state = picture(
      item(1, launch("JPN/e", 1)),
      item(1, partners, { basis: "partner", owner: "KOR" }),
      item(2, launch("e", 2), { basis: "partner", owner: "USA", event: "JPN/e" }),
    );
    const [event] = byUrgency(state);
    expect(partnersWarnings(event!, state).map(({ product }) => product.warning)).toEqual(["p"]);
    expect(event?.event).toBe("JPN/e");
  });
});

describe("objects", () => {
  it("prefer what several say together, and keep what each says", () => {
    const state = picture(
      item(1, track("x", "x", 1, { position_m: [7e6, 0, 0] }), { basis: "partner", owner: "KOR", event: "E", object: "E-1" }),
      item(2, track("E-1", "E", 2), {}),
      item(3, track("y", "y", 3, { phase: "lost" }), { basis: "own", event: "E", object: "E-1" }),
    );
    const object = state.objects.get("E-1");
    expect([...state.objects.keys()]).toEqual(["E-1"]);
    expect(object).toMatchObject({ basis: "shared", event: "E", lost: false });
    expect([...(object?.solutions.keys() ?? [])].sort()).toEqual(["own JPN", "partner KOR", "shared JPN"]);
    expect(object?.trail).toHaveLength(2);
    expect(state.events.get("E")?.objects).toEqual(["E-1"]);
  });

  it("that one owner alone knew move to the shared picture's name once it has one", () => {
    const state = picture(
      item(1, track("x", "x", 1), { basis: "partner", owner: "KOR", event: null, object: null }),
      item(2, track("x", "x", 2), { basis: "partner", owner: "KOR", event: "E", object: "E-1" }),
    );
    expect([...state.objects.keys()]).toEqual(["E-1"]);
    expect([...state.events.keys()]).toEqual(["E"]);
  });

  it("that have several names in the shared picture are one, under the first, once that is known", () => {
    const both = (at: number, known: boolean): News[] => [
      item(at, launch("USA/e", at), { event: "USA/e" }),
      item(at, launch("KOR/e", at), { event: known ? "USA/e" : "KOR/e" }),
      item(at, track("USA/e-1", "USA/e", at)),
      item(at, track("KOR/e-1", "KOR/e", at), known ? { event: "USA/e", object: "USA/e-1" } : {}),
      item(at, impact("USA/e-1", "USA/e", at)),
      item(at, impact("KOR/e-1", "KOR/e", at), known ? { event: "USA/e", object: "USA/e-1" } : {}),
    ];
    const state = picture(...both(1, false), warning("w", "KOR/e", 1));
    expect([state.events.size, state.objects.size]).toEqual([2, 2]);
    for (const news of [...both(2, true), warning("w", "USA/e", 2), ...both(3, true)]) apply(state, news);
    expect([...state.events.keys()]).toEqual(["USA/e"]);
    expect(state.events.get("USA/e")).toMatchObject({ objects: ["USA/e-1"], warnings: ["w"] });
    expect([...state.objects.keys()]).toEqual(["USA/e-1"]);
    expect(state.renamed.get("KOR/e-1")).toBe("USA/e-1");
    // Each prediction once, whatever it was said under.
    expect(state.objects.get("USA/e-1")?.impacts.map(({ issued }) => issued)).toEqual([1, 2]);
  });

  it("keep the path flown when they are found to be what another owner told of first, and lead there from their old names", () => {
    const state = picture(
      item(1, launch("USA/e", 1), { event: "USA/e" }),
      item(1, launch("KOR/e", 1), { event: "KOR/e" }),
      item(1, impact("USA/e-1", "USA/e", 1)),
      ...[1, 2, 3].map((at) => item(at, track("KOR/e-1", "KOR/e", at))),
      item(3, impact("KOR/e-1", "KOR/e", 3)),
    );
    const before = copyOf(state);
    const known = { event: "USA/e", object: "USA/e-1" };
    apply(state, item(4, launch("KOR/e", 4), { event: "USA/e" }));
    for (const at of [4, 5]) apply(state, item(at, track("KOR/e-1", "KOR/e", at), known));
    apply(state, item(5, track("USA/e-1", "USA/e", 5)));
    expect([...state.objects.keys()]).toEqual(["USA/e-1"]);
    expect(state.objects.get("USA/e-1")?.trail.map(([time]) => time)).toEqual([1, 2, 3, 4, 5]);
    expect(["KOR/e-1", "KOR/e", "USA/e-1"].map((name) => nameIn(state, state, name))).toEqual(["USA/e-1", "USA/e", "USA/e-1"]);
    // A page that is opened now knows the old names too; at a moment before, there is what stood there then.
    const snapshot = picture(
      item(4, launch("KOR/e", 4), { event: "USA/e" }),
      item(5, track("KOR/e-1", "KOR/e", 5), known),
      item(5, track("USA/e-1", "USA/e", 5)),
    );
    expect(nameIn(snapshot, snapshot, "KOR/e-1")).toBe("USA/e-1");
    expect(nameIn(before, snapshot, "KOR/e-1")).toBe("KOR/e-1");
    const alone = picture(...[1, 2].map((at) => item(at, track("KOR/e-1", "KOR/e", at))));
    expect(nameIn(alone, snapshot, "USA/e-1")).toBe("KOR/e-1");
  });

  it("keep the path flown when they are found not to be one any more", () => {
    const known = { event: "E", object: "E-1" };
    const state = picture(
      item(1, track("E-1", "E", 1)),
      ...[2, 3].flatMap((at) => [item(at, track("E-1", "E", at)), item(at, track("KOR/e-1", "E", at), known)]),
      ...[4, 5].map((at) => item(at, track("KOR/e-1", "E", at), { event: "E" })),
      item(5, track("E-1", "E", 5)),
    );
    const flown = (object: string) => state.objects.get(object)?.trail.map(([time]) => time);
    expect([flown("E-1"), flown("KOR/e-1")]).toEqual([[1, 2, 3, 5], [1, 2, 3, 4, 5]]);
    expect(nameIn(state, state, "KOR/e-1")).toBe("KOR/e-1");
  });

  it("take along what ended when they are found to be what had a name before", () => {
    const X = { event: "JPN/e", object: "JPN/e-1" };
    const Y = { event: "USA/e", object: "USA/e-1" };
    const own = { basis: "own" } as const;
    const state = picture(
      item(1, launch("USA/e", 1)),
      item(1, impact("USA/e-1", "USA/e", 1)),
      item(1, launch("JPN/e", 1)),
      mark("acknowledge", "JPN/e", 1),
      item(2, track("JPN/e-1", "JPN/e", 2)),
      item(2, track("ended", null, 2), { ...own, ...X }),
      item(9, track("follows", "f", 9), { ...own, ...X }),
      // The node finds that both are one, and tells again what it heard of a track that ended.
      item(10, track("JPN/e-1", "JPN/e", 10), Y),
      item(10, track("follows", "f", 10), { ...own, ...Y }),
      item(10, track("ended", null, 2), { ...own, ...Y }),
    );
    expect([...state.objects.keys()]).toEqual(["USA/e-1"]);
    expect(state.objects.get("USA/e-1")?.solutions.get("own JPN")?.track?.object).toBe("follows");
    expect(state.objects.get("USA/e-1")?.trail.map(([time]) => time)).toEqual([2, 10]);
    expect([...state.events.keys()]).toEqual(["USA/e"]);
    expect(state.events.get("USA/e")?.acknowledged?.subject).toBe("JPN/e");
  });

  it("that one owner told of first keep that part of the path when several see them", () => {
    const state = picture(
      ...[1, 2].map((at) => item(at, track("k-1", "e", at), { basis: "partner", owner: "KOR", event: "E", object: "E-1" })),
      ...[3, 4].map((at) => item(at, track("E-1", "E", at))),
    );
    expect(state.objects.get("E-1")?.trail.map(([time]) => time)).toEqual([1, 2, 3, 4]);
  });

  it("of an event stand in the order of what matters", () => {
    const stage: AssessmentProduct = {
      kind: "assessment", object: "stage", event: "E", issued: 1, class: { "spent-stage": 0.9, other: 0.1 }, reaches_orbit: 0,
      apogee_m: null, apogee_sigma_m: null, apogee_time: null,
    }; // prettier-ignore
    const state = picture(
      item(1, impact("told", "E", 1), { basis: "partner", owner: "USA" }),
      item(1, track("stage", "E", 1)),
      item(1, stage),
      item(2, track("seen", "E", 2)),
      item(3, track("falls", "E", 3)),
      item(3, impact("falls", "E", 3)),
    );
    expect(objectsOf(state.events.get("E")!, state).map(({ object }) => object)).toEqual(["falls", "seen", "stage", "told"]);
  });

  it("of the shared picture stay when what an owner said of them moves to another one", () => {
    // Names of the shared picture may be made of an owner's.
    const state = picture(
      item(1, track("KOR/k-1", "E", 1), { basis: "shared" }),
      item(1, track("E-1", "E", 1), { basis: "shared" }),
      item(2, track("k-1", "k", 2), { basis: "partner", owner: "KOR", event: "E", object: "KOR/k-1" }),
      item(3, track("k-1", "k", 3), { basis: "partner", owner: "KOR", event: "E", object: "E-1" }),
    );
    expect([...state.objects.keys()].sort()).toEqual(["E-1", "KOR/k-1"]);
    expect([...(state.objects.get("KOR/k-1")?.solutions.keys() ?? [])]).toEqual(["shared JPN"]);
    expect([...(state.objects.get("E-1")?.solutions.keys() ?? [])]).toEqual(["shared JPN", "partner KOR"]);
    expect(state.objects.get("KOR/k-1")?.track?.time).toBe(1);
  });

  it("trail in order of time, bounded, whole at the end", () => {
    const state = picture();
    for (let at = 0; at < 3000; at += 1) apply(state, item(at, track("o", "e", at)));
    apply(state, item(3000, track("o", "e", 10)));
    const times = state.objects.get("o")?.trail.map((point) => point[0]) ?? [];
    expect(times.length).toBeLessThanOrEqual(TRAIL_POINTS);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.slice(-100)).toEqual(Array.from({ length: 100 }, (_, index) => 2900 + index));
    expect(times[0]).toBe(0);
  });

  it("keep earlier predictions, the present one apart", () => {
    const state = picture(item(0, track("o", "e", 0)));
    for (let at = 0; at < 200; at += 1) apply(state, item(at, impact("o", "e", at)));
    const object = state.objects.get("o");
    expect(object?.impact?.issued).toBe(199);
    expect(object?.impacts.length).toBeLessThanOrEqual(IMPACTS_KEPT);
    expect(object?.impacts.at(-1)?.issued).toBe(198);
  });

  it("of no event are forgotten in time, those of an event are not", () => {
    const state = picture(item(0, track("satellite", null, 0, { phase: "orbit" })), item(0, track("e-1", "e", 0)));
    apply(state, { kind: "time", sequence: 0, data: { at: FORGOTTEN_S + 1, sequence: 0 } });
    expect([...state.objects.keys()]).toEqual(["e-1"]);
  });

  it("that changed are new objects, the others the same", () => {
    const state = picture(item(0, track("a", "e", 0)), item(0, track("b", "e", 0)));
    const { a, b } = { a: state.objects.get("a"), b: state.objects.get("b") };
    apply(state, item(1, track("a", "e", 1)));
    expect(state.objects.get("a")).not.toBe(a);
    expect(state.objects.get("b")).toBe(b);
  });
});

describe("the stream", () => {
  it("is not taken twice", () => {
    const news = item(1, track("o", "e", 1));
    const state = picture(news);
    const before = state.objects.get("o");
    apply(state, news);
    expect(state.objects.get("o")).toBe(before);
  });

  it("gives after a snapshot what it gives from the beginning", () => {
    const news = fixture();
    const half = Math.floor(news.length / 2);
    const whole = picture(...news);
    const state = fromSnapshot(snapshot(news.slice(0, half)));
    for (const one of news.slice(half)) apply(state, one);
    expect(new Set(state.objects.keys())).toEqual(new Set(whole.objects.keys()));
    expect(order(state)).toEqual(order(whole));
    for (const [id, object] of whole.objects) {
      const { trail: _, impacts: __, ...rest } = state.objects.get(id)!;
      const { trail: ___, impacts: ____, ...expected } = object;
      expect(rest).toEqual(expected);
    }
    backfill(state, news.slice(0, half).flatMap((one) => (one.kind === "item" ? [one.data] : [])));
    for (const [id, object] of whole.objects) {
      // A point that came late is in the snapshot, but not in a trail that had gone on: more is right, less is not.
      const times = state.objects.get(id)?.trail.map((point) => point[0]) ?? [];
      expect(times).toEqual(expect.arrayContaining(object.trail.map((point) => point[0])));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it("does not change a copy", () => {
    const state = picture(item(1, track("o", "e", 1)));
    const copy = copyOf(state);
    apply(state, item(2, track("o", "e", 2)));
    apply(state, mark("note", "e", 3));
    expect(copy.objects.get("o")?.trail).toHaveLength(1);
    expect(copy.marks).toHaveLength(0);
  });
});

it("positions are geodetic", () => {
  expect(geodetic([6_378_137, 0, 0])).toEqual({ longitude_deg: 0, latitude_deg: 0, height_m: 0 });
  const pole = geodetic([0, 0, 6_356_752.314_245 + 1e5]);
  expect(pole.latitude_deg).toBeCloseTo(90, 9);
  expect(pole.height_m).toBeCloseTo(1e5, 3);
  // 35.6586° N 139.7454° E at 300 km: ECEF by the closed formula.
  const [latitude, longitude, height] = [(35.6586 * Math.PI) / 180, (139.7454 * Math.PI) / 180, 3e5];
  const e2 = (1 / 298.257223563) * (2 - 1 / 298.257223563);
  const n = 6_378_137 / Math.sqrt(1 - e2 * Math.sin(latitude) ** 2);
  const back = geodetic([
    (n + height) * Math.cos(latitude) * Math.cos(longitude),
    (n + height) * Math.cos(latitude) * Math.sin(longitude),
    (n * (1 - e2) + height) * Math.sin(latitude),
  ]);
  expect(back.latitude_deg).toBeCloseTo(35.6586, 9);
  expect(back.longitude_deg).toBeCloseTo(139.7454, 9);
  expect(back.height_m).toBeCloseTo(height, 3);
});

function fixture(): News[] {
  const text = readFileSync(join(import.meta.dirname, "../../fixtures/stream.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: News["kind"]; id: number; data: never })
    .map(({ event, id, data }) => ({ kind: event, sequence: id, data }) as News);
}

/** What a node's snapshot after these news would be: the latest of each thing. */
function snapshot(news: News[]): Picture {
  const items = new Map<string, News & { kind: "item" }>();
  const warnings = new Map<string, News & { kind: "warning" }>();
  for (const one of news) {
    if (one.kind === "item") {
      const { basis, owner, product } = one.data;
      const name = product.kind === "launch" ? product.event : product.kind === "warning" ? product.warning : product.object;
      const key = `${basis} ${owner} ${product.kind} ${name}`;
      items.delete(key);
      items.set(key, one);
    } else if (one.kind === "warning") warnings.set(one.data.warning, one);
  }
  return {
    sequence: news.at(-1)?.sequence ?? 0,
    at: 0,
    mode: "exercise",
    nation: "JPN",
    real_event: null,
    items: [...items.values()].map((one) => one.data),
    warnings: [...warnings.values()].map((one) => one.data),
    marks: news.flatMap((one) => (one.kind === "mark" ? [one.data] : [])),
  };
}
