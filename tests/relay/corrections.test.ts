// Corrections at the relay: codes for one correction each, caps over all tills, messages.
// Crafted entries are flagged.
import type { DebtRow } from '$lib/contract/rows';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { BodyOf, Entry } from '$lib/contract/journal';
import type { SaleAction } from '$lib/contract/values';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { CASHIER } from '../support/cashier';
import { ask, check, debtRequest, OTHER_PHONE, PHONE, type Shop } from '../support/challenges';
import {
  CARD_SALT,
  givePoints,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';
import {
  arrive,
  flagsOf,
  look,
  messagesOf,
  openTwoTills,
  publish,
  SENDS_NOTHING,
} from '../support/two-tills';

type Body = Omit<BodyOf<'balance-corrected'>, 'day'>;

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
const NUMBER = OTHER_PHONE;
const HOUR = 3_600_000;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, NUMBER);
});
afterEach(() => shop.stop());

const owner = () => shop.till.ownerId;
const override = (amount: number, by = owner()): Confirmation =>
  overrideBy(by, amount, { connectivity: SENDS_NOTHING });

/** The body of a correction; by default debt up by this delta, without a code. */
function bodyOf(delta: number, change: Partial<Body> = {}): Body {
  const account = change.account ?? 'debt';
  const whose = change.customer ?? customer;
  const isTaken = account === 'debt' ? delta > 0 : delta < 0;
  const action: SaleAction = account === 'debt' ? 'sell-on-account' : 'redeem-points';
  const amount = Math.abs(delta) * (account === 'debt' ? 1 : 100);
  const given = overrideBy(owner(), amount, { connectivity: SENDS_NOTHING, action });
  return {
    correction: uuidv7(),
    currency: 'RUB',
    customer: whose,
    account,
    delta,
    reason: 'Ошиблись',
    debt: null,
    settles: [],
    accounts: [{ customer: whose, account, delta }],
    confirmations: [isTaken ? given : { kind: 'by-right', action, amount }],
    ...change,
  };
}

const corrected = (
  journal: TillJournal,
  body: Body | object,
  made: { operator?: string; policy?: number; at?: number } = {},
): Promise<Entry> =>
  journal.add({
    act: 'balance-corrected',
    body: body as Entry['body'],
    operator: owner(),
    ...made,
  });

async function owes(journal: TillJournal, amount: number): Promise<DebtRow> {
  const { till, seq, at, hash } = await journal.sale(
    onAccountSale({ customer, onAccount: amount }, override(amount)),
    { operator: CASHIER },
  );
  const made = { till, seq, at, amount, dueAt: null, earns: null };
  return { customer, debt: hash, left: amount, repaid: NO_MONEY, earned: NOTHING_EARNED, made };
}

const lowered = ({ debt }: DebtRow, amount: number, change: Partial<Body> = {}) =>
  bodyOf(-amount, { settles: [{ debt, amount }], ...change });

const found = () => flagsOf(shop);
const told = (purpose: string) => messagesOf(shop, purpose);

/** Asks for the code of a correction as its till does. */
async function asked(body: Body, change: object = {}) {
  const id = uuidv7();
  const { correction, account, delta, currency } = body;
  const amount =
    account === 'debt'
      ? { minor: delta, currency }
      : { points: -delta, worth: { minor: -delta * 100, currency } };
  const request = {
    ...debtRequest({ journalHead: here.journalHead }),
    action: 'correct-balance' as const,
    receiptId: correction,
    amount,
    deal: { kind: 'correction' as const, account, delta },
    customer: { id: customer, phone: NUMBER, cardSalt: CARD_SALT },
    ...change,
  };
  return { id, reply: await ask(shop.till, request, id) };
}

/** The same correction with the customer's code. */
async function coded(body: Body): Promise<Body> {
  const { id, reply } = await asked(body);
  if (reply.json.kind !== 'awaiting-code') throw new Error(JSON.stringify(reply.json));
  const { json } = await check(shop.till, id, shop.smsru.codes.at(-1)!);
  const [{ action, amount }] = body.confirmations;
  const code = { kind: 'code', action, amount, challenge: id, grant: String(json.grant) } as const;
  return { ...body, confirmations: [code] };
}

