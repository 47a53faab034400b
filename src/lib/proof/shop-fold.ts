// Folds the shop's order into the rows that its entries leave together.
// Tills use it to apply downloads, the relay to make snapshots.
import type { AccountRow } from '$lib/contract/rows';
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { PersonalRecord } from '$lib/contract/journal-upload';
import type {
  RemoteCardRow,
  RemoteCategoryRow,
  RemoteEntryRow,
  RemoteProductRow,
  RemoteTillRow,
} from '$lib/contract/shop-copy';
import type { OrderedEntry } from '$lib/contract/shop-journal';
import type { PublicKey } from '$lib/contract/values';
import { Fold } from '$lib/domain/fold';
import { projectInOrder, reads } from '$lib/domain/acts';
import { FORGET_DELAY_MS } from '$lib/domain/acts/customers/customer-forgotten';
import { projectTakenBack } from '$lib/domain/taken-back';
import {
  joinedReads,
  type AddedProductsRow,
  type Before,
  type ProjectedChange,
  type ProjectedTable,
  type Reads,
} from '$lib/domain/rows';
import {
  afterEdit,
  afterForgotten,
  afterMerged,
  afterPerson,
  editsOf,
  isPersonRecord,
  joinedOrForgotten,
  isOfPerson,
  personEditOf,
  type CardEdit,
  type ForgottenEdit,
  type MergedEdit,
  type PersonEdit,
} from '$lib/domain/shop-cards';
import { editCategories, type CategoriesEntry } from '$lib/domain/shop-categories';
import { editProducts, type GoodsEntry } from '$lib/domain/shop-goods';
import { Counting, isWaiting, ownEffectOf, type Effect } from './counting';
import { knownEntry, originalOf, originalPlace, readOriginal } from './known-entry';
import { realProofs, type RelayKeys } from './real-proofs';
import { relayNews, type JudgedAgain } from './relay-news';

/** A step of an account with the place of its entry in the shop's order. */
export type RemoteAccountRow = AccountRow & { order: number };

/** The products that an entry added, with its place in the shop's order. */
export type RemoteAddedProductsRow = AddedProductsRow & { order: number };

/** The epochs of the order, oldest first. `shared`: the last place of the epoch before on which all tills and the relay agree. */
export type Epochs = readonly { readonly epoch: number; readonly shared: number }[];

/** The shop whose order it is, and its relay's key. */
export type ShopKey = { readonly shop: string; readonly relayKey: PublicKey };

/**
 * The last place of the order that an author had seen. `seen` states it within an epoch; the result is in the relay's counting.
 */
function seenOrder(epochs: Epochs, { epoch, order }: Entry['seen']): number {
  const place = epochs.findIndex((each) => each.epoch === epoch);
  if (place < 0) return 0;
  return Math.min(order, epochs[place + 1]?.shared ?? Infinity);
}

/**
 * The row of an entry in a copy of the order. `isOwn`: whether this device wrote the original, so that its own journal has it and
 * the row leaves it out.
 */
export function rowInCopy(
  ordered: Extract<OrderedEntry, { entry: unknown }>,
  isOwn: (original: Pick<Entry, 'till' | 'seq' | 'hash'>) => boolean,
): RemoteEntryRow {
  const { order, receivedAt, verdict, entry } = ordered;
  const { till, seq, hash } = entry;
  const original = verdict === 'not-kept' ? null : originalPlace(entry);
  const own = original !== null && isOwn(original) ? original : null;
  return {
    order,
    receivedAt,
    verdict,
    till,
    seq,
    hash,
    original: original?.hash ?? hash,
    own: own === null ? null : { till: own.till, seq: own.seq },
    entry: own !== null || verdict === 'not-kept' ? null : entry,
    effect: isWaiting(verdict) ? 'waiting' : 'none',
  };
}

/** A change of a card. `replaced`: the replaced till ids at that place of the order, with the next id of the same device. */
type PlacedEdit = {
  readonly edit: CardEdit | PersonEdit | ForgottenEdit | MergedEdit;
  readonly replaced: ReadonlyMap<string, string>;
};

