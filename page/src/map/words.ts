/** The words that stand on the map and its chart, in the page's language. */

import type { Language } from "../state/address.ts";
import { LOCALES } from "../text/texts.ts";

/** What makes a text of an id; `Store.text` is one. */
export type Say = (id: string, values?: Record<string, unknown>) => string;

/** Marks that keep embedded text apart for a browser's own layout; a map's glyphs have none for them. */
const ISOLATES = /[\u2066-\u2069]/g;

export class MapWords {
  private readonly clockFormat: Intl.DateTimeFormat;
  private readonly two: Intl.NumberFormat;
  private readonly plain: Intl.NumberFormat;
  private readonly rough: Intl.NumberFormat;

  constructor(
    private readonly say: Say,
    readonly language: Language,
  ) {
    const locale = LOCALES[language];
    this.clockFormat = new Intl.DateTimeFormat(locale, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    this.two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
    this.rough = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
    this.plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  }

  /** A text without marks that only a page's layout understands. */
  text(id: string, values?: Record<string, unknown>): string {
    return this.say(id, values).replace(ISOLATES, "");
  }

  /** To a tenth. */
  number(value: number): string {
    return this.plain.format(value);
  }

  /** To two figures, however small: for what says how sure something is. */
  figure(value: number): string {
    return this.rough.format(value);
  }

  /** Length of a time in minutes and seconds, "3:20"; hours before them where there are some. The sign is dropped. */
  duration(seconds: number): string {
    const whole = Math.round(Math.abs(seconds));
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
    const rest = this.two.format(whole % 60);
    return hours ? `${this.plain.format(hours)}:${this.two.format(minutes)}:${rest}` : `${this.plain.format(minutes)}:${rest}`;
  }

  /** Local time of day, to the second. */
  clock(time: number): string {
    return this.clockFormat.format(time * 1000);
  }
}
