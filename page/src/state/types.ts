/** Messages of the node, as its OpenAPI document describes them (`npm run types`, which each build begins with, makes `api.ts` of it). Times are
 * node times in Unix seconds, positions ECEF WGS-84 in metres; the node leaves no field of a product out. */

import type { components } from "./api.ts";

type Schemas = components["schemas"];

export type AreaWarning = Schemas["AreaWarning"];
export type AssessmentProduct = Required<Schemas["AssessmentProduct"]>;
export type Delivery = Schemas["Delivery"];
export type Ellipse = Schemas["Ellipse"];
export type HistoryPage = Omit<Schemas["History"], "items" | "warnings"> & { items: Item[]; warnings: WarningView[] };
export type ImpactProduct = Required<Schemas["ImpactProduct"]>;
export type LaunchProduct = Required<Schemas["LaunchProduct"]>;
export type Mark = Schemas["Mark"];
export type Picture = Omit<Schemas["Picture"], "items" | "warnings"> & { items: Item[]; warnings: WarningView[] };
export type RealEvent = Schemas["RealEvent"];
export type Sensor = Schemas["Sensor"];
export type SensorView = Schemas["SensorView"];
export type Session = Schemas["Session"];
export type Span = Schemas["Span"];
export type TrackProduct = Required<Schemas["TrackProduct"]>;
export type WarningProduct = Required<Schemas["WarningProduct"]>;
export type WarningView = Omit<Required<Schemas["WarningView"]>, "product" | "again"> & {
  product: WarningProduct;
  again: WarningProduct | null;
};

export type Product = LaunchProduct | TrackProduct | ImpactProduct | AssessmentProduct | WarningProduct;
export type Item<P extends Product = Product> = Omit<Schemas["Item"], "product"> & { product: P };

export type Act = Schemas["Act"];
export type Basis = Item["basis"];
export type Classification = Item["classification"];
export type Deed = Act["what"];
export type Mode = Picture["mode"];
export type Phase = TrackProduct["phase"];
export type WarningStatus = WarningProduct["status"];

/** One event of the stream, after parsing. */
export type News =
  | { kind: "item"; sequence: number; data: Item }
  | { kind: "warning"; sequence: number; data: WarningView }
  | { kind: "mark"; sequence: number; data: Mark }
  | { kind: "real"; sequence: number; data: RealEvent | null }
  | { kind: "time"; sequence: number; data: Schemas["Tick"] }
  | { kind: "reset"; sequence: number; data: null };
