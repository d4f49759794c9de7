/** The frame of the console: it lays out the elements and gives each the store. */

import { css, html } from "lit";

import { StoreElement } from "../element.ts";
import { Store } from "../state/store.ts";
import { look } from "./look.ts";

const store = new Store();

class App extends StoreElement {
  static override styles = [
    look,
    css`
      :host { display: grid; grid-template: "panel map" 1fr "panel profile" 200px / 26rem 1fr; block-size: 100vh; }
      main { grid-area: map; position: relative; display: grid; }
      nadhir-profile { grid-area: profile; }
      aside { grid-area: panel; overflow: auto; }
    `,
  ];
  override store = store;

  override connectedCallback(): void {
    super.connectedCallback();
    void store.start();
  }

  protected override render() {
    const { panel, selection } = store.view;
    return html`
      <aside>
        ${panel === "events" ? html`<nadhir-events .store=${store}></nadhir-events>` : null}
        ${panel === "events" && selection ? html`<nadhir-event .store=${store}></nadhir-event>` : null}
        ${panel === "warnings" ? html`<nadhir-warnings .store=${store}></nadhir-warnings>` : null}
        ${panel === "operation" ? html`<nadhir-operation .store=${store}></nadhir-operation>` : null}
        ${panel === "log" ? html`<nadhir-log .store=${store}></nadhir-log>` : null}
      </aside>
      <main><nadhir-map .store=${store}></nadhir-map></main>
      <nadhir-profile .store=${store}></nadhir-profile>
    `;
  }
}

customElements.define("nadhir-app", App);
