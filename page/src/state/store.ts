/** The one thing that all elements share: what is shown, of what, to whom; and how to act. */

import { FIRST_VIEW, formatAddress, parseAddress, type View } from "./address.ts";
import { Alarms, type Alarm } from "./alarms.ts";
import { ActError, Client } from "./client.ts";
import { Moments, type Moment } from "./moments.ts";
import { Past, fillBefore } from "./past.ts";
import { apply, emptyPicture, fromSnapshot, nameIn, type PictureState } from "./picture.ts";
import { openStream, type Stream } from "./stream.ts";
import type { Act, News, Session, Span, WarningView } from "./types.ts";
import { Texts } from "../text/texts.ts";

export type { View } from "./address.ts";
export { ActError } from "./client.ts";
export type { EventView, ObjectView, PictureState, Solution, TrailPoint } from "./picture.ts";

export interface Connection {
  /** `replay`: a moment of the past is shown; the stream goes on meanwhile. */
  state: "live" | "lost" | "replay";
  /** Wall time at which the node was last heard, Unix milliseconds; 0 before it ever was. */
  lastHeard: number;
}

interface StoreEvents {
  /** The picture, or the time at which it is shown, changed: at most one a frame. */
  change: Event;
  /** What is looked at changed, or the language's texts came. */
  view: Event;
  session: Event;
  connection: Event;
  alarm: CustomEvent<Alarm>;
}

const TOLD = "nadhir-told";
const AGAIN_MS = 2_000;
const BEAT_MS = 1_000;
const STALE_MS = 3_000;

export class Store extends EventTarget {
  readonly api = new Client();
  private shownView: View;
  private texts: Texts | null = null;
  private live: PictureState = emptyPicture();
  private shown: PictureState = this.live;
  private past = this.newPast();
  private whole: Span = { first: null, last: null };
  private who: Session | null | undefined;
  private stream: Stream | null = null;
  /** Undefined until it is known whether the line is up. */
  private line: boolean | undefined;
  private heard = 0;
  /** Node time and the page's clock (ms) when it was told. */
  private told: { at: number; clock: number } | null = null;
  private played: { at: number; clock: number } | null = null;
  private alarms = new Alarms(remembered());
  private events = new Moments();
  private frame = 0;
  private beaten = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(preferences: Partial<View> = {}) {
    super();
    this.shownView = parseAddress(location.hash, { ...FIRST_VIEW, ...preferences });
    addEventListener("hashchange", () => this.look(parseAddress(location.hash, this.shownView)));
    setInterval(() => this.beat(), BEAT_MS);
  }

  /** Loads the texts, and finds out who is logged in. */
  async start(): Promise<void> {
    this.writeAddress();
    await Promise.all([this.loadTexts(), this.findSession()]);
  }

  // What is looked at.

  get view(): View {
    return this.shownView;
  }

  go(change: Partial<View>): void {
    this.look({ ...this.shownView, ...change });
    this.writeAddress();
  }

  /** Node time as shown, Unix seconds: that of the data, running on between two words of the node. */
  now(): number | null {
    if (this.shownView.at !== null) return this.shownView.at;
    return this.told === null ? null : this.told.at + (performance.now() - this.told.clock) / 1000;
  }

  /** Node time now, whatever is shown. */
  liveNow(): number | null {
    return this.told === null ? null : this.told.at + (performance.now() - this.told.clock) / 1000;
  }

  /** From when to when there is history. */
  get span(): Span {
    return { first: this.whole.first, last: this.liveNow() ?? this.whole.last };
  }

  /** Moments worth jumping to, as far as they are known here, in order of time. */
  get moments(): readonly Moment[] {
    return this.events.list;
  }

  /** The texts of a language have come. */
  get spoken(): boolean {
    return this.texts !== null;
  }

  /** There is a text of this name. */
  has(id: string): boolean {
    return this.texts?.has(id) ?? false;
  }

  text(id: string, args?: Record<string, unknown>): string {
    return this.texts?.say(id, args) ?? "";
  }

