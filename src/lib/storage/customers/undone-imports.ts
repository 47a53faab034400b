// Undoes an import of customers: finds who can be taken back, and hides their cards.
// It decides by what this till knows.
// The cards are erased and the balances taken back once the relay, which knows more, has accepted the act.
import type { AccountEntry } from '$lib/contract/acts/account';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { RemoteEntryRow } from '$lib/contract/shop-copy';
import {
  decideUndo,
  reversedSteps,
  type UndoRefusal,
} from '$lib/domain/acts/customers/import-undone';
import { knownEntry, originalOf } from '$lib/proof/known-entry';
import { sealCard } from '$lib/proof/record';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesBackwards, remoteEntriesIn } from '$lib/storage/journal/reader';
import { saveNow, type Actor } from '$lib/storage/policy/save-act';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
import type { Change } from '$lib/storage/schema/change';
import { areForgotten, erasedIn } from '$lib/storage/remote/forgotten-customers';
import { mergesIn } from '$lib/storage/remote/merged-cards';
import { remoteStepsOf, stepTables } from '$lib/storage/remote/packed-balances';
import { cardStatesIn } from '$lib/storage/remote/packed-cards';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { openDisputes } from './disputes';

type Imported = EntryOf<'customers-imported'>;

/** The entry of an import. */
export type ImportPlace = BodyOf<'import-undone'>['import'];

/**
 * An import of this or another till. `left`: number of its customers who were neither taken back nor forgotten; `asked`: number
 * of those taken back or forgotten whom the relay has yet to accept.
 */
export type RecentImport = {
  readonly place: ImportPlace;
  /** ms. */
  readonly at: number;
  readonly operator: string | null;
  readonly customers: number;
  readonly left: number;
  readonly asked: number;
};

/** Why a customer cannot be taken back: this till knows something of them besides the import. */
export type StayingBecause =
  'moved' | 'card-saved' | 'merged' | 'disputed' | 'receipt' | 'reserve-codes';

/** What undoing would do. `customers`: who is taken back; `accounts`: the balances they lose. */
export type UndoPreview = {
  readonly kind: 'allowed';
  readonly customers: readonly string[];
  readonly accounts: readonly AccountEntry[];
  /** `name` null: this till has no card of them. */
  readonly staying: readonly {
    readonly customer: string;
    readonly name: string | null;
    readonly because: StayingBecause;
  }[];
};

export type UndoOutcome =
  | { readonly kind: 'undone'; readonly customers: number }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | UndoRefusal };

/** Number of other tills' entries read at once. */
const BATCH = 200;

/** Imports of customers from files, made at any till after `since` (ms), the newest first. Throws StorageError. */
export async function recentImports(db: TillDb, since: number): Promise<readonly RecentImport[]> {
  const found: Imported[] = [];
  own: for await (const batch of entriesBackwards(db))
    for (const entry of batch) {
      if (entry.at < since) break own;
      found.push(...importIn(entry));
    }
  for (let below = Infinity; ;) {
    const rows = await db.remoteJournal.where(':id').below(below).reverse().limit(BATCH).toArray();
    const known = rows.filter(isCounted);
    found.push(...known.flatMap(({ entry }) => importIn(entry as unknown as Entry)));
    const last = rows.at(-1);
    if (last === undefined || last.receivedAt < since) break;
    below = last.order;
  }
  const recent = found.filter(({ at }) => at >= since).sort((a, b) => b.at - a.at);
  return Promise.all(
    recent.map(async ({ till, seq, hash, at, operator, body: { customers } }) => {
      const ids = customers.map(({ customer }) => customer);
      const [forgotten, erased] = [await areForgotten(db, ids), await erasedIn(db)];
      const gone = ids.filter((_, i) => forgotten[i] === true);
      const asked = gone.filter((id) => !erased.has(id)).length;
      const place = { till, seq, hash };
      return { place, at, operator, customers: ids.length, left: ids.length - gone.length, asked };
    }),
  );
}

/** Whether another till's entry counts. Entries of a former journal never do, because the relay has not judged them. */
const isCounted = ({ verdict, effect, entry }: RemoteEntryRow): boolean =>
  entry !== null &&
  (verdict === 'accepted' || (verdict === 'not-understood' && effect === 'projected'));

/** The import from a file that this entry records, either itself or as a carried-over entry. */
function importIn(entry: Entry): Imported[] {
  const known = knownEntry(originalOf(entry));
  return known?.act === 'customers-imported' && known.body.source === 'file' ? [known] : [];
}

/** What undoing an import would do, or why it is refused. Changes nothing. Throws StorageError. */
export async function whatUndoing(
  db: TillDb,
  { place, operator }: { readonly place: ImportPlace; readonly operator: string },
): Promise<UndoPreview | Extract<UndoOutcome, { kind: 'refused' }>> {
  const current = await currentPolicy(db);
  if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
  const known = await knownOf(db, place);
  const { imported, cards, staying, gone } = known;
  const all = imported?.body.customers.map(({ customer }) => customer) ?? [];
  const customers = all.filter((id) => !staying.has(id) && !gone.has(id));
  const accounts = reversedSteps(imported?.body.accounts ?? [], new Set(customers));
  const decided = decideUndo({
    policy: current.policy,
    operator,
    imported,
    customers,
    approval: null,
    isChanged: () => false,
  });
  // the list of who stays is useful even if nobody can be taken back
  if (decided.kind === 'refused' && decided.because.kind !== 'nobody-to-take-back') return decided;
  const named = [...staying].map(([customer, because]) => ({
    customer,
    because,
    name: cards.get(customer)?.name ?? null,
  }));
  return { kind: 'allowed', customers, accounts, staying: named };
}

