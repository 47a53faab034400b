// Nobody may serve a card with their own number while somebody else has the rights to do it.
import { codeHash } from '$lib/domain/values/receipt-number';
import { describe, expect, test } from 'vitest';
import { decidePayout } from '$lib/domain/acts/money/overpayment-returned';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideReturn } from '$lib/domain/acts/money/return';
import { decideReturnWithoutSale } from '$lib/domain/acts/money/return-without-sale';
import { decideSale } from '$lib/domain/acts/money/sale';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_SEALED_DETAILS, type Customer } from '$lib/domain/customers/customer';
import { openDebts } from '$lib/domain/customers/debts';
import { NOTHING_USED } from '$lib/domain/consent/override';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { USUAL_TAX } from '$lib/domain/goods/product';
import type { Decided } from '$lib/domain/policy/rights';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { GENESIS_HASH, type EntryOf } from '$lib/contract/journal';
import { DECIDED } from '$lib/proof/chain';
import {
  anna,
  ANNA,
  BREAD,
  cash,
  CASHIER,
  idOf,
  NOW,
  OWNER,
  POLICY,
  receiptOf,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';

const OWN = '+79251110000';
const HASH = 'a'.repeat(64);
const own = { ...anna, phone: OWN } as Customer;
const person = { id: idOf(90), name: 'Вера', phone: OWN };

/** The number is Света's; `among`: the operators who still work in the shop. */
const staffed = (among: readonly string[]): VerifiedPolicy =>
  verified(
    shopPolicy((policy) => ({
      ...policy,
      operators: policy.operators.map((one) => ({
        ...one,
        phone: one.id === SENIOR ? OWN : one.phone,
        active: among.includes(one.id),
      })),
    })),
  );
const SHOP = staffed([OWNER, CASHIER, SENIOR]);

type By = { readonly policy: VerifiedPolicy; readonly operator: string };

const sale = ({ policy, operator }: By, customer: Customer, tenders = [cash(100)]) =>
  decideSale({
    policy,
    operator,
    till: TILL,
    number: 1,
    at: NOW,
    customer,
    customerFacts: null,
    receipt: receiptOf(100, tenders),
    standing: { owed: rub(0), points: 0 },
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: {},
    grantsUsed: new Set<string>(),
    piecesSold: new Set(),
  });

function sold(): EntryOf<'sale'> {
  const decided = sale({ policy: POLICY, operator: OWNER }, anna);
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  return {
    v: 1,
    till: TILL,
    seq: 5,
    at: NOW,
    operator: OWNER,
    policy: 1,
    ...DECIDED,
    act: 'sale',
    prevHash: GENESIS_HASH,
    hash: HASH,
    body: decided.body,
  };
}

/** A debt of Anna; negative `left`: the shop owes her. */
const debtOf = (left: number) =>
  openDebts([
    {
      customer: ANNA,
      debt: HASH,
      left: rub(left),
      repaid: NO_MONEY,
      earned: NOTHING_EARNED,
      made: { till: TILL, seq: 5, at: NOW, amount: rub(left), dueAt: null, earns: null },
    },
  ]);

const returning = { return: idOf(31), at: NOW, reason: 'faulty', note: null } as const;

const acts: Record<string, (by: By, card: Customer) => Decided<object, { kind: string }>> = {
  'a sale': sale,
  'a return': (by, card) =>
    decideReturn({
      ...by,
      card,
      ...returning,
      sale: sold(),
      since: { debts: [], returns: [] },
      points: 0,
      goods: [{ line: 0, quantity: 1000, to: 'stock' }],
      inCash: false,
      shown: 'paper',
      scanned: codeHash(sold().hash),
      approvedBy: null,
      guardedToday: 0,
      givenToday: 0,
      asked: null,
    }),
  'a return without a sale': (by, card) =>
    decideReturnWithoutSale({
      ...by,
      card,
      ...returning,
      customer: ANNA,
      debts: debtOf(500),
      inCash: true,
      goods: [
        {
          product: BREAD,
          name: 'Хлеб',
          unit: 'piece',
          quantity: 1000,
          to: 'stock',
          mark: null,
          tax: USUAL_TAX,
          prices: { given: rub(50), list: rub(50) },
        },
      ],
      approvedBy: by.operator === OWNER ? SENIOR : OWNER,
      guardedToday: 0,
    }),
  'a repayment': (by, card) =>
    decideRepayment({
      ...by,
      at: NOW,
      card,
      repayment: idOf(33),
      customer: ANNA,
      debts: debtOf(500),
      tenders: [{ kind: 'cash', amount: rub(100) }],
    }),
  'an overpayment paid out': (by, card) =>
    decidePayout({
      ...by,
      at: NOW,
      card,
      payout: idOf(34),
      customer: ANNA,
      debts: debtOf(-500),
      amount: rub(100),
      tender: 'cash',
      allowedBy: null,
    }),
};

describe.each(Object.entries(acts))('%s', (_, act) => {
  const refused = { kind: 'refused', because: { kind: 'own-number' } };

  test('is refused for one’s own card, also if one is an authorised person on it', () => {
    expect(act({ policy: SHOP, operator: SENIOR }, own)).toEqual(refused);
    expect(act({ policy: SHOP, operator: SENIOR }, { ...anna, persons: [person] })).toEqual(
      refused,
    );
  });

  test('is allowed for another’s card, also a colleague’s', () => {
    expect(act({ policy: SHOP, operator: SENIOR }, anna).kind).toBe('decided');
    expect(act({ policy: SHOP, operator: OWNER }, own).kind).toBe('decided');
    expect(act({ policy: SHOP, operator: OWNER }, { ...anna, ...NO_SEALED_DETAILS }).kind).toBe(
      'decided',
    );
  });

  test('is allowed for one’s own card if nobody else has the rights', () => {
    expect(act({ policy: staffed([SENIOR]), operator: SENIOR }, own).kind).toBe('decided');
  });
});

test('a colleague may not allow an overpayment to be paid out to themselves', () => {
  const policy = verified({
    ...SHOP,
    groups: SHOP.groups.map((group) => ({
      ...group,
      rights: group.rights.filter((right) => group.id !== 'cashier' || right !== 'return'),
    })),
  });
  const allowed = (allowedBy: string) =>
    decidePayout({
      policy,
      operator: CASHIER,
      allowedBy,
      at: NOW,
      card: own,
      payout: idOf(34),
      customer: ANNA,
      debts: debtOf(-500),
      amount: rub(100),
      tender: 'cash',
    });
  expect(allowed(SENIOR)).toMatchObject({ because: { kind: 'own-number' } });
  expect(allowed(OWNER)).toMatchObject({ body: { allowedBy: OWNER } });
});

test('the owner may buy on account themselves if nobody else may sell on account', () => {
  const by = (policy: VerifiedPolicy) => sale({ policy, operator: SENIOR }, own, []);
  const withoutDebts = (policy: VerifiedPolicy) =>
    verified({
      ...policy,
      groups: policy.groups.map((group) => ({
        ...group,
        rights: group.rights.filter(
          (right) => group.id === 'senior-cashier' || right !== 'sell-on-account',
        ),
      })),
    });
  expect(by(SHOP)).toMatchObject({ because: { kind: 'own-number' } });
  // a colleague who may only sell for money does not count
  expect(by(withoutDebts(staffed([CASHIER, SENIOR])))).toMatchObject({
    because: { kind: 'confirmation-missing' },
  });
});