  // Of what.

  get picture(): PictureState {
    return this.shown;
  }

  /** The moment that the view names is still being read: what is drawn is of another one, or nothing. */
  get reading(): boolean {
    const { at } = this.shownView;
    return at === null ? this.shown.sequence === 0 : !this.past.holds(at);
  }

  /** The picture as it is now, whatever is shown: alarms and real events come from it. */
  get livePicture(): PictureState {
    return this.live;
  }

  get connection(): Connection {
    const lost = this.line === false || (this.heard > 0 && Date.now() - this.heard > STALE_MS);
    return { state: lost ? "lost" : this.shownView.at !== null ? "replay" : "live", lastHeard: this.heard };
  }

  // Who.

  /** Null when nobody is logged in, or as long as that is not known. */
  get session(): Session | null {
    return this.who ?? null;
  }

  /** False until the node has said whether somebody is logged in. */
  get sessionKnown(): boolean {
    return this.who !== undefined;
  }

  async login(name: string, password: string): Promise<void> {
    await this.enter(await this.api.login(name, password));
  }

  async logout(): Promise<void> {
    await this.api.logout();
    this.leave();
  }

  /** Does it; throws an ActError with the node's sentence when it may not be. */
  async act(act: Act): Promise<WarningView[]> {
    try {
      return (await this.api.act(act)).warnings;
    } catch (error) {
      if (error instanceof ActError && error.status === 401) this.leave();
      throw error;
    }
  }

