/** The one clock control: live, or any moment; play, scrub, jump, back and forth. */

import { css, html, svg, type TemplateResult } from "lit";

import { StoreElement } from "../element.ts";
import { SPEEDS, type Speed } from "../state/address.ts";
import { momentAfter, momentBefore } from "../state/moments.ts";
import { look } from "./look.ts";
import { STEP_S, play, step } from "./steps.ts";
import { clockTime, date, dateAndTime, fieldMoment, fieldValue } from "./times.ts";
import { LENGTHS, share, windowOf, type Length, type Window } from "./timeline.ts";

const ICONS = {
  before: icon("M3 2h2v12H3zM14 2v12L6 8z"),
  after: icon("M11 2h2v12h-2zM2 2v12l8-6z"),
  play: icon("M4 2v12l9-6z"),
  pause: icon("M3 2h4v12H3zM9 2h4v12H9z"),
};

class Clock extends StoreElement {
  static override properties = { length: { state: true } };
  declare length: Length;
  private span: Window | null = null;

  static override styles = [
    look,
    css`
      section { display: grid; grid-template-columns: auto 1fr; gap: 0.3rem 1rem; padding: 0.45rem 0.8rem; background: var(--card); border-block-start: 1px solid var(--rule); }
      .time { display: grid; align-content: center; }
      .time b { font-size: 1.25rem; line-height: 1.2; }
      .controls button { position: relative; }
      .reading { color: var(--danger); font-weight: 600; }
      .controls { display: flex; flex-wrap: wrap; gap: 0.35rem; align-items: center; }
      .controls label { display: inline-flex; gap: 0.3rem; align-items: center; }
      .track { position: relative; grid-column: 1 / -1; display: grid; grid-template-columns: auto 1fr auto; gap: 0.6rem; align-items: center; }
      .slide { position: relative; }
      input[type="range"] { inline-size: 100%; margin: 0; padding: 0; min-block-size: 1.4rem; accent-color: var(--accent); background: none; border: 0; }
      .slide > svg { display: block; inline-size: 100%; block-size: 12px; overflow: visible; }
      .launch { fill: var(--sky); } .warning { fill: var(--vermillion); } .end { fill: none; stroke: var(--ink); stroke-width: 1.5; }
      .now { font-weight: 700; min-inline-size: 5rem; }
      .now[aria-pressed="true"] { background: var(--accent); color: var(--on-accent); }
      .icon { display: block; inline-size: 16px; block-size: 16px; fill: currentColor; }
      :host(:dir(rtl)) .icon { transform: scaleX(-1); }
      summary { cursor: pointer; padding: 0.3rem 0.4rem; }
      details form { display: flex; gap: 0.4rem; flex-wrap: wrap; padding-block: 0.3rem; }
      @media (max-width: 760px) { section { grid-template-columns: 1fr; } .time { grid-auto-flow: column; justify-content: start; gap: 0 0.8rem; align-items: baseline; } }
    `,
  ];

  constructor() {
    super();
    this.length = 3600;
  }

