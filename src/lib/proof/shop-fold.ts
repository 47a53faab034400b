// Folds the shop's order into the rows it leaves: which entries count, and from which place on.
// The same at a till, which applies what it downloads, and at the relay, which makes snapshots.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { PersonalRecord } from '$lib/contract/journal-upload';
import type {
  RemoteCardRow,
  RemoteCategoryRow,
  RemoteEntryRow,
  RemoteProductRow,
  RemoteTillRow,
} from '$lib/contract/shop-copy';
import { relayActBodies, type OrderedEntry } from '$lib/contract/shop-journal';
import type { PublicKey } from '$lib/contract/values';
import { Fold } from '$lib/domain/fold';
import { projectInOrder, reads } from '$lib/domain/projection';
import { projectTakenBack } from '$lib/domain/taken-back';
import {
  joinedReads,
  type AccountRow,
  type AddedProductsRow,
  type Before,
  type ProjectedChange,
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
  PERSON_ACTS,
  personEditOf,
  type CardEdit,
  type ForgottenEdit,
  type MergedEdit,
  type PersonEdit,
} from '$lib/domain/shop-cards';
import { editCategories, type CategoriesEntry } from '$lib/domain/shop-categories';
import { editProducts, type GoodsEntry } from '$lib/domain/shop-goods';
import { knownEntry, originalOf, readOriginal } from './known-entry';
import { realProofs, type RelayKeys } from './real-proofs';

/** A step of an account with the place of its entry in the shop's order. */
export type RemoteAccountRow = AccountRow & { order: number };

/** The products that an entry has added, with its place in the shop's order. */
export type RemoteAddedProductsRow = AddedProductsRow & { order: number };

/** The epochs of the order, oldest first. `shared`: up to which order the one before means the same to everybody. */
export type Epochs = readonly { readonly epoch: number; readonly shared: number }[];

/** The shop whose order it is, and its relay's key. */
export type ShopKey = { readonly shop: string; readonly relayKey: PublicKey };

type RelayActs = typeof relayActBodies;
type RelayNews = {
  [A in keyof RelayActs]: { act: A } & NonNullable<ReturnType<RelayActs[A]['safeParse']>['data']>;
}[keyof RelayActs];

/** An entry of the relay's own chain; null: an act that this version does not know. */
export function relayNews(act: unknown, body: unknown): RelayNews | null {
  if (typeof act !== 'string' || !Object.hasOwn(relayActBodies, act)) return null;
  const said = relayActBodies[act as keyof RelayActs].safeParse(body);
  return said.success ? ({ act, ...said.data } as RelayNews) : null;
}

/**
 * An entry to project. `order`: the place from which on it counts; `row`: where it stands; `verdict`: what the relay says of it
 * now: `waiting`, if it was accepted with a whole former journal; `refused`: an own one, which is taken back.
 */
export type Effect = {
  readonly entry: KnownEntry;
  readonly order: number;
  readonly row: RemoteEntryRow;
  readonly verdict: 'accepted' | 'waiting' | 'refused';
};

/** What the relay says of one entry that it had not understood. */
type JudgedAgain = Extract<RelayNews, { act: 'judged-again' }>;

/** Whether an entry has no effect until the relay says more of it. */
export const isWaiting = (verdict: RemoteEntryRow['verdict']): boolean =>
  verdict === 'waiting' || verdict === 'not-understood';

/** Follows the order: an entry counts at its own place, or, if it waits, where the relay says that it counts. */
export class Counting {
  readonly #shop: string;
  readonly #waiting: RemoteEntryRow[];
  /** The entry that the last one says was refused as it was judged again; null: none. */
  refused: RemoteEntryRow | null = null;

  /** `waiting`: entries of earlier places that wait. */
  constructor(shop: string, waiting: readonly RemoteEntryRow[] = []) {
    this.#shop = shop;
    this.#waiting = [...waiting];
  }

