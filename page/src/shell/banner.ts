/** What is shown: an exercise, the real thing, or the past. It cannot be mistaken, nor scrolled away. */

import { css, html } from "lit";

import { StoreElement } from "../element.ts";
import { look } from "./look.ts";

export type Shown = "exercise" | "live" | "replay";

/** What a picture of this mode is, shown at this moment. */
export function shownAs(mode: string, at: number | null): Shown {
  if (at !== null || mode === "replay") return "replay";
  return mode === "live" ? "live" : "exercise";
}

class Banner extends StoreElement {
  static override styles = [
    look,
    css`
      p { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; padding: 0.3rem 1.4rem; }
      strong { font-size: 1.15rem; letter-spacing: 0.04em; }
      :host(.exercise) {
        color: var(--on-exercise); background: var(--exercise);
        border-block-end: 6px solid; border-image: repeating-linear-gradient(135deg, #14181b 0 12px, var(--exercise) 12px 24px) 6;
      }
      :host(.live) { color: var(--on-live); background: var(--live); }
      :host(.replay) {
        color: var(--on-replay); background: var(--replay);
        border-block-end: 6px solid; border-image: repeating-linear-gradient(90deg, #14181b 0 4px, var(--replay) 4px 12px) 6;
      }
      .official { margin-inline-start: auto; font-weight: 600; }
    `,
  ];

  protected override render() {
    const { store } = this;
    const { mode } = store.picture;
    const shown = shownAs(mode, store.view.at);
    this.className = shown;
    const official = shown === "live" && store.session?.enrolled;
    return html`<p>
      <strong>${store.text(shown === "replay" && mode === "exercise" ? "banner-replay-of-exercise" : `banner-${shown}`)}</strong>
      <span>${store.text(store.livePicture.realEvent ? "banner-suspended" : `banner-${shown}-means`)}</span>
      ${official ? null : html`<span class="official">${store.text("not-official")}</span>`}
    </p>`;
  }
}

customElements.define("nadhir-banner", Banner);
