/** What every panel is: an element that speaks the page's language and is drawn at most so often. */

import type { ReactiveController } from "lit";

import { StoreElement } from "../element.ts";
import { look } from "../shell/look.ts";
import { areasOf } from "./areas.ts";
import { shared } from "./styles.ts";
import { Words } from "./words.ts";

/** News come with every frame when much flies; words need not change faster than they can be read. */
const REDRAWN_MS = 100;

export abstract class Panel extends StoreElement {
  static override styles = [look, shared];
  private spoken: { store: unknown; words: Words } | undefined;
  private drawn = -Infinity;
  private held: Element | null = null;

  protected override async scheduleUpdate(): Promise<void> {
    const wait = REDRAWN_MS - (performance.now() - this.drawn);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    this.drawn = performance.now();
    super.scheduleUpdate();
  }

  protected override willUpdate(): void {
    super.willUpdate();
    this.held = this.shadowRoot?.activeElement ?? null;
  }

  /** Where what had the focus is gone, such as a decision that is taken, the reader goes on from the panel's heading. */
  protected override updated(): void {
    if (this.held && !this.held.isConnected) this.renderRoot.querySelector<HTMLElement>("h2[tabindex]")?.focus();
    this.held = null;
  }

  /** The page's text by id. */
  protected t(id: string, args?: Record<string, unknown>): string {
    return this.store.text(id, args);
  }

  protected get words(): Words {
    const { store } = this;
    const { language } = store.view;
    if (this.spoken?.store !== store || this.spoken.words.language !== language) {
      const text = (id: string, args?: Record<string, unknown>): string => store.text(id, args);
      this.spoken = { store, words: new Words(language, text, (code) => areasOf(store).name(code, language)) };
    }
    return this.spoken.words;
  }

  /** Node time as shown; 0 before anything was received. */
  protected get now(): number {
    return this.store.now() ?? 0;
  }
}

/** The last answer of an endpoint: asked when `key` changes, and again every `everyMs` while the panel is there. */
export class Answer<T> implements ReactiveController {
  value: T | undefined;
  error = "";
  private key: string | null = null;
  private turn = 0;
  private again: number | undefined;

  constructor(
    private readonly host: Panel,
    private readonly everyMs: number,
    private readonly ask: (key: string) => Promise<T>,
  ) {
    host.addController(this);
  }

  /** What is asked for now; null for nothing. The same key again changes nothing. */
  want(key: string | null): void {
    if (key === this.key) return;
    this.key = key;
    this.value = undefined;
    this.error = "";
    void this.refresh();
  }

  async refresh(): Promise<void> {
    window.clearTimeout(this.again);
    const turn = ++this.turn;
    const { key } = this;
    if (key === null) return;
    try {
      const value = await this.ask(key);
      if (turn !== this.turn) return;
      this.value = value;
      this.error = "";
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.host.requestUpdate();
    if (this.host.isConnected) this.again = window.setTimeout(() => void this.refresh(), this.everyMs);
  }

  hostConnected(): void {
    void this.refresh();
  }

  hostDisconnected(): void {
    this.turn += 1;
    window.clearTimeout(this.again);
  }
}
