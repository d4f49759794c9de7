/**
 * The dialog before every act: what will be done, what goes out to whom, and what must be told with it. Nothing is done
 * until the operator says so here, and the act names the revision that was on the screen when the dialog opened.
 */

import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Act, Deed, WarningView } from "../state/types.ts";
import type { Operation } from "./answers.ts";
import { areasOf } from "./areas.ts";
import { type OpenMatters, openLines } from "./handover.ts";
import { Panel } from "./panel.ts";
import { shortName } from "../state/names.ts";
import { approvals, byItself, completes, headline, statements, toBeSaid } from "./warning-words.ts";

export interface Request {
  what: Deed;
  /** Event or warning id, or "". */
  subject: string;
  warning?: WarningView;
  /** What the next shift must know, for a hand-over. */
  open?: OpenMatters;
}

const CLEAR_REASONS = ["passed", "fell-at-sea", "will-not-arrive"] as const;
const SHELF_MINUTES = [5, 15, 30, 60, 240];
/** Deeds for which a note is all there is to say. */
const NOTED: readonly Deed[] = [
  "acknowledge",
  "shelve",
  "unshelve",
  "note",
  "reject",
  "cancel",
  "clear",
  "correct",
  "reissue",
];

/** Opens for a `Request`; tells its host by an event `done` that the act was done. */
export class ActDialog extends Panel {
  static override properties = {
    ...Panel.properties,
    request: { attribute: false },
    channels: { state: true },
    chosen: { state: true },
    find: { state: true },
    working: { state: true },
    problem: { state: true },
  };
  declare private request: Request | null;
  /** Channels that carry the warning's mode; null until the node has told. */
  declare private channels: string[] | null;
  declare private chosen: ReadonlySet<string>;
  declare private find: string;
  declare private working: boolean;
  declare private problem: string;

  constructor() {
    super();
    this.request = null;
    this.reset();
  }

  async open(request: Request): Promise<void> {
    this.reset();
    this.request = request;
    this.chosen = new Set(request.warning?.product.areas.map(({ code }) => code));
    await this.updateComplete;
    this.renderRoot.querySelector("dialog")?.showModal();
    await this.loadChannels(request);
  }

  private reset(): void {
    this.channels = null;
    this.chosen = new Set();
    this.find = "";
    this.working = false;
    this.problem = "";
  }

  private async loadChannels(request: Request): Promise<void> {
    if (!request.warning || !toBeSaid(request.what, request.warning).length) return;
    const { mode } = request.warning.product;
    const operation = await this.store.api.get<Operation>("/api/operation").catch(() => null);
    this.channels = operation && operation.channels.filter((channel) => channel.mode === mode).map(({ name }) => name);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { request } = this;
    if (!request) return nothing;
    const { what, subject, warning } = request;
    const changed = this.changedSince(request);
    const arguments_ = { warning: subject, subject: shortName(subject), revision: warning?.revision ?? 0 };
    return html`<dialog aria-labelledby="title" @close=${this.closed}>
      <form method="dialog" @submit=${this.submit}>
        <h2 id="title">${this.t(`act-title-${what}`, arguments_)}</h2>
        ${what === "approve" || what === "hand-over" ? nothing : html`<p>${this.t(`act-${what}-means`, arguments_)}</p>`}
        ${warning ? this.consequence(what, warning) : nothing} ${this.fields(request)}
        ${changed === null ? nothing : html`<p role="alert" class="error">${this.t("act-changed", { revision: changed })}</p>`}
        ${this.problem ? html`<p role="alert" class="error">${this.problem}</p>` : nothing}
        <div class="row buttons">
          <button type="button" autofocus @click=${this.close}>${this.t("act-close")}</button>
          <button type="submit" class="primary" ?disabled=${this.working || changed !== null}>
            ${this.working ? this.t("act-working") : this.t(`act-${what}`)}
          </button>
        </div>
      </form>
    </dialog>`;
  }

  /** The present revision, where what is to be approved is no longer what was seen. */
  private changedSince({ what, subject, warning }: Request): number | null {
    const present = this.store.picture.warnings.get(subject);
    return what === "approve" && warning && present && present.revision !== warning.revision ? present.revision : null;
  }

  /** What the public would hear of it, on which channels. */
  private consequence(what: Deed, warning: WarningView): TemplateResult {
    const { words, now } = this;
    const { product } = warning;
    const { mode } = product;
    const said = toBeSaid(what, warning, [...this.chosen]);
    const sends = said.length > 0 && (what !== "approve" || completes(warning));
    // What is said again may wait for a second person: only the node knows its rule.
    const atOnce = sends && what !== "reissue";
    return html`<div class="aside ${mode === "live" ? "danger" : "attention"}">
      ${(said.length ? said : [product]).map((one) => html`<p><strong>${headline(one, words)}</strong></p>`)}
      ${
        what === "approve"
          ? [...statements(product, words, now), byItself(warning, words, now), ...approvals(warning, words)].map(
              (line) => html`<p>${line}</p>`,
            )
          : nothing
      }
      ${what === "approve" && !sends ? html`<p>${this.t("act-second-person")}</p>` : nothing}
      ${sends ? html`<p>${this.t(mode === "live" ? "act-public-warning" : "act-exercise-warning")}</p>` : nothing}
      ${
        atOnce && this.channels
          ? html`<p>
              ${
                this.channels.length
                  ? this.t("act-goes-out", { channels: this.words.listing(this.channels) })
                  : this.t("warnings-no-channels")
              }
            </p>`
          : nothing
      }
    </div>`;
  }

