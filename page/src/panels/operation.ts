/** How the node is: links, sensors, channels, logs; and what cannot be seen now. */

import { html, nothing, type TemplateResult } from "lit";
import type { Bias, Link, Operation, SensorView } from "./answers.ts";
import { ownerMark } from "./marks.ts";
import { Answer, Panel } from "./panel.ts";

const EVERY_MS = 5_000;

/** Causes with their counts, the most frequent first. */
export const counted = (causes: Record<string, number>): [cause: string, count: number][] =>
  Object.entries(causes)
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1]);

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
      ${value ? this.links(value.links) : nothing} ${this.sensorTable(sensors)}
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
      ${problems.length
        ? html`<ul class="aside danger" lang="en">
            ${problems.map((problem) => html`<li dir="auto">${problem}</li>`)}
          </ul>`
        : html`<p>${this.t("operation-no-problems")}</p>`}`;
  }

  private unseen(sensors: readonly SensorView[]): TemplateResult {
    const silent = sensors.filter((view) => view.silent);
    return html`<h3>${this.t("operation-unseen")}</h3>
      ${silent.length
        ? html`<div class="aside attention">
            <p>${this.t("operation-unseen-list", { count: silent.length })}</p>
            <ul>
              ${silent.map(({ sensor, owner }) => html`<li>${sensor.id} (${owner}, ${this.t(`sensor-${sensor.kind}`)})</li>`)}
            </ul>
          </div>`
        : html`<p>${this.t("operation-unseen-none")}</p>`}`;
  }

  private links(links: readonly Link[]): TemplateResult {
    const { words } = this;
    if (!links.length) return html`<h3>${this.t("operation-links")}</h3><p>${this.t("operation-no-links")}</p>`;
    return this.table("operation-links", ["partner", "link", "skew", "gaps", "queue", "behind", "sent", "received", "shed", "refused"],
      links.map((link) => [
        html`${link.partner}${link.split_view ? html`<p class="aside danger">${this.t("operation-split-view", { detail: link.split_view })}</p>` : nothing}${link.error ? html`<p class="aside danger" dir="auto">${link.error}</p>` : nothing}`,
        link.connected ? this.t("operation-link-up") : html`<strong>${this.t("operation-link-down", { duration: words.duration(link.silent_s) })}</strong>`,
        link.skew_s === null ? this.t("panels-unknown") : words.shortTime(link.skew_s),
        words.number(link.gaps),
        words.number(link.waiting),
        words.number(Math.max(0, link.offered - link.delivered)),
        words.number(link.sent_records),
        words.number(link.received_records),
        words.number(link.shed_records),
        this.causes(link.refused),
      ]));
  }

  private sensorTable(sensors: readonly SensorView[]): TemplateResult {
    const { words, now } = this;
    const nation = this.store.session?.nation;
    return this.table("operation-sensors", ["sensor", "owner", "kind", "health", "last-line", "bias"],
      sensors.map(({ sensor, owner, silent, last_line, bias }) => [
        sensor.id,
        ownerMark(owner === nation ? "own" : "partner", owner, words),
        this.t(`sensor-${sensor.kind}`),
        silent ? html`<strong>${this.t("operation-silent")}</strong>` : this.t("operation-reporting"),
        last_line === null ? this.t("operation-never") : words.relative(Math.min(last_line, now), now),
        bias ? this.bias(bias) : this.t("operation-bias-none"),
      ]));
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
    if (!channels.length) return html`<h3>${this.t("operation-channels")}</h3><p>${this.t("operation-no-channels")}</p>`;
    return this.table("operation-channels", ["channel", "mode", "waiting", "delivered", "failed", "last-error"],
      channels.map(({ name, mode, waiting, delivered, failed, last_error }) => [
        name,
        this.t(`warnings-mode-${mode}`),
        words.number(waiting),
        words.number(delivered),
        words.number(failed),
        last_error ? html`<span dir="auto">${last_error}</span>` : this.t("panels-none"),
      ]));
  }

  private heads(heads: Operation["heads"]): TemplateResult {
    const { words } = this;
    if (!heads.length) return html`<h3>${this.t("operation-heads")}</h3><p>${this.t("operation-no-heads")}</p>`;
    return this.table("operation-heads", ["log", "size", "root", "signed"],
      heads.map(({ log, size, root, at }) => [
        log,
        words.number(size),
        html`<code title=${root}>${root.slice(0, 16)}…</code>`,
        words.clock(at),
      ]));
  }

  private hops(hops: Operation["hops"]): TemplateResult | typeof nothing {
    const { words } = this;
    if (!hops.length) return nothing;
    return this.table("operation-latency", ["hop", "median", "worst"],
      hops.map(({ hop, p50_s, p99_s }) => [hop, words.shortTime(p50_s), words.shortTime(p99_s)]));
  }

  private causes(causes: Record<string, number>): string {
    const { words } = this;
    const lines = counted(causes).map(([cause, count]) => this.t("operation-by-cause", { cause, count: words.number(count) }));
    return lines.length ? lines.join("; ") : words.number(0);
  }

  private table(title: string, columns: string[], rows: unknown[][]): TemplateResult {
    return html`<h3 id=${title}>${this.t(title)}</h3>
      <div class="scroll" role="region" aria-labelledby=${title} tabindex="0">
        <table aria-labelledby=${title}>
          <thead>
            <tr>
              ${columns.map((column) => html`<th scope="col">${this.t(`operation-${column}`)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ([first, ...rest]) =>
                html`<tr>
                  <th scope="row">${first}</th>
                  ${rest.map((cell) => html`<td>${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }
}
customElements.define("nadhir-operation", OperationPanel);
