/** The look of buttons, fields and tables, for every element: `static styles = [look, css`…`]`. Colours come from
 * `page.css` as custom properties, directions are logical. */

import { css } from "lit";

export const look = css`
  :host { display: block; box-sizing: border-box; }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
  h2 { font-size: 1.05rem; line-height: 1.3; }
  h3 { font-size: 0.95rem; line-height: 1.3; }
  ul, ol { list-style: none; }
  button, input, select, textarea { font: inherit; color: inherit; }
  button, select, input, textarea {
    border: 1px solid var(--rule); border-radius: var(--radius); background: var(--card); padding: 0.3rem 0.6rem;
    min-block-size: 2rem;
  }
  button { cursor: pointer; background: var(--raised); }
  button:hover:not(:disabled) { border-color: var(--accent); }
  button:disabled { opacity: 0.55; cursor: not-allowed; }
  button.primary { background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 600; }
  button.danger { background: var(--danger-paper); border: 2px solid var(--danger); font-weight: 600; }
  button[aria-pressed="true"], button[aria-selected="true"] { border-color: var(--accent); box-shadow: inset 0 -3px var(--accent); }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
  a { color: var(--accent); }
  table { border-collapse: collapse; inline-size: 100%; }
  th, td { text-align: start; padding: 0.25rem 0.5rem; border-block-end: 1px solid var(--rule); vertical-align: top; }
  th { font-weight: 600; color: var(--muted); }
  dialog {
    color: var(--ink); background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 1.1rem;
    max-inline-size: min(40rem, 94vw); max-block-size: 90vh; overflow: auto;
  }
  dialog::backdrop { background: rgb(0 0 0 / 60%); }
  .muted { color: var(--muted); }
  .badge {
    display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: 0 0.35rem; font-size: 0.85em;
    white-space: nowrap;
  }
  .error { border-inline-start: 4px solid var(--danger); background: var(--danger-paper); padding: 0.4rem 0.6rem; }
  .hidden-but-read {
    position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
`;
