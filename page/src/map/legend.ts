/** The legend: every sign, hatching and line of the map, drawn by the same hand, with its meaning. */

import { html, type TemplateResult } from "lit";
import { DASHES, type Dash, type Look, ownerDash, type Tone } from "./palette.ts";
import { type Hatch, picture, type Sign } from "./signs.ts";
import type { MapWords } from "./words.ts";

const SIGNS: readonly (readonly [Sign, Tone])[] = [
  ["boost", "object"],
  ["coast", "object"],
  ["reentry", "object"],
  ["orbit", "object"],
  ["satellite", "object"],
  ["stage", "stage"],
  ["other", "ghost"],
  ["lost", "object"],
  ["down", "object"],
  ["selected", "ink"],
  ["launch", "launch"],
  ["impact", "danger"],
  ["radar", "sensor"],
  ["radar-silent", "ghost"],
  ["infrared", "sensor"],
  ["infrared-silent", "ghost"],
];
const HATCHES: readonly (readonly [Hatch, Tone])[] = [
  ["alert", "danger"],
  ["pre-alert", "caution"],
  ["overflight", "caution"],
  ["debris", "danger"],
  ["blind", "ghost"],
];
const LINES: readonly (readonly [string, Tone, Dash, number])[] = [
  ["trail", "object", "solid", 3],
  ["path", "object", "dotted", 2],
  ["ellipse", "danger", "solid", 2.5],
  ["partner-warning", "caution", "long", 1.5],
  ["ended", "calm", "dotted", 1.5],
];
const TONES: readonly Tone[] = ["danger", "caution", "object"];

const RATIO = 2;
const LINE = { width: 44, height: 14 };

export function legend(words: MapWords, look: Look, nation: string, partners: readonly string[]): TemplateResult {
  const row = (sample: HTMLCanvasElement, text: string) => html`<li>${sample}<span>${text}</span></li>`;
  return html`<ul class="legend">
    ${SIGNS.map(([sign, tone]) => row(drawn({ sign, tone }, look), words.text(`map-sign-${sign}`)))}
    ${TONES.map((tone) => row(drawn({ sign: "coast", tone }, look), words.text(`map-tone-${tone}`)))}
    ${LINES.map(([name, tone, dash, width]) => row(line(look, tone, dash, width), words.text(`map-line-${name}`)))}
    ${partners.map((owner) =>
      row(line(look, "object", ownerDash(owner, nation, partners), 2), words.text("map-line-partner", { owner })),
    )}
    ${HATCHES.map(([hatch, tone]) => row(drawn({ hatch, tone }, look), words.text(`map-hatch-${hatch}`)))}
  </ul>`;
}

function drawn(wanted: Parameters<typeof picture>[0], look: Look): HTMLCanvasElement {
  const canvas = picture(wanted, look, RATIO);
  canvas.style.inlineSize = `${canvas.width / RATIO}px`;
  return canvas;
}

function line(look: Look, tone: Tone, dash: Dash, width: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [LINE.width * RATIO, LINE.height * RATIO];
  canvas.style.inlineSize = `${LINE.width}px`;
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.scale(RATIO, RATIO);
  context.strokeStyle = look.tones[tone];
  context.lineWidth = width;
  if (dash !== "solid") context.setLineDash(DASHES[dash].map((part) => part * width));
  context.beginPath();
  context.moveTo(1, LINE.height / 2);
  context.lineTo(LINE.width - 1, LINE.height / 2);
  context.stroke();
  return canvas;
}
