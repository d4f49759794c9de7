/** The picture that the page draws, reduced from what the node says. No clock, no I/O: the same news give the same
 * picture, live or replayed. Maps are filled in place; an entry that changed is a new object, so that whoever draws can
 * compare by identity. */

import { geodetic } from "./geodetic.ts";
import type {
  AssessmentProduct,
  Basis,
  Classification,
  ImpactProduct,
  Item,
  LaunchProduct,
  Mark,
  Mode,
  News,
  Phase,
  Picture,
  RealEvent,
  TrackProduct,
  WarningProduct,
  WarningView,
} from "./types.ts";

/** Unix seconds, degrees, degrees, metres, metres a second. */
export type TrailPoint = [time: number, longitude_deg: number, latitude_deg: number, height_m: number, speed_mps: number];

/** What one owner says of an object, or what several say together. */
export interface Solution {
  basis: Basis;
  owner: string;
  classification: Classification;
  track: TrackProduct | null;
  impact: ImpactProduct | null;
  assessment: AssessmentProduct | null;
}

export interface ObjectView {
  object: string;
  event: string | null;
  /** Whose sensors' data are in it. */
  owners: string[];
  /** The basis of the preferred solution. */
  basis: Basis;
  phase: Phase;
  lost: boolean;
  /** Of the preferred solution: what several say together before one's own, that before a partner's. */
  track: TrackProduct | null;
  impact: ImpactProduct | null;
  assessment: AssessmentProduct | null;
  /** Every solution by "basis owner". */
  solutions: Map<string, Solution>;
  /** Where the solution that was preferred then saw it, oldest first; also under names that it had before. */
  trail: TrailPoint[];
  /** Earlier predictions of the preferred solution, oldest first; the present one is `impact`. */
  impacts: ImpactProduct[];
  /** Node time of the last item. */
  at: number;
}

export interface EventView {
  event: string;
  basis: Basis;
  owners: string[];
  launch: LaunchProduct | null;
  /** Every owner's launch by "basis owner". */
  launches: Map<string, LaunchProduct>;
  objects: string[];
  warnings: string[];
  /** The last acknowledgement of the event or of one of its warnings. */
  acknowledged: Mark | null;
  /** Node time; null when it is not shelved. */
  shelvedUntil: number | null;
  /** Nothing of it flies that is seen, and every warning has its end. */
  ended: boolean;
  /** The smaller, the more urgent: sort by it. */
  urgency: number;
  /** Node time of its first item. */
  since: number;
}

export interface PictureState {
  sequence: number;
  at: number | null;
  mode: Mode;
  nation: string;
  realEvent: RealEvent | null;
  events: Map<string, EventView>;
  objects: Map<string, ObjectView>;
  /** Our own warnings. */
  warnings: Map<string, WarningView>;
  /** Partners' warnings: shown, not acted upon. */
  partnerWarnings: Map<string, Item<WarningProduct>>;
  marks: Mark[];
  /** Which object an owner's product was last said to be about: by "basis owner name". */
  placed: Map<string, string>;
  /** What an event or an object that is found to be another one is called now. */
  renamed: Map<string, string>;
}

export const TRAIL_POINTS = 600;
export const IMPACTS_KEPT = 24;
/** Objects of no event, such as satellites, are forgotten so long after they were last told of. */
export const FORGOTTEN_S = 1800;
export const MARKS_KEPT = 2000;

/** After any time that is told. */
const LATER = 1e11;
const PREFERENCE: Record<Basis, number> = { shared: 0, own: 1, partner: 2 };

export function emptyPicture(mode: Mode = "exercise", nation = ""): PictureState {
  return {
    sequence: 0,
    at: null,
    mode,
    nation,
    realEvent: null,
    events: new Map(),
    objects: new Map(),
    warnings: new Map(),
    partnerWarnings: new Map(),
    marks: [],
    placed: new Map(),
    renamed: new Map(),
  };
}

/** The state that a snapshot of the node describes. */
export function fromSnapshot(picture: Picture): PictureState {
  const state = emptyPicture(picture.mode, picture.nation);
  state.realEvent = picture.real_event;
  for (const item of picture.items) addItem(state, item);
  for (const warning of picture.warnings) addWarning(state, warning);
  for (const mark of picture.marks) addMark(state, mark);
  state.sequence = picture.sequence;
  state.at = picture.at;
  return state;
}