  /** What counts from this row on. */
  take(row: RemoteEntryRow): Effect[] {
    const { entry, verdict, order } = row;
    this.refused = null;
    if (entry === null) return [];
    if (isWaiting(verdict)) this.#waiting.push(row);
    if (row.till === this.#shop) {
      const news = relayNews(entry.act, entry['body']);
      if (news?.act === 'judged-again') return this.#judged(news, order);
      return news?.act === 'former-journal-accepted' ? this.#accepted(news, order) : [];
    }
    return verdict === 'accepted' ? effectOf(row, order, verdict) : [];
  }

  #judged({ till, seq, verdict }: JudgedAgain, order: number): Effect[] {
    const place = this.#waiting.findIndex((row) => row.till === till && row.seq === seq);
    const [row] = place < 0 ? [] : this.#waiting.splice(place, 1);
    if (row === undefined) return [];
    if (verdict === 'accepted') return effectOf(row, order, verdict);
    this.refused = row;
    return [];
  }

  #accepted({ till, former }: { readonly till: string; readonly former: string }, order: number) {
    const isOf = (row: RemoteEntryRow) =>
      row.verdict === 'waiting' &&
      row.till === till &&
      row.entry !== null &&
      readOriginal(row.entry)?.till === former;
    const counted = this.#waiting.filter(isOf);
    this.#waiting.splice(0, Infinity, ...this.#waiting.filter((row) => !isOf(row)));
    // accepted with a whole former journal, an import undone would not have been judged by anybody
    return counted
      .flatMap((row) => effectOf(row, order, 'waiting'))
      .filter(({ entry }) => entry.act !== 'import-undone');
  }
}

function effectOf(row: RemoteEntryRow, order: number, verdict: Effect['verdict']): Effect[] {
  const original = row.entry === null ? null : readOriginal(row.entry);
  if (original === null) return [];
  // dated ahead it would count in windows that have not begun
  const entry = knownEntry({ ...original, at: Math.min(original.at, row.receivedAt) });
  return entry === null ? [] : [{ entry, order, row, verdict }];
}

/**
 * What the order adds to an entry of this device, besides the rows that its own journal has left: one that is refused is taken back.
 * `row`: its place; `order`: from which place on that counts.
 */
export function ownEffectOf(
  own: Entry,
  row: RemoteEntryRow,
  { verdict, order }: Pick<RemoteEntryRow, 'verdict' | 'order'> = row,
): Effect[] {
  if (verdict !== 'accepted' && verdict !== 'refused') return [];
  const original = originalOf(own);
  const entry = knownEntry({ ...original, at: Math.min(original.at, row.receivedAt) });
  if (entry === null) return [];
  const isAdding = verdict === 'refused' || entry.act === 'import-undone';
  return isAdding ? [{ entry, order, row, verdict }] : [];
}

/** Codes count as the customers' where the shop's relay signed them for one of its tills. */
export function keysOf(
  tills: Iterable<string>,
  { relayKey }: Pick<ShopKey, 'relayKey'>,
): RelayKeys {
  return new Map([...tills].map((till) => [till, relayKey]));
}

/**
 * Projects these entries on top of those before. Returns those whose projection throws, which leave no rows: no till stops for
 * what another wrote, and the caller says which they are.
 */
export async function foldEffects(
  fold: Fold,
  effects: readonly Effect[],
  keys: RelayKeys,
): Promise<readonly Effect[]> {
  const proven = await Promise.all(
    effects.map(async (effect) => ({ effect, real: await realProofs(effect.entry, keys) })),
  );
  return proven.flatMap(({ effect, real }) => {
    try {
      fold.take(
        effect.entry,
        real,
        effect.verdict === 'refused' ? projectTakenBack : projectInOrder,
      );
      return [];
    } catch {
      return [effect];
    }
  });
}

