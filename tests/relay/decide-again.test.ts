// The relay decides every uploaded sale again by the till's rules.
// If the rules decide otherwise, the sale counts as unconfirmed and its customer is notified.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { BodyOf } from '$lib/contract/journal';
import type { LabelMask } from '$lib/contract/label-mask';
import { productsOf } from '$lib/domain/receipt/receipt';
import { labelCode } from '$lib/domain/goods/scale-label';
import type { DiscountRule } from '$lib/contract/discount-rule';
import type { SaleBody } from '$lib/contract/acts/sale';
import { flagsReply } from '$lib/contract/journal-upload';
import { CASHIER, withCashier } from '../support/cashier';
import { ask, check, openShop, PHONE, type Shop } from '../support/challenges';
import {
  cashSale,
  challengeFor,
  givePoints,
  onAccountSale,
  overrideBy,
  pointsSale,
  TillJournal,
} from '../support/till-journal';

let shop: Shop;
let journal: TillJournal;
const customer = uuidv7();
beforeEach(async () => {
  shop = await openShop();
  await shop.trust(customer, PHONE);
  journal = new TillJournal(shop.till, shop.clock.now);
  await givePoints(journal, customer, 1_000);
});
afterEach(() => shop.stop());

/** The customer's own consent to exactly this sale. */
async function codeFor(body: SaleBody): Promise<Confirmation> {
  const id = uuidv7();
  const asked = challengeFor(body, PHONE);
  await ask(shop.till, { ...asked, journalHead: journal.journalHead }, id);
  const { json } = await check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
  if (json.kind !== 'verified') throw new Error(JSON.stringify(json));
  const action = asked.action as 'sell-on-account' | 'redeem-points';
  const amount = action === 'sell-on-account' ? body.onAccount : (body.tenders[0]?.amount ?? 0);
  return { kind: 'code', action, amount, challenge: id, grant: String(json.grant) };
}

/** Uploads everything and returns the flags, the proofs of the acts, and the messages about acts without a code. */
async function judged() {
  await journal.upload();
  await shop.relay.relay.outbox.round();
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/journal/flags?after=0');
  return {
    flags: flagsReply.parse(json).flags.map(({ kind, detail }) => [kind, detail]),
    proofs: shop.relay.file
      .prepare("SELECT DISTINCT proof FROM journal_acts WHERE till = ? AND action <> 'import'")
      .pluck()
      .all(shop.till.id),
    told: shop.smsru.sends.filter(({ fields }) => fields['msg']?.includes('без кода')).length,
  };
}

const debt = (onAccount: number) => onAccountSale({ customer, onAccount }, null);
const confirmed = async (body: SaleBody): Promise<SaleBody> => ({
  ...body,
  confirmations: [await codeFor(body)],
});

test('sales on account and with points that follow the rules are confirmed, without a flag', async () => {
  await journal.sale(await confirmed(debt(54_000)));
  const points = pointsSale({ customer, points: 100 }, null);
  await journal.sale(await confirmed(points));
  await journal.sale(cashSale({ customer, total: 54_000 }));
  expect(await judged()).toEqual({ flags: [], proofs: ['code'], told: 0 });
});

