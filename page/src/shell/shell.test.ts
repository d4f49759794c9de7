import { describe, expect, it, vi } from "vitest";

import { FIRST_VIEW } from "../state/address.ts";
import type { Store } from "../state/store.ts";
import { play, step } from "./steps.ts";
import { commandOf, type Pressed, type Stood } from "./keyboard.ts";
import { clockTime, fieldMoment, fieldValue } from "./times.ts";
import { LENGTHS, share, windowOf } from "./timeline.ts";

describe("keys", () => {
  const press = (key: string, code = "", path: Stood[] = [{ tagName: "BODY" }], more: Partial<Pressed> = {}, rtl = false) =>
    commandOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...more }, path, rtl);

  it("ask for what the help says", () => {
    const asked = ["?", "j", "K", "a", "Enter", " ", "l", "g", "m", "1", "4"].map((key) => press(key));
    expect(asked).toEqual(["help", "next", "previous", "acknowledge", "open", "play", "live", "globe", "mute", "panel-1", "panel-4"]);
    expect(press("x")).toBeNull();
    expect(press("5")).toBeNull();
  });

  it("are found by their place on Korean, Japanese and Arabic keyboards", () => {
    expect(press("ㅓ", "KeyJ")).toBe("next");
    expect(press("の", "KeyK")).toBe("previous");
    expect(press("ش", "KeyA")).toBe("acknowledge");
    expect(press("٤", "Digit4")).toBe("panel-4");
    expect(press("؟", "Slash")).toBe("help");
  });

  it.each(["INPUT", "TEXTAREA", "SELECT", "DIALOG"])("do nothing within %s", (tagName) => {
    for (const key of ["j", "a", "?", " ", "Enter", "ArrowLeft"]) expect(press(key, "", [{}, { tagName }])).toBeNull();
  });

  it("do nothing in editable text, with modifiers, or while a character is composed", () => {
    expect(press("a", "KeyA", [{ tagName: "DIV", isContentEditable: true }])).toBeNull();
    for (const held of ["ctrlKey", "metaKey", "altKey", "isComposing"]) expect(press("a", "KeyA", [{}], { [held]: true })).toBeNull();
  });

  it("leave to a control what is its own", () => {
    expect(press(" ", "", [{ tagName: "BUTTON" }])).toBeNull();
    expect(press("Enter", "", [{ tagName: "LI", role: "option" }])).toBeNull();
    expect(press("j", "", [{ tagName: "BUTTON" }])).toBe("next");
    expect(press("ArrowLeft", "", [{ tagName: "CANVAS" }])).toBeNull();
  });

  it("go back and forth in the direction of reading", () => {
    expect([press("ArrowLeft"), press("ArrowRight")]).toEqual(["back", "forward"]);
    expect([press("ArrowLeft", "", [], {}, true), press("ArrowRight", "", [], {}, true)]).toEqual(["forward", "back"]);
  });
});

describe("the clock", () => {
  const at = (view: Partial<Store["view"]>, live = 1000) => {
    const go = vi.fn();
    const shown = { ...FIRST_VIEW, ...view };
    return { go, view: shown, now: () => shown.at ?? live, span: { first: 100, last: live } };
  };

  it("steps within the past, and forth to the end is live", () => {
    const cases: [number | null, number, object][] = [
      [null, -10, { at: 990 }],
      [500, 10, { at: 510 }],
      [995, 10, { at: null, playing: false }],
      [105, -10, { at: 100 }],
      [null, 10, { at: null, playing: false }],
    ];
    for (const [from, by, expected] of cases) {
      const store = at({ at: from });
      step(store, by);
      expect(store.go).toHaveBeenCalledWith(expected);
    }
  });

  it("plays and stops; the live picture stops where it is", () => {
    const [live, stopped, playing] = [at({}), at({ at: 500 }), at({ at: 500, playing: true })];
    for (const store of [live, stopped, playing]) play(store);
    expect(live.go).toHaveBeenCalledWith({ at: 1000, playing: false });
    expect(stopped.go).toHaveBeenCalledWith({ playing: true });
    expect(playing.go).toHaveBeenCalledWith({ playing: false });
  });

  it("spans a window that holds the moment and stays where it is while it can", () => {
    const span = { first: 0, last: 100_000 };
    for (const length of LENGTHS)
      for (const moment of [0, 10, 50_000, 99_999, 100_000]) {
        const window = windowOf(span, moment, length, null);
        expect(share(window, moment), `${moment} ${length}`).not.toBeNull();
        expect(window.end - window.begin).toBeLessThanOrEqual(length ?? 100_000);
        expect(window.begin).toBeGreaterThanOrEqual(0);
      }
    const first = windowOf(span, 50_000, 3600, null);
    expect(windowOf(span, 50_900, 3600, first)).toEqual(first);
    expect(windowOf(span, 60_000, 3600, first)).not.toEqual(first);
    expect(windowOf({ first: null, last: null }, 5, 3600, null)).toEqual({ begin: 5, end: 6 });
  });

  it("says the same moment in every language, with the same digits", () => {
    for (const language of ["en", "ko", "ja", "ar"] as const) expect(clockTime(1_772_499_700, language, "UTC")).toMatch(/^01:01:40 /);
  });

  it("goes to the moment that a field names", () => {
    expect(fieldMoment(fieldValue(1_772_499_700))).toBe(1_772_499_700);
    expect(fieldMoment("never")).toBeNull();
  });
});
