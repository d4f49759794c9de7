/** Texts in four languages, from Fluent files: one a language and room, loaded when a language is chosen. */

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

import type { Language } from "../state/address.ts";

const FILES = import.meta.glob<string>("./*/*.ftl", { query: "?raw", import: "default" });

/** Figures stand in the same digits as in the warnings' texts and on maps, in every language. */
export const LOCALES: Record<Language, string> = { en: "en-GB", ko: "ko", ja: "ja", ar: "ar-u-nu-latn" };
export const DIRECTIONS: Record<Language, "ltr" | "rtl"> = { en: "ltr", ko: "ltr", ja: "ltr", ar: "rtl" };

export class Texts {
  private constructor(private readonly bundle: FluentBundle) {}

  static async load(language: Language): Promise<Texts> {
    const bundle = new FluentBundle(LOCALES[language]);
    const files = Object.entries(FILES).filter(([path]) => path.startsWith(`./${language}/`));
    for (const source of await Promise.all(files.map(([, read]) => read()))) {
      bundle.addResource(new FluentResource(source));
    }
    return new Texts(bundle);
  }

  has(id: string): boolean {
    return this.bundle.hasMessage(id);
  }

  /** The text, or its id where there is none: better a strange word than nothing. */
  say(id: string, values: Record<string, unknown> = {}): string {
    const pattern = this.bundle.getMessage(id)?.value;
    return pattern ? this.bundle.formatPattern(pattern, values as Record<string, FluentVariable>, []) : id;
  }
}