describe('a consent to 540 roubles', () => {
  const repeated = (body: SaleBody, times: number) => Array.from({ length: times }, () => body);

  test('repeated 18 times in one sale confirms nothing, and the customer is notified', async () => {
    const one = await confirmed(debt(54_000));
    const all = repeated(one, 18);
    await journal.sale({
      ...onAccountSale({ customer, onAccount: 18 * 54_000, receipt: one.sale }, null),
      accounts: all.flatMap(({ accounts }) => accounts),
      confirmations: all.flatMap(({ confirmations }) => confirmations),
    });
    const { flags, proofs, told } = await judged();
    expect(flags).toContainEqual(['grant-invalid', 'sell-on-account']);
    expect([proofs, told > 0]).toEqual([['nothing'], true]);
  });

  test('repeated 18 times for its own goods confirms nothing, for any operator', async () => {
    const one = await confirmed(debt(54_000));
    const all = repeated(one, 18);
    const accounts = all.flatMap(({ accounts }) => accounts);
    const confirmations = all.flatMap(({ confirmations }) => confirmations);
    await journal.sale({ ...one, accounts, confirmations }, { operator: uuidv7() });
    const { flags, proofs, told } = await judged();
    expect(flags).toEqual(
      expect.arrayContaining([
        ['no-right', 'sell'],
        ['grant-invalid', 'sell-on-account'],
      ]),
    );
    expect([proofs, told > 0]).toEqual([['nothing'], true]);
  });

  test('to a sale that the rules refuse confirms nothing', async () => {
    await journal.sale(await confirmed(debt(54_000)), { operator: uuidv7() });
    const { proofs, told } = await judged();
    expect([proofs, told]).toEqual([['nothing'], 1]);
  });

  test('beside a second consent for the same act confirms nothing', async () => {
    const one = await confirmed(debt(54_000));
    const [given] = one.confirmations;
    await journal.sale({ ...one, confirmations: [given!, given!] });
    const { flags, proofs, told } = await judged();
    expect(flags).toEqual([['differs', 'confirmations.1']]);
    expect([proofs, told]).toEqual([['nothing'], 1]);
  });

  test('beside a second one confirms nothing under a policy that the relay never signed, either', async () => {
    const one = await confirmed(debt(54_000));
    const [given] = one.confirmations;
    await journal.sale({ ...one, confirmations: [given!, given!] }, { policy: 999 });
    const { flags, proofs, told } = await judged();
    expect(flags).toEqual([
      ['policy-unknown', null],
      ['differs', 'confirmations.1'],
    ]);
    expect([proofs, told]).toEqual([['nothing'], 1]);
  });

  test('counts once, in two sales of one receipt', async () => {
    const one = await confirmed(debt(54_000));
    await journal.sale(one);
    await journal.sale({ ...one, number: one.number + 1000 });
    const { flags } = await judged();
    expect(flags).toEqual([
      ['grant-reused', 'sell-on-account'],
      ['number-repeated', String(one.number + 1000)],
    ]);
  });

  test('spent by a forged sale cannot confirm another one', async () => {
    const one = await confirmed(debt(54_000));
    await journal.sale({ ...one, stock: [] });
    await journal.sale({ ...one, number: one.number + 1000 });
    const { flags, proofs } = await judged();
    expect(flags).toEqual([
      ['differs', 'stock.0'],
      ['grant-reused', 'sell-on-account'],
      ['number-repeated', String(one.number + 1000)],
    ]);
    expect(proofs).toEqual(['nothing']);
  });
});

describe('points', () => {
  const edited = async (change: (body: SaleBody) => SaleBody): Promise<SaleBody> => {
    const body = await confirmed(pointsSale({ customer, points: 100 }, null));
    return change(body);
  };

  test.each<[string, (body: SaleBody) => SaleBody]>([
    [
      'one point worth a thousand',
      (body) => ({
        ...body,
        tenders: body.tenders.map((each) => ('points' in each ? { ...each, points: 1 } : each)),
        accounts: body.accounts.map((step) =>
          step.delta === -100 ? { ...step, delta: -1 } : step,
        ),
      }),
    ],
    [
      'more points earned than the policy gives',
      (body) => ({
        ...body,
        pointsEarned: 900,
        accounts: [body.accounts[0]!, { customer, account: 'points', delta: 900 }],
      }),
    ],
    ['a point said to be worth more than it was', (body) => ({ ...body, pointValue: 200 })],
    [
      'a price said to be of the list that is not the one of the line',
      (body) => ({ ...body, lines: body.lines.map((line) => ({ ...line, listPrice: 1 })) }),
    ],
    [
      'another name for the goods’ unit price',
      (body) => ({
        ...body,
        lines: body.lines.map((line) => ({
          ...line,
          quantity: 2000,
          listPrice: line.unitPrice / 2,
          unitPrice: line.unitPrice / 2,
        })),
      }),
    ],
  ])('%s is flagged', async (_, change) => {
    await journal.sale(await edited(change));
    expect((await judged()).flags).not.toEqual([]);
  });

  test('that the customer does not have by this till’s own journal are flagged', async () => {
    const stranger = uuidv7();
    const override = { kind: 'not-required', action: 'redeem-points' } as const;
    await journal.sale(
      pointsSale(
        { customer: stranger, points: 500 },
        { ...override, amount: 50_000, because: 'method-none' },
      ),
    );
    const { flags, told } = await judged();
    expect(flags.length).toBeGreaterThan(0);
    expect(told).toBe(0);
  });
});

