// Repayment: which debts it settles with which money, and what is left at all tills.
import type { DebtRow } from '$lib/contract/rows';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, type EntryOf, type KnownEntry } from '$lib/contract/journal';
import { repaymentBody } from '$lib/contract/acts/repayment';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decidePayout } from '$lib/domain/acts/money/overpayment-returned';
import { decideRepayment, type RepaymentInput } from '$lib/domain/acts/money/repayment';
import { DAY_MS } from '$lib/domain/values/durations';
import {
  isOverdue,
  loweredBy,
  MOST_SETTLED,
  NO_DEBTS,
  openDebts,
  owedOf,
  type Debts,
} from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { money } from '$lib/domain/values/money';
import { writtenTo, NOTHING_BEFORE } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { DECIDED } from '$lib/proof/chain';
import {
  ANNA,
  CASHIER,
  GONE,
  idOf,
  NOW,
  OWNER,
  POLICY,
  rub,
  shopPolicy,
  verified,
} from './fixtures';
import { cases } from '../support/cases';

const FIRST = 'a'.repeat(64);
const SECOND = 'b'.repeat(64);

function debt(hash: string, left: number, at: number, amount = left): DebtRow {
  const made = { till: idOf(1), seq: at, at, amount: rub(amount), dueAt: null, earns: null };
  return {
    customer: ANNA,
    debt: hash,
    left: rub(left),
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made,
  };
}

const OWED: Debts = openDebts([debt(SECOND, 400, 2), debt(FIRST, 500, 1)]);

function inputOf(change: Partial<RepaymentInput> = {}): RepaymentInput {
  return {
    policy: POLICY,
    operator: CASHIER,
    at: NOW,
    repayment: idOf(9),
    customer: ANNA,
    debts: OWED,
    card: null,
    tenders: [{ kind: 'cash', amount: rub(600) }],
    ...change,
  };
}

function bodyOf(change: Partial<RepaymentInput> = {}) {
  const decided = decideRepayment(inputOf(change));
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  expect(repaymentBody.safeParse(decided.body).success).toBe(true);
  return decided.body;
}

describe('a repayment', () => {
  test('settles the oldest debt first, whatever the order of the rows', () => {
    expect(bodyOf()).toMatchObject({
      amount: rub(600),
      changeDue: 0,
      settles: [
        { debt: FIRST, tender: 'cash', amount: rub(500) },
        { debt: SECOND, tender: 'cash', amount: rub(100) },
      ],
      accounts: [{ customer: ANNA, account: 'debt', delta: rub(-600) }],
    });
  });

  test('takes card and transfer before cash, and gives change from cash alone', () => {
    const tenders = [
      { kind: 'cash', amount: rub(800) },
      { kind: 'card', amount: rub(200) },
    ] as const;
    expect(bodyOf({ tenders })).toMatchObject({
      amount: rub(900),
      changeDue: rub(100),
      settles: [
        { debt: FIRST, tender: 'card', amount: rub(200) },
        { debt: FIRST, tender: 'cash', amount: rub(300) },
        { debt: SECOND, tender: 'cash', amount: rub(400) },
      ],
    });
  });

  test('example 17: of 300 owed, a card payment of 500 is refused; card 200 and cash 200 give 100 change', () => {
    const debts = openDebts([debt(FIRST, 300, 1)]);
    const card = [{ kind: 'card', amount: rub(500) }] as const;
    expect(decideRepayment(inputOf({ debts, tenders: card }))).toEqual({
      kind: 'refused',
      because: { kind: 'tender-too-much', over: rub(200) },
    });
    const both = [
      { kind: 'card', amount: rub(200) },
      { kind: 'cash', amount: rub(200) },
    ] as const;
    expect(bodyOf({ debts, tenders: both })).toMatchObject({
      amount: rub(300),
      changeDue: rub(100),
    });
  });

  test.each([
    ['of a customer who owes nothing', { debts: NO_DEBTS }, { kind: 'nothing-owed' }],
    ['of nothing', { tenders: [] }, { kind: 'nothing-given' }],
    [
      'by an operator without the right',
      { operator: GONE },
      { kind: 'no-right', right: 'take-repayment' },
    ],
  ] as const)('%s is refused', (_, change, because) => {
    expect(decideRepayment(inputOf(change))).toEqual({ kind: 'refused', because });
  });
});

