/** The path ahead of an object: free flight from its last state to the impact that the node published. */

import type { ObjectView, TrailPoint } from "../state/picture.ts";
import { DRAG_HEIGHT_M, freeFlight } from "./flight.ts";
import { remembered } from "./remembered.ts";
import { longitudeNear } from "./sphere.ts";

/** So far ahead a path in orbit is drawn. */
const ORBIT_AHEAD_S = 2700;

/**
 * Empty where nothing can be said: in boost, after the fall, without a state. Speed at the impact is that of the last
 * point before drag counts.
 */
export const pathAhead = remembered(({ track, impact, phase }: ObjectView): TrailPoint[] => {
  if (!track || phase === "boost" || phase === "down") return [];
  const { time, position_m, velocity_mps } = track;
  if (phase === "orbit") return freeFlight(time, position_m, velocity_mps, { duration_s: ORBIT_AHEAD_S, step_s: 30 });
  const path = freeFlight(time, position_m, velocity_mps, { floor_m: impact ? DRAG_HEIGHT_M : 0 });
  const last = path.at(-1);
  if (!impact || !last) return path;
  const { longitude_deg, latitude_deg } = impact;
  const end: TrailPoint = [impact.time, longitudeNear(longitude_deg, last[1]), latitude_deg, 0, last[4]];
  return [...path.filter((point) => point[0] < impact.time), end];
});