describe('against the customer', () => {
  test('a correction with the customer’s code gets no flag and no message', async () => {
    await corrected(here, await coded(bodyOf(54_000)));
    await givePoints(here, customer, 30);
    await corrected(here, await coded(bodyOf(-20, { account: 'points' })));
    await arrive(here);
    expect(found()).toEqual([]);
    expect([...told('act'), ...told('correction')]).toEqual([]);
    // the flag of the import of points
    expect(told('by-right')).toHaveLength(1);
    expect(shop.smsru.messages.map(({ text }) => text?.replace(/\d{6}/, 'CODE'))).toEqual([
      'Весна: исправление, ваш долг вырастет на 540,00 ₽. Код CODE',
      'Весна: исправление, с вашей карты спишут 20 баллов (20,00 ₽). Код CODE',
    ]);
  });

  test('dated into another business day it is flagged', async () => {
    await corrected(here, { ...bodyOf(54_000), day: '2020-01-01' });
    await arrive(here);
    expect(found()).toEqual([['differs', 'day']]);
  });

  test('without a code it is reported to the customer and to the operator it names', async () => {
    await corrected(here, bodyOf(54_000));
    await arrive(here);
    expect(found()).toEqual([]);
    expect(told('act')).toHaveLength(1);
    expect(told('act')[0]).toMatch(/записан долг 540,00 ₽ без кода/);
  });

  test.each<[string, (body: Body) => Body | Promise<Body>]>([
    [
      'another sum',
      (body) => ({
        ...bodyOf(54_001, { correction: body.correction }),
        confirmations: body.confirmations,
      }),
    ],
    ['another act', (body) => ({ ...body, correction: uuidv7() })],
    [
      'a customer of its own',
      (body) => ({
        ...bodyOf(54_000, { correction: body.correction, customer: uuidv7() }),
        confirmations: body.confirmations,
      }),
    ],
  ])('a grant for %s proves nothing', async (_, change) => {
    await corrected(here, await change(await coded(bodyOf(54_000))));
    await arrive(here);
    expect(found()).toContainEqual(['grant-invalid', 'sell-on-account']);
    expect(told('act')).toHaveLength(1);
  });

  test('a grant for a sale proves no correction, and the other way round', async () => {
    const body = bodyOf(54_000);
    const id = uuidv7();
    const sale = debtRequest({
      receiptId: body.correction,
      journalHead: here.journalHead,
      customer: { id: customer, phone: NUMBER },
    });
    await ask(shop.till, sale, id);
    const { json } = await check(shop.till, id, shop.smsru.codes.at(-1)!);
    const grant = String(json.grant);
    const of = { action: 'sell-on-account', amount: 54_000, challenge: id, grant } as const;
    await corrected(here, { ...body, confirmations: [{ kind: 'code', ...of }] });
    const [correction] = (await coded(bodyOf(30_000))).confirmations;
    await here.sale(onAccountSale({ customer, onAccount: 30_000 }, correction));
    await arrive(here);
    expect(found()).toEqual([
      ['grant-invalid', 'sell-on-account'],
      ['grant-invalid', 'sell-on-account'],
    ]);
    expect(told('act').length).toBeGreaterThan(0);
  });

  test('a grant counts once', async () => {
    const body = await coded(bodyOf(10_000));
    await corrected(here, body);
    await corrected(here, body);
    await arrive(here);
    expect(found()).toEqual([['grant-reused', 'sell-on-account']]);
  });

  const up = { action: 'sell-on-account', amount: 54_000 } as const;
  test.each<[string, () => object, string]>([
    ['no confirmation at all', () => ({ confirmations: [] }), 'malformed'],
    ['two of them', () => ({ confirmations: [override(54_000), override(54_000)] }), 'malformed'],
    [
      'what is for the other way',
      () => ({ confirmations: [{ kind: 'by-right', ...up }] }),
      'malformed',
    ],
    [
      '“no code required”',
      () => ({ confirmations: [{ kind: 'not-required', ...up, because: 'below-threshold' }] }),
      'code-was-required',
    ],
  ])('with %s it is unconfirmed, and told', async (_, change, kind) => {
    await corrected(here, { ...bodyOf(54_000), ...change() });
    await arrive(here);
    expect(found().map((row) => (row as string[])[0])).toContain(kind);
    expect(told('act')).toHaveLength(1);
  });

  test('small steps under the cap are flagged once they are over it', async () => {
    for (let n = 0; n < 4; n += 1) await corrected(here, bodyOf(90_000));
    await arrive(here);
    expect(found()).toEqual([['cap-exceeded', 'sell-on-account']]);
  });

  test('the cap of a customer is one over all tills, and over sales', async () => {
    await owes(there, 200_000);
    await arrive(there);
    await corrected(here, bodyOf(200_000));
    await arrive(here);
    expect(found()).toEqual([['cap-elsewhere', 'sell-on-account']]);
  });

  test('a cashier has neither the right to correct nor to go on without a code', async () => {
    const body = bodyOf(54_000, { confirmations: [override(54_000, CASHIER)] });
    await corrected(here, body, { operator: CASHIER });
    await arrive(here);
    expect(found()).toContainEqual(['no-right', 'correct-balance']);
    expect(found()).toContainEqual(['no-right', 'sell-on-account']);
  });

  test('a customer with an open dispute gets no code, and a correction without one breaks the rules', async () => {
    const entry = await owes(here, 10_000);
    const dispute = { customer, about: entry.debt, note: null };
    await here.add({ act: 'dispute', body: dispute });
    await arrive(here);
    expect((await asked(bodyOf(100))).reply.json.kind).toBe('customer-disputed');
    await corrected(here, bodyOf(100));
    await arrive(here);
    expect(found()).toEqual([['against-rules', 'disputed']]);
  });

  test('the limit of credit applies to a correction with a code as to a sale', async () => {
    await publish(shop, (policy) => {
      policy.credit.debtLimit = 50_000;
      const rights = ['correct-balance', 'skip-code:on-account'] as const;
      policy.groups.push({
        id: 'books',
        name: 'Books',
        rights: [...rights],
        discountBasisPoints: 0,
      });
      const cashier = policy.operators.find(({ id }) => id === CASHIER);
      if (cashier !== undefined) Object.assign(cashier, { group: 'books' });
    });
    const body = bodyOf(54_000, { confirmations: [override(54_000, CASHIER)] });
    await arrive(here);
    expect((await asked(body, { operator: CASHIER })).reply.json).toMatchObject({
      kind: 'over-limit',
      allowed: { minor: 50_000 },
    });
    await corrected(here, body, { policy: 2, operator: CASHIER });
    await arrive(here);
    expect(found()).toEqual([['no-right', 'sell-over-limit']]);
  });

  test('a code for a sum that the deal does not have is not sent', async () => {
    const { reply } = await asked(bodyOf(54_000), { amount: { minor: 100, currency: 'RUB' } });
    expect(reply.json.kind).toBe('malformed');
    const down = await asked(bodyOf(-100), { amount: { minor: 100, currency: 'RUB' } });
    expect(down.reply.json.kind).toBe('malformed');
  });
});

