/**
 * What the map shows, from the picture: areas, lines and points with what they mean, not yet drawn. Pure: the same picture
 * at the same time gives the same scene, live or scrubbed, on every kind of map.
 */

import { shortName } from "../state/names.ts";
import { geodetic } from "../state/geodetic.ts";
import type { View } from "../state/address.ts";
import { type EventView, isEnd, likeliest, type ObjectView, type PictureState, type TrailPoint } from "../state/picture.ts";
import type { ImpactProduct, LaunchProduct } from "../state/types.ts";
import { type Danger, dangers } from "./dangers.ts";
import { footprint, type Seeing } from "./footprint.ts";
import type { Outlines } from "./outlines.ts";
import { type Dash, ownerDash, type Tone } from "./palette.ts";
import { pathAhead } from "./paths.ts";
import { remembered } from "./remembered.ts";
import type { Hatch, Sign } from "./signs.ts";
import { continuous, ellipseRing, type LonLat } from "./sphere.ts";
import type { MapWords } from "./words.ts";

/** What a click on it selects. */
export interface Choice {
  event: string | null;
  object: string | null;
}

export interface AreaMark {
  id: string;
  /** Polygons, each a list of closed rings. */
  polygons: LonLat[][][];
  tone: Tone;
  /** Opacity of the plain fill, 0 for none. */
  fill: number;
  hatch: Hatch | null;
  hatchOpacity: number;
  width: number;
  opacity: number;
  dash: Dash;
  pick: Choice | null;
}

export interface LineMark {
  id: string;
  points: LonLat[];
  tone: Tone;
  width: number;
  opacity: number;
  dash: Dash;
  pick: Choice | null;
}

export interface PointMark {
  id: string;
  at: LonLat;
  sign: Sign | null;
  tone: Tone;
  label: string;
  /** Lower ones keep their label where two would overlap. */
  order: number;
  pick: Choice | null;
}

/** Everything on the map, from the lowest to the highest. */
export interface Scene {
  coverage: AreaMark[];
  districts: AreaMark[];
  ellipses: AreaMark[];
  paths: LineMark[];
  trails: LineMark[];
  places: PointMark[];
  objects: PointMark[];
}

/** A sensor as the node tells of it. */
export interface SensorState {
  sensor: Seeing & { id: string };
  owner: string;
  silent: boolean;
}

export interface Given {
  picture: PictureState;
  view: View;
  /** Node time that is shown. */
  now: number;
  outlines: Outlines;
  sensors: readonly SensorState[];
  /** Sensors' coverage is drawn for objects at this height; null draws none. */
  coverageHeight_m: number | null;
  words: MapWords;
}

/** Trail points of an object that is not selected. */
const SHORT_TRAIL = 30;
/** Former impact ellipses are drawn where each is so much larger than the next. */
const SHRUNK = 1.4;
/** A state older than this is said to be. */
const STALE_S = 5;
const FORMER_ELLIPSES = 6;

export function sceneOf(given: Given): Scene {
  const found = dangers(given.picture, given.now);
  const shown = [...given.picture.objects.values()].filter((object) => isShown(object, given));
  const events = [...given.picture.events.values()].filter((event) => isEventShown(event, given));
  return {
    coverage: coverageOf(given),
    districts: [...found.values()].flatMap((danger) => districtOf(danger, given)),
    ellipses: [...events.flatMap((event) => launchEllipses(event, given)), ...shown.flatMap((o) => impactEllipses(o, given))],
    paths: shown.flatMap((object) => pathOf(object, given)),
    trails: shown.flatMap((object) => trailOf(object, given)),
    places: [
      ...sensorsOf(given),
      ...events.flatMap((event) => launchPlaces(event, given)),
      ...shown.flatMap((object) => impactPlaces(object, given)),
      ...[...found.values()].flatMap((danger) => districtLabel(danger, given)),
    ],
    objects: shown.flatMap((object) => objectPoints(object, given)),
  };
}

/** Sensors that cannot be relied on at the time shown: silent now, or said to be by a warning of that time. */
export function unseen({ picture, view, sensors }: Omit<Given, "now" | "outlines" | "words" | "coverageHeight_m">): Set<string> {
  const said = [...picture.warnings.values()].filter((warning) => warning.state === "open");
  const silent = view.at === null ? sensors.filter((sensor) => sensor.silent).map(({ sensor }) => sensor.id) : [];
  return new Set([...silent, ...said.flatMap((warning) => warning.product.unseen)]);
}

function isEventShown(event: EventView, { view }: Given): boolean {
  if (view.selection === event.event) return true;
  const { owner, ended } = view.filter;
  return (ended || !event.ended) && (owner === null || event.owners.includes(owner));
}

