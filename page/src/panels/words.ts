/** Numbers, times, places and countdowns as a duty officer reads them, in the page's language. */

import type { Language } from "../state/address.ts";
import type { Ellipse } from "../state/types.ts";
import { DIRECTIONS, LOCALES } from "../text/texts.ts";

export type Text = (id: string, args?: Record<string, unknown>) => string;

export interface Point {
  latitude_deg: number;
  longitude_deg: number;
}

/** Arrivals nearer than this are "at any moment", as in the texts for the public. */
const ANY_MOMENT_S = 60;
/** Half width of the central 90 % of a Gaussian, in standard deviations. */
const SIGMAS_90 = 1.645;

/** Units of spans of time that people read. */
const SPANS: ReadonlySet<string> = new Set(["hour", "minute", "second"]);

/** English shortens times of its own ("secs"); everybody reads the symbols of the SI. */
const SYMBOLS: Readonly<Record<string, string>> = { hour: "h", minute: "min", second: "s" };

/** A name that keeps its own direction whatever stands beside it (Unicode FSI and PDI). */
const isolated = (name: string): string => `\u2068${name}\u2069`;

export class Words {
  readonly locale: string;
  private readonly clockLocal: Intl.DateTimeFormat;
  private readonly clockUtc: Intl.DateTimeFormat;
  private readonly momentLocal: Intl.DateTimeFormat;
  private readonly percents: Intl.NumberFormat;
  private readonly list: Intl.ListFormat;
  private readonly numbers = new Map<string, Intl.NumberFormat>();

  /** `text` gives the page's texts by id, `area` an area's name by its code. `timeZone` is the browser's own unless told. */
  constructor(
    readonly language: Language,
    readonly text: Text,
    readonly area: (code: string) => string,
    timeZone?: string,
  ) {
    this.locale = LOCALES[language];
    const clock: Intl.DateTimeFormatOptions = {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    };
    this.clockLocal = new Intl.DateTimeFormat(this.locale, { ...clock, timeZone });
    this.clockUtc = new Intl.DateTimeFormat(this.locale, { ...clock, timeZone: "UTC" });
    this.momentLocal = new Intl.DateTimeFormat(this.locale, {
      ...clock,
      year: "numeric",
      month: "short",
      day: "numeric",
      timeZone,
    });
    this.percents = new Intl.NumberFormat(this.locale, { style: "percent" });
    this.list = new Intl.ListFormat(this.locale, { type: "conjunction", style: "long" });
  }

