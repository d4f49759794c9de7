/** What panels need beside the page's look. Meaning is always in a word or a shape as well as in a colour. */

import { css } from "lit";

export const shared = css`
  :host {
    overflow-wrap: anywhere;
  }
  h3 {
    margin-block: 1.2em 0.3em;
  }
  h4 {
    margin: 0;
    font-size: 0.95rem;
  }
  p,
  ul,
  dl {
    margin-block: 0.25em;
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0.15em 0.8em;
  }
  dt {
    color: var(--muted);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em;
    align-items: center;
  }
  .spread {
    justify-content: space-between;
  }
  label.field {
    display: grid;
    gap: 0.15em;
    font-size: 0.9em;
  }
  label.choice {
    display: flex;
    gap: 0.5em;
    align-items: center;
  }
  label.choice input {
    min-block-size: 0;
  }
  .badge.danger {
    color: var(--danger);
    background: var(--danger-paper);
    font-weight: 600;
  }
  .badge.attention {
    color: var(--on-exercise);
    background: var(--exercise);
    border-color: var(--exercise);
    font-weight: 600;
  }
  .aside {
    border-inline-start: 4px solid var(--rule);
    padding-inline-start: 0.6em;
  }
  .aside.danger {
    border-color: var(--danger);
  }
  .aside.attention {
    border-color: var(--exercise);
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    font-size: 0.9em;
  }
  th,
  td {
    overflow-wrap: normal;
  }
  th[scope="row"] {
    color: inherit;
  }
`;