/** Takes these customers of an import back: hides their cards. Throws StorageError: nothing is stored. */
export async function undoImport(
  db: TillDb,
  attempt: Actor & {
    readonly place: ImportPlace;
    readonly customers: readonly string[];
    /**
     * The relay's approval of exactly the balances that are taken back; null: there are none, or the policy requires no
     * approval.
     */
    readonly approval: string | null;
  },
): Promise<UndoOutcome> {
  const { place, customers, approval } = attempt;
  const outcome = await saveNow(db, 'import-undone', attempt, async (who) => {
    const { imported, staying, gone } = await knownOf(db, place);
    const decided = decideUndo({
      ...who,
      imported,
      customers,
      approval,
      isChanged: (customer) => staying.has(customer) || gone.has(customer),
    });
    if (decided.kind === 'refused') return decided;
    const rows = decided.body.customers.map((customer) => ({
      customer,
      state: 'asked' as const,
      byRightAt: null,
      until: null,
    }));
    const attached: readonly Change[] = [{ table: 'forgotten', op: 'put', rows }];
    return { ...decided, attached };
  });
  if (outcome.kind === 'refused') return outcome;
  return { kind: 'undone', customers: outcome.entry.body.customers.length };
}

/**
 * What this till knows of an import and its customers. `imported` null: the import is unknown; `gone`: taken back or forgotten
 * already.
 */
async function knownOf(db: TillDb, place: ImportPlace) {
  const imported = await importAt(db, place);
  const sealed = imported?.body.customers ?? [];
  const ids = sealed.map(({ customer }) => customer);
  const seen = await readTogether(db, tables(db), () => seenIn(db, ids));
  const cards = new Map(seen.cards.flatMap((row) => (row === undefined ? [] : [[row.id, row]])));
  const saved = new Set(
    seen.states.flatMap((row, i) => {
      if (row === undefined) return [];
      const hasNamed = row.persons.length + row.gone.length + row.kept.length > 0;
      return hasNamed || row.recordHash !== sealed[i]?.recordHash ? [row.customer] : [];
    }),
  );
  for (const [i, row] of seen.own.entries()) {
    if (row === undefined) continue;
    const hasNamed = row.persons.length + row.personsRemoved.length > 0;
    if (hasNamed || (await sealCard(row).catch(() => null)) !== sealed[i]?.recordHash)
      saved.add(row.id);
  }
  const moved = new Set(
    seen.steps.flatMap(({ hash, customer }) => (hash === imported?.hash ? [] : [customer])),
  );
  const because = (customer: string): StayingBecause | null => {
    if (moved.has(customer)) return 'moved';
    if (saved.has(customer)) return 'card-saved';
    if (seen.merges.cardsOf(customer).length > 1) return 'merged';
    if (seen.disputed.has(customer)) return 'disputed';
    if (seen.onReceipts.has(customer)) return 'receipt';
    return seen.withCodes.has(customer) ? 'reserve-codes' : null;
  };
  const gone = new Set(ids.filter((_, i) => seen.forgotten[i] === true));
  const staying = new Map<string, StayingBecause>();
  for (const id of ids) {
    const why = gone.has(id) ? null : because(id);
    if (why !== null) staying.set(id, why);
  }
  return { imported, cards, staying, gone };
}

/** The entry of an import, written by this or another till; null: it is not here. */
async function importAt(db: TillDb, { till, seq, hash }: ImportPlace): Promise<Imported | null> {
  const own = await db.journal.get([till, seq]);
  const entry = own?.hash === hash ? own : (await remoteEntriesIn(db, [hash])).get(hash);
  const known = entry === undefined ? null : knownEntry(originalOf(entry));
  return known?.act === 'customers-imported' ? known : null;
}

const tables = (db: TillDb) => [
  ...customerTables(db),
  ...[...stepTables(db), db.disputes, db.remoteDisputes],
  ...[db.drafts, db.reserveVerifiers],
];

/** Awaits Dexie only. */
async function seenIn(db: TillDb, ids: readonly string[]) {
  const list = [...ids];
  const [cards, own, states, forgotten, merges, disputes, drafts, verifiers, ...steps] =
    await Promise.all([
      customersIn(db, list),
      db.customers.bulkGet(list),
      cardStatesIn(db, list),
      areForgotten(db, list),
      mergesIn(db),
      openDisputes(db),
      db.drafts.toArray(),
      db.reserveVerifiers.where('customer').anyOf(list).toArray(),
      db.accountEntries.where('customer').anyOf(list).toArray(),
      remoteStepsOf(db, list),
    ]);
  return {
    cards,
    own,
    states,
    forgotten,
    merges,
    steps: steps.flat(),
    disputed: new Set(disputes.map(({ customer }) => customer)),
    onReceipts: new Set(drafts.map(({ receipt }) => receipt.customer)),
    withCodes: new Set(verifiers.map(({ customer }) => customer)),
  };
}
