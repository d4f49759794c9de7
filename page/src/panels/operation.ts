/** How the node is: links, sensors, channels, logs; and what cannot be seen now. */

import { css, html, nothing, type TemplateResult } from "lit";
import type { SensorView } from "../state/types.ts";
import type { Bias, Link, Operation } from "./answers.ts";
import { ownerMark } from "./marks.ts";
import { Answer, Panel } from "./panel.ts";

const EVERY_MS = 5_000;

/** Causes with their counts, the most frequent first. */
export const counted = (causes: Record<string, number>): [cause: string, count: number][] =>
  Object.entries(causes)
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1]);

interface Thing {
  name: string;
  trouble?: readonly (string | null)[];
  facts: readonly (readonly [label: string, value: unknown])[];
}

export class OperationPanel extends Panel {
  private readonly operation = new Answer(this, EVERY_MS, () => this.store.api.get<Operation>("/api/operation"));
  private readonly sensors = new Answer(this, EVERY_MS, () => this.store.api.get<SensorView[]>("/api/sensors"));

  protected override render(): TemplateResult | typeof nothing {
    const { store, words } = this;
    if (!store) return nothing;
    const who = store.session?.name ?? null;
    this.operation.want(who);
    this.sensors.want(who);
    if (!store.session) return html`<p>${this.t("panels-no-session")}</p>`;
    const { value, error } = this.operation;
    const sensors = this.sensors.value ?? [];
    return html`
      <h2>${this.t("operation-title")}</h2>
      ${error ? html`<p role="alert" class="error">${this.t("panels-failed", { detail: error })}</p>` : nothing}
      ${value?.at != null ? html`<p class="muted">${this.t("operation-as-of", { clock: words.moment(value.at) })}</p>` : nothing}
      ${value ? this.state(value) : error ? nothing : html`<p>${this.t("panels-loading")}</p>`} ${this.unseen(sensors)}
      ${value ? this.links(value.links) : nothing} ${this.sensorList(sensors)}
      ${value ? html`${this.channels(value.channels)} ${this.heads(value.heads)} ${this.hops(value.hops)}` : nothing}
    `;
  }

  private state({ ready, state, problems, lines, rejected, tracked }: Operation): TemplateResult {
    const { words } = this;
    return html`<dl>
        <dt>${this.t("operation-state")}</dt>
        <dd>${ready ? this.t("operation-ready") : this.t("operation-not-ready", { state })}</dd>
        <dt>${this.t("operation-nation")}</dt>
        <dd>${this.store.session?.nation}</dd>
        <dt>${this.t("operation-mode")}</dt>
        <dd>${this.t(`warnings-mode-${this.store.picture.mode}`)}</dd>
        <dt>${this.t("operation-tracked")}</dt>
        <dd>${words.number(tracked)}</dd>
        <dt>${this.t("operation-lines")}</dt>
        <dd>${words.number(lines)}</dd>
        <dt>${this.t("operation-rejected")}</dt>
        <dd>${this.causes(rejected)}</dd>
      </dl>
      <h3>${this.t("operation-problems")}</h3>
      ${
        problems.length
          ? html`<ul class="aside danger" lang="en">
              ${problems.map((problem) => html`<li dir="auto">${problem}</li>`)}
            </ul>`
          : html`<p>${this.t("operation-no-problems")}</p>`
      }`;
  }

  private unseen(sensors: readonly SensorView[]): TemplateResult {
    const silent = sensors.filter((view) => view.silent);
    return html`<h3>${this.t("operation-unseen")}</h3>
      ${
        silent.length
          ? html`<div class="aside attention">
              <p>${this.t("operation-unseen-list", { count: silent.length })}</p>
              <ul>
                ${silent.map(({ sensor, owner }) => html`<li>${sensor.id} (${owner}${this.t("list-comma")}${this.t(`sensor-${sensor.kind}`)})</li>`)}
              </ul>
            </div>`
          : html`<p>${this.t("operation-unseen-none")}</p>`
      }`;
  }

  private links(links: readonly Link[]): TemplateResult {
    const { words } = this;
    return this.records(
      "links",
      links.map((link) => ({
        name: link.partner,
        trouble: [link.split_view && this.t("operation-split-view", { detail: link.split_view }), link.error],
        facts: [
          [
            "link",
            link.connected
              ? this.t("operation-link-up")
              : this.strong(this.t("operation-link-down", { duration: words.duration(link.silent_s) })),
          ],
          ["skew", link.skew_s === null ? this.t("panels-unknown") : words.shortTime(link.skew_s)],
          ["gaps", words.number(link.gaps)],
          ["queue", words.number(link.waiting)],
          ["behind", words.number(Math.max(0, link.offered - link.delivered))],
          ["sent", words.number(link.sent_records)],
          ["received", words.number(link.received_records)],
          ["shed", words.number(link.shed_records)],
          ["refused", this.causes(link.refused)],
        ],
      })),
    );
  }

