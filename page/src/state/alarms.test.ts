import { describe, expect, it } from "vitest";

import { Alarms } from "./alarms.ts";
import { item, launch, mark, warning } from "./made-up.ts";
import { apply, emptyPicture } from "./picture.ts";
import type { News } from "./types.ts";

function heard(alarms: Alarms, ...news: News[]) {
  const picture = emptyPicture("exercise", "JPN");
  return news.map((one) => {
    const found = alarms.see(picture, one);
    apply(picture, one);
    return found.map(({ first, own, end }) => `${own ? "own" : "other"} ${end ? "end" : first ? "first" : "change"}`).join();
  });
}

const area = (code: string) => ({ code, probability: 0.5, arrival: 300 });

describe("alarms", () => {
  it("sound once for a launch, whoever tells of it", () => {
    const told = heard(
      new Alarms(),
      item(1, launch("e", 1)),
      item(2, launch("e", 2, { status: "update" })),
      item(3, launch("k", 3), { basis: "partner", owner: "KOR", event: "e" }),
    );
    expect(told).toEqual(["other first", "", ""]);
  });

  it("sound for our areas once, and again on what people must know", () => {
    const told = heard(
      new Alarms(),
      warning("w", "e", 1, { status: "pre-alert", areas: [area("JP-01")] }),
      warning("w", "e", 2, { status: "pre-alert", areas: [{ ...area("JP-01"), probability: 0.9 }] }),
      warning("w", "e", 3, { status: "alert", areas: [area("JP-01")] }),
      warning("w", "e", 4, { status: "update", areas: [area("JP-01"), area("JP-02")] }),
      warning("w", "e", 5, { status: "update", areas: [area("JP-02")] }),
      warning("w", "e", 6, { status: "update", areas: [area("JP-02")], fallen: true }),
      warning("w", "e", 7, { status: "all-clear", areas: [], reason: "passed" }, "ended"),
      warning("w", "e", 8, { status: "all-clear", areas: [], reason: "passed" }, "ended"),
    );
    expect(told).toEqual(["own first", "", "own change", "own change", "", "own change", "own end", ""]);
  });

  it("sound when a page opens on danger that nobody has acknowledged, and not again when it is loaded anew", () => {
    const picture = emptyPicture("exercise", "JPN");
    for (const news of [warning("w", "e", 1), warning("v", "f", 1), mark("acknowledge", "f", 2)]) apply(picture, news);
    const alarms = new Alarms();
    expect(alarms.begin(picture).map((alarm) => alarm.event)).toEqual(["e"]);
    expect(alarms.begin(picture)).toEqual([]);
    expect(new Alarms(alarms.told).begin(picture)).toEqual([]);
  });

  it("do not sound for a launch that is withdrawn, nor one that was there before", () => {
    const picture = emptyPicture("exercise", "JPN");
    apply(picture, item(1, launch("old", 1)));
    const alarms = new Alarms();
    alarms.begin(picture);
    expect(alarms.see(picture, item(2, launch("old", 2)))).toEqual([]);
    expect(alarms.see(picture, item(2, launch("new", 2, { status: "withdrawn" })))).toEqual([]);
  });
});