describe('cash rounded down to 1', () => {
  const down = { step: 100, way: 'down' } as const;
  /** Goods at 100.20, paid with 100 in cash. */
  const rounded = (rounding: number): SaleBody => ({
    ...cashSale({ customer, total: 10_020, earned: 1 }),
    tenders: [{ kind: 'cash', amount: 10_020 + rounding }],
    rounding,
  });
  const asRounding = async () => {
    await shop.stop();
    shop = await openShop((policy) => ({ ...policy, cashRounding: down }));
    await shop.trust(customer, PHONE);
    journal = new TillJournal(shop.till, shop.clock.now);
  };

  test('is as the policy says', async () => {
    await asRounding();
    await journal.sale(rounded(-20));
    expect((await judged()).flags).toEqual([]);
  });

  test('but not where the policy rounds nothing, or less', async () => {
    await journal.sale(rounded(-20));
    expect((await judged()).flags).toEqual([['against-rules', 'confirmation-missing']]);
    await asRounding();
    await journal.sale({
      ...rounded(-19),
      tenders: [{ kind: 'cash', amount: 10_100 }],
      changeDue: 99,
    });
    expect((await judged()).flags).toEqual([['differs', 'rounding']]);
  });

  test('but cash that no coins make is against the rules, with its change, too', async () => {
    await asRounding();
    await journal.sale({
      ...cashSale({ customer, total: 10_000, earned: 1 }),
      tenders: [{ kind: 'cash', amount: 10_004 }],
      changeDue: 4,
    });
    expect((await judged()).flags).toEqual([['against-rules', 'cash-not-payable']]);
  });

  test('a debt paid in full is rounded; a part of it is not', async () => {
    await asRounding();
    const repaid = (amount: number, rounding: number): Omit<BodyOf<'repayment'>, 'day'> => ({
      repayment: uuidv7(),
      currency: 'RUB',
      customer,
      amount,
      changeDue: 0,
      rounding,
      tenders: [{ kind: 'cash', amount: amount + rounding }],
      settles: [{ debt: lent.hash, tender: 'cash', amount }],
      earned: [],
      accounts: [{ customer, account: 'debt', delta: -amount }],
    });
    const lent = await journal.sale(await confirmed(debt(20_040)));
    for (const body of [repaid(10_000, 0), repaid(10_040, -40)])
      await journal.add({ act: 'repayment', body });
    expect((await judged()).flags).toEqual([]);
  });
});

describe('discounts by hand', () => {
  const ten = { from: 'receipt', rule: null, basisPoints: 1000 } as const;
  /** Goods for 100.00 and 200.00, with 10 % off both; `off`: minor units off each. */
  const discounted = (...off: [number, number]): SaleBody => {
    const sale = cashSale({ customer, total: 27_000 });
    const lines = off.map((amount, place) => {
      const price = 10_000 * (place + 1);
      const of = { listPrice: price, unitPrice: price, total: price - amount };
      return { ...sale.lines[0]!, ...of, product: uuidv7(), discounts: [{ ...ten, amount }] };
    });
    const stock = lines.map(({ product }) => ({ product, delta: -1000 }));
    return { ...sale, lines, stock, given: { basisPoints: 1000, sum: null } };
  };

  test('are as the rules spread them', async () => {
    await journal.sale(discounted(1000, 2000));
    expect((await judged()).flags).toEqual([]);
    await journal.sale(discounted(1500, 1500));
    expect((await judged()).flags).toEqual([['differs', 'lines.0.discounts.0.amount']]);
  });

  test('above the giver’s cap are flagged, unless a colleague with a higher cap allowed them', async () => {
    const cashier = uuidv7();
    await shop.till.elevate();
    const policy = await shop.till.policy();
    const [owner] = policy.operators;
    const person = { ...owner!, id: cashier, name: 'Кирилл', group: 'cashier' };
    await shop.till.putPolicy(policy.version, {
      ...policy,
      operators: [...policy.operators, person],
    });
    const made = { operator: cashier, policy: policy.version + 1 };
    await journal.sale({ ...discounted(1000, 2000), discountsAllowedBy: shop.till.ownerId }, made);
    expect((await judged()).flags).toEqual([]);
    await journal.sale(discounted(1000, 2000), made);
    expect((await judged()).flags).toEqual([['against-rules', 'may-not-sell']]);
  });
});

