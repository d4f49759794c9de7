/** The plain map: Mercator by d3-geo on two canvases, for browsers without WebGL and for weak machines. */

import { geoArea, geoContains, geoMercator, geoPath, type GeoPermissibleObjects } from "d3-geo";
import type { MultiPolygon, Polygon, Position } from "geojson";
import { type Basemap, graticule, loadBasemap } from "./basemap.ts";
import type { AreaCollection, Outlines } from "./outlines.ts";
import { DASHES, type Look } from "./palette.ts";
import { remembered } from "./remembered.ts";
import type { AreaMark, Choice, LineMark, PointMark, Scene } from "./scene.ts";
import { picture, SIGN_SIZE } from "./signs.ts";
import { EARTH_RADIUS_M, type LonLat, longitudeNear, radians } from "./sphere.ts";
import type { Bounds, Surface, SurfaceEvents } from "./surface.ts";

const CLICK_REACH_PX = 12;
const FINE_SCALE = 600;
const SCALES = { least: 60, most: 60_000 };
const LINE_HEIGHT_PX = 15;
const FONT = "12px system-ui, sans-serif";
const ARABIC = /\p{Script=Arabic}/u;
/** Mercator ends here. */
const HIGHEST_DEG = 85;

export class CanvasSurface implements Surface {
  private readonly base = document.createElement("canvas");
  private readonly top = document.createElement("canvas");
  private readonly projection = geoMercator();
  private readonly pictures = new Map<string, HTMLCanvasElement>();
  private readonly resizing = new ResizeObserver(() => this.resize());
  private readonly fingers = new Map<number, { x: number; y: number }>();
  private readonly graticule = graticule(10);
  private basemap: Basemap | null = null;
  private districts: AreaCollection | null = null;
  private detail: "coarse" | "fine" = "coarse";
  private scene: Scene | null = null;
  private centre: LonLat = [0, 20];
  private scale = 150;
  private frameAsked = 0;
  private baseStale = true;
  private dragged = 0;

