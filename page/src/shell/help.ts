/** The keys, said in a dialog; and whether single keys act at all. */

import { css, html } from "lit";

import { StoreElement } from "../element.ts";
import { KEYS } from "./keyboard.ts";
import { look } from "./look.ts";

const OFF = "nadhir-keys-off";

export function keysAreOff(): boolean {
  return localStorage.getItem(OFF) === "1";
}

class Help extends StoreElement {
  static override styles = [
    look,
    css`
      header { display: flex; justify-content: space-between; gap: 1rem; align-items: start; margin-block-end: 0.8rem; }
      kbd { font: 600 0.9rem var(--mono); border: 1px solid var(--rule); border-block-end-width: 3px; border-radius: 4px; padding: 0.1rem 0.45rem; background: var(--raised); }
      td:first-child { white-space: nowrap; }
      label { display: flex; gap: 0.5rem; align-items: center; margin-block-start: 1rem; }
      input { min-block-size: auto; }
    `,
  ];
  protected override readonly drawnOn = ["view"] as const;

  open(): void {
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  protected override render() {
    const text = this.store.text.bind(this.store);
    return html`<dialog aria-labelledby="title">
      <header>
        <h2 id="title">${text("help")}</h2>
        <form method="dialog"><button>${text("close")}</button></form>
      </header>
      <table>
        <tbody>
          ${KEYS.map(
            ({ command, keys }) => html`<tr>
              <td>${keys.map((key) => html`<kbd>${key === "Space" ? text("key-space") : key}</kbd> `)}</td>
              <td>${text(`key-${command}`)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      <label><input type="checkbox" .checked=${!keysAreOff()} @change=${this.turn} /> ${text("help-keys-act")}</label>
    </dialog>`;
  }

  private turn(event: Event): void {
    localStorage.setItem(OFF, (event.target as HTMLInputElement).checked ? "0" : "1");
  }
}

customElements.define("nadhir-help", Help);

declare global {
  interface HTMLElementTagNameMap {
    "nadhir-help": Help;
  }
}
