/** The map element: keeps the framing, and lays words, legend and list over the picture. */

import { css, html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { createRef, ref } from "lit/directives/ref.js";
import { StoreElement } from "../element.ts";
import { PROJECTIONS, type View } from "../state/address.ts";
import { objectsOf } from "../state/picture.ts";
import { look as controls } from "../shell/look.ts";
import type { Bounds } from "./camera.ts";
import { boundsToShow, contains, eventPlaces, ownPlaces, placesToWatch } from "./framing.ts";
import { legend } from "./legend.ts";
import { listing, type Row } from "./list.ts";
import { type AreaCollection, Outlines } from "./outlines.ts";
import { LOOKS } from "./palette.ts";
import { type Choice, type Given, type Scene, sceneOf, type SensorState, unseen } from "./scene.ts";
import type { LonLat } from "./sphere.ts";
import { Surface } from "./surface.ts";
import { MapWords } from "./words.ts";

/** The scene is made anew at most so often, and in no more than this part of the time. */
const SCENE_MS = 50;
const SCENE_PART = 0.3;
const SENSORS_MS = 10_000;
const AGAIN_MS = 5_000;
const HEIGHTS_M = [20e3, 100e3, 300e3, 1000e3] as const;
const PAN_PX = 90;
const KEYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-PAN_PX, 0],
  ArrowRight: [PAN_PX, 0],
  ArrowUp: [0, -PAN_PX],
  ArrowDown: [0, PAN_PX],
};
const SCALE_PX = 120;

