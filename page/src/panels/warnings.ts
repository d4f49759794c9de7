/** Warnings: what waits for people first, what is out, what has ended; and the acts that are possible on each. */

import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { firstArrival } from "../state/picture.ts";
import type { Deed, Delivery, SensorView, WarningProduct, WarningView } from "../state/types.ts";
import { ActDialog, type Request } from "./act.ts";
import { openMatters } from "./handover.ts";
import { mayAct, whyNoActs } from "./marks.ts";
import { Answer, Panel } from "./panel.ts";
import { shortName } from "../state/names.ts";
import { approvals, byDanger, byItself, headline, statements } from "./warning-words.ts";

type State = WarningView["state"];

const STATES: readonly State[] = ["pending", "open", "ended"];
const DECISIONS: readonly Deed[] = ["approve", "reject"];
const ENDS: readonly Deed[] = ["correct", "cancel", "clear"];

/** What may be done about a warning. A state that waits may follow one that people have: that one can be ended. What a
 * person ended can be said again. */
export function actsOn({ state, deliveries, again }: WarningView): Deed[] {
  if (state === "ended") return [...(again ? (["reissue"] as const) : []), "acknowledge", "note"];
  const isOut = state === "open" || deliveries.length > 0;
  return [...(state === "pending" ? DECISIONS : []), ...(isOut ? ENDS : []), "acknowledge", "shelve", "note"];
}

/** Pending by their deadline, open by arrival, ended with the latest first. */
export function inOrder(views: readonly WarningView[], state: State): WarningView[] {
  const key = (view: WarningView): number =>
    state === "pending"
      ? (view.deadline ?? Infinity)
      : state === "open"
        ? firstArrival(view.product)
        : -view.product.issued;
  return views
    .filter((view) => view.state === state)
    .sort((a, b) => key(a) - key(b) || a.product.issued - b.product.issued);
}

