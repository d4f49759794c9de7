/** Entries of an event's timeline in the page's language: the node gives keys and figures, the words are ours. */

import type { TimelineEntry } from "./answers.ts";
import { shortName } from "../state/names.ts";
import { type Words } from "./words.ts";

type Value = string | number;

/** Arguments whose value is a word of the page: their name is the beginning of its id. */
const WORDS: Record<string, string> = {
  phase: "phase",
  class: "class",
  status: "status",
  hazard: "hazard",
  reason: "reason",
  what: "mark",
};

export function entryInWords({ key, arguments: given }: TimelineEntry, words: Words): string {
  const said = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, inWords(name, value, words)]));
  const { latitude_deg, longitude_deg } = given;
  if (typeof latitude_deg === "number" && typeof longitude_deg === "number") {
    said["place"] = words.position({ latitude_deg, longitude_deg });
  }
  return words.text(textOf(key, given), said);
}

/** What is told without a note, or ended without a reason, is a sentence of its own. */
function textOf(key: string, given: Record<string, Value>): string {
  if (key === "timeline-act" && given["note"]) return "timeline-act-noted";
  if (key === "timeline-warning-ended" && !given["reason"]) return "timeline-warning-dropped";
  return key;
}

function inWords(name: string, value: Value, words: Words): Value {
  if (typeof value === "string") {
    const beginning = WORDS[name];
    if (beginning && value) return words.text(`${beginning}-${value}`);
    return name === "object" ? shortName(value) : value;
  }
  if (name === "time") return words.clock(value);
  if (name === "probability") return words.probability(value);
  if (name.endsWith("_m")) return words.distance(value);
  return value;
}