describe('prices of scales’ labels', () => {
  const mask: LabelMask = {
    prefixes: ['24'],
    value: 'price',
    layout: 'AAAAAVVVVV',
    articleHasPrefix: false,
  };
  const withPrices = async (masks: readonly LabelMask[] = [mask]) => {
    await shop.stop();
    shop = await openShop((policy) => ({ ...policy, labelMasks: [...masks] }));
    await shop.trust(customer, PHONE);
    journal = new TillJournal(shop.till, shop.clock.now);
  };
  /** A package of 412 g at 899.00 a kilogram, as its label says; `change`: what the till says instead. */
  const packaged = (change: Partial<SaleBody['lines'][number]> = {}): SaleBody => {
    const sale = cashSale({ customer, total: 37_039 });
    const barcode = labelCode(mask, '24', { article: '123', amount: 37_039 });
    const price = { listPrice: 89_900, unitPrice: 89_900, priceFrom: 'scale' } as const;
    const goods = { unit: 'kilogram', quantity: 412, barcode } as const;
    const lines = [{ ...sale.lines[0]!, ...price, ...goods, total: 37_039, ...change }];
    const delta = -lines[0]!.quantity;
    return { ...sale, lines, stock: productsOf(lines).map((product) => ({ product, delta })) };
  };

  test('are what the policy’s masks make of the labels, and the summary counts them', async () => {
    await withPrices();
    await journal.sale(packaged());
    expect((await judged()).flags).toEqual([]);
    const items = shop.relay.file
      .prepare("SELECT item FROM summary_items WHERE kind = 'routine'")
      .pluck()
      .all() as string[];
    expect(items.map((item) => JSON.parse(item) as object)).toMatchObject([
      { what: 'label-prices', operator: shop.till.ownerId, amount: 37_039 },
    ]);
  });

  test('are flagged if mask, label or list price give another price', async () => {
    await withPrices([]);
    await journal.sale(packaged());
    expect((await judged()).flags).toEqual([['against-rules', 'label-wrong']]);
    for (const change of [
      { quantity: 1000, unitPrice: 37_039 },
      { barcode: labelCode(mask, '24', { article: '123', amount: 20_000 }) },
      { barcode: '4600000001015' },
      { unit: 'piece', quantity: 1000, unitPrice: 37_039 },
    ] as const) {
      await withPrices();
      await journal.sale(packaged(change));
      expect((await judged()).flags).toEqual([['against-rules', 'label-wrong']]);
    }
  });
});

