// Corrections of debt and points: who has to consent, caps, and which debts they lower.
import type { DebtRow } from '$lib/contract/rows';
import { describe, expect, test } from 'vitest';
import { correctionBody } from '$lib/contract/acts/correction';
import { GENESIS_HASH, type EntryOf } from '$lib/contract/journal';
import { saleBody } from '$lib/contract/acts/sale';
import {
  decideCorrection,
  correctionRules,
  type CorrectionInput,
} from '$lib/domain/acts/money/balance-corrected';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_DEBTS, openDebts } from '$lib/domain/customers/debts';
import { money, ZERO } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { beforeOf, writtenTo } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { NO_TOTALS, withCorrection } from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import {
  anna,
  ANNA,
  CASHIER,
  checkedReserve,
  DEAL_HASH,
  grantFor,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  POLICY,
  reserveOf,
  rub,
  SENIOR,
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

const override = overrideOf('sell-on-account', { askedBy: OWNER, by: OWNER });
const ROUBLES = (sum: number) => ({ minor: rub(sum), currency: 'RUB' });
const code = (sum = 100, change: Parameters<typeof grantFor>[2] = {}) => ({
  ...({ kind: 'code', action: 'sell-on-account', jws: 'h.p.s' } as const),
  grant: grantFor('sell-on-account', ROUBLES(sum), {
    action: 'correct-balance',
    operator: OWNER,
    receipt: ID,
    ...change,
  }),
});

function inputOf(change: Partial<CorrectionInput> = {}): CorrectionInput {
  return {
    policy: POLICY,
    operator: OWNER,
    till: TILL,
    at: NOW,
    customer: anna,
    correction: ID,
    account: 'debt',
    delta: rub(100),
    reason: 'Ошиблись в чеке',
    debt: null,
    standing: { owed: ZERO, points: 0 },
    debts: NO_DEBTS,
    disputed: false,
    usage: NOTHING_USED,
    movedByRight: ZERO,
    grantsUsed: new Set<string>(),
    confirmations: [code()],
    dealHash: DEAL_HASH,
    ...change,
  };
}

function bodyOf(change: Partial<CorrectionInput> = {}) {
  const decided = decideCorrection(inputOf(change));
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  expect(correctionBody.safeParse(decided.body).success).toBe(true);
  return decided.body;
}

const OWED = {
  standing: { owed: rub(900), points: 50 },
  debts: openDebts([debt(SECOND, 400, 2), debt(FIRST, 500, 1)]),
  confirmations: [],
};

describe('a correction against the customer', () => {
  test('raises the debt with their code', () => {
    expect(bodyOf()).toEqual({
      correction: ID,
      currency: 'RUB',
      day: '2026-11-25',
      customer: ANNA,
      account: 'debt',
      delta: rub(100),
      reason: 'Ошиблись в чеке',
      debt: null,
      settles: [],
      accounts: [{ customer: ANNA, account: 'debt', delta: rub(100) }],
      confirmations: [
        {
          kind: 'code',
          action: 'sell-on-account',
          amount: rub(100),
          challenge: code().grant.challenge,
          grant: 'h.p.s',
        },
      ],
    });
  });

  test('goes on without a code under the caps of sales', () => {
    expect(bodyOf({ confirmations: [override] }).confirmations).toMatchObject([
      { kind: 'override', amount: rub(100), by: OWNER },
    ]);
    const usage = { customer: rub(2950), till: ZERO };
    expect(decideCorrection(inputOf({ confirmations: [override], usage }))).toMatchObject({
      because: { kind: 'override-over-cap', scope: 'customer', allowed: rub(50) },
    });
  });

  test.each<[string, Partial<CorrectionInput>]>([
    ['confirmation-missing', { confirmations: [] }],
    ['confirmation-missing', { confirmations: [code(), override] }],
    ['confirmation-missing', { confirmations: [overrideOf('redeem-points', { by: OWNER })] }],
    ['no-phone', { confirmations: [], customer: { ...anna, phone: null } }],
    ['grant-not-for-this-deal', { confirmations: [code(100, { action: 'sell-on-account' })] }],
    ['grant-not-for-this-deal', { confirmations: [code(100, { action: 'cancel-repayment' })] }],
    ['grant-not-for-this-deal', { confirmations: [code(99)] }],
    ['grant-not-for-this-deal', { confirmations: [code(100, { dealHash: 'e'.repeat(64) })] }],
    ['grant-not-for-this-deal', { confirmations: [code(100, { receipt: idOf(8) })] }],
    ['grant-not-for-this-deal', { confirmations: [code(100, { operator: CASHIER })] }],
    ['grant-expired', { confirmations: [code(100, { exp: NOW })] }],
    ['grant-used', { grantsUsed: new Set([code().grant.challenge]) }],
    [
      'reserve-code-not-for-this',
      { confirmations: [{ ...reserveOf('sell-on-account'), verifier: checkedReserve() }] },
    ],
    ['no-right', { operator: SENIOR }],
    ['override-no-right', { confirmations: [{ ...override, by: CASHIER }] }],
    ['no-reason', { reason: '  ' }],
    ['nothing-corrected', { delta: 0 }],
    ['disputed', { disputed: true }],
    ['no-credit', { customer: { ...anna, credit: { kind: 'no-credit' } } }],
    ['not-enough-points', { account: 'points', delta: -1 }],
  ])('is refused: %s', (kind, change) => {
    expect(decideCorrection(inputOf(change))).toMatchObject({ because: { kind } });
  });

  test('counts towards the debt limit, unless the operator may exceed it', () => {
    const policy = verified(
      shopPolicy((p) => ({
        ...p,
        groups: p.groups.map((group) => ({
          ...group,
          rights: group.rights.filter((right) => right !== 'sell-over-limit'),
        })),
      })),
    );
    const standing = { owed: rub(9950), points: 0 };
    expect(decideCorrection(inputOf({ policy, standing }))).toMatchObject({
      because: { kind: 'over-limit', allowed: rub(50) },
    });
    expect(decideCorrection(inputOf({ standing })).kind).toBe('decided');
  });

  test('of points needs a code for their number, at their worth', () => {
    const grant = grantFor(
      'redeem-points',
      { points: 30, worth: ROUBLES(30) },
      { action: 'correct-balance', operator: OWNER, receipt: ID },
    );
    const given = { kind: 'code', action: 'redeem-points', jws: 'h.p.s', grant } as const;
    const change = { account: 'points', delta: -30, standing: { owed: ZERO, points: 30 } } as const;
    expect(bodyOf({ ...change, confirmations: [given] }).confirmations).toMatchObject([
      { kind: 'code', action: 'redeem-points', amount: rub(30) },
    ]);
  });
});

describe('a correction in the customer’s favour', () => {
  test('lowers the oldest debts, without a code', () => {
    expect(bodyOf({ ...OWED, delta: rub(-600) })).toMatchObject({
      settles: [
        { debt: FIRST, amount: rub(500) },
        { debt: SECOND, amount: rub(100) },
      ],
      confirmations: [{ kind: 'by-right', action: 'sell-on-account', amount: rub(600) }],
    });
  });

  test('lowers only the debt that it names, at most to zero', () => {
    expect(bodyOf({ ...OWED, delta: rub(-400), debt: SECOND })).toMatchObject({
      debt: SECOND,
      settles: [{ debt: SECOND, amount: rub(400) }],
    });
    expect(decideCorrection(inputOf({ ...OWED, delta: rub(-401), debt: SECOND }))).toEqual({
      kind: 'refused',
      because: { kind: 'more-than-owed', allowed: rub(400) },
    });
  });

  test.each<[string, Partial<CorrectionInput>]>([
    ['more-than-owed', { delta: rub(-901) }],
    ['over-correction-cap', { delta: rub(-100), movedByRight: rub(9_950) }],
    ['over-correction-cap', { account: 'points', delta: 10_001 }],
    ['own-number', { policy: withOwnNumber() }],
    ['no-right', { operator: CASHIER, delta: rub(-1) }],
  ])('is refused: %s', (kind, change) => {
    expect(decideCorrection(inputOf({ ...OWED, ...change }))).toMatchObject({ because: { kind } });
  });

  test('is not refused while the customer has an open dispute', () => {
    expect(bodyOf({ ...OWED, delta: rub(-100), disputed: true }).delta).toBe(rub(-100));
  });
});

function withOwnNumber() {
  return verified(
    shopPolicy((p) => ({
      ...p,
      operators: p.operators.map((one) => (one.id === OWNER ? { ...one, phone: anna.phone } : one)),
    })),
  );
}

test('a written-off debt does not count as repaid; a correction upwards makes a new debt', () => {
  const entryOf = (body: ReturnType<typeof bodyOf>): EntryOf<'balance-corrected'> => ({
    v: 1,
    till: TILL,
    seq: 9,
    at: NOW,
    operator: OWNER,
    policy: 1,
    ...DECIDED,
    prevHash: GENESIS_HASH,
    hash: 'f'.repeat(64),
    act: 'balance-corrected',
    body,
  });
  const before = beforeOf({ debts: [debt(FIRST, 500, 1)] });
  const down = entryOf(bodyOf({ ...OWED, delta: rub(-100), debt: FIRST }));
  expect(writtenTo('debts', correctionRules.project(down, before, new Set()))).toEqual([
    { ...debt(FIRST, 500, 1), left: rub(400) },
  ]);
  expect(writtenTo('unconfirmed', correctionRules.project(down, before, new Set()))).toEqual([]);
  const up = correctionRules.project(entryOf(bodyOf()), before, new Set());
  expect(writtenTo('debts', up)).toMatchObject([
    { debt: 'f'.repeat(64), left: rub(100), made: { amount: rub(100), dueAt: null, earns: null } },
  ]);
  expect(writtenTo('grantsUsed', up)).toEqual([{ challenge: code().grant.challenge, sale: ID }]);
});

test('a shift counts what corrections moved, each direction separately', () => {
  const down = bodyOf({ ...OWED, delta: rub(-30) });
  const points = bodyOf({ ...OWED, account: 'points', delta: 7 });
  const totals = [bodyOf(), down, points].reduce(withCorrection, NO_TOTALS);
  expect(totals.corrections).toEqual({
    count: 3,
    debtUp: rub(100),
    debtDown: rub(30),
    pointsUp: 7,
    pointsDown: 0,
  });
  expect(totals.confirmed).toMatchObject({
    code: { count: 1, amount: rub(100) },
    'by-right': { count: 2 },
  });
});

test('a correction whose parts do not agree is invalid', () => {
  const down = bodyOf({ ...OWED, delta: rub(-100) });
  const wrong = [
    { delta: rub(-99) },
    { settles: [] },
    { reason: '' },
    { debt: SECOND },
    { accounts: [{ customer: idOf(21), account: 'debt', delta: rub(-100) }] },
    { settles: [{ debt: FIRST, amount: money(0) }] },
    { confirmations: [] },
  ];
  for (const change of wrong)
    expect(correctionBody.safeParse({ ...down, ...change }).success).toBe(false);
});

test('only a correction in the customer’s favour is by right, and its amount must fit what it moves', () => {
  const byRight = (action: 'sell-on-account' | 'redeem-points', amount: number) => ({
    confirmations: [{ kind: 'by-right', action, amount }],
  });
  const down = bodyOf({ ...OWED, delta: rub(-100) });
  const points = bodyOf({ ...OWED, account: 'points', delta: 7 });
  for (const body of [
    { ...down, ...byRight('sell-on-account', rub(100) + 1) },
    { ...down, ...byRight('sell-on-account', Number.MAX_SAFE_INTEGER) },
    { ...down, ...byRight('redeem-points', rub(100)) },
    { ...down, confirmations: bodyOf().confirmations },
    { ...points, ...byRight('redeem-points', 0) },
    { ...points, ...byRight('redeem-points', 701) },
    { ...bodyOf(), ...byRight('sell-on-account', rub(100)) },
  ])
    expect(correctionBody.safeParse(body).success, JSON.stringify(body.confirmations)).toBe(false);
  const { confirmations } = byRight('sell-on-account', rub(100));
  expect(saleBody.shape.confirmations.safeParse(confirmations).success).toBe(false);
});
