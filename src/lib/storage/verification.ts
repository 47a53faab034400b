// The whole proof walked anew: the chain, its proofs, every row and every sum beside it. Reads only; believes nothing the disk says of itself.
import type { Confirmation, Entry } from '$lib/contract/journal';
import { followChain, GENESIS, type ChainHead } from '$lib/proof/chain';
import { keyId } from '$lib/proof/keys';
import { snapshot, type TillDb } from './db';
import { actBodies, entry as entrySchema, type EnrolledTill } from './records';
import type { Finding, Place, ProofFault } from './finding';
import { checkFile } from './journal-file/check-file';
import { atDisk } from './storage-error';
import { formerTillsIn } from './till-record';
import {
  brokenWatermark,
  differencesIn,
  strayRowsIn,
  wrongCards,
  type CardMark,
  type Difference,
} from './verification-end';
import {
  compareRows,
  rowTables,
  saleBodyOf,
  stepsOf,
  type Judged,
  type RowTable,
} from './verification-rows';

export type Verification = {
  readonly entries: number;
  readonly head: ChainHead;
  /** Proofs with a signature of the relay that were checked. */
  readonly signatures: number;
  readonly sums: number;
  /** As many as are worth showing, the broken entry first; `more` were found. */
  readonly findings: readonly Finding[];
  readonly more: number;
  readonly differences: readonly Difference[];
};

const BATCH = 100;
const MOST_FINDINGS = 100;

type Judge = (entry: Entry) => Promise<readonly Judged[]>;

class Walk {
  readonly #db: TillDb;
  readonly #judge: Judge;
  readonly findings: Finding[] = [];
  more = 0;
  entries = 0;
  signatures = 0;
  head: ChainHead = GENESIS;
  broken = false;
  /** Key of the last entry walked. */
  last = -Infinity;
  #till: string | null = null;
  /** A former name of this device, whose journal is walked; null: the one in use. */
  #former: string | null = null;
  /** Newest policy any act was made under, and the first such act. */
  newest: { version: number; place: Place } | null = null;
  #number = 0;
  /** Ids of codes that confirmed something: each may once. */
  readonly #codes = new Set<string>();
  readonly hashes = new Set<string>();
  readonly found = new Map<RowTable, number>(rowTables.map((table) => [table, 0]));
  readonly sums = new Map<string, Difference>();
  readonly cards = new Map<string, CardMark>();

  constructor(db: TillDb, judge: Judge) {
    this.#db = db;
    this.#judge = judge;
  }

  /** From here on the journal of a former name, or (null) the one in use. */
  begin(former: string | null): void {
    this.#former = former;
    this.#till = former;
    this.head = GENESIS;
    this.last = -Infinity;
    this.newest = null;
    this.#number = 0;
  }

