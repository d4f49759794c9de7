/** The chart of height and speed against time for the selected object. Time runs to the right in every language. */

import { css, html, nothing, svg } from "lit";
import { StoreElement } from "../element.ts";
import { look } from "../shell/look.ts";
import { objectsOf, type ObjectView, type TrailPoint } from "../state/picture.ts";
import { type Profile, profileOf, ticks } from "./profile.ts";
import { shortName } from "../state/names.ts";
import { MapWords } from "./words.ts";

const DRAW_MS = 250;
const MARGIN = { left: 44, right: 44, top: 30, bottom: 30 };

interface Chart {
  width: number;
  height: number;
  x(time: number): number;
  heightY(height_m: number): number;
  speedY(speed_mps: number): number;
}

export class ProfileElement extends StoreElement {
  static override properties = { ...StoreElement.properties, size: { state: true } };
  static override styles = [
    look,
    css`
      :host { position: relative; min-block-size: 9rem; background: var(--card); border: 1px solid var(--rule); overflow: hidden; }
      figure { position: absolute; inset: 0; }
      /* What does not fit is in the second line, which is not seen: no figure is cut in two. */
      figcaption { position: absolute; inset-block-start: 0.2rem; inset-inline: 0.6rem; display: flex; flex-wrap: wrap; gap: 0 1rem; block-size: 1.5em; font-size: 0.8rem; white-space: nowrap; overflow: hidden; }
      figcaption span::before { content: ""; display: inline-block; inline-size: 1.6em; margin-inline-end: 0.4em; vertical-align: middle; }
      .key-height::before { border-block-start: 3px solid var(--accent); }
      .key-speed::before { border-block-start: 2px dashed var(--orange); }
      .none { position: absolute; inset: 0; display: grid; place-content: center; padding: 1rem; text-align: center; }
      svg { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
      text { font-size: 11px; fill: var(--muted); }
      .grid { stroke: var(--rule); stroke-width: 1; }
      .height { fill: none; stroke: var(--accent); stroke-width: 2.5; }
      .speed { fill: none; stroke: var(--orange); stroke-width: 2; stroke-dasharray: 7 3; }
      .ahead { opacity: 0.75; stroke-width: 1.5; stroke-dasharray: 1.5 4; stroke-linecap: round; }
      .speed.ahead { stroke-dasharray: 7 3 1.5 4; }
      .within { fill: var(--accent); opacity: 0.25; }
      .within-line { stroke: var(--accent); stroke-width: 4; opacity: 0.6; }
      .now { stroke: var(--ink); stroke-width: 2; }
      .mark { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 3 3; }
      .mark-point { fill: var(--card); stroke: var(--ink); stroke-width: 1.5; }
      .said { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
    `,
  ];

  declare size: { width: number; height: number };
  private readonly resizing = new ResizeObserver(([entry]) => {
    const { width, height } = entry?.contentRect ?? { width: 0, height: 0 };
    this.size = { width, height };
  });
  private drawnAt = 0;

