/** What a sensor could see at one height, as a ring on the map. */

import { EARTH_RADIUS_M, type LonLat, radians, sectorRing } from "./sphere.ts";

/** What is needed of a sensor (`nadhir.model.Sensor`). */
export interface Seeing {
  kind: "radar" | "infrared";
  position: { latitude_deg: number; longitude_deg: number; height_m: number };
  coverage: { max_range_m?: number; min_elevation_deg?: number; sector_deg?: [number, number] | null };
}

/**
 * Ground distance to which a radar sees objects at a height: until they sink below its lowest elevation, or its range ends;
 * 0 where it sees none. Spherical Earth, straight rays.
 */
export function radarReach_m(sensor: Seeing, height_m: number): number {
  const own = EARTH_RADIUS_M + sensor.position.height_m;
  const object = EARTH_RADIUS_M + height_m;
  if (object <= own) return 0;
  const elevation = radians(sensor.coverage.min_elevation_deg ?? 0);
  const lowest = Math.acos((own / object) * Math.cos(elevation)) - elevation;
  const range = sensor.coverage.max_range_m || Infinity;
  if (range <= object - own) return 0;
  const cosine = Number.isFinite(range) ? (own * own + object * object - range * range) / (2 * own * object) : -1;
  return EARTH_RADIUS_M * Math.max(0, Math.min(lowest, Math.acos(Math.max(-1, cosine))));
}

/** Ground distance of the horizon of a satellite. */
export function horizon_m(height_m: number): number {
  return EARTH_RADIUS_M * Math.acos(EARTH_RADIUS_M / (EARTH_RADIUS_M + Math.max(0, height_m)));
}

/** Closed clockwise ring of what a sensor sees at a height (a satellite: of what stands above its horizon), or null. */
export function footprint(sensor: Seeing, height_m: number): LonLat[] | null {
  const centre: LonLat = [sensor.position.longitude_deg, sensor.position.latitude_deg];
  if (sensor.kind === "infrared") return sectorRing(centre, horizon_m(sensor.position.height_m), null);
  const reach = radarReach_m(sensor, height_m);
  return reach > 0 ? sectorRing(centre, reach, sensor.coverage.sector_deg ?? null) : null;
}
