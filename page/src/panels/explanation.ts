/** Why a warning says what it says: the node's reason in words, and the numbers that its rule looked at. */

import { html, nothing, type TemplateResult } from "lit";

import type { AreaNumbers, Explanation } from "./answers.ts";
import { reasonInWords } from "./why.ts";
import { shortName } from "../state/names.ts";
import { type Words } from "./words.ts";

export function explanationView(explanation: Explanation, words: Words): TemplateResult {
  const { warning, revision, status, why, areas, issued } = explanation;
  const t = words.text;
  const said = reasonInWords(why, words);
  return html`<section class="aside">
    <p>
      <strong
        >${t("why-line", { warning, revision, status: t(`status-${status}`), clock: words.clock(issued) })}</strong
      >
    </p>
    <p>${said ?? html`<span lang="en" dir="auto">${why}</span>`}</p>
    <ul>
      ${[...areas].sort((a, b) => b.probability - a.probability).map((area) => html`<li>${areaLines(area, issued, words)}</li>`)}
    </ul>
  </section>`;
}

function areaLines(area: AreaNumbers, issued: number, words: Words): TemplateResult {
  const t = words.text;
  const figures = {
    area: words.area(area.code),
    used: words.probability(area.probability),
    stated: words.probability(area.stated),
    alert: words.probability(area.alert),
    leave: words.probability(area.leave),
  };
  const parts = Object.entries(area.by_object ?? {}).map(
    ([object, part]) => `${shortName(object)} ${words.probability(part)}`,
  );
  const since = area.warned ? area.above_since : area.below_since;
  const notes = [
    t(area.warned ? "why-warned" : "why-not-warned"),
    area.neighbour_of && t("why-neighbour", { area: words.area(area.neighbour_of) }),
    area.held_by && t("why-held", { warning: area.held_by }),
    area.gone && t(`why-gone-${area.gone}`),
    since != null && t(area.warned ? "why-above" : "why-below", { duration: words.duration(issued - since) }),
    parts.length > 1 && t("why-objects", { parts: words.listing(parts) }),
  ].filter((note) => typeof note === "string");
  return html`<p>${t("why-figures", figures)}</p>
    ${notes.length ? html`<p class="muted">${notes.join(" · ")}</p>` : nothing}`;
}
