// Searches the journal backwards in batches, to limit memory and show matches at once.
import type { Entry } from '$lib/contract/journal';
import { decimalText, money } from '$lib/domain/values/money';
import { otherLayout, wordsOf } from '$lib/domain/values/search-text';
import { till } from '$lib/state/till.svelte';
import type { TillDb } from '$lib/storage/database/db';
import { knownEntry } from '$lib/proof/known-entry';
import { entriesBackwards } from '$lib/storage/journal/reader';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { actWords, movedWords, operatorWords } from '../shared/words/act-words';
import {
  customerIn,
  movedRows,
  namesOf,
  NO_ROWS,
  pageOf,
  rowOf,
  together,
  WITHOUT_CODE,
  type BareRow,
  type JournalFilter,
  type JournalPage,
} from '../shared/entry/journal-rows';
import type { ProofJudge } from '$lib/storage/journal/proof-judge';

const PAGE = 50;

/** The search words, and the same keys in the other keyboard layout; null: no search. */
export type Query = readonly (readonly string[])[] | null;

/** Splits the input into words. `1 250,50` is one word, whatever separates the thousands. */
export function queryFrom(text: string): Query {
  const joined = text.replace(/(\d)[\s\u00a0\u202f](?=\d{3}(?:\D|$))/gu, '$1');
  const words = wordsOf(joined);
  if (words.length === 0) return null;
  const other = otherLayout(joined);
  return other === null ? [words] : [words, wordsOf(other)];
}

function matches(query: NonNullable<Query>, text: readonly string[]): boolean {
  const found = [...new Set(text.flatMap(wordsOf))];
  return query.some((words) => words.every((word) => found.some((each) => each.startsWith(word))));
}

type Asked = {
  readonly query: NonNullable<Query>;
  readonly filter: JournalFilter;
  readonly judge: ProofJudge;
};

export class JournalSearch {
  readonly #db: TillDb;
  #page = $state.raw<JournalPage>(NO_ROWS);
  #searched = $state(0);
  #of = $state(0);
  #state = $state<'searching' | 'paused' | 'done'>('done');
  #failed = $state<StorageErrorKind | null>(null);
  #asked: Asked | null = null;
  /** The remaining batches, continued by `more`. */
  #rest: AsyncGenerator<readonly Entry[]> | null = null;
  #run = 0;
  /** An entry was written since the current search began. */
  #stale = false;

  constructor(db: TillDb) {
    this.#db = db;
  }

  /** The matches so far; `more`: there may be older ones. */
  get page(): JournalPage {
    return this.#page;
  }
  /** Number of entries searched, and their total number. */
  get searched(): number {
    return this.#searched;
  }
  get of(): number {
    return this.#of;
  }
  get searching(): boolean {
    return this.#state === 'searching';
  }
  get failed(): StorageErrorKind | null {
    return this.#failed;
  }

