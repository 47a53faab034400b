// The deal in a request for a code.
// The relay hashes it and checks its sums and the customer's points itself.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
import { CASHIER, withCashier } from '../support/cashier';
import { TillClient } from '../support/till-client';
import { challengeFor, overrideBy, onAccountSale, TillJournal } from '../support/till-journal';

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

test('more points than the customer has are refused, with the points they have', async () => {
  expect((await ask(shop.till, points(500_000, 50_000_000))).json).toEqual({
    kind: 'points-short',
    allowed: 0,
  });
  await shop.givePoints(customer.id, 200);
  expect((await ask(shop.till, points(201, 20_100))).json).toEqual({
    kind: 'points-short',
    allowed: 200,
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
    kind: 'points-short',
    allowed: 50,
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

test('a request for points waits until this till has uploaded all entries', async () => {
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
        customer: customer.id,
        account: 'points',
        delta: sign * Number.MAX_SAFE_INTEGER,
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
    kind: 'points-short',
    allowed: 0,
  });
  const { file } = shop.relay;
  const read = (sql: string): unknown[] => file.prepare(sql).pluck().all();
  expect(read("SELECT DISTINCT seq FROM flags WHERE kind = 'unconfirmed'")).toEqual([seq]);
  expect(read("SELECT about FROM outbox WHERE purpose = 'act'")).toContain(hash);
  expect(read("SELECT amount FROM journal_acts WHERE action = 'sell-on-account'")).toEqual([
    296_000,
  ]);
});

describe('the limit of a customer’s debt, over all tills', () => {
  const LIMIT = 1_000_000;
  let there: TillClient;
  beforeEach(async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, withCashier(policy));
    there = await TillClient.make(shop.relay.url, shop.clock.now);
    const offer = await shop.till.call('POST', '/tills/enrolments');
    await there.enrol(offer.json.token as string);
    await there.signIn();
  });

  const debt = (minor: number, parts: Parameters<typeof debtRequest>[0] = {}) =>
    debtRequest({
      customer,
      operator: CASHIER,
      amount: { minor, currency: 'RUB' },
      ...parts,
    });
  const over = (minor: number) => ({ kind: 'over-limit', allowed: { minor, currency: 'RUB' } });

  async function journalOf(till: TillClient): Promise<TillJournal> {
    const journal = new TillJournal(till, shop.clock.now);
    await journal.enrolled();
    return journal;
  }

  test('two tills ask for the last of it at once: one gets the code, and the other what is left', async () => {
    const replies = await Promise.all([
      ask(shop.till, debt(600_000)),
      ask(there, debt(600_000)),
      ask(shop.till, debt(600_000)),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = replies.filter(({ status }) => status === 409);
    for (const { json } of refused) expect(json).toEqual(over(400_000));
    expect(shop.smsru.sends).toHaveLength(1);
    expect((await ask(there, debt(400_000))).status).toBe(201);
    expect((await ask(there, debt(1))).json).toEqual(over(0));
  });

  test('what a code holds is free again once it is cancelled, before and after the customer typed it', async () => {
    const first = uuidv7();
    await ask(shop.till, debt(LIMIT), first);
    expect((await ask(there, debt(1))).json).toEqual(over(0));
    await shop.till.call('DELETE', `/challenges/${first}`);
    const second = uuidv7();
    expect((await ask(there, debt(LIMIT), second)).status).toBe(201);
    await check(there, second, shop.smsru.codes.at(-1) ?? '');
    expect((await ask(shop.till, debt(1))).json).toEqual(over(0));
    await there.call('DELETE', `/challenges/${second}`);
    expect((await ask(shop.till, debt(LIMIT))).status).toBe(201);
  });

  test('what a code holds is free again once it has expired, before and after the customer typed it', async () => {
    const first = uuidv7();
    await ask(shop.till, debt(LIMIT), first);
    shop.clock.pass((await shop.till.policy()).challenge.lifetimeMs);
    const second = uuidv7();
    expect((await ask(there, debt(LIMIT), second)).status).toBe(201);
    await check(there, second, shop.smsru.codes.at(-1) ?? '');
    await shop.till.signIn();
    expect((await ask(shop.till, debt(1))).json).toEqual(over(0));
    shop.clock.pass(15 * 60_000);
    await shop.till.signIn();
    expect((await ask(shop.till, debt(LIMIT))).status).toBe(201);
  });

  test('a grant that closed a sale counts once, before its entry comes and after', async () => {
    const journal = await journalOf(shop.till);
    const body = onAccountSale({ customer: customer.id, onAccount: 600_000 }, null);
    const [challenge, { journalHead }] = [uuidv7(), journal];
    const asked = { ...challengeFor(body, PHONE), operator: CASHIER, journalHead };
    await ask(shop.till, asked, challenge);
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1) ?? '');
    expect((await ask(there, debt(400_001))).json).toEqual(over(400_000));
    const given = { action: 'sell-on-account', amount: 600_000, challenge } as const;
    const code = { kind: 'code', ...given, grant: String(json.grant) } as const;
    await journal.sale({ ...body, confirmations: [code] }, { operator: CASHIER, policy: 2 });
    await journal.upload();
    expect((await ask(there, debt(400_001))).json).toEqual(over(400_000));
    shop.clock.pass(60 * 60_000);
    await there.signIn();
    expect((await ask(there, debt(400_001))).json).toEqual(over(400_000));
    expect(shop.relay.file.prepare('SELECT kind FROM flags').all()).toEqual([]);
  });

  test('a grant proves nothing in the entry of another operator than asked for it', async () => {
    const journal = await journalOf(shop.till);
    const body = onAccountSale({ customer: customer.id, onAccount: 600_000 }, null);
    const [challenge, { journalHead }] = [uuidv7(), journal];
    const asked = { ...challengeFor(body, PHONE), operator: shop.till.ownerId, journalHead };
    await ask(shop.till, asked, challenge);
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1) ?? '');
    const given = { action: 'sell-on-account', amount: 600_000, challenge } as const;
    const code = { kind: 'code', ...given, grant: String(json.grant) } as const;
    await journal.sale({ ...body, confirmations: [code] }, { operator: CASHIER, policy: 2 });
    await journal.upload();
    const flags = shop.relay.file.prepare('SELECT kind FROM flags ORDER BY cursor').pluck().all();
    expect(flags).toContain('grant-invalid');
  });

  test('a limit lowered at another till counts, even if this till does not know of it', async () => {
    const journal = await journalOf(shop.till);
    const card = { customer: customer.id, recordHash: 'a'.repeat(64) };
    const saved = (credit: object) =>
      journal.add({ act: 'customer-saved', body: { ...card, credit } });
    await saved({ kind: 'own-limit', limit: 5000 });
    await journal.upload();
    expect((await ask(there, debt(5001))).json).toEqual(over(5000));
    await saved({ kind: 'no-credit' });
    await journal.upload();
    expect((await ask(there, debt(1))).json).toEqual(over(0));
    // no right permits credit for a customer who may have none
    expect((await ask(there, debt(1, { operator: shop.till.ownerId }))).json).toEqual(over(0));
    await saved({ kind: 'unlimited' });
    await journal.upload();
    expect((await ask(there, debt(10 * LIMIT))).status).toBe(201);
  });

  test('is that of the policy in force, except for operators who may exceed it', async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(2, { ...policy, credit: { ...policy.credit, debtLimit: 5000 } });
    expect((await ask(there, debt(5001))).json).toEqual(over(5000));
    expect((await ask(there, debt(LIMIT, { operator: shop.till.ownerId }))).status).toBe(201);
    expect((await ask(shop.till, debt(1))).json).toEqual(over(0));
  });

  test('cannot be judged while entries of the asking till are missing', async () => {
    const journalHead = { seq: 3, hash: 'a'.repeat(64), at: shop.clock.now() };
    expect((await ask(there, debt(LIMIT + 1, { journalHead }))).json.kind).toBe('journal-behind');
  });

  test('an operator whom the policy does not name, or no longer, gets no code', async () => {
    const nobody = await ask(there, debt(100, { operator: uuidv7() }));
    expect([nobody.status, nobody.json]).toEqual([409, { kind: 'operator-unknown' }]);
    const policy = await shop.till.policy();
    const operators = policy.operators.map((one) =>
      one.id === CASHIER ? { ...one, active: false } : one,
    );
    await shop.till.putPolicy(2, { ...policy, operators });
    expect((await ask(there, debt(100))).json).toEqual({ kind: 'operator-unknown' });
    expect(shop.smsru.sends).toHaveLength(0);
  });
});

test('the message leaves out the balance while entries of this till are missing', async () => {
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