export function isShown(object: ObjectView, given: Given): boolean {
  if (given.view.object === object.object) return true;
  const event = object.event === null ? undefined : given.picture.events.get(object.event);
  if (event && !isEventShown(event, given)) return false;
  return given.view.filter.owner === null || object.owners.includes(given.view.filter.owner);
}

export function isSelected(object: ObjectView, view: View): boolean {
  return view.object === object.object || (view.object === null && view.selection !== null && view.selection === object.event);
}

// Objects

/** What an object is told apart by: shape for what it does or is, tone for what it threatens. */
export function signOf(object: ObjectView): Sign {
  const kind = likeliest(object);
  if (object.phase === "lost" || object.phase === "down") return object.phase;
  if (kind === "spent-stage") return "stage";
  if (kind === "satellite") return "satellite";
  return object.phase;
}

/** Whether an open warning names the object: danger on the ground, or overhead. */
export function toneOf(object: ObjectView, picture: PictureState): Tone {
  let tone: Tone = likeliest(object) === "spent-stage" ? "stage" : "object";
  for (const warning of picture.warnings.values()) {
    if (warning.state === "ended" || isEnd(warning.product) || !warning.product.objects.includes(object.object)) continue;
    if (warning.product.hazard !== "overflight") return "danger";
    tone = "caution";
  }
  return tone;
}

function objectPoints(object: ObjectView, { picture, view, now, words }: Given): PointMark[] {
  const { track } = object;
  if (!track) return [];
  const { longitude_deg, latitude_deg, height_m } = geodetic(track.position_m);
  const tone = toneOf(object, picture);
  const chosen = isSelected(object, view);
  const pick = { event: object.event, object: object.object };
  const said = [`${shortName(object.object)} ${object.owners.join("+")}`];
  if (chosen) {
    const speed = Math.hypot(...track.velocity_mps) / 1000;
    said.push(words.text("map-label-state", { height: Math.round(height_m / 1000), speed: Number(speed.toFixed(1)) }));
  }
  if (object.lost) said.push(words.text("map-label-lost", { age: words.duration(now - track.time) }));
  else if (now - track.time > STALE_S && !["down", "orbit"].includes(object.phase)) {
    said.push(words.text("map-label-old", { age: words.duration(now - track.time) }));
  }
  const at: LonLat = [longitude_deg, latitude_deg];
  const mark: PointMark = {
    id: `object ${object.object}`,
    at,
    sign: signOf(object),
    tone,
    label: said.join("\n"),
    order: chosen ? 0 : tone === "danger" ? 1 : tone === "stage" ? 3 : 2,
    pick,
  };
  const ring: PointMark = { ...mark, id: `selected ${object.object}`, sign: "selected", tone: "ink", label: "" };
  return chosen ? [mark, ring, ...otherTracks(object, picture)] : [mark];
}

/** Where other owners' solutions have a selected object. */
function otherTracks(object: ObjectView, picture: PictureState): PointMark[] {
  return others(object).flatMap(({ owner, basis, track }) => {
    if (!track) return [];
    const { longitude_deg, latitude_deg } = geodetic(track.position_m);
    const id = `other ${basis} ${owner} ${object.object}`;
    const label = owner === picture.nation ? "" : owner;
    return [{ id, at: [longitude_deg, latitude_deg], sign: "other", tone: "ghost", label, order: 5, pick: null } as PointMark];
  });
}

function others(object: ObjectView) {
  return [...object.solutions.values()].filter((solution) => solution.track !== object.track || solution.impact !== object.impact);
}

const places = (points: readonly TrailPoint[]): LonLat[] =>
  continuous(points.map(([, longitude, latitude]) => [longitude, latitude] as LonLat));
const wholeTrail = remembered((trail: TrailPoint[]) => places(trail));
const shortTrail = remembered((trail: TrailPoint[]) => places(trail.slice(-SHORT_TRAIL)));
const pathPlaces = remembered((path: TrailPoint[]) => places(path));

function trailOf(object: ObjectView, given: Given): LineMark[] {
  const chosen = isSelected(object, given.view);
  if (object.trail.length < 2) return [];
  return [
    {
      id: `trail ${object.object}`,
      points: (chosen ? wholeTrail : shortTrail)(object.trail),
      tone: toneOf(object, given.picture),
      width: chosen ? 3 : 2,
      opacity: chosen ? 1 : 0.75,
      dash: dashOf(object, given),
      pick: { event: object.event, object: object.object },
    },
  ];
}

/** A partner's own solution has that owner's dash; what several say together, and our own, is solid. */
function dashOf(object: ObjectView, { picture }: Given): Dash {
  return object.basis === "partner" ? partnerDash(object.owners[0] ?? "", picture) : "solid";
}