/** From which place on each of these entries counts, by its hash. */
export const ordersOf = (effects: readonly Effect[]): ReadonlyMap<string, number> =>
  new Map(effects.map(({ entry, order }) => [entry.hash, order]));

export const withOrder = <Row extends AccountRow | AddedProductsRow>(
  row: Row,
  orders: ReadonlyMap<string, number>,
): Row & { order: number } => ({ ...row, order: orders.get(row.hash) ?? 0 });

/** Up to which order an author had seen it, who states a point of an epoch: as the relay counts it. */
export function seenOrder(epochs: Epochs, { epoch, order }: Entry['seen']): number {
  const place = epochs.findIndex((each) => each.epoch === epoch);
  if (place < 0) return 0;
  return Math.min(order, epochs[place + 1]?.shared ?? Infinity);
}

/**
 * An entry that another till or the relay wrote, as a copy keeps it. `isOwn`: whether its original is one of this device, which
 * its own journal has.
 */
export function rowInCopy(
  ordered: Extract<OrderedEntry, { entry: unknown }>,
  isOwn: (original: Entry) => boolean,
): RemoteEntryRow {
  const { order, receivedAt, verdict, entry } = ordered;
  const { till, seq, hash } = entry;
  const original = verdict === 'not-kept' ? null : readOriginal(entry);
  const own = original !== null && isOwn(original) ? original : null;
  return {
    ...{ order, receivedAt, verdict, till, seq, hash, original: original?.hash ?? hash },
    own: own === null ? null : { till: own.till, seq: own.seq },
    entry: own !== null || verdict === 'not-kept' ? null : entry,
    effect: isWaiting(verdict) ? 'waiting' : 'none',
  };
}

/** A change of a card, and the ids that devices had at its place: the old one, then the next of the same device. */
type PlacedEdit = {
  readonly edit: CardEdit | PersonEdit | ForgottenEdit | MergedEdit;
  readonly replaced: ReadonlyMap<string, string>;
};

/** A change of goods, and the ids that devices had at its place. */
type PlacedGoods = { readonly goods: GoodsEntry; readonly replaced: ReadonlyMap<string, string> };

/** A change of categories, likewise. */
type PlacedCategories = {
  readonly categories: CategoriesEntry;
  readonly replaced: ReadonlyMap<string, string>;
};

/** What the entries before left that the next ones depend on. */
export type FoldStart = {
  /** All tills of the shop. */
  readonly tills: readonly RemoteTillRow[];
  readonly epochs: Epochs;
  /** Entries that wait; needed only where `accepts` says so of one of the next. */
  readonly waiting: readonly RemoteEntryRow[];
  /** Those of them that this device wrote. */
  readonly ownWaiting: readonly OwnRow[];
};

/** The original in a row of another's entry; null: there is none. */
const originalIn = ({ entry }: RemoteEntryRow): Entry | null =>
  entry === null ? null : readOriginal(entry);

/** Whose cards an entry would erase. */
const erasedBy = (entry: KnownEntry): readonly string[] =>
  joinedOrForgotten(entry, 0).flatMap((edit) => ('mergedInto' in edit ? [] : [edit.customer]));

/** Verdicts of entries that forget nobody. One that is repeated counts at another place. */
const NOT_COUNTED: ReadonlySet<RemoteEntryRow['verdict']> = new Set<RemoteEntryRow['verdict']>([
  ...(['refused', 'waiting', 'not-kept'] as const),
]);

type RowEntry = Entry | RemoteEntryRow['entry'];

/** An entry of this device: its row in the order, and what it says. */
type OwnRow = { readonly row: RemoteEntryRow; readonly own: Entry };

/** Whether entries that wait may count from this one on. */
export const accepts = ({ act }: { readonly act: string }): boolean =>
  act === 'former-journal-accepted' || act === 'judged-again';

