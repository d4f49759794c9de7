/** What a person prefers: as last chosen at this browser, else as the system says. */

import { LANGUAGES, THEMES, type Language, type View } from "../state/address.ts";

const KEPT = "nadhir-preferences";
type Preferences = Pick<View, "language" | "theme" | "projection">;

export function preferences(): Partial<Preferences> {
  const kept = read();
  return {
    language: LANGUAGES.find((language) => language === kept.language) ?? systemLanguage(),
    theme: THEMES.find((theme) => theme === kept.theme) ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark"),
    ...(kept.projection ? { projection: kept.projection } : {}),
  };
}

export function keepPreferences({ language, theme, projection }: View): void {
  localStorage.setItem(KEPT, JSON.stringify({ language, theme, projection }));
}

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}

function systemLanguage(): Language {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase() as Language);
  return spoken.find((language) => LANGUAGES.includes(language)) ?? "en";
}
