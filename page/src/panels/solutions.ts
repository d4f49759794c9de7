/** The preferred solution of an object and the others, side by side: what each says, and how far apart they are. */

import { distance_m } from "../map/sphere.ts";
import type { EventView, ObjectView, Solution } from "../state/picture.ts";
import type { Basis, LaunchProduct } from "../state/types.ts";

export interface Compared<T> {
  basis: Basis;
  owner: string;
  said: T;
  /** It is what the picture shows. */
  preferred: boolean;
  /** From the place that the preferred one gives, in metres; null for itself, or where one has no place. */
  apart_m: number | null;
}

interface Place {
  latitude_deg: number;
  longitude_deg: number;
}

/** Preferred first, then our own, then partners by name. */
export function comparedImpacts(object: ObjectView): Compared<Solution>[] {
  return sorted(
    [...object.solutions.values()].map((said) => ({
      basis: said.basis,
      owner: said.owner,
      said,
      preferred: said.basis === object.basis && said.track === object.track && said.impact === object.impact,
      apart_m: apart(object.impact, said.impact),
    })),
  );
}

export function comparedLaunches(event: EventView): Compared<LaunchProduct>[] {
  return sorted(
    [...event.launches].map(([key, said]) => {
      const [basis, owner] = key.split(" ") as [Basis, string];
      return { basis, owner, said, preferred: said === event.launch, apart_m: apart(event.launch, said) };
    }),
  );
}

function sorted<T>(list: Compared<T>[]): Compared<T>[] {
  const rank = ({ preferred, basis }: Compared<T>): number => (preferred ? 0 : basis === "partner" ? 2 : 1);
  return list
    .map((one) => (one.preferred ? { ...one, apart_m: null } : one))
    .sort((a, b) => rank(a) - rank(b) || a.owner.localeCompare(b.owner));
}

function apart(preferred: Place | null, other: Place | null): number | null {
  if (!preferred || !other) return null;
  return distance_m([preferred.longitude_deg, preferred.latitude_deg], [other.longitude_deg, other.latitude_deg]);
}
