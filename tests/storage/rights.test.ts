// Every act, called past the screen by an operator without the required right, writes nothing.
import { codeHash } from '$lib/domain/values/receipt-number';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Act, EntryOf } from '$lib/contract/journal';
import type { Right } from '$lib/contract/policy';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { money } from '$lib/domain/values/money';
import { goodsChanges, type GoodsChanges } from '$lib/domain/goods-changes';
import { USUAL_TAX, type Product } from '$lib/domain/goods/product';
import type { TillDb } from '$lib/storage/database/db';
import { goodsIn } from '$lib/storage/remote/shown-goods';
import { NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { RIGHTS } from '$lib/domain/policy/rights';
import { savePayout, saveRepayment } from '$lib/storage/customers/debts';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import { importCustomers, saveCustomer } from '$lib/storage/customers/customers';
import { forgetCustomer } from '$lib/storage/customers/forgotten';
import { reviewUnconfirmed } from '$lib/storage/customers/unconfirmed';
import { recentImports, undoImport } from '$lib/storage/customers/undone-imports';
import { changeGoods } from '$lib/storage/goods/catalogue';
import { changeCategories } from '$lib/storage/goods/categories';
import { savePolicy } from '$lib/storage/policy/policies';
import { addPerson, removePerson } from '$lib/storage/sales/authorised-persons';
import { saveCancellation } from '$lib/storage/sales/cancelled-repayments';
import { cancelReceipt, recordReprint, takeUpReceipt } from '$lib/storage/sales/receipts';
import { saveCorrection } from '$lib/storage/sales/corrections';
import { correctTender } from '$lib/storage/sales/corrected-tenders';
import { mergeCustomers } from '$lib/storage/sales/merges';
import { saveReturn } from '$lib/storage/sales/returns';
import { closeShift, countDrawer, recordInShift, openShift } from '$lib/storage/shifts/shifts';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  CASHIER,
  discard,
  downloaded,
  id,
  openShop,
  OWNER,
  overrideBy,
  points,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

type Outcome = { readonly kind: string; readonly because?: { readonly kind: string } };

/** `lacks`: rights of which any one would be enough. `because`: the refusal, if it is not the one for a missing right. */
type Case = {
  readonly lacks: readonly [Right, ...Right[]];
  readonly because?: string;
  readonly attempt: (shop: Shop, sold: EntryOf<'sale'>) => Promise<Outcome>;
};

const by = { operator: CASHIER, at: AT };
const owner = { operator: OWNER, at: AT };
const tenders = [{ kind: 'cash', amount: money(100) }] as const;
const drawer = { ...by, note: null };
const tip = { amount: money(5), tender: 'card', sale: null } as const;
const returning = { reason: 'faulty', note: null, inCash: true, approvedBy: OWNER } as const;
const loaf = { product: BREAD, name: 'хлеб', unit: 'piece', quantity: 1000, to: 'stock' } as const;
const gleb = { id: id(950), name: 'Глеб', phone: null, credit: { kind: 'shop-limit' } } as const;
const vera = { id: id(951), name: 'Вера', phone: '+79250000699' };
const imported = { customers: [{ ...gleb, ...NO_DETAILS, owed: 0, points: 0 }], approvals: [] };

/** A loaf whose line has these changes. */
const loafOf = (n: number, paid: number, change: Partial<Receipt['lines'][number]>): Receipt => {
  const receipt = receiptOf(id(n), { tenders: [cash(paid)] });
  return { ...receipt, lines: receipt.lines.map((line) => ({ ...line, ...change })) };
};

async function repaid({ db }: Shop): Promise<EntryOf<'repayment'>> {
  const saved = await saveRepayment(db, { ...owner, repayment: id(700), customer: ANNA, tenders });
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  return saved.entry;
}

/** Every act must be listed, or this does not compile. An act that needs no right, or that no person makes, has no case. */
const acts: { readonly [A in Act]: readonly Case[] } = {
  sale: [
    { lacks: ['sell'], because: 'may-not-sell', attempt: (shop) => shop.sell(paid(510), [], by) },
    {
      lacks: ['sell-on-account'],
      because: 'may-not-sell',
      attempt: (shop) => shop.sell(owing(511), [overrideBy(OWNER, 'sell-on-account')], by),
    },
    {
      lacks: ['skip-code:on-account'],
      because: 'override-no-right',
      attempt: (shop) => shop.sell(owing(512), [overrideBy(CASHIER, 'sell-on-account')], by),
    },
    {
      lacks: ['redeem-points'],
      because: 'may-not-sell',
      attempt: (shop) => shop.sell(redeeming(513), [overrideBy(OWNER, 'redeem-points')], by),
    },
    {
      lacks: ['skip-code:points'],
      because: 'override-no-right',
      attempt: (shop) => shop.sell(redeeming(514), [overrideBy(CASHIER, 'redeem-points')], by),
    },
    {
      lacks: ['sell-over-limit'],
      because: 'over-limit',
      attempt: (shop) =>
        shop.sell(receiptOf(id(515), { customer: BORIS, cheese: 99, bread: 0 }), [], by),
    },
    {
      lacks: ['free-price'],
      because: 'may-not-sell',
      attempt: (shop) =>
        shop.sell(loafOf(516, 5_000, { unitPrice: money(5_000), priceFrom: 'free' }), [], by),
    },
    {
      lacks: ['discount'],
      because: 'may-not-sell',
      attempt: (shop) =>
        shop.sell(loafOf(517, 9_900, { discount: { ...NO_DISCOUNT, sum: money(100) } }), [], by),
    },
  ],
  repayment: [
    {
      lacks: ['take-repayment'],
      attempt: ({ db }) =>
        saveRepayment(db, { ...by, repayment: id(701), customer: ANNA, tenders }),
    },
  ],
  'repayment-cancelled': [
    {
      lacks: ['correct-balance'],
      attempt: async (shop) =>
        saveCancellation(shop.db, {
          allowedBy: null,
          ...by,
          cancellation: id(702),
          repayment: await repaid(shop),
          reason: 'Не ей',
          confirmations: [overrideBy(OWNER, 'sell-on-account')],
        }),
    },
  ],
  'overpayment-returned': [
    {
      lacks: ['return'],
      attempt: ({ db }) =>
        savePayout(db, {
          ...by,
          payout: id(703),
          customer: ANNA,
          amount: money(100),
          tender: 'cash',
          allowedBy: null,
        }),
    },
  ],
  'balance-corrected': [
    {
      lacks: ['correct-balance'],
      attempt: ({ db }) =>
        saveCorrection(db, {
          ...by,
          correction: id(704),
          customer: ANNA,
          account: 'points',
          delta: 5,
          debt: null,
          reason: 'Ошиблись',
          confirmations: [],
        }),
    },
  ],
  // of goods without a sale a colleague always has to agree, regardless of who gives them back
  return: [
    {
      lacks: ['return'],
      because: 'needs-colleague',
      attempt: ({ db }, sale) =>
        saveReturn(db, {
          ...by,
          ...returning,
          return: id(705),
          sale,
          shown: 'paper',
          scanned: codeHash(sale.hash),
          approvedBy: null,
          goods: [{ line: 0, quantity: 1000, to: 'stock' }],
        }),
    },
  ],
  'tender-corrected': [
    {
      lacks: ['correct-tender'],
      attempt: ({ db }, sale) =>
        correctTender(db, {
          ...by,
          correction: id(715),
          sale,
          allowedBy: null,
          tenders: { cash: 0, card: 10_000, transfer: 0 },
        }),
    },
  ],
  'receipt-cancelled': [
    {
      lacks: ['sell'],
      attempt: ({ db }) =>
        cancelReceipt(db, {
          ...by,
          id: id(707),
          receipt: id(590),
          lines: 1,
          total: money(100),
          held: { times: 0, longestMs: 0 },
          removed: { lines: 0, sum: 0 },
        }),
    },
  ],
  'receipt-resumed': [
    {
      lacks: ['sell'],
      attempt: ({ db }) =>
        takeUpReceipt(db, { ...by, id: id(708), receipt: id(590), cancelled: id(707) }),
    },
  ],
  'receipt-reprinted': [
    { lacks: ['sell', 'view-reports'], attempt: ({ db }, of) => recordReprint(db, { ...by, of }) },
  ],
  'shift-opened': [
    {
      lacks: ['open-shift'],
      attempt: ({ db }) => openShift(db, { ...by, float: money(100) }),
    },
  ],
  'cash-moved': [
    {
      lacks: ['cash-in-out'],
      attempt: ({ db }) =>
        recordInShift(db, 'cash-moved', {
          ...drawer,
          id: id(709),
          direction: 'out',
          amount: money(5),
          reason: 'cash-drop',
          approvedBy: null,
        }),
    },
  ],
  'drawer-opened': [
    {
      lacks: ['cash-in-out'],
      attempt: ({ db }) =>
        recordInShift(db, 'drawer-opened', { ...drawer, id: id(710), reason: 'look-inside' }),
    },
  ],
  tip: [
    {
      lacks: ['take-tip'],
      attempt: ({ db }) => recordInShift(db, 'tip', { ...by, id: id(719), ...tip }),
    },
  ],
  'drawer-counted': [
    {
      lacks: ['close-shift'],
      attempt: async (shop) => {
        await repaid(shop);
        return countDrawer(shop.db, {
          ...by,
          id: id(711),
          counted: money(100),
          pieces: [],
          terminal: [],
        });
      },
    },
  ],
  'shift-closed': [
    {
      lacks: ['close-shift'],
      attempt: async (shop) => {
        await repaid(shop);
        const counted = { ...owner, id: id(712), counted: money(100), pieces: [], terminal: [] };
        await countDrawer(shop.db, counted);
        return closeShift(shop.db, { ...drawer, id: id(713), left: money(0), reason: 'unknown' });
      },
    },
  ],
  'customer-saved': [
    {
      lacks: ['sell', 'manage-customers', 'change-customer-phone'],
      attempt: ({ db }) => saveCustomer(db, { ...by, customer: { ...gleb, ...NO_DETAILS } }),
    },
    {
      lacks: ['manage-customers'],
      attempt: ({ db }) => {
        const credit = { kind: 'unlimited' } as const;
        return saveCustomer(db, { ...by, customer: { ...gleb, ...NO_DETAILS, credit } });
      },
    },
  ],
  'customer-forgotten': [
    {
      lacks: ['manage-customers'],
      attempt: ({ db }) =>
        forgetCustomer(db, { ...by, customer: BORIS, consent: { kind: 'by-right' } }),
    },
  ],
  'customers-merged': [
    {
      lacks: ['manage-customers'],
      attempt: ({ db }) => {
        const codes = { from: 'a.b.c', into: 'a.b.c' };
        return mergeCustomers(db, { ...by, merge: id(714), from: BORIS, into: ANNA, codes });
      },
    },
  ],
  'authorised-person-added': [
    {
      lacks: ['manage-customers'],
      attempt: ({ db }) => addPerson(db, { ...by, customer: ANNA, person: vera, code: 'a.b.c' }),
    },
  ],
  'authorised-person-removed': [
    {
      lacks: ['manage-customers'],
      attempt: async ({ db }) => {
        await db.customers.update(ANNA, { persons: [vera] });
        return removePerson(db, { ...by, customer: ANNA, person: vera.id });
      },
    },
  ],
  'customers-imported': [
    {
      lacks: ['manage-customers', 'data'],
      attempt: ({ db }) => importCustomers(db, { ...by, source: 'file', ...imported }),
    },
  ],
  'import-undone': [
    {
      lacks: ['data'],
      attempt: async ({ db }) => {
        await importCustomers(db, { ...owner, source: 'file', ...imported });
        const [recent] = await recentImports(db, 0);
        if (recent === undefined) throw new Error('nothing was imported');
        const { place } = recent;
        return undoImport(db, { ...by, place, customers: [gleb.id], approval: null });
      },
    },
  ],
  'products-changed': [
    {
      lacks: ['manage-catalogue', 'data'],
      attempt: async ({ db }) => {
        const changes = await added(db);
        return changeGoods(db, { ...by, source: 'file', file: 'a.csv', refused: 0, changes });
      },
    },
    {
      lacks: ['manage-catalogue'],
      attempt: async ({ db }) => {
        const changes = await added(db);
        return changeGoods(db, { ...by, source: 'edit', file: null, refused: 0, changes });
      },
    },
  ],
  'categories-changed': [
    {
      lacks: ['manage-catalogue'],
      attempt: ({ db }) => {
        const changed = [{ category: 'Еда', field: 'name', value: 'Продукты' }] as const;
        return changeCategories(db, { ...by, inGoods: ['Еда'], changed });
      },
    },
  ],
  dispute: [
    {
      lacks: ['correct-balance'],
      attempt: ({ db }) => openDispute(db, { ...by, customer: ANNA, about: null, note: null }),
    },
  ],
  settled: [
    {
      lacks: ['manage-customers'],
      attempt: async ({ db }) => {
        await openDispute(db, { ...owner, customer: ANNA, about: null, note: null });
        const [dispute] = await db.disputes.toArray();
        return closeDispute(db, {
          ...by,
          entry: dispute?.entry ?? '',
          customer: ANNA,
          outcome: 'stands',
          note: 'Спросили',
        });
      },
    },
  ],
  'unconfirmed-reviewed': [
    {
      lacks: ['correct-balance'],
      attempt: async (shop) => {
        await shop.sell(owing(518), [overrideBy(OWNER, 'sell-on-account')], owner);
        const [first] = await shop.db.unconfirmed.toArray();
        return reviewUnconfirmed(shop.db, { ...by, entries: [first?.entry ?? ''] });
      },
    },
  ],
  'reserve-codes-issued': [],
  'reserve-codes-voided': [],
  'till-enrolled': [],
  'carried-over': [],
  'backup-restored': [],
  'entries-skipped': [],
  'numbers-skipped': [],
  'pin-locked': [],
  'policy-refused': [],
};

async function added(db: TillDb): Promise<GoodsChanges> {
  const bread: Product = {
    id: BREAD,
    name: 'хлеб',
    names: { ru: 'хлеб', en: null },
    sku: null,
    barcodes: [],
    category: 'Еда',
    price: money(10_000),
    unit: 'piece',
    stock: null,
    tax: USUAL_TAX,
    noDiscounts: false,
    askAge: null,
    marked: false,
    usualMost: null,
  };
  return goodsChanges(await goodsIn(db), [bread], new Set());
}

function paid(n: number): Receipt {
  return receiptOf(id(n), { customer: ANNA, tenders: [cash(10_000)] });
}

function owing(n: number): Receipt {
  return receiptOf(id(n), { customer: ANNA });
}

function redeeming(n: number): Receipt {
  return receiptOf(id(n), { customer: ANNA, tenders: [points(5), cash(9_500)] });
}

const cases = Object.entries(acts).flatMap(([act, of]) => of.map((one) => ({ act, ...one })));

let shop: Shop;
let sold: EntryOf<'sale'>;
beforeEach(async () => {
  shop = await openShop();
  await downloaded(shop.db);
  const saved = await shop.sell(paid(500), [], owner);
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  sold = saved.entry as EntryOf<'sale'>;
});
afterEach(() => discard(shop.db));

/** Gives the cashier all rights but these. */
async function mayAllBut(version: number, lacks: readonly Right[]): Promise<void> {
  const signed = await shop.policyJws(version, (policy) => {
    const rights = RIGHTS.filter((right) => !lacks.includes(right));
    policy.groups.push({ id: 'all-but', name: 'Все', discountBasisPoints: 10_000, rights });
    policy.operators.forEach((one) => one.id === CASHIER && (one.group = 'all-but'));
  });
  await savePolicy(shop.db, signed);
}

const actsOf = async (act: string) =>
  (await shop.db.journal.toArray()).filter(
    (entry) => entry.act === act && entry.operator === CASHIER,
  ).length;

test('return by a cashier without the right is saved with the PIN of a colleague who has it', async () => {
  await mayAllBut(2, ['return']);
  const saved = await saveReturn(shop.db, {
    ...by,
    ...returning,
    return: id(706),
    sale: null,
    customer: null,
    goods: [{ ...loaf, mark: null, tax: USUAL_TAX, prices: { given: 100, list: 100 } }],
  });
  expect(saved).toMatchObject({
    kind: 'saved',
    entry: { operator: CASHIER, body: { approval: { kind: 'given', by: OWNER } } },
  });
});

describe.each(cases)('$act without $lacks', ({ act, lacks, because = 'no-right', attempt }) => {
  test('is refused for it, and with it is not', async () => {
    await mayAllBut(2, lacks);
    const refused = await attempt(shop, sold);
    expect(refused).toMatchObject({ kind: 'refused', because: { kind: because } });
    if (because === 'no-right') expect(refused.because).toMatchObject({ right: lacks[0] });
    expect(await actsOf(act)).toBe(0);
    await mayAllBut(3, []);
    const allowed = await attempt(shop, sold);
    expect(allowed.because?.kind).not.toBe(because);
  });
});
