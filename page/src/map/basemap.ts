/** Land and borders (Natural Earth, public domain, by world-atlas), as files of the page's own. */

import type { FeatureCollection, MultiLineString, MultiPolygon } from "geojson";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import coarse from "world-atlas/countries-110m.json?url";
import fine from "world-atlas/countries-50m.json?url";

export interface Basemap {
  /** Without inner borders, which would show as seams. */
  land: FeatureCollection<MultiPolygon>;
  /** Borders and shores, each once. */
  borders: MultiLineString;
}

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

/** The basemap at 1:110 million, or at 1:50 million. */
export async function loadBasemap(detail: "coarse" | "fine"): Promise<Basemap> {
  const response = await fetch(detail === "fine" ? fine : coarse);
  if (!response.ok) throw new Error(`The basemap is not there (${response.status}).`);
  const atlas = (await response.json()) as Atlas;
  return {
    land: feature(atlas, atlas.objects.land) as FeatureCollection<MultiPolygon>,
    borders: mesh(atlas, atlas.objects.countries),
  };
}

/** Meridians and parallels, every so many degrees. */
export function graticule(step_deg: number): MultiLineString {
  const range = (from: number, to: number, step: number) =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, k) => from + k * step);
  const meridians = range(-180, 180 - step_deg, step_deg).map((x) => range(-80, 80, 5).map((y) => [x, y]));
  const parallels = range(-80, 80, step_deg).map((y) => range(-180, 180, 5).map((x) => [x, y]));
  return { type: "MultiLineString", coordinates: [...meridians, ...parallels] };
}
