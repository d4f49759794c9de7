import { describe, expect, test } from "vitest";
import { FIRST_VIEW } from "../state/address.ts";
import { warningView } from "../state/made-up.ts";
import { apply, emptyPicture, type PictureState } from "../state/picture.ts";
import type { ImpactProduct, Item, News, Product, WarningProduct, WarningView } from "../state/types.ts";
import { dangers } from "./dangers.ts";
import { boundsToShow, contains, eventPlaces, ownPlaces, placesToWatch } from "./framing.ts";
import { listing } from "./list.ts";
import { type AreaCollection, Outlines } from "./outlines.ts";
import { ownerDash } from "./palette.ts";
import { pathAhead } from "./paths.ts";
import { heightAt, profileOf, ticks } from "./profile.ts";
import { type Given, sceneOf, type SensorState, shrinking, signOf, unseen } from "./scene.ts";
import { MapWords } from "./words.ts";

const NOW = 1000;
const SQUARE = [[[139, 39], [141, 39], [141, 41], [139, 41], [139, 39]]];
const AREAS: AreaCollection = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      properties: { code: "JP-05", level: "district", names: { en: "Akita", ja: "秋田県" } },
      geometry: { type: "Polygon", coordinates: SQUARE },
    },
  ],
};
const RADAR: SensorState = {
  owner: "JPN",
  silent: false,
  sensor: {
    id: "JPN-R",
    kind: "radar",
    position: { latitude_deg: 40, longitude_deg: 140, height_m: 0 },
    coverage: { max_range_m: 1e6, min_elevation_deg: 2 },
  },
};

let sequence = 0;
function tell(picture: PictureState, product: Product, basis: Item["basis"] = "shared", owner = "JPN"): void {
  sequence += 1;
  const names = { event: "E", object: "object" in product ? product.object : null };
  const data = { sequence, at: product.issued, basis, owner, classification: "UNCLASSIFIED", ...names, product } as Item;
  apply(picture, { kind: "item", sequence, data } as News);
}

function warn(picture: PictureState, change: Partial<WarningProduct>, state: WarningView["state"] = "open"): void {
  sequence += 1;
  const areas = [{ code: "JP-05", probability: 0.9, arrival: NOW + 200 }];
  const data = warningView(`W${sequence}`, NOW, { events: ["E"], objects: ["O"], areas, ...change }, { sequence, state });
  apply(picture, { kind: "warning", sequence, data });
}

const impact = (size_m: number, change: Partial<ImpactProduct> = {}): ImpactProduct => ({
  kind: "impact",
  object: "O",
  event: "E",
  phase: "coast",
  issued: NOW,
  time: NOW + 780,
  time_sigma_s: 4,
  latitude_deg: 40,
  longitude_deg: 140,
  ellipse_90: { semi_major_m: size_m, semi_minor_m: size_m / 2, azimuth_deg: 20 },
  ...change,
});

/** One event: a launch, an object in flight, its impact. */
function picture(): PictureState {
  const state = emptyPicture("exercise", "JPN");
  tell(state, {
    kind: "launch",
    event: "E",
    issued: NOW - 200,
    status: "report",
    time: NOW - 250,
    time_sigma_s: 2,
    latitude_deg: 40.8,
    longitude_deg: 129.6,
    ellipse_90: { semi_major_m: 4000, semi_minor_m: 3000, azimuth_deg: 0 },
    looks: [],
  });
  for (const time of [NOW - 2, NOW - 1]) {
    tell(state, {
      kind: "track",
      object: "O",
      event: "E",
      issued: time,
      time,
      phase: "coast",
      position_m: [-3154408.8 - 1000 * (NOW - time), 3813025.3, 4243648.5],
      velocity_mps: [-3514, 326, 1093],
      covariance: Array.from({ length: 21 }, (_, k) => ([0, 6, 11].includes(k) ? 1e4 : [15, 18, 20].includes(k) ? 9 : 0)),
      ballistic: true,
      biased: false,
      parting: null,
      burnout_time: NOW - 150,
      owners: ["JPN", "KOR"],
    });
  }
  tell(state, impact(9000));
  return state;
}