  find(finding: Finding): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push(finding);
    else this.more += 1;
  }

  /** Takes the next entries; how many there were. */
  async next(): Promise<number> {
    const db = this.#db;
    const batch = await this.#read();
    if (batch.length === 0) return 0;
    this.last = (batch.at(-1) as Entry).seq;
    this.entries += batch.length;
    const readable = batch.flatMap((each) => entrySchema.safeParse(each).data ?? []);
    const [judged] = await Promise.all([
      Promise.all(readable.map(async (entry) => [entry, await this.#judge(entry)] as const)),
      this.#follow(batch),
    ]);
    for (const [entry, proofs] of judged) this.#take(entry, proofs);
    const faults = await snapshot(
      db,
      rowTables.map((table) => db.table(table)),
      () => compareRows(db, judged, this.found),
    );
    for (const { entry, table, because } of faults) {
      this.find({ kind: 'row', place: placeOf(entry), table, because });
    }
    return batch.length;
  }

  #read(): Promise<unknown[]> {
    const { journal, formerJournal } = this.#db;
    const former = this.#former;
    return atDisk(() =>
      former === null
        ? journal.where(':id').above(this.last).limit(BATCH).toArray()
        : formerJournal
            .where(':id')
            .between([former, this.last], [former, Infinity], false)
            .limit(BATCH)
            .toArray(),
    );
  }

  async #follow(batch: readonly unknown[]): Promise<void> {
    if (this.broken) return;
    const { seq } = this.head;
    const verdict = await followChain(this.head, this.#till, batch);
    if (verdict.kind === 'whole') {
      this.head = verdict.head;
      this.#till ??= (batch[0] as Entry).till;
      return;
    }
    this.broken = true;
    const { because } = verdict;
    const there = because === 'gap' ? null : batch[verdict.seq - seq - 1];
    this.find({ kind: 'broken', place: { ...placeOf(there), seq: verdict.seq }, because });
  }

  #take(entry: Entry, proofs: readonly Judged[]): void {
    this.hashes.add(entry.hash);
    for (const { customer, account, delta } of stepsOf(entry)) {
      const name = `${customer} ${account}`;
      const recomputed = (this.sums.get(name)?.recomputed ?? 0) + delta;
      this.sums.set(name, { customer, account, kept: 0, recomputed });
    }
    for (const card of cardsOf(entry)) this.cards.set(card.customer, card);
    const place = placeOf(entry);
    for (const { proof, confirmation } of proofs) {
      const code = codeOf(confirmation);
      if (code === null) continue;
      this.signatures += 1;
      const twice = this.#codes.has(code);
      this.#codes.add(code);
      const because = faultOf(proof.kind) ?? (twice ? 'used-twice' : null);
      if (because !== null) this.find({ kind: 'proof', place, because });
    }
    const { policy: version } = entry;
    // a policy is followed forward only
    if (this.newest !== null && version < this.newest.version) {
      this.find({ kind: 'policy', place, version, because: 'older-than-before' });
    } else if (version !== this.newest?.version) this.newest = { version, place };
    const sale = saleBodyOf(entry);
    if (sale === null) return;
    const { number } = sale;
    if (number !== this.#number + 1 && !this.broken) {
      this.find({ kind: 'receipt-number', place, number });
    }
    this.#number = number;
  }
}

/** Id of the code that was used up; null where none was. */
function codeOf(confirmation: Confirmation): string | null {
  if (confirmation.kind === 'code') return confirmation.challenge;
  return confirmation.kind === 'reserve-code' ? confirmation.verifier : null;
}

const FAULTS: readonly ProofFault[] = ['wrong-signature', 'other-act', 'wrong-reserve-code'];

function faultOf(kind: string): ProofFault | null {
  return FAULTS.find((fault) => fault === kind) ?? null;
}

function placeOf(entry: unknown): Place {
  const { seq, act, at } = (entry ?? {}) as { readonly [name: string]: unknown };
  return {
    seq: typeof seq === 'number' ? seq : 0,
    act: typeof act === 'string' ? act : null,
    at: typeof at === 'number' ? at : null,
  };
}

function cardsOf(entry: Entry): readonly CardMark[] {
  if (entry.act === 'customer-saved') {
    const body = actBodies['customer-saved'].safeParse(entry.body).data;
    return body === undefined ? [] : [body];
  }
  if (entry.act !== 'customers-imported') return [];
  return actBodies['customers-imported'].safeParse(entry.body).data?.customers ?? [];
}

/** Whether the first entry enrols this very till with the relay it has pinned. */
async function isOurs(db: TillDb, till: EnrolledTill): Promise<boolean> {
  const first = await atDisk(() => db.journal.get(1));
  const { shop, relayKey } = first?.body ?? {};
  return (
    first?.act === 'till-enrolled' &&
    first.till === till.id &&
    shop === till.shop &&
    relayKey === (await keyId(till.relayKey))
  );
}

/** Where the journal before this one stood, as this one's first entry says; `next`: a former name, null for the one in use. */
async function endOfFormer(db: TillDb, next: string | null): Promise<ChainHead | null> {
  const first = await atDisk(() =>
    next === null ? db.journal.get(1) : db.formerJournal.get([next, 1]),
  );
  const body = actBodies['till-enrolled'].safeParse(first?.body).data;
  return body?.former ?? null;
}

