/** The map's canvas, the ground that is kept behind it, and what hands do on it. */

import { geoContains } from "d3-geo";
import type { Projection } from "../state/address.ts";
import { type Basemap, loadBasemap } from "./basemap.ts";
import { type Bounds, Camera, type Pixel } from "./camera.ts";
import type { AreaCollection, Outlines } from "./outlines.ts";
import { Painter, shapeOf } from "./painter.ts";
import type { Look } from "./palette.ts";
import type { Choice, LineMark, Scene } from "./scene.ts";
import type { LonLat } from "./sphere.ts";

const CLICK_REACH_PX = 12;
/** From here on the finer basemap is worth its cost, and the borders of districts are shown. */
const FINE_NEARNESS = 600;
const ASK_AGAIN_MS = 2000;
/** After so long without a move the finer basemap is drawn: it takes several times as long as the other. */
const AT_REST_MS = 200;

export interface SurfaceEvents {
  /** Something was clicked, or nothing. */
  chosen(choice: Choice | null): void;
  /** The map has moved; `byHand` when a person did it. */
  moved(byHand: boolean): void;
}

export class Surface {
  /** What is seen: one canvas, since each costs a pass over the screen where graphics is software. */
  private readonly canvas = document.createElement("canvas");
  /** Drawn again only when the camera moves. */
  private readonly ground = document.createElement("canvas");
  private readonly camera: Camera;
  private painter: Painter;
  private readonly resizing = new ResizeObserver(() => this.resize());
  private readonly fingers = new Map<number, Pixel>();
  private readonly basemaps: { coarse: Basemap | null; fine: Basemap | null } = { coarse: null, fine: null };
  private fineAsked = false;
  private districts: AreaCollection | null = null;
  private scene: Scene | null = null;
  private frameAsked = 0;
  private groundStale = true;
  private atRest = true;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private dragged_px = 0;

