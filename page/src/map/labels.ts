/** Labels of a map: as many as find room, each written once. Stroked text is the dearest thing that a map draws. */

import type { Pixel } from "./camera.ts";
import type { Look } from "./palette.ts";
import type { PointMark } from "./scene.ts";
import { SIGN_SIZE } from "./signs.ts";

const LINE_HEIGHT_PX = 15;
const HALO_PX = 3;
const FONT = "12px system-ui, sans-serif";
const ARABIC = /\p{Script=Arabic}/u;
/** No label lies on the signs of marks up to this order. */
const IMPORTANT = 1;
/** So many are kept written; then the oldest go. */
const KEPT = 1500;

/** A label with its halo, on a canvas of its own. */
interface Written {
  canvas: HTMLCanvasElement;
  /** In CSS pixels, without the halo. */
  width: number;
  height: number;
}

export class Labels {
  private readonly written = new Map<string, Written>();
  private readonly measuring = inkOn(document.createElement("canvas"));

  constructor(private readonly look: Look) {}

  /** Writes the labels of marks at their places, the first ones first, each beside its sign where nothing is yet. */
  draw(context: CanvasRenderingContext2D, marks: readonly { mark: PointMark; at: Pixel }[]): void {
    const taken = new Boxes();
    // Asking the browser for it costs more than all else here.
    const ratio = devicePixelRatio;
    const width = context.canvas.width / ratio;
    for (const { mark, at } of marks) {
      if (mark.sign && mark.order <= IMPORTANT) taken.take(at[0] - SIGN_SIZE / 4, at[1] - SIGN_SIZE / 4, SIGN_SIZE / 2, SIGN_SIZE / 2);
    }
    for (const { mark, at } of marks) {
      if (!mark.label) continue;
      const label = this.writtenOf(mark);
      const places = sides(mark, at, label);
      const whole = places.filter(([left]) => left >= 0 && left + label.width <= width);
      // Beside its sign half a name still tells something; of an area whose middle is at the edge it is in the way.
      const free = (whole.length || !mark.sign ? whole : places).find(([left, top]) => taken.take(left, top, label.width, label.height));
      if (!free) continue;
      const { canvas } = label;
      const [left, top] = free.map((edge) => onPixel(edge - HALO_PX, ratio)) as Pixel;
      context.drawImage(canvas, left, top, canvas.width / ratio, canvas.height / ratio);
    }
  }

  private writtenOf(mark: PointMark): Written {
    const key = `${mark.tone} ${mark.sign ? "beside" : "centred"} ${mark.label}`;
    let label = this.written.get(key);
    if (!label) {
      label = this.write(mark);
      this.written.set(key, label);
      const [oldest] = this.written.keys();
      if (this.written.size > KEPT && oldest !== undefined) this.written.delete(oldest);
    }
    return label;
  }

  private write({ label, sign, tone }: PointMark): Written {
    const rows = label.split("\n");
    const width = Math.ceil(Math.max(...rows.map((row) => this.measuring.measureText(row).width)));
    const height = rows.length * LINE_HEIGHT_PX;
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil((width + 2 * HALO_PX) * devicePixelRatio);
    canvas.height = Math.ceil((height + 2 * HALO_PX) * devicePixelRatio);
    const ink = inkOn(canvas);
    ink.scale(devicePixelRatio, devicePixelRatio);
    ink.strokeStyle = this.look.halo;
    ink.fillStyle = this.look.tones[tone];
    ink.textAlign = sign ? "left" : "center";
    const x = HALO_PX + (sign ? 0 : width / 2);
    rows.forEach((row, index) => {
      ink.direction = ARABIC.test(row) ? "rtl" : "ltr";
      const y = HALO_PX + (index + 0.5) * LINE_HEIGHT_PX;
      ink.strokeText(row, x, y);
      ink.fillText(row, x, y);
    });
    return { canvas, width, height };
  }
}

/** Onto the nearest pixel of the screen: there a picture is copied, elsewhere it would be blurred. */
export function onPixel(place_px: number, ratio: number): number {
  return Math.round(place_px * ratio) / ratio;
}

/** Upper left corners where a label may stand: beside its sign, below, above; without a sign in the middle, or near it. */
function sides(mark: PointMark, [x, y]: Pixel, { width, height }: Written): Pixel[] {
  const gap = SIGN_SIZE / 2;
  if (!mark.sign) return [0, gap + height / 2, -gap - height / 2].map((down) => [x - width / 2, y - height / 2 + down]);
  return [[x + gap, y - height / 2], [x - gap - width, y - height / 2], [x - width / 2, y + gap], [x - width / 2, y - gap - height]];
}

function inkOn(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  if (!ink) throw new Error("This browser has no canvas.");
  ink.font = FONT;
  ink.textBaseline = "middle";
  ink.lineJoin = "round";
  ink.lineWidth = HALO_PX;
  return ink;
}

type Box = [left: number, top: number, right: number, bottom: number];

/** Boxes on the screen that do not overlap, found by cells. */
class Boxes {
  private readonly cells = new Map<number, Box[]>();

  /** Takes a box if it is free; whether it was. */
  take(left: number, top: number, width: number, height: number): boolean {
    const box: Box = [left, top, left + width, top + height];
    const cells: number[] = [];
    for (let column = Math.floor(left / 128); column <= Math.floor(box[2] / 128); column++) {
      for (let row = Math.floor(top / 64); row <= Math.floor(box[3] / 64); row++) cells.push(column * 4096 + row);
    }
    const meets = ([l, t, r, b]: Box) => l < box[2] && r > box[0] && t < box[3] && b > box[1];
    if (cells.some((cell) => this.cells.get(cell)?.some(meets))) return false;
    for (const cell of cells) this.cells.set(cell, [...(this.cells.get(cell) ?? []), box]);
    return true;
  }
}
