// The deal in a request for a code: the relay hashes it and checks its sums and the customer's points itself.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChallengeRequest } from '$lib/contract/challenge';
import {
  ask,
  check,
  debtRequest,
  openShop,
  PHONE,
  phoneChangeRequest,
  pointsRequest,
  type Shop,
} from '../support/challenges';
import { overrideBy, onAccountSale, TillJournal } from '../support/till-journal';

let shop: Shop;
const customer = { id: uuidv7(), phone: PHONE };
beforeEach(async () => {
  shop = await openShop();
  await shop.trust(customer.id, PHONE);
});
afterEach(() => shop.stop());

const points = (n: number, worth: number, parts: Partial<ChallengeRequest> = {}) =>
  pointsRequest({
    amount: { points: n, worth: { minor: worth, currency: 'RUB' } },
    ...parts,
    customer,
  });
const loaf = { product: uuidv7(), quantity: 1000, discount: 0 };

test.each([
  [
    'a sum other than the one its goods and money leave',
    { amount: { minor: 54_001, currency: 'RUB' } },
  ],
  ['points in a sale paid in money', { action: 'redeem-points' as const }],
  [
    'goods with a discount above their price',
    dealOf([{ ...loaf, unitPrice: 54_000, discount: 54_001 }]),
  ],
  ['goods worth more than a till can sell', dealOf([{ ...loaf, unitPrice: 10 ** 13 }])],
  ['two tenders of one kind', dealOf([{ ...loaf, unitPrice: 54_200 }], [cash(100), cash(100)])],
  [
    'a card charged above the total',
    dealOf([{ ...loaf, unitPrice: 1 }], [{ kind: 'card', amount: 2 }]),
  ],
  ['the deal of another act', { deal: { kind: 'reserve-codes', issue: uuidv7() } as const }],
])('%s is malformed, and nothing is sent', async (_, parts) => {
  const { deal } = debtRequest();
  const reply = await ask(shop.till, { ...debtRequest({ customer }), deal, ...parts });
  expect(reply.status).toBe(400);
  expect(shop.smsru.sends).toHaveLength(0);
});

function cash(amount: number) {
  return { kind: 'cash' as const, amount };
}

function dealOf(
  lines: Extract<ChallengeRequest['deal'], { kind: 'sale' }>['lines'],
  tenders: Extract<ChallengeRequest['deal'], { kind: 'sale' }>['tenders'] = [],
) {
  return { deal: { kind: 'sale' as const, lines, tenders } };
}

test('one point worth a thousand is refused: the shop’s policy says what it is worth', async () => {
  await shop.givePoints(customer.id, 1_000);
  const reply = await ask(shop.till, points(1, 100_000));
  expect([reply.status, reply.json]).toEqual([409, { kind: 'policy-changed' }]);
  expect((await ask(shop.till, points(1, 100))).status).toBe(201);
});

test('points the customer has not are refused, with what they have', async () => {
  expect((await ask(shop.till, points(500_000, 50_000_000))).json).toEqual({
    ...{ kind: 'points-short', allowed: 0 },
  });
  await shop.givePoints(customer.id, 200);
  expect((await ask(shop.till, points(201, 20_100))).json).toEqual({
    ...{ kind: 'points-short', allowed: 200 },
  });
  expect((await ask(shop.till, points(200, 20_000))).status).toBe(201);
});

test('more than the shop’s share of a receipt is refused, with the share', async () => {
  await shop.givePoints(customer.id, 1_000);
  const whole = dealOf(
    [{ ...loaf, unitPrice: 10_000 }],
    [{ kind: 'points', amount: 10_000, points: 100 }],
  );
  expect((await ask(shop.till, points(100, 10_000, whole))).json).toEqual({
    ...{ kind: 'points-short', allowed: 50 },
  });
});

