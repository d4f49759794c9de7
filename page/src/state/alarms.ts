/** When to sound: once for an event, again only on a change that people must know; danger to our own areas is told
 * apart from all else. */

import { eventOf, isEnd, type PictureState } from "./picture.ts";
import type { Item, LaunchProduct, News, WarningProduct, WarningView } from "./types.ts";

export interface Alarm {
  event: string;
  /** Null for a launch that no warning is about yet. */
  warning: string | null;
  /** False: a change of what was told before. */
  first: boolean;
  /** Our own areas are in danger. */
  own: boolean;
  /** It ended. */
  end: boolean;
}

export class Alarms {
  /** What was told of each event and warning. A page that is loaded again takes it up where it was. */
  readonly told: Map<string, string>;

  constructor(told: Iterable<[string, string]> = []) {
    this.told = new Map(told);
  }

  /** What is open in a picture that was just opened and that nobody has acknowledged. */
  begin(picture: PictureState): Alarm[] {
    const alarms: Alarm[] = [];
    for (const event of picture.events.keys()) this.told.set(event, "");
    for (const view of picture.warnings.values()) {
      const known = this.told.get(view.warning) === said(view);
      this.told.set(view.warning, said(view));
      const event = view.product.events.find((id) => !picture.events.get(id)?.acknowledged);
      if (known || event === undefined || view.state === "ended" || isEnd(view.product)) continue;
      alarms.push({ event, warning: view.warning, first: true, own: true, end: false });
    }
    return alarms;
  }

  /** What a piece of news gives, before it is in the picture. */
  see(picture: PictureState, news: News): Alarm[] {
    if (news.kind === "warning") {
      return this.warning(news.data);
    }
    if (news.kind !== "item" || news.sequence <= picture.sequence) return [];
    const { product } = news.data;
    if (product.kind === "launch" && product.status !== "withdrawn") {
      const event = eventOf(news.data as Item<LaunchProduct>);
      if (this.told.has(event) || picture.events.has(event)) return [];
      this.told.set(event, "");
      return [{ event, warning: null, first: true, own: false, end: false }];
    }
    return [];
  }

  private warning(view: WarningView): Alarm[] {
    const event = view.product.events[0];
    const before = this.told.get(view.warning);
    const now = said(view);
    if (event === undefined || before === now) return [];
    this.told.set(view.warning, now);
    for (const id of view.product.events) this.told.set(id, this.told.get(id) ?? "");
    if (before !== undefined && !tellsMore(before, now)) return [];
    return [{ event, warning: view.warning, first: before === undefined, own: true, end: isEnd(view.product) }];
  }
}

/** What people must know of a warning, in one string: its status, whether it waits for them, and which areas. */
function said(view: WarningView): string {
  const { product, state } = view;
  const end = isEnd(product) || state === "ended";
  const status = end ? "ended" : state === "pending" ? "pending" : level(product);
  return [status, product.fallen ? "fallen" : "", ...product.areas.map((area) => area.code).sort()].join(" ");
}

function level(product: WarningProduct): string {
  return product.status === "pre-alert" ? "pre-alert" : "alert";
}

/** An area that was let go is no alarm; another status, or one area more, is. */
function tellsMore(before: string, now: string): boolean {
  const [status, fallen, ...areas] = now.split(" ");
  const [statusBefore, fallenBefore, ...areasBefore] = before.split(" ");
  return status !== statusBefore || fallen !== fallenBefore || areas.some((area) => !areasBefore.includes(area));
}