function given(state: PictureState, change: Partial<Given> = {}): Given {
  return {
    picture: state,
    view: FIRST_VIEW,
    now: NOW,
    outlines: new Outlines(AREAS),
    sensors: [RADAR],
    coverageHeight_m: 100e3,
    words: new MapWords((id, values) => `${id} ${Object.values(values ?? {}).join(" ")}`.trim(), "en"),
    ...change,
  };
}

describe("the scene", () => {
  test("has an object with trail, path ahead and impact, and its launch", () => {
    const scene = sceneOf(given(picture()));
    expect(scene.objects.map((mark) => mark.sign)).toEqual(["coast"]);
    expect(scene.objects[0]?.label).toContain("O JPN+KOR");
    expect(scene.trails[0]?.points).toHaveLength(2);
    const path = scene.paths[0]?.points ?? [];
    expect(path.length).toBeGreaterThan(5);
    expect(path.at(-1)).toEqual([140, 40]);
    expect(scene.ellipses.map((mark) => mark.id)).toEqual(["launch E", "impact O"]);
    expect(scene.places.find((mark) => mark.id === "impact O")?.label).toBe("map-label-impact 13:00 8");
  });

  test("ends a path at the published impact, even where it would fly on", () => {
    const state = picture();
    tell(state, impact(9000, { issued: NOW + 1, time: NOW + 300 }));
    const path = pathAhead(state.objects.get("O")!);
    expect(path.at(-1)?.slice(0, 4)).toEqual([NOW + 300, 140, 40, 0]);
    expect(path.every((point, k) => k === 0 || point[0] > path[k - 1]![0])).toBe(true);
  });

  test("gives nothing ahead in boost, where the motor decides", () => {
    const state = picture();
    const before = state.objects.get("O")!;
    state.objects.set("O", { ...before, phase: "boost" });
    expect(sceneOf(given(state)).paths).toEqual([]);
  });

  test("tells danger by tone, hatching and word", () => {
    const state = picture();
    warn(state, {});
    const scene = sceneOf(given(state));
    expect(scene.objects[0]?.tone).toBe("danger");
    expect(scene.districts).toMatchObject([{ id: "district JP-05", hatch: "alert", tone: "danger", dash: "solid" }]);
    expect(scene.places.find((mark) => mark.id === "district JP-05")?.label).toBe("Akita\nmap-danger-alert\nmap-label-arrival 3:20");
  });

  test("says that a track is lost, and how old what is shown is", () => {
    const state = picture();
    const before = state.objects.get("O")!;
    state.objects.set("O", { ...before, phase: "lost", lost: true });
    const [mark] = sceneOf(given(state, { now: NOW + 59 })).objects;
    expect(mark?.sign).toBe("lost");
    expect(mark?.label).toContain("map-label-lost 1:00");
  });

  test("keeps a partner's data apart by dash and name", () => {
    const state = picture();
    tell(state, impact(20_000), "partner", "KOR");
    const chosen = { ...FIRST_VIEW, selection: "E" };
    const scene = sceneOf(given(state, { view: chosen }));
    const other = scene.ellipses.find((mark) => mark.id.startsWith("impact partner KOR"));
    expect(other?.dash).not.toBe("solid");
    expect(scene.places.some((mark) => mark.label === "KOR")).toBe(true);
    expect(sceneOf(given(state)).ellipses.some((mark) => mark.id.includes("KOR"))).toBe(false);
  });

  test("shows only what the filter lets through, and what is selected", () => {
    const hidden = { ...FIRST_VIEW, filter: { ...FIRST_VIEW.filter, owner: "USA" } };
    expect(sceneOf(given(picture(), { view: hidden })).objects).toEqual([]);
    expect(sceneOf(given(picture(), { view: { ...hidden, object: "O" } })).objects.length).toBeGreaterThan(0);
  });

  test("hatches what a silent radar would see; in the past only what warnings said then", () => {
    const silent = [{ ...RADAR, silent: true }];
    const state = picture();
    expect(sceneOf(given(state)).coverage).toMatchObject([{ hatch: null }]);
    expect(sceneOf(given(state, { sensors: silent })).coverage).toMatchObject([{ hatch: "blind" }]);
    const past = { ...FIRST_VIEW, at: NOW };
    expect([...unseen({ picture: state, view: past, sensors: silent })]).toEqual([]);
    warn(state, { unseen: ["JPN-R"] });
    expect([...unseen({ picture: state, view: past, sensors: silent })]).toEqual(["JPN-R"]);
  });

  test("takes what did not change by identity, so that it need not be drawn anew", () => {
    const state = picture();
    const [one, two] = [sceneOf(given(state)), sceneOf(given(state, { now: NOW + 1 }))];
    expect(two.trails[0]?.points).toBe(one.trails[0]?.points);
    expect(two.ellipses[1]?.polygons).toBe(one.ellipses[1]?.polygons);
  });
});

