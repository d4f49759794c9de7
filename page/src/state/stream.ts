/** News for this page: through a shared worker, so that many pages of a browser cost one connection, or directly. */

import { Feed, type Listener } from "./feed.ts";
import type { FromRelay, ToRelay } from "./relay.ts";

export interface Stream {
  close(): void;
}

const STILL_MS = 10_000;

export function openStream(after: number, session: string, listener: Listener): Stream {
  if (typeof SharedWorker === "undefined") return new Feed(listener, after);
  const worker = new SharedWorker(new URL("./stream.worker.ts", import.meta.url), { type: "module", name: "nadhir" });
  const say = (message: ToRelay) => worker.port.postMessage(message);
  worker.port.onmessage = (event: MessageEvent<FromRelay>) => {
    if ("news" in event.data) listener.news(event.data.news);
    else listener.line(event.data.line);
  };
  worker.port.start();
  say({ want: after, session });
  const still = setInterval(() => say({ still: true }), STILL_MS);
  const leave = () => {
    clearInterval(still);
    say({ leave: true });
    worker.port.close();
    removeEventListener("pagehide", leave);
  };
  addEventListener("pagehide", leave);
  return { close: leave };
}
