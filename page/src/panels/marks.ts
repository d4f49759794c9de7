/** Small pieces that several panels draw: whose it is, areas in danger, why nothing can be done here. */

import { html, nothing, type TemplateResult } from "lit";
import type { Store } from "../state/store.ts";
import type { Basis } from "../state/types.ts";
import type { Threat } from "./order.ts";
import type { Words } from "./words.ts";

/** A shape for each basis, so that it is told by more than a word and by more than a colour. */
export const SHAPES: Record<Basis, string> = { own: "■", shared: "◆", partner: "▲" };

/** Shape and word: our own, the shared picture, or a partner's. */
export function ownerMark(basis: Basis, owner: string, words: Words): TemplateResult {
  return html`<span class="owner"
    ><span aria-hidden="true">${SHAPES[basis]}</span> ${words.text(`owner-${basis}`, { owner })}</span
  >`;
}

/** Areas with probability and countdown, as many as `most`; the rest is counted. */
export function threatList(threats: readonly Threat[], words: Words, now: number, most: number): TemplateResult {
  const rest = threats.length - most;
  return html`<ul>
    ${threats
      .slice(0, most)
      .map(
        (threat) =>
          html`<li>
            ${threat.own ? html`<strong>${words.area(threat.area.code)}</strong>` : warnedBy(threat, words)}
            (${words.probability(threat.area.probability)}): ${whenOf(threat, words, now)}
          </li>`,
      )}
    ${rest > 0 ? html`<li>${words.text("panels-more", { count: rest })}</li>` : nothing}
  </ul>`;
}

/** The same in whole, as a table. */
export function threatTable(threats: readonly Threat[], words: Words, now: number): TemplateResult {
  const columns = ["event-area-column", "event-probability-column", "event-arrival-column"];
  return html`<table>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${words.text(column)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${threats.map(
        (threat) =>
          html`<tr>
            <th scope="row">
              ${threat.own ? html`${words.area(threat.area.code)} <span class="badge">${words.text("owner-own")}</span>` : warnedBy(threat, words)}
            </th>
            <td>${words.probability(threat.area.probability)}</td>
            <td>${whenOf(threat, words, now)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A partner's area, with the partner who warns there. */
function warnedBy({ area, authority }: Threat, words: Words): TemplateResult {
  return html`${words.area(area.code)}
    <span class="badge"><span aria-hidden="true">${SHAPES.partner}</span> <bdi>${authority}</bdi></span>`;
}

/** When it may come; once it is believed down, that. */
const whenOf = ({ area, fallen }: Threat, words: Words, now: number): string =>
  fallen ? words.text("badge-fallen") : words.arrival(area.arrival, now);

/** Whether the one who is signed in may act on what is shown. */
export const mayAct = (store: Store): boolean => store.session?.role === "operator" && store.view.at === null;

/** Why there are no buttons here; nothing where there are. */
export function whyNoActs(store: Store): TemplateResult | typeof nothing {
  if (!store.session || mayAct(store)) return nothing;
  const id = store.session.role === "operator" ? "panels-replay-only" : "panels-read-only";
  return html`<p class="muted">${store.text(id)}</p>`;
}
