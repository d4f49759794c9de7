/** What the clock's keys and buttons do. */

import type { Store } from "../state/store.ts";

export const STEP_S = 10;

type Timed = Pick<Store, "view" | "now" | "go" | "span">;

/** Some seconds back or forth; forth to the end is live again. */
export function step(store: Timed, seconds: number): void {
  const now = store.now();
  if (now === null) return;
  const at = Math.max(now + seconds, store.span.first ?? -Infinity);
  const last = store.span.last;
  if (last !== null && at >= last) store.go({ at: null, playing: false });
  else store.go({ at });
}

/** Plays or stops what is shown; the live picture is stopped where it is. */
export function play(store: Timed): void {
  const now = store.now();
  if (now === null) return;
  if (store.view.at === null) store.go({ at: now, playing: false });
  else store.go({ playing: !store.view.playing });
}