/** Everything beside the journal, as of one moment; null where the till has sold since the walk. Awaits Dexie only. */
async function endIn(db: TillDb, walk: Walk) {
  const [last, held] = await Promise.all([
    db.journal.orderBy(':id').lastKey(),
    db.meta.get('newest-policy'),
  ]);
  if (Number(last) > walk.last) return null;
  return {
    held: held?.key === 'newest-policy' ? held.value.version : 0,
    stray: await strayRowsIn(db, walk.hashes, walk.found),
    cards: await db.customers.toArray(),
    differences: await differencesIn(db, walk.sums),
  };
}

async function conclude(walk: Walk, end: NonNullable<Awaited<ReturnType<typeof endIn>>>) {
  const { newest, head } = walk;
  if (newest !== null && newest.version > end.held) {
    walk.find({ kind: 'policy', ...newest, because: 'newer-than-held' });
  }
  const beyond = end.stray.filter(({ seq }) => seq > walk.last);
  if (beyond.length > 0) {
    const last = Math.max(...beyond.map(({ seq }) => seq));
    walk.find({ kind: 'cut-off', after: head.seq, last });
  }
  for (const each of end.stray) {
    if (!beyond.includes(each)) walk.find({ kind: 'stray-row', ...each });
  }
  for (const customer of await wrongCards(end.cards, walk.cards)) {
    walk.find({ kind: 'card', customer });
  }
}

/** The second copy, which a lost database would come back from. */
async function followFile(db: TillDb, walk: Walk, signal: AbortSignal): Promise<void> {
  const fault = await checkFile(db, walk.last, signal);
  if (fault === null) return;
  const { seq, because } = fault;
  const entry = await atDisk(() => db.journal.get(seq));
  walk.find({ kind: 'file', place: { ...placeOf(entry), seq }, because });
}

/**
 * Walks everything; null where it was stopped. It goes on in batches, so that the screen stays alive and the till may
 * sell meanwhile. `judge` says what an entry's confirmations prove. Throws StorageError where the disk cannot be read.
 */
export async function verify(
  db: TillDb,
  till: EnrolledTill,
  judge: Judge,
  { signal, onprogress }: { signal: AbortSignal; onprogress: (done: number, of: number) => void },
): Promise<Verification | null> {
  const walk = new Walk(db, judge);
  const [former, ...counts] = await atDisk(() =>
    Promise.all([formerTillsIn(db), db.journal.count(), db.formerJournal.count()]),
  );
  const of = counts[0] + counts[1];
  // the oldest first: sums and cards go on from one journal to the next
  for (const [place, { id }] of former.toReversed().entries()) {
    walk.begin(id);
    while ((await walk.next()) > 0) {
      onprogress(walk.entries, of);
      if (signal.aborted) return null;
    }
    const next = former.toReversed()[place + 1]?.id ?? null;
    const ended = await endOfFormer(db, next);
    if (ended !== null && ended.seq > walk.head.seq && !walk.broken) {
      walk.find({ kind: 'cut-off', after: walk.head.seq, last: ended.seq });
    } else if (ended !== null && ended.hash !== walk.head.hash && !walk.broken) {
      walk.find({ kind: 'broken', place: { ...placeOf(null), seq: ended.seq }, because: 'link' });
    }
  }
  walk.begin(null);
  if (!(await isOurs(db, till))) walk.find({ kind: 'not-ours' });
  for (;;) {
    while ((await walk.next()) > 0) {
      onprogress(walk.entries, of);
      if (signal.aborted) return null;
    }
    const end = await snapshot(db, db.tables, () => endIn(db, walk));
    if (end === null) continue;
    await conclude(walk, end);
    await followFile(db, walk, signal);
    const signed = await brokenWatermark(db, till);
    if (signed !== null) walk.find({ kind: 'watermark', seq: signed });
    if (signal.aborted) return null;
    const { entries, head, signatures, findings, more } = walk;
    const { differences } = end;
    return { entries, head, signatures, sums: walk.sums.size, findings, more, differences };
  }
}