  private sensorList(sensors: readonly SensorView[]): TemplateResult {
    const { words, now } = this;
    const nation = this.store.session?.nation;
    return this.records(
      "sensors",
      sensors.map(({ sensor, owner, silent, last_line, bias }) => ({
        name: sensor.id,
        facts: [
          ["owner", ownerMark(owner === nation ? "own" : "partner", owner, words)],
          ["kind", this.t(`sensor-${sensor.kind}`)],
          ["health", silent ? this.strong(this.t("operation-silent")) : this.t("operation-reporting")],
          ["last-line", last_line === null ? this.t("operation-never") : words.relative(Math.min(last_line, now), now)],
          ["bias", bias ? this.bias(bias) : this.t("operation-bias-none")],
        ],
      })),
    );
  }

  private bias(bias: Bias): TemplateResult {
    const { words } = this;
    const value = (size: string, sigma: string): string => this.t("plus-minus", { value: size, sigma });
    return html`${this.t("operation-bias-range", { value: value(words.distance(bias.range_m), words.distance(bias.range_sigma_m)) })}<br />
      ${this.t("operation-bias-azimuth", { value: value(words.degrees(bias.azimuth_deg, 3), words.degrees(bias.azimuth_sigma_deg, 3)) })}<br />
      ${this.t("operation-bias-elevation", { value: value(words.degrees(bias.elevation_deg, 3), words.degrees(bias.elevation_sigma_deg, 3)) })}<br />
      ${this.t(bias.corrected ? "operation-bias-corrected" : "operation-bias-uncorrected")}`;
  }

  private channels(channels: Operation["channels"]): TemplateResult {
    const { words } = this;
    return this.records(
      "channels",
      channels.map(({ name, mode, waiting, delivered, failed, last_error }) => ({
        name,
        trouble: [last_error && this.t("operation-last-error", { detail: last_error })],
        facts: [
          ["mode", this.t(`warnings-mode-${mode}`)],
          ["waiting", words.number(waiting)],
          ["delivered", words.number(delivered)],
          ["failed", failed ? this.strong(words.number(failed)) : words.number(failed)],
        ],
      })),
    );
  }

  private heads(heads: Operation["heads"]): TemplateResult {
    const { words } = this;
    return this.records(
      "heads",
      heads.map(({ log, size, root, at }) => ({
        name: log,
        facts: [
          ["size", words.number(size)],
          ["root", html`<code>${root}</code>`],
          ["signed", words.moment(at)],
        ],
      })),
    );
  }

  private hops(hops: Operation["hops"]): TemplateResult | typeof nothing {
    const { words } = this;
    if (!hops.length) return nothing;
    return html`<h3>${this.t("operation-latency")}</h3>
      <ul>
        ${hops.map(
          ({ hop, p50_s, p99_s }) =>
            html`<li>
              ${this.t("operation-hop", { hop, half: words.shortTime(p50_s), most: words.shortTime(p99_s) })}
            </li>`,
        )}
      </ul>`;
  }

  private strong(text: string): TemplateResult {
    return html`<strong>${text}</strong>`;
  }

  private causes(causes: Record<string, number>): string {
    const { words } = this;
    const lines = counted(causes).map(([cause, count]) =>
      this.t("operation-by-cause", { cause, count: words.number(count) }),
    );
    return lines.length ? lines.join(" · ") : words.number(0);
  }

  /** Things of one kind, each with what is wrong with it and its facts; the panel is too narrow for wide tables. */
  private records(kind: string, records: readonly Thing[]): TemplateResult {
    if (!records.length)
      return html`<h3>${this.t(`operation-${kind}`)}</h3>
        <p>${this.t(`operation-no-${kind}`)}</p>`;
    return html`<h3>${this.t(`operation-${kind}`)}</h3>
      <ul class="records" role="list">
        ${records.map(
          ({ name, trouble = [], facts }) =>
            html`<li class="aside">
              <h4><bdi>${name}</bdi></h4>
              ${trouble.map((text) => (text ? html`<p class="error" dir="auto">${text}</p>` : nothing))}
              <dl>
                ${facts.map(
                  ([label, value]) =>
                    html`<dt>${this.t(`operation-${label}`)}</dt>
                      <dd>${value}</dd>`,
                )}
              </dl>
            </li>`,
        )}
      </ul>`;
  }

  static override styles = [
    ...Panel.styles,
    css`
      .records {
        display: grid;
        gap: 0.6em;
      }
      dl {
        font-size: 0.92em;
      }
    `,
  ];
}
customElements.define("nadhir-operation", OperationPanel);