  constructor(
    private readonly container: HTMLElement,
    private look: Look,
    private framed: Bounds | null,
    private readonly events: SurfaceEvents,
  ) {
    container.append(this.base, this.top);
    this.resizing.observe(container);
    this.top.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.top.addEventListener("pointerdown", (event) => this.press(event));
    this.top.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      this.top.addEventListener(end, (event) => this.fingers.delete(event.pointerId));
    }
    this.top.addEventListener("click", (event) => {
      if (this.dragged < CLICK_REACH_PX / 2) this.events.chosen(this.choiceAt(event.offsetX, event.offsetY));
    });
    void this.loadDetail("coarse");
  }

  outline({ districts }: Outlines): void {
    this.districts = districts;
    this.baseStale = true;
    this.ask();
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.ask();
  }

  restyle(look: Look): void {
    this.look = look;
    this.pictures.clear();
    this.move(false);
  }

  frame(bounds: Bounds): void {
    this.framed = bounds;
    const [west, south, east, north] = bounds;
    const { width, height } = this.size();
    const y = (latitude: number) => Math.log(Math.tan(Math.PI / 4 + radians(Math.max(-HIGHEST_DEG, Math.min(HIGHEST_DEG, latitude))) / 2));
    const middle = (2 * Math.atan(Math.exp((y(south) + y(north)) / 2)) - Math.PI / 2) * (180 / Math.PI);
    this.centre = [(west + east) / 2, middle];
    this.rescale(Math.min((width - 96) / radians(Math.max(2, east - west)), (height - 96) / Math.max(0.03, y(north) - y(south)), 8000));
    this.move(false);
  }

  centreOn(place: LonLat): void {
    this.centre = place;
    this.move(false);
  }

  zoom(steps: number): void {
    this.rescale(this.scale * 2 ** steps);
    this.move(false);
  }

  pan(right_px: number, down_px: number): void {
    const { width, height } = this.size();
    const to = this.projection.invert?.([width / 2 + right_px, height / 2 + down_px]);
    if (!to || to.some(Number.isNaN)) return;
    this.centre = [longitudeNear(to[0], this.centre[0]), Math.max(-HIGHEST_DEG, Math.min(HIGHEST_DEG, to[1]))];
    this.move(false);
  }

  metresPerPixel(): number {
    return (EARTH_RADIUS_M * Math.cos(radians(this.centre[1]))) / this.scale;
  }

  close(): void {
    this.resizing.disconnect();
    cancelAnimationFrame(this.frameAsked);
    this.base.remove();
    this.top.remove();
  }

  private size(): { width: number; height: number } {
    return { width: this.container.clientWidth, height: this.container.clientHeight };
  }

  private resize(): void {
    const { width, height } = this.size();
    for (const canvas of [this.base, this.top]) {
      canvas.width = width * devicePixelRatio;
      canvas.height = height * devicePixelRatio;
    }
    if (this.framed) this.frame(this.framed);
    else this.move(false);
  }

  private rescale(scale: number): void {
    this.scale = Math.max(SCALES.least, Math.min(SCALES.most, scale));
    if (this.scale > FINE_SCALE && this.detail === "coarse" && this.basemap) void this.loadDetail("fine");
  }

  private async loadDetail(detail: "coarse" | "fine"): Promise<void> {
    this.detail = detail;
    this.basemap = await loadBasemap(detail);
    this.baseStale = true;
    this.ask();
  }

  private move(byHand: boolean): void {
    if (byHand) this.framed = null;
    this.baseStale = true;
    this.ask();
    this.events.moved(byHand);
  }

  private ask(): void {
    this.frameAsked ||= requestAnimationFrame(() => {
      this.frameAsked = 0;
      this.draw();
    });
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { width, height } = this.size();
    const [x, y] = [event.offsetX - width / 2, event.offsetY - height / 2];
    const before = this.scale;
    this.rescale(before * 2 ** (-event.deltaY / 300));
    const part = 1 - before / this.scale;
    this.pan(x * part, y * part);
    this.move(true);
  }

  private press(event: PointerEvent): void {
    this.top.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.dragged = 0;
  }

  /** One finger moves the map, two spread or close it. */
  private drag(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX, event.clientY];
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, { x, y });
    this.dragged += Math.hypot(x - before.x, y - before.y);
    if (other) {
      this.rescale((this.scale * Math.hypot(x - other.x, y - other.y)) / Math.hypot(before.x - other.x, before.y - other.y));
    } else {
      this.pan(before.x - x, before.y - y);
    }
    this.move(true);
  }

  private draw(): void {
    const { width, height } = this.size();
    if (!width || !height) return;
    this.projection
      .rotate([-this.centre[0], 0])
      .center([0, this.centre[1]])
      .scale(this.scale)
      .translate([width / 2, height / 2])
      .clipExtent([[-20, -20], [width + 20, height + 20]]);
    if (this.baseStale) this.drawBase();
    this.baseStale = false;
    const context = this.prepared(this.top);
    if (!context || !this.scene) return;
    const { coverage, districts, ellipses, paths, trails, places, objects } = this.scene;
    for (const mark of [...coverage, ...districts, ...ellipses]) this.drawArea(context, mark);
    for (const mark of [...paths, ...trails]) this.drawLine(context, mark);
    this.drawPoints(context, [...places, ...objects]);
  }

  private prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    // Where the plain map is needed there is no fast graphics: drawn by the processor it is many times as quick.
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context?.clearRect(0, 0, canvas.width, canvas.height);
    return context;
  }

  private drawBase(): void {
    const context = this.prepared(this.base);
    if (!context) return;
    const { look, basemap } = this;
    const path = geoPath(this.projection, context);
    const trace = (shape: GeoPermissibleObjects) => {
      context.beginPath();
      path(shape);
    };
    context.fillStyle = look.sea;
    context.fillRect(0, 0, this.base.width, this.base.height);
    context.lineWidth = 1;
    context.strokeStyle = look.graticule;
    trace(this.graticule);
    context.stroke();
    if (basemap) {
      context.fillStyle = look.land;
      trace(basemap.land);
      context.fill();
      context.strokeStyle = look.border;
      trace(basemap.borders);
      context.stroke();
    }
    if (this.scale > FINE_SCALE && this.districts) {
      context.lineWidth = 0.6;
      context.strokeStyle = look.border;
      for (const { geometry } of this.districts.features) {
        trace(clockwise(geometry));
        context.stroke();
      }
    }
  }

  private drawArea(context: CanvasRenderingContext2D, mark: AreaMark): void {
    context.beginPath();
    geoPath(this.projection, context)(clockwise(multiPolygon(mark.polygons)));
    const colour = this.look.tones[mark.tone];
    if (mark.fill) {
      context.globalAlpha = mark.fill;
      context.fillStyle = colour;
      context.fill();
    }
    const hatch = mark.hatch && context.createPattern(this.picture("hatch", mark.hatch, mark.tone), "repeat");
    if (hatch) {
      hatch.setTransform(new DOMMatrix().scale(1 / devicePixelRatio));
      context.globalAlpha = mark.hatchOpacity;
      context.fillStyle = hatch;
      context.fill();
    }
    this.stroke(context, mark);
  }

  private drawLine(context: CanvasRenderingContext2D, mark: LineMark): void {
    context.beginPath();
    geoPath(this.projection, context)({ type: "LineString", coordinates: mark.points });
    this.stroke(context, mark);
  }

  private stroke(context: CanvasRenderingContext2D, { tone, width, opacity, dash }: AreaMark | LineMark): void {
    context.globalAlpha = opacity;
    context.strokeStyle = this.look.tones[tone];
    context.lineWidth = width;
    context.setLineDash(dash === "solid" ? [] : DASHES[dash].map((part) => part * width));
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** Signs first, then as many labels as find room, the most important first. */
  private drawPoints(context: CanvasRenderingContext2D, marks: readonly PointMark[]): void {
    const { width, height } = this.size();
    const placed = marks.flatMap((mark) => {
      const at = this.projection(mark.at);
      return at && at[0] > -50 && at[0] < width + 50 && at[1] > -50 && at[1] < height + 50 ? [{ mark, at }] : [];
    });
    for (const { mark, at } of placed) {
      if (!mark.sign) continue;
      const [x, y] = [at[0] - SIGN_SIZE / 2, at[1] - SIGN_SIZE / 2];
      context.drawImage(this.picture("sign", mark.sign, mark.tone), x, y, SIGN_SIZE, SIGN_SIZE);
    }
    context.font = FONT;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = this.look.halo;
    const taken = new Boxes();
    placed.sort((a, b) => a.mark.order - b.mark.order);
    for (const { mark, at } of placed) {
      if (mark.label) this.drawLabel(context, mark, at, taken);
    }
  }

  private drawLabel(context: CanvasRenderingContext2D, mark: PointMark, [x, y]: [number, number], taken: Boxes): void {
    const rows = mark.label.split("\n");
    const across = Math.max(...rows.map((row) => widthOf(context, row)));
    const down = rows.length * LINE_HEIGHT_PX;
    const gap = mark.sign ? SIGN_SIZE / 2 : 0;
    const choices = mark.sign
      ? [[x + gap, y - down / 2], [x - gap - across, y - down / 2], [x - across / 2, y + gap], [x - across / 2, y - gap - down]]
      : [[x - across / 2, y - down / 2]];
    const free = choices.find(([left, top]) => taken.take(left as number, top as number, across, down));
    if (!free) return;
    const [left, top] = free as [number, number];
    context.fillStyle = this.look.tones[mark.tone];
    context.textAlign = mark.sign ? "left" : "center";
    rows.forEach((row, index) => {
      context.direction = ARABIC.test(row) ? "rtl" : "ltr";
      const [at, line] = [mark.sign ? left : x, top + (index + 0.5) * LINE_HEIGHT_PX];
      context.strokeText(row, at, line);
      context.fillText(row, at, line);
    });
  }

  private picture(kind: "sign" | "hatch", name: string, tone: PointMark["tone"]): HTMLCanvasElement {
    const key = `${kind} ${name} ${tone}`;
    let drawn = this.pictures.get(key);
    if (!drawn) {
      const wanted = { [kind]: name, tone } as Parameters<typeof picture>[0];
      drawn = picture(wanted, this.look, devicePixelRatio);
      this.pictures.set(key, drawn);
    }
    return drawn;
  }

  private choiceAt(x: number, y: number): Choice | null {
    if (!this.scene) return null;
    const near = [...this.scene.objects, ...this.scene.places]
      .filter((mark) => mark.pick)
      .map((mark) => ({ mark, at: this.projection(mark.at) }))
      .map(({ mark, at }) => ({ mark, away: at ? Math.hypot(at[0] - x, at[1] - y) : Infinity }))
      .filter(({ away }) => away <= CLICK_REACH_PX)
      .sort((a, b) => a.away - b.away)[0];
    if (near) return near.mark.pick;
    const place = this.projection.invert?.([x, y]);
    if (!place) return null;
    const areas = [...this.scene.districts, ...this.scene.ellipses].filter((mark) => mark.pick);
    return areas.findLast((mark) => geoContains(clockwise(multiPolygon(mark.polygons)), place))?.pick ?? null;
  }
}

