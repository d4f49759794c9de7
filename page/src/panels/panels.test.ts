import { readFileSync } from "node:fs";
import { join } from "node:path";

import { FluentBundle, FluentResource } from "@fluent/bundle";
import { describe, expect, it } from "vitest";

import type { Language } from "../state/address.ts";
import { warningView } from "../state/made-up.ts";
import { emptyPicture, type EventView, type PictureState } from "../state/picture.ts";
import type { AreaWarning, Deed, Mark, SensorView, WarningProduct, WarningView } from "../state/types.ts";
import { LOCALES } from "../text/texts.ts";
import { openLines, openMatters } from "./handover.ts";
import { found, merged } from "./log.ts";
import { counted } from "./operation.ts";
import { badges, likeliestClass, listed, threats } from "./order.ts";
import { entryInWords } from "./timeline.ts";
import { approvals, byItself, completes, headline, statements, toBeSaid } from "./warning-words.ts";
import { actsOn, inOrder } from "./warnings.ts";
import { REASONS, reasonInWords } from "./why.ts";
import { shortName } from "../state/names.ts";
import { Words } from "./words.ts";

const NOW = 1_772_499_600;
const FILTER = { owner: null, text: "", ended: true };

/** Words with the page's real texts; what a text lacks shows in the test. Without the marks that isolate values. */
function wordsIn(language: Language): Words {
  const bundle = new FluentBundle(LOCALES[language], { useIsolating: false });
  const file = join(import.meta.dirname, "..", "text", language, "panels.ftl");
  expect(bundle.addResource(new FluentResource(readFileSync(file, "utf8")))).toEqual([]);
  const text = (id: string, values: Record<string, unknown> = {}): string => {
    const pattern = bundle.getMessage(id)?.value;
    if (!pattern) throw new Error(`no text ${id} in ${language}`);
    return bundle.formatPattern(pattern, values as Record<string, string | number>);
  };
  return new Words(language, text, (code) => (code === "JP-05" ? "Akita" : code), "Asia/Tokyo");
}

const area = (code: string, probability: number, arrival: number): AreaWarning => ({ code, probability, arrival });

function warning(id: string, change: Partial<WarningProduct> = {}, view: Partial<WarningView> = {}): WarningView {
  const areas = [area("JP-05", 0.97, NOW + 300)];
  return warningView(id, NOW, { events: ["~JPN/E1"], areas, revision: 1, ...change }, view);
}

function event(id: string, change: Partial<EventView> = {}): EventView {
  return {
    event: id,
    basis: "shared",
    owners: ["JPN"],
    launch: null,
    launches: new Map(),
    objects: [],
    warnings: [],
    acknowledged: null,
    shelvedUntil: null,
    ended: false,
    urgency: 0,
    since: NOW,
    ...change,
  };
}

function picture(events: EventView[], warnings: WarningView[] = []): PictureState {
  const state = emptyPicture("exercise", "JPN");
  for (const one of events) state.events.set(one.event, one);
  for (const one of warnings) state.warnings.set(one.warning, one);
  return state;
}