describe('a repayment in cash, by steps of 1', () => {
  const policy = { ...POLICY, cashRounding: { step: 100, way: 'nearest' } } as const;
  const debts = openDebts([debt(FIRST, 50.2, 1), debt(SECOND, 50, 2)]);
  const inCash = (roubles: number) => [{ kind: 'cash', amount: rub(roubles) }] as const;

  test('of the whole debt is rounded, and nothing of the debt is left', () => {
    expect(bodyOf({ policy, debts, tenders: inCash(500) })).toMatchObject({
      amount: rub(100.2),
      changeDue: rub(400),
      rounding: rub(-0.2),
      settles: [
        { debt: FIRST, tender: 'cash', amount: rub(50.2) },
        { debt: SECOND, tender: 'cash', amount: rub(50) },
      ],
    });
    const up = openDebts([debt(FIRST, 50.7, 1)]);
    expect(bodyOf({ policy, debts: up, tenders: inCash(51) })).toMatchObject({
      amount: rub(50.7),
      changeDue: 0,
      rounding: rub(0.3),
      settles: [{ debt: FIRST, tender: 'cash', amount: rub(50.7) }],
    });
  });

  test('of a part of the debt, or of one debt of two, is not rounded', () => {
    for (const given of [50, 51, 99])
      expect(bodyOf({ policy, debts, tenders: inCash(given) })).toMatchObject({
        amount: rub(given),
        changeDue: 0,
        rounding: 0,
      });
  });

  test('is refused if no coins make the sum, however much is owed', () => {
    for (const given of [50.2, 100.2, 499.99])
      expect(decideRepayment(inputOf({ policy, debts, tenders: inCash(given) }))).toEqual({
        kind: 'refused',
        because: { kind: 'cash-not-payable' },
      });
  });

  test('of more debts than one act has room for gives change that coins make', () => {
    const many = Array.from({ length: MOST_SETTLED + 1 }, (_, place) =>
      debt(place.toString(16).padStart(64, '0'), place === 0 ? 1.31 : 1, place + 1),
    );
    const body = bodyOf({ policy, debts: openDebts(many), tenders: inCash(MOST_SETTLED * 2) });
    expect(body.rounding).toBe(0);
    expect(body.changeDue % 100).toBe(0);
    expect(body.amount).toBe(rub(MOST_SETTLED));
  });

  test('is not rounded by card', () => {
    const tenders = [{ kind: 'card', amount: rub(100.2) }] as const;
    expect(bodyOf({ policy, debts, tenders })).toMatchObject({ amount: rub(100.2), rounding: 0 });
  });
});

test('the row of a debt states with which money it was repaid', () => {
  const tenders = [
    { kind: 'cash', amount: rub(300) },
    { kind: 'card', amount: rub(200) },
  ] as const;
  const body = bodyOf({ tenders, debts: openDebts([debt(FIRST, 900, 1)]) });
  const { debts } = rowsOf([entryOf({ act: 'repayment', body }, 0, 2)]);
  expect(debts).toMatchObject([
    { debt: FIRST, left: rub(-500), repaid: { cash: rub(300), card: rub(200), transfer: 0 } },
  ]);
});

test('a return does not give back the sum that rounding took off a repayment', () => {
  const policy = verified(
    shopPolicy((it) => ({ ...it, cashRounding: { step: 100, way: 'down' } })),
  );
  const debts = openDebts([debt(FIRST, 100.2, 1)]);
  const body = bodyOf({ policy, debts, tenders: [{ kind: 'cash', amount: rub(100) }] });
  const rows = rowsOf([entryOf({ act: 'repayment', body }, 0, 2)]).debts;
  expect(rows).toMatchObject([{ left: rub(-100.2), repaid: { cash: rub(100) } }]);
});