test("a spent stage and a satellite are told by their shape", () => {
  const object = picture().objects.get("O")!;
  const assessment = { kind: "assessment", object: "O", event: "E", issued: NOW, reaches_orbit: 0 } as const;
  const rest = { apogee_m: null, apogee_sigma_m: null, apogee_time: null };
  expect(signOf({ ...object, assessment: { ...assessment, ...rest, class: { "spent-stage": 0.7, other: 0.3 } } })).toBe("stage");
  expect(signOf({ ...object, phase: "orbit", assessment: { ...assessment, ...rest, class: { satellite: 1 } } })).toBe("satellite");
});

describe("former impact ellipses", () => {
  test("are those clearly larger than what came after them", () => {
    const sizes = [100e3, 60e3, 50e3, 30e3, 12e3].map((size) => impact(size));
    expect(shrinking(sizes, impact(9000)).map(({ ellipse_90 }) => ellipse_90.semi_major_m)).toEqual([100e3, 50e3, 30e3]);
    expect(shrinking([impact(5000)], impact(9000))).toEqual([]);
  });
});

describe("danger to a district", () => {
  test("is the gravest that is said of it, with its earliest arrival", () => {
    const state = picture();
    warn(state, { status: "pre-alert" });
    warn(state, { areas: [{ code: "JP-05", probability: 0.5, arrival: NOW + 90 }] });
    warn(state, {});
    expect(dangers(state, NOW).get("JP-05")).toMatchObject({ word: "alert", arrival: NOW + 90 });
  });

  test("stays when it has fallen on land, and goes some time after an end", () => {
    const state = picture();
    warn(state, { status: "all-clear", reason: "passed" }, "ended");
    expect(dangers(state, NOW).get("JP-05")).toMatchObject({ word: "all-clear", hatch: null, arrival: null });
    expect(dangers(state, NOW + 1000).size).toBe(0);
    warn(state, { status: "update", fallen: true });
    expect(dangers(state, NOW + 1e6).get("JP-05")).toMatchObject({ word: "fallen", hatch: "alert" });
  });

  test("that waits for approval, or is a partner's, is not shown as an alert", () => {
    const state = picture();
    warn(state, {}, "pending");
    expect(dangers(state, NOW).get("JP-05")).toMatchObject({ word: "pending", pending: true });
  });
});

