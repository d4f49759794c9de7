/** What is looked at, and how; the page's address holds all of it, so that a link or a reload shows the same. */

export const LANGUAGES = ["en", "ko", "ja", "ar"] as const;
export const PANELS = ["events", "warnings", "operation", "log"] as const;
export const PROJECTIONS = ["flat", "globe"] as const;
export const SPEEDS = [1, 2, 5, 10, 30, 60] as const;
export const THEMES = ["dark", "light"] as const;

export type Language = (typeof LANGUAGES)[number];
export type Panel = (typeof PANELS)[number];
export type Projection = (typeof PROJECTIONS)[number];
export type Speed = (typeof SPEEDS)[number];
export type Theme = (typeof THEMES)[number];

export interface Filter {
  owner: string | null;
  text: string;
  ended: boolean;
}

export interface View {
  /** Node time, Unix seconds; null is live. */
  at: number | null;
  playing: boolean;
  /** Data seconds a second. */
  speed: Speed;
  selection: string | null;
  object: string | null;
  panel: Panel;
  projection: Projection;
  filter: Filter;
  language: Language;
  theme: Theme;
}

export const FIRST_VIEW: View = {
  at: null,
  playing: false,
  speed: 1,
  selection: null,
  object: null,
  panel: "events",
  projection: "flat",
  filter: { owner: null, text: "", ended: true },
  language: "en",
  theme: "dark",
};

/** The view that an address names. What it does not name, or names wrongly, comes from `otherwise`. */
export function parseAddress(hash: string, otherwise: View = FIRST_VIEW): View {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const at = Number.parseFloat(given.get("at") ?? "");
  const live = !Number.isFinite(at);
  return {
    at: live ? null : at,
    playing: !live && given.get("play") === "1",
    speed: oneOf(SPEEDS, Number(given.get("speed")), otherwise.speed),
    selection: given.get("event") || null,
    object: given.get("object") || null,
    panel: oneOf(PANELS, given.get("panel"), otherwise.panel),
    projection: oneOf(PROJECTIONS, given.get("map"), otherwise.projection),
    filter: {
      owner: given.get("owner") || null,
      text: given.get("find") ?? "",
      ended: given.get("ended") !== "0",
    },
    language: oneOf(LANGUAGES, given.get("lang"), otherwise.language),
    theme: oneOf(THEMES, given.get("theme"), otherwise.theme),
  };
}

/** The address of a view. Time to a tenth of a second; what says nothing is left out. */
export function formatAddress(view: View): string {
  const said = new URLSearchParams();
  if (view.at !== null) {
    said.set("at", (Math.round(view.at * 10) / 10).toString());
    if (view.playing) said.set("play", "1");
    if (view.speed !== 1) said.set("speed", view.speed.toString());
  }
  if (view.selection) said.set("event", view.selection);
  if (view.object) said.set("object", view.object);
  said.set("panel", view.panel);
  said.set("map", view.projection);
  if (view.filter.owner) said.set("owner", view.filter.owner);
  if (view.filter.text) said.set("find", view.filter.text);
  if (!view.filter.ended) said.set("ended", "0");
  said.set("lang", view.language);
  said.set("theme", view.theme);
  return `#${said.toString()}`;
}

function oneOf<T>(choices: readonly T[], value: unknown, otherwise: T): T {
  return choices.includes(value as T) ? (value as T) : otherwise;
}