export class MapElement extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    open: { state: true },
    coverageHeight_m: { state: true },
    follows: { state: true },
  };
  static override styles = [controls, styles()];

  /** The panel beside the map. */
  declare open: "legend" | "list" | null;
  declare coverageHeight_m: number | null;
  declare follows: boolean;

  private readonly ground = createRef<HTMLElement>();
  private surface: Surface | null = null;
  private surfaceFor: { projection: View["projection"]; theme: View["theme"] } | null = null;
  private outlines = new Outlines();
  private sensors: readonly SensorState[] = [];
  private own: LonLat[] = [];
  private scene: Scene | null = null;
  private spoken: MapWords | null = null;
  private framed: Bounds | null = null;
  /** A person has moved the map: it stays where it is. */
  private byHand = false;
  private framedFor: string | null = null;
  private sensorsAsked: ReturnType<typeof setInterval> | undefined;
  private areasAsked: Promise<void> | null = null;
  private drawnAt = 0;
  private drawnFor = 0;

  constructor() {
    super();
    this.open = null;
    this.coverageHeight_m = 100e3;
    this.follows = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sensorsAsked = setInterval(() => void this.loadSensors(), SENSORS_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.sensorsAsked);
    this.surface?.close();
    this.surface = this.surfaceFor = null;
    super.disconnectedCallback();
  }

  /** News come in every frame of the page; the map takes them up a little less often. */
  protected override async scheduleUpdate(): Promise<void> {
    const rest = Math.max(SCENE_MS, this.drawnFor / SCENE_PART) - (performance.now() - this.drawnAt);
    if (rest > 0) await new Promise((done) => setTimeout(done, rest));
    this.drawnAt = performance.now();
    super.scheduleUpdate();
    this.drawnFor = performance.now() - this.drawnAt;
  }

  protected override updated(): void {
    void this.loadAreas();
    this.dress();
    this.drawScene();
  }

  // Data

  private loadAreas(): Promise<void> {
    if (this.store.session) this.areasAsked ??= this.askAreas();
    return this.areasAsked ?? Promise.resolve();
  }

  private async askAreas(): Promise<void> {
    try {
      const [areas] = await Promise.all([this.store.api.get<AreaCollection>("/api/areas"), this.loadSensors()]);
      this.outlines = new Outlines(areas);
      this.own = ownPlaces(this.store.session?.own_areas ?? [], this.sensors, this.store.picture.nation, this.outlines);
      this.surface?.outline(this.outlines);
      this.requestUpdate();
    } catch {
      setTimeout(() => (this.areasAsked = null), AGAIN_MS);
    }
  }

  private async loadSensors(): Promise<void> {
    if (!this.store.session || this.store.view.at !== null) return;
    // Without word of the sensors the map shows those it knew; that the node is not heard is shown by the page's frame.
    this.sensors = await this.store.api.get<SensorState[]>("/api/sensors").catch(() => this.sensors);
    this.requestUpdate();
  }

  private given(): Given {
    const { picture, view } = this.store;
    const { outlines, sensors, coverageHeight_m } = this;
    return { picture, view, now: this.store.now() ?? 0, outlines, sensors, coverageHeight_m, words: this.words() };
  }

  private words(): MapWords {
    const { language } = this.store.view;
    if (this.spoken?.language !== language) this.spoken = new MapWords((id, values) => this.store.text(id, values), language);
    return this.spoken;
  }

  // Drawing

  private drawScene(): void {
    if (!this.surface) return;
    const given = this.given();
    this.scene = sceneOf(given);
    this.surface.show(this.scene);
    this.drawScale();
    this.keepFrame(given);
  }

  /** Makes the surface that the view wants, or dresses the one there is in the view's theme. */
  private dress(): void {
    const { projection, theme } = this.store.view;
    const ground = this.ground.value;
    if (!ground || (this.surfaceFor?.projection === projection && this.surfaceFor.theme === theme)) return;
    const kept = this.surfaceFor?.projection === projection;
    this.surfaceFor = { projection, theme };
    if (kept) {
      this.surface?.restyle(LOOKS[theme]);
      return;
    }
    this.surface?.close();
    const events = { chosen: (choice: Choice | null) => this.choose(choice), moved: (byHand: boolean) => this.moved(byHand) };
    this.surface = new Surface(ground, LOOKS[theme], projection, this.framed, events);
    this.surface.outline(this.outlines);
  }

  // Framing

  /** Own area first: until a person moves the map it shows that with what threatens it, or the selected event. */
  private keepFrame(given: Given): void {
    const { view } = given;
    if (this.follows) {
      const target = this.scene?.objects.find((mark) => mark.id === `selected ${this.followed() ?? ""}`);
      if (target) this.surface?.centreOn(target.at);
      return;
    }
    if (view.selection !== this.framedFor) {
      this.framedFor = view.selection;
      this.byHand = false;
      this.framed = null;
    }
    if (this.byHand || !this.areasAsked) return;
    const places = this.eventOrOwn(given);
    if (!places.length) return;
    const wanted = boundsToShow(places);
    if (this.framed && contains(this.framed, wanted)) return;
    this.frame(wanted);
  }

  private frame(bounds: Bounds): void {
    this.framed = bounds;
    this.surface?.frame(bounds);
  }

  private followed(): string | null {
    const { object, selection } = this.store.view;
    const event = selection === null ? undefined : this.store.picture.events.get(selection);
    return object ?? (event ? (objectsOf(event, this.store.picture)[0]?.object ?? null) : null);
  }

  private moved(byHand: boolean): void {
    if (byHand) {
      this.byHand = true;
      this.follows = false;
    }
    this.drawScale();
  }

  private showOwn(): void {
    this.byHand = true;
    this.frame(boundsToShow(this.own));
  }

  private showEvent(): void {
    this.byHand = true;
    this.frame(boundsToShow(this.eventOrOwn(this.given())));
  }

  private eventOrOwn({ picture, view, now }: Given): LonLat[] {
    const event = view.selection === null ? undefined : picture.events.get(view.selection);
    return event ? eventPlaces(event, picture, now, this.outlines) : placesToWatch(picture, now, this.own, this.outlines);
  }

  // Acts

  private choose(choice: Choice | null): void {
    if (choice) this.store.go({ selection: choice.event, object: choice.object });
  }

  private pressed(event: KeyboardEvent): void {
    const by = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) {
      this.surface?.pan(...by);
      this.moved(true);
    } else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(-0.5);
    else if (event.key === "PageDown" || event.key === "PageUp") this.step(event.key === "PageDown" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private zoom(steps: number): void {
    this.byHand = true;
    this.surface?.zoom(steps);
  }

  /** To the next object on the map, the most important first. */
  private step(by: number): void {
    const marks = (this.scene?.objects ?? []).filter((mark) => mark.pick?.object && !mark.id.startsWith("selected"));
    const ids = marks.map((mark) => mark.pick?.object ?? "").sort();
    const at = ids.indexOf(this.store.view.object ?? "");
    const next = ids[(at < 0 && by < 0 ? ids.length - 1 : at + by + ids.length) % Math.max(1, ids.length)];
    const pick = marks.find((mark) => mark.pick?.object === next)?.pick;
    if (pick) this.choose(pick);
  }

  private drawScale(): void {
    const bar = this.renderRoot.querySelector<HTMLElement>(".scale");
    if (!bar || !this.surface) return;
    const most = this.surface.metresPerPixel() * SCALE_PX;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1) * power;
    const words = this.words();
    bar.style.inlineSize = `${length / this.surface.metresPerPixel()}px`;
    bar.textContent =
      length >= 1000
        ? words.text("map-kilometres", { value: words.number(length / 1000) })
        : words.text("map-metres", { value: words.number(length) });
  }

  protected override render() {
    const { view, picture } = this.store;
    const text = (id: string) => this.store.text(id);
    const given = this.given();
    const blind = [...unseen(given)].sort().join(text("list-comma"));
    const partners = [...new Set([...picture.events.values()].flatMap((event) => event.owners))].filter(
      (owner) => owner !== picture.nation,
    );
    return html`
      <div
        class="ground"
        tabindex="0"
        role="application"
        aria-label=${text("map-name")}
        aria-describedby="description"
        @keydown=${(event: KeyboardEvent) => this.pressed(event)}
        ${ref(this.ground)}
      ></div>
      <p id="description" class="hidden-but-read">${text("map-description")}
        ${guard([Math.floor(given.now), view.language], () => listing(given).summary)}
      </p>
      ${this.modeWord()}
      <div class="tools" role="group" aria-label=${text("map-name")}>
        <button title=${text("map-zoom-in")} aria-label=${text("map-zoom-in")} @click=${() => this.zoom(0.7)}>+</button>
        <button title=${text("map-zoom-out")} aria-label=${text("map-zoom-out")} @click=${() => this.zoom(-0.7)}>−</button>
        <button @click=${() => this.showOwn()}>${text("map-own-area")}</button>
        <button @click=${() => this.showEvent()}>${text("map-whole-event")}</button>
        <button
          aria-pressed=${this.follows}
          ?disabled=${view.selection === null && view.object === null}
          @click=${() => (this.follows = !this.follows)}
        >
          ${text("map-follow")}
        </button>
        <label>
          <span class="hidden-but-read">${text("map-projection")}</span>
          <select @change=${(event: Event) => this.choosesProjection(event)}>
            ${PROJECTIONS.map(
              (name) => html`<option value=${name} ?selected=${view.projection === name}>${text(`map-${name}`)}</option>`,
            )}
          </select>
        </label>
        ${(["legend", "list"] as const).map(
          (name) => html`<button aria-expanded=${this.open === name} @click=${() => this.toggle(name)}>${text(`map-${name}`)}</button>`,
        )}
      </div>
      ${this.open === null ? nothing : html`<section class="beside" aria-label=${text(`map-${this.open}`)}>${this.beside(given, partners)}</section>`}
      <div class="below">
        <div class="scale" aria-hidden="true"></div>
        ${blind ? html`<p class="note unseen">${this.store.text("map-unseen", { sensors: blind })}</p>` : nothing}
      </div>
    `;
  }

  /** The word that stands in the picture itself: nobody takes an exercise or the past for now. */
  private modeWord() {
    const { view, picture } = this.store;
    const ids = [
      ...(picture.mode === "exercise" ? ["map-exercise"] : []),
      ...(picture.mode === "replay" || view.at !== null ? ["map-replay"] : []),
    ];
    if (!ids.length) return nothing;
    const word = ids.map((id) => this.store.text(id)).join(" · ");
    return html`<div class="mode" aria-hidden="true">${[0, 1, 2].map(() => html`<span>${word}</span>`)}</div>`;
  }

  private beside(given: Given, partners: readonly string[]) {
    const { picture, view } = given;
    const text = (id: string) => this.store.text(id);
    if (this.open === "legend") {
      return html`
        <label>
          ${text("map-coverage")}${text("list-comma")}${text("map-coverage-height")}
          <select @change=${(event: Event) => this.choosesHeight(event)}>
            <option value="" ?selected=${this.coverageHeight_m === null}>${text("map-coverage-none")}</option>
            ${HEIGHTS_M.map(
              (height) =>
                html`<option value=${height} ?selected=${this.coverageHeight_m === height}>
                  ${this.store.text("map-kilometres", { value: height / 1000 })}
                </option>`,
            )}
          </select>
        </label>
        ${guard([view.theme, view.language, partners.join()], () => legend(given.words, LOOKS[view.theme], picture.nation, partners))}
      `;
    }
    // Once a second: whoever reads it should be able to.
    return guard([Math.floor(given.now), view, this.outlines], () => this.list(given));
  }

  private list(given: Given) {
    const { summary, districts, objects, launches, sensors } = listing(given);
    const rows = (title: string, list: readonly Row[]) =>
      list.length
        ? html`<h3>${this.store.text(title)}</h3>
            <ul>
              ${list.map(
                ({ text, pick }) => html`<li>${pick ? html`<button @click=${() => this.choose(pick)}>${text}</button>` : text}</li>`,
              )}
            </ul>`
        : nothing;
    return html`
      <h2>${this.store.text("map-list-name")}</h2>
      <p>${summary}</p>
      ${rows("map-list-districts", districts)} ${rows("map-list-objects", objects)} ${rows("map-list-launches", launches)}
      ${rows("map-list-sensors", sensors)}
    `;
  }

  private toggle(name: "legend" | "list"): void {
    this.open = this.open === name ? null : name;
  }

  private choosesProjection(event: Event): void {
    this.store.go({ projection: (event.target as HTMLSelectElement).value as View["projection"] });
  }

  private choosesHeight(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.coverageHeight_m = value === "" ? null : Number(value);
  }
}