function partnerDash(owner: string, picture: PictureState): Dash {
  const known = [...picture.events.values()].flatMap((event) => event.owners);
  return ownerDash(owner, picture.nation, known);
}

function pathOf(object: ObjectView, given: Given): LineMark[] {
  // Of what does not come down the path ahead tells little, and there may be hundreds.
  if (!object.impact && !isSelected(object, given.view)) return [];
  const ahead = pathAhead(object);
  if (ahead.length < 2) return [];
  return [
    {
      id: `path ${object.object}`,
      points: pathPlaces(ahead),
      tone: object.lost ? "ghost" : toneOf(object, given.picture),
      width: 2,
      opacity: 0.9,
      dash: "dotted",
      pick: { event: object.event, object: object.object },
    },
  ];
}

// Ellipses

function ellipse(id: string, product: ImpactProduct | LaunchProduct, look: Omit<AreaMark, "id" | "polygons">): AreaMark {
  return { id, polygons: ellipsePolygons(product), ...look };
}

const ellipsePolygons = remembered(({ longitude_deg, latitude_deg, ellipse_90 }: ImpactProduct | LaunchProduct) => {
  const { semi_major_m, semi_minor_m, azimuth_deg } = ellipse_90;
  return [[ellipseRing([longitude_deg, latitude_deg], semi_major_m, semi_minor_m, azimuth_deg)]];
});

const OUTLINE = { fill: 0, hatch: null, hatchOpacity: 0, width: 1.5, opacity: 1, dash: "solid", pick: null } as const;

function impactEllipses(object: ObjectView, given: Given): AreaMark[] {
  const { impact } = object;
  if (!impact) return [];
  const tone = toneOf(object, given.picture);
  const pick = { event: object.event, object: object.object };
  const former = shrinking(object.impacts, impact).map((earlier, index) =>
    ellipse(`former ${index} ${object.object}`, earlier, { ...OUTLINE, tone, width: 1, opacity: 0.35 }),
  );
  const present = ellipse(`impact ${object.object}`, impact, {
    ...OUTLINE,
    tone,
    fill: 0.22,
    width: 2.5,
    dash: dashOf(object, given),
    pick,
  });
  const apart = isSelected(object, given.view) ? others(object) : [];
  return [
    ...former,
    present,
    ...apart.flatMap(({ owner, basis, impact: other }) =>
      other
        ? [
            ellipse(`impact ${basis} ${owner} ${object.object}`, other, {
              ...OUTLINE,
              tone: "ghost",
              dash: partnerDash(owner, given.picture),
            }),
          ]
        : [],
    ),
  ];
}

/** The last former predictions, each clearly larger than the one after it, oldest first. */
export function shrinking(former: readonly ImpactProduct[], present: ImpactProduct): ImpactProduct[] {
  const size = ({ ellipse_90 }: ImpactProduct) => ellipse_90.semi_major_m * ellipse_90.semi_minor_m;
  const kept: ImpactProduct[] = [];
  let next = size(present);
  for (const earlier of former.toReversed()) {
    if (size(earlier) < next * SHRUNK * SHRUNK) continue;
    kept.unshift(earlier);
    next = size(earlier);
    if (kept.length === FORMER_ELLIPSES) break;
  }
  return kept;
}

function launchEllipses(event: EventView, { picture, view }: Given): AreaMark[] {
  const { launch } = event;
  if (!launch) return [];
  const tone: Tone = launch.status === "withdrawn" ? "ghost" : "launch";
  const pick = { event: event.event, object: null };
  const dash = event.basis === "partner" ? partnerDash(event.owners[0] ?? "", picture) : "solid";
  const own = ellipse(`launch ${event.event}`, launch, { ...OUTLINE, tone, fill: 0.15, width: 2, dash, pick });
  if (view.selection !== event.event) return [own];
  const apart = [...event.launches].filter(([, other]) => other !== launch);
  return [
    own,
    ...apart.map(([key, other]) =>
      ellipse(`launch ${key} ${event.event}`, other, {
        ...OUTLINE,
        tone: "ghost",
        dash: partnerDash(key.split(" ")[1] ?? "", picture),
      }),
    ),
  ];
}

// Places

function launchPlaces(event: EventView, { view, words }: Given): PointMark[] {
  const { launch } = event;
  if (!launch) return [];
  const withdrawn = launch.status === "withdrawn";
  return [
    {
      id: `launch ${event.event}`,
      at: [launch.longitude_deg, launch.latitude_deg],
      sign: "launch",
      tone: withdrawn ? "ghost" : "launch",
      label: words.text(withdrawn ? "map-label-withdrawn" : "map-label-launch", { time: words.clock(launch.time) }),
      order: view.selection === event.event ? 0 : 2,
      pick: { event: event.event, object: null },
    },
  ];
}