describe('automatic discounts', () => {
  const tenOff: DiscountRule = {
    id: uuidv7(),
    name: 'Счастливый час',
    active: true,
    from: null,
    until: null,
    hours: null,
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    scope: { kind: 'everything' },
    adds: false,
    amount: { kind: 'percent', basisPoints: 1000 },
    condition: { kind: 'weekdays' },
  };
  /** Goods for 100.00, of which the rule takes `off`. */
  const byRule = (off: number, at = shop.clock.now()): SaleBody => {
    const sale = cashSale({ customer, total: 10_000 - off });
    const given = { from: 'rule', rule: tenOff.id, basisPoints: 1000, amount: off } as const;
    const price = { listPrice: 10_000, unitPrice: 10_000, total: 10_000 - off };
    const lines = [{ ...sale.lines[0]!, ...price, discounts: off === 0 ? [] : [given] }];
    const names = off === 0 ? [] : [{ rule: tenOff.id, name: tenOff.name }];
    return { ...sale, lines, byRules: { at, names } };
  };
  const withRule = async (change: Partial<DiscountRule> = {}) => {
    await shop.stop();
    const rule = { ...tenOff, ...change };
    shop = await openShop((policy) => ({ ...policy, discountRules: [rule] }));
    await shop.trust(customer, PHONE);
    journal = new TillJournal(shop.till, shop.clock.now);
  };

  test('are those that the policy gives', async () => {
    await withRule();
    await journal.sale(byRule(1000));
    expect((await judged()).flags).toEqual([]);
  });

  test('but no more, no less, and none that the policy does not have', async () => {
    // by the rules the goods cost more than was paid, so the rest would be a debt
    const unpaid = ['against-rules', 'confirmation-missing'];
    await journal.sale(byRule(1000));
    expect((await judged()).flags).toEqual([unpaid]);
    for (const off of [1100, 0]) {
      await withRule();
      await journal.sale(byRule(off));
      expect((await judged()).flags).not.toEqual([]);
    }
    await withRule();
    await journal.sale({ ...byRule(1000), byRules: null });
    expect((await judged()).flags).toEqual([['against-rules', 'rules-changed']]);
  });

  test.each<[string, Partial<DiscountRule>]>([
    ['is off', { active: false }],
    ['begins tomorrow', { from: '2099-01-01' }],
    ['is for other goods', { scope: { kind: 'categories', ids: ['dairy'] } }],
    ['is for a larger receipt', { condition: { kind: 'total', from: 10_001 } }],
  ])('nor where the rule %s', async (_, change) => {
    await withRule(change);
    await journal.sale(byRule(1000));
    expect((await judged()).flags).not.toEqual([]);
  });

  test('nor one for hours outside of which the sale was made', async () => {
    const now = new Date(shop.clock.now());
    // the shop is in Moscow, three hours ahead
    const minute = ((now.getUTCHours() + 3) % 24) * 60 + now.getUTCMinutes();
    const of = (from: number, until: number) => ({
      hours: { from: (from + 1440) % 1440, until: (until + 1440) % 1440 },
    });
    await withRule(of(minute - 1, minute + 10));
    await journal.sale(byRule(1000));
    expect((await judged()).flags).toEqual([]);
    await withRule(of(minute - 200, minute - 100));
    await journal.sale(byRule(1000));
    expect((await judged()).flags).not.toEqual([]);
    await withRule(of(minute - 200, minute - 100));
    await journal.sale(byRule(1000, shop.clock.now() - 150 * 60_000));
    expect((await judged()).flags).toEqual([['against-rules', 'rules-changed']]);
  });

  test('a discount for customers needs a customer', async () => {
    await withRule({ condition: { kind: 'purchases', from: 100 } });
    await journal.sale(byRule(1000));
    expect((await judged()).flags).toEqual([]);
    await journal.sale({ ...byRule(1000), customer: null, accounts: [], pointsEarned: 0 });
    expect((await judged()).flags).toEqual([['against-rules', 'rules-changed']]);
  });
});

test('a marking code must be valid, and may be in a sale only once', async () => {
  const piece = (serial: string) => `010460000000103621${serial.padEnd(13, 'a')}\x1d93dGVz`;
  const marked = (...marks: string[]): SaleBody => {
    const { lines, stock, ...sale } = cashSale({ customer, total: 10_000 * marks.length });
    const priced = { listPrice: 10_000, unitPrice: 10_000, total: 10_000 };
    return {
      ...sale,
      lines: marks.flatMap((mark) => lines.map((line) => ({ ...line, ...priced, mark }))),
      stock: stock.map((step) => ({ ...step, delta: step.delta * marks.length })),
    };
  };
  await journal.sale(marked(piece('A'), piece('B')));
  expect((await judged()).flags).toEqual([]);
  await journal.sale(marked(piece('A'), piece('A')));
  expect((await judged()).flags.at(-1)).toEqual(['against-rules', 'mark-twice']);
  await journal.sale(marked('no-code-of-anything'));
  expect((await judged()).flags.at(-1)).toEqual(['against-rules', 'mark-wrong']);
});