  constructor() {
    super();
    this.size = { width: 0, height: 0 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizing.observe(this);
  }

  override disconnectedCallback(): void {
    this.resizing.disconnect();
    super.disconnectedCallback();
  }

  protected override async scheduleUpdate(): Promise<void> {
    const rest = DRAW_MS - (performance.now() - this.drawnAt);
    if (rest > 0) await new Promise((done) => setTimeout(done, rest));
    this.drawnAt = performance.now();
    super.scheduleUpdate();
  }

  /** The selected object; of a selected event the one that matters most. */
  private object(): ObjectView | undefined {
    const { picture, view } = this.store;
    const chosen = view.object === null ? undefined : picture.objects.get(view.object);
    if (chosen) return chosen;
    const event = view.selection === null ? undefined : picture.events.get(view.selection);
    return event && objectsOf(event, picture)[0];
  }

  protected override render() {
    const object = this.object();
    const event = object?.event == null ? undefined : this.store.picture.events.get(object.event);
    const profile = object && profileOf(object, event);
    const words = new MapWords((id, values) => this.store.text(id, values), this.store.view.language);
    if (!object || !profile) return html`<p class="none muted">${words.text(object ? "profile-unknown" : "profile-none")}</p>`;
    const last = profile.flown.at(-1) as TrailPoint;
    const within = profile.within && {
      height: words.figure(profile.within.height_m),
      speed: words.figure(profile.within.speed_mps),
    };
    const summary = words.text("profile-summary", {
      object: shortName(object.object),
      height: words.number(last[3] / 1000),
      speed: words.number(last[4] / 1000),
    });
    return html`
      <figure role="img" aria-label="${words.text("profile-name")}. ${summary} ${within ? words.text("profile-within", within) : ""} ${this.marksInWords(profile, words)}">
        ${this.size.width > 0 ? this.chart(profile, words) : nothing}
        <figcaption aria-hidden="true">
          <b>${shortName(object.object)}</b>
          <span class="key-height">${words.text("profile-height")}</span>
          <span class="key-speed">${words.text("profile-speed")}</span>
          ${within ? html`<i>${words.text("profile-within", within)}</i>` : nothing}
        </figcaption>
      </figure>
    `;
  }

  private marksInWords(profile: Profile, words: MapWords): string {
    return profile.marks
      .map(({ kind, time, height_m }) => {
        const height = height_m ? ` ${words.text("map-kilometres", { value: words.number(height_m / 1000) })}` : "";
        return `${words.text(`profile-${kind}`)}: ${words.clock(time)}${height}.`;
      })
      .join(" ");
  }

  private chart(profile: Profile, words: MapWords) {
    const { width, height } = this.size;
    const points = [...profile.flown, ...profile.ahead];
    const apogee = profile.marks.find((mark) => mark.kind === "apogee");
    const highest = Math.max(...points.map((point) => point[3]), (apogee?.height_m ?? 0) + (apogee?.heightWithin_m ?? 0), 1000);
    const fastest = Math.max(...points.map((point) => point[4]), 100);
    const now = this.store.now() ?? profile.to;
    const to = Math.max(profile.to, Math.min(now, profile.to + 60), profile.from + 60);
    const across = width - MARGIN.left - MARGIN.right;
    const down = height - MARGIN.top - MARGIN.bottom;
    const chart: Chart = {
      width,
      height,
      x: (time) => MARGIN.left + (across * (time - profile.from)) / (to - profile.from),
      heightY: (value) => MARGIN.top + down * (1 - value / (highest * 1.05)),
      speedY: (value) => MARGIN.top + down * (1 - value / (fastest * 1.05)),
    };
    return svg`
      <svg viewBox="0 0 ${width} ${height}" direction="ltr">
        ${this.scales(chart, profile, { highest, fastest, to }, words)}
        ${this.lines(chart, profile)}
        ${this.within(chart, profile)}
        ${this.marks(chart, profile, now, words)}
      </svg>
    `;
  }

  private scales(
    { width, height, x, heightY, speedY }: Chart,
    { from, since }: Profile,
    { highest, fastest, to }: { highest: number; fastest: number; to: number },
    words: MapWords,
  ) {
    const [left, right, floor] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom];
    return svg`
      ${ticks(highest, 4).map(
        (value) => svg`
          <line class="grid" x1=${left} x2=${right} y1=${heightY(value)} y2=${heightY(value)}></line>
          <text x=${left - 6} y=${heightY(value) + 4} text-anchor="end">${words.number(value / 1000)}</text>`,
      )}
      ${ticks(fastest, 4).map(
        (value) => svg`<text x=${right + 6} y=${speedY(value) + 4}>${words.number(value / 1000)}</text>`,
      )}
      ${ticks((to - from) / 60, 8).map(
        (minute) => svg`
          <line class="grid" x1=${x(from + 60 * minute)} x2=${x(from + 60 * minute)} y1=${floor} y2=${floor + 4}></line>
          <text x=${x(from + 60 * minute)} y=${floor + 15} text-anchor="middle">${words.number(minute)}</text>`,
      )}
      <text x=${(left + right) / 2} y=${height - 3} text-anchor="middle">${words.text("profile-time", { since })}</text>
    `;
  }

