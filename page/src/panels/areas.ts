/** Names of areas in the page's language, from the node's outlines; countries and regions without one from CLDR. */

import type { Store } from "../state/store.ts";
import type { Language } from "../state/address.ts";
import { LOCALES } from "../text/texts.ts";

export interface NamedArea {
  /** ISO 3166-2 where districts are known, else ISO 3166-1. */
  code: string;
  level: string;
  names: Record<string, string>;
}

/** The areas of one node, asked for once; empty until they have come. */
export class Areas {
  list: readonly NamedArea[] = [];
  private byCode = new Map<string, NamedArea>();
  private asking: Promise<void> | null = null;

  constructor(private readonly ask: () => Promise<readonly NamedArea[]>) {}

  async load(): Promise<void> {
    if (this.list.length) return;
    this.asking ??= this.ask()
      .then((list) => {
        this.list = list;
        this.byCode = new Map(list.map((area) => [area.code, area]));
      })
      .catch(() => undefined)
      .finally(() => (this.asking = null));
    await this.asking;
  }

  /** The area's name; where the node has none, its country's with the code, or the code alone. */
  name(code: string, language: Language): string {
    const names = this.byCode.get(code)?.names;
    return names?.[language] ?? names?.["en"] ?? countryName(code, language);
  }
}

function countryName(code: string, language: Language): string {
  const country = code.slice(0, 2);
  try {
    const name = new Intl.DisplayNames(LOCALES[language], { type: "region" }).of(country);
    if (!name || name === country) return code;
    return code === country ? name : `${name} (${code})`;
  } catch {
    return code;
  }
}

const known = new WeakMap<Store, Areas>();

/** The areas of a store's node; a first call asks for them, as does one after the asking has failed. */
export function areasOf(store: Store): Areas {
  let areas = known.get(store);
  if (!areas) {
    areas = new Areas(() => fetchAreas(store));
    known.set(store, areas);
  }
  if (store.session) void areas.load();
  return areas;
}

async function fetchAreas(store: Store): Promise<readonly NamedArea[]> {
  const { features } = await store.api.get<{ features: { properties: NamedArea }[] }>("/api/areas");
  return features.map(({ properties }) => properties);
}
