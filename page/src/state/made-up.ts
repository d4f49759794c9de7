/** News for tests, made up. */

import type { Item, LaunchProduct, Mark, News, Product, TrackProduct, WarningProduct, WarningView } from "./types.ts";

let numbered = 0;

export function item(at: number, product: Product, more: Partial<Item> = {}): News & { kind: "item" } {
  const sequence = more.sequence ?? ++numbered;
  const named = product as { event?: string | null; object?: string };
  const data: Item = {
    sequence,
    at,
    basis: "shared",
    owner: "JPN",
    classification: "UNCLASSIFIED",
    event: named.event ?? null,
    object: named.object ?? null,
    product,
    ...more,
  };
  return { kind: "item", sequence, data };
}

export function launch(event: string, at: number, more: Partial<LaunchProduct> = {}): LaunchProduct {
  return {
    kind: "launch",
    event,
    issued: at,
    status: "report",
    time: at - 30,
    time_sigma_s: 5,
    latitude_deg: 40,
    longitude_deg: 129,
    ellipse_90: { semi_major_m: 5e3, semi_minor_m: 4e3, azimuth_deg: 0 },
    looks: [],
    ...more,
  };
}

export function track(object: string, event: string | null, at: number, more: Partial<TrackProduct> = {}): TrackProduct {
  return {
    kind: "track",
    object,
    event,
    issued: at,
    time: at,
    phase: "coast",
    position_m: [6_378_137 + 100_000, 0, 0],
    velocity_mps: [0, 3_000, 4_000],
    covariance: [],
    ballistic: true,
    biased: false,
    parting: null,
    burnout_time: null,
    owners: ["JPN"],
    ...more,
  };
}

export function warningView(id: string, at: number, more: Partial<WarningProduct> = {}, view: Partial<WarningView> = {}): WarningView {
  const product: WarningProduct = {
    kind: "warning",
    warning: id,
    events: [],
    objects: [],
    issued: at,
    status: "alert",
    hazard: "impact",
    areas: [{ code: "JP-05", probability: 0.9, arrival: at + 300 }],
    mode: "exercise",
    reason: null,
    revision: 0,
    authority: "JPN",
    launch_time: null,
    launch_area: null,
    latest_arrival: null,
    fallen: false,
    lost: false,
    unseen: [],
    ...more,
  };
  return {
    sequence: 1,
    at,
    warning: id,
    revision: product.revision,
    product,
    state: "open",
    needs: 0,
    approved_by: [],
    deadline: null,
    then: null,
    public: true,
    deliveries: [],
    failure: null,
    again: null,
    ...view,
  };
}

export function warning(id: string, event: string, at: number, more: Partial<WarningProduct> = {}, state: WarningView["state"] = "open"): News & { kind: "warning" } {
  const sequence = ++numbered;
  return { kind: "warning", sequence, data: warningView(id, at, { events: [event], ...more }, { sequence, state }) };
}

export function mark(what: Mark["what"], subject: string, at: number, more: Partial<Mark> = {}): News & { kind: "mark" } {
  const sequence = ++numbered;
  const data: Mark = {
    sequence, time: at, at, operator: "kim", what, subject, revision: null, note: null, until: null, refused: null, ...more,
  }; // prettier-ignore
  return { kind: "mark", sequence, data };
}
