/** Where the map looks from, and where on the screen a place then is: flat (Mercator), or a globe (orthographic). */

import { geoDistance, geoMercator, geoOrthographic, geoPath, type GeoPath, type GeoProjection } from "d3-geo";
import type { Projection } from "../state/address.ts";
import { EARTH_RADIUS_M, type LonLat, longitudeNear, radians } from "./sphere.ts";

/** West, south, east, north in degrees; east may be past 180. */
export type Bounds = readonly [number, number, number, number];

/** CSS pixels from the map's upper left corner. */
export type Pixel = [x: number, y: number];

/** Pixels a radian in the middle. */
const SCALES = { least: 60, most: 60_000, mostFramed: 8_000 };
/** Room for the buttons above, and for words beside what is framed. */
const ROOM_PX = { top: 84, bottom: 48, side: 64 };
/** What is smaller is framed as if it were so large. */
const LEAST_FRAMED_DEG = 2;
/** Mercator ends here. */
const HIGHEST_DEG = 85;
/** Lines leave the picture only out of sight. */
const MARGIN_PX = 20;

export class Camera {
  private readonly projection: GeoProjection;
  private centre: LonLat = [0, 20];
  private scale = 150;
  private width = 0;
  private height = 0;

  constructor(private readonly kind: Projection) {
    this.projection = kind === "globe" ? geoOrthographic() : geoMercator();
  }

  resize(width: number, height: number): void {
    [this.width, this.height] = [width, height];
    this.zoomTo(this.scale);
  }

  /** Pixels a radian in the middle: how near it is. */
  get nearness(): number {
    return this.scale;
  }

  lookAt([longitude, latitude]: LonLat): void {
    this.centre = [longitude, Math.max(-HIGHEST_DEG, Math.min(HIGHEST_DEG, latitude))];
    this.aim();
  }

  /** Moves so that the bounds fill the picture. */
  fit(bounds: Bounds): void {
    const [west, south, east, north] = widened(bounds);
    const [across, down] = [this.width - 2 * ROOM_PX.side, this.height - ROOM_PX.top - ROOM_PX.bottom];
    if (across <= 0 || down <= 0) return;
    this.turn([(west + east) / 2, this.kind === "globe" ? (south + north) / 2 : 0]);
    this.projection.scale(1).translate([0, 0]).clipExtent(null);
    const edge = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((step) => {
      const [longitude, latitude] = [west + (step * (east - west)) / 8, south + (step * (north - south)) / 8];
      return [[longitude, south], [longitude, north], [west, latitude], [east, latitude]];
    });
    const [[left, top], [right, bottom]] = geoPath(this.projection).bounds({ type: "MultiPoint", coordinates: edge });
    const scale = Math.min(across / (right - left), down / (bottom - top), SCALES.mostFramed);
    const middle: Pixel = [(left + right) / 2, (top + bottom - (ROOM_PX.top - ROOM_PX.bottom) / scale) / 2];
    const centre = this.projection.invert?.(middle) ?? [(west + east) / 2, (south + north) / 2];
    this.zoomTo(scale);
    this.lookAt(centre);
  }

  zoomTo(scale: number): void {
    // The flat world is never narrower than the picture.
    const least = this.kind === "globe" ? SCALES.least : Math.max(SCALES.least, this.width / (2 * Math.PI));
    this.scale = Math.max(least, Math.min(SCALES.most, scale));
    this.aim();
  }

  /** Looks at what is so many pixels off the middle. The globe is not turned over a pole. */
  pan(right_px: number, down_px: number): void {
    const to = this.projection.invert?.([this.width / 2 + right_px, this.height / 2 + down_px]);
    if (!to || to.some(Number.isNaN)) return;
    const longitude = longitudeNear(to[0], this.centre[0]);
    if (this.kind === "globe" && Math.abs(longitude - this.centre[0]) > 90) return;
    this.lookAt([longitude, to[1]]);
  }

  /** Zooms about a pixel: what is there stays there. */
  zoomAbout([x, y]: Pixel, factor: number): void {
    const before = this.scale;
    this.zoomTo(before * factor);
    const part = this.scale / before - 1;
    this.pan((x - this.width / 2) * part, (y - this.height / 2) * part);
  }

  /** Null behind the globe. */
  project(place: LonLat): Pixel | null {
    return this.kind === "globe" && geoDistance(this.centre, place) > Math.PI / 2 ? null : this.projection(place);
  }

  /** Null beside the globe. */
  unproject([x, y]: Pixel): LonLat | null {
    if (this.kind === "globe" && Math.hypot(x - this.width / 2, y - this.height / 2) > this.scale) return null;
    return this.projection.invert?.([x, y]) ?? null;
  }

  /** Whether a pixel is in the picture, or so near that what is drawn there is seen. */
  sees([x, y]: Pixel, margin_px: number): boolean {
    return x > -margin_px && x < this.width + margin_px && y > -margin_px && y < this.height + margin_px;
  }

  /** Traces shapes on the sphere into a context, clipped to what is seen. */
  tracer(context: CanvasRenderingContext2D): GeoPath {
    return geoPath(this.projection, context);
  }

  /** Ground metres a CSS pixel in the middle. */
  metresPerPixel(): number {
    return (EARTH_RADIUS_M * (this.kind === "globe" ? 1 : Math.cos(radians(this.centre[1])))) / this.scale;
  }

  private turn([longitude, latitude]: LonLat): void {
    if (this.kind === "globe") this.projection.rotate([-longitude, -latitude]);
    else this.projection.rotate([-longitude, 0]).center([0, latitude]);
  }

  private aim(): void {
    this.turn(this.centre);
    this.projection
      .scale(this.scale)
      .translate([this.width / 2, this.height / 2])
      .clipExtent([[-MARGIN_PX, -MARGIN_PX], [this.width + MARGIN_PX, this.height + MARGIN_PX]]);
  }
}

function widened([west, south, east, north]: Bounds): Bounds {
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const [across, up] = [Math.max(LEAST_FRAMED_DEG, east - west) / 2, Math.max(LEAST_FRAMED_DEG, north - south) / 2];
  return [x - across, Math.max(-HIGHEST_DEG, y - up), x + across, Math.min(HIGHEST_DEG, y + up)];
}
