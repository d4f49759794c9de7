/**
 * Where an unpowered object flies: gravity with J2 in the rotating frame, WGS-84.
 *
 * Drag is left out: from `DRAG_HEIGHT_M` down the drawn path goes to the impact that the node published, which has it. In
 * boost nothing is drawn ahead, since what the motor will do is not known.
 */

import { type LonLat, degrees, longitudeNear, radians } from "./sphere";

const SEMI_MAJOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING);
const GRAVITATIONAL_PARAMETER = 3.986004418e14; // m³/s²
const EARTH_RATE = 7.292115e-5; // rad/s
const J2 = 1.08262668e-3;

/** Below this height a path without drag is no longer worth drawing. */
export const DRAG_HEIGHT_M = 40_000;

type Vector = readonly [number, number, number];

/** One moment of a path: time, place, height above the ellipsoid, speed over the rotating Earth. */
export type PathPoint = [time: number, longitude_deg: number, latitude_deg: number, height_m: number, speed_mps: number];

/** Geodetic longitude, latitude (degrees) and height of an ECEF position (Bowring 1985; good to a millimetre here). */
export function geodetic(position_m: Vector): [...LonLat, number] {
  const [x, y, z] = position_m;
  const across = Math.hypot(x, y);
  const semiMinor = SEMI_MAJOR_M * (1 - FLATTENING);
  const radius = Math.hypot(across, z);
  const reduced = Math.atan2(
    semiMinor * z * (1 + (ECCENTRICITY_2 / (1 - ECCENTRICITY_2)) * (semiMinor / radius)),
    SEMI_MAJOR_M * across,
  );
  const latitude = Math.atan2(
    z + (ECCENTRICITY_2 / (1 - ECCENTRICITY_2)) * semiMinor * Math.sin(reduced) ** 3,
    across - ECCENTRICITY_2 * SEMI_MAJOR_M * Math.cos(reduced) ** 3,
  );
  const sine = Math.sin(latitude);
  const height =
    across * Math.cos(latitude) + z * sine - SEMI_MAJOR_M * Math.sqrt(1 - ECCENTRICITY_2 * sine * sine);
  return [degrees(Math.atan2(y, x)), degrees(latitude), height];
}

/** ECEF position of a geodetic place. */
export function ecef(longitude_deg: number, latitude_deg: number, height_m: number): [number, number, number] {
  const [longitude, latitude] = [radians(longitude_deg), radians(latitude_deg)];
  const normal = SEMI_MAJOR_M / Math.sqrt(1 - ECCENTRICITY_2 * Math.sin(latitude) ** 2);
  return [
    (normal + height_m) * Math.cos(latitude) * Math.cos(longitude),
    (normal + height_m) * Math.cos(latitude) * Math.sin(longitude),
    (normal * (1 - ECCENTRICITY_2) + height_m) * Math.sin(latitude),
  ];
}

/** One standard deviation of the height and of the speed, from a track's state and covariance (21, upper triangle). */
export function heightAndSpeedSigma(
  position_m: Vector,
  velocity_mps: Vector,
  covariance: readonly number[],
): { height_m: number; speed_mps: number } | null {
  if (covariance.length !== 21) return null;
  const speed = Math.hypot(...velocity_mps);
  const [longitude, latitude] = geodetic(position_m);
  const up: Vector = [
    Math.cos(radians(latitude)) * Math.cos(radians(longitude)),
    Math.cos(radians(latitude)) * Math.sin(radians(longitude)),
    Math.sin(radians(latitude)),
  ];
  const along: Vector = speed > 0 ? [velocity_mps[0] / speed, velocity_mps[1] / speed, velocity_mps[2] / speed] : up;
  return {
    height_m: Math.sqrt(Math.max(0, quadratic(covariance, 0, up))),
    speed_mps: Math.sqrt(Math.max(0, quadratic(covariance, 3, along))),
  };
}

/** uᵀ P u of the 3×3 block of a 6×6 upper triangle that begins at (offset, offset). */
function quadratic(covariance: readonly number[], offset: number, direction: Vector): number {
  let sum = 0;
  for (let row = 0; row < 3; row++) {
    for (let column = row; column < 3; column++) {
      const [i, j] = [row + offset, column + offset];
      const value = covariance[(i * (13 - i)) / 2 + (j - i)] as number;
      sum += (row === column ? 1 : 2) * value * (direction[row] as number) * (direction[column] as number);
    }
  }
  return sum;
}

/**
 * The path from a state until it falls below `floor_m` or `duration_s` are over, a point each `step_s`.
 * Longitudes run on over ±180.
 */
export function freeFlight(
  time: number,
  position_m: Vector,
  velocity_mps: Vector,
  { floor_m = 0, duration_s = 7200, step_s = 10 } = {},
): PathPoint[] {
  let state = [...position_m, ...velocity_mps];
  const path: PathPoint[] = [];
  for (let passed = 0; passed <= duration_s; passed += step_s) {
    const [x, y, z, u, v, w] = state as [number, number, number, number, number, number];
    const [longitude, latitude, height] = geodetic([x, y, z]);
    if (!Number.isFinite(height)) break;
    const last = path[path.length - 1];
    const point: PathPoint = [
      time + passed,
      last ? longitudeNear(longitude, last[1]) : longitude,
      latitude,
      height,
      Math.hypot(u, v, w),
    ];
    if (height < floor_m) {
      if (last) path.push(between(last, point, (last[3] - floor_m) / (last[3] - height)));
      break;
    }
    path.push(point);
    state = rungeKutta(state, step_s);
  }
  return path;
}

/** The point that lies a part of the way from one to the next. */
export function between(from: PathPoint, to: PathPoint, part: number): PathPoint {
  return from.map((value, k) => value + ((to[k] as number) - value) * part) as PathPoint;
}

function rungeKutta(state: readonly number[], step_s: number): number[] {
  const moved = (slope: readonly number[], by: number) => state.map((value, k) => value + by * (slope[k] as number));
  const k1 = slopes(state);
  const k2 = slopes(moved(k1, step_s / 2));
  const k3 = slopes(moved(k2, step_s / 2));
  const k4 = slopes(moved(k3, step_s));
  return state.map(
    (value, k) =>
      value + (step_s / 6) * ((k1[k] as number) + 2 * (k2[k] as number) + 2 * (k3[k] as number) + (k4[k] as number)),
  );
}

/** Velocity and acceleration: point mass and J2, centrifugal and Coriolis (Vallado 2013, 8.7 and 3.4), as in `nadhir.geo`. */
function slopes(state: readonly number[]): number[] {
  const [x, y, z, u, v, w] = state as [number, number, number, number, number, number];
  const radius2 = x * x + y * y + z * z;
  const pull = GRAVITATIONAL_PARAMETER / (radius2 * Math.sqrt(radius2));
  const flat = (1.5 * J2 * SEMI_MAJOR_M * SEMI_MAJOR_M) / radius2;
  const polar = (5 * z * z) / radius2;
  const across = -pull * (1 + flat * (1 - polar)) + EARTH_RATE * EARTH_RATE;
  return [
    u,
    v,
    w,
    across * x + 2 * EARTH_RATE * v,
    across * y - 2 * EARTH_RATE * u,
    -pull * (1 + flat * (3 - polar)) * z,
  ];
}
