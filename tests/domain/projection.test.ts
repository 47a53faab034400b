// Properties of the projection: after any acts the rows equal the sums of the entries.
import type {
  BalanceRow,
  CategoryRow,
  DebtRow,
  DisputeRow,
  ProductRow,
  StockRow,
} from '$lib/contract/rows';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GENESIS_HASH, type Act, type BodyOf, type KnownEntry } from '$lib/contract/journal';
import { project, reads } from '$lib/domain/acts';
import { beforeOf, type ProjectedChange } from '$lib/domain/rows';
import { DECIDED } from '$lib/proof/chain';

const CUSTOMERS = ['ann', 'bob'];
const PRODUCTS = ['milk', 'bread', 'salt'];

/** The tables as a disk would hold them, changed only by `project`. */
class Disk {
  readonly balances = new Map<string, BalanceRow>();
  readonly debts = new Map<string, DebtRow>();
  readonly stock = new Map<string, StockRow>();
  readonly products = new Map<string, ProductRow>();
  readonly categories = new Map<string, CategoryRow>();
  readonly disputes = new Map<string, DisputeRow>();
  readonly unconfirmed = new Set<string>();
  readonly added = new Map<string, unknown>();

  apply(entry: KnownEntry): void {
    const keys = reads(entry);
    // only rows at the keys of `reads`, because other rows must make no difference
    const before = beforeOf({
      balances: keys.balances.flatMap((key) => this.balances.get(key.join(' ')) ?? []),
      debts: keys.debts.flatMap((key) => this.debts.get(key.join(' ')) ?? []),
      stock: keys.stock.flatMap((key) => this.stock.get(key) ?? []),
      products: keys.products.flatMap((key) => this.products.get(key) ?? []),
      categories: keys.categories.flatMap((key) => this.categories.get(key) ?? []),
      disputes: keys.disputes.flatMap((key) => this.disputes.get(key) ?? []),
    });
    for (const change of project(entry, before, new Set())) this.#change(change);
  }

  #change(change: ProjectedChange): void {
    if (change.op === 'delete') {
      if (change.table === 'unconfirmed') {
        for (const hash of change.keys) this.unconfirmed.delete(hash);
      }
      return;
    }
    switch (change.table) {
      case 'balances':
        for (const row of change.rows) this.balances.set(`${row.customer} ${row.account}`, row);
        break;
      case 'debts':
        for (const row of change.rows) this.debts.set(`${row.customer} ${row.debt}`, row);
        break;
      case 'stock':
        for (const row of change.rows) this.stock.set(row.product, row);
        break;
      case 'products':
        for (const row of change.rows) this.products.set(row.product, row);
        break;
      case 'categories':
        for (const row of change.rows) this.categories.set(row.category, row);
        break;
      case 'disputes':
        for (const row of change.rows) this.disputes.set(row.entry, row);
        break;
      case 'unconfirmed':
        for (const row of change.rows) this.unconfirmed.add(row.entry);
        break;
      // tests/domain/shift.test.ts checks the sums
      case 'days':
        break;
      default:
        for (const row of change.rows) this.added.set(JSON.stringify(row), row);
    }
  }
}

function entryOf<A extends Act>(act: A, body: BodyOf<A>, seq: number): KnownEntry {
  return {
    v: 1,
    till: 'till',
    seq,
    at: seq,
    operator: 'olga',
    policy: 1,
    act,
    body,
    ...DECIDED,
    prevHash: GENESIS_HASH,
    hash: `hash-${seq}`,
  } as KnownEntry;
}

const step = fc.record({
  customer: fc.constantFrom(...CUSTOMERS),
  account: fc.constantFrom('debt' as const, 'points' as const),
  delta: fc.integer({ min: -1000, max: 1000 }),
});
const confirmation = fc.constantFrom(
  { kind: 'override', action: 'sell-on-account', amount: 5 },
  { kind: 'code', action: 'sell-on-account', amount: 5, challenge: 'c', grant: 'g' },
  { kind: 'not-required', action: 'redeem-points', amount: 1, because: 'below-threshold' },
) as fc.Arbitrary<BodyOf<'sale'>['confirmations'][number]>;
const sale = fc.record({
  accounts: fc.array(step, { maxLength: 4 }),
  confirmations: fc.array(confirmation, { maxLength: 2 }),
  stock: fc.uniqueArray(
    fc.record({
      product: fc.constantFrom(...PRODUCTS),
      delta: fc.integer({ min: -5000, max: 5000 }),
    }),
    { selector: ({ product }) => product, maxLength: 3 },
  ),
});
type SaleParts = {
  accounts: BodyOf<'sale'>['accounts'];
  confirmations: BodyOf<'sale'>['confirmations'];
  stock: BodyOf<'sale'>['stock'];
};

