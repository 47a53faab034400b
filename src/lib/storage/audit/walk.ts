// Walks a journal once: checks chain, proofs and rows, and collects the expected sums and cards.
import type { Confirmation, Entry, EntryOf, KnownEntry } from '$lib/contract/journal';
import { project } from '$lib/domain/projection';
import { addedTables, type ProjectedChange } from '$lib/domain/rows';
import { followChain, GENESIS, type ChainHead } from '$lib/proof/chain';
import { snapshot, type TillDb } from '$lib/storage/database/db';
import { actBodies, entry as entrySchema } from '$lib/storage/schema/records';
import { placeOf, type Finding, type Place, type ProofFault } from './finding';
import type { NumbersTaken } from '$lib/storage/schema/relay-record';
import { chainIn } from '$lib/storage/journal/reader';
import { knownEntry } from '$lib/storage/journal/projection';
import type { CardMark } from './final-checks';
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
  signatures = 0;
  head: ChainHead = GENESIS;
  broken = false;
  /** Key of the last entry walked. */
  last = -Infinity;
  /** The till id whose journal is walked. */
  #till = '';
  /** Newest policy version of any act so far, and the first act made under it. */
  newest: { version: number; place: Place } | null = null;
  #number = 0;
  /** Ids of codes used so far: each may confirm one act only. */
  readonly #codes = new Set<string>();
  /** Ranges of receipt numbers that were skipped because another copy of the till may have used them. */
  readonly #taken: NumbersTaken;
  readonly rows = new ExpectedRows();
  readonly cards = new Map<string, CardMark>();

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
    this.newest = null;
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
    const faults = await snapshot(
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
    this.rows.take(entry, changes);
    for (const card of cardsOf(entry)) this.cards.set(card.customer, card);
    const place = placeOf(entry);
    for (const { proof, confirmation } of judged) {
      const code = codeOf(confirmation);
      if (code === null) continue;
      this.signatures += 1;
      const twice = this.#codes.has(code);
      this.#codes.add(code);
      const because = faultOf(proof.kind) ?? (twice ? 'used-twice' : null);
      if (because !== null) this.find({ kind: 'proof', place, because });
    }
    const { policy: version } = entry;
    // the policy version must never decrease
    if (this.newest !== null && version < this.newest.version) {
      this.find({ kind: 'policy', place, version, because: 'older-than-before' });
    } else if (version !== this.newest?.version) this.newest = { version, place };
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
      // an invariant of the projection: no till can have saved this
      this.find({ kind: 'unprojectable', place: placeOf(entry) });
      return [];
    }
  }

  #takeNumber(entry: EntryOf<'sale'>): void {
    const { number } = entry.body;
    if (number !== this.#number + 1 && !this.broken && !this.#isLeftOut(entry.till, number)) {
      this.find({ kind: 'receipt-number', place: placeOf(entry), number });
    }
    this.#number = number;
  }
}

/** Id of the code that was used; null if none was. */
function codeOf(confirmation: Confirmation): string | null {
  if (confirmation.kind === 'code') return confirmation.challenge;
  return confirmation.kind === 'reserve-code' ? confirmation.verifier : null;
}

const FAULTS: readonly ProofFault[] = ['wrong-signature', 'other-act', 'wrong-reserve-code'];

function faultOf(kind: string): ProofFault | null {
  return FAULTS.find((fault) => fault === kind) ?? null;
}

function cardsOf(entry: Entry): readonly CardMark[] {
  if (entry.act === 'customer-saved') {
    const body = actBodies['customer-saved'].safeParse(entry.body).data;
    return body === undefined ? [] : [body];
  }
  if (entry.act !== 'customers-imported') return [];
  return actBodies['customers-imported'].safeParse(entry.body).data?.customers ?? [];
}
