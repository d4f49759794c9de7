/** What the next shift must know: everything that is open, in one look and in words for the log. */

import { isEnd, type PictureState } from "../state/picture.ts";
import type { SensorView } from "../state/types.ts";
import { isShelved } from "./order.ts";
import { shortName } from "../state/names.ts";
import { type Words } from "./words.ts";

export interface OpenMatters {
  pending: string[];
  out: string[];
  events: string[];
  shelved: string[];
  unacknowledged: string[];
  silent: string[];
}

export function openMatters(picture: PictureState, sensors: readonly SensorView[], now: number): OpenMatters {
  const warnings = [...picture.warnings.values()];
  const events = [...picture.events.values()].filter((event) => !event.ended);
  const ids = (list: typeof events): string[] => list.map(({ event }) => shortName(event));
  return {
    pending: warnings.filter(({ state }) => state === "pending").map(({ warning }) => warning),
    out: warnings.filter(({ state, product }) => state === "open" && !isEnd(product)).map(({ warning }) => warning),
    events: ids(events),
    shelved: ids(events.filter((event) => isShelved(event, now))),
    unacknowledged: ids(events.filter(({ acknowledged }) => !acknowledged)),
    silent: sensors.filter(({ silent }) => silent).map(({ sensor }) => sensor.id),
  };
}

/** One line for each kind of matter that there is. */
export function openLines(open: OpenMatters, words: Words): string[] {
  const lines: [string, Record<string, string>][] = [];
  const add = (id: string, name: string, list: string[]): void => {
    if (list.length) lines.push([id, { [name]: words.listing(list) }]);
  };
  add("handover-pending", "warnings", open.pending);
  add("handover-out", "warnings", open.out);
  add("handover-events", "events", open.events);
  if (!lines.length) lines.push(["handover-nothing", {}]);
  add("handover-unacknowledged", "events", open.unacknowledged);
  add("handover-shelved", "events", open.shelved);
  add("handover-silent", "sensors", open.silent);
  return lines.map(([id, values]) => words.text(id, values));
}
