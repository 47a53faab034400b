// A code is for one deal: any edit of the deal changes its hash.
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deal } from '$lib/domain/consent/deal';
import {
  cancellationHash,
  correctionHash,
  dealHash,
  forgetHash,
  mergeHash,
  personHash,
  phoneChangeHash,
  phoneHash,
  reserveCodesHash,
  returnHash,
} from '$lib/proof/deal';
import { makeSalt, sealCard } from '$lib/proof/record';
import { cases, limitOf } from '../support/cases';

const ID = '0190a000-0000-7000-8000-000000000001';
const OTHER = '0190a000-0000-7000-8000-000000000002';

const deal: Deal = {
  receiptId: ID,
  action: 'sell-on-account',
  customerId: ID,
  cardSalt: 'a'.repeat(64),
  phone: '+79250000602',
  amount: { minor: 54_000, currency: 'RUB' },
  lines: [{ productId: ID, quantity: 1000, unitPrice: 100_000, discount: 0 }],
  tenders: [{ kind: 'cash', amount: 46_000 }],
};

const edits: Record<string, Partial<Deal>> = {
  receipt: { receiptId: OTHER },
  action: { action: 'redeem-points' },
  customer: { customerId: OTHER },
  card: { cardSalt: 'b'.repeat(64) },
  phone: { phone: '+79250000603' },
  amount: { amount: { minor: 54_001, currency: 'RUB' } },
  currency: { amount: { minor: 54_000, currency: 'KZT' } },
  quantity: { lines: [{ productId: ID, quantity: 1001, unitPrice: 100_000, discount: 0 }] },
  price: { lines: [{ productId: ID, quantity: 1000, unitPrice: 100_001, discount: 0 }] },
  discount: { lines: [{ productId: ID, quantity: 1000, unitPrice: 100_000, discount: 1 }] },
  product: { lines: [{ productId: OTHER, quantity: 1000, unitPrice: 100_000, discount: 0 }] },
  tender: { tenders: [{ kind: 'card', amount: 46_000 }] },
  'no tender': { tenders: [] },
};

test.each(Object.entries(edits))('an edited %s changes the hash of the deal', async (_, edit) => {
  expect(await dealHash({ ...deal, ...edit })).not.toBe(await dealHash(deal));
});

test('fields of the receipt that are not part of the deal do not change the hash', async () => {
  const line = { productId: ID, quantity: 1000, unitPrice: 100_000, discount: 0, name: 'Хлеб' };
  expect(await dealHash({ ...deal, lines: [line] })).toBe(await dealHash(deal));
});

test(
  'another sum changes the hash',
  async () => {
    const hash = await dealHash(deal);
    await fc.assert(
      fc.asyncProperty(fc.maxSafeNat(), async (minor) => {
        const same = minor === 54_000;
        expect((await dealHash({ ...deal, amount: { minor, currency: 'RUB' } })) === hash).toBe(
          same,
        );
      }),
      { numRuns: cases(100) },
    );
  },
  limitOf(30_000),
);

const text = fc.string({ maxLength: 3 });
const asked = { customerId: text, cardSalt: text, phone: text };
const sum = fc.integer({ min: -3, max: 3 });

/** Each act that a customer confirms besides a sale, with the values of each of its fields, and its hash. */
const acts = {
  'reserve codes': [{ ...asked, issue: text }, reserveCodesHash],
  'a change of number': [{ ...asked, newPhone: text }, phoneChangeHash],
  'a correction': [
    {
      ...asked,
      correction: text,
      account: fc.constantFrom('debt' as const, 'points' as const),
      delta: sum,
    },
    correctionHash,
  ],
  'a cancelled repayment': [
    { ...asked, cancellation: text, repayment: text, amount: sum },
    cancellationHash,
  ],
  'a return': [{ ...asked, return: text, sale: text, amount: sum }, returnHash],
  'a merge': [{ ...asked, merge: text, from: text, into: text }, mergeHash],
  forgetting: [asked, forgetHash],
  'an authorised person': [
    { ...asked, person: fc.record({ id: text, name: text, phone: text }) },
    personHash,
  ],
} as const;
type Hashed = (act: object) => Promise<string>;

test.each(Object.entries(acts))(
  '%s: the hash changes with each field, by whatever order the fields are given',
  async (_, [fields, hash]) => {
    const hashOf = hash as Hashed;
    const names = Object.keys(fields);
    const act = fc.record<Record<string, unknown>>(fields);
    await fc.assert(
      fc.asyncProperty(act, act, fc.constantFrom(...names), async (one, other, name) => {
        const edited = { ...one, [name]: other[name] };
        const isSame = JSON.stringify(edited[name]) === JSON.stringify(one[name]);
        expect((await hashOf(edited)) === (await hashOf(one))).toBe(isSame);
        const turned = Object.fromEntries(Object.entries(one).reverse());
        expect(await hashOf(turned)).toBe(await hashOf(one));
      }),
      { numRuns: cases(100) },
    );
  },
);

test('no code for one act confirms another one', async () => {
  // the same values under each act's names
  const same = { id: 'x', name: 'x', phone: 'x' };
  const hashes = await Promise.all(
    Object.values(acts).map(([fields, hash]) =>
      (hash as Hashed)(
        Object.fromEntries(
          Object.keys(fields).map((name) => [name, name === 'person' ? same : 'x']),
        ),
      ),
    ),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('a phone is hashed together with the secret of its card', async () => {
  const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
  expect(await phoneHash(one, '+79250000602')).not.toBe(await phoneHash(other, '+79250000602'));
});

test('the seal of a card covers each of its parts, and reveals nothing without its salt', async () => {
  const salt = makeSalt();
  expect(salt).toMatch(/^[0-9a-f]{32}$/);
  const card = {
    salt,
    name: 'Анна',
    phone: '+79250000602',
    cardSalt: 'a'.repeat(64),
    ...NO_SEALED_DETAILS,
  };
  const seal = await sealCard(card);
  expect(await sealCard({ ...card, credit: 'none' } as typeof card)).toBe(seal);
  const others = [
    { ...card, salt: makeSalt() },
    { ...card, name: 'Анна К.' },
    { ...card, phone: null },
    { ...card, cardSalt: 'b'.repeat(64) },
    { ...card, birthday: { day: 29, month: 2, year: null } },
    { ...card, birthdaySince: 1 },
    { ...card, note: 'без сахара' },
    { ...card, group: '0190d5a0-0000-7000-8000-000000000001' },
  ];
  for (const other of others) expect(await sealCard(other)).not.toBe(seal);
});
