/** What draws a scene: MapLibre where there is WebGL, a plain canvas elsewhere. */

import type { Outlines } from "./outlines.ts";
import type { Look } from "./palette.ts";
import type { Choice, Scene } from "./scene.ts";
import type { LonLat } from "./sphere.ts";

/** West, south, east, north in degrees; east may be past 180. */
export type Bounds = readonly [number, number, number, number];

export interface Surface {
  /** Borders of the districts. */
  outline(outlines: Outlines): void;
  /** Draws a scene; only what changed since the last one is taken up again. */
  show(scene: Scene): void;
  restyle(look: Look): void;
  /** Moves so that the bounds fill the map. */
  frame(bounds: Bounds): void;
  centreOn(place: LonLat): void;
  zoom(steps: number): void;
  pan(right_px: number, down_px: number): void;
  /** Ground metres a CSS pixel in the middle. */
  metresPerPixel(): number;
  close(): void;
}

export interface SurfaceEvents {
  /** Something was clicked, or nothing. */
  chosen(choice: Choice | null): void;
  /** The map has moved; `byHand` when a person did it. */
  moved(byHand: boolean): void;
}