  protected override render() {
    const { store } = this;
    const { view } = store;
    const text = store.text.bind(store);
    const at = store.now();
    if (at === null) return html`<section aria-label=${text("clock")}><p>${text("clock-not-begun")}</p></section>`;
    const live = view.at === null;
    return html`<section aria-label=${text("clock")} aria-busy=${store.reading}>
      <div class="time">
        <b><bdi>${clockTime(at, view.language, "local")}</bdi></b>
        <span><bdi>${clockTime(at, view.language, "UTC")}</bdi> · <span class="muted">${date(at, view.language, "local")}</span></span>
        <span class="reading" role="status">${store.reading ? text("clock-reading") : ""}</span>
      </div>
      <div class="controls">
        <button class="now" aria-pressed=${live} @click=${() => store.go({ at: null, playing: false })}>
          ${live ? "●" : "○"} ${text("clock-live")}
        </button>
        ${this.button("clock-before", ICONS.before, () => this.jump(momentBefore(store.moments, at)?.at))}
        ${this.button("clock-back", html`<bdi dir="ltr">−${STEP_S}</bdi>`, () => step(store, -STEP_S))}
        ${this.button(view.playing ? "clock-pause" : "clock-play", view.playing ? ICONS.pause : ICONS.play, () => play(store))}
        ${this.button("clock-forward", html`<bdi dir="ltr">+${STEP_S}</bdi>`, () => step(store, STEP_S), live)}
        ${this.button("clock-after", ICONS.after, () => this.jump(momentAfter(store.moments, at)?.at), live)}
        <label>${text("clock-speed")}
          <select @change=${(event: Event) => store.go({ speed: Number(chosen(event)) as Speed })}>
            ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === view.speed}>${speed}×</option>`)}
          </select>
        </label>
        <label>${text("clock-length")}
          <select @change=${(event: Event) => (this.length = LENGTHS[Number(chosen(event))] ?? null)}>
            ${LENGTHS.map((length, index) => html`<option value=${index} ?selected=${length === this.length}>${this.lengthText(length)}</option>`)}
          </select>
        </label>
        <details>
          <summary>${text("clock-go-to")}</summary>
          <form @submit=${(event: SubmitEvent) => this.goTo(event)}>
            <label><span>${text("clock-moment")}</span><input type="datetime-local" step="1" name="moment" required .value=${fieldValue(at)} /></label>
            <button>${text("clock-go")}</button>
          </form>
        </details>
      </div>
      ${this.track(at)}
    </section>`;
  }

  private track(at: number) {
    const { store } = this;
    const { language } = store.view;
    const text = store.text.bind(store);
    this.span = windowOf(store.span, at, this.length, this.span);
    const { begin, end } = this.span;
    const rtl = getComputedStyle(this).direction === "rtl";
    const marks = store.moments.flatMap((moment) => {
      const part = share({ begin, end }, moment.at);
      return part === null ? [] : [{ ...moment, x: `${(rtl ? 1 - part : part) * 100}%` }];
    });
    return html`<div class="track">
      <span class="muted">${clockTime(begin, language, "local")}</span>
      <div class="slide">
        <svg aria-hidden="true">
          ${marks.map(({ kind, x }) => {
            if (kind === "launch") return svg`<svg x=${x} y="6" overflow="visible"><path class="launch" d="M-5 5L0-6L5 5Z"/></svg>`;
            if (kind === "warning") return svg`<svg x=${x} y="6" overflow="visible"><rect class="warning" x="-4.5" y="-4.5" width="9" height="9"/></svg>`;
            return svg`<circle class="end" cx=${x} cy="6" r="4.5"/>`;
          })}
        </svg>
        <input type="range" min=${begin} max=${end} step="1" .value=${String(at)} aria-label=${text("clock-scrub")}
          aria-valuetext=${dateAndTime(at, language, "local")} @input=${(event: Event) => this.scrub(event)} />
      </div>
      <span class="muted">${clockTime(end, language, "local")}</span>
    </div>`;
  }

  private button(id: string, sign: TemplateResult, act: () => void, disabled = false) {
    const name = this.store.text(id);
    return html`<button title=${name} ?disabled=${disabled} @click=${act}>
      <span aria-hidden="true">${sign}</span><span class="hidden-but-read">${name}</span>
    </button>`;
  }

  private lengthText(length: Length): string {
    if (length === null) return this.store.text("clock-all");
    return length < 3600
      ? this.store.text("clock-minutes", { count: length / 60 })
      : this.store.text("clock-hours", { count: length / 3600 });
  }

  private jump(at: number | undefined): void {
    if (at !== undefined) this.store.go({ at, playing: false });
  }

  private scrub(event: Event): void {
    this.store.go({ at: Number((event.target as HTMLInputElement).value), playing: false });
  }

  private goTo(event: SubmitEvent): void {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem("moment") as HTMLInputElement;
    this.jump(fieldMoment(field.value) ?? undefined);
  }
}

function icon(path: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${path} /></svg>`;
}

function chosen(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

customElements.define("nadhir-clock", Clock);
