// Computes cards, persons, goods and categories from the relay's order, entry by entry from the first.
// Independent of the product's code.
import type { Database } from 'better-sqlite3';
import type { Entry } from '$lib/contract/journal';

type Row = {
  shop_order: number;
  till: string;
  seq: number;
  act: string;
  entry: string;
  verdict: string;
};
type Edit = { readonly order: number; readonly entry: Entry };
type Step = { readonly customer: string; readonly account: string; readonly delta: number };
type FieldEdit = { readonly product: string; readonly field: string; readonly value: unknown };
type CategoryEdit = { readonly category: string; readonly field: string; readonly value: unknown };
/** `acceptedAt`: its place, or the place where an owner accepted the former journal that it belongs to. */
type Judged = Edit & { readonly verdict: string; readonly acceptedAt: number };

/** What undoing an import took back. `of`: the import's entry. */
export type Undone = {
  readonly of: string;
  readonly customers: readonly string[];
  readonly accounts: readonly Step[];
};

/**
 * The entries in the order in which they count; those of a former journal from the place where an owner accepts it, those that
 * are delayed from the place of their later verdict.
 */
class Order {
  readonly #file: Database;
  readonly #epochs: readonly { epoch: number; shared: number }[];
  readonly #nextId = new Map<string, string>();

  constructor(file: Database) {
    this.#file = file;
    this.#epochs = file.prepare('SELECT epoch, shared FROM epochs ORDER BY began').all() as {
      epoch: number;
      shared: number;
    }[];
  }

  /** How much of the order its author knew. */
  knew({ seen }: Entry): number {
    const place = this.#epochs.findIndex(({ epoch }) => epoch === seen.epoch);
    if (place < 0) return 0;
    return Math.min(seen.order, this.#epochs[place + 1]?.shared ?? Infinity);
  }

  /** Whether two tills are one device, by what was read so far. */
  isOneDevice(a: Entry, b: Entry): boolean {
    return this.#deviceOf(a.till) === this.#deviceOf(b.till);
  }

  #deviceOf(till: string): string {
    const next = this.#nextId.get(till);
    return next === undefined ? till : this.#deviceOf(next);
  }

  *entries(): Generator<Judged> {
    let waiting: (Edit & { till: string })[] = [];
    const delayed = new Map<string, Edit>();
    const rows = this.#file
      .prepare('SELECT shop_order, till, seq, act, entry, verdict FROM journal ORDER BY shop_order')
      .all() as Row[];
    for (const { shop_order: order, till, seq, act, entry: text, verdict } of rows) {
      const entry = JSON.parse(text) as Entry;
      const original = act === 'carried-over' ? (entry.body['entry'] as Entry) : entry;
      if (act === 'till-replaced') {
        const { till: former, by } = entry.body as { till: string; by: string | null };
        if (by === null) this.#nextId.delete(former);
        else this.#nextId.set(former, by);
      } else if (act === 'former-journal-accepted') {
        const isOf = (each: { till: string; entry: Entry }) =>
          each.till === entry.body['till'] && each.entry.till === entry.body['former'];
        for (const each of waiting.filter(isOf))
          yield { order: each.order, entry: each.entry, verdict: 'waiting', acceptedAt: order };
        waiting = waiting.filter((each) => !isOf(each));
      } else if (act === 'judged-again') {
        const { till: of, seq: at, verdict: later } = entry.body;
        const found = delayed.get(`${String(of)} ${String(at)}`);
        if (found !== undefined) yield { ...found, verdict: String(later), acceptedAt: order };
      } else if (verdict === 'delayed') {
        delayed.set(`${till} ${seq}`, { order, entry: original });
      } else if (verdict === 'waiting') waiting.push({ order, till, entry: original });
      else yield { order, entry: original, verdict, acceptedAt: order };
    }
  }
}

/**
 * For each customer the hash of the newest card and its till; `stale`: how many changes did not count because their author did
 * not know another till's change.
 */
