/** The map element with many moving objects, and nothing else: what `frames.mjs` measures. */

import "../src/map/nadhir-map.ts";
import type { MapElement } from "../src/map/nadhir-map.ts";
import { FIRST_VIEW, type View } from "../src/state/address.ts";
import { apply, emptyPicture } from "../src/state/picture.ts";
import type { Store } from "../src/state/store.ts";
import type { TrackProduct } from "../src/state/types.ts";

const asked = new URLSearchParams(location.search);
const COUNT = Number(asked.get("objects") ?? 500);
/** Data seconds a frame; the time that passed unless told. */
const STEP_S = Number(asked.get("step")) || null;
const TRAIL_S = 60;
const OWNERS = ["KOR", "JPN", "USA"];
const SEMI_MAJOR_M = 6_378_137;

/** What is ours: the box in which the objects fly, so that the map shows it. */
const BOX = [[108, 16], [150, 16], [150, 46], [108, 46], [108, 16]];
const AREA = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      properties: { code: "JP", level: "country", names: {} },
      geometry: { type: "Polygon", coordinates: [BOX] },
    },
  ],
};
const RADAR = { id: "R", kind: "radar", position: { latitude_deg: 30, longitude_deg: 130, height_m: 0 }, coverage: {} };
const RADARS = [{ sensor: RADAR, owner: "JPN", silent: false }];

/** An object 300 km up that flies around a place of its own at 5 km/s, at a time. */
function track(index: number, time: number): TrackProduct {
  const [longitude, latitude] = [(110 + (index % 40)) * (Math.PI / 180), (20 + Math.floor(index / 40) * 2) * (Math.PI / 180)];
  const turn = (time / 45 + index) % (2 * Math.PI);
  const [x, y] = [longitude + 0.035 * Math.cos(turn), latitude + 0.035 * Math.sin(turn)];
  const radius = SEMI_MAJOR_M + 300e3;
  return {
    kind: "track",
    object: `O${index}`,
    event: null,
    issued: time,
    time,
    phase: "coast",
    position_m: [radius * Math.cos(y) * Math.cos(x), radius * Math.cos(y) * Math.sin(x), radius * Math.sin(y)],
    velocity_mps: [1000, 2000, 500],
    covariance: [],
    ballistic: true,
    biased: false,
    parting: null,
    burnout_time: null,
    owners: [OWNERS[index % 3] as string],
  };
}

class BenchStore extends EventTarget {
  readonly view: View = { ...FIRST_VIEW, projection: (asked.get("map") ?? "flat") as View["projection"] };
  readonly picture = emptyPicture("exercise", "JPN");
  readonly session = {};
  readonly api = { get: async (path: string) => (path === "/api/areas" ? AREA : RADARS) };
  private time = 1_000;
  private sequence = 0;

  constructor() {
    super();
    for (let back = TRAIL_S; back > 0; back--) for (let index = 0; index < COUNT; index++) this.tell(index, this.time - back);
  }

  now(): number {
    return this.time;
  }

  text(id: string): string {
    return id;
  }

  /** Each object is told of once a second, as a node does; time goes on. */
  advance(seconds: number): void {
    const before = this.time;
    this.time += seconds;
    for (let index = 0; index < COUNT; index++) {
      const part = index / COUNT;
      if (Math.floor(before - part) !== Math.floor(this.time - part)) this.tell(index, this.time);
    }
    this.dispatchEvent(new Event("change"));
  }

  private tell(index: number, time: number): void {
    const owner = OWNERS[index % 3] as string;
    const product = track(index, time);
    this.sequence += 1;
    apply(this.picture, {
      kind: "item",
      sequence: this.sequence,
      data: { sequence: this.sequence, at: time, basis: "shared", owner, classification: "UNCLASSIFIED", event: null, object: null, product },
    } as Parameters<typeof apply>[1]);
  }
}

const store = new BenchStore();
const element = document.createElement("nadhir-map") as MapElement;
element.store = store as unknown as Store;
// The page's policy forbids styles in the document.
document.body.style.margin = "0";
Object.assign(element.style, { display: "block", inlineSize: "100vw", blockSize: "100vh" });
document.body.append(element);

/** Times of what is drawn: a frame of the map begins with its ground. */
const drawn: number[] = [];
const { drawImage } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
  if (this.canvas.isConnected && (given[0] as HTMLCanvasElement).width === this.canvas.width) drawn.push(performance.now());
  (drawImage as (...given: unknown[]) => void).apply(this, given);
};

/** Seconds between two drawings of the objects, for so long; `moving` also moves the map to and fro in each frame. */
async function measure(seconds: number, moving: boolean): Promise<number[]> {
  const ground = element.renderRoot.querySelector(".ground") as HTMLElement;
  const key = (name: string) => ground.dispatchEvent(new KeyboardEvent("keydown", { key: name }));
  let [step, last] = [0, performance.now()];
  const end = last + seconds * 1000;
  drawn.length = 0;
  await new Promise<void>((done) => {
    const frame = () => {
      const now = performance.now();
      store.advance(STEP_S ?? (now - last) / 1000);
      last = now;
      if (moving) key(step++ % 2 ? "ArrowLeft" : "ArrowRight");
      if (now < end) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  });
  return drawn.slice(1).map((time, index) => (time - (drawn[index] as number)) / 1000);
}

Object.assign(window, { measure });
