// Every act, uploaded for an operator who lacks just its right, is kept and flagged.
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actBodies, type Act, type BodyOf } from '$lib/contract/journal';
import type { Operator, Policy, Right } from '$lib/contract/policy';
import type { SaleBody } from '$lib/contract/acts/sale';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { RIGHTS } from '$lib/domain/policy/rights';
import { NO_TOTALS } from '$lib/domain/shift/shift';
import { openShop, type Shop } from '../support/challenges';
import {
  cashSale,
  onAccountSale,
  overrideBy,
  pointsSale,
  TillJournal,
} from '../support/till-journal';
import { arrive } from '../support/two-tills';

/** `lacks`: the missing rights, of which one would be enough. `found`: kind and detail of the expected flag. */
type Case<A extends Act> = {
  readonly lacks: readonly [Right, ...Right[]];
  readonly body: BodyOf<A>;
  readonly found?: readonly [string, string];
};

const customer = uuidv7();
const other = uuidv7();
const HASH = 'a'.repeat(64);
const credit = { kind: 'shop-limit' } as const;
const card = { customer, recordHash: HASH, credit };
const code = () => ({ challenge: uuidv7(), grant: 'a.b.c' });
const step = (account: 'debt' | 'points', delta: number) => ({ customer, account, delta });
const day = '2026-11-28';
const named = { customer, currency: 'RUB', day };
const settles = [{ debt: HASH, tender: 'cash' as const, amount: 100 }];
const tenders = [{ kind: 'cash' as const, amount: 100 }];

/** Placeholder for the operator of the entry. */
const AUTHOR = uuidv7();
const withoutCode = (amount: number) => overrideBy(AUTHOR, amount);

const returned: BodyOf<'return'> = {
  return: uuidv7(),
  currency: 'RUB',
  day: '2026-11-28',
  sale: null,
  customer: null,
  lines: [
    {
      line: 0,
      product: uuidv7(),
      name: 'Хлеб',
      unit: 'piece',
      quantity: 1000,
      amount: 100,
      mark: null,
      prices: { given: 100, list: 100 },
      tax: { ...USUAL_TAX, vat: 'none' },
      to: 'stock',
    },
  ],
  total: 100,
  debtReduced: 0,
  settles: [],
  refunds: tenders,
  inCash: true,
  rounding: 0,
  pointsGivenBack: 0,
  pointValue: 100,
  pointsTakenBack: 0,
  withheld: { points: 0, amount: 0 },
  shown: 'nothing',
  scanned: null,
  reason: 'faulty',
  note: null,
  approval: { kind: 'alone' },
  confirmations: [],
  accounts: [],
  stock: [],
};

const reduced = (change: Partial<SaleBody['lines'][number]>, total: number): SaleBody => {
  const sale = cashSale({ customer, total });
  return { ...sale, lines: sale.lines.map((line) => ({ ...line, ...change })) };
};

