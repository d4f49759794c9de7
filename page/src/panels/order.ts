/** What the list of events shows: which events, in which order, with which words beside them. */

import { byUrgency, type EventView, isEnd, partnersWarnings, type PictureState } from "../state/picture.ts";
import type { Filter } from "../state/address.ts";
import type { AreaWarning, WarningProduct, WarningView } from "../state/types.ts";

/** One area that an event threatens, by the warning that names it. */
export interface Threat {
  area: AreaWarning;
  /** Its nation: ours, or the partner who warns there. */
  authority: string;
  /** It is ours to warn. */
  own: boolean;
  /** Nobody has been told yet. */
  pending: boolean;
  /** By its prediction it is down on land. */
  fallen: boolean;
}

export type Badge =
  "own-area" | "danger" | "pending" | "fallen" | "lost" | "launch" | "withdrawn" | "acknowledged" | "shelved" | "ended";

export function warningsOf(event: EventView, picture: PictureState): WarningView[] {
  return event.warnings.map((id) => picture.warnings.get(id)).filter((view) => view !== undefined);
}

/** Areas in danger, our own first, then by arrival; an area that two warnings name stands once, with the earlier.
 * Partners' areas are those that they warn themselves. */
export function threats(event: EventView, picture: PictureState): Threat[] {
  const found = new Map<string, Threat>();
  const add = (product: WarningProduct, pending: boolean): void => {
    if (isEnd(product)) return;
    const { authority, fallen } = product;
    for (const area of product.areas) {
      const before = found.get(area.code);
      if (before && before.area.arrival <= area.arrival) continue;
      found.set(area.code, { area, authority, own: authority === picture.nation, pending, fallen });
    }
  };
  for (const { product, state } of warningsOf(event, picture)) if (state !== "ended") add(product, state === "pending");
  for (const { product } of partnersWarnings(event, picture)) add(product, false);
  return [...found.values()].sort((a, b) => Number(b.own) - Number(a.own) || a.area.arrival - b.area.arrival);
}

export const isShelved = (event: EventView, now: number): boolean =>
  event.shelvedUntil !== null && event.shelvedUntil > now;

/** The likeliest class over an event's objects that are no spent stages; null while none is assessed. */
export function likeliestClass(event: EventView, picture: PictureState): [name: string, probability: number] | null {
  let best: [string, number] | null = null;
  for (const id of event.objects) {
    const top = ranked(picture.objects.get(id)?.assessment?.class ?? {})[0];
    if (!top) continue;
    const better = !best || (best[0] === "spent-stage" && top[0] !== "spent-stage");
    if (better || (top[0] !== "spent-stage" && top[1] > best![1])) best = top;
  }
  return best;
}

/** Classes by probability, the likeliest first; what is excluded is left out. */
export const ranked = (classes: Record<string, number>): [name: string, probability: number][] =>
  Object.entries(classes)
    .filter(([, probability]) => probability >= 0.0005)
    .sort((a, b) => b[1] - a[1]);

/** What stands beside an event as a word, the gravest first. */
export function badges(event: EventView, picture: PictureState, now: number): Badge[] {
  const warnings = warningsOf(event, picture);
  const inDanger = threats(event, picture).filter(({ pending }) => !pending);
  const said: Badge[] = [];
  if (inDanger.some(({ own }) => own)) said.push("own-area");
  else if (inDanger.length) said.push("danger");
  if (inDanger.some(({ fallen }) => fallen)) said.push("fallen");
  if (warnings.some((view) => view.state === "pending")) said.push("pending");
  if (!event.ended && event.objects.some((id) => picture.objects.get(id)?.lost)) said.push("lost");
  if (event.launch?.status === "withdrawn") said.push("withdrawn");
  else if (!event.ended && !inDanger.length) said.push("launch");
  if (event.acknowledged) said.push("acknowledged");
  if (isShelved(event, now)) said.push("shelved");
  if (event.ended) said.push("ended");
  return said;
}

export interface Listed {
  shown: EventView[];
  /** Ended events that only the filter hides. */
  hiddenEnded: number;
  /** Every owner that there is to filter by. */
  owners: string[];
}

/** Events by urgency that the filter lets through. `wordsOf` are an event's words to search in. */
export function listed(picture: PictureState, filter: Filter, wordsOf: (event: EventView) => string): Listed {
  const wanted = filter.text.trim().toLocaleLowerCase();
  const all = byUrgency(picture);
  const found = all.filter(
    (event) =>
      (filter.owner === null || event.owners.includes(filter.owner)) &&
      (!wanted || wordsOf(event).toLocaleLowerCase().includes(wanted)),
  );
  const shown = found.filter((event) => filter.ended || !event.ended);
  const owners = [...new Set(all.flatMap((event) => event.owners))].sort();
  return { shown, hiddenEnded: found.length - shown.length, owners };
}
