/** The node's one-line reasons for what a warning said, in the page's language. */

import type { Words } from "./words.ts";

/** The alerts' own lines (src/nadhir/alerts/life.py) and the texts that say the same. */
export const REASONS: Record<string, string> = {
  "all launches of this warning were withdrawn": "why-withdrawn",
  "down on land by its prediction: stay in shelter": "why-fallen",
  "an area's probability is at its threshold": "why-threshold-reached",
  "launched; direction and range may lead here, the place is not known": "why-launched",
  "launched, and no direction is known yet: all within reach are told": "why-launched-anywhere",
  "not seen any more: what is said is predicted from its last track": "why-lost",
  "seen again": "why-seen-again",
  "another launch threatens the same areas": "why-joined",
  "lost before it came, and past the latest time at which it could have come": "why-lost-and-over",
  "seen beyond the areas": "why-beyond",
  "down by its prediction, which leaves no area in danger": "why-down",
  "no prediction leaves an area in danger any more": "why-no-danger",
};

/** Null where the page has no words for it: the node's line is then shown as it is. */
export function reasonInWords(why: string, words: Words): string | null {
  const known = REASONS[why];
  if (known) return words.text(known);
  const moved = /^(\S+): arrival moved by ([+-]\d+) s$/.exec(why);
  if (moved) {
    const seconds = Number(moved[2]);
    return words.text(seconds < 0 ? "why-earlier" : "why-later", {
      area: words.area(moved[1]!),
      duration: words.duration(seconds),
    });
  }
  const changed = /^(\S+): from ([\d.]+) to ([\d.]+)$/.exec(why);
  if (changed) {
    return words.text("why-probability", {
      area: words.area(changed[1]!),
      from: words.probability(Number(changed[2])),
      to: words.probability(Number(changed[3])),
    });
  }
  return difference(why, words);
}

/** `adds JP-05, JP-06; drops JP-02`. */
function difference(why: string, words: Words): string | null {
  const parts = why.split("; ").map((part) => {
    const found = /^(adds|drops) ([\w-]+(?:, [\w-]+)*)$/.exec(part);
    const areas = found && words.listing(found[2]!.split(", ").map((code) => words.area(code)));
    return areas && words.text(found[1] === "adds" ? "why-adds" : "why-drops", { areas });
  });
  return parts.includes(null) ? null : parts.join(" ");
}