test('the sum that rounding takes off is not money of the last debts, and no part is negative', () => {
  const policy = verified(
    shopPolicy((it) => ({ ...it, cashRounding: { step: 100, way: 'down' } })),
  );
  const debts = openDebts([debt(FIRST, 100.2, 1), debt(SECOND, 0.1, 2)]);
  const body = bodyOf({ policy, debts, tenders: [{ kind: 'cash', amount: rub(100) }] });
  const rows = rowsOf([entryOf({ act: 'repayment', body }, 0, 2)]).debts;
  const repaid = new Map(rows.map((row) => [row.debt, [row.left, row.repaid.cash]]));
  expect(repaid.get(FIRST)).toEqual([rub(-100.2), rub(100)]);
  expect(repaid.get(SECOND)).toEqual([rub(-0.1), 0]);
});

describe('the date by which a debt is due', () => {
  const owing = (dueDays: number | null): KnownEntry => {
    const accounts = [{ customer: ANNA, account: 'debt', delta: 500 }];
    const sums = {
      total: 0,
      rounding: 0,
      tenders: [],
      removed: { lines: 0, sum: 0 },
      held: { times: 0, longestMs: 0 },
    };
    const body = {
      lines: [],
      ...sums,
      accounts,
      confirmations: [],
      stock: [],
      customer: ANNA,
      dueDays,
      pointsEarned: 0,
      repaidEarns: null,
    };
    return entryOf({ act: 'sale', body } as never, 0, 1);
  };

  test('is the chosen number of days after the sale, or none', () => {
    const [due] = openDebts(rowsOf([owing(14)]).debts).open;
    const [never] = openDebts(rowsOf([owing(null)]).debts).open;
    if (due === undefined || never === undefined) expect.fail('no debt');
    const dueAt = 1 + 14 * DAY_MS;
    expect([due.made.dueAt, never.made.dueAt]).toEqual([dueAt, null]);
    expect([isOverdue(due, dueAt, null), isOverdue(due, dueAt + 1, null)]).toEqual([false, true]);
    expect(isOverdue(never, Infinity, null)).toBe(false);
  });

  test('follows from the policy’s present number of days if the debt has none; other dates do not move', () => {
    const [due] = openDebts(rowsOf([owing(14)]).debts).open;
    const [never] = openDebts(rowsOf([owing(null)]).debts).open;
    if (due === undefined || never === undefined) expect.fail('no debt');
    const week = 1 + 7 * DAY_MS;
    expect([isOverdue(never, week, 7), isOverdue(never, week + 1, 7)]).toEqual([false, true]);
    expect(isOverdue(due, week + 1, 7)).toBe(false);
  });
});

test('a repayment whose parts do not add up is invalid', () => {
  const body = bodyOf();
  const [first] = body.settles;
  if (first === undefined) expect.fail('it settles nothing');
  const huge = { ...first, amount: Number.MAX_SAFE_INTEGER };
  for (const wrong of [
    { changeDue: 1 },
    { settles: [first] },
    { settles: Array.from({ length: 1025 }, () => huge) },
    { accounts: [{ customer: ANNA, account: 'debt', delta: -1 }] },
    { accounts: [{ customer: idOf(99), account: 'debt', delta: -body.amount }] },
    { accounts: [{ customer: ANNA, account: 'points', delta: -body.amount }] },
  ])
    expect(repaymentBody.safeParse({ ...body, ...wrong }).success).toBe(false);
});

test('if there are more debts than fit into one act, the oldest are settled', () => {
  const rows = Array.from({ length: MOST_SETTLED + 5 }, (_, n) =>
    debt(n.toString(16).padStart(64, '0'), 1, n + 1),
  );
  const tenders = [{ kind: 'cash', amount: rub(2000) }] as const;
  const { amount, settles } = bodyOf({ debts: openDebts(rows), tenders });
  expect([amount, settles.length]).toEqual([rub(MOST_SETTLED), MOST_SETTLED]);
});

