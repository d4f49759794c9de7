/** The signs and hatchings of the map, drawn on a canvas: for both kinds of map and for the legend alike. */

import type { Look, Tone } from "./palette.ts";

export type Sign =
  | "boost"
  | "coast"
  | "reentry"
  | "orbit"
  | "lost"
  | "down"
  | "stage"
  | "other"
  | "satellite"
  | "launch"
  | "impact"
  | "radar"
  | "radar-silent"
  | "infrared"
  | "infrared-silent"
  | "selected"
  | "none";

export type Hatch = "alert" | "pre-alert" | "overflight" | "debris" | "blind";

/** Side of a sign's square, and of a hatching's tile, in CSS pixels. */
export const SIGN_SIZE = 26;
export const HATCH_SIZE = 16;

/** A sign in the middle of a square of `SIGN_SIZE`. */
export function drawSign(context: CanvasRenderingContext2D, sign: Sign, tone: Tone, look: Look): void {
  const colour = look.tones[tone];
  context.save();
  context.translate(SIGN_SIZE / 2, SIGN_SIZE / 2);
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const [width, paint] of [
    [5.5, look.halo],
    [2.2, colour],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = paint;
    context.fillStyle = paint;
    SHAPES[sign](context);
  }
  context.restore();
}

type Shape = (context: CanvasRenderingContext2D) => void;

const SHAPES: Record<Sign, Shape> = {
  boost: (c) => {
    polygon(c, [[0, -9], [6, 3], [-6, 3]], true);
    lines(c, [[[-2.5, 6], [-2.5, 9]], [[2.5, 6], [2.5, 9]]]);
  },
  coast: (c) => circle(c, 5, true),
  reentry: (c) => polygon(c, [[0, 8], [6.5, -5], [-6.5, -5]], true),
  orbit: (c) => {
    circle(c, 7, false);
    circle(c, 1.5, true);
  },
  lost: (c) => {
    c.setLineDash([3, 3.5]);
    circle(c, 7, false);
    c.setLineDash([]);
    lines(c, [[[-2.5, -2.5], [2.5, 2.5]], [[-2.5, 2.5], [2.5, -2.5]]]);
  },
  down: (c) => lines(c, [[[-5, -5], [5, 5]], [[-5, 5], [5, -5]]]),
  stage: (c) => polygon(c, [[-4, -4], [4, -4], [4, 4], [-4, 4]], false),
  other: (c) => lines(c, [[[-5, 0], [5, 0]], [[0, -5], [0, 5]]]),
  satellite: (c) => polygon(c, [[0, -7], [5, 0], [0, 7], [-5, 0]], false),
  launch: (c) => {
    lines(c, [[[-7, 8], [7, 8]], [[0, 8], [0, -8]], [[-4, -3], [0, -8], [4, -3]]]);
  },
  impact: (c) => {
    lines(c, [[[-7, 8], [7, 8]], [[0, -8], [0, 5]], [[-4, 0], [0, 5], [4, 0]]]);
  },
  radar: (c) => radar(c, true),
  "radar-silent": (c) => {
    radar(c, false);
    lines(c, [[[-9, -7], [9, 7]]]);
  },
  infrared: (c) => satelliteWithWings(c, true),
  "infrared-silent": (c) => {
    satelliteWithWings(c, false);
    lines(c, [[[-9, -9], [9, 9]]]);
  },
  none: () => undefined,
  selected: (c) => {
    const [near, far] = [6.5, 11];
    for (const [x, y] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
      lines(c, [[[x * near, y * far], [x * far, y * far], [x * far, y * near]]]);
    }
  },
};

function radar(context: CanvasRenderingContext2D, seeing: boolean): void {
  polygon(context, [[-7, 7], [7, 7], [0, -1]], seeing);
  context.beginPath();
  context.arc(0, -1, 7, Math.PI * 1.15, Math.PI * 1.85);
  context.stroke();
}

function satelliteWithWings(context: CanvasRenderingContext2D, seeing: boolean): void {
  polygon(context, [[-3, -3], [3, -3], [3, 3], [-3, 3]], seeing);
  lines(context, [[[-9, -3], [-6, -3], [-6, 3], [-9, 3]], [[9, -3], [6, -3], [6, 3], [9, 3]]]);
}

type Corner = readonly [number, number];

function polygon(context: CanvasRenderingContext2D, corners: readonly Corner[], filled: boolean): void {
  context.beginPath();
  corners.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
  if (filled) context.fill();
  context.stroke();
}

function circle(context: CanvasRenderingContext2D, radius: number, filled: boolean): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  if (filled) context.fill();
  context.stroke();
}

function lines(context: CanvasRenderingContext2D, parts: readonly (readonly Corner[])[]): void {
  for (const part of parts) {
    context.beginPath();
    part.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
  }
}

/** One tile of a hatching; tiles meet without a seam. */
export function drawHatch(context: CanvasRenderingContext2D, hatch: Hatch, tone: Tone, look: Look): void {
  const side = HATCH_SIZE;
  context.save();
  context.strokeStyle = context.fillStyle = look.tones[tone];
  context.lineWidth = hatch === "alert" ? 2.4 : hatch === "blind" ? 1 : 1.5;
  const slants = (step: number, rising: boolean) => {
    for (let x = -side; x <= 2 * side; x += step) {
      lines(context, [rising ? [[x, side], [x + side, 0]] : [[x, 0], [x + side, side]]]);
    }
  };
  if (hatch === "alert") slants(side / 2, true);
  if (hatch === "pre-alert") slants(side, true);
  if (hatch === "overflight") lines(context, [[[0, 4], [side, 4]], [[0, 12], [side, 12]]]);
  if (hatch === "debris") {
    for (const [x, y] of [[4, 4], [12, 12]] as const) {
      context.beginPath();
      context.arc(x, y, 2, 0, 2 * Math.PI);
      context.fill();
    }
  }
  if (hatch === "blind") {
    slants(side, true);
    slants(side, false);
  }
  context.restore();
}

/** A sign or a hatching as a picture of its own, `ratio` device pixels to a CSS pixel. */
export function picture(
  name: { sign: Sign; tone: Tone } | { hatch: Hatch; tone: Tone },
  look: Look,
  ratio: number,
): HTMLCanvasElement {
  const side = "sign" in name ? SIGN_SIZE : HATCH_SIZE;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * ratio;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser has no canvas.");
  context.scale(ratio, ratio);
  if ("sign" in name) drawSign(context, name.sign, name.tone, look);
  else drawHatch(context, name.hatch, name.tone, look);
  return canvas;
}
