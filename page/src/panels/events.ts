/** The list of events by urgency. It only ever shows what the picture holds: nothing leaves it by going stale. */

import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { EventView } from "../state/picture.ts";
import type { Filter } from "../state/address.ts";
import { ownerMark, threatList } from "./marks.ts";
import { type Badge, badges, likeliestClass, listed, threats } from "./order.ts";
import { Panel } from "./panel.ts";
import { shortName } from "../state/names.ts";

const TONES: Partial<Record<Badge, string>> = {
  "own-area": "danger",
  danger: "danger",
  fallen: "danger",
  pending: "attention",
};

export class EventsPanel extends Panel {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (!store) return nothing;
    const { filter } = store.view;
    const { shown, hiddenEnded, owners } = listed(store.picture, filter, (event) => this.searched(event));
    return html`
      <h2 id="title">${this.t("events-title")}</h2>
      <p class="muted">${this.t("events-by-urgency")}</p>
      <div class="row filter" role="search">
        <label class="field"
          >${this.t("events-search")}
          <input
            type="search"
            placeholder=${this.t("events-search-hint")}
            .value=${filter.text}
            @input=${(event: Event) => this.filter({ text: (event.target as HTMLInputElement).value })}
          />
        </label>
        <label class="field"
          >${this.t("events-owner")}
          <select
            @change=${(event: Event) => this.filter({ owner: (event.target as HTMLSelectElement).value || null })}
          >
            <option value="" ?selected=${filter.owner === null}>${this.t("events-owner-any")}</option>
            ${owners.map((owner) => html`<option value=${owner} ?selected=${owner === filter.owner}>${owner}</option>`)}
          </select>
        </label>
        <label class="choice"
          ><input
            type="checkbox"
            .checked=${filter.ended}
            @change=${(event: Event) => this.filter({ ended: (event.target as HTMLInputElement).checked })}
          />
          ${this.t("events-ended")}</label
        >
      </div>
      <p class="muted" role="status">
        ${store.reading && !shown.length ? nothing : this.t("events-shown", { count: shown.length })}${
          hiddenEnded ? html` · ${this.t("events-hidden-ended", { count: hiddenEnded })}` : nothing
        }
      </p>
      ${
        shown.length
          ? html`<ol role="list" aria-labelledby="title">
              ${repeat(
                shown,
                ({ event }) => event,
                (event) => html`<li>${this.row(event)}</li>`,
              )}
            </ol>`
          : html`<p>${this.t(this.whyEmpty())}</p>`
      }
    `;
  }

  /** Why no event is listed: what is not known yet is not said to be nothing. */
  private whyEmpty(): string {
    const { store } = this;
    if (store.picture.events.size) return "events-no-match";
    if (store.reading) return "panels-reading";
    return store.view.at === null ? "events-nothing" : "events-nothing-then";
  }

  private row(event: EventView): TemplateResult {
    const { store, words, now } = this;
    const { picture, view } = store;
    const likely = likeliestClass(event, picture);
    const danger = threats(event, picture);
    // Of what only a partner's word is known it is not known either whether it is one of these.
    const flying = event.objects.filter((id) => store.picture.objects.get(id)?.track).length;
    return html`<article
      class="event ${danger.some(({ own }) => own) ? "own" : ""} ${view.selection === event.event ? "selected" : ""}"
    >
      <div class="row spread">
        <button
          aria-current=${view.selection === event.event ? "true" : "false"}
          @click=${() => store.go({ selection: event.event, object: null })}
        >
          <bdi>${shortName(event.event)}</bdi>
        </button>
        ${ownerMark(event.basis, event.owners[0] ?? "", words)}
      </div>
      <div class="row">${badges(event, picture, now).map((badge) => this.badge(badge, event))}</div>
      <p>
        ${
          likely
            ? this.t("events-likely", {
                class: this.t(`class-${likely[0]}`),
                probability: words.probability(likely[1]),
              })
            : this.t("class-unknown")
        }${flying > 1 ? html` · ${this.t("events-objects", { count: flying })}` : nothing}
      </p>
      <p class="muted">${this.launched(event)}</p>
      ${danger.length ? threatList(danger, words, now, 3) : html`<p class="muted">${this.t("events-no-threat")}</p>`}
    </article>`;
  }

  private badge(badge: Badge, event: EventView): TemplateResult {
    const until = badge === "shelved" && event.shelvedUntil !== null ? this.words.clock(event.shelvedUntil) : "";
    return html`<span class="badge ${TONES[badge] ?? ""}">${this.t(`badge-${badge}`, { until })}</span>`;
  }

  private launched({ launch }: EventView): string {
    if (!launch) return this.t("events-launch-unknown");
    return this.t("events-launched", { clock: this.words.clock(launch.time), place: this.words.position(launch) });
  }

  /** Every word of an event that one may look for. */
  private searched(event: EventView): string {
    const { store, words } = this;
    const likely = likeliestClass(event, store.picture);
    const areas = threats(event, store.picture).flatMap(({ area }) => [area.code, words.area(area.code)]);
    return [event.event, ...event.warnings, likely ? this.t(`class-${likely[0]}`) : "", ...areas].join(" ");
  }

  private filter(change: Partial<Filter>): void {
    this.store.go({ filter: { ...this.store.view.filter, ...change } });
  }

  static override styles = [
    ...Panel.styles,
    css`
      .filter {
        align-items: end;
      }
      ol {
        display: grid;
        gap: 0.5em;
      }
      .event {
        position: relative;
        background: var(--card);
        border: 1px solid var(--rule);
        border-inline-start-width: 6px;
        border-radius: var(--radius);
        padding: 0.6em;
      }
      .event.own {
        border-inline-start-color: var(--danger);
      }
      .event.selected {
        outline: 2px solid var(--accent);
      }
      .event button {
        border: none;
        background: none;
        padding: 0;
        min-block-size: 0;
        font-weight: 600;
      }
      /* The whole card is the button's. */
      .event button::after {
        content: "";
        position: absolute;
        inset: 0;
      }
    `,
  ];
}
customElements.define("nadhir-events", EventsPanel);