function impactPlaces(object: ObjectView, given: Given): PointMark[] {
  const { impact } = object;
  if (!impact) return [];
  const { now, picture, words } = given;
  const left = impact.time - now;
  const chosen = isSelected(object, given.view);
  // What several say, and our own, needs no name beside it.
  const whose = object.basis === "partner" ? ` ${object.owners.join("+")}` : "";
  const apart = chosen ? others(object).filter(({ impact: other, owner }) => other && owner !== picture.nation) : [];
  return [
    {
      id: `impact ${object.object}`,
      at: [impact.longitude_deg, impact.latitude_deg],
      sign: "impact",
      tone: toneOf(object, picture),
      label:
        (left > 0 && object.phase !== "down"
          ? words.text("map-label-impact", { left: words.duration(left), sigma: Math.ceil(2 * impact.time_sigma_s) })
          : words.text("map-label-down", { time: words.clock(impact.time) })) + whose,
      // What flies is named first.
      order: chosen ? 0.5 : 1,
      pick: { event: object.event, object: object.object },
    },
    ...apart.map(
      ({ owner, basis, impact: other }): PointMark => ({
        id: `impact ${basis} ${owner} ${object.object}`,
        at: [(other as ImpactProduct).longitude_deg, (other as ImpactProduct).latitude_deg],
        sign: null,
        tone: "ghost",
        label: owner,
        order: 4,
        pick: null,
      }),
    ),
  ];
}

// Sensors

function sensorsOf(given: Given): PointMark[] {
  const silent = unseen(given);
  return given.sensors.map(({ sensor, owner }) => {
    const blind = silent.has(sensor.id);
    return {
      id: `sensor ${sensor.id}`,
      at: [sensor.position.longitude_deg, sensor.position.latitude_deg],
      sign: blind ? (`${sensor.kind}-silent` as const) : sensor.kind,
      tone: blind ? "ghost" : "sensor",
      label: blind ? given.words.text("map-label-silent", { sensor: sensor.id, owner }) : `${sensor.id} ${owner}`,
      order: blind ? 2 : 6,
      pick: null,
    };
  });
}

function coverageOf(given: Given): AreaMark[] {
  const height = given.coverageHeight_m;
  if (height === null) return [];
  const silent = unseen(given);
  return given.sensors.flatMap(({ sensor, owner }) => {
    const blind = silent.has(sensor.id);
    // A satellite sees half the globe: only that it does not is worth an outline.
    const ring = sensor.kind === "radar" || blind ? footprint(sensor, height) : null;
    if (!ring) return [];
    return [
      {
        id: `coverage ${sensor.id}`,
        polygons: [[ring]],
        tone: blind ? "ghost" : "sensor",
        fill: blind || sensor.kind === "infrared" ? 0 : 0.05,
        hatch: blind && sensor.kind === "radar" ? "blind" : null,
        hatchOpacity: 0.4,
        width: 1,
        opacity: blind ? 0.9 : 0.6,
        dash: partnerDash(owner, given.picture),
        pick: null,
      },
    ];
  });
}

// Districts

function districtOf(danger: Danger, { outlines }: Given): AreaMark[] {
  const polygons = outlines.polygons(danger.code);
  if (!polygons) return [];
  return [
    {
      id: `district ${danger.code}`,
      polygons,
      tone: danger.tone,
      fill: danger.hatch ? 0.18 : 0,
      hatch: danger.hatch,
      hatchOpacity: 0.9,
      width: danger.hatch ? 2.5 : 1.5,
      opacity: 1,
      dash: danger.partner ? "long" : danger.pending ? "dashed" : danger.hatch ? "solid" : "dotted",
      pick: { event: danger.event, object: null },
    },
  ];
}

function districtLabel(danger: Danger, { outlines, now, words }: Given): PointMark[] {
  const at = outlines.middle(danger.code);
  if (!at) return [];
  const word = words.text(`map-danger-${danger.word}`);
  const owner = danger.partner ? ` ${danger.partner}` : "";
  const left = danger.arrival === null || danger.fallen ? null : danger.arrival - now;
  const arrival = left === null ? "" : `\n${left > 0 ? words.text("map-label-arrival", { left: words.duration(left) }) : words.text("map-label-arriving")}`;
  return [
    {
      id: `district ${danger.code}`,
      at,
      sign: null,
      tone: danger.tone,
      label: `${outlines.name(danger.code, words.language)}\n${word}${owner}${arrival}`,
      order: danger.hatch ? -1 : 5,
      pick: { event: danger.event, object: null },
    },
  ];
}