/** Takes one piece of news; what was taken already is not taken again. */
export function apply(state: PictureState, news: News): void {
  if (news.kind === "time") {
    state.at = news.data.at ?? state.at;
    forget(state);
    takeBack(state);
    return;
  }
  if (news.sequence <= state.sequence) return;
  state.sequence = news.sequence;
  if (news.kind === "item") addItem(state, news.data);
  else if (news.kind === "warning") addWarning(state, news.data);
  else if (news.kind === "mark") addMark(state, news.data);
  else if (news.kind === "real") state.realEvent = news.data;
}

/** Puts earlier positions before the trails that there are: a page opened in mid-event shows the path flown. */
export function backfill(state: PictureState, items: Iterable<Item>): void {
  const earlier = emptyPicture(state.mode, state.nation);
  for (const item of items) addItem(earlier, item);
  for (const before of earlier.objects.values()) {
    const object = state.objects.get(before.object);
    if (!object) continue;
    const impacts = before.impact ? [...before.impacts, before.impact] : before.impacts;
    const present = object.impact?.issued ?? Infinity;
    state.objects.set(object.object, {
      ...object,
      trail: thinned(merged(before.trail, object.trail, (point) => point[0]), TRAIL_POINTS),
      impacts: thinned(
        merged(impacts, object.impacts, (impact) => impact.issued).filter((impact) => impact.issued < present),
        IMPACTS_KEPT,
      ),
    });
  }
}

/** A copy that further news do not change. */
export function copyOf(state: PictureState): PictureState {
  return {
    ...state,
    events: new Map(state.events),
    objects: new Map(state.objects),
    warnings: new Map(state.warnings),
    partnerWarnings: new Map(state.partnerWarnings),
    marks: [...state.marks],
    placed: new Map(state.placed),
    renamed: new Map(state.renamed),
  };
}

/** Events, the most urgent first. */
export function byUrgency(state: PictureState): EventView[] {
  return [...state.events.values()].sort((a, b) => a.urgency - b.urgency || b.since - a.since);
}

function addItem(state: PictureState, item: Item): void {
  const { product } = item;
  if (product.kind === "warning") {
    state.partnerWarnings.set(product.warning, item as Item<WarningProduct>);
    for (const event of product.events) judge(state, state.renamed.get(event) ?? event);
  } else if (product.kind === "launch") {
    addLaunch(state, item as Item<LaunchProduct>);
  } else {
    addToObject(state, item as Item<TrackProduct | ImpactProduct | AssessmentProduct>);
  }
}

function addLaunch(state: PictureState, item: Item<LaunchProduct>): void {
  const launch = item.product;
  const event = eventOf(item);
  const name = ownersName(item, launch.event);
  isCalled(state, name, event);
  const before = state.events.get(event) ?? newEvent(state, event, item);
  if (!isOlder(launch, before.launches.get(solutionKey(item)))) {
    const preferred = before.launch === null || PREFERENCE[item.basis] <= PREFERENCE[before.basis];
    state.events.set(event, {
      ...before,
      launch: preferred ? launch : before.launch,
      basis: preferred ? item.basis : before.basis,
      owners: joined(before.owners, item.owner),
      launches: new Map(before.launches).set(solutionKey(item), launch),
    });
  }
  if (event !== name) dropEmpty(state, name);
  judge(state, event);
}

function addToObject(state: PictureState, item: Item<TrackProduct | ImpactProduct | AssessmentProduct>): void {
  const { product } = item;
  const object = item.object ?? ownersName(item, product.object);
  const event = item.event ?? (product.event === null ? null : ownersName(item, product.event));
  if (item.basis === "shared" && product.event !== null && event !== null) isCalled(state, product.event, event);
  place(state, item, object);
  const before = state.objects.get(object) ?? newObject(object, item);
  const key = solutionKey(item);
  if (isOlder(product, before.solutions.get(key)?.[product.kind])) return;
  const solution: Solution = {
    track: null,
    impact: null,
    assessment: null,
    ...before.solutions.get(key),
    basis: item.basis,
    owner: item.owner,
    classification: item.classification,
    [product.kind]: product,
  };
  const solutions = new Map(before.solutions).set(key, solution);
  const after: ObjectView = { ...before, solutions, event: event ?? before.event, at: item.at };
  const preferred = PREFERENCE[item.basis] <= PREFERENCE[before.basis];
  if (preferred) {
    const taken = item.basis !== before.basis;
    after.basis = item.basis;
    after.track = solution.track;
    after.impact = solution.impact;
    after.assessment = solution.assessment;
    if (product.kind === "track") {
      after.phase = product.phase;
      after.lost = product.phase === "lost";
      after.owners = product.owners.length ? product.owners : joined(taken ? [] : before.owners, item.owner);
      after.trail = longer(before.trail, trailPoint(product));
    } else if (product.kind === "impact" && before.impact && before.impact.issued !== product.issued && !taken) {
      after.impacts = thinned([...before.impacts, before.impact], IMPACTS_KEPT);
    }
  }
  state.objects.set(object, after);
  if (before.event !== null && before.event !== after.event) leave(state, before.event, object);
  if (after.event === null) return;
  const belongs = state.events.get(after.event) ?? newEvent(state, after.event, item);
  state.events.set(after.event, { ...belongs, objects: joined(belongs.objects, object) });
  judge(state, after.event);
}

