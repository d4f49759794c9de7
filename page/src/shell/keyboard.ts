/** Keys of the console. Letters are found by their place where the keyboard writes another script. */

export const KEYS = [
  { command: "help", keys: ["?"] },
  { command: "next", keys: ["J"] },
  { command: "previous", keys: ["K"] },
  { command: "open", keys: ["Enter"] },
  { command: "acknowledge", keys: ["A"] },
  { command: "play", keys: ["Space"] },
  { command: "back", keys: ["←"] },
  { command: "forward", keys: ["→"] },
  { command: "live", keys: ["L"] },
  { command: "globe", keys: ["G"] },
  { command: "mute", keys: ["M"] },
  { command: "panels", keys: ["1", "2", "3", "4"] },
] as const;

export type Command =
  | Exclude<(typeof KEYS)[number]["command"], "panels">
  | "panel-1"
  | "panel-2"
  | "panel-3"
  | "panel-4";

const LETTERS: Record<string, Command> = {
  j: "next",
  k: "previous",
  a: "acknowledge",
  l: "live",
  g: "globe",
  m: "mute",
  "1": "panel-1",
  "2": "panel-2",
  "3": "panel-3",
  "4": "panel-4",
};
const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT", "DIALOG"]);
const PRESSED = new Set(["BUTTON", "A", "SUMMARY"]);
const PRESSED_ROLES = new Set(["button", "tab", "option", "menuitem", "link", "row", "checkbox", "radio", "slider"]);
const ARROWED_ROLES = new Set(["tab", "slider", "listbox", "grid", "tree", "menu", "radiogroup", "application"]);

export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

/** What stands in the path of a key: as much of an element as matters. */
export interface Stood {
  tagName?: string;
  isContentEditable?: boolean;
  role?: string | null;
}

/** What a key asks for, or null: nothing while somebody types, and what a control does with a key stays its own. */
export function commandOf(pressed: Pressed, path: readonly Stood[], rightToLeft: boolean): Command | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) return null;
  if (path.some((element) => TYPING.has(element.tagName ?? "") || element.isContentEditable)) return null;
  const { key, code } = pressed;
  if (key === "?" || key === "؟") return "help";
  if (key === " " || key === "Enter") {
    if (path.some((element) => PRESSED.has(element.tagName ?? "") || PRESSED_ROLES.has(element.role ?? ""))) return null;
    return key === " " ? "play" : "open";
  }
  if (key === "ArrowLeft" || key === "ArrowRight") {
    if (path.some((element) => element.tagName === "CANVAS" || ARROWED_ROLES.has(element.role ?? ""))) return null;
    return (key === "ArrowRight") === rightToLeft ? "back" : "forward";
  }
  const letter = /^[\x20-\x7e]$/.test(key) ? key : code.replace(/^(Key|Digit|Numpad)/, "");
  return LETTERS[letter.toLowerCase()] ?? null;
}
