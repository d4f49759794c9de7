/** Times as people read them: local and UTC, in the page's language. */

import type { Language } from "../state/address.ts";
import { LOCALES } from "../text/texts.ts";

type Zone = "local" | "UTC";

const made = new Map<string, Intl.DateTimeFormat>();

/** Hours, minutes, seconds with colons in every language, then the zone's name. */
export function clockTime(at: number, language: Language, zone: Zone): string {
  const time = format("en", zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const named = format(language, zone, { timeZoneName: "short" }).formatToParts(at * 1000);
  return `${time.format(at * 1000)} ${named.find((part) => part.type === "timeZoneName")?.value ?? ""}`;
}

/** The day. */
export function date(at: number, language: Language, zone: Zone): string {
  return format(language, zone, { year: "numeric", month: "short", day: "numeric" }).format(at * 1000);
}

/** Day and time in one line. */
export function dateAndTime(at: number, language: Language, zone: Zone): string {
  return `${date(at, language, zone)} ${clockTime(at, language, zone)}`;
}

/** The value of a field for date and time, in local time. */
export function fieldValue(at: number): string {
  const shifted = new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000);
  return shifted.toISOString().slice(0, 19);
}

/** The moment that such a field names, or null. */
export function fieldMoment(value: string): number | null {
  const time = new Date(value).getTime();
  return Number.isFinite(time) ? time / 1000 : null;
}

function format(language: Language, zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let formatter = made.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(LOCALES[language], zone === "UTC" ? { ...options, timeZone: "UTC" } : options);
    made.set(key, formatter);
  }
  return formatter;
}
