/** Which districts are in danger at the time shown, and the one thing that is said of each on the map. */

import { isEnd, type PictureState } from "../state/picture.ts";
import type { AreaWarning, WarningProduct } from "../state/types.ts";
import type { Tone } from "./palette.ts";
import type { Hatch } from "./signs.ts";

export type DangerWord =
  | "fallen"
  | "alert"
  | "overflight"
  | "debris"
  | "pre-alert"
  | "pending"
  | "partner"
  | "all-clear"
  | "cancelled";

export interface Danger {
  code: string;
  word: DangerWord;
  tone: Tone;
  /** None where there is no danger any more. */
  hatch: Hatch | null;
  /** It waits for approval: nobody has been told yet. */
  pending: boolean;
  fallen: boolean;
  /** The partner whose warning it is; our own otherwise. */
  partner: string | null;
  /** The time before which it comes with probability 0.05; null where the danger is over. */
  arrival: number | null;
  event: string | null;
}

/** So long an end stays on the map. */
export const END_SHOWN_S = 900;

/** The gravest first: what is said of a district is the first of these that holds there. */
const GRAVITY: readonly DangerWord[] = [
  "fallen",
  "alert",
  "debris",
  "overflight",
  "pre-alert",
  "pending",
  "partner",
  "cancelled",
  "all-clear",
];

const LOOKS: Record<DangerWord, { tone: Tone; hatch: Hatch | null }> = {
  fallen: { tone: "danger", hatch: "alert" },
  alert: { tone: "danger", hatch: "alert" },
  debris: { tone: "danger", hatch: "debris" },
  overflight: { tone: "caution", hatch: "overflight" },
  "pre-alert": { tone: "caution", hatch: "pre-alert" },
  pending: { tone: "caution", hatch: "pre-alert" },
  partner: { tone: "caution", hatch: null },
  cancelled: { tone: "calm", hatch: null },
  "all-clear": { tone: "calm", hatch: null },
};

/** By area code, the earliest arrival among the gravest. */
export function dangers(picture: PictureState, now: number): Map<string, Danger> {
  const found = new Map<string, Danger>();
  for (const { product, state } of picture.warnings.values()) {
    const over = state === "ended" || isEnd(product);
    if (over && now - product.issued > END_SHOWN_S) continue;
    for (const area of product.areas) add(found, area, product, wordOf(product, state === "pending", over), null);
  }
  for (const { product, owner } of picture.partnerWarnings.values()) {
    if (isEnd(product)) continue;
    for (const area of product.areas) add(found, area, product, "partner", owner);
  }
  return found;
}

function wordOf(product: WarningProduct, pending: boolean, over: boolean): DangerWord {
  if (over) return product.status === "cancel" ? "cancelled" : "all-clear";
  if (pending) return "pending";
  if (product.fallen) return "fallen";
  if (product.status === "pre-alert") return "pre-alert";
  return product.hazard === "impact" ? "alert" : product.hazard;
}

function add(
  found: Map<string, Danger>,
  area: AreaWarning,
  product: WarningProduct,
  word: DangerWord,
  partner: string | null,
): void {
  const danger: Danger = {
    code: area.code,
    word,
    ...LOOKS[word],
    pending: word === "pending",
    fallen: word === "fallen",
    partner,
    arrival: word === "all-clear" || word === "cancelled" ? null : area.arrival,
    event: product.events[0] ?? null,
  };
  const before = found.get(area.code);
  if (!before || isGraver(danger, before)) found.set(area.code, danger);
}

function isGraver(one: Danger, other: Danger): boolean {
  const step = GRAVITY.indexOf(one.word) - GRAVITY.indexOf(other.word);
  return step < 0 || (step === 0 && (one.arrival ?? Infinity) < (other.arrival ?? Infinity));
}