/** A change of goods, with the same. */
type PlacedGoods = { readonly goods: GoodsEntry; readonly replaced: ReadonlyMap<string, string> };

/** A change of categories, with the same. */
type PlacedCategories = {
  readonly categories: CategoriesEntry;
  readonly replaced: ReadonlyMap<string, string>;
};

/** The state after the entries before, on which the next ones depend. */
export type FoldStart = {
  /** All tills of the shop. */
  readonly tills: readonly RemoteTillRow[];
  readonly epochs: Epochs;
  /** Entries that wait; needed only if `accepts` is true for one of the next entries. */
  readonly waiting: readonly RemoteEntryRow[];
  /** The waiting entries that this device wrote. */
  readonly ownWaiting: readonly OwnRow[];
};

/** The original of another till's entry in a row; null: there is none. */
const originalIn = ({ entry }: RemoteEntryRow): Entry | null =>
  entry === null ? null : readOriginal(entry);

/** The customers whose cards an entry would erase. */
const erasedBy = (entry: KnownEntry): readonly string[] =>
  joinedOrForgotten(entry, 0).flatMap((edit) => ('mergedInto' in edit ? [] : [edit.customer]));

/** Verdicts with which an entry forgets nobody. `repeated` is not among them: that entry counts at another place. */
const NOT_COUNTED: ReadonlySet<RemoteEntryRow['verdict']> = new Set<RemoteEntryRow['verdict']>([
  ...(['refused', 'waiting', 'not-kept'] as const),
]);

type RowEntry = Entry | RemoteEntryRow['entry'];

/** An entry of this device: its row in the order, and the entry from its own journal. */
type OwnRow = { readonly row: RemoteEntryRow; readonly own: Entry };

/** Collects the rows that consecutive entries of the order leave, on top of those before. */
export class ShopFold {
  /** The entries, and earlier ones that count from here on. */
  readonly rows = new Map<number, RemoteEntryRow>();
  /** Tills that joined or changed. */
  readonly changedTills = new Map<string, RemoteTillRow>();
  readonly epochs: { epoch: number; shared: number }[];
  /** Customers whom an entry of this device forgot or took back, and the relay refused it. */
  readonly notForgotten: string[] = [];
  /** The same for entries of any till. */
  readonly refusedErasures: string[] = [];
  /** Customers whose cards the entries delay to erase; null: they stop it. */
  readonly delays = new Map<string, Delay | null>();
  readonly #key: ShopKey;
  readonly #tills: Map<string, RemoteTillRow>;
  #replaced: ReadonlyMap<string, string>;
  readonly #counting: Counting;
  readonly #effects: Effect[] = [];
  readonly #edits: PlacedEdit[] = [];
  readonly #goods: PlacedGoods[] = [];
  readonly #categories: PlacedCategories[] = [];
  #ownWaiting: OwnRow[];

  constructor(key: ShopKey, { tills, epochs, waiting, ownWaiting }: FoldStart) {
    this.#key = key;
    this.#tills = new Map(tills.map((row) => [row.till, row]));
    this.#replaced = replacedAmong(tills);
    this.#counting = new Counting(key.shop, waiting);
    this.#ownWaiting = [...ownWaiting];
    this.epochs = [...epochs];
  }

