/** The frame of the console: it lays out the elements, gives each the store, and does what keys and alarms ask for. */

import { html, nothing } from "lit";

import { StoreElement } from "../element.ts";
import { LANGUAGES, PANELS, type Language, type Panel } from "../state/address.ts";
import type { Alarm } from "../state/alarms.ts";
import { byUrgency } from "../state/picture.ts";
import { shortName } from "../state/names.ts";
import { ActError, Store } from "../state/store.ts";
import { DIRECTIONS } from "../text/texts.ts";
import { shownAs } from "./banner.ts";
import { keysAreOff } from "./help.ts";
import { commandOf, type Command, type Stood } from "./keyboard.ts";
import { layout } from "./layout.ts";
import { look } from "./look.ts";
import { keepPreferences, preferences } from "./preferences.ts";
import { realIsSeen } from "./real-event.ts";
import { Sound } from "./sound.ts";
import { STEP_S, play, step } from "./steps.ts";

/** Names of languages in themselves. */
const LANGUAGE_NAMES: Record<Language, string> = { en: "English", ko: "한국어", ja: "日本語", ar: "العربية" };
const SAID_FOR_MS = 8_000;
const REAL_AGAIN_MS = 6_000;

class App extends StoreElement {
  static override properties = { alarm: { state: true }, said: { state: true }, mapIsHere: { state: true } };
  static override styles = [look, layout];
  declare alarm: Alarm | null;
  declare said: string;
  declare mapIsHere: boolean;
  private readonly sound = new Sound();
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.store = new Store(preferences());
    this.alarm = null;
    this.said = "";
    this.mapIsHere = false;
    void Promise.all(["nadhir-map", "nadhir-profile"].map((name) => customElements.whenDefined(name))).then(
      () => (this.mapIsHere = true),
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { store } = this;
    store.addEventListener("view", () => this.dress());
    store.addEventListener("alarm", ({ detail }) => this.hear(detail));
    addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("nadhir-say", (event) => this.say((event as CustomEvent<string>).detail));
    setInterval(() => this.remind(), REAL_AGAIN_MS);
    this.dress();
    void store.start();
  }

  protected override render() {
    const { store } = this;
    if (!store.spoken) return nothing;
    if (!store.sessionKnown) {
      return store.connection.state === "lost" ? html`<p class="alone" role="status">${store.text("node-unreachable")}</p>` : nothing;
    }
    if (!store.session) {
      return html`<main class="alone">
        <nadhir-login .store=${store}></nadhir-login>
        <p>${this.languages()}</p>
      </main>`;
    }
    const { panel, selection, object } = store.view;
    const shown = shownAs(store.picture.mode, store.view.at);
    return html`<div class="page ${selection ? "with-detail" : ""}">
      <nadhir-real-event .store=${store}></nadhir-real-event>
      <nadhir-banner .store=${store} role="region" aria-label=${store.text("banner")}></nadhir-banner>
      ${this.head()} ${this.alarmBar()}
      <section class="side" aria-label=${store.text(`panel-${panel}`)} tabindex="0">
        ${panel === "events" ? html`<nadhir-events .store=${store}></nadhir-events>` : nothing}
        ${panel === "warnings" ? html`<nadhir-warnings .store=${store}></nadhir-warnings>` : nothing}
        ${panel === "operation" ? html`<nadhir-operation .store=${store}></nadhir-operation>` : nothing}
        ${panel === "log" ? html`<nadhir-log .store=${store}></nadhir-log>` : nothing}
      </section>
      <aside class="detail" aria-label=${store.text("event")} tabindex="0" ?hidden=${!selection}>
        <button class="close" aria-label=${store.text("close")} title=${store.text("close")}
          @click=${() => store.go({ selection: null, object: null })}>✕</button>
        ${selection ? html`<nadhir-event .store=${store}></nadhir-event>` : nothing}
      </aside>
      <main aria-label=${store.text("map")}>
        <div class="map">
          ${this.mapIsHere ? html`<nadhir-map .store=${store}></nadhir-map>` : html`<p class="alone">${store.text("map-comes")}</p>`}
        </div>
        ${this.mapIsHere && (selection || object) ? html`<nadhir-profile .store=${store}></nadhir-profile>` : nothing}
      </main>
      <nadhir-clock .store=${store}></nadhir-clock>
      <p class="said" role="status">${this.said}</p>
      <div class="frame ${shown}" aria-hidden="true"></div>
      <nadhir-help .store=${store}></nadhir-help>
    </div>`;
  }

