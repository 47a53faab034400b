// Walks a journal once: checks chain, proofs and rows, and collects the expected sums and cards.
import type { Entry, EntryOf, KnownEntry } from '$lib/contract/journal';
import { project } from '$lib/domain/acts';
import { addedTables, type ProjectedChange } from '$lib/domain/rows';
import { followChain, GENESIS, type ChainHead } from '$lib/proof/chain';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { entry as entrySchema } from '$lib/storage/schema/records';
import { EntryChecks, placeOf } from '$lib/storage/journal/entry-checks';
import type { Finding } from './finding';
import type { NumbersTaken } from '$lib/storage/schema/relay-record';
import { chainIn } from '$lib/storage/journal/reader';
import { knownEntry } from '$lib/proof/known-entry';
import { isMalformed } from '$lib/storage/journal/projection';
import { takeSeals, type CardSeal } from './card-seals';
import { ExpectedRows, type Projection } from './expected-rows';
import { realOf, type ProvenAct } from '$lib/storage/journal/proof-judge';

const BATCH = 100;
const MOST_FINDINGS = 100;

/** Verifies the confirmations of an entry. */
export type Judge = (entry: Entry) => Promise<readonly ProvenAct[]>;

export class Walk {
  readonly #db: TillDb;
  readonly #judge: Judge;
  readonly findings: Finding[] = [];
  more = 0;
  entries = 0;
  head: ChainHead = GENESIS;
  broken = false;
  /** Key of the last entry walked. */
  last = -Infinity;
  /** The till id whose journal is walked. */
  #till = '';
  /** Across all journals: the id of a code is used once, and the policy version of one till id never decreases. */
  readonly checks = new EntryChecks();
  #number = 0;
  /** Ranges of receipt numbers that were skipped because another copy of the till may have used them. */
  readonly #taken: NumbersTaken;
  readonly rows = new ExpectedRows();
  readonly cards = new Map<string, CardSeal>();

  constructor(db: TillDb, judge: Judge, taken: NumbersTaken) {
    this.#taken = taken;
    this.#db = db;
    this.#judge = judge;
  }

  /** Starts the journal of a till id. */
  begin(till: string): void {
    this.#till = till;
    this.head = GENESIS;
    this.last = -Infinity;
    this.checks.newest = null;
    this.#number = 0;
  }

  find(finding: Finding): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push(finding);
    else this.more += 1;
  }

  /** Walks the next batch; returns the number of entries. */
  async next(): Promise<number> {
    const db = this.#db;
    const batch: unknown[] = await chainIn(db, this.#till, this.last).limit(BATCH).toArray();
    if (batch.length === 0) return 0;
    this.last = (batch.at(-1) as Entry).seq;
    this.entries += batch.length;
    const readable = batch.flatMap((each) => entrySchema.safeParse(each).data ?? []);
    const [judged] = await Promise.all([
      Promise.all(readable.map((entry) => this.#judge(entry))),
      this.#follow(batch),
    ]);
    const walked = readable.map((entry, place) => this.#take(entry, judged[place] ?? []));
    const faults = await readTogether(
      db,
      addedTables.map((table) => db.table(table)),
      () => this.rows.compareAdded(db, walked),
    );
    for (const fault of faults) this.find(fault);
    return batch.length;
  }

  async #follow(batch: readonly unknown[]): Promise<void> {
    if (this.broken) return;
    const { seq } = this.head;
    const verdict = await followChain(this.head, this.#till, batch);
    if (verdict.kind === 'whole') {
      this.head = verdict.head;
      return;
    }
    this.broken = true;
    const { because } = verdict;
    const there = because === 'gap' ? null : batch[verdict.seq - seq - 1];
    this.find({ kind: 'broken', place: { ...placeOf(there), seq: verdict.seq }, because });
  }

  #isLeftOut(till: string, number: number): boolean {
    const before = (upTo: number) => number === upTo + 1 && upTo > this.#number;
    return this.#taken.some((each) => each.till === till && before(each.upTo));
  }

  #take(entry: Entry, judged: readonly ProvenAct[]): Projection {
    const known = knownEntry(entry);
    const changes = known === null ? [] : this.#project(known, judged);
    if (isMalformed(entry)) this.find({ kind: 'unprojectable', place: placeOf(entry) });
    this.rows.take(entry, changes);
    takeSeals(this.cards, entry);
    for (const fault of this.checks.take(entry, judged)) this.find(fault);
    if (known?.act === 'sale') this.#takeNumber(known);
    return { entry, changes };
  }

  #project(entry: KnownEntry, judged: readonly ProvenAct[]): ProjectedChange[] {
    try {
      return project(
        entry,
        this.rows.before,
        new Set(judged.flatMap((each) => realOf(each) ?? [])),
      );
    } catch {
      // `project` threw an invariant error, so no till can have saved this entry
      this.find({ kind: 'unprojectable', place: placeOf(entry) });
      return [];
    }
  }

  #takeNumber(entry: EntryOf<'sale'>): void {
    const { number } = entry.body;
    if (number !== this.#number + 1 && !this.broken && !this.#isLeftOut(entry.till, number)) {
      const { till } = entry;
      this.find({ kind: 'receipt-number', place: placeOf(entry), till, number });
    }
    this.#number = number;
  }
}