test('the same points are not promised to two receipts, until the first is given up', async () => {
  await shop.givePoints(customer.id, 300);
  const first = uuidv7();
  await ask(shop.till, points(200, 20_000), first);
  const second = points(200, 20_000);
  expect((await ask(shop.till, second)).json).toEqual({ kind: 'points-short', allowed: 100 });
  await check(shop.till, first, shop.smsru.codes.at(-1) ?? '');
  expect((await ask(shop.till, second)).json).toEqual({ kind: 'points-short', allowed: 100 });
  await shop.till.call('DELETE', `/challenges/${first}`);
  expect((await ask(shop.till, second)).status).toBe(201);
});

test('points in entries that this till has not uploaded yet are waited for', async () => {
  const reply = await ask(
    shop.till,
    points(10, 1_000, { journalHead: { seq: 3, hash: 'a'.repeat(64), at: shop.clock.now() } }),
  );
  expect(reply.json).toEqual({ kind: 'journal-behind' });
});

test('the balance in the text is the relay’s own sum, whatever a till says', async () => {
  const journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  const owed = { customer: customer.id, onAccount: 296_000 };
  await journal.sale(onAccountSale(owed, overrideBy(shop.till.ownerId, 296_000)));
  await journal.upload();
  const { journalHead } = journal;
  await ask(shop.till, debtRequest({ customer, journalHead }));
  expect(shop.smsru.sends.at(-1)?.fields['msg']).toContain('всего 3 500,00 ₽');
});

test.each([
  ['an act of a later version', (accounts: object[]) => ({ act: 'conjured', body: { accounts } })],
  ['an act that fits no schema', (accounts: object[]) => ({ act: 'sale', body: { accounts } })],
  [
    'an import of more than can be counted',
    (accounts: object[]) => {
      const huge = [1, -1].map((sign) => ({
        ...{ customer: customer.id, account: 'points', delta: sign * Number.MAX_SAFE_INTEGER },
      }));
      const parts = { source: 'file', customers: [], confirmations: [], approval: null };
      return { act: 'customers-imported', body: { ...parts, accounts: [...accounts, ...huge] } };
    },
  ],
])('%s counts in no balance: it is flagged and told', async (_, made) => {
  const journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  const of = { customer: customer.id };
  const debt = { ...of, account: 'debt', delta: 296_000 };
  const { seq, hash } = await journal.add(made([debt, { ...of, account: 'points', delta: 500 }]));
  expect((await journal.upload()).json.kind).toBe('kept');
  const { journalHead } = journal;
  await ask(shop.till, debtRequest({ customer, journalHead }));
  expect(shop.smsru.sends.at(-1)?.fields['msg']).toContain('всего 540,00 ₽');
  expect((await ask(shop.till, points(10, 1_000, { journalHead }))).json).toEqual({
    ...{ kind: 'points-short', allowed: 0 },
  });
  const { file } = shop.relay;
  const read = (sql: string): unknown[] => file.prepare(sql).pluck().all();
  expect(read("SELECT DISTINCT seq FROM flags WHERE kind = 'unconfirmed'")).toEqual([seq]);
  expect(read("SELECT about FROM outbox WHERE purpose = 'act'")).toContain(hash);
  expect(read("SELECT amount FROM journal_acts WHERE action = 'sell-on-account'")).toEqual([
    296_000,
  ]);
});

test('the balance is left out while entries of this till are missing here', async () => {
  const journalHead = { seq: 3, hash: 'a'.repeat(64), at: shop.clock.now() };
  await ask(shop.till, debtRequest({ customer, journalHead }));
  expect(shop.smsru.sends.at(-1)?.fields['msg']).not.toContain('всего 540');
});

test('a card with another secret gets no code, for a debt or for a change of number', async () => {
  const forged = { ...customer, cardSalt: 'f'.repeat(64) };
  const replies = [
    await ask(shop.till, debtRequest({ customer: forged })),
    await ask(shop.till, phoneChangeRequest(forged, '+79161234567')),
  ];
  expect(replies.map(({ status, json }) => [status, json])).toEqual([
    [409, { kind: 'card-differs' }],
    [409, { kind: 'card-differs' }],
  ]);
  expect(shop.smsru.sends).toHaveLength(0);
});
