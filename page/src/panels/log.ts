/** The operator log: who did what and when. It is printed by the browser, without buttons and without the rest. */

import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Mark } from "../state/types.ts";
import { Answer, Panel } from "./panel.ts";
import { shortName } from "../state/names.ts";

const EVERY_MS = 10_000;
const MOST = 1000;

/** Entries of both lists once, the newest first. */
export function merged(older: readonly Mark[], newer: readonly Mark[]): Mark[] {
  const all = new Map([...older, ...newer].map((mark) => [mark.sequence, mark]));
  return [...all.values()].sort((a, b) => b.sequence - a.sequence);
}

/** Entries of one kind (any, where it is empty) in which the words stand. */
export function found(marks: readonly Mark[], what: string, text: string): Mark[] {
  const wanted = text.trim().toLocaleLowerCase();
  return marks.filter(
    (mark) =>
      (!what || mark.what === what) &&
      (!wanted || [mark.operator, mark.subject, mark.note ?? ""].join(" ").toLocaleLowerCase().includes(wanted)),
  );
}

export class LogPanel extends Panel {
  static override properties = { ...Panel.properties, what: { state: true }, text: { state: true } };
  declare private what: string;
  declare private text: string;
  private readonly log = new Answer(this, EVERY_MS, () => this.store.api.get<Mark[]>(`/api/log?limit=${MOST}`));

  constructor() {
    super();
    this.what = "";
    this.text = "";
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store, words } = this;
    if (!store) return nothing;
    this.log.want(store.session?.name ?? null);
    if (!store.session) return html`<p>${this.t("panels-no-session")}</p>`;
    const replay = store.view.at !== null;
    const all = merged(replay ? [] : (this.log.value ?? []), store.picture.marks);
    const marks = found(all, this.what, this.text);
    const kinds = [...new Set(all.map(({ what }) => what))].sort();
    return html`
      <div class="row spread">
        <h2>${this.t("log-title")}</h2>
        <button class="screen" @click=${() => window.print()}>${this.t("log-print")}</button>
      </div>
      <p class="paper">
        ${this.t("log-printed", {
          nation: store.session.nation,
          mode: this.t(`warnings-mode-${store.picture.mode}`),
          clock: words.moment(Date.now() / 1e3),
        })}
      </p>
      <div class="row screen" role="search">
        <label class="field"
          >${this.t("log-search")}
          <input
            type="search"
            placeholder=${this.t("log-search-hint")}
            .value=${this.text}
            @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
        /></label>
        <label class="field"
          >${this.t("log-what")}
          <select @change=${(event: Event) => (this.what = (event.target as HTMLSelectElement).value)}>
            <option value="">${this.t("log-what-any")}</option>
            ${kinds.map((kind) => html`<option value=${kind} ?selected=${kind === this.what}>${this.t(`mark-${kind}`)}</option>`)}
          </select></label
        >
      </div>
      ${this.log.error ? html`<p role="alert" class="error">${this.t("panels-failed", { detail: this.log.error })}</p>` : nothing}
      <p class="muted" role="status">${this.t("log-shown", { count: marks.length })}</p>
      ${marks.length ? this.table(marks) : html`<p>${this.t(all.length ? "log-no-match" : "log-nothing")}</p>`}
    `;
  }

  private table(marks: readonly Mark[]): TemplateResult {
    return html`<div class="scroll" role="group" aria-label=${this.t("log-title")} tabindex="0">
      <table>
        <thead>
          <tr>
            ${["time", "what", "note"].map((column) => html`<th scope="col">${this.t(`log-${column}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${repeat(
            marks,
            ({ sequence }) => sequence,
            (mark) => this.line(mark),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private line({ time, operator, what, subject, revision, note, until, refused }: Mark): TemplateResult {
    const { words } = this;
    return html`<tr>
      <td>${words.moment(time)}</td>
      <td>
        <bdi>${operator}</bdi>: <strong>${this.t(`mark-${what}`)}</strong>
        <p>
          <bdi>${shortName(subject)}</bdi>${revision === null
            ? nothing
            : html` · ${this.t("mark-revision", { revision })}`}
        </p>
        ${refused ? html`<p class="aside danger">${this.t("mark-refused", { detail: refused })}</p>` : nothing}
      </td>
      <td dir="auto">
        <div class="note">${note}</div>
        ${until === null ? nothing : html`<p>${this.t("mark-until", { clock: words.clock(until) })}</p>`}
      </td>
    </tr>`;
  }

  static override styles = [
    ...Panel.styles,
    css`
      .note {
        white-space: pre-line;
      }
      table {
        table-layout: fixed;
      }
      th:first-child {
        /* A time in brackets stays whole. */
        inline-size: 10em;
      }
      td {
        overflow-wrap: anywhere;
      }
      .paper {
        display: none;
      }
      @media print {
        /* Paper is white whatever the theme. */
        :host {
          --muted: #333333;
          --rule: #777777;
          color: #000000;
          background: #ffffff;
        }
        .paper {
          display: block;
        }
        .screen {
          display: none;
        }
        .scroll {
          overflow: visible;
        }
        thead {
          display: table-header-group;
        }
        tr {
          break-inside: avoid;
        }
      }
    `,
  ];
}
customElements.define("nadhir-log", LogPanel);