  /** Takes the next entry. `own`: the entry from this device's own journal, if it wrote it; null: another's. */
  take(row: RemoteEntryRow, own: Entry | null): void {
    const effects = this.#counting.take(row);
    const isKnown = this.#isKnown(row, effects);
    this.rows.set(row.order, isKnown ? row : { ...row, effect: 'later-version' });
    for (const effect of effects) {
      this.#effects.push(effect);
      const { entry, verdict } = effect;
      this.rows.set(effect.row.order, { ...effect.row, effect: 'projected' });
      this.#takeEdits(entry, { ...effect.row, verdict }, false);
      // for the entries of a former journal, changes of goods count from the acceptance on, not from their own places
      this.#takeGoods(entry, verdict === 'waiting' ? effect.order : effect.row.order, false);
      if (effect.row.verdict === 'not-understood')
        this.#takePerson({ ...effect.row, verdict }, effect.row.entry, false);
    }
    const { refused } = this.#counting;
    if (refused !== null) {
      this.rows.set(refused.order, { ...refused, effect: 'none' });
      this.#takeRefused(originalIn(refused), false);
      this.#takeStopped(originalIn(refused));
    }
    if (own !== null) this.#effects.push(...ownEffectOf(own, row));
    const edited = own === null || row.verdict !== 'accepted' ? null : knownEntry(originalOf(own));
    if (edited !== null) {
      this.#takeEdits(edited, row, true);
      this.#takeGoods(edited, row.order, true);
    }
    if (row.verdict !== 'not-understood')
      this.#takePerson(row, own ?? row.entry, own !== null && row.verdict !== 'waiting');
    if (own !== null && isWaiting(row.verdict)) this.#ownWaiting.push({ row, own });
    if (row.verdict === 'delayed') this.#takeDelay(row, own);
    if (NOT_COUNTED.has(row.verdict))
      this.#takeRefused(own === null ? originalIn(row) : originalOf(own), own !== null);
    if (row.till === this.#key.shop && row.entry !== null) this.#takeNews(row.entry, row.order);
  }

  /** Whether this version knows the effect of the entry, if it has one. `effects`: the entries that count from it on. */
  #isKnown({ till, verdict, entry }: RemoteEntryRow, effects: readonly Effect[]): boolean {
    if (entry === null || verdict !== 'accepted') return true;
    return till === this.#key.shop
      ? relayNews(entry.act, entry['body']) !== null
      : effects.length > 0;
  }