function addWarning(state: PictureState, view: WarningView): void {
  const left = state.warnings.get(view.warning)?.product.events.filter((event) => !view.product.events.includes(event));
  state.warnings.set(view.warning, view);
  for (const event of left ?? []) {
    const before = state.events.get(event);
    if (!before) continue;
    state.events.set(event, { ...before, warnings: before.warnings.filter((id) => id !== view.warning) });
    dropEmpty(state, event);
  }
  for (const event of view.product.events) {
    const before = state.events.get(event) ?? newEvent(state, event, { at: view.product.issued, basis: "own", owner: "" });
    state.events.set(event, { ...before, warnings: joined(before.warnings, view.warning) });
    judge(state, event);
  }
}

function addMark(state: PictureState, mark: Mark): void {
  state.marks.push(mark);
  if (state.marks.length > MARKS_KEPT) state.marks = state.marks.slice(-MARKS_KEPT / 2);
  if (mark.refused !== null) return;
  const warning = state.warnings.get(mark.subject);
  for (const event of warning ? warning.product.events : [state.renamed.get(mark.subject) ?? mark.subject]) {
    const before = state.events.get(event);
    if (!before) continue;
    if (mark.what === "acknowledge") state.events.set(event, { ...before, acknowledged: mark });
    else if (mark.what === "shelve") state.events.set(event, { ...before, shelvedUntil: mark.until });
    else if (mark.what === "unshelve") state.events.set(event, { ...before, shelvedUntil: null });
    judge(state, event);
  }
}

/** What was put away until now stands in its place again. */
function takeBack(state: PictureState): void {
  const { at } = state;
  for (const view of state.events.values()) {
    if (at === null || view.shelvedUntil === null || at < view.shelvedUntil) continue;
    state.events.set(view.event, { ...view, shelvedUntil: null });
    judge(state, view.event);
  }
}

function forget(state: PictureState): void {
  if (state.at === null) return;
  const { at, events, objects, placed, renamed } = state;
  const before = objects.size;
  for (const object of objects.values()) {
    if (object.event === null && at - object.at > FORGOTTEN_S) objects.delete(object.object);
  }
  if (objects.size === before) return;
  for (const [name, object] of placed) if (!objects.has(object)) placed.delete(name);
  for (const [name, now] of renamed) if (!objects.has(now) && !events.has(now)) renamed.delete(name);
}

function newEvent(state: PictureState, event: string, item: { at: number; basis: Basis; owner: string }): EventView {
  const warnings = [...state.warnings.values()].filter((view) => view.product.events.includes(event));
  return {
    event,
    basis: item.basis,
    owners: item.owner ? [item.owner] : [],
    launch: null,
    launches: new Map(),
    objects: [],
    warnings: warnings.map((view) => view.warning),
    acknowledged: null,
    shelvedUntil: null,
    ended: false,
    urgency: Infinity,
    since: item.at,
  };
}

function newObject(object: string, item: Item<TrackProduct | ImpactProduct | AssessmentProduct>): ObjectView {
  const { product } = item;
  return {
    object,
    event: null,
    owners: item.owner ? [item.owner] : [],
    basis: item.basis,
    phase: product.kind === "assessment" ? "coast" : product.phase,
    lost: false,
    track: null,
    impact: null,
    assessment: null,
    solutions: new Map(),
    trail: [],
    impacts: [],
    at: item.at,
  };
}

/** Whether an event has ended, and how urgent it is. Open danger to our own areas by arrival, then what waits for
 * approval by its deadline, others' danger, what flies, what has ended; acknowledged after not acknowledged. */
