/** Figures of the chart of height and speed: what was seen, what is predicted, how sure, and the marks on it. Pure. */

import type { EventView, ObjectView, TrailPoint } from "../state/picture.ts";
import { heightAndSpeedSigma } from "./flight.ts";
import { pathAhead } from "./paths.ts";

/** Half width of the central 90 % of a Gaussian, in standard deviations. */
const SIGMAS_90 = 1.645;
/** Orbits and lost objects would stretch the chart without an end. */
const LONGEST_S = 4 * 3600;

export interface ProfileMark {
  kind: "burnout" | "apogee" | "impact";
  time: number;
  /** Half width of the time's 90 % interval, where it is known. */
  within_s: number | null;
  height_m: number | null;
  heightWithin_m: number | null;
}

export interface Profile {
  /** The launch, or the first sight where no launch is known. */
  origin: number;
  since: "launch" | "first";
  from: number;
  to: number;
  flown: TrailPoint[];
  ahead: TrailPoint[];
  /** Half widths of the 90 % intervals now. */
  within: { height_m: number; speed_mps: number } | null;
  marks: ProfileMark[];
}

/** Null where nothing was seen yet. */
export function profileOf(object: ObjectView, event: EventView | undefined): Profile | null {
  const flown = object.trail;
  const first = flown[0];
  if (!first || !object.track) return null;
  const launch = event?.launch && event.launch.time <= first[0] ? event.launch.time : null;
  const origin = launch ?? first[0];
  const ahead = pathAhead(object).filter(([time]) => time < origin + LONGEST_S);
  const { position_m, velocity_mps, covariance } = object.track;
  const sigma = heightAndSpeedSigma(position_m, velocity_mps, covariance);
  return {
    origin,
    since: launch === null ? "first" : "launch",
    from: origin,
    to: (ahead.at(-1) ?? (flown.at(-1) as TrailPoint))[0],
    flown,
    ahead,
    within: sigma && { height_m: SIGMAS_90 * sigma.height_m, speed_mps: SIGMAS_90 * sigma.speed_mps },
    marks: marksOf(object, flown, ahead),
  };
}

function marksOf(object: ObjectView, flown: readonly TrailPoint[], ahead: readonly TrailPoint[]): ProfileMark[] {
  const { track, assessment, impact } = object;
  const marks: ProfileMark[] = [];
  if (track?.burnout_time != null) {
    marks.push({
      kind: "burnout",
      time: track.burnout_time,
      within_s: null,
      height_m: heightAt(flown, track.burnout_time),
      heightWithin_m: null,
    });
  }
  const apogee = apogeeOf(assessment, flown, ahead);
  if (apogee) marks.push(apogee);
  if (impact) {
    const within_s = SIGMAS_90 * impact.time_sigma_s;
    marks.push({ kind: "impact", time: impact.time, within_s, height_m: 0, heightWithin_m: null });
  }
  return marks;
}

/** What the node says of the highest point; once it is past, the highest that was seen, if the object came down from it. */
function apogeeOf(
  assessment: ObjectView["assessment"],
  flown: readonly TrailPoint[],
  ahead: readonly TrailPoint[],
): ProfileMark | null {
  if (assessment?.apogee_m != null && assessment.apogee_time != null) {
    const sigma = assessment.apogee_sigma_m;
    return {
      kind: "apogee",
      time: assessment.apogee_time,
      within_s: null,
      height_m: assessment.apogee_m,
      heightWithin_m: sigma == null ? null : SIGMAS_90 * sigma,
    };
  }
  const points = [...flown, ...ahead];
  const top = points.reduce<TrailPoint | null>((best, point) => (best && best[3] >= point[3] ? best : point), null);
  if (!top || top === points[0] || top === points.at(-1)) return null;
  return { kind: "apogee", time: top[0], within_s: null, height_m: top[3], heightWithin_m: null };
}

/** Height at a time among points in its order; null outside them. */
export function heightAt(points: readonly TrailPoint[], time: number): number | null {
  const next = points.findIndex((point) => point[0] >= time);
  const [after, before] = [points[next], points[next - 1]];
  if (!after) return null;
  if (!before) return after[0] === time ? after[3] : null;
  return before[3] + ((after[3] - before[3]) * (time - before[0])) / (after[0] - before[0]);
}

/** Round values from 0 to a top, about as many as wanted: for the lines of a scale. */
export function ticks(top: number, wanted: number): number[] {
  if (!(top > 0)) return [0];
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) as number) * power;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, k) => k * step);
}
