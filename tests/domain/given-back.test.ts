// Giving back money of repayments: a repayment cancelled in its shift, an overpayment paid out.
import type { DebtRow, ShiftRow } from '$lib/contract/rows';
import { describe, expect, test } from 'vitest';
import { cancellationBody, overpaymentBody } from '$lib/contract/acts/repayment';
import { GENESIS_HASH, type EntryOf, type KnownEntry } from '$lib/contract/journal';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decidePayout, type PayoutInput } from '$lib/domain/acts/money/overpayment-returned';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import {
  decideCancellation,
  type CancellationInput,
} from '$lib/domain/acts/money/repayment-cancelled';
import { NO_DEBTS, openDebts } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { NOTHING_OWED } from '$lib/domain/customers/account';
import { money, ZERO } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { beforeOf, writtenTo } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { expectedCash, NO_TOTALS } from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import {
  anna,
  ANNA,
  CASHIER,
  DEAL_HASH,
  grantFor,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  POLICY,
  rub,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';

const FIRST = 'a'.repeat(64);
const SECOND = 'b'.repeat(64);
const ID = idOf(9);

function debt(hash: string, left: number, at: number): DebtRow {
  const made = { till: TILL, seq: at, at, amount: rub(left), dueAt: null, earns: null };
  return {
    customer: ANNA,
    debt: hash,
    left: rub(left),
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made,
  };
}

/** Cash counts in steps of 0.10. */
const TENTHS = verified(shopPolicy((it) => ({ ...it, cashRounding: { step: 10, way: 'down' } })));

const SHIFT: ShiftRow = {
  till: TILL,
  number: 1,
  totals: NO_TOTALS,
  counted: null,
  closed: null,
  opened: {
    seq: 10,
    at: NOW,
    operator: CASHIER,
    float: rub(1000),
    counted: true,
    left: rub(1000),
    difference: 0,
  },
};

function repaid(change: Partial<Parameters<typeof decideRepayment>[0]> = {}): EntryOf<'repayment'> {
  const decided = decideRepayment({
    card: null,
    policy: POLICY,
    operator: CASHIER,
    at: NOW,
    repayment: idOf(8),
    customer: ANNA,
    debts: openDebts([debt(FIRST, 500, 1), debt(SECOND, 400, 2)]),
    tenders: [
      { kind: 'cash', amount: rub(800) },
      { kind: 'card', amount: rub(200) },
    ],
    ...change,
  });
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  return entryOf('repayment', decided.body, 20);
}

const entryOf = <A extends KnownEntry['act']>(
  act: A,
  body: EntryOf<A>['body'],
  seq: number,
): EntryOf<A> => ({
  v: 1,
  till: TILL,
  seq,
  at: NOW,
  operator: CASHIER,
  policy: 1,
  ...DECIDED,
  act,
  body,
  prevHash: GENESIS_HASH,
  hash: seq.toString(16).padStart(64, '0'),
});

const override = overrideOf('sell-on-account', { askedBy: OWNER, by: OWNER });
const code = (sum = 900, change: Parameters<typeof grantFor>[2] = {}) => ({
  ...({ kind: 'code', action: 'sell-on-account', jws: 'h.p.s' } as const),
  grant: grantFor(
    'sell-on-account',
    { minor: rub(sum), currency: 'RUB' },
    { action: 'cancel-repayment', operator: OWNER, receipt: ID, ...change },
  ),
});

const cancelling = (change: Partial<CancellationInput> = {}): CancellationInput => ({
  allowedBy: null,
  policy: POLICY,
  operator: OWNER,
  till: TILL,
  at: NOW,
  customer: anna,
  shift: SHIFT,
  cancellation: ID,
  repayment: repaid(),
  reason: 'Не тот покупатель',
  isCancelled: false,
  isReturned: false,
  disputed: false,
  usage: NOTHING_USED,
  standing: NOTHING_OWED,
  owedSince: ZERO,
  debts: [],
  grantsUsed: new Set<string>(),
  confirmations: [code()],
  dealHash: DEAL_HASH,
  ...change,
});

function cancelled(change: Partial<CancellationInput> = {}) {
  const decided = decideCancellation(cancelling(change));
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  expect(cancellationBody.safeParse(decided.body).success).toBe(true);
  return decided.body;
}

/** The rows that these entries leave in an open shift, starting with these debts. */
function rowsOf(entries: readonly KnownEntry[], debts: readonly DebtRow[]) {
  const owed = debts.reduce((sum, { left }) => sum + left, 0);
  const balances = [{ customer: ANNA, account: 'debt', sum: owed } as const];
  const fold = new Fold(beforeOf({ shifts: [SHIFT], debts: [...debts], balances }));
  for (const entry of entries) fold.take(entry, new Set());
  const changes = fold.changes();
  return {
    debts: writtenTo('debts', changes),
    owed: writtenTo('balances', changes).at(-1)?.sum,
    shift: writtenTo('shifts', changes).at(-1),
  };
}

describe('cancelling a repayment', () => {
  test('gives back its money without the change, and names the debts that are owed again', () => {
    const { refunds, amount, settles, accounts, repayment } = cancelled();
    expect(refunds).toEqual([
      { kind: 'cash', amount: rub(700) },
      { kind: 'card', amount: rub(200) },
    ]);
    expect([amount, settles]).toEqual([rub(900), repaid().body.settles]);
    expect(accounts).toEqual([{ customer: ANNA, account: 'debt', delta: rub(900) }]);
    expect(repayment).toMatchObject({ till: TILL, seq: 20 });
  });

  test('leaves debts and drawer as they were before it', () => {
    const debts = [debt(FIRST, 500, 1), debt(SECOND, 400, 2)];
    const repayment = repaid();
    const after = rowsOf([repayment, entryOf('repayment-cancelled', cancelled(), 21)], debts);
    expect(after.debts).toEqual(debts);
    expect(after.owed).toBe(rub(900));
    expect(expectedCash(after.shift ?? SHIFT)).toBe(rub(1000));
    expect(after.shift?.totals).toMatchObject({
      repaymentsCancelled: { count: 1, total: rub(900), cash: rub(700), card: rub(200) },
      confirmed: { code: { count: 1 } },
    });
  });

  test('gives back no more than was paid, even if the sum was rounded', () => {
    const policy = verified(
      shopPolicy((it) => ({ ...it, cashRounding: { step: 100, way: 'down' } })),
    );
    const debts = [debt(FIRST, 100.2, 1)];
    const tenders = [{ kind: 'cash', amount: rub(100) }] as const;
    const repayment = repaid({ policy, debts: openDebts(debts), tenders });
    const body = cancelled({ repayment, confirmations: [code(100.2)] });
    expect([body.refunds, body.amount]).toEqual([[tenders[0]], rub(100.2)]);
    const { debts: after } = rowsOf([repayment, entryOf('repayment-cancelled', body, 21)], debts);
    expect(after).toEqual(debts);
  });

  test('rounds the cash that withheld points leave, as no coins make the rest', () => {
    const row = debt(FIRST, 500, 1);
    const earns = { moneyPaid: 0, basisPoints: 1, pointValue: 37 };
    const earning = {
      ...row,
      earned: { onMoney: rub(500), points: 1 },
      made: row.made && { ...row.made, earns },
    };
    const body = cancelled({ policy: TENTHS, debts: [earning] });
    expect(body.withheld).toEqual({ points: 1, amount: 37 });
    expect(body.refunds).toEqual([
      { kind: 'cash', amount: rub(699.6) },
      { kind: 'card', amount: rub(200) },
    ]);
    expect(body.rounding).toBe(-3);
  });

  test('is possible without a code under the caps of sales, whatever the debt limit', () => {
    const customer = { ...anna, credit: { kind: 'no-credit' } } as const;
    expect(cancelled({ confirmations: [override], customer }).confirmations).toMatchObject([
      { kind: 'override', amount: rub(900), by: OWNER },
    ]);
    const usage = { customer: rub(2950), till: ZERO };
    expect(decideCancellation(cancelling({ confirmations: [override], usage }))).toMatchObject({
      because: { kind: 'override-over-cap', scope: 'customer', allowed: rub(50) },
    });
  });

  const closed = { seq: 30, at: NOW, left: 0 };
  test.each<[string, Partial<CancellationInput>]>([
    ['other-shift', { shift: undefined }],
    ['other-shift', { shift: { ...SHIFT, closed } }],
    ['other-shift', { shift: { ...SHIFT, opened: { ...SHIFT.opened, seq: 21 } } }],
    ['other-shift', { repayment: { ...repaid(), till: idOf(77) } }],
    ['already-cancelled', { isCancelled: true }],
    ['goods-returned', { isReturned: true }],
    // the customer took on new debt, and the limit does not allow both
    ['no-credit', { owedSince: rub(1), customer: { ...anna, credit: { kind: 'no-credit' } } }],
    ['disputed', { disputed: true }],
    ['no-reason', { reason: ' ' }],
    ['no-right', { operator: CASHIER }],
    ['no-phone', { confirmations: [], customer: { ...anna, phone: null } }],
    ['confirmation-missing', { confirmations: [] }],
    ['grant-not-for-this-deal', { confirmations: [code(899)] }],
    ['grant-not-for-this-deal', { confirmations: [code(900, { action: 'correct-balance' })] }],
    ['grant-not-for-this-deal', { confirmations: [code(900, { dealHash: 'e'.repeat(64) })] }],
    ['grant-used', { grantsUsed: new Set([code().grant.challenge]) }],
    ['override-no-right', { confirmations: [{ ...override, by: CASHIER }] }],
  ])('is refused: %s', (kind, change) => {
    expect(decideCancellation(cancelling(change))).toMatchObject({ because: { kind } });
  });

  test('is refused to an operator whose own number is on the card', () => {
    const policy = verified(
      shopPolicy((it) => ({
        ...it,
        operators: it.operators.map((one) => ({ ...one, phone: anna.phone })),
      })),
    );
    expect(decideCancellation(cancelling({ policy }))).toMatchObject({
      because: { kind: 'own-number' },
    });
  });

  test('is invalid if its parts do not add up', () => {
    const body = cancelled();
    for (const wrong of [
      { amount: 1 },
      { rounding: 1 },
      { refunds: [] },
      { settles: body.settles.slice(1) },
      { customer: idOf(99) },
      { accounts: [{ customer: ANNA, account: 'debt', delta: -body.amount }] },
      { confirmations: [{ kind: 'by-right', action: 'sell-on-account', amount: body.amount }] },
    ])
      expect(cancellationBody.safeParse({ ...body, ...wrong }).success).toBe(false);
  });
});

describe('paying out an overpayment', () => {
  const owed = { ...NO_DEBTS, weOwe: rub(900) };
  const paying = (change: Partial<PayoutInput> = {}): PayoutInput => ({
    policy: POLICY,
    operator: OWNER,
    at: NOW,
    payout: ID,
    customer: ANNA,
    debts: owed,
    amount: rub(900),
    tender: 'cash',
    card: null,
    allowedBy: null,
    ...change,
  });

  /** Cashiers may not pay out. */
  const withoutReturn = verified(
    shopPolicy((it) => ({
      ...it,
      groups: it.groups.map((group) =>
        group.id === it.operators.find(({ id }) => id === CASHIER)?.group
          ? { ...group, rights: group.rights.filter((right) => right !== 'return') }
          : group,
      ),
    })),
  );

  test('raises the debt to zero, and needs no code', () => {
    const decided = decidePayout(paying());
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    expect(overpaymentBody.safeParse(decided.body).success).toBe(true);
    expect(decided.body).toEqual({
      payout: ID,
      currency: 'RUB',
      day: '2026-11-25',
      customer: ANNA,
      amount: rub(900),
      tender: 'cash',
      accounts: [{ customer: ANNA, account: 'debt', delta: rub(900) }],
      allowedBy: null,
    });
    const more = { accounts: [{ ...decided.body.accounts[0], delta: rub(901) }] };
    expect(overpaymentBody.safeParse({ ...decided.body, ...more }).success).toBe(false);
  });

  test.each<[string, Partial<PayoutInput>]>([
    ['more-than-we-owe', { amount: money(rub(900) + 1) }],
    ['more-than-we-owe', { debts: openDebts([debt(FIRST, 500, 1)]), amount: rub(1) }],
    ['nothing-paid-out', { amount: ZERO }],
    ['cash-not-payable', { policy: TENTHS, amount: rub(899.95) }],
    ['no-right', { operator: CASHIER }],
  ])('is refused: %s', (kind, change) => {
    expect(decidePayout(paying({ policy: withoutReturn, ...change }))).toMatchObject({
      because: { kind },
    });
  });

  test('what no coins make is paid back by card', () => {
    const change = { policy: TENTHS, amount: rub(899.95), tender: 'card' } as const;
    expect(decidePayout(paying(change))).toMatchObject({ body: { amount: rub(899.95) } });
  });

  test('without the right a colleague who has it allows it, and is named', () => {
    const by = (operator: string, allowedBy: string | null) =>
      decidePayout(paying({ policy: withoutReturn, operator, allowedBy }));
    expect(by(CASHIER, OWNER)).toMatchObject({ body: { allowedBy: OWNER } });
    expect(by(CASHIER, CASHIER)).toMatchObject({ because: { kind: 'no-right' } });
    expect(by(OWNER, CASHIER)).toMatchObject({ body: { allowedBy: null } });
  });

  test('example 21: 900 owed, repaid at two tills, paid out once; if paid out twice, the customer owes it', () => {
    const made = debt(FIRST, 900, 1);
    const twice = { ...made, left: rub(-900), repaid: { ...NO_MONEY, cash: rub(1800) } };
    const decided = decidePayout(paying({ debts: openDebts([twice]) }));
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    const paidOut = entryOf('overpayment-returned', decided.body, 22);
    const once = rowsOf([paidOut], [twice]);
    expect(openDebts([twice, ...once.debts])).toEqual(NO_DEBTS);
    expect([once.owed, expectedCash(once.shift ?? SHIFT)]).toEqual([0, rub(100)]);
    const again = entryOf('overpayment-returned', decided.body, 23);
    const apart = rowsOf([paidOut, again], [twice]);
    expect(openDebts([twice, ...apart.debts])).toMatchObject({ open: [{ left: rub(900) }] });
  });
});
