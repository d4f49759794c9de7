/** Draws the ground and a scene on a canvas as a camera sees them. */

import { geoArea, type GeoPermissibleObjects } from "d3-geo";
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import { type Basemap, graticule } from "./basemap.ts";
import type { Camera } from "./camera.ts";
import { Labels, onPixel } from "./labels.ts";
import { DASHES, type Look, type Tone } from "./palette.ts";
import { remembered } from "./remembered.ts";
import type { AreaMark, LineMark, PointMark, Scene } from "./scene.ts";
import { picture, SIGN_SIZE } from "./signs.ts";
import type { LonLat } from "./sphere.ts";

/** Signs and labels this far out of the picture still reach into it. */
const REACH_PX = 50;
const GRATICULE = graticule(10);

export class Painter {
  private readonly pictures = new Map<string, HTMLCanvasElement>();
  private readonly labels: Labels;

  constructor(
    private readonly look: Look,
    private readonly camera: Camera,
  ) {
    this.labels = new Labels(look);
  }

  /** Sea, land and borders; `districts` are the borders within countries. */
  ground(context: CanvasRenderingContext2D, basemap: Basemap | null, districts: FeatureCollection<Polygon | MultiPolygon> | null): void {
    const { look } = this;
    const path = this.camera.tracer(context);
    const trace = (shape: GeoPermissibleObjects) => {
      context.beginPath();
      path(shape);
    };
    context.fillStyle = look.space;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    context.lineWidth = 1;
    context.fillStyle = look.sea;
    trace({ type: "Sphere" });
    context.fill();
    context.strokeStyle = look.graticule;
    trace(GRATICULE);
    context.stroke();
    context.strokeStyle = look.border;
    if (basemap) {
      context.fillStyle = look.land;
      trace(basemap.land);
      context.fill();
      trace(basemap.borders);
      context.stroke();
    }
    trace({ type: "Sphere" });
    context.stroke();
    if (!districts) return;
    context.lineWidth = 0.6;
    context.beginPath();
    for (const district of districts.features) path(asDrawn(district));
    context.stroke();
  }

  scene(context: CanvasRenderingContext2D, { coverage, districts, ellipses, paths, trails, places, objects }: Scene): void {
    for (const mark of [...coverage, ...districts, ...ellipses]) this.area(context, mark);
    this.lines(context, [...paths, ...trails]);
    this.points(context, [...places, ...objects]);
  }

  private area(context: CanvasRenderingContext2D, mark: AreaMark): void {
    context.beginPath();
    this.camera.tracer(context)(shapeOf(mark.polygons));
    if (mark.fill) {
      context.globalAlpha = mark.fill;
      context.fillStyle = this.look.tones[mark.tone];
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

  private lines(context: CanvasRenderingContext2D, marks: readonly LineMark[]): void {
    const path = this.camera.tracer(context);
    // A mitre where a path turns back is as long as a sign, and looks like one.
    context.lineJoin = "round";
    for (const mark of marks) {
      context.beginPath();
      path({ type: "LineString", coordinates: mark.points });
      this.stroke(context, mark);
    }
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

  /** Signs first, then the labels, those of the most important first. */
  private points(context: CanvasRenderingContext2D, marks: readonly PointMark[]): void {
    const seen = marks.flatMap((mark) => {
      const at = this.camera.project(mark.at);
      return at && this.camera.sees(at, REACH_PX) ? [{ mark, at }] : [];
    });
    const ratio = devicePixelRatio;
    for (const { mark, at } of seen) {
      if (!mark.sign) continue;
      const [left, top] = [onPixel(at[0] - SIGN_SIZE / 2, ratio), onPixel(at[1] - SIGN_SIZE / 2, ratio)];
      context.drawImage(this.picture("sign", mark.sign, mark.tone), left, top, SIGN_SIZE, SIGN_SIZE);
    }
    this.labels.draw(context, seen.sort((a, b) => a.mark.order - b.mark.order));
  }

  private picture(kind: "sign" | "hatch", name: string, tone: Tone): HTMLCanvasElement {
    const key = `${kind} ${name} ${tone}`;
    let drawn = this.pictures.get(key);
    if (!drawn) {
      const wanted = { [kind]: name, tone } as Parameters<typeof picture>[0];
      drawn = picture(wanted, this.look, devicePixelRatio);
      this.pictures.set(key, drawn);
    }
    return drawn;
  }
}

/** Polygons as d3-geo wants them. */
export const shapeOf = remembered((polygons: LonLat[][][]) => clockwise(polygons));
const asDrawn = remembered(({ geometry }: Feature<Polygon | MultiPolygon>) =>
  clockwise(geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates),
);

/** d3-geo wants outer rings clockwise, GeoJSON has them the other way: what covers more than half the globe is turned. */
function clockwise(polygons: Position[][][]): MultiPolygon {
  const isTurned = (coordinates: Position[][]) => geoArea({ type: "Polygon", coordinates }) > 2 * Math.PI;
  return {
    type: "MultiPolygon",
    coordinates: polygons.map((rings) => (isTurned(rings) ? rings.map((ring) => ring.toReversed()) : rings)),
  };
}