test('a debt may be due sooner than the policy says, but later only by right', async () => {
  const policy = await shop.till.policy();
  const { version, credit } = policy;
  const rules = { version: version + 1, credit: { ...credit, dueDays: 14 } };
  const dated = { ...withCashier(policy), ...rules };
  expect((await shop.till.putPolicy(version, dated)).json.kind).toBe('policy');
  const due = async (dueDays: number | null, operator: string) => {
    const given = overrideBy(shop.till.ownerId, 5000, { askedBy: operator });
    const sale = onAccountSale({ customer, onAccount: 5000 }, given);
    await journal.sale({ ...sale, dueDays }, { operator, policy: version + 1 });
    return (await judged()).flags;
  };
  const before = await due(14, CASHIER);
  expect(await due(3, CASHIER)).toEqual(before);
  expect(await due(30, shop.till.ownerId)).toEqual(before);
  expect((await due(30, CASHIER)).at(-1)).toEqual(['against-rules', 'due-too-late']);
  expect((await due(null, shop.till.ownerId)).at(-1)).toEqual(['differs', 'dueDays']);
});

test('goods with an age limit need a confirmed age', async () => {
  const asking = (age: number): SaleBody => {
    const sale = cashSale({ customer, total: 10_000 });
    const ageConfirmed = age === 0 ? null : { age, by: shop.till.ownerId };
    return { ...sale, ageConfirmed, lines: sale.lines.map((line) => ({ ...line, askAge: 18 })) };
  };
  await journal.sale(asking(18));
  expect((await judged()).flags).toEqual([]);
  for (const age of [16, 0]) {
    await journal.sale(asking(age));
    expect((await judged()).flags.at(-1)).toEqual(['against-rules', 'age-not-confirmed']);
  }
});

test.each<[string, object]>([
  [
    'receipt-cancelled',
    { id: uuidv7(), receipt: uuidv7(), lines: 2, total: 700, held: { times: 0, longestMs: 0 } },
  ],
  ['drawer-opened', { id: uuidv7(), reason: 'look-inside', note: null }],
  [
    'cash-moved',
    {
      id: uuidv7(),
      direction: 'in',
      amount: 5,
      reason: 'cash-drop',
      note: null,
      approval: { kind: 'not-needed' },
    },
  ],
  ['receipt-resumed', { id: uuidv7(), receipt: uuidv7(), cancelled: uuidv7() }],
])('an act dated into another business day is flagged: %s', async (act, body) => {
  await journal.add({
    act: 'shift-opened',
    body: { float: 0, counted: false, left: 0, difference: 0 },
  });
  const removed = act === 'receipt-cancelled' && { removed: { lines: 0, sum: 0 } };
  await journal.add({ act, body: { ...body, ...removed, day: '2020-01-01' } });
  expect((await judged()).flags).toEqual([['differs', 'day']]);
});

test('a sale dated into another business day is flagged', async () => {
  const sale = { ...cashSale({ customer, total: 10_000 }), day: '2020-01-01' };
  await journal.add({ act: 'sale', body: sale });
  expect((await judged()).flags).toEqual([['differs', 'day']]);
});

