/** Warnings in words: what people are told, who decides, and what happens by itself. */

import type { Deed, WarningProduct, WarningView } from "../state/types.ts";
import type { Words } from "./words.ts";

/** Whether one more approval sends the warning. */
export const completes = ({ needs, approved_by }: WarningView): boolean => approved_by.length + 1 >= needs;

/** What an act would make the node say, in order; nothing for acts that say nothing. `areas` are those of a correction. */
export function toBeSaid(what: Deed, { product, again }: WarningView, areas: readonly string[] = []): WarningProduct[] {
  const cancelled: WarningProduct = { ...product, status: "cancel", reason: "error" };
  if (what === "approve") return [product];
  if (what === "clear") return [{ ...product, status: "all-clear" }];
  if (what === "cancel") return [cancelled];
  if (what === "reissue") return again ? [again] : [];
  if (what !== "correct") return [];
  const known = new Map(product.areas.map((area) => [area.code, area]));
  const right = areas.map((code) => known.get(code) ?? { code, probability: 0, arrival: product.issued });
  return [cancelled, { ...product, status: "alert", reason: null, areas: right }];
}

/** Areas by danger: the likeliest first, then the earliest. */
export const byDanger = ({ areas }: WarningProduct): WarningProduct["areas"] =>
  [...areas].sort((a, b) => b.probability - a.probability || a.arrival - b.arrival);

/** Status, hazard and areas in one line. */
export function headline(product: WarningProduct, words: Words): string {
  const areas = byDanger(product).map(({ code }) => words.area(code));
  return words.text("warnings-headline", {
    status: words.text(`status-${product.status}`),
    hazard: words.text(`hazard-${product.hazard}`),
    areas: areas.length ? words.listing(areas, 6) : words.text("warnings-no-areas"),
  });
}

/** Everything else that the texts for the public are made from, a sentence each. */
export function statements(product: WarningProduct, words: Words, now: number): string[] {
  const said: string[] = [];
  const ends = product.reason !== null;
  if (product.reason) said.push(words.text(`reason-${product.reason}`));
  if (!ends && !product.fallen && product.areas.length) {
    const first = Math.min(...product.areas.map(({ arrival }) => arrival));
    said.push(words.arrival(first, now));
    if (product.latest_arrival) said.push(words.text("arrival-latest", { clock: words.clock(product.latest_arrival) }));
  }
  if (!ends && !product.areas.length && product.status !== "pre-alert") said.push(words.text("warnings-areas-left"));
  if (!ends && product.fallen) said.push(words.text("warnings-fallen"));
  if (!ends && product.lost) said.push(words.text("warnings-lost"));
  if (product.unseen.length) {
    said.push(words.text("warnings-unseen", { count: product.unseen.length, sensors: words.listing(product.unseen) }));
  }
  return said;
}

/** What happens to a pending warning when nobody decides. */
export function byItself({ deadline, then }: WarningView, words: Words, now: number): string {
  if (then !== "send" || deadline === null) return words.text("warnings-then-hold");
  if (deadline <= now) return words.text("warnings-then-send-now");
  return words.text("warnings-then-send", { clock: words.clock(deadline), in: words.relative(deadline, now) });
}

/** Who must approve, and who has. */
export function approvals({ needs, approved_by }: WarningView, words: Words): string[] {
  return [
    words.text("warnings-needs", { needs }),
    approved_by.length
      ? words.text("warnings-approved-by", { names: words.listing(approved_by) })
      : words.text("warnings-approved-by-nobody"),
  ];
}
