/** What every element of the console is: a Lit element with the store as its only property, drawn again when the store
 * says so. */

import { LitElement, type PropertyDeclarations } from "lit";

import type { Store } from "./state/store.ts";

const SAID = ["change", "view", "session", "connection"] as const;

export abstract class StoreElement extends LitElement {
  static override properties: PropertyDeclarations = { store: { attribute: false } };
  declare store: Store;

  /** What an element is drawn again on; fewer for those whose drawing is dear. */
  protected readonly drawnOn: readonly (typeof SAID)[number][] = SAID;
  private listening: Store | null = null;
  private readonly draw = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.listen(this.store);
  }

  override disconnectedCallback(): void {
    this.listen(null);
    super.disconnectedCallback();
  }

  protected override willUpdate(): void {
    if (this.isConnected) this.listen(this.store);
  }

  private listen(store: Store | null | undefined): void {
    if (store === this.listening) return;
    for (const what of this.drawnOn) this.listening?.removeEventListener(what, this.draw);
    this.listening = store ?? null;
    for (const what of this.drawnOn) this.listening?.addEventListener(what, this.draw);
  }
}
