/** Messages of the node as the page reads them. Times are Unix seconds, positions ECEF WGS-84 in metres. */

export type Mode = "live" | "exercise" | "replay";
export type Classification = "UNCLASSIFIED" | "RESTRICTED" | "CONFIDENTIAL" | "SECRET";
export type Basis = "own" | "shared" | "partner";
export type Phase = "boost" | "coast" | "reentry" | "orbit" | "lost" | "down";

export interface Ellipse {
  semi_major_m: number;
  semi_minor_m: number;
  /** Of the major axis, clockwise from north. */
  azimuth_deg: number;
}

export interface LaunchProduct {
  kind: "launch";
  event: string;
  issued: number;
  status: "report" | "update" | "withdrawn";
  time: number;
  time_sigma_s: number;
  latitude_deg: number;
  longitude_deg: number;
  ellipse_90: Ellipse;
  looks: string[];
}

export interface TrackProduct {
  kind: "track";
  object: string;
  event: string | null;
  issued: number;
  time: number;
  phase: Phase;
  position_m: [number, number, number];
  velocity_mps: [number, number, number];
  /** Upper triangle by rows of the 6×6 matrix of position and velocity. */
  covariance: number[];
  ballistic: boolean;
  burnout_time: number | null;
  owners: string[];
}

export interface ImpactProduct {
  kind: "impact";
  object: string;
  event: string | null;
  phase: Phase;
  issued: number;
  time: number;
  time_sigma_s: number;
  latitude_deg: number;
  longitude_deg: number;
  ellipse_90: Ellipse;
}

export interface AssessmentProduct {
  kind: "assessment";
  object: string;
  event: string | null;
  issued: number;
  /** Probabilities over the classes, which sum to 1. */
  class: Record<string, number>;
  reaches_orbit: number;
  apogee_m: number | null;
  apogee_sigma_m: number | null;
  apogee_time: number | null;
}

export interface AreaWarning {
  code: string;
  probability: number;
  /** The time before which it comes with probability 0.05. */
  arrival: number;
}

export type WarningStatus = "pre-alert" | "alert" | "update" | "all-clear" | "cancel";

export interface WarningProduct {
  kind: "warning";
  warning: string;
  events: string[];
  objects: string[];
  issued: number;
  status: WarningStatus;
  hazard: "impact" | "overflight" | "debris";
  areas: AreaWarning[];
  mode: Mode;
  reason: "passed" | "fell-at-sea" | "will-not-arrive" | "error" | null;
  revision: number;
  authority: string;
  launch_time: number | null;
  launch_area: string | null;
  latest_arrival: number | null;
  fallen: boolean;
  lost: boolean;
  unseen: string[];
}

export type Product = LaunchProduct | TrackProduct | ImpactProduct | AssessmentProduct | WarningProduct;

export interface Item<P extends Product = Product> {
  sequence: number;
  at: number;
  basis: Basis;
  owner: string;
  classification: Classification;
  /** What the shared picture calls the event and the object that the product is about, whoever's it is; null where it
   * does not know them. The names within the product are its owner's. */
  event: string | null;
  object: string | null;
  product: P;
}

export interface Delivery {
  channel: string;
  state: "waiting" | "sending" | "sent" | "superseded" | "expired" | "failed";
  /** Wall time. */
  at: number;
  detail: string;
}

export interface WarningView {
  sequence: number;
  at: number;
  warning: string;
  revision: number;
  product: WarningProduct;
  state: "pending" | "open" | "ended";
  /** Persons who must approve. */
  needs: number;
  approved_by: string[];
  deadline: number | null;
  /** What happens at the deadline by itself. */
  then: "send" | "hold" | null;
  public: boolean;
  deliveries: Delivery[];
  failure: string | null;
}

export type Deed =
  | "acknowledge"
  | "shelve"
  | "unshelve"
  | "note"
  | "hand-over"
  | "approve"
  | "reject"
  | "cancel"
  | "clear"
  | "correct"
  | "resume";

export interface Mark {
  sequence: number;
  /** Wall time of the node. */
  time: number;
  /** The node's time then. */
  at: number | null;
  operator: string;
  what: Deed | "login" | "logout";
  /** Event or warning id, or "". */
  subject: string;
  revision: number | null;
  note: string | null;
  /** Node time, of a shelving. */
  until: number | null;
  /** Why it was not done. */
  refused: string | null;
}

export interface RealEvent {
  since: number;
  text_key: string;
  events: string[];
}

export interface Picture {
  sequence: number;
  at: number | null;
  mode: Mode;
  nation: string;
  real_event: RealEvent | null;
  items: Item[];
  warnings: WarningView[];
  marks: Mark[];
}

export interface Session {
  name: string;
  role: "reader" | "operator";
  clearance: Classification;
  csrf: string;
  nation: string;
  mode: Mode;
  enrolled: boolean;
  languages: string[];
}

export interface HistoryPage {
  items: Item[];
  warnings: WarningView[];
  marks: Mark[];
  /** The `after` of the following page. */
  next: number | null;
}

export interface Span {
  first: number | null;
  last: number | null;
}

export interface Act {
  what: Deed;
  subject: string;
  revision?: number | null;
  note?: string | null;
  until?: number | null;
  reason?: "passed" | "fell-at-sea" | "will-not-arrive" | null;
  areas?: string[] | null;
}

/** One event of the stream, after parsing. */
export type News =
  | { kind: "item"; sequence: number; data: Item }
  | { kind: "warning"; sequence: number; data: WarningView }
  | { kind: "mark"; sequence: number; data: Mark }
  | { kind: "real"; sequence: number; data: RealEvent | null }
  | { kind: "time"; sequence: number; data: { at: number | null; sequence: number } }
  | { kind: "reset"; sequence: number; data: null };

export interface Sensor {
  id: string;
  owner: string;
  kind: "radar" | "infrared";
  position: { latitude_deg: number; longitude_deg: number; height_m: number };
  period_s: number;
  coverage: {
    max_range_m?: number;
    min_elevation_deg?: number;
    /** From, to, clockwise from north; none is all round. */
    sector_deg?: [number, number] | null;
    /** Infrared: it sees what burns above this height. */
    min_height_m?: number;
  };
}

/** A sensor, when its last line came, whether it has fallen silent, and how it seems to point. */
export interface SensorView {
  sensor: Sensor;
  owner: string;
  last_line: number | null;
  silent: boolean;
  bias: {
    corrected: boolean;
    range_m: number;
    range_sigma_m: number;
    azimuth_deg: number;
    azimuth_sigma_deg: number;
    elevation_deg: number;
    elevation_sigma_deg: number;
  } | null;
}
