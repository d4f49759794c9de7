/** One event: what is known of it, by whom, how sure, what was said of it and to whom, and how it came to that. */

import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { type EventView, objectsOf, type ObjectView, type Solution } from "../state/picture.ts";
import type { Deed, LaunchProduct } from "../state/types.ts";
import { ActDialog } from "./act.ts";
import type { EventDetail, Explanation, ReleaseGroup, TimelineEntry } from "./answers.ts";
import { explanationView } from "./explanation.ts";
import { mayAct, SHAPES, threatTable, whyNoActs } from "./marks.ts";
import { isShelved, ranked, threats, warningsOf } from "./order.ts";
import { Answer, Panel } from "./panel.ts";
import { type Compared, comparedImpacts, comparedLaunches } from "./solutions.ts";
import { entryInWords } from "./timeline.ts";
import { headline } from "./warning-words.ts";
import { shortName } from "../state/names.ts";

const DETAIL_MS = 3_000;
/** Closer than this, two places are the same for people. */
const SAME_PLACE_M = 50;

export class EventPanel extends Panel {
  private readonly detail = new Answer(this, DETAIL_MS, (event) =>
    this.store.api.get<EventDetail>(`/api/event?event=${encodeURIComponent(event)}`),
  );
  private readonly explained = new Answer(this, DETAIL_MS, (warnings) =>
    Promise.all(
      warnings
        .split("\n")
        .map((id) => this.store.api.get<Explanation[]>(`/api/explanation?warning=${encodeURIComponent(id)}`)),
    ),
  );

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (!store) return nothing;
    const { selection } = store.view;
    const event = selection ? store.picture.events.get(selection) : undefined;
    this.detail.want(event && store.session ? event.event : null);
    this.explained.want(event?.warnings.length && store.session ? event.warnings.join("\n") : null);
    if (!selection) return html`<p>${this.t("event-none")}</p>`;
    return html`
      <h2 tabindex="-1">${this.t("event-title", { event: shortName(selection) })}</h2>
      ${event ? this.whole(event) : html`<p>${this.t("event-gone", { event: shortName(selection) })}</p>`}
      <nadhir-act .store=${store} @done=${() => void this.detail.refresh()}></nadhir-act>
    `;
  }

  private whole(event: EventView): TemplateResult {
    const { store, words, now } = this;
    const { picture } = store;
    const danger = threats(event, picture);
    const shelved = isShelved(event, now);
    const acts: Deed[] = ["acknowledge", shelved ? "unshelve" : "shelve", "note"];
    const query = `?event=${encodeURIComponent(event.event)}`;
    const name = shortName(event.event);
    return html`
      ${
        mayAct(store)
          ? html`<div class="row">
              ${acts.map((what) => html`<button @click=${() => this.ask(what, event)}>${this.t(`event-${what}`)}</button>`)}
            </div>`
          : whyNoActs(store)
      }
      <h3>${this.t("event-section-areas")}</h3>
      ${danger.length ? threatTable(danger, words, now) : html`<p>${this.t("events-no-threat")}</p>`}
      ${event.warnings.length ? this.warnings(event) : nothing} ${this.launch(event)}
      ${repeat(
        objectsOf(event, picture),
        ({ object }) => object,
        (object) => this.object(object),
      )}
      ${this.detailed()}
      <p class="row">
        <a href="/api/event.geojson${query}" download="${name}.geojson">${this.t("event-download-geojson")}</a>
        <a href="/api/event.czml${query}" download="${name}.czml">${this.t("event-download-czml")}</a>
      </p>
    `;
  }

  private launch(event: EventView): TemplateResult {
    const { words } = this;
    const { launch } = event;
    if (!launch) return html`<p>${this.t("events-launch-unknown")}</p>`;
    return html`<h3>${this.t("event-launch")}</h3>
      ${launch.status === "withdrawn" ? html`<p class="badge">${this.t("badge-withdrawn")}</p>` : nothing}
      <p>${this.t("event-launch-at", { clock: words.clock(launch.time), sigma: words.within(launch.time_sigma_s) })}</p>
      ${
        launch.looks.length
          ? html`<p class="muted">${this.t("event-seen-by", { sensors: words.listing(launch.looks) })}</p>`
          : nothing
      }
      ${this.comparison("event-launch-column", comparedLaunches(event), (said: LaunchProduct) => [
        [this.t("event-launch-column"), `${words.position(said)}${this.t("list-comma")}${words.ellipse(said.ellipse_90)}`],
        [
          this.t("event-time"),
          this.t("event-launch-at", { clock: words.clock(said.time), sigma: words.within(said.time_sigma_s) }),
        ],
      ])}`;
  }

  private object(object: ObjectView): TemplateResult {
    const { words, store } = this;
    const { track, assessment } = object;
    const last = object.trail.at(-1);
    const shown = store.view.object === object.object;
    return html`<section aria-labelledby="object-${object.object}">
      <div class="row spread">
        <h3 id="object-${object.object}">${this.t("event-object", { object: shortName(object.object) })}</h3>
        <button
          aria-pressed=${shown ? "true" : "false"}
          @click=${() => store.go({ object: shown ? null : object.object })}
        >
          ${this.t("event-choose-object")}
        </button>
      </div>
      <p>
        <strong>${this.t(`phase-${object.phase}`)}</strong>${
          last
            ? html`${this.t("list-comma")}${this.t("event-height-speed", { height: words.distance(last[3]), speed: words.speed(last[4]) })}`
            : nothing
        }
      </p>
      ${track && !track.ballistic && track.phase !== "boost" ? html`<p>${this.t("event-not-ballistic")}</p>` : nothing}
      <dl>
        ${track?.burnout_time ? this.fact("event-burnout", words.clock(track.burnout_time)) : nothing}
        ${
          assessment?.apogee_m && assessment.apogee_time
            ? this.fact(
                "event-apogee",
                this.t("event-apogee-at", {
                  height: words.distance(assessment.apogee_m),
                  clock: words.clock(assessment.apogee_time),
                }),
              )
            : nothing
        }
        ${assessment ? this.fact("event-reaches-orbit", words.probability(assessment.reaches_orbit)) : nothing}
      </dl>
      ${assessment ? this.classes(assessment.class) : nothing}
      <h4>${this.t("event-section-solutions")}</h4>
      ${this.comparison("event-impact-column", comparedImpacts(object), (said: Solution) => this.said(said))}
    </section>`;
  }

  private fact(id: string, value: string): TemplateResult {
    return html`<dt>${this.t(id)}</dt>
      <dd>${value}</dd>`;
  }

  private classes(classes: Record<string, number>): TemplateResult {
    return html`<h4>${this.t("event-section-classes")}</h4>
      <ul class="classes">
        ${ranked(classes).map(([name, probability]) => {
          const label = this.t(`class-${name}`);
          return html`<li>
            <span>${label}</span>
            <meter min="0" max="1" value=${probability} aria-label=${label}></meter>
            <span>${this.words.probability(probability)}</span>
          </li>`;
        })}
      </ul>`;
  }

  private said({ track, impact, assessment }: Solution): [string, string][] {
    const { words } = this;
    const unknown = this.t("panels-unknown");
    const likely = assessment && ranked(assessment.class)[0];
    return [
      [this.t("event-state-column"), track ? this.t(`phase-${track.phase}`) : unknown],
      [
        this.t("event-impact-column"),
        impact ? `${words.position(impact)}${this.t("list-comma")}${words.ellipse(impact.ellipse_90)}` : unknown,
      ],
      [
        this.t("event-time"),
        impact
          ? this.t("event-launch-at", { clock: words.clock(impact.time), sigma: words.within(impact.time_sigma_s) })
          : unknown,
      ],
      [
        this.t("event-class-column"),
        likely
          ? this.t("events-likely", { class: this.t(`class-${likely[0]}`), probability: words.probability(likely[1]) })
          : unknown,
      ],
    ];
  }

  /** What the preferred solution says; the others a line each, that opens: how far apart they are is seen at once. */
  private comparison<T>(
    title: string,
    solutions: Compared<T>[],
    said: (solution: T) => [label: string, value: string][],
  ): TemplateResult | typeof nothing {
    if (!solutions.length) return nothing;
    const facts = (solution: Compared<T>): TemplateResult =>
      html`<dl>${said(solution.said).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`;
    return html`<div class="solutions" role="group" aria-label=${this.t(title)}>
      ${repeat(
        solutions,
        ({ basis, owner }) => `${basis} ${owner}`,
        (solution) =>
          solution.preferred
            ? html`<div class="aside">
                <p class="row">${this.whose(solution)} <span class="badge">${this.t("event-preferred")}</span></p>
                ${facts(solution)}
              </div>`
            : html`<details>
                <summary>${this.whose(solution)} <span class="muted">${this.apart(solution)}</span></summary>
                ${facts(solution)}
              </details>`,
      )}
      ${solutions.length === 1 ? html`<p class="muted">${this.t("event-no-other")}</p>` : nothing}
    </div>`;
  }

  private whose({ basis, owner }: Compared<unknown>): TemplateResult {
    return html`<span aria-hidden="true">${SHAPES[basis]}</span> <span>${this.t(`solution-${basis}`, { owner })}</span>`;
  }

  private apart({ apart_m }: Compared<unknown>): string {
    if (apart_m === null) return this.t("event-no-place");
    if (apart_m < SAME_PLACE_M) return this.t("event-same-place");
    return this.t("event-apart", { distance: this.words.distance(apart_m) });
  }

  private warnings(event: EventView): TemplateResult {
    const { store, words } = this;
    const explained = (this.explained.value ?? []).flat().filter(({ issued }) => issued <= this.now);
    return html`<h3>${this.t("event-section-warnings")}</h3>
      ${warningsOf(event, store.picture).map((view) => {
        const why = explained.filter(({ warning }) => warning === view.warning).reverse();
        return html`<article
          class="aside ${view.state === "open" ? "danger" : view.state === "pending" ? "attention" : ""}"
        >
          <p><strong>${headline(view.product, words)}</strong></p>
          <p class="row">
            <span class="badge">${this.t(`state-${view.state}`)}</span>
            <span class="muted"
              ><bdi>${view.warning}</bdi> ·
              ${this.t("warnings-revision", { revision: view.revision, clock: words.clock(view.product.issued) })}</span
            >
            <button @click=${() => store.go({ panel: "warnings" })}>${this.t("event-open-warnings")}</button>
          </p>
          <details>
            <summary>${this.t("event-section-why")}</summary>
            ${
              why.length
                ? repeat(
                    why,
                    ({ revision }) => revision,
                    (one) => explanationView(one, words),
                  )
                : html`<p>${this.t("why-unavailable")}</p>`
            }
          </details>
        </article>`;
      })}`;
  }

  private detailed(): TemplateResult {
    const { value, error } = this.detail;
    return html`
      ${error ? html`<p role="alert" class="error">${this.t("panels-failed", { detail: error })}</p>` : nothing}
      ${value ? html`${this.timeline(value.timeline)} ${this.releases(value.releases)}` : nothing}
    `;
  }

  private timeline(entries: readonly TimelineEntry[]): TemplateResult {
    const { words } = this;
    const shown = entries.filter(({ at }) => at <= this.now);
    return html`<h3>${this.t("event-section-timeline")}</h3>
      <ol role="list">
        ${shown.map(
          (entry) =>
            html`<li class="entry">
              <span class="muted">${words.clock(entry.at)}</span><br /><span dir="auto"
                >${entryInWords(entry, words)}</span
              >
            </li>`,
        )}
      </ol>`;
  }

  private releases(groups: readonly ReleaseGroup[]): TemplateResult {
    const { words } = this;
    const shown = groups.filter(({ at }) => at <= this.now);
    return html`<h3>${this.t("event-section-releases")}</h3>
      ${
        shown.length
          ? html`<ul class="releases" role="list">
              ${shown.map(
                ({ partner, kind, count, outcome, state, reason }) =>
                  html`<li class="aside ${outcome === "released" ? "" : "attention"}">
                    <p>
                      <strong><bdi>${partner}</bdi></strong> · ${this.t(`kind-${kind}`)} × ${words.number(count)}:
                      <strong>${this.t(`outcome-${outcome}`)}</strong
                      >${state ? html` · ${this.t(`progress-${state}`)}` : nothing}
                    </p>
                    <p class="muted"><span dir="auto" lang="en">${reason}</span></p>
                  </li>`,
              )}
            </ul>`
          : html`<p>${this.t("event-no-release")}</p>`
      }`;
  }

  private ask(what: Deed, { event }: EventView): void {
    void this.renderRoot.querySelector<ActDialog>("nadhir-act")?.open({ what, subject: event });
  }

  static override styles = [
    ...Panel.styles,
    css`
      .classes li {
        display: grid;
        grid-template-columns: 12em 1fr 4em;
        gap: 0.5em;
        align-items: center;
      }
      meter {
        inline-size: 100%;
      }
      .entry {
        border-inline-start: 2px solid var(--rule);
        padding-inline-start: 0.6em;
        padding-block: 0.15em;
      }
      .solutions {
        display: grid;
        gap: 0.3em;
      }
      .solutions dl {
        font-size: 0.92em;
      }
      .solutions .row > span:nth-child(2) {
        font-weight: 600;
      }
      .releases {
        display: grid;
        gap: 0.4em;
      }
    `,
  ];
}
customElements.define("nadhir-event", EventPanel);