describe("countdowns and times", () => {
  const words = wordsIn("en");

  it("counts down in the two largest units", () => {
    expect(words.duration(45)).toBe("45 s");
    expect(words.duration(250.4)).toBe("4 min 10 s");
    expect(words.duration(-4320)).toBe("1 h 12 min");
    expect(words.duration(59.6)).toBe("1 min 0 s");
  });

  it("tells local time and UTC, and says when it may come at any moment", () => {
    expect(words.clock(NOW)).toBe("10:00:00 (01:00:00\u00A0UTC)");
    expect(words.arrival(NOW + 250, NOW)).toContain("in 4 min 10 s");
    expect(words.arrival(NOW + 59, NOW)).toContain("at any moment");
    expect(words.arrival(NOW - 30, NOW)).toContain("at any moment");
  });

  it("never rounds a chance to never or to surely", () => {
    expect(words.probability(0.004)).toBe("< 1%");
    expect(words.probability(0.997)).toBe("> 99%");
    expect([words.probability(0), words.probability(1), words.probability(0.5)]).toEqual(["0%", "100%", "50%"]);
  });

  it("gives places with hemispheres, also across the date line", () => {
    expect(words.position({ latitude_deg: -12.5, longitude_deg: 190 })).toBe("12.50°S 170.00°W");
  });

  it("counts what a list leaves out", () => {
    expect(words.listing(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
    expect(words.listing([])).toBe("None");
  });

  it.each(["ko", "ja", "ar"] as const)("uses the same digits in %s", (language) => {
    expect(wordsIn(language).arrival(NOW + 250, NOW)).toMatch(/10:00:00|10:04:10/);
  });
});

describe("events in the list", () => {
  it("go by urgency, and an ended one only leaves when the reader hides it", () => {
    const state = picture([
      event("late", { urgency: 5 }),
      event("over", { urgency: 9, ended: true }),
      event("near", { urgency: 1 }),
    ]);
    const all = listed(state, FILTER, () => "");
    expect(all.shown.map((one) => one.event)).toEqual(["near", "late", "over"]);
    const some = listed(state, { ...FILTER, ended: false }, () => "");
    expect([some.shown.length, some.hiddenEnded]).toEqual([2, 1]);
  });

  it("are found by words and by owner, whatever the case", () => {
    const state = picture([event("a", { owners: ["KOR"] }), event("b")]);
    expect(listed(state, { ...FILTER, text: " AKITA " }, (one) => (one.event === "b" ? "Akita" : "")).shown).toEqual([
      state.events.get("b"),
    ]);
    const korean = listed(state, { ...FILTER, owner: "KOR" }, () => "");
    expect([korean.shown[0]?.event, korean.owners]).toEqual(["a", ["JPN", "KOR"]]);
  });

  it("show our own areas first, then the earliest; once each; ended warnings threaten nobody", () => {
    const one = event("~JPN/E1", { warnings: ["w1", "w2", "w3", "gone"] });
    const state = picture(
      [one],
      [
        warning("w1", { areas: [area("JP-02", 0.2, NOW + 400), area("JP-05", 0.9, NOW + 300)] }),
        warning("w2", { areas: [area("JP-05", 0.4, NOW + 200)], hazard: "debris" }),
        warning("w3", { authority: "KOR", areas: [area("KR-11", 0.4, NOW + 10)] }),
        warning(
          "gone",
          { areas: [area("JP-13", 0.9, NOW + 5)], status: "cancel", reason: "error" },
          { state: "ended" },
        ),
      ],
    );
    expect(threats(one, state).map((threat) => [threat.area.code, threat.area.arrival - NOW])).toEqual([
      ["JP-05", 200],
      ["JP-02", 400],
      ["KR-11", 10],
    ]);
  });

  it("show what partners warn, with who warns there, and do not end while somebody is in danger", () => {
    const product = warning("p", { authority: "USA", areas: [area("US-HI", 0.6, NOW + 100)] }).product;
    const state = picture([event("~JPN/E1")]);
    state.partnerWarnings.set("p", { owner: "USA", product } as never);
    const one = state.events.get("~JPN/E1")!;
    expect(threats(one, state)).toMatchObject([{ authority: "USA", own: false, pending: false, area: { code: "US-HI" } }]);
    expect(badges(one, state, NOW)).toEqual(["danger"]);
    state.partnerWarnings.set("p", { owner: "USA", product: { ...product, status: "all-clear" } } as never);
    expect(threats(one, state)).toEqual([]);
  });

  it("carry words for what they are, and an old shelving is over", () => {
    const one = event("~JPN/E1", { warnings: ["w1", "w2"], shelvedUntil: NOW + 60 });
    const state = picture([one], [warning("w1", { fallen: true }), warning("w2", {}, { state: "pending" })]);
    expect(badges(one, state, NOW)).toEqual(["own-area", "fallen", "pending", "shelved"]);
    expect(badges(one, state, NOW + 61)).not.toContain("shelved");
    expect(badges(event("x", { ended: true }), state, NOW)).toEqual(["ended"]);
  });

  it("are named by the likeliest class of what is no spent stage", () => {
    const state = picture([]);
    const assessed = (object: string, classes: Record<string, number>): void => {
      state.objects.set(object, { object, assessment: { class: classes } } as never);
    };
    assessed("stage", { "spent-stage": 0.99, other: 0.01 });
    expect(likeliestClass(event("e", { objects: ["stage"] }), state)).toEqual(["spent-stage", 0.99]);
    assessed("rest", { "medium-range": 0.6, "short-range": 0.4 });
    expect(likeliestClass(event("e", { objects: ["stage", "rest"] }), state)).toEqual(["medium-range", 0.6]);
    expect(likeliestClass(event("e", { objects: ["unknown"] }), state)).toBeNull();
  });
});

describe("warnings", () => {
  const words = wordsIn("en");

  it("wait in the order of their deadlines, are out in the order of their arrival", () => {
    const pending = [
      warning("hold", {}, { state: "pending" }),
      warning("soon", {}, { state: "pending", deadline: NOW + 5 }),
      warning("later", {}, { state: "pending", deadline: NOW + 50 }),
    ];
    expect(inOrder(pending, "pending").map((view) => view.warning)).toEqual(["soon", "later", "hold"]);
    const open = [
      warning("none", { areas: [] }),
      warning("far", { areas: [area("JP-01", 1, NOW + 9)] }),
      warning("near", { areas: [area("JP-01", 1, NOW + 1)] }),
    ];
    expect(inOrder(open, "open").map((view) => view.warning)).toEqual(["near", "far", "none"]);
    expect(inOrder(open, "ended")).toEqual([]);
  });

  it("can be decided on while they wait, ended once they are out, and only spoken of after that", () => {
    const delivered = [{ channel: "feed", state: "sent" as const, at: NOW, detail: "" }];
    const acts = (view: Partial<WarningView>): string => actsOn(warning("w", {}, view)).join(" ");
    expect(acts({ state: "pending" })).toBe("approve reject acknowledge shelve note");
    expect(acts({ state: "pending", deliveries: delivered })).toContain("approve reject correct cancel clear");
    expect(acts({ state: "open" })).toBe("correct cancel clear acknowledge shelve note");
    expect(acts({ state: "ended", deliveries: delivered })).toBe("acknowledge note");
    expect(acts({ state: "ended", deliveries: delivered, again: warning("w").product })).toBe("reissue acknowledge note");
  });

  it("say what happens by itself", () => {
    const waiting = { state: "pending", needs: 2, deadline: NOW + 30, then: "send" } as const;
    expect(byItself(warning("w", {}, waiting), words, NOW)).toMatch(
      /^Goes out by itself at 10:00:30 \(01:00:30\u00A0UTC\), in 30 s, unless someone rejects it\.$/,
    );
    expect(byItself(warning("w", {}, waiting), words, NOW + 31)).toContain("goes out by itself now");
    expect(byItself(warning("w", {}, { ...waiting, then: "hold" }), words, NOW)).toContain("does not go out by itself");
  });

  it("say who has approved, and whether one more sends it", () => {
    const view = warning("w", {}, { state: "pending", needs: 2, approved_by: ["kim"] });
    expect(approvals(view, words)).toEqual(["2 different persons must approve it.", "Approved by kim"]);
    expect([completes(view), completes({ ...view, approved_by: [] })]).toEqual([true, false]);
  });

  it("are shown as they would be said, before they are", () => {
    const view = warning("w");
    const say = (what: Deed, areas?: string[]): string[] =>
      toBeSaid(what, view, areas).map((one) => headline(one, words));
    expect(say("approve")).toEqual(["Alert, impact: Akita"]);
    expect(say("cancel")).toEqual(["Cancelled: issued in error, impact: Akita"]);
    expect(say("clear")).toEqual(["All-clear, impact: Akita"]);
    expect(say("correct", ["JP-02"])).toEqual(["Cancelled: issued in error, impact: Akita", "Alert, impact: JP-02"]);
    expect(say("acknowledge")).toEqual([]);
    expect(say("reissue")).toEqual([]);
    // Its end named no area, as another warning held them all.
    const ended = warning("w", { areas: [] }, { state: "ended", again: { ...view.product, status: "pre-alert" } });
    expect(toBeSaid("reissue", ended).map((one) => headline(one, words))).toEqual(["Pre-alert, impact: Akita"]);
  });

  it("are told from the product alone, the likeliest area first", () => {
    const { product } = warning("w", {
      areas: [area("JP-02", 0.1, NOW + 90), area("JP-05", 0.9, NOW + 300)],
      lost: true,
      unseen: ["r1"],
    });
    expect(headline(product, words)).toBe("Alert, impact: Akita and JP-02");
    const said = statements(product, words, NOW);
    expect(said[0]).toContain("in 1 min 30 s");
    expect(said.slice(1).join()).toMatch(/prediction from the last track.*1 sensor is silent/);
    const over = statements({ ...product, status: "all-clear", reason: "passed" }, words, NOW);
    expect(over[0]).toBe("It has passed");
    expect(over.join()).toContain("silent");
    expect(over.join()).not.toContain("arrive");
  });
});

describe("reasons", () => {
  it("are those that the alerts give", () => {
    const source = readFileSync(join(import.meta.dirname, "../../../src/nadhir/alerts/life.py"), "utf8");
    for (const line of Object.keys(REASONS)) expect(source).toContain(`"${line}"`);
  });

  it.each(["en", "ko", "ja", "ar"] as const)("have words in %s, figures too", (language) => {
    const words = wordsIn(language);
    for (const line of Object.keys(REASONS)) expect(reasonInWords(line, words)).toBeTruthy();
    expect(reasonInWords("JP-05: arrival moved by -20 s", words)).toContain(words.duration(20));
    expect(reasonInWords("JP-05: from 0.120 to 0.640", words)).toContain(words.probability(0.64));
    expect(reasonInWords("adds JP-05, JP-02; drops JP-13", words)).toContain("JP-13");
    expect(reasonInWords("something new", words)).toBeNull();
  });
});

describe("timeline", () => {
  it.each(["en", "ko", "ja", "ar"] as const)("has words for each of the node's keys in %s", (language) => {
    const source = readFileSync(join(import.meta.dirname, "../../../src/nadhir/console/timeline.py"), "utf8");
    const keys = [...source.matchAll(/"(timeline-[a-z-]+)"/g)].map((match) => match[1]!);
    expect(keys.length).toBeGreaterThan(8);
    const words = wordsIn(language);
    const values = { owner: "KOR", object: "~JPN/O1", phase: "coast", class: "medium-range", probability: 0.6, latitude_deg: 1,
      longitude_deg: 2, semi_major_m: 12_000, time: NOW, warning: "W1", revision: 2, status: "alert", hazard: "impact", areas: 2,
      reason: "passed", operator: "kim", what: "approve", note: "seen" }; // prettier-ignore
    for (const key of keys) {
      const said = entryInWords({ at: NOW, key, arguments: values }, words);
      expect(said).not.toMatch(/\{|undefined|JPN\//);
    }
  });

  it("tells what was dropped from what ended, and a note where there is one", () => {
    const words = wordsIn("en");
    const say = (key: string, values: Record<string, string>): string =>
      entryInWords({ at: NOW, key, arguments: values }, words);
    expect(say("timeline-warning-ended", { warning: "W1", reason: "" })).toBe("Warning W1 was not sent");
    expect(say("timeline-warning-ended", { warning: "W1", reason: "passed" })).toContain("It has passed");
    expect(say("timeline-act", { operator: "kim", what: "note", note: "calm" })).toBe("kim: note – calm");
    expect(say("timeline-act", { operator: "kim", what: "approve", note: "" })).toBe("kim: approved");
  });
});

describe("hand-over", () => {
  it("names all that is open, and says so when nothing is", () => {
    const state = picture(
      [event("~JPN/E1", { warnings: ["w1"] }), event("~JPN/E2", { ended: true })],
      [warning("w1"), warning("w2", {}, { state: "pending" })],
    );
    const silent = [{ sensor: { id: "radar-1" }, silent: true }] as SensorView[];
    const open = openMatters(state, silent, NOW);
    expect(open).toEqual({
      pending: ["w2"],
      out: ["w1"],
      events: ["E1"],
      shelved: [],
      unacknowledged: ["E1"],
      silent: ["radar-1"],
    });
    expect(openLines(open, wordsIn("en")).join("\n")).toBe(
      "Waits for approval: w2\nWarnings that are out: w1\nEvents in progress: E1\nNot acknowledged: E1\nSilent sensors: radar-1",
    );
    expect(openLines(openMatters(picture([]), [], NOW), wordsIn("en"))[0]).toContain("Nothing is open");
  });
});

describe("operator log", () => {
  const mark = (sequence: number, change: Partial<Mark> = {}): Mark => ({
    sequence,
    time: NOW,
    at: NOW,
    operator: "kim",
    what: "note",
    subject: "w1",
    revision: null,
    note: "",
    until: null,
    refused: null,
    ...change,
  });

  it("holds each entry once, the newest first, and is searched", () => {
    expect(merged([mark(1), mark(2)], [mark(2), mark(3)]).map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
    const marks = [mark(1, { note: "Radar 2 looked at" }), mark(2, { what: "approve", operator: "lee" })];
    expect(found(marks, "", "radar")).toEqual([marks[0]]);
    expect(found(marks, "approve", "LEE")).toEqual([marks[1]]);
    expect(found(marks, "approve", "radar")).toEqual([]);
  });
});

it("causes are told by how often they were met; those never met are not", () => {
  expect(counted({ late: 2, broken: 7, never: 0 })).toEqual([
    ["broken", 7],
    ["late", 2],
  ]);
});

it("people see an id without its owner", () => {
  expect([shortName("~JPN/0f2b-1"), shortName("E1")]).toEqual(["0f2b-1", "E1"]);
});
