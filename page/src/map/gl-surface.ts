/** The map by MapLibre: flat (Mercator) and globe. Text is drawn with the browser's own fonts: there is no glyph server. */

import {
  type ExpressionSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  setWorkerUrl,
  type StyleSpecification,
  type SymbolLayerSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { type Basemap, flattened, graticule, loadBasemap } from "./basemap.ts";
import type { Outlines } from "./outlines.ts";
import { DASHES, type Look, type Tone } from "./palette.ts";
import type { AreaMark, Choice, LineMark, PointMark, Scene } from "./scene.ts";
import { type Hatch, picture, type Sign } from "./signs.ts";
import { EARTH_RADIUS_M, type LonLat, radians } from "./sphere.ts";
import type { Bounds, Surface, SurfaceEvents } from "./surface.ts";

setWorkerUrl(workerUrl);

type LayerName = keyof Scene;
type AnyMark = AreaMark | LineMark | PointMark;

const LAYERS: readonly LayerName[] = ["coverage", "districts", "ellipses", "paths", "trails", "places", "objects"];
const CHOSEN_FIRST = ["objects", "crowd", "places", "marginal", "trails", "paths", "ellipses-line", "ellipses-fill", "districts-fill"];
/** What comes after this order is neither selected nor a danger. */
const CROWD_ORDER = 1;
const CLICK_REACH_PX = 8;
/** From this zoom on the finer basemap is worth its cost, which is higher where each corner is bent onto the globe. */
const FINE_ZOOM = { flat: 3.5, globe: 4.5 };
/** Room for the buttons above, and for words beside what is framed. */
const FIT = { padding: { top: 84, bottom: 48, left: 64, right: 64 }, maxZoom: 7 };
const REFINE_MS = 1500;
const ICON_RATIO = 2;
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

export class GlSurface implements Surface {
  private readonly map: MapLibre;
  private basemap: Basemap | null = null;
  private districts: FeatureCollection = EMPTY;
  private detail: "coarse" | "fine" = "coarse";
  private scene: Scene | null = null;
  private ready = false;
  private refining: ReturnType<typeof setTimeout> | undefined;
  /** What each source holds, by id. */
  private readonly held = new Map<LayerName, Map<string, AnyMark>>();
  private readonly busy = new Set<LayerName>();

  /** Throws where there is no WebGL. */
  constructor(
    container: HTMLElement,
    private look: Look,
    private readonly projection: "flat" | "globe",
    /** Kept in view when the map's room changes, until a person moves the map. */
    private framed: Bounds | null,
    private readonly events: SurfaceEvents,
  ) {
    this.map = new MapLibre({
      container,
      style: this.style(),
      ...(framed ? { bounds: [...framed] as [number, number, number, number], fitBoundsOptions: FIT } : {}),
      attributionControl: false,
      maxZoom: 10,
      minZoom: projection === "globe" ? 0 : 0.5,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      keyboard: false,
      fadeDuration: 0,
      refreshExpiredTiles: false,
      canvasContextAttributes: { antialias: false },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.setMissingStyleImageResolver((id) => this.addImage(id));
    this.map.on("style.load", () => this.begin());
    this.map.on("click", (event) => this.events.chosen(this.choiceAt(event.point.x, event.point.y)));
    this.map.on("move", (event) => this.moved(event.originalEvent !== undefined));
    this.map.on("resize", () => this.framed && this.frame(this.framed));
    this.map.on("moveend", () => this.refineSoon());
    void this.loadDetail("coarse");
  }

  outline({ districts }: Outlines): void {
    this.districts = districts;
    if (this.ready) this.source("borders-within")?.setData(districts);
  }

  show(scene: Scene): void {
    this.scene = scene;
    if (this.ready) for (const name of LAYERS) void this.update(name);
  }

  restyle(look: Look): void {
    this.look = look;
    this.ready = false;
    this.map.setStyle(this.style(), { diff: false });
  }

  frame(bounds: Bounds): void {
    this.framed = bounds;
    const [west, south, east, north] = bounds;
    this.map.fitBounds([west, south, east, north], { ...FIT, duration: 0 });
  }

  centreOn(place: LonLat): void {
    this.framed = null;
    this.map.jumpTo({ center: place });
  }

  zoom(steps: number): void {
    this.framed = null;
    this.map.jumpTo({ zoom: this.map.getZoom() + steps });
  }

  pan(right_px: number, down_px: number): void {
    this.framed = null;
    this.map.panBy([right_px, down_px], { duration: 0 });
  }

  metresPerPixel(): number {
    const across = Math.cos(radians(this.map.getCenter().lat));
    return (2 * Math.PI * EARTH_RADIUS_M * across) / (512 * 2 ** this.map.getZoom());
  }

  close(): void {
    clearTimeout(this.refining);
    this.map.remove();
  }

  private begin(): void {
    this.map.setProjection({ type: this.projection === "globe" ? "globe" : "mercator" });
    this.held.clear();
    this.busy.clear();
    this.ready = true;
    if (this.scene) this.show(this.scene);
  }

  private async loadDetail(detail: "coarse" | "fine"): Promise<void> {
    this.detail = detail;
    this.basemap = flattened(await loadBasemap(detail));
    if (!this.ready) return;
    this.source("land")?.setData(this.basemap.land);
    this.source("borders")?.setData(this.basemap.borders);
    this.refineSoon();
  }

  /** The finer basemap may wait until the picture stands: it costs as much as all else at the start. */
  private refineSoon(): void {
    clearTimeout(this.refining);
    this.refining = setTimeout(() => {
      const wanted = this.detail === "coarse" && this.basemap && this.map.getZoom() >= FINE_ZOOM[this.projection];
      if (wanted && this.map.isSourceLoaded("land")) void this.loadDetail("fine");
      else if (wanted) this.refineSoon();
    }, REFINE_MS);
  }

  private source(name: string): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(name);
  }

  /** Brings a source to the present scene: what is new or changed goes in, what is gone goes out. */
  private async update(name: LayerName): Promise<void> {
    const source = this.source(name);
    if (!source || !this.scene || this.busy.has(name)) return;
    const held = this.held.get(name) ?? new Map<string, AnyMark>();
    const wanted = new Map<string, AnyMark>(this.scene[name].map((mark) => [mark.id, mark]));
    const changed = [...wanted.values()].filter((mark) => !same(mark, held.get(mark.id)));
    const gone = [...held.keys()].filter((id) => !wanted.has(id));
    if (!changed.length && !gone.length) return;
    this.held.set(name, wanted);
    this.busy.add(name);
    try {
      await source.updateData({ remove: gone, add: changed.map((mark) => this.feature(mark)) });
    } finally {
      this.busy.delete(name);
    }
    void this.update(name);
  }

  private feature(mark: AnyMark): Feature {
    const colour = this.look.tones[mark.tone];
    if ("polygons" in mark) {
      const { id, fill, hatchOpacity, width, opacity, dash } = mark;
      const hatch = mark.hatch ? { hatch: `hatch ${mark.hatch} ${mark.tone}` } : {};
      const geometry: Geometry = { type: "MultiPolygon", coordinates: mark.polygons };
      return { type: "Feature", geometry, properties: { id, colour, fill, hatchOpacity, width, opacity, dash, ...hatch } };
    }
    if ("points" in mark) {
      const { id, width, opacity, dash } = mark;
      const geometry: Geometry = { type: "LineString", coordinates: mark.points };
      return { type: "Feature", geometry, properties: { id, colour, width, opacity, dash } };
    }
    const { id, label, order } = mark;
    const sign = `sign ${mark.sign ?? "none"} ${mark.tone}`;
    const crowd = order > CROWD_ORDER;
    const geometry: Geometry = { type: "Point", coordinates: mark.at };
    return { type: "Feature", geometry, properties: { id, colour, label, order, sign, crowd, centred: mark.sign === null } };
  }

  private choiceAt(x: number, y: number): Choice | null {
    const reach = CLICK_REACH_PX;
    const box: [[number, number], [number, number]] = [[x - reach, y - reach], [x + reach, y + reach]];
    const found = this.map.queryRenderedFeatures(box, { layers: CHOSEN_FIRST });
    found.sort((a, b) => CHOSEN_FIRST.indexOf(a.layer.id) - CHOSEN_FIRST.indexOf(b.layer.id));
    for (const { source, properties } of found) {
      const choice = this.held.get(source as LayerName)?.get(String(properties["id"]))?.pick;
      if (choice) return choice;
    }
    return null;
  }

  private moved(byHand: boolean): void {
    if (byHand) this.framed = null;
    this.events.moved(byHand);
  }

  /** Draws a sign or a hatching when it is first needed. */
  private addImage(id: string): void {
    const [kind, name, tone] = id.split(" ") as [string, string, Tone];
    const wanted = kind === "sign" ? { sign: name as Sign, tone } : { hatch: name as Hatch, tone };
    const canvas = picture(wanted, this.look, ICON_RATIO);
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
    if (pixels) this.map.addImage(id, pixels, { pixelRatio: ICON_RATIO });
  }

  private style(): StyleSpecification {
    const { look } = this;
    const own = Object.fromEntries(
      LAYERS.map((name) => [name, { type: "geojson" as const, data: EMPTY, promoteId: "id", maxzoom: 8, tolerance: 0.5 }]),
    );
    return {
      version: 8,
      sources: {
        land: { type: "geojson", data: this.basemap?.land ?? EMPTY, maxzoom: 6 },
        borders: { type: "geojson", data: this.basemap?.borders ?? EMPTY, maxzoom: 6 },
        graticule: { type: "geojson", data: graticule(10), maxzoom: 2 },
        "borders-within": { type: "geojson", data: this.districts, maxzoom: 7 },
        ...own,
      },
      layers: [
        { id: "sea", type: "background", paint: { "background-color": look.sea } },
        { id: "graticule", type: "line", source: "graticule", paint: { "line-color": look.graticule, "line-width": 1 } },
        // Without antialiasing: else the edges of the tiles show.
        { id: "land", type: "fill", source: "land", paint: { "fill-color": look.land, "fill-antialias": false } },
        {
          id: "borders-within",
          type: "line",
          source: "borders-within",
          minzoom: 3.5,
          paint: { "line-color": look.border, "line-width": 0.6, "line-opacity": 0.7 },
        },
        { id: "borders", type: "line", source: "borders", paint: { "line-color": look.border, "line-width": 1 } },
        ...areaLayers("coverage"),
        ...areaLayers("districts"),
        ...areaLayers("ellipses"),
        lineLayer("paths", "paths"),
        lineLayer("trails", "trails"),
        // Labels of the upper layers find room first.
        pointLayer("marginal", "places", look),
        pointLayer("crowd", "objects", look),
        pointLayer("objects", "objects", look),
        pointLayer("places", "places", look),
      ],
    };
  }
}

const DASH: ExpressionSpecification = [
  "match",
  ["get", "dash"],
  ...(["dashed", "dotted", "long", "dash-dot"] as const).flatMap((name) => [name, ["literal", DASHES[name]]]),
  ["literal", DASHES.solid],
] as unknown as ExpressionSpecification;

function areaLayers(source: LayerName): LayerSpecification[] {
  return [
    {
      id: `${source}-fill`,
      type: "fill",
      source,
      paint: { "fill-color": ["get", "colour"], "fill-opacity": ["get", "fill"], "fill-antialias": false },
    },
    {
      id: `${source}-hatch`,
      type: "fill",
      source,
      filter: ["has", "hatch"],
      paint: {
        "fill-pattern": ["image", ["get", "hatch"]],
        "fill-opacity": ["get", "hatchOpacity"],
        "fill-antialias": false,
      },
    },
    lineLayer(`${source}-line`, source),
  ];
}

function lineLayer(id: string, source: LayerName): LayerSpecification {
  return {
    id,
    type: "line",
    source,
    layout: { "line-join": "round" },
    paint: {
      "line-color": ["get", "colour"],
      "line-width": ["get", "width"],
      "line-opacity": ["get", "opacity"],
      "line-dasharray": DASH,
    },
  };
}

/** Text's halo is drawn in a pass of its own, which hundreds of labels make dear in software: the crowd has none. */
function pointLayer(
  id: "marginal" | "crowd" | LayerName,
  source: LayerName,
  look: Look,
): SymbolLayerSpecification {
  const isCrowd = id === "marginal" || id === "crowd";
  const beside = ["left", [1.1, 0], "right", [-1.1, 0], "top", [0, 1.1], "bottom", [0, -1.1]];
  return {
    id,
    type: "symbol",
    source,
    filter: isCrowd ? ["get", "crowd"] : ["!", ["get", "crowd"]],
    layout: {
      "icon-image": ["image", ["get", "sign"]],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "text-field": ["get", "label"],
      "text-font": ["system-ui", "sans-serif"],
      "text-size": 12,
      "text-variable-anchor-offset": ["case", ["get", "centred"], ["literal", ["center", [0, 0]]], ["literal", beside]],
      "text-justify": "auto",
      "text-optional": true,
      "text-max-width": 16,
      "symbol-sort-key": ["get", "order"],
    },
    paint: {
      "text-color": ["get", "colour"],
      "text-halo-color": look.halo,
      "text-halo-width": id === "crowd" ? 0 : 1.6,
    },
  };
}

/** Whether two marks draw the same: all fields equal, geometry by identity (`remembered`) or by value where it is a point. */
function same(a: AnyMark, b: AnyMark | undefined): boolean {
  if (!b) return false;
  for (const key of Object.keys(a) as (keyof AnyMark)[]) {
    const [x, y] = [a[key], b[key]] as [unknown, unknown];
    if (x === y || key === "pick") continue;
    if ((key as string) === "at" && (x as LonLat)[0] === (y as LonLat)[0] && (x as LonLat)[1] === (y as LonLat)[1]) continue;
    return false;
  }
  return true;
}