  /**
   * Searches from the newest entry on. A different search is aborted; the same one finishes first. Repeating a search keeps its
   * rows until it has as many new ones.
   */
  async find(asked: Asked): Promise<void> {
    const isSame =
      this.#asked?.query === asked.query &&
      this.#asked.filter === asked.filter &&
      this.#asked.judge === asked.judge;
    if (isSame && this.#state === 'searching') {
      // do not restart it with every sale: it would never reach the end of a long journal
      this.#stale = true;
      return;
    }
    const run = ++this.#run;
    const wanted = isSame ? Math.max(PAGE, this.#page.rows.length) : PAGE;
    this.#stale = false;
    this.#asked = asked;
    this.#rest = entriesBackwards(this.#db);
    this.#failed = null;
    if (!isSame) this.#page = NO_ROWS;
    this.#state = 'searching';
    try {
      const of = await this.#db.journal.count();
      if (run !== this.#run) return;
      this.#of = of;
      this.#searched = 0;
      await this.#readOn(run, NO_ROWS, wanted);
    } catch (error) {
      this.#fail(run, error);
    }
  }

  /** Continues until another page is found. */
  async more(): Promise<void> {
    if (this.#state !== 'paused') return;
    this.#state = 'searching';
    const run = this.#run;
    try {
      await this.#readOn(run, this.#page, this.#page.rows.length + PAGE);
    } catch (error) {
      this.#fail(run, error);
    }
  }

  /** Aborts the search. */
  stop(): void {
    this.#run += 1;
    this.#asked = null;
    this.#rest = null;
    this.#page = NO_ROWS;
    this.#state = 'done';
  }

  async #readOn(run: number, before: JournalPage, wanted: number): Promise<void> {
    const [asked, rest] = [this.#asked, this.#rest];
    if (asked === null || rest === null) return;
    let page = before;
    while (page.rows.length < wanted) {
      const batch = await rest.next();
      if (run !== this.#run) return;
      if (batch.done === true) {
        this.#end({ ...page, more: false }, 'done', asked);
        return;
      }
      const rows = await rowsFound(this.#db, batch.value, asked);
      const found = await pageOf(this.#db, rows, rows.length);
      if (run !== this.#run) return;
      this.#searched += batch.value.length;
      page = { ...together(page, found), more: true };
      if (page.rows.length >= this.#page.rows.length) this.#page = page;
    }
    this.#end(page, 'paused', asked);
  }

  #end(page: JournalPage, state: 'paused' | 'done', asked: Asked): void {
    this.#page = page;
    this.#state = state;
    if (this.#stale) void this.find(asked);
  }

  #fail(run: number, error: unknown): void {
    if (run !== this.#run) return;
    this.#state = 'done';
    this.#failed = storageErrorKind(error);
  }
}

/** Searches only what the filter shows, and verifies the proofs only of matches. */
async function rowsFound(
  db: TillDb,
  batch: readonly Entry[],
  { query, filter, judge }: Asked,
): Promise<BareRow[]> {
  const entries = filter === 'all' ? batch : batch.filter((entry) => isShown(entry, filter));
  const ids = entries.flatMap(customersIn);
  const names = await namesOf(db, [...new Set(ids)]);
  const found = entries.map(async (entry): Promise<BareRow[]> => {
    const own = [...new Set(customersIn(entry))].map((id) => names.get(id) ?? '');
    if (!matches(query, [...wordsIn(entry), ...own])) return [];
    if (filter === 'all' || entry.act === 'repayment') return [await rowOf(judge, entry)];
    const rows = await movedRows(judge, entry);
    return rows.filter((row) => {
      if (filter === 'no-code' && !isWithoutCode(row.moved?.confirmation)) return false;
      // an import has many rows, so only rows that match by themselves
      return entry.act === 'sale' || matches(query, wordsOfOne(row, names));
    });
  });
  return (await Promise.all(found)).flat();
}

function isWithoutCode(confirmation: unknown): boolean {
  const kind = (confirmation as { kind?: unknown } | null | undefined)?.kind;
  return WITHOUT_CODE.some((each) => each === kind);
}

function isShown(entry: Entry, filter: Exclude<JournalFilter, 'all'>): boolean {
  if (entry.act === 'repayment') return filter === 'account';
  const { confirmations } = entry.body;
  if (!Array.isArray(confirmations)) return false;
  return filter === 'account' ? confirmations.length > 0 : confirmations.some(isWithoutCode);
}

function customersIn(entry: Entry): string[] {
  const known = knownEntry(entry);
  const only = customerIn(entry);
  const many =
    known !== null && 'accounts' in known.body
      ? known.body.accounts.map(({ customer }) => customer)
      : [];
  return only === null ? many : [only, ...many];
}

/** Sums in the form in which people type them, without 0, which nobody searches for. */
function sumsOf(amounts: readonly number[]): string[] {
  const currency = till.policy.current?.shop.currency;
  if (currency === undefined) return [];
  return amounts.flatMap((each) => (each > 0 ? [decimalText(money(each), currency)] : []));
}

/** Search words of one debt among many. */
function wordsOfOne(row: BareRow, names: ReadonlyMap<string, string>): string[] {
  const name = row.customer === null ? undefined : names.get(row.customer);
  const sums = sumsOf([row.moved?.confirmation.amount ?? 0]);
  return [actWords(row), operatorWords(row.entry.operator), name ?? '', ...sums];
}

/** Search words of an entry, without customers' names. */
function wordsIn(entry: Entry): string[] {
  const known = knownEntry(entry);
  const words = [actWords({ entry, moved: null }), operatorWords(entry.operator)];
  if (known === null) return words;
  const sums: number[] = [];
  if ('confirmations' in known.body)
    for (const each of known.body.confirmations) {
      sums.push(each.amount);
      words.push(movedWords({ known, action: each.action }));
      if (each.kind === 'override') words.push(operatorWords(each.by), each.note ?? '');
    }
  if (known.act === 'sale') {
    const { number, total, lines } = known.body;
    words.push(String(number));
    sums.push(total);
    for (const { name, barcode } of lines) words.push(name, barcode ?? '');
  }
  if (known.act === 'repayment') {
    const { amount, changeDue, tenders } = known.body;
    sums.push(amount, changeDue, ...tenders.map((tender) => tender.amount));
  }
  if (known.act === 'dispute' || known.act === 'settled') words.push(known.body.note ?? '');
  if (known.act === 'products-changed') words.push(known.body.file ?? '');
  if (known.act === 'categories-changed')
    for (const change of known.body.changed)
      words.push(change.category, change.field === 'name' ? change.value : '');
  return [...words, ...sumsOf(sums)];
}