/** An act that is missing here does not compile. An act that needs no right has no case. */
const acts: { readonly [A in Act]: readonly Case<A>[] } = {
  sale: [
    { lacks: ['sell'], body: cashSale({ customer, total: 5000 }) },
    {
      lacks: ['sell-on-account'],
      body: onAccountSale({ customer, onAccount: 5000 }, withoutCode(5000)),
    },
    { lacks: ['redeem-points'], body: pointsSale({ customer, points: 10 }, null) },
    {
      lacks: ['sell-over-limit'],
      body: onAccountSale({ customer, onAccount: 90_000_000 }, withoutCode(90_000_000)),
    },
    {
      lacks: ['skip-code:on-account'],
      body: onAccountSale({ customer, onAccount: 5000 }, withoutCode(5000)),
      found: ['no-right', 'sell-on-account'],
    },
    {
      lacks: ['free-price'],
      body: reduced({ listPrice: 9000, unitPrice: 5000, priceFrom: 'free' }, 5000),
      found: ['against-rules', 'may-not-sell'],
    },
    {
      lacks: ['discount'],
      body: {
        ...reduced(
          {
            listPrice: 5500,
            unitPrice: 5500,
            given: { basisPoints: null, sum: 500 },
            discounts: [{ from: 'line', rule: null, basisPoints: null, amount: 500 }],
          },
          5000,
        ),
      },
      found: ['against-rules', 'may-not-sell'],
    },
  ],
  repayment: [
    {
      lacks: ['take-repayment'],
      body: {
        ...named,
        repayment: uuidv7(),
        tenders,
        amount: 100,
        changeDue: 0,
        rounding: 0,
        settles,
        earned: [],
        accounts: [step('debt', -100)],
      },
    },
  ],
  'repayment-cancelled': [
    {
      lacks: ['correct-balance'],
      body: {
        allowedBy: null,
        ...named,
        cancellation: uuidv7(),
        repayment: { till: uuidv7(), seq: 1, hash: HASH },
        amount: 100,
        rounding: 0,
        refunds: tenders,
        settles,
        takenBack: [],
        withheld: { points: 0, amount: 0 },
        reason: 'Не ему',
        accounts: [step('debt', 100)],
        confirmations: [withoutCode(100)],
      },
    },
  ],
  'overpayment-returned': [
    {
      lacks: ['return'],
      body: {
        ...named,
        payout: uuidv7(),
        amount: 100,
        tender: 'cash',
        allowedBy: null,
        accounts: [step('debt', 100)],
      },
    },
  ],
  'balance-corrected': [
    {
      lacks: ['correct-balance'],
      body: {
        ...named,
        correction: uuidv7(),
        account: 'points',
        delta: 5,
        reason: 'Ошиблись',
        debt: null,
        settles: [],
        accounts: [step('points', 5)],
        confirmations: [{ kind: 'by-right', action: 'redeem-points', amount: 500 }],
      },
    },
  ],
  return: [
    { lacks: ['return'], body: returned },
    {
      lacks: ['return'],
      body: {
        ...returned,
        sale: { till: uuidv7(), seq: 1, hash: HASH, number: 1 },
        return: uuidv7(),
        lines: returned.lines.map((line) => ({ ...line, prices: null })),
      },
    },
  ],
  'tender-corrected': [
    {
      lacks: ['correct-tender'],
      body: {
        correction: uuidv7(),
        day,
        allowedBy: null,
        sale: { till: uuidv7(), seq: 1, hash: HASH, number: 1 },
        was: [{ kind: 'cash', amount: 5 }],
        tenders: [{ kind: 'card', amount: 5 }],
      },
    },
  ],
  'receipt-cancelled': [
    {
      lacks: ['sell'],
      body: {
        id: uuidv7(),
        day,
        receipt: uuidv7(),
        lines: 2,
        total: 700,
        held: { times: 0, longestMs: 0 },
        removed: { lines: 0, sum: 0 },
      },
    },
  ],
  'receipt-resumed': [
    { lacks: ['sell'], body: { id: uuidv7(), day, receipt: uuidv7(), cancelled: uuidv7() } },
  ],
  'receipt-reprinted': [
    {
      lacks: ['sell', 'view-reports'],
      body: { day, about: { till: uuidv7(), seq: 1, hash: HASH } },
    },
  ],
  'shift-opened': [
    {
      lacks: ['open-shift'],
      body: { float: 100, counted: true, left: 100, difference: 0 },
      found: ['against-rules', 'no-right'],
    },
  ],
  'cash-moved': [
    {
      lacks: ['cash-in-out'],
      body: {
        id: uuidv7(),
        day,
        direction: 'out',
        amount: 5,
        reason: 'cash-drop',
        note: null,
        approval: { kind: 'not-needed' },
      },
    },
  ],
  'drawer-opened': [
    { lacks: ['cash-in-out'], body: { id: uuidv7(), day, reason: 'look-inside', note: null } },
  ],
  tip: [
    {
      lacks: ['take-tip'],
      body: { tip: uuidv7(), day, amount: 5, tender: 'cash', sale: null },
    },
  ],
  'drawer-counted': [
    {
      lacks: ['close-shift'],
      body: { id: uuidv7(), day, counted: 5, expected: 5, pieces: [], terminal: [] },
    },
  ],
  'shift-closed': [
    {
      lacks: ['close-shift'],
      body: {
        id: uuidv7(),
        number: 1,
        currency: 'RUB',
        totals: NO_TOTALS,
        counted: 5,
        opened: { seq: 1, at: 0, operator: null, float: 5, counted: false, left: 5, difference: 0 },
        onHold: { count: 0, amount: 0 },
        terminal: [],
        expected: 5,
        difference: 0,
        reason: null,
        note: null,
        takenOut: 0,
        left: 5,
      },
    },
  ],
  'customer-saved': [
    { lacks: ['sell', 'manage-customers', 'change-customer-phone'], body: card },
    { lacks: ['manage-customers'], body: { ...card, credit: { kind: 'unlimited' } } },
  ],
  'customer-forgotten': [
    {
      lacks: ['manage-customers'],
      body: { customer: other, merged: [], lapsed: 0, consent: { kind: 'by-right' } },
    },
  ],
  'customers-merged': [
    {
      lacks: ['manage-customers'],
      body: {
        merge: uuidv7(),
        credit,
        from: { customer: other, ...code() },
        into: { customer, ...code() },
      },
    },
  ],
  'authorised-person-added': [
    {
      lacks: ['manage-customers'],
      body: { ...card, person: uuidv7(), personRecordHash: 'b'.repeat(64), ...code() },
    },
  ],
  'authorised-person-removed': [
    { lacks: ['manage-customers'], body: { ...card, person: uuidv7() } },
  ],
  'customers-imported': [
    {
      lacks: ['manage-customers', 'data'],
      body: {
        source: 'file',
        customers: [card],
        accounts: [],
        confirmations: [],
        approval: null,
      },
    },
  ],
  'import-undone': [
    {
      lacks: ['data'],
      body: {
        import: { till: uuidv7(), seq: 1, hash: HASH },
        customers: [customer],
        accounts: [],
        approval: null,
      },
    },
  ],
  'products-changed': [
    {
      lacks: ['manage-catalogue', 'data'],
      body: {
        added: [],
        counted: [],
        file: null,
        refused: 0,
        source: 'edit',
        changed: [{ field: 'price', product: uuidv7(), value: 100 }],
      },
    },
    {
      lacks: ['manage-catalogue'],
      body: {
        added: [],
        counted: [],
        file: null,
        refused: 0,
        source: 'edit',
        changed: [{ field: 'price', product: uuidv7(), value: 100 }],
      },
      found: ['against-rules', 'no-right'],
    },
  ],
  'categories-changed': [
    {
      lacks: ['manage-catalogue'],
      body: { changed: [{ category: 'Еда', field: 'order', value: 1 }] },
    },
  ],
  dispute: [{ lacks: ['correct-balance'], body: { customer, about: null, note: null } }],
  settled: [
    {
      lacks: ['manage-customers'],
      body: { customer, about: [HASH], outcome: 'stands', note: 'Проверено' },
    },
  ],
  'unconfirmed-reviewed': [{ lacks: ['correct-balance'], body: { entries: [HASH] } }],
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

const cases = Object.entries(acts).flatMap(([act, of]) =>
  (of as readonly Case<Act>[]).map((one, place) => ({
    ...one,
    act: act as Act,
    operator: uuidv7(),
    group: `lacks-${act}-${place}`,
    found: one.found ?? (['no-right', one.lacks[0]] as const),
  })),
);

/** For each case an operator with all rights but the one in question. */
const staffed = (policy: Policy): Policy => {
  const [owner] = policy.operators;
  if (owner === undefined) throw new Error('nobody owns it');
  return {
    ...policy,
    groups: [
      ...policy.groups.map((each) =>
        each.id === 'owner' ? { ...each, rights: [...RIGHTS] } : each,
      ),
      ...cases.map(({ group, lacks }) => ({
        id: group.slice(0, 32),
        name: group.slice(0, 40),
        discountBasisPoints: 10_000,
        rights: RIGHTS.filter((right) => !lacks.includes(right)),
      })),
    ],
    operators: [
      ...policy.operators,
      ...cases.map(({ operator, group }): Operator => ({
        ...policy.operators[0]!,
        id: operator,
        name: group.slice(0, 40),
        group: group.slice(0, 32),
      })),
    ],
  };
};

let shop: Shop;
let journal: TillJournal;
/** The place of a return by an operator without the right, whom the owner allowed it. */
let returnedByLeave: number;
/** The places of payouts by an operator without the right: whom the owner allowed it, and who names themselves. */
let cancelledByLeave: number;
let paidOutByLeave: number;
let paidOutByOwnLeave: number;
/** Flags by the place of their entry. */
const flags = new Map<number, (readonly [string, string | null])[]>();
/** The places of each case's entries: by the operator without the right, and by the owner. */
const places = new Map<string, { readonly without: number; readonly owner: number }>();

const by = <Body>(body: Body, operator: string): Body =>
  JSON.parse(JSON.stringify(body).replaceAll(AUTHOR, operator)) as Body;

beforeAll(async () => {
  shop = await openShop(staffed);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  for (const { act, body, operator, group } of cases) {
    const add = async (operator: string) =>
      (await journal.add({ act, body: by(body, operator), operator })).seq;
    const without = await add(operator);
    places.set(group, { without, owner: await add(shop.till.ownerId) });
  }
  const allowed = {
    ...returned,
    return: uuidv7(),
    approval: { kind: 'given', by: shop.till.ownerId },
  };
  const cashier = cases.find(({ act }) => act === 'return')?.operator ?? '';
  returnedByLeave = (await journal.add({ act: 'return', body: allowed, operator: cashier })).seq;
  const payer = cases.find(({ act }) => act === 'overpayment-returned');
  const payOut = async (allowedBy: string) => {
    const body = { ...payer?.body, payout: uuidv7(), allowedBy };
    return (
      await journal.add({ act: 'overpayment-returned', body, operator: payer?.operator ?? '' })
    ).seq;
  };
  const canceller = cases.find(({ act }) => act === 'repayment-cancelled');
  const lent = { ...canceller?.body, cancellation: uuidv7(), allowedBy: shop.till.ownerId };
  const cancelled = { act: 'repayment-cancelled', body: lent, operator: canceller?.operator ?? '' };
  cancelledByLeave = (await journal.add(cancelled)).seq;
  paidOutByLeave = await payOut(shop.till.ownerId);
  paidOutByOwnLeave = await payOut(payer?.operator ?? '');
  await arrive(journal);
  const rows = shop.relay.file.prepare('SELECT seq, kind, detail FROM flags').raw().all();
  for (const [seq, kind, detail] of rows as [number, string, string | null][])
    flags.set(seq, [...(flags.get(seq) ?? []), [kind, detail]]);
});
afterAll(() => shop.stop());

test('every act has cases, or is listed as needing no right', () => {
  expect(Object.keys(acts).sort()).toEqual(Object.keys(actBodies).sort());
});

test('a repayment that a colleague with the right let cancel is not flagged for the right', () => {
  const found = (flags.get(cancelledByLeave) ?? []).map(([kind, detail]) => [kind, detail]);
  expect(found).not.toContainEqual(['no-right', 'correct-balance']);
});

test('a return that a colleague with the right allowed is not flagged for the right', () => {
  const found = (flags.get(returnedByLeave) ?? []).map(([kind, detail]) => [kind, detail]);
  expect(found).not.toContainEqual(['no-right', 'return']);
  expect(found).not.toContainEqual(['against-rules', 'needs-colleague']);
});

test('a payout that a colleague with the right allowed is not flagged for the right', () => {
  expect(flags.get(paidOutByLeave) ?? []).not.toContainEqual(['no-right', 'return']);
  expect(flags.get(paidOutByOwnLeave) ?? []).toContainEqual(['no-right', 'return']);
});

describe.each(cases)('$act without $lacks', ({ act, group, body, found }) => {
  test('is kept and flagged for the right, and the same by an owner is not', () => {
    expect(actBodies[act].safeParse(by(body, shop.till.ownerId)).error).toBeUndefined();
    const { without, owner } = places.get(group) ?? { without: 0, owner: 0 };
    expect(flags.get(without) ?? []).toContainEqual(found);
    expect(flags.get(owner) ?? []).not.toContainEqual(found);
    const kept = shop.relay.file
      .prepare('SELECT count(*) FROM journal WHERE till = ? AND seq = ?')
      .pluck()
      .get(journal.till.id, without);
    expect(kept).toBe(1);
  });
});