  override addEventListener<K extends keyof StoreEvents>(
    type: K,
    listener: (event: StoreEvents[K]) => void,
    options?: AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener as EventListener, options);
  }

  override removeEventListener<K extends keyof StoreEvents>(type: K, listener: (event: StoreEvents[K]) => void): void {
    super.removeEventListener(type, listener as EventListener);
  }

  private async findSession(): Promise<void> {
    try {
      const session = await this.api.session();
      if (session) await this.enter(session);
      else this.leave();
    } catch {
      this.setLine(false);
      this.retry = setTimeout(() => void this.findSession(), AGAIN_MS);
    }
  }

  private async enter(session: Session): Promise<void> {
    this.who = session;
    this.say("session");
    await this.snapshot();
  }

  private leave(): void {
    this.stream?.close();
    this.stream = null;
    clearTimeout(this.retry);
    this.who = null;
    this.line = undefined;
    this.heard = 0;
    this.live = emptyPicture();
    this.shown = this.live;
    this.told = null;
    this.past = this.newPast();
    this.alarms = new Alarms();
    this.events = new Moments();
    this.say("session");
    this.changed();
  }

  /** The picture as a whole, then the stream from there: nothing between the two is missed. */
  private async snapshot(): Promise<void> {
    clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
    try {
      const [picture, span] = await Promise.all([this.api.picture(), this.api.span()]);
      this.live = fromSnapshot(picture);
      this.whole = span;
      this.hear(picture.at);
      this.stream = openStream(this.live.sequence, this.who?.csrf ?? "", {
        news: (news) => this.take(news),
        line: (up) => this.setLine(up),
      });
      this.sound(this.alarms.begin(this.live));
      if (this.shownView.at === null) this.shown = this.live;
      else void this.showPast();
      this.changed();
      await fillBefore(this.api, this.live, (news) => this.events.see(news));
      this.changed();
    } catch (error) {
      if (error instanceof ActError && error.status === 401) return this.leave();
      this.setLine(false);
      this.retry = setTimeout(() => void this.snapshot(), AGAIN_MS);
    }
  }

  private take(news: News): void {
    if (news.kind === "reset") {
      void this.snapshot();
      return;
    }
    if (news.kind === "time") this.hear(news.data.at);
    else this.heard = Date.now();
    this.events.see(news);
    const alarms = this.alarms.see(this.live, news);
    apply(this.live, news);
    this.sound(alarms);
    this.changed();
  }

  private hear(at: number | null): void {
    this.heard = Date.now();
    this.told = at === null ? null : { at, clock: performance.now() };
  }

  private setLine(up: boolean): void {
    if (up === this.line) return;
    this.line = up;
    this.say("connection");
  }

  /** A line that fell may have fallen because the session ended, or because the node began anew and forgot it. */
  private async checkSession(): Promise<void> {
    try {
      if ((await this.api.session()) === null) this.leave();
    } catch {
      // The node is away: the stream tries on.
    }
  }

  private look(view: View): void {
    const before = this.shownView;
    this.shownView = view;
    if (view.language !== before.language) void this.loadTexts();
    if (view.at !== before.at || view.playing !== before.playing) {
      this.played = null;
      if (view.at === null) this.shown = this.live;
      else void this.showPast();
      this.changed();
      this.say("connection");
    }
    this.say("view");
  }

  /** Shows the moment that the view names; reads it from the node where it is not here yet. */
  private async showPast(): Promise<void> {
    const { at } = this.shownView;
    if (at === null || !this.who) return;
    const last = this.span.last ?? at;
    if (!this.past.holds(at)) {
      try {
        await this.past.reach(at, last);
      } catch {
        return;
      }
    }
    if (this.shownView.at !== null && this.past.holds(this.shownView.at)) {
      this.shown = this.past.show(this.shownView.at);
      this.changed();
    }
    if (this.shownView.playing && !this.past.holds(Math.min(at + 60, last))) void this.past.reach(at, last);
  }

  /** A frame of what is played: the moment moves on, and stops where the past ends. */
  private play(): void {
    const { at, playing, speed } = this.shownView;
    const clock = performance.now();
    if (at === null || !playing) {
      this.played = null;
      return;
    }
    const last = this.span.last ?? at;
    if (this.played && this.past.holds(Math.min(at + 1, last))) {
      const next = Math.min(at + ((clock - this.played.clock) / 1000) * speed, last);
      this.shownView = { ...this.shownView, at: next, playing: next < last };
      if (next >= last) this.say("view");
    }
    this.played = { at, clock };
    void this.showPast();
  }

  private newPast(): Past {
    return new Past(this.api, (news) => this.events.see(news));
  }

  /** Once a second: time goes on and what is old shows its age, also when nothing is heard. */
  private beat(): void {
    // A page that stood still itself has not taken yet what it was told meanwhile.
    const late = performance.now() - this.beaten > 2 * BEAT_MS;
    this.beaten = performance.now();
    if (late) return;
    this.changed();
    this.say("connection");
    if (this.shownView.playing) this.writeAddress();
    if (this.reading) void this.showPast();
    if (this.line === false && this.who) void this.checkSession();
  }

  private sound(alarms: Alarm[]): void {
    if (alarms.length === 0) return;
    for (const detail of alarms) this.dispatchEvent(new CustomEvent("alarm", { detail }));
    sessionStorage.setItem(TOLD, JSON.stringify([...this.alarms.told]));
  }

  private async loadTexts(): Promise<void> {
    const { language } = this.shownView;
    const texts = await Texts.load(language);
    if (language !== this.shownView.language) return;
    this.texts = texts;
    this.say("view");
  }

  private writeAddress(): void {
    history.replaceState(null, "", formatAddress(this.shownView));
  }

  private changed(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      // What is looked at goes on under another name when it is found to be one with something else.
      const { selection, object } = this.shownView;
      const called = (name: string | null): string | null => name && nameIn(this.shown, this.live, name);
      const named = { selection: called(selection), object: called(object) };
      if (named.selection !== selection || named.object !== object) this.go(named);
      this.say("change");
      if (this.shownView.playing) {
        this.play();
        this.changed();
      }
    });
  }

  private say(type: keyof StoreEvents): void {
    this.dispatchEvent(new Event(type));
  }
}

function remembered(): [string, string][] {
  try {
    return JSON.parse(sessionStorage.getItem(TOLD) ?? "[]") as [string, string][];
  } catch {
    return [];
  }
}