function judge(state: PictureState, event: string): void {
  const view = state.events.get(event);
  if (!view) return;
  const warnings = view.warnings.map((id) => state.warnings.get(id)).filter((warning) => warning !== undefined);
  const objects = view.objects.map((id) => state.objects.get(id)).filter((object) => object !== undefined);
  const open = warnings.filter((warning) => warning.state === "open" && !isEnd(warning.product));
  const pending = warnings.filter((warning) => warning.state === "pending");
  const elsewhere = partnersWarnings(view, state).some(({ product }) => !isEnd(product));
  const dangers = open.filter((warning) => warning.product.hazard !== "overflight" || warning.product.areas.length > 0);
  const flies = objects.some((object) => ["boost", "coast", "reentry"].includes(object.phase));
  const ended =
    open.length === 0 &&
    !elsewhere &&
    pending.length === 0 &&
    (view.launch?.status === "withdrawn" || (!flies && (objects.length > 0 || warnings.length > 0)));
  let rank: number;
  // Where nothing arrives, the newest first.
  let when = LATER - view.since;
  // What threatens is never put away.
  if (view.shelvedUntil !== null && dangers.length === 0) rank = 5;
  else if (dangers.length > 0) {
    rank = 0;
    when = Math.min(...dangers.map((warning) => firstArrival(warning.product)));
  } else if (pending.length > 0) {
    rank = 1;
    when = Math.min(...pending.map((warning) => warning.deadline ?? firstArrival(warning.product)));
  } else if (ended) rank = 4;
  else rank = open.length > 0 || elsewhere ? 2 : 3;
  const urgency = (rank * 2 + (view.acknowledged ? 1 : 0)) * LATER + Math.min(when, LATER);
  if (urgency !== view.urgency || ended !== view.ended) state.events.set(event, { ...view, ended, urgency });
}

/** An event's objects, what matters most first: what was measured, what is no spent stage, what comes down, the first seen. */
export function objectsOf(event: EventView, { objects }: PictureState): ObjectView[] {
  const rank = (one: ObjectView): number =>
    4 * Number(!one.track) + 2 * Number(likeliest(one) === "spent-stage") + Number(!one.impact);
  const found = event.objects.map((id) => objects.get(id)).filter((object) => object !== undefined);
  const since = (one: ObjectView): number => one.trail[0]?.[0] ?? one.at;
  return found.sort((a, b) => rank(a) - rank(b) || since(a) - since(b) || a.object.localeCompare(b.object));
}

/** The likeliest class of an object; null while it is not assessed. */
export function likeliest(object: ObjectView): string | null {
  const classes = Object.entries(object.assessment?.class ?? {});
  return classes.reduce<[string, number] | null>((best, one) => (best && best[1] >= one[1] ? best : one), null)?.[0] ?? null;
}

/** Partners' warnings about an event. */
export function partnersWarnings({ event }: EventView, { partnerWarnings, renamed }: PictureState): Item<WarningProduct>[] {
  const isAbout = (name: string): boolean => (renamed.get(name) ?? name) === event;
  return [...partnerWarnings.values()].filter(({ product }) => product.events.some(isAbout));
}

export function isEnd(product: WarningProduct): boolean {
  return product.status === "all-clear" || product.status === "cancel";
}

/** The earliest arrival over a warning's areas; Infinity where it names none. */
export function firstArrival(product: WarningProduct): number {
  return Math.min(...product.areas.map((area) => area.arrival), Infinity);
}

function trailPoint(track: TrackProduct): TrailPoint {
  const { longitude_deg, latitude_deg, height_m } = geodetic(track.position_m);
  return [track.time, longitude_deg, latitude_deg, height_m, Math.hypot(...track.velocity_mps)];
}

function longer(trail: TrailPoint[], point: TrailPoint): TrailPoint[] {
  const last = trail.at(-1);
  return last && point[0] <= last[0] ? trail : thinned([...trail, point], TRAIL_POINTS);
}

/** Every other one of the older half goes when there are too many: what is recent stays whole. */
function thinned<T>(list: T[], most: number): T[] {
  let kept = list;
  while (kept.length > most) {
    const half = Math.floor(kept.length / 2);
    kept = kept.filter((_, index) => index >= half || index % 2 === 0);
  }
  return kept;
}

/** Both lists in order of time, one of each time. */
function merged<T>(earlier: T[], later: T[], time: (one: T) => number): T[] {
  const byTime = new Map([...earlier, ...later].map((one) => [time(one), one]));
  return [...byTime.values()].sort((a, b) => time(a) - time(b));
}

function joined(list: string[], one: string): string[] {
  return !one || list.includes(one) ? list : [...list, one];
}

/** What the page calls something that the shared picture has no name for. */
function ownersName(item: Item, name: string): string {
  return item.basis === "shared" ? name : `${item.owner}/${name}`;
}