/** Collects what consecutive entries of the order leave on top of those before. */
export class ShopFold {
  /** The entries, and earlier ones that count from here on. */
  readonly rows = new Map<number, RemoteEntryRow>();
  /** Tills that joined or changed. */
  readonly changedTills = new Map<string, RemoteTillRow>();
  readonly epochs: { epoch: number; shared: number }[];
  /** Customers whom this device was to forget, or to take back, and the relay refused it. */
  readonly notForgotten: string[] = [];
  /** The same of any till. */
  readonly refusedErasures: string[] = [];
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

  /** Takes the next entry. `own`: the entry of this device that it is; null: another's. */
  take(row: RemoteEntryRow, own: Entry | null): void {
    const effects = this.#counting.take(row);
    const isKnown = this.#isKnown(row, effects);
    this.rows.set(row.order, isKnown ? row : { ...row, effect: 'later-version' });
    for (const effect of effects) {
      this.#effects.push(effect);
      const { entry, verdict } = effect;
      this.rows.set(effect.row.order, { ...effect.row, effect: 'projected' });
      this.#takeEdits(entry, { ...effect.row, verdict }, false);
      // of a former journal nothing was seen at its places
      this.#takeGoods(entry, verdict === 'waiting' ? effect.order : effect.row.order, false);
      if (effect.row.verdict === 'not-understood')
        this.#takePerson({ ...effect.row, verdict }, effect.row.entry, false);
    }
    const { refused } = this.#counting;
    if (refused !== null) {
      this.rows.set(refused.order, { ...refused, effect: 'none' });
      this.#takeRefused(originalIn(refused), false);
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
    if (NOT_COUNTED.has(row.verdict))
      this.#takeRefused(own === null ? originalIn(row) : originalOf(own), own !== null);
    if (row.till === this.#key.shop && row.entry !== null) this.#takeNews(row.entry, row.order);
  }

  /** Whether this version knows what the entry does, if it does anything. `effects`: what counts from it on. */
  #isKnown({ till, verdict, entry }: RemoteEntryRow, effects: readonly Effect[]): boolean {
    if (entry === null || verdict !== 'accepted') return true;
    return till === this.#key.shop
      ? relayNews(entry.act, entry['body']) !== null
      : effects.length > 0;
  }

  /** Cards that this device brought of a former journal count from here on: another till's change may be newer. */
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

  /** An entry of this device that the relay had not understood: at its own place, as its own journal has it. */
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
    if (verdict === 'refused') this.#takeRefused(originalOf(own), true);
    const effect = verdict === 'accepted' ? 'projected' : 'none';
    this.rows.set(row.order, { ...found.row, effect });
  }