  private head() {
    const { store, sound } = this;
    const { session, view } = store;
    const text = store.text.bind(store);
    const pending = [...store.livePicture.warnings.values()].filter((warning) => warning.state === "pending").length;
    const counts: Partial<Record<Panel, number>> = { events: store.picture.events.size, warnings: pending };
    return html`<header>
      <h1>Nadhir <span>${session?.nation}</span></h1>
      <nav aria-label=${text("panels")}>
        ${PANELS.map(
          (panel) => html`<button aria-current=${panel === view.panel ? "page" : "false"} @click=${() => store.go({ panel })}>
            ${text(`panel-${panel}`)}
            ${counts[panel] ? html`<span class="count ${panel}">${panel === "warnings" ? text("pending-count", { count: pending }) : counts[panel]}</span>` : nothing}
          </button>`,
        )}
      </nav>
      ${this.line()}
      <div class="tools">
        ${this.languages()}
        <button aria-label=${text(`theme-${view.theme}`)} title=${text(`theme-${view.theme}`)}
          @click=${() => store.go({ theme: view.theme === "dark" ? "light" : "dark" })}>${view.theme === "dark" ? "☾" : "☀"}</button>
        <button aria-pressed=${sound.muted} @click=${() => this.mute()}>${text(sound.muted ? "sound-off" : "sound-on")}</button>
        <button aria-label=${text("help")} title=${text("help")} @click=${() => this.help()}>?</button>
        <span class="who"><b>${session?.name}</b> ${text(`role-${session?.role ?? "reader"}`)}</span>
        <button @click=${() => void store.logout()}>${text("logout")}</button>
      </div>
    </header>`;
  }

  /** Whether the node is heard; the age is not read out each second, the change is. */
  private line() {
    const { store } = this;
    const { state, lastHeard } = store.connection;
    const age = Math.max(0, Math.round((Date.now() - lastHeard) / 1000));
    return html`<p class="line ${state}">
      <span role="status">${store.text(`connection-${state}`)}</span>
      ${state === "lost" && lastHeard ? html`<b>${store.text("connection-age", { seconds: age })}</b>` : nothing}
    </p>`;
  }

  private alarmBar() {
    const { store, alarm } = this;
    if (!alarm) return html`<div class="alarm" role="alert"></div>`;
    const kind = alarm.end ? "end" : alarm.warning === null ? "launch" : alarm.first ? "first" : "change";
    return html`<div class="alarm ${kind}" role="alert">
      <b>${store.text(`alarm-${kind}`)}</b> <bdi>${shortName(alarm.event)}</bdi>
      <button @click=${() => this.openAlarm()}>${store.text("alarm-open")}</button>
      <button @click=${() => (this.alarm = null)}>${store.text("close")}</button>
      ${this.sound.blocked && !this.sound.muted ? html`<span>${store.text("sound-blocked")}</span>` : nothing}
    </div>`;
  }

  private languages() {
    const { store } = this;
    return html`<select aria-label=${store.text("language")}
      @change=${(event: Event) => store.go({ language: (event.target as HTMLSelectElement).value as Language })}>
      ${LANGUAGES.map(
        (language) => html`<option value=${language} lang=${language} ?selected=${language === store.view.language}>${LANGUAGE_NAMES[language]}</option>`,
      )}
    </select>`;
  }