describe('in the customer’s favour', () => {
  test('a debt is lowered without a code, and the customer learns that nobody paid', async () => {
    const debt = await owes(here, 50_000);
    await arrive(here);
    await look(shop, here);
    await corrected(here, lowered(debt, 20_000));
    await arrive(here);
    expect(found()).toEqual([]);
    expect(told('correction')[0]).toMatch(
      /: долг уменьшен на 200,00 ₽ исправлением, не оплатой, \d\d\.\d\d \d\d:\d\d\. Осталось 300,00 ₽\. Не так/,
    );
    expect(told('by-right')[0]).toMatch(/вашим именем списан долг 200,00 ₽/);
  });

  test('no message where the shop has switched it off', async () => {
    await publish(shop, (policy) => void (policy.notices.corrections = false));
    await corrected(here, bodyOf(5, { account: 'points' }), { policy: 2 });
    await arrive(here);
    expect([found(), told('correction')]).toEqual([[], []]);
  });

  test('small steps under the cap of a day are against the rules once they are over it', async () => {
    await publish(shop, (policy) => void (policy.corrections.perDay = 10_000));
    for (let n = 0; n < 3; n += 1)
      await corrected(here, bodyOf(40, { account: 'points' }), { policy: 2 });
    await arrive(here);
    expect(found()).toEqual([['against-rules', 'over-correction-cap']]);
  });

  test('the cap is for the whole shop: exceeding it because of another till’s unknown correction is a discrepancy', async () => {
    await publish(shop, (policy) => void (policy.corrections.perDay = 10_000));
    await corrected(there, bodyOf(60, { account: 'points' }), { policy: 2 });
    await arrive(there);
    await corrected(here, bodyOf(60, { account: 'points' }), { policy: 2 });
    await arrive(here);
    expect(found()).toEqual([['cap-elsewhere', 'correct-balance']]);
  });

  test('a correction that another till backdated does not make an honest till break the cap', async () => {
    await publish(shop, (policy) => void (policy.corrections.perDay = 10_000));
    const give = { account: 'points', customer: uuidv7() } as const;
    await corrected(there, bodyOf(60, give), { policy: 2, at: shop.clock.now() - 30 * HOUR });
    await arrive(there);
    await arrive(here);
    await look(shop, here);
    await corrected(here, bodyOf(60, give), { policy: 2 });
    await arrive(here);
    expect(found()).toEqual([
      ['backdated', null],
      ['cap-elsewhere', 'correct-balance'],
    ]);
  });

  test('more than is owed, and another debt than the oldest, break the rules', async () => {
    const first = await owes(here, 10_000);
    shop.clock.pass(1000);
    const second = await owes(here, 10_000);
    await arrive(here);
    await look(shop, here);
    await corrected(here, lowered(second, 5_000));
    await arrive(here);
    await corrected(here, lowered(first, 15_001));
    await arrive(here);
    expect(found()).toEqual([
      ['differs', 'settles.0.debt'],
      ['against-rules', 'more-than-owed'],
    ]);
  });

  test('one debt is written off by its name', async () => {
    await owes(here, 10_000);
    shop.clock.pass(1000);
    const second = await owes(here, 10_000);
    await arrive(here);
    await look(shop, here);
    await corrected(here, lowered(second, 10_000, { debt: second.debt }));
    await arrive(here);
    expect(found()).toEqual([]);
  });

  test('on a card with the operator’s own number it breaks the rules', async () => {
    const own = uuidv7();
    await shop.trust(own, PHONE);
    await publish(shop, (policy) => {
      policy.operators[0]!.phone = PHONE;
    });
    await corrected(here, bodyOf(5, { account: 'points', customer: own }), { policy: 2 });
    await arrive(here);
    expect(found()).toEqual([['against-rules', 'own-number']]);
  });
});