  private fields({ what, warning, open }: Request): TemplateResult {
    return html`
      ${what === "clear" ? this.reasons() : nothing} ${what === "correct" ? this.areaChoice(warning) : nothing}
      ${what === "shelve" ? this.shelfTime() : nothing}
      ${
        what === "hand-over"
          ? html`${open ? openLines(open, this.words).map((line) => html`<p>${line}</p>`) : nothing}
              <label class="field"
                >${this.t("act-next-name")}<input name="name" maxlength="80" autocomplete="off"
              /></label>`
          : nothing
      }
      ${
        what === "hand-over" || NOTED.includes(what)
          ? html`<label class="field"
              >${this.t(what === "note" ? "act-note-label" : "act-note-optional")}
              <textarea name="note" rows="3" maxlength="1000"></textarea>
            </label>`
          : nothing
      }
    `;
  }

  private reasons(): TemplateResult {
    return html`<fieldset>
      <legend>${this.t("act-reason-label")}</legend>
      ${CLEAR_REASONS.map(
        (reason) =>
          html`<label class="choice"
            ><input type="radio" name="reason" value=${reason} />${this.t(`reason-${reason}`)}</label
          >`,
      )}
    </fieldset>`;
  }

  private shelfTime(): TemplateResult {
    return html`<label class="field"
      >${this.t("act-until-label")}
      <select name="minutes">
        ${SHELF_MINUTES.map(
          (minutes) =>
            html`<option value=${minutes} ?selected=${minutes === 15}>
              ${this.t("act-until-minutes", { minutes })},
              ${this.t("act-until-clock", { clock: this.words.clock(this.now + 60 * minutes) })}
            </option>`,
        )}
      </select>
    </label>`;
  }

  /** Chosen areas first, so that a choice never scrolls out of sight unseen; then those that were named and that the
   * search finds, our own first. */
  private areaChoice(warning: WarningView | undefined): TemplateResult {
    const named = new Set(warning?.product.areas.map(({ code }) => code));
    const wanted = this.find.trim().toLocaleLowerCase();
    const own = new Set(this.store.session?.own_areas);
    const rank = (code: string): number => (this.chosen.has(code) ? 0 : own.has(code) ? 1 : 2);
    const found = areasOf(this.store)
      .list.filter(
        ({ code, names }) =>
          this.chosen.has(code) ||
          named.has(code) ||
          (wanted && [code, ...Object.values(names)].some((name) => name.toLocaleLowerCase().includes(wanted))),
      )
      .sort((a, b) => rank(a.code) - rank(b.code));
    const names = [...this.chosen].map((code) => this.words.area(code));
    return html`<fieldset>
      <legend>${this.t("act-areas-label")}</legend>
      <label class="field"
        >${this.t("act-areas-find")}
        <input
          type="search"
          .value=${this.find}
          @input=${(event: Event) => (this.find = (event.target as HTMLInputElement).value)}
        />
      </label>
      <ul class="areas">
        ${repeat(
          found.slice(0, 60),
          ({ code }) => code,
          ({ code }) =>
            html`<li>
              <label class="choice"
                ><input type="checkbox" .checked=${this.chosen.has(code)} @change=${() => this.toggle(code)} />
                ${this.words.area(code)} <span class="muted">${code}</span></label
              >
            </li>`,
        )}
      </ul>
      <p role="status">${this.t("act-areas-chosen", { count: names.length, names: this.words.listing(names) })}</p>
    </fieldset>`;
  }

  private toggle(code: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(code)) chosen.add(code);
    this.chosen = chosen;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!this.request || this.working) return;
    const act = this.read(this.request, new FormData(event.target as HTMLFormElement));
    if (typeof act === "string") {
      this.problem = this.t(act);
      return;
    }
    this.working = true;
    this.problem = "";
    try {
      await this.store.act(act);
      this.close();
      this.dispatchEvent(new Event("done"));
    } catch (error) {
      this.problem = this.t("act-refused", { detail: error instanceof Error ? error.message : String(error) });
    } finally {
      this.working = false;
    }
  };

  /** The act that the form tells, or the id of the text that says what is missing. */
  private read({ what, subject, warning, open }: Request, form: FormData): Act | string {
    const text = (name: string): string => String(form.get(name) ?? "").trim();
    const act: Act = { what, subject, revision: warning?.revision ?? null, note: text("note") };
    if (what === "note" && !act.note) return "act-note-needed";
    if (what === "shelve") act.until = this.now + 60 * Number(form.get("minutes"));
    if (what === "clear") {
      const reason = CLEAR_REASONS.find((one) => one === text("reason"));
      if (!reason) return "act-reason-needed";
      act.reason = reason;
    }
    if (what === "correct") {
      if (this.chosen.size === 0) return "act-areas-needed";
      act.areas = [...this.chosen];
    }
    if (what === "hand-over") {
      if (!text("name")) return "act-name-needed";
      const lines = open ? openLines(open, this.words) : [];
      act.note = [this.t("handover-to", { name: text("name") }), text("note"), ...lines].filter(Boolean).join("\n");
    }
    return act;
  }

  private readonly close = (): void => this.renderRoot.querySelector("dialog")?.close();

  private readonly closed = (): void => {
    this.request = null;
  };

  static override styles = [
    ...Panel.styles,
    css`
      dialog {
        inline-size: min(36rem, 94vw);
      }
      label.field {
        margin-block: 0.8em;
      }
      fieldset {
        border: 1px solid var(--rule);
        border-radius: var(--radius);
        margin-block: 0.8em;
      }
      .areas {
        max-block-size: 14rem;
        overflow-y: auto;
      }
      .buttons {
        justify-content: flex-end;
        margin-block-start: 1em;
      }
    `,
  ];
}
customElements.define("nadhir-act", ActDialog);