const saleOf = (parts: SaleParts, seq: number): KnownEntry =>
  entryOf(
    'sale',
    {
      sale: `sale-${seq}`,
      number: seq,
      customer: 'ann',
      lines: [],
      pointsEarned: 0,
      repaidEarns: null,
      total: 0,
      rounding: 0,
      tenders: [],
      removed: { lines: 0, sum: 0 },
      held: { times: 0, longestMs: 0 },
      ...parts,
    } as unknown as BodyOf<'sale'>,
    seq,
  );

test('sums and stock equal the sum of all steps, after any sequence of sales', () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 12 }), (sales) => {
      const disk = new Disk();
      sales.forEach((parts, place) => disk.apply(saleOf(parts, place + 1)));
      const steps = sales.flatMap(({ accounts }) => accounts);
      for (const customer of CUSTOMERS) {
        for (const account of ['debt', 'points'] as const) {
          const own = steps.filter(
            (each) => each.customer === customer && each.account === account,
          );
          const sum = own.reduce((total, { delta }) => total + delta, 0);
          expect(disk.balances.get(`${customer} ${account}`)?.sum ?? 0).toBe(sum);
          if (account === 'points') continue;
          const debts = [...disk.debts.values()].filter((row) => row.customer === customer);
          expect(debts.reduce((total, { left }) => total + left, 0)).toBe(sum);
        }
      }
      for (const product of PRODUCTS) {
        const own = sales.flatMap(({ stock }) => stock).filter((each) => each.product === product);
        const delta = own.reduce((total, each) => total + each.delta, 0);
        expect(disk.stock.get(product)?.delta ?? 0).toBe(delta);
      }
      const rows = steps.length + sales.flatMap(({ confirmations }) => confirmations).length;
      const used = sales.flatMap(({ confirmations }, place) =>
        confirmations.some(({ kind }) => kind === 'code') ? [place] : [],
      );
      expect(disk.added.size).toBe(rows + sales.length + used.length);
    }),
  );
});

test('a count changes the stock by a step, like sales, and only of its product', () => {
  const disk = new Disk();
  const stock = PRODUCTS.map((product) => ({ product, delta: -1000 }));
  disk.apply(saleOf({ accounts: [], confirmations: [], stock }, 1));
  const lists = { added: [], changed: [], counted: [{ product: 'bread', delta: 4000 }] };
  const body = { source: 'file', file: null, refused: 0, ...lists } as const;
  disk.apply(entryOf('products-changed', { ...body, source: 'file' }, 2));
  disk.apply(saleOf({ accounts: [], confirmations: [], stock }, 3));
  expect(disk.stock.get('bread')?.delta).toBe(2000);
  expect([...disk.stock.values()].map(({ delta }) => delta).toSorted()).toEqual([
    -2000, -2000, 2000,
  ]);
});

test('a category keeps the last value of each field, with the entry that set it', () => {
  const disk = new Disk();
  const changed = (...changes: BodyOf<'categories-changed'>['changed']) => ({ changed: changes });
  const [bread, name] = [{ category: 'Хлеб' }, { category: 'Хлеб', field: 'name' }] as const;
  disk.apply(
    entryOf(
      'categories-changed',
      changed({ ...name, value: 'Выпечка' }, { ...bread, field: 'colour', value: 'blue' }),
      1,
    ),
  );
  disk.apply(entryOf('categories-changed', changed({ ...name, value: 'Булки' }), 2));
  expect([...disk.categories.values()]).toEqual([
    {
      category: 'Хлеб',
      edits: [
        { change: { ...bread, field: 'colour', value: 'blue' }, entry: 'hash-1' },
        { change: { ...name, value: 'Булки' }, entry: 'hash-2' },
      ],
    },
  ]);
});

