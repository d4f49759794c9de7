/** What the map should show at first: our own areas, and what threatens them. */

import { geodetic } from "../state/geodetic.ts";
import type { EventView, PictureState } from "../state/picture.ts";
import type { Bounds } from "./camera.ts";
import { type Danger, dangers } from "./dangers.ts";
import type { Outlines } from "./outlines.ts";
import type { SensorState } from "./scene.ts";
import { boundsOf, longitudeNear, type LonLat } from "./sphere.ts";

/** Where nothing tells what is ours. */
const WORLD: Bounds = [-170, -55, 190, 72];

/** Corners of the areas that the nation warns; its radars where it warns none. */
export function ownPlaces(
  areas: readonly string[],
  sensors: readonly SensorState[],
  nation: string,
  outlines: Outlines,
): LonLat[] {
  const corners = outlines.corners(areas);
  if (corners.length) return corners;
  return sensors
    .filter(({ sensor, owner }) => owner === nation && sensor.kind === "radar")
    .map(({ sensor }): LonLat => [sensor.position.longitude_deg, sensor.position.latitude_deg]);
}

/** Launch, objects and impacts of an event, and the districts that it threatens. */
export function eventPlaces(event: EventView, picture: PictureState, now: number, outlines: Outlines): LonLat[] {
  const places: LonLat[] = event.launch ? [[event.launch.longitude_deg, event.launch.latitude_deg]] : [];
  for (const { code, event: threat } of dangersOf(picture, now)) {
    const middle = threat === event.event ? outlines.middle(code) : null;
    if (middle) places.push(middle);
  }
  for (const id of event.objects) {
    const object = picture.objects.get(id);
    if (object?.impact) places.push([object.impact.longitude_deg, object.impact.latitude_deg]);
    if (object?.track) {
      const { longitude_deg, latitude_deg } = geodetic(object.track.position_m);
      places.push([longitude_deg, latitude_deg]);
    }
  }
  return places;
}

/** Own areas with the events that threaten them. */
export function placesToWatch(picture: PictureState, now: number, own: readonly LonLat[], outlines: Outlines): LonLat[] {
  const threats = new Set(dangersOf(picture, now).map((danger) => danger.event));
  const events = [...picture.events.values()].filter((event) => !event.ended && threats.has(event.event));
  return [...own, ...events.flatMap((event) => eventPlaces(event, picture, now, outlines))];
}

/** Our own areas' present danger. */
function dangersOf(picture: PictureState, now: number): Danger[] {
  return [...dangers(picture, now).values()].filter((danger) => danger.hatch !== null && danger.partner === null);
}

export function boundsToShow(places: readonly LonLat[]): Bounds {
  return boundsOf(places) ?? WORLD;
}

export function contains(outer: Bounds, inner: Bounds): boolean {
  const west = longitudeNear(inner[0], (outer[0] + outer[2]) / 2);
  const east = west + inner[2] - inner[0];
  return outer[0] <= west && outer[1] <= inner[1] && outer[2] >= east && outer[3] >= inner[3];
}
