import { describe, expect, test } from "vitest";
import { footprint, horizon_m, radarReach_m, type Seeing } from "./footprint.ts";
import { boundsOf, continuous, destination, distance_m, ellipseRing, type LonLat, sectorRing } from "./sphere.ts";

const SEOUL: LonLat = [126.98, 37.57];
const TOKYO: LonLat = [139.69, 35.69];

describe("distances", () => {
  test("Seoul to Tokyo is what geodesy says, to 0.4 %", () => {
    expect(distance_m(SEOUL, TOKYO) / 1_157_600).toBeCloseTo(1, 2); // GeographicLib: 1,157.6 km
  });

  test("a destination lies at its distance, over the date line and the pole too", () => {
    for (const start of [SEOUL, [179.5, -60], [10, 89.5]] as LonLat[]) {
      for (const bearing of [0, 77, 180, 303]) {
        expect(distance_m(start, destination(start, bearing, 800_000))).toBeCloseTo(800_000, 1);
      }
    }
  });
});

describe("ellipses", () => {
  test("the axes have their lengths and the azimuth is the major one's", () => {
    const ring = ellipseRing(TOKYO, 90_000, 20_000, 30, 72);
    expect(distance_m(TOKYO, ring[0]!)).toBeCloseTo(90_000, 1);
    expect(distance_m(TOKYO, ring[18]!)).toBeCloseTo(20_000, 1);
    expect(distance_m(ring[0]!, destination(TOKYO, 30, 90_000))).toBeLessThan(1);
  });

  test("one over the date line runs on and closes", () => {
    const ring = ellipseRing([179.9, 10], 200_000, 100_000, 45);
    expect(Math.max(...ring.map((point) => point[0]))).toBeGreaterThan(180);
    expect(ring[0]).toEqual(ring[ring.length - 1]);
    expectNoJumps(ring);
  });

  test("one around the pole goes once round", () => {
    const ring = sectorRing([0, 89], 500_000, null);
    expect(Math.abs(ring[ring.length - 1]![0] - ring[0]![0])).toBeCloseTo(360, 9);
    expectNoJumps(ring);
  });
});

describe("lines", () => {
  test("longitudes are made to run on", () => {
    expect(continuous([[179, 0], [-179, 1], [-178, 2], [178, 3]]).map((point) => point[0])).toEqual([179, 181, 182, 178]);
  });

  test("bounds over the date line stay narrow", () => {
    expect(boundsOf([[179, 1], [-179, 2]])).toEqual([179, 1, 181, 2]);
    expect(boundsOf([])).toBeNull();
  });
});

describe("what a sensor sees", () => {
  const radar: Seeing = {
    kind: "radar",
    position: { latitude_deg: 37, longitude_deg: 127, height_m: 0 },
    coverage: { max_range_m: 1_000_000, min_elevation_deg: 3, sector_deg: [300, 60] },
  };

  test("low objects are lost to the horizon, high ones to the range", () => {
    expect(radarReach_m({ ...radar, coverage: { max_range_m: 4e6, min_elevation_deg: 0 } }, 100_000)).toBeCloseTo(
      horizon_m(100_000),
      -1,
    );
    const high = radarReach_m(radar, 300_000);
    expect(high).toBeLessThan(Math.sqrt(1e12 - 9e10));
    expect(high).toBeGreaterThan(900_000);
    expect(radarReach_m(radar, 1_200_000)).toBe(0);
    expect(radarReach_m(radar, 20_000)).toBeLessThan(high);
  });

  test("a sector goes clockwise over north", () => {
    const ring = footprint(radar, 100_000)!;
    expect(ring[0]).toEqual([127, 37]);
    expect(ring.slice(1, -1).every((point) => point[1] > 37)).toBe(true);
    expect(footprint(radar, 1_200_000)).toBeNull();
  });

  test("a geostationary satellite sees 81 degrees", () => {
    expect(horizon_m(35_786_035) / 111_195).toBeCloseTo(81.3, 1);
  });
});

function expectNoJumps(line: LonLat[]): void {
  for (let k = 1; k < line.length; k++) expect(Math.abs(line[k]![0] - line[k - 1]![0])).toBeLessThan(180);
}