test('an act without the customer’s code waits for review until it is reviewed', () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 8 }), fc.nat(), (sales, which) => {
      const disk = new Disk();
      sales.forEach((parts, place) => disk.apply(saleOf(parts, place + 1)));
      const waiting = sales.flatMap(({ confirmations }, place) =>
        confirmations.some(({ kind }) => kind !== 'code') ? [`hash-${place + 1}`] : [],
      );
      expect([...disk.unconfirmed].sort()).toEqual(waiting.toSorted());
      if (waiting.length === 0) return;
      const reviewed = waiting[which % waiting.length] ?? '';
      disk.apply(entryOf('unconfirmed-reviewed', { entries: [reviewed] }, sales.length + 1));
      expect(disk.unconfirmed.has(reviewed)).toBe(false);
      expect(disk.unconfirmed.size).toBe(waiting.length - 1);
    }),
  );
});

test('an import of demo customers needs no review, an import of a file does', () => {
  for (const source of ['demo', 'file'] as const) {
    const disk = new Disk();
    const body: BodyOf<'customers-imported'> = {
      source,
      customers: [],
      accounts: [
        { customer: 'ann', account: 'debt', delta: 10 },
        // a prepayment needs no confirmation
        { customer: 'eve', account: 'debt', delta: -30 },
        { customer: 'bob', account: 'debt', delta: 20 },
        { customer: 'ann', account: 'points', delta: 5 },
      ],
      confirmations: [10, 20].map((amount) => ({
        ...({ kind: 'none', action: 'sell-on-account', amount, because: 'import' } as const),
      })),
      approval: null,
    };
    disk.apply(entryOf('customers-imported', body, 1));
    expect(disk.unconfirmed.size).toBe(source === 'demo' ? 0 : 1);
    expect(disk.balances.get('bob debt')?.sum).toBe(20);
    const confirmed = [...disk.added.values()].filter((row) =>
      Object.hasOwn(row as object, 'shown'),
    );
    expect(confirmed).toMatchObject([{ customer: 'ann' }, { customer: 'bob' }]);
  }
});

test('a dispute keeps its first outcome, and closing it reviews the disputed entry', () => {
  const disk = new Disk();
  const parts: SaleParts = {
    accounts: [],
    confirmations: [{ kind: 'none', action: 'sell-on-account', amount: 5, because: 'import' }],
    stock: [],
  };
  disk.apply(saleOf(parts, 1));
  disk.apply(entryOf('dispute', { customer: 'ann', about: 'hash-1', note: null }, 2));
  expect(disk.disputes.get('hash-2')).toMatchObject({ about: 'hash-1', closed: null });
  const settled = { customer: 'ann', about: ['hash-2'], outcome: 'stands' as const };
  disk.apply(entryOf('settled', { ...settled, note: 'seen on camera' }, 3));
  disk.apply(entryOf('settled', { ...settled, note: 'again' }, 4));
  expect(disk.disputes.get('hash-2')?.closed).toMatchObject({
    entry: 'hash-3',
    note: 'seen on camera',
  });
  expect(disk.unconfirmed.size).toBe(0);

  // another till recorded the dispute, so this journal has only its closing
  disk.apply(entryOf('settled', { ...settled, about: ['elsewhere'], note: 'by the owner' }, 5));
  expect(disk.disputes.get('elsewhere')).toMatchObject({ customer: 'ann', opened: null });
});

test('a discrepancy keeps the first act that closed it, and belongs to no customer', () => {
  const disk = new Disk();
  const settled = { customer: null, about: ['cap', 'limit'], outcome: 'stands' as const };
  disk.apply(entryOf('settled', { ...settled, note: 'agreed' }, 1));
  const again = { ...settled, about: ['cap'], outcome: 'dealt-with' as const };
  disk.apply(entryOf('settled', { ...again, note: 'again' }, 2));
  const closed = { entry: 'hash-1', at: 1, operator: 'olga', outcome: 'stands', note: 'agreed' };
  for (const entry of ['cap', 'limit'])
    expect(disk.disputes.get(entry)).toEqual({
      entry,
      customer: null,
      about: null,
      opened: null,
      closed,
    });
});

test('an act that closes discrepancies closes no customer’s dispute', () => {
  const disk = new Disk();
  disk.apply(entryOf('dispute', { customer: 'ann', about: null, note: null }, 1));
  const [dispute] = disk.disputes.keys();
  const settled = { customer: null, about: [dispute!], outcome: 'stands' as const, note: 'mine' };
  disk.apply(entryOf('settled', settled, 2));
  expect(disk.disputes.get(dispute!)?.closed).toBeNull();
});
