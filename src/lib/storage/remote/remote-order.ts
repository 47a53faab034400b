// The copy of the shop's order: what the other tills wrote, and the rows projected from it.
// Only a copy: what is lost or damaged here is dropped and downloaded again.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { Card } from '$lib/contract/journal-upload';
import type { Cursor, OrderedEntry } from '$lib/contract/shop-journal';
import { Fold } from '$lib/domain/fold';
import { reads } from '$lib/domain/projection';
import { beforeOf, type ProjectedChange, type ProjectedTable } from '$lib/domain/rows';
import { START_OF_LOG } from '$lib/proof/shop-log';
import { snapshot, transact, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import { isEnrolled, lineageIn, tillIn } from '$lib/storage/database/till-record';
import { knownEntry, originalOf } from '$lib/storage/journal/projection';
import { withWriterLock } from '$lib/storage/journal/writer';
import { recorded, type CustomerRow, type EnrolledTill } from '$lib/storage/schema/records';
import {
  remoteCardRow,
  remoteEntryRow,
  remoteTillRow,
  type RemoteCursor,
  type RemoteEntryRow,
  type RemoteTillRow,
} from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { afterEdit, editsOf, shownCard, type CardEdit } from './remote-cards';
import {
  Counting,
  foldEffects,
  keysOf,
  ordersOf,
  readOriginal,
  relayNews,
  withOrder,
  type Effect,
} from './remote-effects';

/** Where a till begins that has downloaded nothing. */
export const START_OF_ORDER: Cursor = { ...START_OF_LOG, epoch: 0 };

/** How far the order was downloaded; null: not at all. Awaits Dexie only. */
export function remoteCursorIn(db: TillDb): Promise<RemoteCursor | null> {
  return metaIn(db, 'remote-cursor');
}

/** Consecutive entries of the order, verified: those after `from`, up to `to`. */
export type Downloaded = {
  /** The till that they were sent to: entries of its own are marks. */
  readonly till: string;
  readonly from: Cursor;
  readonly entries: readonly OrderedEntry[];
  readonly to: Omit<RemoteCursor, 'epochs'>;
  /** Cards that these entries name, by hash, as far as the relay has them; verified. */
  readonly cards: ReadonlyMap<string, Card>;
};

/**
 * `moved`: the copy does not end at `from`, or the device has another till id by now. `fork`: the relay holds other entries of
 * this till than its own journal.
 */
export type Applied = 'applied' | 'moved' | 'fork';

/** Stores these entries and what they leave, all or nothing. The caller has verified them. Throws StorageError. */
export function applyDownloaded(
  db: TillDb,
  { till: sentTo, from, entries, to, cards }: Downloaded,
): Promise<Applied> {
  return withWriterLock(db, async () => {
    const [till, cursor] = await snapshot(db, [db.meta], () =>
      Promise.all([tillIn(db), remoteCursorIn(db)]),
    );
    if (!isEnrolled(till) || till.id !== sentTo) return 'moved';
    if (!isSamePoint(cursor ?? START_OF_ORDER, from)) return 'moved';
    const own = await OwnEntries.of(db, entries);
    if (entries.some((each) => 'own' in each && !own.has(till.id, each.own))) return 'fork';
    const waiting = entries.some(accepts)
      ? await db.remoteJournal.where('effect').equals('waiting').sortBy('order')
      : [];
    const step = new Step(till, own, waiting, cursor?.epochs ?? []);
    for (const each of entries) await step.take(db, each);
    const changes = await step.changes(db);
    const customers = await step.customers(db, cards);
    await transact(db, [...remoteTables(db), db.meta], () =>
      Promise.all([
        db.remoteJournal.bulkPut([...step.rows.values()]),
        db.remoteTills.bulkPut([...step.tills.values()]),
        ...changes.map((change) => write(db, change)),
        db.remoteCards.bulkPut(customers.states),
        db.remoteCustomers.bulkPut(customers.shown),
        db.remoteCustomers.bulkDelete(customers.hidden),
        putMetaIn(db, 'remote-cursor', { ...to, epochs: step.epochs }),
      ]),
    );
    return 'applied';
  });
}

/** Whether entries that wait may count from here on. */
const accepts = (each: OrderedEntry): boolean =>
  'entry' in each && each.entry.act === 'former-journal-accepted';

/** Drops the whole copy: the next download begins at the first entry. Throws StorageError. */
export async function forgetRemote(db: TillDb): Promise<void> {
  await transact(db, [...remoteTables(db), db.meta], () => forgetRemoteIn(db));
}

/** The same within a transaction over meta and these tables. Awaits Dexie only. */
export function forgetRemoteIn(db: TillDb): Promise<unknown> {
  return Promise.all([
    ...remoteTables(db).map((table) => table.clear()),
    db.meta.delete('remote-cursor'),
  ]);
}

/** The tables of the copy. */
export const remoteTables = (db: TillDb): Table[] => [
  db.remoteJournal,
  db.remoteTills,
  db.remoteCards,
  db.remoteCustomers,
  ...Object.values(projectedInto(db)),
];

/** The tables of the copy that are projected, by the name of the till's own. */
const projectedInto = (db: TillDb) =>
  ({
    accountEntries: db.remoteAccountEntries,
    balances: db.remoteBalances,
    confirmations: db.remoteConfirmations,
    disputes: db.remoteDisputes,
  }) satisfies Partial<Record<ProjectedTable, Table>>;

const isSamePoint = (a: Cursor, b: Cursor): boolean =>
  a.epoch === b.epoch && a.order === b.order && a.logHash === b.logHash;

/** Up to which order an author had seen it, who states a point of an epoch: as the relay counts it. */
function seenOrder(epochs: RemoteCursor['epochs'], { epoch, order }: Entry['seen']): number {
  const place = epochs.findIndex((each) => each.epoch === epoch);
  if (place < 0) return 0;
  return Math.min(order, (epochs[place + 1]?.began ?? Infinity) - 1);
}

type Place = { readonly seq: number; readonly hash: string };

/** Which of some entries this device has in its own journal, under all its till ids. */
class OwnEntries {
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(entries: readonly Entry[]) {
    this.#entries = new Map(entries.map((entry) => [nameOf(entry.till, entry), entry]));
  }

  static async of(db: TillDb, entries: readonly OrderedEntry[]): Promise<OwnEntries> {
    return snapshot(db, [db.meta, db.journal], async () => {
      const [current = '', ...former] = await lineageIn(db);
      const names = new Set([current, ...former]);
      const places = entries.flatMap((each): [string, number][] => {
        if ('own' in each) return [[current, each.own.seq]];
        const { till, seq } = readOriginal(each.entry) ?? each.entry;
        return names.has(till) ? [[till, seq]] : [];
      });
      const held = await db.journal.bulkGet(places);
      return new OwnEntries(held.filter((entry) => entry !== undefined));
    });
  }

  has(till: string, place: Place): boolean {
    return this.at(till, place) !== null;
  }

  at(till: string, place: Place): Entry | null {
    return this.#entries.get(nameOf(till, place)) ?? null;
  }
}

const nameOf = (till: string, { seq, hash }: Place): string => `${till} ${seq} ${hash}`;

/** Collects what consecutive entries of the order leave. */
class Step {
  readonly rows = new Map<number, RemoteEntryRow>();
  readonly tills = new Map<string, RemoteTillRow>();
  /** Where each epoch began, oldest first. */
  readonly epochs: { epoch: number; began: number }[];
  readonly #till: EnrolledTill;
  readonly #own: OwnEntries;
  readonly #counting: Counting;
  readonly #effects: Effect[] = [];
  readonly #edits: CardEdit[] = [];

  constructor(
    till: EnrolledTill,
    own: OwnEntries,
    waiting: readonly RemoteEntryRow[],
    epochs: RemoteCursor['epochs'],
  ) {
    this.#till = till;
    this.#own = own;
    this.#counting = new Counting(till.shop, waiting);
    this.epochs = [...epochs];
  }

  async take(db: TillDb, ordered: OrderedEntry): Promise<void> {
    const row = this.#rowOf(ordered);
    this.rows.set(row.order, row);
    for (const effect of this.#counting.take(row)) {
      this.#effects.push(effect);
      this.rows.set(effect.row.order, { ...effect.row, effect: 'projected' });
      this.#takeEdits(effect.entry, effect.row, false);
    }
    const own = this.#own.at(row.till, row);
    const edited = own === null || row.verdict !== 'accepted' ? null : knownEntry(originalOf(own));
    if (edited !== null) this.#takeEdits(edited, row, true);
    if (row.till === this.#till.shop && row.entry !== null)
      await this.#takeTill(db, row.entry, row.order);
  }

  #takeEdits(entry: KnownEntry, { order, receivedAt }: RemoteEntryRow, isOwn: boolean): void {
    const seen = seenOrder(this.epochs, entry.seen);
    this.#edits.push(...editsOf(entry, { order, receivedAt, seen, isOwn }));
  }

  #rowOf(ordered: OrderedEntry): RemoteEntryRow {
    const { order, receivedAt, verdict } = ordered;
    const common = { order, receivedAt, verdict, effect: 'none' } as const;
    if ('own' in ordered) {
      const { seq, hash } = ordered.own;
      return { ...common, till: this.#till.id, seq, hash, original: hash, entry: null };
    }
    const { entry } = ordered;
    const { till, seq, hash } = entry;
    const original = verdict === 'not-kept' ? null : readOriginal(entry);
    const isOwn = original !== null && this.#own.has(original.till, original);
    const isKept = verdict !== 'not-kept' && !isOwn;
    return recorded(remoteEntryRow, {
      ...common,
      ...{ till, seq, hash, original: original?.hash ?? hash },
      entry: isKept ? entry : null,
      effect: isKept && verdict === 'waiting' ? 'waiting' : 'none',
    });
  }

  /** The shop's tills, as the relay names them. */
  async #takeTill(
    db: TillDb,
    { act, body, at }: Record<string, unknown>,
    order: number,
  ): Promise<void> {
    const change = async (till: string, parts: Partial<RemoteTillRow>): Promise<void> => {
      const held = this.tills.get(till) ?? (await db.remoteTills.get(till));
      if (held) this.tills.set(till, { ...held, ...parts });
    };
    const news = relayNews(act, body);
    switch (news?.act) {
      case 'till-joined': {
        const { till, number, name } = news;
        const joined = { till, number, name, replacedBy: null, revokedAt: null };
        this.tills.set(till, recorded(remoteTillRow, joined));
        break;
      }
      case 'till-renamed':
        await change(news.till, { name: news.name });
        break;
      case 'till-replaced':
        await change(news.till, { replacedBy: news.by });
        break;
      case 'till-revoked':
        await change(news.till, { revokedAt: at as number });
        break;
      case 'epoch-began':
        this.epochs.push({ epoch: news.epoch, began: order });
        break;
      case 'policy-published':
      case 'former-journal-accepted':
      case undefined:
        break;
    }
  }

  /** The cards that they make or change, and those of them that are shown in place of the own ones. */
  async customers(db: TillDb, cards: ReadonlyMap<string, Card>) {
    const ids = [...new Set(this.#edits.map(({ customer }) => customer))];
    const [held, own] = await Promise.all([db.remoteCards.bulkGet(ids), db.customers.bulkGet(ids)]);
    const replaced = await this.#replacedTills(db);
    const deviceOf = (till: string): string => {
      let [last, steps] = [till, replaced.size];
      for (let next = replaced.get(last); next !== undefined && steps > 0; steps -= 1) {
        last = next;
        next = replaced.get(last);
      }
      return last;
    };
    const states = new Map(held.flatMap((row) => (row === undefined ? [] : [[row.customer, row]])));
    for (const edit of this.#edits.toSorted((a, b) => a.order - b.order)) {
      const card = edit.isOwn ? null : (cards.get(edit.recordHash) ?? null);
      states.set(edit.customer, afterEdit(states.get(edit.customer), edit, card, deviceOf));
    }
    const shown: CustomerRow[] = [];
    const hidden: string[] = [];
    for (const [place, id] of ids.entries()) {
      const state = states.get(id);
      const row = state === undefined ? null : await shownCard(own[place], state);
      if (row === null) hidden.push(id);
      else shown.push(row);
    }
    const rows = [...states.values()].map((row) => recorded(remoteCardRow, row));
    return { states: rows, shown, hidden };
  }

  /** Till ids that were replaced, with the next id of the same device. */
  async #replacedTills(db: TillDb): Promise<ReadonlyMap<string, string>> {
    const rows = [...(await db.remoteTills.toArray()), ...this.tills.values()];
    return new Map(
      rows.flatMap(({ till, replacedBy }) => (replacedBy === null ? [] : [[till, replacedBy]])),
    );
  }

  /** The rows that all of them leave on top of those stored before. */
  async changes(db: TillDb): Promise<ProjectedChange[]> {
    const joined = await db.remoteTills.toCollection().primaryKeys();
    const keys = keysOf([...joined, ...this.tills.keys()], this.#till);
    const wanted = this.#effects.map(({ entry }) => reads(entry));
    const [balances, disputes] = await Promise.all([
      db.remoteBalances.bulkGet(wanted.flatMap((each) => [...each.balances])),
      db.remoteDisputes.bulkGet(wanted.flatMap((each) => [...each.disputes])),
    ]);
    const fold = new Fold(
      beforeOf({
        balances: balances.filter((row) => row !== undefined),
        disputes: disputes.filter((row) => row !== undefined),
        stock: [],
      }),
    );
    await foldEffects(fold, this.#effects, keys);
    const orders = ordersOf(this.#effects);
    return fold
      .changes()
      .filter(({ table }) => Object.hasOwn(projectedInto(db), table))
      .map((change) =>
        change.table === 'accountEntries' && change.op !== 'delete'
          ? { ...change, rows: change.rows.map((row) => withOrder(row, orders)) }
          : change,
      );
  }
}

function write(db: TillDb, change: ProjectedChange): PromiseLike<unknown> {
  const table = projectedInto(db)[change.table as keyof ReturnType<typeof projectedInto>] as Table;
  return change.op === 'delete'
    ? table.bulkDelete([...change.keys])
    : table.bulkPut([...change.rows]);
}