describe('debts over all tills', () => {
  test('sums that only a dishonest till can make are limited to the safe integers', () => {
    const huge = { ...debt(FIRST, 1, 1), left: Number.MAX_SAFE_INTEGER };
    const { open, weOwe } = openDebts([huge, huge, debt(SECOND, 400, 2)]);
    expect(Number(owedOf(open))).toBe(Number.MAX_SAFE_INTEGER);
    expect(weOwe).toBe(0);
    const [paid] = [{ ...huge, left: -Number.MAX_SAFE_INTEGER }];
    expect(openDebts([paid, { ...paid, debt: SECOND }]).open).toEqual([]);
  });

  test('example 21: 900 owed and repaid at two tills that did not know of each other: the shop owes 900', () => {
    const made = debt(FIRST, 900, 1);
    const repaid = {
      ...made,
      left: rub(-900),
      repaid: { ...NO_MONEY, cash: rub(900) },
      earned: NOTHING_EARNED,
      made: null,
    };
    expect(openDebts([made, repaid, repaid])).toEqual({ open: [], weOwe: rub(900) });
  });

  test('a repayment of an unknown debt is no surplus: it is neither owed to the customer nor taken off another', () => {
    const repaid = { ...debt(FIRST, -900, 1), made: null };
    expect(openDebts([repaid, debt(SECOND, 400, 2)])).toMatchObject({
      open: [{ debt: SECOND, left: rub(400) }],
      weOwe: 0,
    });
  });

  test('a surplus is taken off the next debt', () => {
    const over = { ...debt(FIRST, -300, 1, 500), repaid: { ...NO_MONEY, cash: rub(800) } };
    expect(openDebts([debt(SECOND, 400, 2), over])).toMatchObject({
      open: [{ debt: SECOND, left: rub(100) }],
      weOwe: 0,
    });
  });
});

type Act =
  | { readonly kind: 'debt'; readonly till: number; readonly amount: number }
  | { readonly kind: 'repay'; readonly till: number; readonly cash: number; readonly card: number }
  | { readonly kind: 'write-off'; readonly till: number; readonly amount: number }
  | { readonly kind: 'pay-out'; readonly till: number; readonly amount: number }
  | { readonly kind: 'cancel'; readonly till: number; readonly nth: number }
  | { readonly kind: 'sync' };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('debt' as const),
    till: fc.nat(2),
    amount: fc.integer({ min: -50, max: 500 }).filter((amount) => amount !== 0),
  }),
  fc.record({
    kind: fc.constant('repay' as const),
    till: fc.nat(2),
    cash: fc.nat(600),
    card: fc.nat(300),
  }),
  fc.record({
    kind: fc.constant('write-off' as const),
    till: fc.nat(2),
    amount: fc.integer({ min: 1, max: 600 }),
  }),
  fc.record({ kind: fc.constant('cancel' as const), till: fc.nat(2), nth: fc.nat(5) }),
  fc.record({ kind: fc.constant('pay-out' as const), till: fc.nat(2), amount: fc.nat(600) }),
  fc.constant({ kind: 'sync' as const }),
);

/** The rows that these entries leave. */
function rowsOf(entries: readonly KnownEntry[]) {
  const fold = new Fold(NOTHING_BEFORE);
  for (const entry of entries) fold.take(entry, new Set());
  const changes = fold.changes();
  const [owed] = writtenTo('balances', changes);
  return { debts: writtenTo('debts', changes), owed: owed?.sum ?? 0 };
}

const entryOf = (part: Pick<KnownEntry, 'act' | 'body'>, till: number, seq: number): KnownEntry =>
  ({
    v: 1,
    till: idOf(till + 1),
    seq,
    at: seq,
    operator: CASHIER,
    policy: 1,
    ...DECIDED,
    prevHash: GENESIS_HASH,
    hash: `${till}-${seq}`,
    ...part,
  }) as KnownEntry;

