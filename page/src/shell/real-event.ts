/** Something real happens while this node holds an exercise: over the whole width, with sound, until a person has said
 * that it was seen; then a line remains as long as it lasts. */

import { css, html } from "lit";

import { StoreElement } from "../element.ts";
import { ActError } from "../state/store.ts";
import { look } from "./look.ts";
import { clockTime } from "./times.ts";

const SEEN = "nadhir-real-seen";

class RealEventElement extends StoreElement {
  static override styles = [
    look,
    css`
      section {
        background: #a80000; color: #ffffff; border: 6px solid; text-align: center; padding: 0.6rem 1.4rem;
        border-image: repeating-linear-gradient(45deg, #ffffff 0 10px, #a80000 10px 20px) 6;
      }
      section.unseen { padding-block: 2.5rem; }
      .unseen h2 { font-size: clamp(1.6rem, 5vw, 3rem); line-height: 1.15; animation: beat 1s steps(2, jump-none) infinite; }
      section.unseen p { font-size: 1.15rem; margin-block: 0.6rem 1rem; }
      section.seen { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; align-items: center; justify-content: center; }
      button { background: #ffffff; color: #7a0000; font-weight: 700; border: 2px solid #ffffff; padding: 0.6rem 1.2rem; }
      :focus-visible { outline-color: #ffffff; outline-offset: 4px; }
      @keyframes beat { from { opacity: 1; } to { opacity: 0.72; } }
    `,
  ];

  protected override render() {
    const { store } = this;
    const real = store.livePicture.realEvent;
    if (!real) return null;
    const { language } = store.view;
    const since = `${clockTime(real.since, language, "local")} · ${clockTime(real.since, language, "UTC")}`;
    const seen = realIsSeen(String(real.since));
    return html`<section class=${seen ? "seen" : "unseen"} aria-labelledby="what">
      <h2 id="what" role="alert">${store.text("real-event")}</h2>
      <p>${store.text("real-event-since", { since })} ${seen ? "" : store.text("real-event-do")}</p>
      ${seen
        ? null
        : html`<button @click=${() => this.acknowledge(String(real.since), real.events)}>${store.text("real-event-seen")}</button>`}
    </section>`;
  }

  private async acknowledge(since: string, events: string[]): Promise<void> {
    sessionStorage.setItem(SEEN, since);
    this.requestUpdate();
    if (this.store.session?.role !== "operator") return;
    for (const subject of events) {
      try {
        await this.store.act({ what: "acknowledge", subject });
      } catch (error) {
        if (!(error instanceof ActError)) throw error;
        this.dispatchEvent(new CustomEvent("nadhir-say", { detail: error.message, bubbles: true, composed: true }));
      }
    }
  }
}

/** A person at this page has seen the real event that began then. */
export function realIsSeen(since: string): boolean {
  return sessionStorage.getItem(SEEN) === since;
}

customElements.define("nadhir-real-event", RealEventElement);
