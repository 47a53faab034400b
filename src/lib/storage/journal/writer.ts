// The only writer: numbers, seals and appends journal entries, one act per transaction.
import type { JournalHead } from '$lib/contract/challenge';
import type { Act, BodyOf, Entry, EntryOf, KnownEntry } from '$lib/contract/journal';
import { DECIDED, sealEntry, type EntryDraft } from '$lib/proof/chain';
import type { Table } from 'dexie';
import { applyChanges, isSome, tablesOf, type Change } from '$lib/storage/schema/change';
import { readTogether, transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { noteStored } from './noted-head';
import { changesOf, NOT_SEEN, type Seen } from './projection';
import { metaIn, tillIn } from '$lib/storage/database/meta';
import { headIn } from './reader';
import type { Pending } from '$lib/storage/wal/journal-file';
import {
  appendAct,
  pendingAct,
  RecordsLost,
  settlePending,
  takeBackAct,
  undecided,
} from './append';
import { actBodies, recorded, type Till } from '$lib/storage/schema/records';
import { StorageError } from '$lib/storage/storage-error';

export type ActDraft<A extends Act> = {
  readonly act: A;
  readonly body: BodyOf<A>;
  /** The operator who is signed in; null: none. */
  readonly operator: string | null;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
  /** Policy version the act is made under; 0 before the first policy. */
  readonly policy: number;
};

export type Writer = {
  readonly till: Till;
  /** The journal's head when this writer acquired the lock. */
  readonly head: JournalHead;
  /** The relay's time as stored, ms: no entry is dated before it. */
  readonly notBefore: number;
  /**
   * Seals the act and stores it with its projected rows (`project`) and the `attached` changes, all or nothing. Call it once
   * per lock. Throws StorageError if it was not stored.
   */
  write<A extends Act>(
    draft: ActDraft<A>,
    attached?: readonly Change[],
    seen?: Seen,
  ): Promise<EntryOf<A>>;
};

/** The head moved between reading it and the transaction (a lock was lost): nothing was stored. */
class HeadMoved extends Error {}

const ATTEMPTS = 3;

type Start = {
  readonly till: Till;
  readonly head: JournalHead;
  readonly notBefore: number;
  readonly known: Entry['seen'];
  readonly knownGoods: Entry['seen'];
};

/** Acts on goods. The till may know the shop's goods further along the order than the rest. */
const OF_GOODS: readonly Act[] = ['products-changed', 'categories-changed'];

/**
 * `notBefore`: the relay's time as stored, ms; the till may have signed a statement that later entries are not older. `known`:
 * how far the till has downloaded the shop's order; `knownGoods`: up to where it knows the goods it shows.
 */
function writerAt(db: TillDb, { till, head, notBefore, known, knownGoods }: Start): Writer {
  return {
    till,
    head,
    notBefore,
    async write<A extends Act>(
      draft: ActDraft<A>,
      attached: readonly Change[] = [],
      seen: Seen = NOT_SEEN,
    ) {
      const { act, operator, policy } = draft;
      const at = Math.max(draft.at, notBefore);
      const body = recorded<object>(actBodies[act], draft.body) as Entry['body'];
      const place = OF_GOODS.includes(act) ? knownGoods : known;
      const meant = { till: till.id, at, operator, policy, seen: place, act, body };
      const next =
        pendingAct(db, head, meant) ?? (await prepared(db, head, meant, { attached, seen }));
      const { entry } = next;
      // write the file first: the browser can report a transaction as complete and still lose it with the whole database
      const away = await appended(db, head, next);
      const changes = [...next.projected, ...next.attached, ...away].filter(isSome);
      try {
        await transact(db, [db.journal, ...tablesOf(db, changes)], async () => {
          const before = head.seq === 0 ? null : db.journal.get([till.id, head.seq]);
          const [stored] = await Promise.all([
            before,
            db.journal.add(entry),
            applyChanges(db, changes),
          ]);
          if (head.seq !== 0 && stored?.hash !== head.hash) throw new HeadMoved();
        });
        await db.file?.settle();
        if (away.length > 0) db.file?.ignored();
        noteStored(db.name, entry);
        return entry as EntryOf<A>;
      } catch (cause) {
        const stored = await afterFailure(db, head, entry, cause);
        await db.file?.settle();
        noteStored(db.name, entry);
        return stored as EntryOf<A>;
      }
    },
  };
}

/** Prepares everything before the transaction, so that an act costs one round trip to the disk. */
async function prepared(
  db: TillDb,
  head: JournalHead,
  meant: EntryDraft,
  { attached, seen }: { readonly attached: readonly Change[]; readonly seen: Seen },
): Promise<Pending> {
  const entry = await sealEntry(head, meant);
  return { entry, projected: await changesOf(db, entry as KnownEntry, seen), attached };
}

/** Throws StorageError: no later start books the act, unless the error is `undecided`. */
async function appended(db: TillDb, head: JournalHead, act: Pending): Promise<Change[]> {
  try {
    return await appendAct(db, act);
  } catch (cause) {
    await takeBackAct(db, head, act.entry);
    throw cause;
  }
}

/**
 * A commit reported as failed may still have stored everything, so the database is asked. Throws StorageError: the act was
 * taken back from the file, or is `undecided`.
 */
async function afterFailure(
  db: TillDb,
  head: JournalHead,
  entry: Entry,
  cause: unknown,
): Promise<Entry> {
  const now = await db.journal.get([entry.till, entry.seq]).catch(() => null);
  if (now === null) throw await undecided(db, entry, cause);
  if (now?.hash === entry.hash) return now;
  await takeBackAct(db, head, entry);
  if (now !== undefined && now !== null) throw new HeadMoved();
  if (cause instanceof HeadMoved) throw new StorageError('failed', cause);
  throw cause;
}

/** What an act reads first: `look` reads `tables`, meta and journal, and awaits Dexie only. */
export type Look<S> = { readonly tables: readonly Table[]; readonly look: () => PromiseLike<S> };

/**
 * Acquires the writer's lock and reads the disk once; then `work` decides and writes one act. `look` is issued together with
 * the writer's own reads, so that both see one consistent state in one round trip. Starts again if the head moved; records that
 * the browser lost are restored first.
 */
export async function asWriterSeeing<S, T>(
  db: TillDb,
  look: Look<S>,
  work: (writer: Writer, seen: S) => Promise<T>,
): Promise<T> {
  try {
    return await attempted(db, look, work);
  } catch (cause) {
    if (!(cause instanceof RecordsLost)) throw cause;
    await restoreRecords(db);
    return attempted(db, look, work);
  }
}

/** Restores the records of a till in use that the browser has lost. Throws StorageError: they are still lost. */
export async function restoreRecords(db: TillDb): Promise<void> {
  const { known, restore, file } = db;
  const mayRestore = file?.state === 'in-use' && file.till === known?.till.id;
  if (known === null || restore === null || !mayRestore) throw new RecordsLost(db);
  await restore(known);
  db.isLost = false;
}

function attempted<S, T>(
  db: TillDb,
  { tables, look }: Look<S>,
  work: (writer: Writer, seen: S) => Promise<T>,
): Promise<T> {
  return withWriterLock(db, async () => {
    for (let attempt = 1; ; attempt += 1) {
      const [till, head, clock, cursor, kept, seen] = await readTogether(
        db,
        [db.meta, db.journal, ...tables],
        () =>
          Promise.all([
            tillIn(db),
            headIn(db),
            metaIn(db, 'clock'),
            metaIn(db, 'remote-cursor'),
            metaIn(db, 'kept-goods'),
            look(),
          ]),
      ).catch((cause: unknown) => {
        // an earlier attempt is still undecided
        if (db.file?.undecided) throw new StorageError('undecided', cause);
        throw cause;
      });
      // a till has an identity before its first act, so a missing one means that the browser created the database again
      if (till === null) throw new RecordsLost(db);
      await settlePending(db, till.id, head);
      db.known = { till, head };
      try {
        const known = cursor === null ? DECIDED.seen : { epoch: cursor.epoch, order: cursor.order };
        const knownGoods = kept?.seen ?? known;
        const start = { till, head, notBefore: clock?.contactAt ?? 0, known, knownGoods };
        return await work(writerAt(db, start), seen);
      } catch (cause) {
        if (!(cause instanceof HeadMoved)) throw cause;
        if (attempt === ATTEMPTS) throw new StorageError('failed', cause);
      }
    }
  });
}

/** Like `asWriterSeeing`, without reading anything beforehand. */
export function asWriter<T>(db: TillDb, work: (writer: Writer) => Promise<T>): Promise<T> {
  return asWriterSeeing(db, { tables: [], look: () => Promise.resolve() }, work);
}

/**
 * Abandons the act that could not be stored, so that no later start books it. Returns `stored` if it was stored after all.
 * Throws StorageError `undecided`.
 */
export function giveUpPending(db: TillDb): Promise<'given-up' | 'stored'> {
  return withWriterLock(db, async () => {
    const { file } = db;
    const act = file?.pending?.entry ?? file?.undecided ?? null;
    if (file === null || (act === null && !file.mayHoldUnsaved)) return 'given-up';
    const head = await headIn(db).catch(async (cause: unknown) => {
      throw await undecided(db, act, cause);
    });
    if (act?.hash === head.hash) {
      await file.settle();
      return 'stored';
    }
    await takeBackAct(db, head, act);
    return 'given-up';
  });
}

/** Writes one act whose body is known beforehand. */
export function writeAct<A extends Act>(
  db: TillDb,
  draft: ActDraft<A>,
  attached: readonly Change[] = [],
): Promise<EntryOf<A>> {
  return asWriter(db, (writer) => writer.write(draft, attached));
}
