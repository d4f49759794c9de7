/** Answers of the interface that only panels ask for. Times are node times in Unix seconds unless a field says otherwise. */

import type { Item, Mode, WarningProduct } from "../state/types.ts";

export interface TimelineEntry {
  at: number;
  /** A Fluent id. */
  key: string;
  arguments: Record<string, string | number>;
}

export interface ObjectDetail {
  object: string;
  preferred: Item[];
  others: Item[];
  classes: Record<string, number>;
}

/** Records of one kind for which a partner's release rules said the same thing for the same reason. */
export interface ReleaseGroup {
  record: string;
  kind: string;
  partner: string;
  outcome: string;
  reason: string;
  released_as: string | null;
  state: string | null;
  at: number;
  count: number;
}

export interface EventDetail {
  event: string;
  launches: Item[];
  objects: ObjectDetail[];
  timeline: TimelineEntry[];
  warnings: string[];
  releases: ReleaseGroup[];
}

export interface AreaFigures {
  code: string;
  probability: number;
  stated: number;
  alert: number;
  leave: number;
  warned: boolean;
  by_object: Record<string, number>;
  neighbour_of: string | null;
  above_since: number | null;
  below_since: number | null;
  gone: string | null;
  held_by: string | null;
}

/** The numbers behind one revision of a warning; `why` is the node's own line, in English. */
export interface Explanation {
  warning: string;
  revision: number;
  issued: number;
  status: WarningProduct["status"];
  reason: WarningProduct["reason"];
  why: string;
  areas: AreaFigures[];
}

export interface SensorView {
  sensor: { id: string; kind: "radar" | "infrared" };
  owner: string;
  last_line: number | null;
  silent: boolean;
  bias: Bias | null;
}

/** Constant errors (measured less true) with standard deviations. */
export interface Bias {
  corrected: boolean;
  range_m: number;
  range_sigma_m: number;
  azimuth_deg: number;
  azimuth_sigma_deg: number;
  elevation_deg: number;
  elevation_sigma_deg: number;
}

export interface Link {
  partner: string;
  connected: boolean;
  silent_s: number;
  skew_s: number | null;
  waiting: number;
  sent_records: number;
  received_records: number;
  shed_records: number;
  delivered: number;
  offered: number;
  gaps: number;
  refused: Record<string, number>;
  split_view: string;
  error: string;
}

export interface Channel {
  name: string;
  mode: Mode;
  waiting: number;
  delivered: number;
  failed: number;
  last_error: string;
}

export interface Operation {
  state: string;
  ready: boolean;
  at: number | null;
  problems: string[];
  lines: number;
  rejected: Record<string, number>;
  tracked: number;
  links: Link[];
  hops: { hop: string; count: number; p50_s: number; p99_s: number }[];
  channels: Channel[];
  /** `at` is wall-clock time. */
  heads: { log: string; size: number; root: string; at: number }[];
}
