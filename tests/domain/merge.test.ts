// Merging two cards: whose codes are needed, why it is refused, which credit counts.
import { describe, expect, test } from 'vitest';
import { mergedBody, type Credit } from '$lib/contract/acts/customer';
import {
  decideMerge,
  type MergeInput,
  type MergingCard,
} from '$lib/domain/acts/customers/customers-merged';
import { stricterCredit } from '$lib/domain/customers/customer';
import { wordMerge } from '$lib/domain/messages/code-message';
import { afterEdit, afterForgotten, afterMerged, joinedOrForgotten } from '$lib/domain/shop-cards';
import {
  anna,
  ANNA,
  CASHIER,
  DEAL_HASH,
  grantFor,
  idOf,
  NOW,
  OWNER,
  POLICY,
  TILL,
} from './fixtures';

const MERGE = idOf(900);
const BORIS = idOf(901);
const boris = { ...anna, id: BORIS };

type Grant = Parameters<typeof grantFor>[2];
const cardOf = (customer: typeof anna, change: Grant = {}): MergingCard => ({
  customer,
  code: {
    jws: 'h.p.s',
    grant: grantFor(
      'sell-on-account',
      { minor: 1, currency: 'RUB' },
      {
        action: 'merge-customers',
        operator: OWNER,
        receipt: MERGE,
        amount: null,
        customer: customer.id,
        challenge: customer.id,
        ...change,
      },
    ),
  },
  dealHash: DEAL_HASH,
});

const inputOf = (change: Partial<MergeInput> = {}): MergeInput => ({
  policy: POLICY,
  operator: OWNER,
  merge: MERGE,
  till: TILL,
  at: NOW,
  from: cardOf(anna),
  into: cardOf(boris),
  disputed: false,
  isGone: false,
  grantsUsed: new Set<string>(),
  ...change,
});

describe('a merge of cards', () => {
  test('needs the codes of both customers', () => {
    const decided = decideMerge(inputOf());
    const credit = anna.credit;
    expect(decided).toEqual({
      kind: 'decided',
      body: {
        merge: MERGE,
        credit,
        from: { customer: ANNA, challenge: ANNA, grant: 'h.p.s' },
        into: { customer: BORIS, challenge: BORIS, grant: 'h.p.s' },
      },
    });
    expect(decided.kind === 'decided' && mergedBody.safeParse(decided.body).success).toBe(true);
  });

  const noCode = { ...cardOf(boris), code: null };
  test.each<[string, Partial<MergeInput>]>([
    ['no-right', { operator: CASHIER }],
    ['same-card', { into: cardOf(anna) }],
    ['card-gone', { isGone: true }],
    ['disputed', { disputed: true }],
    ['no-number', { into: cardOf({ ...boris, phone: null }) }],
    ['code-missing', { into: noCode }],
    ['code-not-for-this', { into: cardOf(boris, { customer: ANNA }) }],
    ['code-not-for-this', { into: cardOf(boris, { receipt: idOf(902) }) }],
    ['code-not-for-this', { into: cardOf(boris, { action: 'sell-on-account' }) }],
    ['code-not-for-this', { from: cardOf(anna, { dealHash: 'e'.repeat(64) }) }],
    ['code-not-for-this', { from: cardOf(anna, { amount: { minor: 1, currency: 'RUB' } }) }],
    ['code-not-for-this', { from: cardOf(anna, { operator: CASHIER }) }],
    ['code-expired', { from: cardOf(anna, { exp: NOW }) }],
    ['code-used', { grantsUsed: new Set([BORIS]) }],
  ])('is refused: %s', (kind, change) => {
    expect(decideMerge(inputOf(change))).toMatchObject({ kind: 'refused', because: { kind } });
  });
});

test('the credit that allows less counts, whichever card has it', () => {
  const limit = (sum: number): Credit => ({ kind: 'own-limit', limit: sum });
  const [none, shop, free]: Credit[] = [
    { kind: 'no-credit' },
    { kind: 'shop-limit' },
    { kind: 'unlimited' },
  ];
  const order = [none, limit(0), limit(400), shop, limit(600), free] as Credit[];
  for (const [place, stricter] of order.entries())
    for (const milder of order.slice(place)) {
      expect(stricterCredit(stricter, milder, 500)).toEqual(stricter);
      expect(stricterCredit(milder, stricter, 500)).toEqual(stricter);
    }
});

test('the message states the moved balances in one line', () => {
  const { currency } = POLICY.shop;
  const plain = (text: string) => text.replace(/\s/g, ' ');
  expect(plain(wordMerge({ owed: -5_000, points: 3 }, currency, 'en'))).toBe(
    'merging of cards, this goes to the common card: ₽50.00 paid ahead, 3 points',
  );
  expect(wordMerge({ owed: 0, points: 0 }, currency, 'ru')).toBe('объединение карточек');
});

test('a merged card stays merged when it is later saved or forgotten', () => {
  const at = { till: TILL, order: 5, at: NOW };
  const body = { from: { customer: ANNA }, into: { customer: BORIS }, credit: anna.credit };
  const entry = { act: 'customers-merged', till: TILL, at: NOW, body } as never;
  const [from, into] = joinedOrForgotten(entry, 5);
  expect([from, into]).toMatchObject([
    { customer: ANNA, mergedInto: BORIS },
    { customer: BORIS, mergedInto: null },
  ]);
  const merged = afterMerged(undefined, from as never);
  // a till that did not know of the merge uploads the card after it; before, the order had no entry of this card
  const late = { recordHash: 'b'.repeat(64), credit: anna.credit, till: idOf(77), seen: 0 };
  expect(
    afterEdit(
      merged,
      { ...at, ...late, customer: ANNA, order: 6, receivedAt: NOW, isAdded: true, isOwn: false },
      null,
      (till) => till,
    ),
  ).toMatchObject({ recordHash: late.recordHash, mergedInto: BORIS, creditOrder: 5 });
  const saved = afterEdit(
    merged,
    {
      customer: ANNA,
      recordHash: 'a'.repeat(64),
      credit: anna.credit,
      ...at,
      order: 6,
      seen: 6,
      receivedAt: NOW,
      isAdded: false,
      isOwn: false,
    },
    null,
    (till) => till,
  );
  expect(saved.mergedInto).toBe(BORIS);
  expect(afterForgotten(saved, { customer: ANNA, ...at })).toMatchObject({
    mergedInto: BORIS,
    isForgotten: true,
  });
});