describe("framing", () => {
  const outlines = new Outlines(AREAS);

  test("begins with the areas that we warn, or with our radars where we warn none", () => {
    expect(boundsToShow(ownPlaces(["JP-05"], [RADAR], "JPN", outlines))).toEqual([139, 39, 141, 41]);
    const { longitude_deg, latitude_deg } = RADAR.sensor.position;
    expect(ownPlaces([], [RADAR], "JPN", outlines)).toEqual([[longitude_deg, latitude_deg]]);
    expect(ownPlaces([], [RADAR], "KOR", outlines)).toEqual([]);
  });

  test("takes in an event only when it threatens us", () => {
    const state = picture();
    const own = ownPlaces(["JP-05"], [RADAR], "JPN", outlines);
    expect(placesToWatch(state, NOW, own, outlines)).toEqual(own);
    warn(state, {});
    const bounds = boundsToShow(placesToWatch(state, NOW, own, outlines));
    expect(bounds[0]).toBeCloseTo(129.6);
    expect(eventPlaces(state.events.get("E")!, state, NOW, outlines)).toContainEqual([140, 40]);
  });

  test("knows what lies within what, over the date line too", () => {
    expect(contains([170, -10, 190, 10], [-178, 0, -175, 5])).toBe(true);
    expect(contains([170, -10, 190, 10], [160, 0, 165, 5])).toBe(false);
  });
});

describe("outlines", () => {
  test("find the middle of an area and its name", () => {
    const outlines = new Outlines(AREAS);
    expect(outlines.middle("JP-05")).toEqual([140, 40]);
    expect([outlines.name("JP-05", "ja"), outlines.name("JP-05", "ar"), outlines.name("XX", "en")]).toEqual(["秋田県", "Akita", "XX"]);
  });
});

test("the list says the same in words", () => {
  const state = picture();
  warn(state, {});
  const { districts, objects, launches, sensors } = listing(given(state));
  expect(districts[0]?.text).toBe("map-list-district Akita map-danger-alert map-label-arrival 3:20");
  expect(objects[0]?.text).toContain("map-list-impact map-place 40.00 140.00 north east 13:00 8 18 9");
  expect(objects[0]?.pick).toEqual({ event: "E", object: "O" });
  expect([launches.length, sensors.length]).toEqual([1, 1]);
});

describe("the chart", () => {
  test("runs from the launch to the impact with its marks", () => {
    const state = picture();
    const profile = profileOf(state.objects.get("O")!, state.events.get("E"))!;
    expect([profile.from, profile.to, profile.since]).toEqual([NOW - 250, NOW + 780, "launch"]);
    expect(profile.within?.height_m).toBeCloseTo(164.5, 1);
    expect(profile.marks.map(({ kind }) => kind)).toEqual(["burnout", "apogee", "impact"]);
    expect(profile.marks[2]?.within_s).toBeCloseTo(6.58);
    expect(profileOf({ ...state.objects.get("O")!, trail: [] }, undefined)).toBeNull();
  });

  test("has heights between its points only", () => {
    const points = [[0, 0, 0, 100, 1], [10, 0, 0, 200, 1]] as [number, number, number, number, number][];
    expect([heightAt(points, 5), heightAt(points, 11), heightAt(points, -1)]).toEqual([150, null, null]);
  });

  test("has round numbers beside it", () => {
    expect(ticks(310, 4)).toEqual([0, 100, 200, 300]);
    expect(ticks(2.4, 4)).toEqual([0, 1, 2]);
    expect(ticks(0, 4)).toEqual([0]);
  });
});

test("each partner has a dash of its own, the nation's is solid", () => {
  const dashes = ["JPN", "KOR", "USA", "PHL"].map((owner) => ownerDash(owner, "JPN", ["KOR", "USA", "PHL", "JPN"]));
  expect(dashes[0]).toBe("solid");
  expect(new Set(dashes).size).toBe(4);
});

test("times and figures of the map", () => {
  const words = new MapWords((id) => `\u2068${id}\u2069`, "en");
  expect([words.duration(200), words.duration(-5), words.duration(3725)]).toEqual(["3:20", "0:05", "1:02:05"]);
  expect([words.figure(0.00432), words.number(1.26), words.text("x")]).toEqual(["0.0043", "1.3", "x"]);
});
