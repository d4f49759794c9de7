/** Outlines and names of the warning areas (`/api/areas`). */

import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import type { Language } from "../state/address.ts";
import { boundsOf, type LonLat } from "./sphere.ts";

const TINY_DEG = 0.3;

export interface AreaProperties {
  code: string;
  level: "district" | "country";
  names: Partial<Record<Language, string>>;
}

export type AreaCollection = FeatureCollection<Polygon | MultiPolygon, AreaProperties>;

/** The areas by code. Rings stand as `/api/areas` gives them: outer ones counter-clockwise. */
export class Outlines {
  private readonly areas: Map<string, Feature<Polygon | MultiPolygon, AreaProperties>>;

  constructor(readonly collection: AreaCollection = { type: "FeatureCollection", features: [] }) {
    this.areas = new Map(collection.features.map((area) => [area.properties.code, area]));
  }

  /** The borders that no basemap has: those within countries. */
  get districts(): AreaCollection {
    const features = this.collection.features.filter(({ properties }) => properties.level === "district");
    return { type: "FeatureCollection", features };
  }

  polygons(code: string): LonLat[][][] | null {
    const area = this.areas.get(code);
    if (!area) return null;
    const { geometry } = area;
    return (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) as LonLat[][][];
  }

  name(code: string, language: Language): string {
    const names = this.areas.get(code)?.properties.names ?? {};
    return names[language] ?? names.en ?? code;
  }

  /** A place for an area's label: the middle of its largest part. */
  middle(code: string): LonLat | null {
    const rings = (this.polygons(code) ?? []).map((polygon) => polygon[0] ?? []);
    let best: { size: number; at: LonLat } | null = null;
    for (const ring of rings) {
      const centre = centroid(ring);
      if (centre && (!best || centre.size > best.size)) best = centre;
    }
    return best?.at ?? null;
  }

  /** Corners of areas, for framing: far and tiny islands would make all small. */
  corners(codes: readonly string[]): LonLat[] {
    return codes
      .flatMap((code) => (this.polygons(code) ?? []).map((polygon) => polygon[0] ?? []))
      .filter((ring) => {
        const [west, south, east, north] = boundsOf(ring) ?? [0, 0, 0, 0];
        return Math.max(east - west, north - south) > TINY_DEG;
      })
      .flat();
  }
}

/** Centroid of a ring in the plane of degrees, and its size there; a label may lie so coarsely. */
function centroid(ring: readonly LonLat[]): { size: number; at: LonLat } | null {
  let [area, x, y] = [0, 0, 0];
  for (let k = 1; k < ring.length; k++) {
    const [a, b] = [ring[k - 1] as LonLat, ring[k] as LonLat];
    const cross = a[0] * b[1] - b[0] * a[1];
    area += cross;
    x += (a[0] + b[0]) * cross;
    y += (a[1] + b[1]) * cross;
  }
  return area === 0 ? null : { size: Math.abs(area), at: [x / (3 * area), y / (3 * area)] };
}
