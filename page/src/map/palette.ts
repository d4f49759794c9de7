/** Colours (Okabe and Ito 2008, told apart by every kind of colour vision), dashes and patterns; none of them speaks alone. */

import type { Theme } from "../state/address.ts";

/** What a colour stands for. Shape, dash, pattern or a word always says it too. */
export type Tone = "danger" | "caution" | "calm" | "object" | "stage" | "launch" | "sensor" | "ghost" | "ink";

export interface Look {
  tones: Record<Tone, string>;
  /** Around the globe. */
  space: string;
  sea: string;
  land: string;
  border: string;
  graticule: string;
  /** Drawn around text and signs, so that they stand out on anything. */
  halo: string;
}

export const LOOKS: Record<Theme, Look> = {
  dark: {
    tones: {
      danger: "#ff7b29",
      caution: "#f0b429",
      calm: "#2fc99a",
      object: "#7cc8f2",
      stage: "#d79ab9",
      launch: "#f0e442",
      sensor: "#8fb8a8",
      ghost: "#8d9aa3",
      ink: "#f2f5f7",
    },
    space: "#060c11",
    sea: "#0f1c26",
    land: "#2e404c",
    border: "#6b808d",
    graticule: "#1b2b37",
    halo: "#0b151d",
  },
  light: {
    tones: {
      danger: "#c04a00",
      caution: "#8a5a00",
      calm: "#00755a",
      object: "#005a94",
      stage: "#94406c",
      launch: "#4b3f00",
      sensor: "#2f6b57",
      ghost: "#5e6b74",
      ink: "#10212b",
    },
    space: "#c3d2dc",
    sea: "#dfeaf1",
    land: "#f8f6ef",
    border: "#98a5ad",
    graticule: "#cbdae4",
    halo: "#ffffff",
  },
};

/** Dashes and gaps in widths of the line; a solid line has none. */
export type Dash = "solid" | "dashed" | "dotted" | "long" | "dash-dot";
export const DASHES: Record<Dash, readonly number[]> = {
  solid: [1, 0],
  dashed: [4, 2],
  dotted: [1, 2],
  long: [9, 3],
  "dash-dot": [6, 2, 1, 2],
};

/** The dash of an owner's own solutions: solid for the nation's, another for each partner, in the order of their codes. */
export function ownerDash(owner: string, nation: string, partners: readonly string[]): Dash {
  if (owner === nation) return "solid";
  const others = [...new Set([...partners, owner])].filter((code) => code !== nation).sort();
  const dashes: Dash[] = ["dashed", "dash-dot", "long", "dotted"];
  return dashes[others.indexOf(owner) % dashes.length] as Dash;
}