  /** The document's language, direction, colours and title follow the view. */
  private dress(): void {
    const { view, session } = this.store;
    const root = document.documentElement;
    root.lang = view.language;
    root.dir = DIRECTIONS[view.language];
    root.dataset["theme"] = view.theme;
    keepPreferences(view);
    const shown = session ? `${this.store.text(`banner-${shownAs(this.store.picture.mode, view.at)}`)} · ` : "";
    document.title = `${shown}Nadhir${session ? ` ${session.nation}` : ""}`;
  }

  private hear(alarm: Alarm): void {
    this.sound.play(alarm.end ? "end" : !alarm.own ? "other" : alarm.first ? "own" : "own-change");
    // A launch does not hide that our own areas are in danger.
    if (!this.alarm?.own || alarm.own) this.alarm = alarm;
  }

  private remind(): void {
    const real = this.store.livePicture.realEvent;
    if (real && !realIsSeen(String(real.since))) this.sound.play("real");
  }

  private openAlarm(): void {
    if (!this.alarm) return;
    this.store.go({ at: null, playing: false, selection: this.alarm.event, object: null });
    this.alarm = null;
    void this.focusOn(".detail");
  }

  private press(event: KeyboardEvent): void {
    if (!this.store.session || keysAreOff()) return;
    const command = commandOf(event, event.composedPath() as Stood[], DIRECTIONS[this.store.view.language] === "rtl");
    if (!command) return;
    event.preventDefault();
    this.obey(command);
  }

  private obey(command: Command): void {
    const { store } = this;
    if (command === "help") this.help();
    else if (command === "next") this.choose(1);
    else if (command === "previous") this.choose(-1);
    else if (command === "open") this.open();
    else if (command === "acknowledge") void this.acknowledge();
    else if (command === "play") play(store);
    else if (command === "back") step(store, -STEP_S);
    else if (command === "forward") step(store, STEP_S);
    else if (command === "live") store.go({ at: null, playing: false });
    else if (command === "globe") store.go({ projection: store.view.projection === "globe" ? "flat" : "globe" });
    else if (command === "mute") this.mute();
    else this.turnTo(PANELS[Number(command.slice(-1)) - 1] ?? "events");
  }

  private turnTo(panel: Panel): void {
    this.store.go({ panel });
    void this.focusOn(".side");
  }

  private choose(by: 1 | -1): void {
    const { view, picture } = this.store;
    const events = byUrgency(picture).filter((event) => view.filter.ended || !event.ended);
    const at = events.findIndex((event) => event.event === view.selection);
    const next = at < 0 ? (by > 0 ? 0 : events.length - 1) : Math.min(Math.max(at + by, 0), events.length - 1);
    const event = events[next];
    if (event) this.store.go({ selection: event.event, object: null });
  }

  private open(): void {
    if (this.alarm && !this.store.view.selection) return this.openAlarm();
    if (!this.store.view.selection) this.choose(1);
    void this.focusOn(".detail");
  }

  private async acknowledge(): Promise<void> {
    const { store } = this;
    const subject = store.view.selection;
    if (!subject) return this.say(store.text("acknowledge-what"));
    if (store.view.at !== null) return this.say(store.text("acts-are-live"));
    try {
      await store.act({ what: "acknowledge", subject });
      this.alarm = this.alarm?.event === subject ? null : this.alarm;
      this.say(store.text("acknowledged", { event: shortName(subject) }));
    } catch (error) {
      if (!(error instanceof ActError)) throw error;
      this.say(error.message || store.text("node-unreachable"));
    }
  }

  private mute(): void {
    this.sound.muted = !this.sound.muted;
    this.say(this.store.text(this.sound.muted ? "sound-off" : "sound-on"));
    this.requestUpdate();
  }

  private help(): void {
    this.renderRoot.querySelector("nadhir-help")?.open();
  }

  private async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  private say(sentence: string): void {
    this.said = sentence;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => (this.said = ""), SAID_FOR_MS);
  }
}

customElements.define("nadhir-app", App);