export function cardsInOrder(
  file: Database,
  customers: readonly string[],
): {
  readonly cards: ReadonlyMap<string, { readonly hash: string; readonly till: string }>;
  readonly stale: number;
  /** The cards of a customer's account, including their own. */
  readonly accountOf: (customer: string) => readonly string[];
  /** Customers who were forgotten: no card of theirs counts any more. */
  readonly forgotten: ReadonlySet<string>;
  /** Imports that were undone. */
  readonly undone: readonly Undone[];
  /** Customers forgotten despite a debt earlier in the order, or not forgotten because of a debt that is not there. */
  readonly misjudged: readonly string[];
} {
  const all = new Order(file);
  const newest = new Map<string, Edit>();
  const forgotten = new Set<string>();
  const owed = new Map<string, number>();
  let accounts: readonly (readonly string[])[] = [];
  const accountOf = (customer: string): readonly string[] =>
    accounts.find((cards) => cards.includes(customer)) ?? [customer];
  const merge = ({ body }: Entry): void => {
    const [from, into] = [body['from'], body['into']] as { customer: string }[];
    const one = [...accountOf(from?.customer ?? ''), ...accountOf(into?.customer ?? '')];
    accounts = [...accounts.filter((cards) => !cards.some((each) => one.includes(each))), one];
  };
  const isRefusedForDebt = file
    .prepare("SELECT 1 FROM flags WHERE hash = ? AND kind = 'forget-refused' AND detail = 'owes'")
    .pluck();
  const misjudged: string[] = [];
  let stale = 0;
  const move = ({ body }: Entry): void => {
    for (const { customer, account, delta } of (body['accounts'] ?? []) as Step[])
      if (account === 'debt') owed.set(customer, (owed.get(customer) ?? 0) + delta);
  };
  const forget = ({ hash, body }: Entry, verdict: string): void => {
    const customer = String(body['customer']);
    const cards = accountOf(customer);
    const owes = cards.reduce((sum, card) => sum + (owed.get(card) ?? 0), 0);
    if (verdict === 'accepted' && !forgotten.has(customer) && owes !== 0)
      misjudged.push(`${customer} is forgotten and owes ${owes}`);
    if (verdict === 'refused' && owes <= 0 && isRefusedForDebt.get(hash) !== undefined)
      misjudged.push(`${customer} is not forgotten, for a debt of ${owes}`);
    if (verdict !== 'accepted') return;
    for (const card of cards) {
      forgotten.add(card);
      newest.delete(card);
    }
  };
  const undone: Undone[] = [];
  const undo = ({ body }: Entry): void => {
    const { import: of, ...back } = body as Undone & { readonly import: { readonly hash: string } };
    undone.push({ ...back, of: of.hash });
  };
  const edit = (order: number, entry: Entry): void => {
    const customer = String(entry.body['customer']);
    if (entry.act !== 'customer-saved' || !customers.includes(customer)) return;
    if (forgotten.has(customer)) return;
    const before = newest.get(customer);
    const isOther = before !== undefined && !all.isOneDevice(before.entry, entry);
    if (isOther && before.order > all.knew(entry)) stale += 1;
    else newest.set(customer, { order, entry });
  };
  for (const { order, entry, verdict } of all.entries()) {
    const { act } = entry;
    if (act === 'customer-forgotten' && verdict !== 'waiting') forget(entry, verdict);
    else if (act === 'customers-merged' && verdict === 'accepted') merge(entry);
    else if (act === 'import-undone' && verdict !== 'accepted') continue;
    else if (act === 'import-undone') undo(entry);
    else if (verdict === 'accepted' || verdict === 'waiting') {
      move(entry);
      edit(order, entry);
    }
  }
  return {
    cards: new Map(
      [...newest].map(([id, { entry }]) => [
        id,
        { hash: String(entry.body['recordHash']), till: entry.till },
      ]),
    ),
    stale,
    accountOf,
    forgotten,
    undone,
    misjudged,
  };
}

