/**
 * Where an unpowered object flies: gravity with J2 in the rotating frame, WGS-84.
 *
 * Drag is left out: from `DRAG_HEIGHT_M` down the drawn path goes to the impact that the node published, which has it. In
 * boost nothing is drawn ahead, since what the motor will do is not known.
 */

import { geodetic } from "../state/geodetic.ts";
import type { TrailPoint } from "../state/picture.ts";
import { longitudeNear, radians } from "./sphere.ts";

const SEMI_MAJOR_M = 6_378_137;
const GRAVITATIONAL_PARAMETER = 3.986004418e14; // m³/s²
const EARTH_RATE = 7.292115e-5; // rad/s
const J2 = 1.08262668e-3;

/** Below this height a path without drag is no longer worth drawing. */
export const DRAG_HEIGHT_M = 40_000;

type Vector = readonly [number, number, number];

/** One standard deviation of the height and of the speed, from a track's state and covariance (21, upper triangle). */
export function heightAndSpeedSigma(
  position_m: Vector,
  velocity_mps: Vector,
  covariance: readonly number[],
): { height_m: number; speed_mps: number } | null {
  if (covariance.length !== 21) return null;
  const speed = Math.hypot(...velocity_mps);
  const { longitude_deg, latitude_deg } = geodetic(position_m);
  const [longitude, latitude] = [radians(longitude_deg), radians(latitude_deg)];
  const up: Vector = [
    Math.cos(latitude) * Math.cos(longitude),
    Math.cos(latitude) * Math.sin(longitude),
    Math.sin(latitude),
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
  { floor_m = 0, duration_s = 7200, step_s = 15 } = {},
): TrailPoint[] {
  const state = new Float64Array([...position_m, ...velocity_mps]);
  const path: TrailPoint[] = [];
  for (let passed = 0; passed <= duration_s; passed += step_s) {
    const [x, y, z, u, v, w] = state as unknown as [number, number, number, number, number, number];
    const { longitude_deg, latitude_deg, height_m } = geodetic([x, y, z]);
    if (!Number.isFinite(height_m)) break;
    const last = path[path.length - 1];
    const point: TrailPoint = [
      time + passed,
      last ? longitudeNear(longitude_deg, last[1]) : longitude_deg,
      latitude_deg,
      height_m,
      Math.hypot(u, v, w),
    ];
    if (height_m < floor_m) {
      if (last) path.push(between(last, point, (last[3] - floor_m) / (last[3] - height_m)));
      break;
    }
    path.push(point);
    rungeKutta(state, step_s);
  }
  return path;
}

/** The point that lies a part of the way from one to the next. */
export function between(from: TrailPoint, to: TrailPoint, part: number): TrailPoint {
  return from.map((value, k) => value + ((to[k] as number) - value) * part) as TrailPoint;
}

/** One fourth-order step, in place. */
function rungeKutta(state: Float64Array, step_s: number): void {
  slopes(state, SLOPES[0]);
  slopes(moved(state, SLOPES[0], step_s / 2), SLOPES[1]);
  slopes(moved(state, SLOPES[1], step_s / 2), SLOPES[2]);
  slopes(moved(state, SLOPES[2], step_s), SLOPES[3]);
  for (let k = 0; k < 6; k++) {
    const [k1, k2, k3, k4] = [SLOPES[0][k], SLOPES[1][k], SLOPES[2][k], SLOPES[3][k]] as [number, number, number, number];
    state[k] = (state[k] as number) + (step_s / 6) * (k1 + 2 * (k2 + k3) + k4);
  }
}

function moved(state: Float64Array, slope: Float64Array, by: number): Float64Array {
  for (let k = 0; k < 6; k++) MOVED[k] = (state[k] as number) + by * (slope[k] as number);
  return MOVED;
}

// Hundreds of paths a second are flown: no step makes new arrays.
const six = () => new Float64Array(6);
const SLOPES: readonly [Float64Array, Float64Array, Float64Array, Float64Array] = [six(), six(), six(), six()];
const MOVED = six();

/** Velocity and acceleration: point mass and J2, centrifugal and Coriolis (Vallado 2013, 8.7 and 3.4), as in `nadhir.geo`. */
function slopes(state: Float64Array, into: Float64Array): void {
  const [x, y, z, u, v, w] = state as unknown as [number, number, number, number, number, number];
  const radius2 = x * x + y * y + z * z;
  const pull = GRAVITATIONAL_PARAMETER / (radius2 * Math.sqrt(radius2));
  const flat = (1.5 * J2 * SEMI_MAJOR_M * SEMI_MAJOR_M) / radius2;
  const polar = (5 * z * z) / radius2;
  const across = -pull * (1 + flat * (1 - polar)) + EARTH_RATE * EARTH_RATE;
  into[0] = u;
  into[1] = v;
  into[2] = w;
  into[3] = across * x + 2 * EARTH_RATE * v;
  into[4] = across * y - 2 * EARTH_RATE * u;
  into[5] = -pull * (1 + flat * (3 - polar)) * z;
}
