/** Any moment of the past, from the node's history: a window of it is read in pieces and reduced here, so that going
 * back and forth asks for nothing and reaches nothing outside. */

import { apply, backfill, copyOf, emptyPicture, fromSnapshot, type PictureState } from "./picture.ts";
import type { HistoryPage, Item, News, Picture } from "./types.ts";

export interface Source {
  picture(at: number): Promise<Picture>;
  history(since: number, until: number, limit: number, after: number | null): Promise<HistoryPage>;
}

/** So much before the wanted moment a window begins: trails and the beginning of an event are then in it. */
export const BEFORE_S = 900;
/** So much is read ahead of what is shown. */
export const AHEAD_S = 120;
/** A window that grew longer is begun anew. */
export const LONGEST_S = 3 * 3600;
const CHECKPOINT_S = 30;
const PIECE = 2_000;

interface Dated {
  at: number;
  news: News;
}

export class Past {
  private begin = 0;
  private end = 0;
  private news: Dated[] = [];
  /** States at growing times, each with how many of the news are in it. */
  private checkpoints: { at: number; taken: number; state: PictureState }[] = [];
  private cursor: { at: number; taken: number; state: PictureState } | null = null;
  private wanted: { at: number; last: number } | null = null;
  private reading: Promise<void> | null = null;

  /** `heard` is told of everything that is read. */
  constructor(
    private readonly source: Source,
    private readonly heard: (news: News) => void = () => undefined,
  ) {}

  /** True when `at` can be shown without asking the node. */
  holds(at: number): boolean {
    return this.checkpoints.length > 0 && at >= this.begin && at <= this.end;
  }

  /** Reads what is needed to show `at`, and a little ahead; one reading at a time, and of the moments that were wanted
   * meanwhile only the last. */
  reach(at: number, last: number): Promise<void> {
    this.wanted = { at, last };
    this.reading ??= this.readWanted().finally(() => (this.reading = null));
    return this.reading;
  }

  private async readWanted(): Promise<void> {
    while (this.wanted) {
      const { at, last } = this.wanted;
      this.wanted = null;
      await this.read(at, last);
    }
  }

  private async read(at: number, last: number): Promise<void> {
    const until = Math.min(at + AHEAD_S, last);
    const near = this.checkpoints.length > 0 && at >= this.begin && at <= this.end + AHEAD_S;
    if (!near || until - this.begin > LONGEST_S) {
      const begin = at - BEFORE_S;
      const snapshot = await this.source.picture(begin);
      const state = fromSnapshot(snapshot);
      state.sequence = 0;
      state.at = begin;
      const news = await this.piece(begin, until);
      this.begin = begin;
      this.end = Math.max(until, at);
      this.news = news;
      this.checkpoints = [{ at: begin, taken: 0, state }];
      this.cursor = null;
    } else if (until > this.end) {
      const more = await this.piece(this.end, until);
      const known = new Set(this.news.filter((dated) => dated.at >= this.end).map((dated) => dated.news.sequence));
      this.news.push(...more.filter((dated) => !known.has(dated.news.sequence)));
      this.end = until;
    }
  }

  /** The picture as it was known at `at`, which must be held. */
  show(at: number): PictureState {
    const from = this.cursor && this.cursor.at <= at ? this.cursor : this.checkpoint(at);
    let { taken } = from;
    const state = from === this.cursor ? from.state : copyOf(from.state);
    for (let dated = this.news[taken]; dated && dated.at <= at; dated = this.news[taken]) {
      const last = this.checkpoints.at(-1);
      if (last && dated.at - last.at >= CHECKPOINT_S && taken > last.taken) {
        this.checkpoints.push({ at: dated.at, taken, state: copyOf(state) });
      }
      // Order of time, not of numbers: here each piece is new.
      state.sequence = dated.news.sequence - 1;
      apply(state, dated.news);
      taken += 1;
    }
    state.at = at;
    this.cursor = { at, taken, state };
    return state;
  }

  private checkpoint(at: number): { at: number; taken: number; state: PictureState } {
    const before = this.checkpoints.filter((point) => point.at <= at && (this.news[point.taken - 1]?.at ?? -Infinity) <= at);
    return before.at(-1) ?? { at, taken: 0, state: emptyPicture() };
  }

  private async piece(since: number, until: number): Promise<Dated[]> {
    const news: Dated[] = [];
    let after: number | null = null;
    do {
      const page: HistoryPage = await this.source.history(since, until, PIECE, after);
      news.push(...dated(page));
      after = page.next;
    } while (after !== null);
    news.sort((a, b) => a.at - b.at || a.news.sequence - b.news.sequence);
    for (const { news: one } of news) this.heard(one);
    return news;
  }
}

/** What was before a live picture began: trails are whole after a reload, and the moments of an event are known. */
export async function fillBefore(source: Source, state: PictureState, heard: (news: News) => void): Promise<void> {
  if (state.at === null) return;
  const items: Item[] = [];
  const since = state.at - BEFORE_S;
  let after: number | null = null;
  do {
    const page: HistoryPage = await source.history(since, state.at, PIECE, after);
    items.push(...page.items);
    for (const { news } of dated(page)) heard(news);
    after = page.next;
  } while (after !== null);
  backfill(state, items);
}

function dated(page: HistoryPage): Dated[] {
  return [
    ...page.items.map((data): Dated => ({ at: data.at, news: { kind: "item", sequence: data.sequence, data } })),
    ...page.warnings.map((data): Dated => ({ at: data.at, news: { kind: "warning", sequence: data.sequence, data } })),
    ...page.marks.map((data): Dated => ({ at: data.at ?? 0, news: { kind: "mark", sequence: data.sequence, data } })),
  ];
}
