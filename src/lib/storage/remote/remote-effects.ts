// Which entries of the shop's order count at this till, and from which place on.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { Fold } from '$lib/domain/fold';
import type { AccountRow } from '$lib/domain/rows';
import { knownEntry, originalOf, withProofs } from '$lib/storage/journal/projection';
import type { RelayKeys } from '$lib/storage/journal/real-proofs';
import { entry as entrySchema, type EnrolledTill } from '$lib/storage/schema/records';
import {
  relayActBodies,
  type RemoteAccountRow,
  type RemoteEntryRow,
} from '$lib/storage/schema/remote-record';

/** What a downloaded entry says: of one that carries another over, the other; null: this version cannot read it. */
export function readOriginal(wire: object): Entry | null {
  const entry = entrySchema.safeParse(wire).data ?? null;
  if (entry === null || (entry.act === 'carried-over' && knownEntry(entry) === null)) return null;
  return originalOf(entry);
}

type RelayActs = typeof relayActBodies;
type RelayNews = {
  [A in keyof RelayActs]: { act: A } & NonNullable<ReturnType<RelayActs[A]['safeParse']>['data']>;
}[keyof RelayActs];

/** An entry of the relay's own chain; null: an act that this version does not know. */
export function relayNews(act: unknown, body: unknown): RelayNews | null {
  if (typeof act !== 'string' || !Object.hasOwn(relayActBodies, act)) return null;
  const said = relayActBodies[act as keyof RelayActs].safeParse(body);
  return said.success ? ({ act, ...said.data } as RelayNews) : null;
}

/** An entry to project. `order`: the place from which on it counts; `row`: where it is stored. */
export type Effect = {
  readonly entry: KnownEntry;
  readonly order: number;
  readonly row: RemoteEntryRow;
};

/** Follows the order: an entry counts at its own place, or, if it waits for an owner, where the relay says that it counts. */
export class Counting {
  readonly #shop: string;
  readonly #waiting: RemoteEntryRow[];

  /** `waiting`: entries of earlier places that wait. */
  constructor(shop: string, waiting: readonly RemoteEntryRow[] = []) {
    this.#shop = shop;
    this.#waiting = [...waiting];
  }

  /** What counts from this row on. */
  take(row: RemoteEntryRow): Effect[] {
    const { entry, verdict, order } = row;
    if (entry === null) return [];
    if (verdict === 'waiting') this.#waiting.push(row);
    if (row.till === this.#shop) {
      const news = relayNews(entry.act, entry['body']);
      return news?.act === 'former-journal-accepted' ? this.#accepted(news, order) : [];
    }
    return verdict === 'accepted' ? effectOf(row, order) : [];
  }

  #accepted({ till, former }: { readonly till: string; readonly former: string }, order: number) {
    const isOf = (row: RemoteEntryRow) =>
      row.till === till && row.entry !== null && readOriginal(row.entry)?.till === former;
    const counted = this.#waiting.filter(isOf);
    this.#waiting.splice(0, Infinity, ...this.#waiting.filter((row) => !isOf(row)));
    return counted.flatMap((row) => effectOf(row, order));
  }
}

function effectOf(row: RemoteEntryRow, order: number): Effect[] {
  const original = row.entry === null ? null : readOriginal(row.entry);
  if (original === null) return [];
  // dated ahead it would count in windows that have not begun
  const entry = knownEntry({ ...original, at: Math.min(original.at, row.receivedAt) });
  return entry === null ? [] : [{ entry, order, row }];
}

/** Codes count as the customers' where the shop's relay signed them for one of its tills. */
export function keysOf(tills: readonly string[], { relayKey }: EnrolledTill): RelayKeys {
  return new Map(tills.map((till) => [till, relayKey]));
}

/** Projects these entries on top of those before. */
export async function foldEffects(
  fold: Fold,
  effects: readonly Effect[],
  keys: RelayKeys,
): Promise<void> {
  const entries = effects.map(({ entry }) => entry);
  for (const { entry, real } of await withProofs(entries, keys)) {
    try {
      fold.take(entry, real);
    } catch {
      // an invariant of the projection: the relay keeps such an entry beside, too
    }
  }
}

/** From which place on each of these entries counts, by its hash. */
export const ordersOf = (effects: readonly Effect[]): ReadonlyMap<string, number> =>
  new Map(effects.map(({ entry, order }) => [entry.hash, order]));

export const withOrder = (
  row: AccountRow,
  orders: ReadonlyMap<string, number>,
): RemoteAccountRow => ({ ...row, order: orders.get(row.hash) ?? 0 });