  constructor(
    private readonly container: HTMLElement,
    look: Look,
    projection: Projection,
    /** Kept in view when the map's room changes, until a person moves the map. */
    private framed: Bounds | null,
    private readonly events: SurfaceEvents,
  ) {
    this.camera = new Camera(projection);
    this.painter = new Painter(look, this.camera);
    container.append(this.canvas);
    this.resizing.observe(container);
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => this.press(event));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      this.canvas.addEventListener(end, (event) => this.fingers.delete(event.pointerId));
    }
    this.canvas.addEventListener("click", (event) => {
      if (this.dragged_px < CLICK_REACH_PX / 2) this.events.chosen(this.choiceAt([event.offsetX, event.offsetY]));
    });
    void this.load("coarse");
  }

  /** Borders of the districts. */
  outline({ districts }: Outlines): void {
    this.districts = districts;
    this.redraw();
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.ask();
  }

  restyle(look: Look): void {
    this.painter = new Painter(look, this.camera);
    this.redraw();
  }

  /** Moves so that the bounds fill the map. */
  frame(bounds: Bounds): void {
    this.framed = bounds;
    this.camera.fit(bounds);
    this.moved(false);
  }

  centreOn(place: LonLat): void {
    this.framed = null;
    this.camera.lookAt(place);
    this.moved(false);
  }

  zoom(steps: number): void {
    this.framed = null;
    this.camera.zoomTo(this.camera.nearness * 2 ** steps);
    this.moved(false);
  }

  pan(right_px: number, down_px: number): void {
    this.framed = null;
    this.camera.pan(right_px, down_px);
    this.moved(false);
  }

  /** Ground metres a CSS pixel in the middle. */
  metresPerPixel(): number {
    return this.camera.metresPerPixel();
  }

  /** Nothing waits to be drawn, or to be drawn finer. */
  get isDrawn(): boolean {
    const ground = this.isNear ? this.basemaps.fine : this.basemaps.coarse;
    return ground !== null && this.scene !== null && this.atRest && this.frameAsked === 0;
  }

  close(): void {
    this.resizing.disconnect();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.frameAsked);
    this.canvas.remove();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.container;
    for (const canvas of [this.canvas, this.ground]) {
      canvas.width = width * devicePixelRatio;
      canvas.height = height * devicePixelRatio;
    }
    this.camera.resize(width, height);
    if (this.framed) this.frame(this.framed);
    else this.moved(false);
    // A canvas of another size is empty: else it would be seen so for a frame.
    this.draw();
  }

  private async load(detail: "coarse" | "fine"): Promise<void> {
    try {
      this.basemaps[detail] = await loadBasemap(detail);
      this.redraw();
    } catch {
      // The node is out of reach, which the page says: the ground stays as it is until it is back.
      setTimeout(() => void this.load(detail), ASK_AGAIN_MS);
    }
  }

  private moved(byHand: boolean): void {
    if (byHand) this.framed = null;
    this.atRest = false;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), AT_REST_MS);
    this.redraw();
    this.events.moved(byHand);
  }

  private rest(): void {
    this.atRest = true;
    if (!this.isNear) return;
    if (!this.fineAsked) void this.load("fine");
    this.fineAsked = true;
    this.redraw();
  }

  private get isNear(): boolean {
    return this.camera.nearness > FINE_NEARNESS;
  }

  private redraw(): void {
    this.groundStale = true;
    this.ask();
  }

  private ask(): void {
    this.frameAsked ||= requestAnimationFrame(() => {
      this.frameAsked = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { canvas, ground } = this;
    if (!canvas.width || !canvas.height) return;
    if (this.groundStale) {
      const { coarse, fine } = this.basemaps;
      const isFine = this.isNear && this.atRest;
      this.painter.ground(inkOn(ground), (isFine && fine) || coarse, this.isNear ? this.districts : null);
    }
    this.groundStale = false;
    const ink = inkOn(canvas);
    ink.drawImage(ground, 0, 0, canvas.width / devicePixelRatio, canvas.height / devicePixelRatio);
    if (this.scene) this.painter.scene(ink, this.scene);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.camera.zoomAbout([event.offsetX, event.offsetY], 2 ** (-event.deltaY / 300));
    this.moved(true);
  }

  private press(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    this.dragged_px = 0;
  }

  /** One finger moves the map, two spread or close it. */
  private drag(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now: Pixel = [event.clientX, event.clientY];
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    this.dragged_px += away(now, before);
    if (other) this.camera.zoomTo((this.camera.nearness * away(now, other)) / away(before, other));
    else this.camera.pan(before[0] - now[0], before[1] - now[1]);
    this.moved(true);
  }

  /** What is meant by a click: the nearest point, or else a line, or else the area on top. */
  private choiceAt(at: Pixel): Choice | null {
    if (!this.scene) return null;
    const { places, objects, paths, trails, districts, ellipses } = this.scene;
    const near = [...objects, ...places]
      .filter((mark) => mark.pick)
      .map((mark) => ({ mark, from: this.camera.project(mark.at) }))
      .map(({ mark, from }) => ({ mark, away: from ? away(from, at) : Infinity }))
      .filter((one) => one.away <= CLICK_REACH_PX)
      .sort((a, b) => a.away - b.away)[0];
    if (near) return near.mark.pick;
    const line = [...trails, ...paths].find((mark) => mark.pick && this.isOn(mark, at));
    if (line) return line.pick;
    const place = this.camera.unproject(at);
    if (!place) return null;
    const areas = [...districts, ...ellipses].filter((mark) => mark.pick);
    return areas.findLast((mark) => geoContains(shapeOf(mark.polygons), place))?.pick ?? null;
  }

  private isOn({ points }: LineMark, at: Pixel): boolean {
    const seen = points.map((place) => this.camera.project(place));
    return seen.some((to, index) => {
      const from = seen[index - 1];
      return from && to && isBetween(at, from, to);
    });
  }
}

function inkOn(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  // Drawn by the processor everywhere: where there is no fast graphics that is many times as quick, and elsewhere enough.
  const ink = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!ink) throw new Error("This browser has no canvas.");
  ink.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return ink;
}

const away = (a: Pixel, b: Pixel): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Within reach of a straight line on the screen. */
function isBetween(at: Pixel, from: Pixel, to: Pixel): boolean {
  const [x, y] = [to[0] - from[0], to[1] - from[1]];
  const length2 = x * x + y * y;
  const part = length2 ? Math.max(0, Math.min(1, ((at[0] - from[0]) * x + (at[1] - from[1]) * y) / length2)) : 0;
  return away(at, [from[0] + part * x, from[1] + part * y]) <= CLICK_REACH_PX / 2;
}
