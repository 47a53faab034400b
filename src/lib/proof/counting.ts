// Which entries of the shop's order count, and from which place on.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { RemoteEntryRow } from '$lib/contract/shop-copy';
import { knownEntry, originalOf, readOriginal } from './known-entry';
import { relayNews, type JudgedAgain } from './relay-news';

/**
 * An entry to project. `order`: the place from which on it counts; `row`: its own place. `verdict`: the relay's present verdict;
 * `waiting`: it was accepted with a whole former journal; `refused`: an entry of this device that is taken back.
 */
export type Effect = {
  readonly entry: KnownEntry;
  readonly order: number;
  readonly row: RemoteEntryRow;
  readonly verdict: 'accepted' | 'waiting' | 'refused';
};

/** Whether an entry has no effect until the relay gives a further verdict. */
export const isWaiting = (verdict: RemoteEntryRow['verdict']): boolean =>
  verdict === 'waiting' || verdict === 'not-understood' || verdict === 'delayed';

/**
 * Takes the entries of the order one by one and says which count. An entry counts from its own place on; one that waits for a
 * verdict, from the place of that verdict on.
 */
export class Counting {
  readonly #shop: string;
  readonly #waiting: RemoteEntryRow[];
  /** The waiting entry that the last entry taken refused; null: none. */
  refused: RemoteEntryRow | null = null;

  /** `waiting`: entries of earlier places that still wait. */
  constructor(shop: string, waiting: readonly RemoteEntryRow[] = []) {
    this.#shop = shop;
    this.#waiting = [...waiting];
  }

  /** The entries that still wait. */
  get waiting(): readonly RemoteEntryRow[] {
    return this.#waiting;
  }

  /** The entries that count from this row on. */
  take(row: RemoteEntryRow): Effect[] {
    const { entry, verdict, order } = row;
    this.refused = null;
    if (entry === null) return [];
    if (isWaiting(verdict)) this.#waiting.push(row);
    if (row.till === this.#shop) {
      const news = relayNews(entry.act, entry['body']);
      if (news?.act === 'judged-again') return this.#judged(news, order);
      return news?.act === 'former-journal-accepted' ? this.#accepted(news, order) : [];
    }
    return verdict === 'accepted' ? effectOf(row, order, verdict) : [];
  }

  #judged({ till, seq, verdict }: JudgedAgain, order: number): Effect[] {
    const place = this.#waiting.findIndex((row) => row.till === till && row.seq === seq);
    const [row] = place < 0 ? [] : this.#waiting.splice(place, 1);
    if (row === undefined) return [];
    if (verdict === 'accepted') return effectOf(row, order, verdict);
    this.refused = row;
    return [];
  }

  #accepted({ till, former }: { readonly till: string; readonly former: string }, order: number) {
    const isOf = (row: RemoteEntryRow) =>
      row.verdict === 'waiting' &&
      row.till === till &&
      row.entry !== null &&
      readOriginal(row.entry)?.till === former;
    const counted = this.#waiting.filter(isOf);
    this.#waiting.splice(0, Infinity, ...this.#waiting.filter((row) => !isOf(row)));
    // A former journal is accepted as a whole, without judging its entries. An undone import must be judged, so it is left out.
    return counted
      .flatMap((row) => effectOf(row, order, 'waiting'))
      .filter(({ entry }) => entry.act !== 'import-undone');
  }
}

function effectOf(row: RemoteEntryRow, order: number, verdict: Effect['verdict']): Effect[] {
  const original = row.entry === null ? null : readOriginal(row.entry);
  if (original === null) return [];
  // an entry dated in the future would count in time windows that have not begun
  const entry = knownEntry({ ...original, at: Math.min(original.at, row.receivedAt) });
  return entry === null ? [] : [{ entry, order, row, verdict }];
}

/**
 * What the order adds to the rows that an entry of this device has left from its own journal: a refused entry is taken back, and
 * an undone import has its effect. `row`: the entry's place; `order`: the place from which on the verdict counts.
 */
export function ownEffectOf(
  own: Entry,
  row: RemoteEntryRow,
  { verdict, order }: Pick<RemoteEntryRow, 'verdict' | 'order'> = row,
): Effect[] {
  if (verdict !== 'accepted' && verdict !== 'refused') return [];
  const original = originalOf(own);
  const entry = knownEntry({ ...original, at: Math.min(original.at, row.receivedAt) });
  if (entry === null) return [];
  const isAdding = verdict === 'refused' || entry.act === 'import-undone';
  return isAdding ? [{ entry, order, row, verdict }] : [];
}

/** Whether waiting entries may count from this entry on. */
export const accepts = ({ act }: { readonly act: string }): boolean =>
  act === 'former-journal-accepted' || act === 'judged-again';
