/** Why a warning says what it says: the node's reason in words, and the numbers that its rule looked at. */

import { html, nothing, type TemplateResult } from "lit";

import type { AreaFigures, Explanation } from "./answers.ts";
import { reasonInWords } from "./why.ts";
import { shortName, type Words } from "./words.ts";

export function explanationView(explanation: Explanation, words: Words): TemplateResult {
  const { warning, revision, status, why, areas } = explanation;
  const t = words.text;
  const said = reasonInWords(why, words);
  const columns = ["areas-column", "used", "stated", "threshold", "leave", "warned"];
  return html`<p>${t("why-line", { warning, revision, status: t(`status-${status}`) })}</p>
    <p>${said ?? html`<span lang="en" dir="auto">${why}</span>`}</p>
    ${areas.length
      ? html`<div class="scroll" role="region" aria-label=${t("event-section-why")} tabindex="0">
          <table>
            <thead>
              <tr>
                ${columns.map((column) => html`<th scope="col">${t(`why-${column}`)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${[...areas]
                .sort((a, b) => b.probability - a.probability)
                .map((area) => row(area, explanation.issued, words))}
            </tbody>
          </table>
        </div>`
      : nothing}`;
}

function row(area: AreaFigures, issued: number, words: Words): TemplateResult {
  const t = words.text;
  const parts = Object.entries(area.by_object).map(([object, part]) => `${shortName(object)} ${words.probability(part)}`);
  const since = area.warned ? area.above_since : area.below_since;
  const notes = [
    area.neighbour_of && t("why-neighbour", { area: words.area(area.neighbour_of) }),
    area.held_by && t("why-held", { warning: area.held_by }),
    area.gone && t(`why-gone-${area.gone}`),
    since !== null && t("why-since", { duration: words.duration(issued - since) }),
    parts.length > 1 && t("why-objects", { parts: words.listing(parts) }),
  ].filter((note) => typeof note === "string");
  return html`<tr>
    <th scope="row">${words.area(area.code)}${notes.map((note) => html`<p class="muted">${note}</p>`)}</th>
    <td>${words.probability(area.probability)}</td>
    <td>${words.probability(area.stated)}</td>
    <td>${words.probability(area.alert)}</td>
    <td>${words.probability(area.leave)}</td>
    <td>${t(area.warned ? "yes" : "no")}</td>
  </tr>`;
}
