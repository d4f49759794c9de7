/** The part of the past that the slider spans. */

import type { Span } from "../state/types.ts";

/** Lengths to choose from, seconds; null is all of it. */
export const LENGTHS = [900, 3600, 21_600, 86_400, null] as const;
export type Length = (typeof LENGTHS)[number];

export interface Window {
  begin: number;
  end: number;
}

/** A window of this length over the history that holds the moment: the one there was if it does, else one that ends at
 * the end when that is near, else one around the moment. */
export function windowOf(span: Span, at: number, length: Length, before: Window | null): Window {
  const first = Math.min(span.first ?? at, at);
  const last = Math.max(span.last ?? at, at);
  if (length === null || last - first <= length) return { begin: first, end: Math.max(last, first + 1) };
  const holds = before && at >= before.begin && at <= before.end && before.begin >= first;
  if (holds && before.end <= last && Math.abs(before.end - before.begin - length) < 1 && at < before.end - 1) return before;
  const end = last - at <= length / 2 ? last : Math.min(last, at + length / 2);
  const begin = Math.max(first, end - length);
  return { begin, end: begin + length };
}

/** Where a moment stands in a window, 0 to 1; null outside. */
export function share(window: Window, at: number): number | null {
  const part = (at - window.begin) / (window.end - window.begin);
  return part >= 0 && part <= 1 ? part : null;
}