  number(value: number, digits = 0): string {
    return this.format(`decimal ${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits }, value);
  }

  /** A probability in whole percent; what is neither sure nor excluded is never rounded to 0 % or 100 %. */
  probability(value: number): string {
    if (value > 0 && value < 0.01) return this.text("probability-under", { value: this.percents.format(0.01) });
    if (value < 1 && value > 0.99) return this.text("probability-over", { value: this.percents.format(0.99) });
    return this.percents.format(value);
  }

  /** `3.2 km`, or `240 m` below a kilometre. */
  distance(metres: number): string {
    if (Math.abs(metres) < 999.5) return this.unit("meter", metres, 0);
    return this.unit("kilometer", metres / 1e3, Math.abs(metres) < 9950 ? 1 : 0);
  }

  speed(metresPerSecond: number): string {
    return this.unit("kilometer-per-second", metresPerSecond / 1e3, 2);
  }

  degrees(value: number, digits = 0): string {
    return this.unit("degree", value, digits);
  }

  /** `45 s`, `6 min 10 s`, `1 h 12 min`, without a sign. */
  duration(seconds: number): string {
    const whole = Math.round(Math.abs(seconds));
    if (whole < 60) return this.unit("second", whole, 0);
    if (whole < 3600) return `${this.unit("minute", Math.floor(whole / 60), 0)} ${this.unit("second", whole % 60, 0)}`;
    return `${this.unit("hour", Math.floor(whole / 3600), 0)} ${this.unit("minute", Math.floor((whole % 3600) / 60), 0)}`;
  }

  /** Times that a machine takes: `0.4 ms`, `12 ms`, `1.3 s`. */
  shortTime(seconds: number): string {
    if (Math.abs(seconds) >= 1) return this.unit("second", seconds, 1);
    return this.unit("millisecond", seconds * 1e3, Math.abs(seconds) < 0.01 ? 1 : 0);
  }

  /** Local time and UTC, for Unix seconds. */
  clock(time: number): string {
    const at = new Date(time * 1e3);
    return this.text("time-both", { local: this.clockLocal.format(at), utc: this.clockUtc.format(at) });
  }

  /** The local day and time, and UTC, for Unix seconds. */
  moment(time: number): string {
    const at = new Date(time * 1e3);
    return this.text("time-both", { local: this.momentLocal.format(at), utc: this.clockUtc.format(at) });
  }

  /** `in 4 min 10 s` or `30 s ago`. */
  relative(time: number, now: number): string {
    return this.text(time >= now ? "time-in" : "time-ago", { duration: this.duration(time - now) });
  }

  /** When a hazard may come: the earliest likely time (probability 0.05) and the countdown to it. */
  arrival(time: number, now: number): string {
    const clock = this.clock(time);
    if (time - now < ANY_MOMENT_S) return this.text("arrival-now", { clock });
    return this.text("arrival-ahead", { clock, in: this.relative(time, now) });
  }

  /** `40.86° N, 129.67° E`, with the hemispheres as letters, as on charts everywhere. */
  position({ latitude_deg, longitude_deg }: Point): string {
    const east = ((((longitude_deg + 180) % 360) + 360) % 360) - 180;
    const part = (value: number, positive: string, negative: string): string =>
      `${this.number(Math.abs(value), 2)}°${value >= 0 ? positive : negative}`;
    return `${part(latitude_deg, "N", "S")} ${part(east, "E", "W")}`;
  }

  ellipse({ semi_major_m, semi_minor_m, azimuth_deg }: Ellipse): string {
    const major = this.distance(semi_major_m);
    if (major === this.distance(semi_minor_m)) return this.text("ellipse-round", { radius: major });
    return this.text("ellipse-size", {
      major,
      minor: this.distance(semi_minor_m),
      azimuth: this.degrees(azimuth_deg),
    });
  }

  /** The half width of the central 90 % of a time with this standard deviation. */
  within(sigma_s: number): string {
    return this.duration(Math.max(SIGMAS_90 * sigma_s, 1));
  }

  /** Names joined as the language joins them; beyond `most` the rest is counted. */
  listing(names: readonly string[], most = 12): string {
    if (names.length === 0) return this.text("panels-none");
    const shown = names.slice(0, most).map((name) => (DIRECTIONS[this.language] === "rtl" ? isolated(name) : name));
    if (names.length > most) shown.push(this.text("panels-more", { count: names.length - most }));
    return this.list.format(shown);
  }

  private unit(unit: string, value: number, digits: number): string {
    const symbol = this.language === "en" ? SYMBOLS[unit] : undefined;
    if (symbol) return `${this.number(value, digits)} ${symbol}`;
    // Japanese sets figures and units without a space; times in its own words.
    const tight = this.language === "ja";
    const options: Intl.NumberFormatOptions = {
      style: "unit",
      unit,
      unitDisplay: unit === "degree" || (tight && !SPANS.has(unit)) ? "narrow" : "short",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    };
    const said = this.format(`${unit} ${digits}`, options, value);
    return tight ? said.replaceAll(" ", "") : said;
  }

  private format(key: string, options: Intl.NumberFormatOptions, value: number): string {
    let format = this.numbers.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.locale, options);
      this.numbers.set(key, format);
    }
    return format.format(value);
  }
}
