// Rebuilds a lost database from the journal files; an interrupted rebuild starts over.
import { putMetaIn, formerTillsIn, tillIn } from '$lib/storage/database/meta';
import type { PublicKey } from '$lib/contract/values';
import { SKIPPED } from '$lib/domain/acts/device/numbers-skipped';
import { projectedTables } from '$lib/domain/rows';
import { makeTillKey } from '$lib/proof/keys';
import { GENESIS } from '$lib/proof/chain';
import { applyChanges, isSome, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { foldedChanges } from '$lib/storage/journal/projection';
import { hashesAt, headIn, headOfTill } from '$lib/storage/journal/reader';
import { notedHead } from '$lib/storage/journal/noted-head';
import { leaveNumbersIn } from '$lib/storage/journal/receipt-numbers';
import {
  formerTill,
  recorded,
  till as tillSchema,
  type FormerTill,
  type Till,
} from '$lib/storage/schema/records';
import { StorageError } from '$lib/storage/storage-error';
import { askAbout, undecidedActIn, type DecideAct } from './undecided-act';
import { keepNews, keepNewsIn } from './start-news';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { ActLine, HeadLine, SettledLine, TillWithoutKeys } from '$lib/storage/wal/line';
import { LineChain, type SetAside } from '$lib/storage/wal/line-chain';
import { policyChanges } from '$lib/storage/policy/policies';
import { again, doubtfulNews, signedPolicies, type PolicyLine } from './replay';
import { sealLoss, skipEntries, type Loss } from './set-aside';
import type { StartNews } from '$lib/storage/schema/start-news';

/** The till's current file and the files of its former ids, as far as each names the one before it; newest first. */
type Lineage = {
  readonly heads: readonly HeadLine[];
  /** Total size of these files in bytes. */
  readonly size: number;
  /** The till id of a file without a readable head line; null: none. */
  readonly unreadable: string | null;
};

/** A till in use. `end`: the hash of its last act in both copies; null: unknown. */
export type Alive = { readonly till: Till; readonly end: string | null };

export type Kept = {
  /** Till ids with a file here: the current one and former ones. */
  readonly kept: readonly string[];
  /** Whether an earlier start was interrupted while rebuilding the database. */
  readonly begun: boolean;
  /** ms */
  readonly at: number;
  readonly decide: DecideAct;
  /**
   * Set if the page was selling when the database was lost, so that it still has the till's key; null: the page has just
   * started.
   */
  readonly alive: Alive | null;
};

export type Recovered = {
  /** Messages to show. */
  readonly news: StartNews[];
  /** The current file has lines that were set aside. */
  readonly isDamaged: boolean;
  /** The till's key is lost, and acts may be lost as well. The database then knows of skipped numbers that the file lacks. */
  readonly isLost: boolean;
};

/** Rebuilds the database from the files of this till and its former ids. Throws StorageError: the next start begins again. */
export async function recover(
  db: TillDb,
  file: JournalFile,
  { kept: names, begun, at, decide, alive }: Kept,
): Promise<Recovered> {
  const [before, sales] = await Promise.all([tillIn(db), db.sales.count()]);
  const { heads, size, unreadable } = await lineageAmong(file, names);
  const kept = heads[0]?.till.id ?? unreadable;
  const [newest, ...former] = heads;
  if (newest === undefined) {
    if (begun) await forget(db);
    if (unreadable === null) return { news: [], isDamaged: false, isLost: false };
    const news: StartNews[] = [{ kind: 'unreadable' }];
    // the current till begins a new file; the unreadable one is renamed and kept
    if (before?.id === kept && (await file.open(kept))) {
      await keepNews(db, news);
      await file.begin(`${kept}.aside-${at}`);
    }
    return { news, isDamaged: false, isLost: false };
  }
  await askInFile(file, newest.till, decide);
  const tills = former.flatMap(formerOf);
  const projected = projectedTables.map((name) => db.table(name));
  // clear rows of an interrupted rebuild: everything is projected from the first entry on, so they would count twice
  await transact(db, [db.meta, ...projected], () =>
    Promise.all([
      putMetaIn(db, 'rebuilding', { till: newest.till.id }),
      ...projected.map((table) => table.clear()),
    ]),
  );
  const rebuild = new Rebuild(db, newest.till, size);
  for (const { till } of heads) rebuild.know(till);
  // oldest first, because running totals of a later till id continue those of the former one
  for (const { till, upTo } of heads.toReversed()) {
    await openAgain(file, till.id);
    await rebuild.take(file, { till: till.id, seq: upTo });
  }
  const { entries, policy, aside } = rebuild;
  const unread = rebuild.unread + (unreadable === null ? 0 : 1);
  // the very first entry was interrupted: the key is still here, and nothing was lost
  const isOwn = before?.id === kept && entries <= 1 && sales === 0;
  const till = await identityOf(newest, isOwn ? before : null);
  if (isOwn) {
    await finish(db, { till, tills, policy, unread, lost: null });
    await skipEntries(db, till.id, aside, at);
    return { news: [], isDamaged: aside.lines > 0, isLost: false };
  }
  const end = await headOfTill(db, newest.till.id);
  if (alive !== null && unread === 0 && alive.end === end.hash) {
    await finish(db, { till: alive.till, tills, policy, unread, lost: null });
    const news = await keepNews(db, [
      { kind: 'repaired', rows: entries },
      ...doubtfulNews(rebuild.unwritten),
    ]);
    return { news, isDamaged: false, isLost: false };
  }
  const torn = file.isCut ? 1 : 0;
  const missing = Math.max(0, notedHead(db.name, till.id).seq - end.seq);
  // a file cut off exactly at the end of a line looks complete, so receipt numbers are skipped in any case
  const lines = Math.max(unread, missing > SKIPPED ? missing : 0);
  const loss = await sealLoss(db, till.id, { lines, end: aside.end }, at);
  const { skipped } = loss;
  const news: StartNews[] = [
    { kind: 'rebuilt', entries, unread: unread + torn, missing, skipped },
    ...doubtfulNews(rebuild.unwritten),
  ];
  await finish(db, { till, tills, policy, unread, lost: { at, loss, news } });
  // nobody has looked at the unfinished line yet
  return { news, isDamaged: aside.lines > 0 || file.isCut, isLost: true };
}

/** Asks about the last act of this file if the screen had said that it may or may not be saved. */
async function askInFile(
  file: JournalFile,
  till: TillWithoutKeys,
  decide: DecideAct,
): Promise<void> {
  await openAgain(file, till.id);
  const { lines } = await file.tail((lines) => lines.some(({ kind }) => kind === 'act'));
  const act = undecidedActIn(lines);
  if (act !== null) await askAbout(file, act, till, decide);
}

async function openAgain(file: JournalFile, till: string): Promise<void> {
  if (!(await file.open(till))) throw new StorageError('journal-unreadable');
}

/**
 * The lineage whose newest file is not named by another readable file as its former id; if there are several, the first in the
 * order of `names`. If no file can be read, `unreadable` names the first of them.
 */
async function lineageAmong(file: JournalFile, names: readonly string[]): Promise<Lineage> {
  const lineages: Lineage[] = [];
  for (const name of names) lineages.push(await lineageOf(file, name));
  const former = new Set(lineages.flatMap(({ heads }) => heads.map((head) => head.former)));
  const isPresent = ({ heads: [newest] }: Lineage) =>
    newest !== undefined && !former.has(newest.till.id);
  return (
    lineages.find(isPresent) ??
    lineages.find(({ unreadable }) => unreadable !== null) ?? {
      heads: [],
      size: 0,
      unreadable: null,
    }
  );
}

/** The head lines of the current till id and its former ones, newest first. */
async function lineageOf(file: JournalFile, newest: string): Promise<Lineage> {
  const heads: HeadLine[] = [];
  let size = 0;
  for (let name: string | null = newest; name !== null;) {
    if (heads.some(({ till }) => till.id === name)) break;
    const isOpen = await file.open(name);
    // a file that cannot be opened now must not be treated as missing
    if (!isOpen && file.state === 'away') throw new StorageError('journal-unreadable');
    if (!isOpen) break;
    if (file.size === 0 && file.isCut) return { heads, size, unreadable: name };
    if (file.size === 0) break;
    const head: HeadLine | null = await headOf(file, name);
    if (head?.till.id !== name) return { heads, size, unreadable: name };
    heads.push(head);
    size += file.size;
    name = head.former;
  }
  return { heads, size, unreadable: null };
}

/** The file's first line, or one of its repetitions if that is unreadable; null: it has none. */
async function headOf(file: JournalFile, till: string): Promise<HeadLine | null> {
  for await (const lines of file.whole()) {
    const head = lines.find((line) => line.kind === 'head' && line.till.id === till);
    if (head?.kind === 'head') return head;
  }
  return null;
}

/** Empties the database, so that a partial till is not mistaken for a complete one. The files stay. */
async function forget(db: TillDb): Promise<void> {
  await transact(db, db.tables, async () => {
    for (const table of db.tables) if (table.name !== 'meta') await table.clear();
    await db.meta.where('key').noneOf(['schema', 'preferences', 'clock']).delete();
  });
}

/** Writes files to the database: entries, their projected rows, and attached rows. */
class Rebuild {
  readonly #db: TillDb;
  readonly #till: TillWithoutKeys;
  /** Total size of all files in bytes. */
  readonly #size: number;
  readonly #keys = new Map<string, PublicKey>();
  /** The chain of each till id of this device; a later file may contain entries of former till ids as well. */
  readonly #chains = new Map<string, LineChain>();
  entries = 0;
  /** Lines that are unreadable or do not belong to a chain, plus entries missing at the end of a file. */
  unread = 0;
  /** Numbers of entries that could not be projected, or not with all of their rows. */
  unwritten: number[] = [];
  /** The newest policy that the relay signed. */
  policy: PolicyLine | null = null;

  /** `till`: the current identity. */
  constructor(db: TillDb, till: TillWithoutKeys, size: number) {
    this.#db = db;
    this.#till = till;
    this.#size = size;
  }

  /** Lines of the current till's chain that were set aside. */
  get aside(): SetAside {
    return this.#chainOf(this.#till.id).aside;
  }

  /** Registers a till id as this device's. Entries of other till ids do not count. */
  know({ id, relayKey }: Pick<TillWithoutKeys, 'id' | 'relayKey'>): void {
    if (relayKey !== null) this.#keys.set(id, relayKey);
  }

  /** Writes the open file in batches of one transaction. `end`: the entry that the file must reach. */
  async take(file: JournalFile, end: { readonly till: string; readonly seq: number }) {
    let others = 0;
    const before = this.#lines();
    for await (const lines of file.whole()) {
      const attached = lines.flatMap((line) => (line.kind === 'attached' ? line.changes : []));
      for (const former of attached.flatMap(formerTillsAmong)) this.know(former);
      const policies = lines.filter((line) => line.kind === 'policy');
      const signed = await signedPolicies(
        [...(this.policy ? [this.policy] : []), ...policies],
        this.#till,
      );
      this.policy = signed.newest;
      // a former till's file may have policies of another relay
      if (end.till === this.#till.id) others += signed.others;
      await this.#write(await this.#follow(lines, end.till), attached);
    }
    const { seq } = this.#chainOf(end.till).head;
    this.unread += others + Math.max(this.#lines() - before, end.seq - seq);
  }

  /** The acts of these lines that belong to a chain, in order. */
  async #follow(lines: readonly SettledLine[], till: string): Promise<ActLine[]> {
    const own = new Map<string, SettledLine[]>();
    const add = (whose: string, line: SettledLine) => {
      const lines = own.get(whose) ?? [];
      lines.push(line);
      own.set(whose, lines);
    };
    for (const line of lines) {
      if (line.kind === 'act') {
        const isOurs = this.#keys.has(line.entry.till);
        if (isOurs) add(line.entry.till, line);
        else add(till, FOREIGN);
      } else if (line.kind === 'unreadable') {
        const named = line.claim?.till ?? till;
        add(this.#keys.has(named) ? named : till, line);
      }
    }
    const kept = new Set<ActLine>();
    for (const [whose, part] of own) {
      for (const act of await this.#chainOf(whose).take(part)) kept.add(act);
    }
    return lines.filter((line) => line.kind === 'act').filter((act) => kept.has(act));
  }

  #chainOf(till: string): LineChain {
    const chain = this.#chains.get(till) ?? this.#newChain(till);
    this.#chains.set(till, chain);
    return chain;
  }

  #newChain(till: string): LineChain {
    return new LineChain({
      till,
      from: GENESIS,
      fileSize: this.#size,
      hashesAt: (seqs) => hashesAt(this.#db, till, seqs),
    });
  }

  /** Number of lines set aside so far. */
  #lines(): number {
    return [...this.#chains.values()].reduce((sum, { aside }) => sum + aside.lines, 0);
  }

  async #write(acts: readonly ActLine[], attached: readonly Change[]): Promise<void> {
    const rows = acts.map(({ entry }) => entry);
    const { changes: projected, unwritten } = await foldedChanges(this.#db, rows, this.#keys);
    const changes: Change[] = [
      { table: 'journal', op: 'put', rows },
      ...projected,
      ...again([...attached, ...acts.flatMap((act) => act.attached)]),
    ];
    const some = changes.filter(isSome);
    if (some.length > 0) {
      await transact(this.#db, tablesOf(this.#db, some), () => applyChanges(this.#db, some));
    }
    this.entries += acts.length;
    this.unwritten.push(...unwritten);
  }
}

/** Stands for an act of a till id that this device never had. */
const FOREIGN: SettledLine = { kind: 'unreadable', claim: null };

function formerTillsAmong(change: Change): readonly FormerTill[] {
  if (change.table !== 'meta' || change.op === 'delete') return [];
  return change.rows.flatMap((row) => (row.key === 'former-tills' ? row.value : []));
}

/** The identity of the till named by this head line, as a former one. */
function formerOf({ till }: HeadLine): FormerTill[] {
  const named = formerTill.safeParse({
    id: till.id,
    shop: till.shop,
    relayKey: till.relayKey,
    number: till.number,
  });
  return named.success ? [named.data] : [];
}

/** The private key was lost, unless `own` is this till. The relay accepts a new key only by re-enrolment. */
async function identityOf({ till }: HeadLine, own: Till | null): Promise<Till> {
  return recorded(tillSchema, { ...till, keys: own?.keys ?? (await makeTillKey()) });
}

type End = {
  readonly till: Till;
  /** Former identities, newest first. */
  readonly tills: readonly FormerTill[];
  readonly policy: PolicyLine | null;
  /** Number of unreadable lines, each of which may have been a sale. */
  readonly unread: number;
  /** Set if the till's key was lost: when (ms), which acts may be lost with it, and what to show. Null: the key is still here. */
  readonly lost: {
    readonly at: number;
    readonly loss: Loss;
    readonly news: readonly StartNews[];
  } | null;
};

/** Stores the identity in the last transaction, because the device counts as a till from then on. */
async function finish(db: TillDb, { till, tills, policy, unread, lost }: End): Promise<void> {
  const changes = policy === null ? [] : policyChanges(policy);
  await transact(db, [db.meta, db.policy, db.journal, db.sales], async () => {
    const named = new Set(tills.map(({ id }) => id));
    const others = (await formerTillsIn(db)).filter(({ id }) => !named.has(id));
    const value = [...tills, ...others];
    await Promise.all([
      applyChanges(db, changes),
      putMetaIn(db, 'till', till),
      value.length > 0 && putMetaIn(db, 'former-tills', value),
      lost && putMetaIn(db, 'quarantine', { because: 'database-lost', since: lost.at }),
      lost && keepNewsIn(db, lost.news),
      db.meta.delete('rebuilding'),
    ]);
    if (lost !== null) return lost.loss.storeIn();
    const { seq: shared } = await headIn(db);
    await leaveNumbersIn(db, till.id, { seq: shared + unread, shared });
  });
}
