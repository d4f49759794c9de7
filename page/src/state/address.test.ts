import { describe, expect, it } from "vitest";

import { FIRST_VIEW, LANGUAGES, PANELS, PROJECTIONS, SPEEDS, THEMES, formatAddress, parseAddress, type View } from "./address.ts";

describe("the address", () => {
  it("holds the whole view", () => {
    for (const language of LANGUAGES)
      for (const panel of PANELS)
        for (const projection of PROJECTIONS)
          for (const theme of THEMES)
            for (const speed of SPEEDS) {
              const view: View = {
                at: 1_772_499_700.5,
                playing: true,
                speed,
                selection: "~JPN/0f2b3c47",
                object: "KOR/2ab8d220-1",
                panel,
                projection,
                filter: { owner: "KOR", text: "아키타 & #=%", ended: false },
                language,
                theme,
              };
              expect(parseAddress(formatAddress(view))).toEqual(view);
            }
  });

  it("is live where it names no time, and then nothing plays", () => {
    const view = parseAddress("#play=1&speed=10&event=E1");
    expect(view).toMatchObject({ at: null, playing: false, selection: "E1" });
    expect(formatAddress(view)).not.toMatch(/at=|play=|speed=/);
  });

  it.each(["#at=never", "#at=Infinity", "#speed=3", "#panel=admin", "#lang=xx&theme=pink&map=cube", "#%%%", ""])(
    "falls back where it makes no sense: %s",
    (hash) => expect(parseAddress(hash)).toEqual(FIRST_VIEW),
  );

  it("takes what it does not name from what there was", () => {
    const before: View = { ...FIRST_VIEW, language: "ar", theme: "light", projection: "globe" };
    expect(parseAddress("#panel=log", before)).toEqual({ ...before, panel: "log" });
  });
});