const multiPolygon = remembered((polygons: LonLat[][][]): MultiPolygon => ({ type: "MultiPolygon", coordinates: polygons }));

/** d3-geo wants outer rings clockwise, GeoJSON has them the other way: what covers more than half the globe is turned. */
const clockwise = remembered((shape: MultiPolygon | Polygon): MultiPolygon => {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const isTurned = (coordinates: Position[][]) => geoArea({ type: "Polygon", coordinates }) > 2 * Math.PI;
  return {
    type: "MultiPolygon",
    coordinates: polygons.map((rings) => (isTurned(rings) ? rings.map((ring) => ring.toReversed()) : rings)),
  };
});

const widths = new Map<string, number>();

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    if (widths.size > 5000) widths.clear();
    width = context.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}

/** Boxes on the screen that do not overlap, found by cells. */
class Boxes {
  private readonly cells = new Map<string, [number, number, number, number][]>();

  /** Takes a box if it is free; whether it was. */
  take(left: number, top: number, width: number, height: number): boolean {
    const box: [number, number, number, number] = [left, top, left + width, top + height];
    const keys: string[] = [];
    for (let column = Math.floor(left / 128); column <= Math.floor(box[2] / 128); column++) {
      for (let row = Math.floor(top / 64); row <= Math.floor(box[3] / 64); row++) keys.push(`${column} ${row}`);
    }
    const meets = ([l, t, r, b]: [number, number, number, number]) => l < box[2] && r > box[0] && t < box[3] && b > box[1];
    if (keys.some((key) => this.cells.get(key)?.some(meets))) return false;
    for (const key of keys) this.cells.set(key, [...(this.cells.get(key) ?? []), box]);
    return true;
  }
}
