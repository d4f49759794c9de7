import { describe, expect, test } from "vitest";
import { freeFlight, heightAndSpeedSigma } from "./flight.ts";

// A state and where `nadhir.geo.flight.step` has it 300 and 500 s later (steps of 0.1 s, no drag).
const POSITION = [-3154408.827710682, 3813025.261001215, 4243648.495750425] as const;
const VELOCITY = [-3514.0575839862627, 325.72966765805256, 1093.2975258528688] as const;
const LATER = [
  { time: 300, place: [137.2224567188035, 38.511578388085034], height_m: 588259.237, speed_mps: 2443.42 },
  { time: 500, place: [141.7234575001281, 36.72542228078049], height_m: 519112.307, speed_mps: 2668.063 },
];

describe("free flight", () => {
  test("is the node's own, to fifty metres in eight minutes", () => {
    const path = freeFlight(0, POSITION, VELOCITY, { step_s: 20 });
    for (const { time, place, height_m, speed_mps } of LATER) {
      const point = path.find(([t]) => t === time)!;
      expect(point[1]).toBeCloseTo(place[0]!, 4);
      expect(point[2]).toBeCloseTo(place[1]!, 4);
      expect(Math.abs(point[3] - height_m)).toBeLessThan(50);
      expect(point[4]).toBeCloseTo(speed_mps, 1);
    }
  });

  test("ends at the floor, or with its time", () => {
    const down = freeFlight(1000, POSITION, VELOCITY, { floor_m: 40_000 });
    expect(down[down.length - 1]![3]).toBeCloseTo(40_000, 3);
    expect(down[0]![0]).toBe(1000);
    const short = freeFlight(0, POSITION, VELOCITY, { duration_s: 60 });
    expect(short[short.length - 1]![0]).toBe(60);
    expect(freeFlight(0, [NaN, 0, 0], VELOCITY)).toEqual([]);
  });

  test("runs on over the date line", () => {
    const path = freeFlight(0, [-6_650_000, 20_000, 0], [0, -7300, 0], { duration_s: 600 });
    expect(path[0]![1]).toBeLessThan(180);
    expect(path[5]![1]).toBeGreaterThan(180);
    for (let k = 1; k < path.length; k++) expect(Math.abs(path[k]![1] - path[k - 1]![1])).toBeLessThan(5);
  });
});

test("sigma of height and speed from a covariance", () => {
  // Diagonal 100² m² and 3² (m/s)²: the same in every direction.
  const covariance = Array.from({ length: 21 }, (_, k) => ([0, 6, 11].includes(k) ? 1e4 : [15, 18, 20].includes(k) ? 9 : 0));
  const sigma = heightAndSpeedSigma(POSITION, VELOCITY, covariance)!;
  expect(sigma.height_m).toBeCloseTo(100, 6);
  expect(sigma.speed_mps).toBeCloseTo(3, 6);
  expect(heightAndSpeedSigma(POSITION, VELOCITY, [1, 2])).toBeNull();
});
