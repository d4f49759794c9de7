/** Answers of the interface that only panels ask for, as the node's OpenAPI document describes them. */

import type { components } from "../state/api.ts";
import type { SensorView } from "../state/types.ts";

type Schemas = components["schemas"];

export type AreaNumbers = Schemas["AreaNumbers"];
export type Bias = NonNullable<SensorView["bias"]>;
export type EventDetail = Schemas["EventDetail"];
export type Explanation = Schemas["Explanation"];
export type Link = Schemas["LinkView"];
export type Operation = Schemas["Operation"];
export type ReleaseGroup = Schemas["ReleaseGroup"];
export type TimelineEntry = Schemas["TimelineEntry"];