/** The state of a product: for each field the last change whose author knew the previous one, and all steps of stock. */
export function goodsInOrder(
  file: Database,
  product: string,
): { readonly fields: Readonly<Record<string, unknown>>; readonly moved: number; stale: number } {
  const all = new Order(file);
  const newest = new Map<string, Edit & { readonly value: unknown }>();
  let [moved, stale] = [0, 0];
  for (const { acceptedAt: order, entry, verdict } of all.entries()) {
    if (verdict !== 'accepted' && verdict !== 'waiting') continue;
    const { stock, counted, changed } = entry.body;
    // in a shift's entry `counted` is not a list
    const steps = [stock, counted].filter((each) => Array.isArray(each)).flat();
    for (const step of steps as { product: string; delta: number }[])
      if (step.product === product) moved += step.delta;
    if (entry.act !== 'products-changed') continue;
    for (const { field, value, product: of } of changed as FieldEdit[]) {
      const before = newest.get(field);
      if (of !== product) continue;
      const isOther = before !== undefined && !all.isOneDevice(before.entry, entry);
      if (isOther && before.order > all.knew(entry)) stale += 1;
      else newest.set(field, { order, entry, value });
    }
  }
  const fields = Object.fromEntries([...newest].map(([field, { value }]) => [field, value]));
  return { fields, moved, stale };
}

/** For each category its fields: of each the last change whose author knew the one before. `stale`: as for cards. */
export function categoriesInOrder(file: Database): {
  readonly categories: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly stale: number;
} {
  const all = new Order(file);
  let stale = 0;
  const newest = new Map<string, Map<string, Edit & { readonly value: unknown }>>();
  for (const { acceptedAt: order, entry, verdict } of all.entries()) {
    if (verdict !== 'accepted' && verdict !== 'waiting') continue;
    if (entry.act !== 'categories-changed') continue;
    for (const { category, field, value } of entry.body['changed'] as CategoryEdit[]) {
      const fields = newest.get(category) ?? new Map<string, Edit & { readonly value: unknown }>();
      newest.set(category, fields);
      const before = fields.get(field);
      const isOther = before !== undefined && !all.isOneDevice(before.entry, entry);
      // who sets the value that a field has already changes nothing
      if (before?.value === value) continue;
      if (isOther && before.order > all.knew(entry)) stale += 1;
      else fields.set(field, { order, entry, value });
    }
  }
  const categories = new Map(
    [...newest].map(([category, fields]) => [
      category,
      Object.fromEntries([...fields].map(([field, { value }]) => [field, value])),
    ]),
  );
  return { categories, stale };
}

/** The ids of the authorised persons on each card. Who was removed never comes back. */
export function personsInOrder(file: Database): ReadonlyMap<string, ReadonlySet<string>> {
  const persons = new Map<string, Set<string>>();
  const removed = new Set<string>();
  const forgotten = new Set<string>();
  for (const { entry, verdict } of new Order(file).entries()) {
    if (verdict !== 'accepted') continue;
    const { customer, person, from } = entry.body;
    const card = String(customer);
    if (entry.act === 'authorised-person-removed') {
      removed.add(String(person));
      persons.get(card)?.delete(String(person));
    } else if (entry.act === 'authorised-person-added') {
      if (!removed.has(String(person)) && !forgotten.has(card))
        persons.set(card, (persons.get(card) ?? new Set()).add(String(person)));
    } else if (entry.act === 'customers-merged') {
      persons.delete((from as { customer: string }).customer);
    } else if (entry.act === 'customer-forgotten') {
      forgotten.add(card);
      persons.delete(card);
    }
  }
  return persons;
}

/** Proofs used by several accepted acts, although the relay has flagged none of these acts after the first. */
export function proofsUsedTwice(file: Database): readonly string[] {
  const users = new Map<string, Set<string>>();
  for (const { entry, verdict } of new Order(file).entries()) {
    if (verdict !== 'accepted' && verdict !== 'waiting') continue;
    // a reserve code that moved to another till has another signature there
    for (const [proof] of JSON.stringify(entry.body).matchAll(/"eyJ[^"]+"|"code":"\w{10}"/g))
      users.set(proof, (users.get(proof) ?? new Set()).add(entry.hash));
  }
  const flagged = file.prepare('SELECT 1 FROM flags WHERE hash = ?');
  return [...users.values()]
    .filter((by) => by.size > 1)
    .flatMap((by) => [...by].slice(1).filter((hash) => flagged.get(hash) === undefined));
}