/** The event of an item about one; alarms and moments use the same name as the picture. */
export function eventOf(item: Item<LaunchProduct>): string {
  return item.event ?? ownersName(item, item.product.event);
}

/** What an owner says of an object moves with it when it is found to be about another one. */
function place(state: PictureState, item: Item<TrackProduct | ImpactProduct | AssessmentProduct>, object: string): void {
  const key = solutionKey(item);
  const name = `${key} ${item.product.object}`;
  const was = state.placed.get(name);
  state.placed.set(name, object);
  if (item.basis === "shared") isCalled(state, item.product.object, object);
  const before = was === undefined || was === object ? undefined : state.objects.get(was);
  if (!before) return;
  // Until now both were one: what was seen of the one before, the other one flew too.
  if (item.basis === "shared") state.objects.set(object, withPathOf(before, state.objects.get(object) ?? newObject(object, item)));
  const solution = before.solutions.get(key);
  const said = solution?.track ?? solution?.impact ?? solution?.assessment;
  const stays =
    item.basis === "shared" && [...state.placed].some(([one, where]) => where === before.object && one.startsWith(`${key} `));
  if (stays || said?.object !== item.product.object) return;
  const solutions = new Map(before.solutions);
  solutions.delete(key);
  const [best] = [...solutions.values()].sort((a, b) => PREFERENCE[a.basis] - PREFERENCE[b.basis]);
  if (best) {
    const { basis, track, impact, assessment } = best;
    state.objects.set(before.object, { ...before, solutions, basis, track, impact, assessment });
    return;
  }
  state.objects.delete(before.object);
  isCalled(state, before.object, object);
  state.objects.set(object, withPathOf(before, state.objects.get(object) ?? newObject(object, item)));
  if (before.event !== null) leave(state, before.event, before.object);
}

/** An object with what another one flew, and was predicted to do, before anything is known of it under its own name. */
function withPathOf(other: ObjectView, object: ObjectView): ObjectView {
  const [flown, told] = [object.trail[0]?.[0] ?? Infinity, object.impacts[0]?.issued ?? Infinity];
  return {
    ...object,
    trail: thinned([...other.trail.filter(([time]) => time < flown), ...object.trail], TRAIL_POINTS),
    impacts: thinned([...other.impacts.filter(({ issued }) => issued < told), ...object.impacts], IMPACTS_KEPT),
  };
}

/** Whether its owner said something later: of a track that ended it is told again when its thing gets another name. */
function isOlder(product: { issued: number }, said: { issued: number } | null | undefined): boolean {
  return said ? product.issued < said.issued : false;
}

/** Something has another name now, or its own again. */
function isCalled(state: PictureState, name: string, now: string): void {
  state.renamed.delete(now);
  if (name !== now) state.renamed.set(name, now);
}

/** What a picture calls an event or an object. It may have had another name before, which the present picture, where
 * it is known under its last one, tells. */
export function nameIn(picture: PictureState, present: PictureState, name: string): string {
  const has = (one: string): boolean => picture.objects.has(one) || picture.events.has(one);
  const now = picture.renamed.get(name);
  if (now !== undefined) return now;
  if (has(name)) return name;
  const before = [...present.renamed].find(([was, called]) => called === name && has(was));
  return before ? before[0] : name;
}

/** An object is of an event no more. */
function leave(state: PictureState, id: string, object: string): void {
  const event = state.events.get(id);
  if (!event) return;
  state.events.set(id, { ...event, objects: event.objects.filter((one) => one !== object) });
  dropEmpty(state, id);
}

/** An event that one owner alone told of, or that has another name now, goes when all that was in it has gone there.
 * What people said of it goes there too. */
function dropEmpty(state: PictureState, event: string): void {
  const view = state.events.get(event);
  const now = state.renamed.get(event);
  if (!view || !isEmpty(view) || (view.basis === "shared" && now === undefined)) return;
  state.events.delete(event);
  const heir = now === undefined ? undefined : state.events.get(now);
  if (!heir) return;
  const { acknowledged, shelvedUntil } = view;
  state.events.set(heir.event, {
    ...heir,
    acknowledged: heir.acknowledged ?? acknowledged,
    shelvedUntil: heir.shelvedUntil ?? shelvedUntil,
  });
  judge(state, heir.event);
}

const isEmpty = (event: EventView): boolean => event.objects.length === 0 && event.warnings.length === 0;

function solutionKey(item: { basis: Basis; owner: string }): string {
  return `${item.basis} ${item.owner}`;
}