describe('a till that names a former one which was never enrolled here', () => {
  const former = uuidv7();
  /** It uploaded nothing of that journal. */
  const named = [
    ['former-relay', former],
    ['former-incomplete', '9'],
  ];
  beforeEach(async () => {
    await shop.stop();
    shop = await openShop();
    await shop.trust(customer, PHONE);
    journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled({ till: former, seq: 9, hash: 'b'.repeat(64) });
    await journal.upload();
  });

  test('confirms nothing with two consents for one act, and the customer is notified', async () => {
    const one = await confirmed(debt(54_000));
    const [given] = one.confirmations;
    await journal.sale({ ...one, confirmations: [given!, given!] });
    expect(await judged()).toEqual({
      flags: [...named, ['differs', 'confirmations.1']],
      proofs: ['nothing'],
      told: 1,
    });
  });

  test('has its sales’ totals, stock and share of points decided again', async () => {
    await journal.sale({ ...cashSale({ customer, total: 10_000 }), stock: [] });
    await journal.sale({ ...cashSale({ customer, total: 10_000 }), changeDue: 1 });
    const given = overrideBy(shop.till.ownerId, 50_000, { action: 'redeem-points' });
    const sale = pointsSale({ customer, points: 500 }, given);
    const lines = sale.lines.map((line) => ({
      ...line,
      listPrice: 60_000,
      unitPrice: 60_000,
      total: 60_000,
    }));
    const [points] = sale.tenders;
    const tenders = [points!, { kind: 'cash' as const, amount: 10_000 }];
    const [taken] = sale.accounts;
    const earned = { customer, account: 'points' as const, delta: 1 };
    const accounts = [taken!, earned];
    await journal.sale({ ...sale, lines, tenders, accounts, total: 60_000, pointsEarned: 1 });
    expect((await judged()).flags).toEqual([
      ...named,
      ['differs', 'stock.0'],
      ['differs', 'changeDue'],
      ['against-rules', 'points-over-share'],
    ]);
  });

  test('may repay a part of a debt that is only in its former journal, in cash that coins make', async () => {
    await shop.till.elevate();
    const policy = await shop.till.policy();
    const cashRounding = { step: 100, way: 'down' } as const;
    await shop.till.putPolicy(policy.version, { ...policy, cashRounding });
    const body: Omit<BodyOf<'repayment'>, 'day'> = {
      repayment: uuidv7(),
      currency: 'RUB',
      customer,
      amount: 5_000,
      changeDue: 0,
      rounding: 0,
      tenders: [{ kind: 'cash', amount: 5_000 }],
      settles: [{ debt: 'd'.repeat(64), tender: 'cash', amount: 5_000 }],
      earned: [],
      accounts: [{ customer, account: 'debt', delta: -5_000 }],
    };
    await journal.add({ act: 'repayment', body, policy: policy.version + 1 });
    expect((await judged()).flags).toEqual(named);
  });

  test('is not flagged for a debt, a limit or points that its former journal may explain', async () => {
    const given = (action: 'sell-on-account' | 'redeem-points', amount: number) =>
      overrideBy(shop.till.ownerId, amount, { action });
    const unknown = uuidv7();
    await journal.sale(
      pointsSale({ customer: unknown, points: 500 }, given('redeem-points', 50_000)),
    );
    await journal.sale(
      onAccountSale({ customer: unknown, onAccount: 54_000 }, given('sell-on-account', 54_000)),
    );
    expect((await judged()).flags).toEqual(named);
  });
});

test('the number of a receipt belongs to one sale of a till', async () => {
  const first = cashSale({ customer, total: 10_000 });
  await journal.sale(first);
  await journal.sale({ ...cashSale({ customer, total: 20_000 }), number: first.number });
  expect((await judged()).flags).toEqual([['number-repeated', String(first.number)]]);
});

test('the thousand receipt numbers that the rules skip after a loss are not flagged', async () => {
  await journal.add({ act: 'numbers-skipped', body: { from: 4, to: 1003 }, operator: null });
  expect((await judged()).flags).toEqual([]);
  await journal.add({ act: 'numbers-skipped', body: { from: 1004, to: 999_999 }, operator: null });
  expect((await judged()).flags).toEqual([['differs', 'to']]);
});

test('a sale of an operator without the right to sell is against the rules', async () => {
  await journal.sale(cashSale({ customer, total: 10_000 }), { operator: uuidv7() });
  expect((await judged()).flags).toEqual([['no-right', 'sell']]);
});
