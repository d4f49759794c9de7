/** Where things stand: side by side on a watch officer's screen, one below the other on a narrow one. */

import { css } from "lit";

export const layout = css`
  .alone { min-block-size: 100vh; display: grid; place-content: center; gap: 1rem; justify-items: center; }
  .page {
    block-size: 100vh; display: grid; padding: 6px;
    grid-template: "real real" auto "banner banner" auto "head head" auto "alarm alarm" auto "side main" minmax(0, 1fr) "clock clock" auto / minmax(18rem, 24rem) minmax(0, 1fr);
  }
  .page.with-detail {
    grid-template: "real real real" auto "banner banner banner" auto "head head head" auto "alarm alarm alarm" auto "side main detail" minmax(0, 1fr) "clock clock clock" auto / minmax(17rem, 22rem) minmax(0, 1fr) minmax(18rem, 25rem);
  }
  nadhir-real-event { grid-area: real; }
  nadhir-banner { grid-area: banner; }
  header { grid-area: head; }
  .alarm { grid-area: alarm; }
  .side { grid-area: side; overflow: auto; border-inline-end: 1px solid var(--rule); }
  .detail { grid-area: detail; overflow: auto; position: relative; border-inline-start: 1px solid var(--rule); }
  .page main { grid-area: main; display: flex; flex-direction: column; min-block-size: 0; }
  .map { position: relative; flex: 1; min-block-size: 0; overflow: hidden; }
  nadhir-map { position: absolute; inset: 0; }
  nadhir-profile { flex: none; block-size: min(13rem, 24vh); border-block-start: 1px solid var(--rule); }
  nadhir-clock { grid-area: clock; }
  .side:focus, .detail:focus { outline: 2px solid var(--focus); outline-offset: -2px; }
  .side, .detail { padding: 0.6rem; }
  .close { float: inline-end; margin-inline-start: 0.6rem; }

  header { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; padding: 0.35rem 0.8rem; background: var(--card); border-block-end: 1px solid var(--rule); }
  h1 { font-size: 1.1rem; }
  h1 span { color: var(--muted); }
  nav { display: flex; flex-wrap: wrap; gap: 0.3rem; }
  nav button[aria-current="page"] { border-color: var(--accent); box-shadow: inset 0 -3px var(--accent); font-weight: 600; }
  .count { border: 1px solid currentColor; border-radius: 1em; padding: 0 0.4rem; font-size: 0.85em; }
  .count.warnings { background: var(--danger-paper); color: var(--danger); font-weight: 700; }
  .tools { display: flex; flex-wrap: wrap; gap: 0.3rem; align-items: center; margin-inline-start: auto; }
  .who { padding-inline: 0.4rem; }
  .line { display: flex; gap: 0.5rem; align-items: baseline; }
  .line::before { content: "●"; color: var(--good); }
  .line.replay::before { content: "◷"; color: var(--muted); }
  .line.lost { background: var(--danger-paper); color: var(--danger); border: 2px solid; border-radius: var(--radius); padding: 0.1rem 0.6rem; }
  .line.lost::before { content: "✕"; color: inherit; }

  .alarm:not(:empty) { display: flex; flex-wrap: wrap; gap: 0.3rem 0.8rem; align-items: center; padding: 0.35rem 0.8rem; background: var(--danger-paper); color: var(--ink); }
  .alarm.first, .alarm.change { border-block: 3px solid var(--danger); }
  .alarm.launch { border-block: 3px dashed var(--orange); }
  .alarm.end { border-block: 3px double var(--good); background: var(--card); }
  .said { position: fixed; inset-block-end: 5rem; inset-inline: 0; margin-inline: auto; inline-size: fit-content; max-inline-size: 90vw; background: var(--ink); color: var(--paper); border-radius: var(--radius); z-index: 5; }
  .said:not(:empty) { padding: 0.5rem 1rem; }

  .frame { position: fixed; inset: 0; z-index: 4; pointer-events: none; border: 6px solid; }
  .frame.exercise { border-image: repeating-linear-gradient(135deg, var(--exercise) 0 14px, #14181b 14px 28px) 6; }
  .frame.replay { border-image: repeating-linear-gradient(90deg, var(--replay) 0 6px, #14181b 6px 12px) 6; }
  .frame.live { border-color: var(--live); }

  @media (max-width: 860px) {
    .page, .page.with-detail { display: flex; flex-direction: column; block-size: auto; min-block-size: 100vh; }
    nadhir-banner, nadhir-real-event { position: sticky; inset-block-start: 0; z-index: 3; }
    header { order: 1; }
    .alarm { order: 2; }
    .page main { order: 3; flex: none; }
    .map { block-size: 45vh; flex: none; }
    nadhir-clock { order: 4; }
    .detail { order: 5; border: 0; overflow: visible; }
    .side { order: 6; border: 0; overflow: visible; }
    .tools { margin-inline-start: 0; }
  }
  @media print {
    .page { display: block; block-size: auto; }
    header, .alarm, main, .detail, nadhir-clock, .frame, .said, nadhir-real-event { display: none !important; }
  }
`;
