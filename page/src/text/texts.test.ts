/** Every text in every language: parsed without error, the same names, the same values, none copied. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { FluentBundle, FluentResource } from "@fluent/bundle";
import { describe, expect, it } from "vitest";

import { LANGUAGES } from "../state/address.ts";
import { LOCALES } from "./texts.ts";

const FOLDER = import.meta.dirname;
const ROOMS = readdirSync(join(FOLDER, "en")).filter((name) => name.endsWith(".ftl"));
const read = (language: string, room: string) => readFileSync(join(FOLDER, language, room), "utf8");

/** Names of messages as the file has them, to find what the parser silently leaves out. */
const written = (source: string) => [...source.matchAll(/^([a-z][\w-]*) *=/gm)].map((match) => match[1] ?? "").sort();

function variables(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(variables);
  if (value === null || typeof value !== "object") return [];
  const { type, name } = value as { type?: string; name?: string };
  return [...(type === "var" && name ? [name] : []), ...Object.values(value).flatMap(variables)];
}

/** The categories of each plural choice over a value: { count: ["one", "other"] }. */
function categories(value: unknown): { of: string; keys: string[] }[] {
  if (Array.isArray(value)) return value.flatMap(categories);
  if (value === null || typeof value !== "object") return [];
  const { type, selector, variants } = value as { type?: string; selector?: { name?: string }; variants?: { key: { value: unknown } }[] };
  const here = type === "select" && variants ? [{ of: selector?.name ?? "", keys: variants.map((variant) => String(variant.key.value)) }] : [];
  return [...here, ...Object.values(value).flatMap(categories)];
}

const messages = (language: string, room: string) =>
  new Map(new FluentResource(read(language, room)).body.map((message) => [message.id, message.value]));

describe.each(ROOMS)("%s", (room) => {
  it.each(LANGUAGES)("is read whole in %s", (language) => {
    const source = read(language, room);
    const bundle = new FluentBundle(LOCALES[language]);
    expect(bundle.addResource(new FluentResource(source))).toEqual([]);
    expect([...messages(language, room).keys()].sort()).toEqual(written(source));
  });

  it.each(LANGUAGES)("says the same things with the same values in %s", (language) => {
    const english = messages("en", room);
    const other = messages(language, room);
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [id, value] of english) {
      expect(new Set(variables(other.get(id))), id).toEqual(new Set(variables(value)));
    }
  });

  it.each(LANGUAGES)("can be said with any count in %s", (language) => {
    const bundle = new FluentBundle(LOCALES[language]);
    bundle.addResource(new FluentResource(read(language, room)));
    for (const [id, value] of messages(language, room)) {
      for (const count of [0, 1, 2, 3, 11, 100, "text"]) {
        const values = Object.fromEntries(variables(value).map((name) => [name, count]));
        const errors: Error[] = [];
        if (value) bundle.formatPattern(value, values, errors);
        expect(errors.map(String), id).toEqual([]);
      }
    }
  });

  it.each(LANGUAGES.filter((language) => language !== "en"))("is written, not copied, in %s", (language) => {
    const english = messages("en", room);
    const same = [...messages(language, room)].filter(
      ([id, value]) => typeof value === "string" && /[A-Za-z]{4}/.test(value) && value === english.get(id),
    );
    expect(same).toEqual([]);
  });

  it("counts in Arabic in all six forms where it counts", () => {
    const counted = categories([...messages("ar", room).values()]).filter(({ keys }) => keys.includes("few"));
    for (const { keys } of counted) expect(keys).toEqual(expect.arrayContaining(["one", "two", "few", "many", "other"]));
  });
});
