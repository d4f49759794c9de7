/** Moments worth jumping to: a launch, a warning that says something new, the end of one. */

import { eventOf, isEnd } from "./picture.ts";
import type { Item, LaunchProduct, News } from "./types.ts";

export type MomentKind = "launch" | "warning" | "end";

export interface Moment {
  at: number;
  kind: MomentKind;
  /** What happened, in one string: each is noted once. */
  what: string;
}

export class Moments {
  /** In order of time. */
  list: Moment[] = [];
  private readonly known = new Set<string>();

  see(news: News): void {
    const moment = momentOf(news);
    if (!moment || this.known.has(moment.what)) return;
    this.known.add(moment.what);
    this.list = [...this.list, moment].sort((a, b) => a.at - b.at);
  }
}

/** The last moment before a time; one within `near` of it is held to be the present one. */
export function momentBefore(moments: readonly Moment[], at: number, near = 1): Moment | null {
  return moments.findLast((moment) => moment.at < at - near) ?? null;
}

/** The first moment after a time. */
export function momentAfter(moments: readonly Moment[], at: number, near = 0.05): Moment | null {
  return moments.find((moment) => moment.at > at + near) ?? null;
}

function momentOf(news: News): Moment | null {
  if (news.kind === "warning") {
    const { product, at, warning } = news.data;
    return { at, kind: isEnd(product) ? "end" : "warning", what: `${warning} ${product.status}` };
  }
  if (news.kind === "item" && news.data.product.kind === "launch") {
    return { at: news.data.at, kind: "launch", what: eventOf(news.data as Item<LaunchProduct>) };
  }
  return null;
}