function styles() {
  return css`
    :host { position: relative; overflow: hidden; container-type: inline-size; min-block-size: 12rem; background: var(--sea); }
    .ground { position: absolute; inset: 0; overflow: hidden; touch-action: none; direction: ltr; }
    .ground:focus-visible { outline-offset: -4px; }
    .ground canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; cursor: grab; }
    .ground canvas:active { cursor: grabbing; }
    .mode {
      position: absolute; inset: 0; display: flex; flex-direction: column; justify-content: space-around;
      align-items: center; pointer-events: none; overflow: hidden;
    }
    .mode span {
      rotate: -14deg; font-size: clamp(1.8rem, 10cqi, 6rem); font-weight: 800; white-space: nowrap;
      color: var(--exercise); opacity: 0.22;
    }
    .tools {
      position: absolute; inset-block-start: 0.5rem; inset-inline: 0.5rem; display: flex; flex-wrap: wrap; gap: 0.3rem;
      pointer-events: none;
    }
    .tools > * { pointer-events: auto; }
    .beside {
      position: absolute; inset-block: 3.2rem 0.6rem; inset-inline-end: 0.5rem; inline-size: min(24rem, 90%);
      overflow: auto; padding: 0.7rem; background: var(--card); border: 1px solid var(--rule); border-radius: var(--radius);
    }
    .beside li { display: flex; align-items: center; gap: 0.6rem; padding-block: 0.15rem; }
    .beside li canvas { flex: none; }
    .beside li button { text-align: start; inline-size: 100%; }
    .below {
      position: absolute; inset-block-end: 0.5rem; inset-inline: 0.6rem; display: flex; flex-wrap: wrap;
      align-items: end; gap: 0.6rem; pointer-events: none;
    }
    .scale {
      border: 2px solid var(--ink); border-block-start: 0; font-size: 0.8rem; text-align: center; line-height: 1.2; white-space: nowrap;
      text-shadow: 0 0 3px var(--paper), 0 0 3px var(--paper);
    }
    .note { padding: 0.15rem 0.5rem; background: var(--card); border: 1px solid var(--rule); border-radius: var(--radius); }
    .unseen { border: 2px dashed var(--danger); font-weight: 600; }
  `;
}

customElements.define("nadhir-map", MapElement);
