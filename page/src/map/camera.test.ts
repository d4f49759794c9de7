import { describe, expect, test } from "vitest";
import { type Bounds, Camera, type Pixel } from "./camera.ts";
import { type LonLat, longitudeNear } from "./sphere.ts";

const [WIDTH, HEIGHT] = [1000, 700];
const KOREA_JAPAN: Bounds = [124, 30, 146, 46];

function camera(kind: "flat" | "globe", bounds: Bounds = KOREA_JAPAN): Camera {
  const made = new Camera(kind);
  made.resize(WIDTH, HEIGHT);
  made.fit(bounds);
  return made;
}

describe.each(["flat", "globe"] as const)("%s", (kind) => {
  test.each([KOREA_JAPAN, [170, -50, 200, -30], [-20, 60, -10, 80], [129, 36, 129, 36]] as Bounds[])(
    "bounds %j are in the room that is left for them, and fill it one way",
    (...bounds) => {
      const [west, south, east, north] = bounds as unknown as Bounds;
      const made = camera(kind, [west, south, east, north]);
      const corners = [[west, south], [west, north], [east, south], [east, north]] as LonLat[];
      const at = corners.map((corner) => made.project(corner)!);
      for (const [x, y] of at) {
        expect(x).toBeGreaterThan(63);
        expect(x).toBeLessThan(WIDTH - 63);
        expect(y).toBeGreaterThan(83 - 12);
        expect(y).toBeLessThan(HEIGHT - 47 + 12);
      }
      if (east - west < 2) return;
      const across = Math.max(...at.map(([x]) => x)) - Math.min(...at.map(([x]) => x));
      const down = Math.max(...at.map(([, y]) => y)) - Math.min(...at.map(([, y]) => y));
      expect(Math.max(across / (WIDTH - 128), down / (HEIGHT - 132))).toBeGreaterThan(0.9);
    },
  );

  test("what is under a pixel is projected onto it", () => {
    const made = camera(kind);
    for (const pixel of [[500, 350], [300, 200], [700, 600]] as Pixel[]) {
      const [x, y] = made.project(made.unproject(pixel)!)!;
      expect(x).toBeCloseTo(pixel[0], 6);
      expect(y).toBeCloseTo(pixel[1], 6);
    }
  });

  test("zooming about a pixel keeps what is there", () => {
    const made = camera(kind);
    const pixel: Pixel = [620, 300];
    const before = made.unproject(pixel)!;
    made.zoomAbout(pixel, 1.5);
    const after = made.unproject(pixel)!;
    expect(Math.abs(longitudeNear(after[0], before[0]) - before[0])).toBeLessThan(0.2);
    expect(Math.abs(after[1] - before[1])).toBeLessThan(0.2);
  });

  test("moving is what it says, and is not stopped by the date line", () => {
    const made = camera(kind);
    const place = made.unproject([WIDTH / 2 + 40, HEIGHT / 2])!;
    made.pan(40, 0);
    const [x, y] = made.project(place)!;
    expect(x).toBeCloseTo(WIDTH / 2, 3);
    expect(y).toBeCloseTo(HEIGHT / 2, 3);
    made.lookAt([179, 10]);
    made.pan(60, 0);
    expect(made.project([-179, 10])).not.toBeNull();
  });

  test("a pixel is as many metres as the place under it says", () => {
    const made = camera(kind);
    const [a, b] = [made.unproject([WIDTH / 2, HEIGHT / 2])!, made.unproject([WIDTH / 2 + 1, HEIGHT / 2])!];
    const metres = (Math.PI / 180) * (b[0] - a[0]) * 6_371_008.8 * Math.cos((a[1] * Math.PI) / 180);
    expect(made.metresPerPixel() / metres).toBeCloseTo(1, 2);
  });
});

test("the globe hides what is behind it and is not turned over the pole", () => {
  const made = camera("globe", [-170, -55, 190, 72]);
  made.lookAt([130, 80]);
  expect(made.project([-50, 0])).toBeNull();
  expect(made.project([130, 60])).not.toBeNull();
  expect(made.unproject([1, 1])).toBeNull();
  made.pan(0, -250);
  const [x] = made.project([130, 75])!;
  expect(x).toBeCloseTo(WIDTH / 2, 6);
});

test("the flat world is never narrower than the picture", () => {
  const made = camera("flat");
  made.zoomTo(1);
  expect(made.nearness * 2 * Math.PI).toBeGreaterThanOrEqual(WIDTH);
});
