/** WGS-84 geodetic position of an ECEF point: degrees and metres. Bowring's formula, good to under a millimetre below
 * satellites' heights (Bowring 1985, Survey Review 28, 218). */

const A = 6_378_137;
const F = 1 / 298.257_223_563;
const B = A * (1 - F);
const E2 = F * (2 - F);
const E2_SECOND = (A * A - B * B) / (B * B);
const DEG = 180 / Math.PI;

export interface Geodetic {
  longitude_deg: number;
  latitude_deg: number;
  height_m: number;
}

export function geodetic([x, y, z]: readonly [number, number, number]): Geodetic {
  const p = Math.hypot(x, y);
  const r = Math.hypot(p, z);
  const reduced = Math.atan2(B * z * (1 + (E2_SECOND * B) / r), A * p);
  const latitude = Math.atan2(z + E2_SECOND * B * Math.sin(reduced) ** 3, p - E2 * A * Math.cos(reduced) ** 3);
  const sine = Math.sin(latitude);
  const height = p * Math.cos(latitude) + z * sine - A * Math.sqrt(1 - E2 * sine * sine);
  return { longitude_deg: Math.atan2(y, x) * DEG, latitude_deg: latitude * DEG, height_m: height };
}