  /** Changes that this device brought from a former journal count from here on; another till's change may be newer. */
  #acceptOwn(
    { till, former }: { readonly till: string; readonly former: string },
    order: number,
  ): void {
    const isOf = ({ row, own }: OwnRow) =>
      row.verdict === 'waiting' && row.till === till && originalOf(own).till === former;
    for (const { row, own } of this.#ownWaiting.filter(isOf)) {
      const edited = knownEntry(originalOf(own));
      if (edited !== null) {
        this.#takeEdits(edited, row, true);
        this.#takeGoods(edited, order, true);
      }
      this.#takePerson(row, own, true);
      this.rows.set(row.order, { ...row, effect: 'projected' });
    }
    this.#ownWaiting = this.#ownWaiting.filter((each) => !isOf(each));
  }

  /** Applies the later verdict on an entry of this device that the relay had not understood. It counts at its own place. */
  #judgeOwn({ till, seq, verdict }: JudgedAgain, order: number): void {
    const place = this.#ownWaiting.findIndex(({ row }) => row.till === till && row.seq === seq);
    const [found] = place < 0 ? [] : this.#ownWaiting.splice(place, 1);
    if (found === undefined) return;
    const { own } = found;
    const row = { ...found.row, verdict };
    const edited = knownEntry(originalOf(own));
    if (edited !== null && verdict === 'accepted') {
      this.#takeEdits(edited, row, true);
      this.#takeGoods(edited, row.order, true);
    }
    this.#effects.push(...ownEffectOf(own, found.row, { verdict, order }));
    this.#takePerson(row, own, true);
    if (verdict === 'refused') {
      this.#takeRefused(originalOf(own), true);
      this.#takeStopped(originalOf(own));
    }
    const effect = verdict === 'accepted' ? 'projected' : 'none';
    this.rows.set(row.order, { ...found.row, effect });
  }

  #takeEdits(entry: KnownEntry, row: RemoteEntryRow, isOwn: boolean): void {
    const { order, receivedAt, verdict } = row;
    const seen = seenOrder(this.epochs, entry.seen);
    const replaced = this.#replaced;
    for (const edit of editsOf(entry, { order, receivedAt, seen, isOwn }))
      this.#edits.push({ edit, replaced });
    // A former journal is accepted as a whole, without judging its entries; forgetting and merging must be judged.
    if (verdict !== 'accepted') return;
    for (const edit of joinedOrForgotten(entry, order)) this.#edits.push({ edit, replaced });
  }

  /**
   * Takes an entry without effect, too, so that its author stops showing the change. It counts only if it was accepted itself:
   * the entries of a former journal, which is accepted as a whole, were not judged.
   */
  #takePerson({ order, verdict }: RemoteEntryRow, entry: RowEntry, isOwn: boolean): void {
    if (entry === null || verdict === 'repeated') return;
    // most entries are of other acts, which need not be read for this
    if (entry.act !== 'carried-over' && !isOfPerson(entry.act)) return;
    const original = readOriginal(entry);
    if (original === null || !isOfPerson(original.act)) return;
    const known = knownEntry(original);
    const of = { order, isOwn, counts: verdict === 'accepted' };
    const edit = known === null ? null : personEditOf(known, of);
    if (edit !== null) this.#edits.push({ edit, replaced: this.#replaced });
  }

  #takeGoods(entry: KnownEntry, order: number, isOwn: boolean): void {
    const place = { order, seen: seenOrder(this.epochs, entry.seen), isOwn };
    const replaced = this.#replaced;
    if (entry.act === 'products-changed')
      this.#goods.push({ goods: { entry, ...place }, replaced });
    if (entry.act === 'categories-changed')
      this.#categories.push({ categories: { entry, ...place }, replaced });
  }

  #takeDelay(row: RemoteEntryRow, own: Entry | null): void {
    const delayed = delayOf(row, own);
    if (delayed !== null) this.delays.set(delayed.customer, delayed);
  }

  #takeStopped(original: Entry | null): void {
    const known = original === null ? null : knownEntry(original);
    if (known?.act === 'customer-forgotten') this.delays.set(known.body.customer, null);
  }

  #takeRefused(original: Entry | null, isOwn: boolean): void {
    const known = original === null ? null : knownEntry(original);
    const named = known === null ? [] : erasedBy(known);
    this.refusedErasures.push(...named);
    if (isOwn) this.notForgotten.push(...named);
  }

  /** Reads an entry of the relay: changes of the shop's tills, epochs, discrepancies, and later verdicts. */
  #takeNews({ act, body, at }: Readonly<Record<string, unknown>>, order: number): void {
    const change = (till: string, parts: Partial<RemoteTillRow>): void => {
      const held = this.#tills.get(till);
      if (held) this.#putTill({ ...held, ...parts });
    };
    const news = relayNews(act, body);
    switch (news?.act) {
      case 'till-joined': {
        const { till, number, name } = news;
        this.#putTill({ till, number, name, replacedBy: null, revokedAt: null });
        break;
      }
      case 'till-renamed':
        change(news.till, { name: news.name });
        break;
      case 'till-replaced':
        change(news.till, { replacedBy: news.by });
        break;
      case 'till-revoked':
        change(news.till, { revokedAt: at as number });
        break;
      case 'discrepancy-found': {
        const row = this.rows.get(order);
        if (row !== undefined) this.rows.set(order, { ...row, effect: 'discrepancy' });
        break;
      }
      case 'epoch-began':
        this.epochs.push({ epoch: news.epoch, shared: news.shared });
        break;
      case 'former-journal-accepted':
        this.#acceptOwn(news, order);
        break;
      case 'judged-again':
        this.#judgeOwn(news, order);
        break;
      case 'policy-published':
      case undefined:
        break;
    }
  }

  #putTill(row: RemoteTillRow): void {
    this.#tills.set(row.till, row);
    this.changedTills.set(row.till, row);
    this.#replaced = replacedAmong([...this.#tills.values()]);
  }

  /** The customers whose cards the entries make or change. */
  get customers(): readonly string[] {
    return [...new Set(this.#edits.map(({ edit }) => edit.customer))];
  }

  /** Hashes of the cards and authorised persons that the entries of other devices name. */
  get recordHashes(): readonly string[] {
    return recordHashesOf(this.#edits.filter(({ edit }) => 'recordHash' in edit && !edit.isOwn));
  }

  /** Hashes of the cards and authorised persons of these customers that this device's own entries name. */
  ownRecordHashes(customers: ReadonlySet<string>): readonly string[] {
    const own = this.#edits.filter(({ edit }) => 'recordHash' in edit && edit.isOwn);
    return recordHashesOf(own.filter(({ edit }) => customers.has(edit.customer)));
  }

  /**
   * The cards of these customers after the entries. `held`: those before; `records`: the sealed records, by hash; `lacking`:
   * customers whose card this device does not have although it wrote one.
   */
  cardsAfter(
    held: readonly RemoteCardRow[],
    records: ReadonlyMap<string, PersonalRecord>,
    lacking: ReadonlySet<string> = new Set(),
  ): ReadonlyMap<string, RemoteCardRow> {
    const states = new Map(held.map((row) => [row.customer, row]));
    for (const placed of this.#edits) {
      const { customer } = placed.edit;
      const isHere = 'isOwn' in placed.edit && placed.edit.isOwn && !lacking.has(customer);
      states.set(customer, after(states.get(customer), placed, isHere ? NO_RECORDS : records));
    }
    return states;
  }

  /** Whether any of the entries changes goods. */
  get hasGoods(): boolean {
    return this.#goods.length > 0;
  }

  /** The products that the entries change. */
  get changedProducts(): readonly string[] {
    const all = this.#goods.flatMap(({ goods }) => goods.entry.body.changed);
    return [...new Set(all.map(({ product }) => product))];
  }

  /** The changed products after the entries. `held`: those before. */
  productsAfter(held: readonly RemoteProductRow[]): readonly RemoteProductRow[] {
    const products = new Map(held.map((row) => [row.product, row]));
    for (const { goods, replaced } of this.#goods)
      editProducts(products, goods, (till) => lastIdOf(till, replaced));
    return [...products.values()];
  }

  /** The categories that the entries change. */
  get changedCategories(): readonly string[] {
    const all = this.#categories.flatMap(({ categories }) => categories.entry.body.changed);
    return [...new Set(all.map(({ category }) => category))];
  }

  /** The changed categories after the entries. `held`: those before. */
  categoriesAfter(held: readonly RemoteCategoryRow[]): readonly RemoteCategoryRow[] {
    const rows = new Map(held.map((row) => [row.category, row]));
    for (const { categories, replaced } of this.#categories)
      editCategories(rows, categories, (till) => lastIdOf(till, replaced));
    return [...rows.values()];
  }

  /** Keys of the rows that `changes` depends on. */
  get reads(): Reads {
    const wanted = joinedReads(this.#effects.map(({ entry }) => reads(entry)));
    // goods and categories are folded by place, not projected
    return { ...wanted, products: [], categories: [] };
  }

  /** Where a fold of the entries after these starts. */
  get end(): FoldStart {
    const { epochs } = this;
    const tills = [...this.#tills.values()];
    return { tills, epochs, waiting: this.#counting.waiting, ownWaiting: this.#ownWaiting };
  }

  /**
   * The projected rows of all entries on top of those before, one change for each key; `after`: the rows with these changes.
   * Marks in `rows` the entries that leave none.
   */
  async project(
    before: Before,
  ): Promise<{ readonly changes: readonly ProjectedChange[]; readonly after: Before }> {
    const fold = new Fold(before);
    await this.projectInto(fold);
    const changes = fold.changes().map((change): ProjectedChange => {
      if (change.op === 'delete') return change;
      return { ...change, rows: this.inCopy(change.table, change.rows) } as ProjectedChange;
    });
    return { changes, after: fold.after };
  }

  /**
   * Projects the entries on top of those that `fold` has taken. Entries whose projection throws leave no rows and are marked in
   * `rows`. So a wrong entry of one till does not stop another, and the caller can report it.
   */
  async projectInto(fold: Fold): Promise<void> {
    // the shop's relay must have signed the codes in the entries of all its tills
    const keys: RelayKeys = new Map([...this.#tills.keys()].map((id) => [id, this.#key.relayKey]));
    const proofs = await Promise.all(this.#effects.map(({ entry }) => realProofs(entry, keys)));
    for (const [place, { entry, verdict, row }] of this.#effects.entries()) {
      const by = verdict === 'refused' ? projectTakenBack : projectInOrder;
      try {
        fold.take(entry, proofs[place] ?? new Set(), by);
      } catch {
        this.rows.set(row.order, { ...row, effect: 'uncounted' });
      }
    }
  }

  /** Projected rows as a copy stores them: account steps and added products have the place from which their entry counts. */
  inCopy(table: ProjectedTable, rows: readonly object[]): readonly object[] {
    if (table !== 'accountEntries' && table !== 'addedProducts') return rows;
    const orders = new Map(this.#effects.map(({ entry, order }) => [entry.hash, order]));
    return (rows as readonly { readonly hash: string }[]).map((row) => ({
      ...row,
      order: orders.get(row.hash) ?? 0,
    }));
  }
}

/** A customer who is erased at `until`, unless it is stopped. `byRightAt`: when staff asked without anybody's code. Both ms. */
export type Delay = {
  readonly customer: string;
  readonly until: number;
  readonly byRightAt: number | null;
};

/** The delay of a `delayed` entry. `own`: the entry from this device's own journal; null: another's. */
export function delayOf(row: RemoteEntryRow, own: Entry | null): Delay | null {
  const original = own === null ? originalIn(row) : originalOf(own);
  const known = original === null ? null : knownEntry(original);
  if (row.verdict !== 'delayed' || known?.act !== 'customer-forgotten') return null;
  const { customer, consent } = known.body;
  const byRightAt = consent.kind === 'by-right' ? Math.min(known.at, row.receivedAt) : null;
  return { customer, until: row.receivedAt + FORGET_DELAY_MS, byRightAt };
}

const NO_RECORDS: ReadonlyMap<string, PersonalRecord> = new Map();

/** Hashes of the cards and authorised persons that edits name. */
function recordHashesOf(edits: readonly PlacedEdit[]): readonly string[] {
  const named = edits.flatMap(({ edit }) => {
    if (!('recordHash' in edit)) return [];
    return 'person' in edit ? (edit.personRecordHash ?? []) : edit.recordHash;
  });
  return [...new Set(named)];
}

/** The card of a customer after one edit. `records`: usually empty for this device's own edits. */
function after(
  held: RemoteCardRow | undefined,
  { edit, replaced }: PlacedEdit,
  records: ReadonlyMap<string, PersonalRecord>,
): RemoteCardRow {
  if ('mergedInto' in edit) return afterMerged(held, edit);
  if (!('recordHash' in edit)) return afterForgotten(held, edit);
  const recordOf = (hash: string | null) => (hash === null ? undefined : records.get(hash));
  if ('person' in edit) {
    const record = recordOf(edit.personRecordHash);
    return afterPerson(held, edit, record !== undefined && isPersonRecord(record) ? record : null);
  }
  const record = recordOf(edit.recordHash);
  const card = record === undefined || isPersonRecord(record) ? null : record;
  return afterEdit(held, edit, card, (till) => lastIdOf(till, replaced));
}

/** Till ids that were replaced, with the next id of the same device. */
const replacedAmong = (tills: readonly RemoteTillRow[]): ReadonlyMap<string, string> =>
  new Map(
    tills.flatMap(({ till, replacedBy }) => (replacedBy === null ? [] : [[till, replacedBy]])),
  );

/** The newest till id of the device that once had this one. */
function lastIdOf(till: string, replaced: ReadonlyMap<string, string>): string {
  let [last, steps] = [till, replaced.size];
  for (let next = replaced.get(last); next !== undefined && steps > 0; steps -= 1) {
    last = next;
    next = replaced.get(last);
  }
  return last;
}