  private lines({ x, heightY, speedY }: Chart, { flown, ahead }: Profile) {
    const path = (points: readonly TrailPoint[], y: (point: TrailPoint) => number) =>
      points.map((point) => `${x(point[0]).toFixed(1)},${y(point).toFixed(1)}`).join(" ");
    const height = (point: TrailPoint) => heightY(point[3]);
    const speed = (point: TrailPoint) => speedY(point[4]);
    return svg`
      <polyline class="speed" points=${path(flown, speed)}></polyline>
      <polyline class="speed ahead" points=${path(ahead.filter((point) => point[3] > 0), speed)}></polyline>
      <polyline class="height" points=${path(flown, height)}></polyline>
      <polyline class="height ahead" points=${path(ahead, height)}></polyline>
    `;
  }

  private within({ x, heightY, speedY, height }: Chart, { flown, within, marks }: Profile) {
    const last = flown.at(-1) as TrailPoint;
    const bar = (y: (value: number) => number, value: number, half: number) =>
      svg`<line class="within-line" x1=${x(last[0])} x2=${x(last[0])} y1=${y(value - half)} y2=${y(value + half)}></line>`;
    const impact = marks.find((mark) => mark.kind === "impact");
    const floor = height - MARGIN.bottom;
    return svg`
      ${within ? [bar(heightY, last[3], within.height_m), bar(speedY, last[4], within.speed_mps)] : nothing}
      ${
        impact?.within_s
          ? svg`<rect class="within" x=${x(impact.time - impact.within_s)} width=${Math.max(1, x(impact.time + impact.within_s) - x(impact.time - impact.within_s))} y=${MARGIN.top} height=${floor - MARGIN.top}></rect>`
          : nothing
      }
    `;
  }

  private marks(chart: Chart, { marks, from }: Profile, now: number, words: MapWords) {
    const { x, heightY, width, height } = chart;
    const floor = height - MARGIN.bottom;
    const anchor = (at: number) => (at > width - 110 ? "end" : at < 110 ? "start" : "middle");
    return svg`
      ${marks.map(({ kind, time, height_m, heightWithin_m }, row) => {
        const at = x(time);
        const words_ =
          kind === "apogee" && height_m !== null && heightWithin_m !== null
            ? words.text("profile-apogee-sure", { height: words.number(height_m / 1000), sigma: words.number(Math.max(heightWithin_m / 1000, 0.1)) })
            : words.text(`profile-${kind}`);
        return svg`
          <line class="mark" x1=${at} x2=${at} y1=${MARGIN.top} y2=${floor}></line>
          ${
            height_m !== null && heightWithin_m !== null
              ? svg`<line class="within-line" x1=${at} x2=${at} y1=${heightY(height_m - heightWithin_m)} y2=${heightY(height_m + heightWithin_m)}></line>`
              : nothing
          }
          ${height_m === null ? nothing : svg`<circle class="mark-point" cx=${at} cy=${heightY(height_m)} r="3.5"></circle>`}
          <text class="said" x=${at} y=${MARGIN.top + 10 + 13 * row} text-anchor=${anchor(at)}>${words_}</text>`;
      })}
      ${
        now >= from && x(now) <= width
          ? svg`
            <line class="now" x1=${x(now)} x2=${x(now)} y1=${MARGIN.top - 4} y2=${floor}></line>
            <text class="said" x=${x(now)} y=${floor - 4} text-anchor=${anchor(x(now))}>${words.text("profile-now")}</text>`
          : nothing
      }
    `;
  }
}

customElements.define("nadhir-profile", ProfileElement);
