// The shop's order as downloaded from the relay: what the other tills wrote, and the rows projected from it.
// Only a copy: what is lost or damaged here is dropped and downloaded again.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { Cursor, OrderedEntry } from '$lib/contract/shop-journal';
import { Fold } from '$lib/domain/fold';
import { reads } from '$lib/domain/projection';
import {
  beforeOf,
  type AccountRow,
  type ProjectedChange,
  type ProjectedTable,
} from '$lib/domain/rows';
import { START_OF_LOG } from '$lib/proof/shop-log';
import { snapshot, transact, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import { isEnrolled, lineageIn, tillIn } from '$lib/storage/database/till-record';
import { knownEntry, withProofs } from '$lib/storage/journal/projection';
import { withWriterLock } from '$lib/storage/journal/writer';
import {
  actBodies,
  entry as entrySchema,
  recorded,
  type EnrolledTill,
} from '$lib/storage/schema/records';
import {
  relayActBodies,
  remoteEntryRow,
  remoteTillRow,
  type RemoteCursor,
  type RemoteEntryRow,
  type RemoteTillRow,
} from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';

/** Where a till begins that has downloaded nothing. */
export const START_OF_ORDER: Cursor = { ...START_OF_LOG, epoch: 0 };

/** How far the order was downloaded; null: not at all. Awaits Dexie only. */
export function remoteCursorIn(db: TillDb): Promise<RemoteCursor | null> {
  return metaIn(db, 'remote-cursor');
}

/** Consecutive entries of the order, verified: those after `from`, up to `to`. */
export type Downloaded = {
  readonly from: Cursor;
  readonly entries: readonly OrderedEntry[];
  readonly to: RemoteCursor;
};

/**
 * `moved`: the copy does not end at `from`: another tab was faster, or it was dropped. `fork`: the relay holds other entries of
 * this till than its own journal.
 */
export type Applied = 'applied' | 'moved' | 'fork';

/** Stores these entries and what they leave, all or nothing. The caller has verified them. Throws StorageError. */
export function applyDownloaded(db: TillDb, { from, entries, to }: Downloaded): Promise<Applied> {
  return withWriterLock(db, async () => {
    const [till, cursor] = await snapshot(db, [db.meta], () =>
      Promise.all([tillIn(db), remoteCursorIn(db)]),
    );
    if (!isEnrolled(till) || !isSamePoint(cursor ?? START_OF_ORDER, from)) return 'moved';
    const own = await OwnEntries.of(db, entries);
    if (entries.some((each) => 'own' in each && !own.has(till.id, each.own))) return 'fork';
    const step = new Step(till, own);
    for (const each of entries) await step.take(db, each);
    const changes = await step.changes(db);
    await transact(db, [...remoteTables(db), db.meta], () =>
      Promise.all([
        db.remoteJournal.bulkPut(step.rows),
        db.remoteTills.bulkPut([...step.tills.values()]),
        ...changes.map((change) => write(db, change)),
        putMetaIn(db, 'remote-cursor', to),
      ]),
    );
    return 'applied';
  });
}

/** The entry of another till with this hash, also one that was carried over; null: it is not here. */
export async function remoteEntryIn(db: TillDb, hash: string): Promise<Entry | null> {
  const rows = await db.remoteJournal.where('original').equals(hash).toArray();
  const found =
    rows.find(({ entry, effect }) => entry !== null && effect === 'projected') ?? rows[0];
  return found?.entry ? originalOf(found.entry) : null;
}

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

type Place = { readonly seq: number; readonly hash: string };

/** Which of some entries this device has in its own journal, under all its till ids. */
class OwnEntries {
  readonly #hashes: ReadonlySet<string>;

  private constructor(hashes: ReadonlySet<string>) {
    this.#hashes = hashes;
  }

  static async of(db: TillDb, entries: readonly OrderedEntry[]): Promise<OwnEntries> {
    return snapshot(db, [db.meta, db.journal], async () => {
      const [current = '', ...former] = await lineageIn(db);
      const names = new Set([current, ...former]);
      const places = entries.flatMap((each): [string, number][] => {
        if ('own' in each) return [[current, each.own.seq]];
        const { till, seq } = originalOf(each.entry) ?? each.entry;
        return names.has(till) ? [[till, seq]] : [];
      });
      const held = await db.journal.bulkGet(places);
      return new OwnEntries(
        new Set(held.flatMap((entry) => (entry ? [nameOf(entry.till, entry)] : []))),
      );
    });
  }

  has(till: string, place: Place): boolean {
    return this.#hashes.has(nameOf(till, place));
  }
}

const nameOf = (till: string, { seq, hash }: Place): string => `${till} ${seq} ${hash}`;

/** What a downloaded entry says: of one that carries another over, the other; null: this version cannot read it. */
function originalOf(wire: object): Entry | null {
  const entry = entrySchema.safeParse(wire).data ?? null;
  if (entry?.act !== 'carried-over') return entry;
  return actBodies['carried-over'].safeParse(entry.body).data?.entry ?? null;
}

/** An entry to project. `order`: the place from which on it counts. */
type Effect = { readonly entry: KnownEntry; readonly order: number };

/** Collects what consecutive entries of the order leave. */
class Step {
  readonly rows: RemoteEntryRow[] = [];
  readonly tills = new Map<string, RemoteTillRow>();
  readonly #till: EnrolledTill;
  readonly #own: OwnEntries;
  readonly #effects: Effect[] = [];
  /** Entries stored before that count from now on. */
  readonly #waited: RemoteEntryRow[] = [];

  constructor(till: EnrolledTill, own: OwnEntries) {
    this.#till = till;
    this.#own = own;
  }

  async take(db: TillDb, ordered: OrderedEntry): Promise<void> {
    const { order, receivedAt, verdict } = ordered;
    const common = { order, receivedAt, verdict };
    if ('own' in ordered) {
      const { seq, hash } = ordered.own;
      const mark = { ...common, till: this.#till.id, seq, hash, original: hash };
      this.rows.push({ ...mark, entry: null, effect: 'none' });
      return;
    }
    const { till, seq, hash } = ordered.entry;
    const original = verdict === 'not-kept' ? null : originalOf(ordered.entry);
    const kept = {
      ...common,
      till,
      seq,
      hash,
      original: original?.hash ?? hash,
      entry: ordered.entry,
    };
    if (verdict === 'not-kept') {
      this.rows.push({ ...kept, entry: null, effect: 'none' });
      return;
    }
    if (till === this.#till.shop) await this.#takeRelayAct(db, ordered.entry, order);
    if (original !== null && this.#own.has(original.till, original)) {
      this.rows.push({ ...kept, entry: null, effect: 'none' });
      return;
    }
    const counts = original !== null && verdict === 'accepted';
    if (counts) this.#project(original, { order, receivedAt });
    const effect = verdict === 'waiting' ? 'waiting' : counts ? 'projected' : 'none';
    this.rows.push(recorded(remoteEntryRow, { ...kept, effect }));
  }

  #project(
    original: Entry,
    { order, receivedAt }: Pick<RemoteEntryRow, 'order' | 'receivedAt'>,
  ): void {
    // dated ahead it would count in windows that have not begun
    const entry = knownEntry({ ...original, at: Math.min(original.at, receivedAt) });
    if (entry !== null) this.#effects.push({ entry, order });
  }

  async #takeRelayAct(
    db: TillDb,
    { act, body, at }: Record<string, unknown>,
    order: number,
  ): Promise<void> {
    if (!isRelayAct(act)) return;
    const said = relayActBodies[act].safeParse(body);
    if (!said.success) return;
    const change = async (till: string, parts: Partial<RemoteTillRow>): Promise<void> => {
      const held = this.tills.get(till) ?? (await db.remoteTills.get(till));
      if (held) this.tills.set(till, { ...held, ...parts });
    };
    const told = { act, ...said.data } as RelayNews;
    switch (told.act) {
      case 'till-joined': {
        const { till, number, name } = told;
        const joined = { till, number, name, replacedBy: null, revokedAt: null };
        this.tills.set(till, recorded(remoteTillRow, joined));
        break;
      }
      case 'till-renamed':
        await change(told.till, { name: told.name });
        break;
      case 'till-replaced':
        await change(told.till, { replacedBy: told.by });
        break;
      case 'till-revoked':
        await change(told.till, { revokedAt: at as number });
        break;
      case 'former-journal-accepted':
        await this.#countWaiting(db, told, order);
        break;
      case 'epoch-began':
      case 'policy-published':
        break;
    }
  }

  /** What waited of a former name of a till counts from here on. */
  async #countWaiting(
    db: TillDb,
    { till, former }: { readonly till: string; readonly former: string },
    order: number,
  ): Promise<void> {
    const before = await db.remoteJournal
      .where('[till+effect]')
      .equals([till, 'waiting'])
      .sortBy('order');
    const here = this.rows.filter((row) => row.till === till && row.effect === 'waiting');
    for (const row of [...before, ...here]) {
      const original = row.entry === null ? null : originalOf(row.entry);
      if (original?.till !== former) continue;
      this.#project(original, { order, receivedAt: row.receivedAt });
      this.#waited.push({ ...row, effect: 'projected' });
    }
  }

  /** The rows that all of them leave on top of those stored before. */
  async changes(db: TillDb): Promise<ProjectedChange[]> {
    const counted = new Map(this.#waited.map((row) => [row.order, row]));
    for (const [place, row] of this.rows.entries()) {
      this.rows[place] = counted.get(row.order) ?? row;
      counted.delete(row.order);
    }
    this.rows.push(...counted.values());
    const joined = await db.remoteTills.toCollection().primaryKeys();
    const { relayKey } = this.#till;
    const keys = new Map([...joined, ...this.tills.keys()].map((till) => [till, relayKey]));
    const orders = new Map(this.#effects.map(({ entry, order }) => [entry.hash, order]));
    const entries = this.#effects.map(({ entry }) => entry);
    const wanted = entries.map(reads);
    const balances = wanted.flatMap((each) => each.balances);
    const disputes = wanted.flatMap((each) => each.disputes);
    const into = projectedInto(db);
    const [heldBalances, heldDisputes] = await Promise.all([
      into.balances.bulkGet([...balances]),
      into.disputes.bulkGet([...disputes]),
    ]);
    const fold = new Fold(
      beforeOf({
        balances: heldBalances.filter((row) => row !== undefined),
        disputes: heldDisputes.filter((row) => row !== undefined),
        stock: [],
      }),
    );
    for (const { entry, real } of await withProofs(entries, keys)) {
      try {
        fold.take(entry, real);
      } catch {
        // an invariant of the projection: the relay keeps such an entry beside, too
      }
    }
    return fold
      .changes()
      .filter(({ table }) => Object.hasOwn(into, table))
      .map((change) =>
        change.table === 'accountEntries' && change.op !== 'delete'
          ? { ...change, rows: change.rows.map((row) => withOrder(row, orders)) }
          : change,
      );
  }
}

type RelayNews = {
  [A in keyof typeof relayActBodies]: { act: A } & NonNullable<
    ReturnType<(typeof relayActBodies)[A]['safeParse']>['data']
  >;
}[keyof typeof relayActBodies];

const isRelayAct = (act: unknown): act is keyof typeof relayActBodies =>
  typeof act === 'string' && Object.hasOwn(relayActBodies, act);

const withOrder = (row: AccountRow, orders: ReadonlyMap<string, number>) => ({
  ...row,
  order: orders.get(row.hash) ?? 0,
});

function write(db: TillDb, change: ProjectedChange): PromiseLike<unknown> {
  const table = projectedInto(db)[change.table as keyof ReturnType<typeof projectedInto>] as Table;
  return change.op === 'delete'
    ? table.bulkDelete([...change.keys])
    : table.bulkPut([...change.rows]);
}
