/**
 * Figures on the sphere: ellipses and sectors. Positions are [longitude, latitude] in degrees, as GeoJSON has
 * them; bearings are degrees clockwise from north; lengths are metres on the mean sphere (0.4 % of a distance on the
 * ellipsoid at most, less than a line's width on any map here).
 *
 * Longitudes of a line or ring run on over ±180 instead of jumping, so that nothing is drawn the long way round.
 */

export type LonLat = [longitude_deg: number, latitude_deg: number];

export const EARTH_RADIUS_M = 6_371_008.8;

export const radians = (degrees: number): number => (degrees * Math.PI) / 180;
export const degrees = (angle_rad: number): number => (angle_rad * 180) / Math.PI;

/** The same longitude, within half a turn of another. */
export function longitudeNear(longitude_deg: number, other_deg: number): number {
  return longitude_deg - 360 * Math.round((longitude_deg - other_deg) / 360);
}

/** Longitudes made to run on: each within half a turn of the one before. */
export function continuous<Point extends [number, number, ...number[]]>(points: readonly Point[]): Point[] {
  let last = points[0]?.[0] ?? 0;
  return points.map((point) => {
    last = longitudeNear(point[0], last);
    const moved = [...point] as Point;
    moved[0] = last;
    return moved;
  });
}

/** Great-circle distance in metres (haversine: exact for near points). */
export function distance_m(a: LonLat, b: LonLat): number {
  const [from, to] = [radians(a[1]), radians(b[1])];
  const half =
    Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(radians(b[0] - a[0]) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The point at a distance and bearing, its longitude within half a turn of the start's. */
export function destination(from: LonLat, bearing_deg: number, distance_m: number): LonLat {
  const [angle, bearing, latitude] = [distance_m / EARTH_RADIUS_M, radians(bearing_deg), radians(from[1])];
  const sine = Math.sin(latitude) * Math.cos(angle) + Math.cos(latitude) * Math.sin(angle) * Math.cos(bearing);
  const turn = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(latitude),
    Math.cos(angle) - Math.sin(latitude) * sine,
  );
  return [from[0] + degrees(turn), degrees(Math.asin(Math.max(-1, Math.min(1, sine))))];
}

/**
 * Closed ring of an ellipse, clockwise. It is one in the azimuthal equidistant plane of its centre, where the node means
 * its ellipses; the azimuth is that of the major axis.
 */
export function ellipseRing(
  centre: LonLat,
  semiMajor_m: number,
  semiMinor_m: number,
  azimuth_deg: number,
  corners = 72,
): LonLat[] {
  const ring = Array.from({ length: corners }, (_, k) => {
    const angle = (2 * Math.PI * k) / corners;
    const [along, across] = [semiMajor_m * Math.cos(angle), semiMinor_m * Math.sin(angle)];
    return destination(centre, azimuth_deg + degrees(Math.atan2(across, along)), Math.hypot(along, across));
  });
  return closedRing(ring);
}

/** Closed ring of a sector from one bearing clockwise to another, or of a whole circle; clockwise. */
export function sectorRing(
  centre: LonLat,
  radius_m: number,
  sector_deg: readonly [number, number] | null,
  step_deg = 4,
): LonLat[] {
  const [from, to] = sector_deg ?? [0, 360];
  const width = sector_deg ? (((to - from) % 360) + 360) % 360 || 360 : 360;
  const steps = Math.ceil(width / step_deg);
  const arc = Array.from({ length: width === 360 ? steps : steps + 1 }, (_, k) =>
    destination(centre, from + (width * k) / steps, radius_m),
  );
  return closedRing(width === 360 ? arc : [centre, ...arc]);
}

/** The first point repeated at the end. */
function closedRing(points: LonLat[]): LonLat[] {
  return continuous([...points, ...points.slice(0, 1)]);
}

/** West, south, east, north of points; east may be past 180, and never lies west of west. */
export function boundsOf(points: readonly LonLat[]): [number, number, number, number] | null {
  const middle = points[0]?.[0];
  if (middle === undefined) return null;
  const longitudes = points.map((point) => longitudeNear(point[0], middle));
  const latitudes = points.map((point) => point[1]);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}