export class WarningsPanel extends Panel {
  private readonly sensors = new Answer(this, 10_000, () => this.store.api.get<SensorView[]>("/api/sensors"));

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (!store) return nothing;
    this.sensors.want(store.session ? store.session.name : null);
    const { picture } = store;
    const views = [...picture.warnings.values()];
    const partners = [...picture.partnerWarnings.values()];
    return html`
      <div class="row spread">
        <h2 tabindex="-1">${this.t("warnings-title")}</h2>
        ${mayAct(store) ? html`<button @click=${() => this.handOver()}>${this.t("handover-open")}</button>` : nothing}
      </div>
      ${whyNoActs(store)} ${picture.realEvent ? this.suspension() : nothing}
      ${
        store.reading && !views.length
          ? html`<p>${this.t("panels-reading")}</p>`
          : STATES.map((state) => this.section(state, inOrder(views, state)))
      }
      ${
        partners.length
          ? html`<section>
              <h3>${this.t("warnings-from-partners", { count: partners.length })}</h3>
              ${repeat(
                partners,
                ({ product }) => product.warning,
                ({ owner, product }) =>
                  html`<article class="warning">
                    <p><span aria-hidden="true">▲</span> ${this.t("owner-partner", { owner })}${this.t("list-comma")}<bdi>${product.warning}</bdi></p>
                    <h4>${headline(product, this.words)}</h4>
                    ${this.content(product)}
                  </article>`,
              )}
            </section>`
          : nothing
      }
      <nadhir-act .store=${store}></nadhir-act>
    `;
  }

  private suspension(): TemplateResult {
    return html`<div class="aside danger">
      <p>${this.t("warnings-suspended")}</p>
      ${
        mayAct(this.store)
          ? html`<button @click=${() => this.ask({ what: "resume", subject: "" })}>
              ${this.t("warnings-resume")}
            </button>`
          : nothing
      }
    </div>`;
  }

  private section(state: State, views: WarningView[]): TemplateResult {
    const title = this.t(`warnings-${state}`, { count: views.length });
    const list = repeat(
      views,
      ({ warning }) => warning,
      (view) => this.card(view),
    );
    if (state === "ended" && views.length)
      return html`<details>
        <summary>${title}</summary>
        ${list}
      </details>`;
    return html`<section>
      <h3><span role=${state === "pending" ? "status" : nothing}>${title}</span></h3>
      ${list}
    </section>`;
  }

  private card(view: WarningView): TemplateResult {
    const { product, warning, state } = view;
    const tone = state === "pending" ? "attention" : state === "open" ? "danger" : "";
    return html`<article class="warning aside ${tone}" aria-labelledby="title-${warning}">
      <div class="row spread">
        <h4 id="title-${warning}">${headline(product, this.words)}</h4>
        <span class="badge ${tone}">${this.t(`warnings-mode-${product.mode}`)}</span>
      </div>
      <p class="muted">
        <bdi>${warning}</bdi> · ${this.t("warnings-revision", { revision: view.revision, clock: this.words.clock(product.issued) })}
      </p>
      ${state === "pending" ? this.decision(view) : nothing}
      <p class="muted">${this.t(state === "pending" ? "warnings-would-say" : "warnings-said")}</p>
      ${this.content(product)} ${view.public || !this.store.picture.realEvent ? nothing : html`<p>${this.t("warnings-not-public")}</p>`}
      ${view.failure ? html`<p class="aside danger">${this.t("warnings-failure", { detail: view.failure })}</p>` : nothing}
      ${state === "pending" && !view.deliveries.length ? nothing : this.deliveries(view.deliveries)}
      <p class="row">
        ${product.events.map(
          (event) =>
            html`<button class="link" @click=${() => this.store.go({ panel: "events", selection: event })}>
              ${this.t("warnings-show-event", { event: shortName(event) })}
            </button>`,
        )}
      </p>
      ${mayAct(this.store) ? this.acts(view) : nothing}
    </article>`;
  }

  private decision(view: WarningView): TemplateResult {
    const own = view.approved_by.includes(this.store.session?.name ?? "");
    return html`<p><strong>${byItself(view, this.words, this.now)}</strong></p>
      ${approvals(view, this.words).map((line) => html`<p>${line}</p>`)}
      ${own ? html`<p>${this.t("warnings-you-approved")}</p>` : nothing}`;
  }

  private content(product: WarningProduct): TemplateResult {
    const { words, now } = this;
    return html`<ul>
        ${statements(product, words, now).map((line) => html`<li>${line}</li>`)}
      </ul>
      ${
        product.areas.length
          ? html`<details>
              <summary>${this.t("event-section-areas")} (${words.number(product.areas.length)})</summary>
              <ul>
                ${byDanger(product).map(
                  ({ code, probability, arrival }) =>
                    html`<li>
                      ${words.area(code)}
                      (${words.probability(probability)})${
                        product.reason || product.fallen ? nothing : html`: ${words.arrival(arrival, now)}`
                      }
                    </li>`,
                )}
              </ul>
            </details>`
          : nothing
      }`;
  }

  private deliveries(deliveries: readonly Delivery[]): TemplateResult {
    return html`<p class="muted">${this.t("warnings-deliveries")}</p>
      ${
        deliveries.length
          ? html`<ul>
              ${deliveries.map(
                ({ channel, state, at, detail }) =>
                  html`<li>
                    ${this.t(detail ? "delivery-detail" : "delivery-line", {
                      channel,
                      state: this.t(`delivery-${state}`),
                      clock: this.words.clock(at),
                      detail,
                    })}
                  </li>`,
              )}
            </ul>`
          : html`<p>${this.t("warnings-no-delivery")}</p>`
      }`;
  }

  private acts(view: WarningView): TemplateResult {
    const own = view.approved_by.includes(this.store.session?.name ?? "");
    return html`<div class="row" role="group" aria-labelledby="title-${view.warning}">
      ${actsOn(view).map(
        (what) =>
          html`<button
            class=${what === "approve" ? "primary" : ""}
            ?disabled=${what === "approve" && own}
            @click=${() => this.ask({ what, subject: view.warning, warning: view })}
          >
            ${this.t(`act-${what}`)}
          </button>`,
      )}
    </div>`;
  }

  private handOver(): void {
    const open = openMatters(this.store.picture, this.sensors.value ?? [], this.now);
    this.ask({ what: "hand-over", subject: "", open });
  }

  private ask(request: Request): void {
    void this.renderRoot.querySelector<ActDialog>("nadhir-act")?.open(request);
  }

  static override styles = [
    ...Panel.styles,
    css`
      .warning {
        padding-block: 0.4em;
        margin-block: 0.8em;
      }
      .link {
        border: none;
        background: none;
        padding: 0;
        min-block-size: 0;
        color: var(--accent);
        text-decoration: underline;
      }
    `,
  ];
}
customElements.define("nadhir-warnings", WarningsPanel);