  #takeEdits(entry: KnownEntry, row: RemoteEntryRow, isOwn: boolean): void {
    const { order, receivedAt, verdict } = row;
    const seen = seenOrder(this.epochs, entry.seen);
    const replaced = this.#replaced;
    for (const edit of editsOf(entry, { order, receivedAt, seen, isOwn }))
      this.#edits.push({ edit, replaced });
    // accepted with a whole former journal, it would not have been judged by anybody
    if (verdict !== 'accepted') return;
    for (const edit of joinedOrForgotten(entry, order)) this.#edits.push({ edit, replaced });
  }

  /** Also without effect: its author stops showing it. Accepted with a whole former journal, nobody would have judged it. */
  #takePerson({ order, verdict }: RemoteEntryRow, entry: RowEntry, isOwn: boolean): void {
    const original = entry === null || verdict === 'repeated' ? null : readOriginal(entry);
    if (original === null || !PERSON_ACTS.has(original.act)) return;
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

  #takeRefused(original: Entry | null, isOwn: boolean): void {
    const known = original === null ? null : knownEntry(original);
    const named = known === null ? [] : erasedBy(known);
    this.refusedErasures.push(...named);
    if (isOwn) this.notForgotten.push(...named);
  }

  /** The shop's tills, as the relay names them, its epochs, and discrepancies. */
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

  /** The customers whose cards they make or change. */
  get customers(): readonly string[] {
    return [...new Set(this.#edits.map(({ edit }) => edit.customer))];
  }

  /** The cards and authorised persons that they name, by hash, without those of this device. */
  get recordHashes(): readonly string[] {
    return recordHashesOf(this.#edits.filter(({ edit }) => 'recordHash' in edit && !edit.isOwn));
  }

  /** The cards and authorised persons of these customers that this device's own entries among them name, by hash. */
  ownRecordHashes(customers: ReadonlySet<string>): readonly string[] {
    const own = this.#edits.filter(({ edit }) => 'recordHash' in edit && edit.isOwn);
    return recordHashesOf(own.filter(({ edit }) => customers.has(edit.customer)));
  }

  /**
   * The cards of these customers after them. `held`: those before; `records`: what was sealed, by hash; `lacking`: customers of
   * whom this device has no card of its own, though it wrote one.
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

  /** Whether any of them changes goods. */
  get hasGoods(): boolean {
    return this.#goods.length > 0;
  }

  /** The products that they change. */
  get changedProducts(): readonly string[] {
    const all = this.#goods.flatMap(({ goods }) => goods.entry.body.changed);
    return [...new Set(all.map(({ product }) => product))];
  }

  /** The changed products after them. `held`: those before. */
  productsAfter(held: readonly RemoteProductRow[]): readonly RemoteProductRow[] {
    const products = new Map(held.map((row) => [row.product, row]));
    for (const { goods, replaced } of this.#goods)
      editProducts(products, goods, (till) => lastIdOf(till, replaced));
    return [...products.values()];
  }

  /** The categories that they change. */
  get changedCategories(): readonly string[] {
    const all = this.#categories.flatMap(({ categories }) => categories.entry.body.changed);
    return [...new Set(all.map(({ category }) => category))];
  }

  /** Those categories after them. `held`: those before. */
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

  /** The projected rows that all of them leave on top of those before, one change for each key. Marks in `rows` which leave none. */
  async changes(before: Before): Promise<ProjectedChange[]> {
    const fold = new Fold(before);
    const keys = keysOf(this.#tills.keys(), this.#key);
    for (const { row } of await foldEffects(fold, this.#effects, keys))
      this.rows.set(row.order, { ...row, effect: 'uncounted' });
    const orders = ordersOf(this.#effects);
    return fold.changes().map((change) => {
      if (change.op === 'delete') return change;
      if (change.table === 'accountEntries')
        return { ...change, rows: change.rows.map((row) => withOrder(row, orders)) };
      if (change.table === 'addedProducts')
        return { ...change, rows: change.rows.map((row) => withOrder(row, orders)) };
      return change;
    });
  }
}

const NO_RECORDS: ReadonlyMap<string, PersonalRecord> = new Map();

/** The cards and authorised persons that edits name, by hash. */
function recordHashesOf(edits: readonly PlacedEdit[]): readonly string[] {
  const named = edits.flatMap(({ edit }) => {
    if (!('recordHash' in edit)) return [];
    return 'person' in edit ? (edit.personRecordHash ?? []) : edit.recordHash;
  });
  return [...new Set(named)];
}

/** The card of a customer after one edit of it. `records`: of this device's own edits usually none. */
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
export const replacedAmong = (tills: readonly RemoteTillRow[]): ReadonlyMap<string, string> =>
  new Map(
    tills.flatMap(({ till, replacedBy }) => (replacedBy === null ? [] : [[till, replacedBy]])),
  );

/** The last id of the device that had this one. */
export function lastIdOf(till: string, replaced: ReadonlyMap<string, string>): string {
  let [last, steps] = [till, replaced.size];
  for (let next = replaced.get(last); next !== undefined && steps > 0; steps -= 1) {
    last = next;
    next = replaced.get(last);
  }
  return last;
}