test('tills that were offline for any time agree on every debt, and debts add up to the balance', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const all: KnownEntry[] = [];
      const known: KnownEntry[][] = [[], [], []];
      acts.forEach((each, place) => {
        if (each.kind === 'sync') {
          for (const till of known) till.splice(0, Infinity, ...all);
          return;
        }
        const { till } = each;
        const mine = known[till] ?? [];
        let part: Pick<KnownEntry, 'act' | 'body'>;
        if (each.kind === 'debt') {
          const accounts = [{ customer: ANNA, account: 'debt', delta: each.amount }];
          const body = {
            lines: [],
            total: 0,
            rounding: 0,
            tenders: [],
            removed: { lines: 0, sum: 0 },
            held: { times: 0, longestMs: 0 },
            accounts,
            confirmations: [],
            stock: [],
            customer: ANNA,
            dueDays: null,
            repaidEarns: null,
          };
          part = { act: 'sale', body } as never;
        } else if (each.kind === 'write-off') {
          const { open } = openDebts(rowsOf(mine).debts);
          const amount = money(Math.min(each.amount, owedOf(open)));
          if (amount === 0) return;
          const settles = loweredBy(open, amount);
          expect(settles.reduce((sum, one) => sum + one.amount, 0)).toBe(amount);
          const accounts = [{ customer: ANNA, account: 'debt', delta: -Number(amount) }];
          const body = { correction: idOf(500 + place), customer: ANNA, settles, accounts };
          part = {
            act: 'balance-corrected',
            body: { ...body, account: 'debt', delta: -Number(amount), confirmations: [] },
          } as never;
        } else if (each.kind === 'pay-out') {
          const debts = openDebts(rowsOf(mine).debts);
          const amount = money(Math.min(each.amount, debts.weOwe));
          const asked = { payout: idOf(500 + place), customer: ANNA, tender: 'cash' } as const;
          const decided = decidePayout({
            card: null,
            allowedBy: null,
            ...asked,
            policy: POLICY,
            operator: OWNER,
            at: NOW,
            debts,
            amount,
          });
          if (decided.kind === 'refused') return;
          part = { act: 'overpayment-returned', body: decided.body };
        } else if (each.kind === 'cancel') {
          const own = mine.filter((entry) => entry.till === idOf(till + 1));
          const gone = own.flatMap(({ act, body }) =>
            act === 'repayment-cancelled' ? [body.repayment.seq] : [],
          );
          const repayments = own.filter(
            ({ act, seq }) => act === 'repayment' && !gone.includes(seq),
          ) as EntryOf<'repayment'>[];
          const repayment = repayments[each.nth % Math.max(1, repayments.length)];
          if (repayment === undefined) return;
          const { settles, amount, rounding } = repayment.body;
          const accounts = [{ customer: ANNA, account: 'debt', delta: amount }];
          const of = { repayment: { ...repayment, body: null }, customer: ANNA, confirmations: [] };
          const back = { takenBack: [], withheld: { points: 0, amount: 0 }, refunds: [] };
          const body = { ...of, ...back, settles, amount, rounding, accounts };
          part = { act: 'repayment-cancelled', body } as never;
        } else {
          const decided = decideRepayment(
            inputOf({
              debts: openDebts(rowsOf(mine).debts),
              tenders: [
                { kind: 'cash', amount: money(each.cash) },
                { kind: 'card', amount: money(each.card) },
              ],
            }),
          );
          if (decided.kind === 'refused') return;
          const { amount, changeDue, settles } = decided.body;
          expect(settles.reduce((sum, one) => sum + one.amount, 0)).toBe(amount);
          expect(amount + changeDue).toBe(each.cash + each.card);
          expect(amount).toBeLessThanOrEqual(rowsOf(mine).owed);
          part = { act: 'repayment', body: decided.body };
        }
        const entry = entryOf(part, till, place + 1);
        all.push(entry);
        mine.push(entry);
      });
      const { debts, owed } = rowsOf(all);
      const { open, weOwe } = openDebts(debts);
      expect(open.reduce((sum, { left }) => sum + left, 0) - weOwe).toBe(owed);
      expect(weOwe === 0 || open.length === 0).toBe(true);
      // the result does not depend on which till each part came from
      const apart = [0, 1, 2].flatMap(
        (till) => rowsOf(all.filter((entry) => entry.till === idOf(till + 1))).debts,
      );
      expect(openDebts(apart)).toEqual({ open, weOwe });
    }),
    { numRuns: cases(300) },
  );
});
