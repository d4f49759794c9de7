/** The shared worker: one event stream for all pages of this browser. */

import { Relay, type ToRelay } from "./relay.ts";

const relay = new Relay();

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (message: MessageEvent<ToRelay>) => relay.take(port, message.data);
};
