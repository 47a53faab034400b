// A customer's consent over the wire: one request, one message, one grant.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { awaitingCode, type ChallengeRequest } from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { dealHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import {
  ask,
  check,
  debtRequest,
  openShop,
  otherThan,
  PHONE,
  pointsRequest,
  START,
  type Unsigned,
  withCalls,
  type Shop,
} from '../support/challenges';
import { TillClient } from '../support/till-client';
import { CARD_SALT } from '../support/till-journal';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(withCalls);
});
afterEach(() => shop.stop());

const lastCode = (): string => shop.smsru.codes.at(-1) ?? 'none';

describe('requesting a code', () => {
  test('the customer gets one message that names shop, act, amount and code, and the till gets no code', async () => {
    const reply = await ask(shop.till, debtRequest());
    expect(reply.status).toBe(201);
    expect(reply.json).toEqual({
      kind: 'awaiting-code',
      channel: 'sms',
      phoneMasked: '+7 925 ··· 06 02',
      codeLength: 6,
      expiresAt: START + 300_000,
      resendAt: START + 30_000,
      sentAt: START,
      checksLeft: 5,
      sendsLeft: 2,
      delivery: 'sent',
      earlier: [],
      next: { channel: 'call', at: START + 40_000 },
      channels: ['sms', 'call'],
      demo: false,
    });
    expect(awaitingCode.safeParse(reply.json).success).toBe(true);
    expect(shop.smsru.sends).toHaveLength(1);
    expect(shop.smsru.sends[0]?.fields).toEqual({
      api_id: shop.smsru.apiId,
      to: '79255070602',
      msg: `Весна: в долг 540,00 ₽, всего 540,00 ₽. Код ${lastCode()}`,
      json: '1',
    });
  });

  test('points are called points, with their worth', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 400);
    await ask(shop.till, pointsRequest({ customer }));
    expect(shop.smsru.sends[0]?.fields['msg']).toBe(
      `Весна: списание 340 баллов (340,00 ₽). Код ${lastCode()}`,
    );
  });

  test('the same request again is the same challenge and sends no second message', async () => {
    const id = uuidv7();
    const request = debtRequest();
    const first = await ask(shop.till, request, id);
    const again = await ask(
      shop.till,
      { ...request, journalHead: { seq: 7, hash: 'a'.repeat(64), at: START } },
      id,
    );
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test('two equal parallel requests send one message', async () => {
    const id = uuidv7();
    const request = debtRequest();
    shop.smsru.next({ kind: 'held' });
    const both = Promise.all([ask(shop.till, request, id), ask(shop.till, request, id)]);
    await expect.poll(() => shop.smsru.sends.length).toBe(1);
    shop.smsru.release();
    const replies = await both;
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(replies[0]?.json).toEqual(replies[1]?.json);
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test.each([
    ['amount', { amount: { minor: 54_001, currency: 'RUB' } }],
    ['customer', { customer: { id: uuidv7(), phone: PHONE } }],
    ['card', { customer: { id: uuidv7(), phone: PHONE, cardSalt: 'b'.repeat(64) } }],
    ['deal', { deal: OTHER_DEAL }],
    ['channel', { channel: 'call' as const }],
  ])('another %s under the same id is refused', async (_, parts) => {
    const id = uuidv7();
    const request = debtRequest();
    await ask(shop.till, request, id);
    const reply = await ask(shop.till, debtRequest({ ...request, ...parts }), id);
    expect([reply.status, reply.json]).toEqual([409, { kind: 'challenge-differs' }]);
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test('a new request for the same receipt and act voids the old one', async () => {
    const old = uuidv7();
    const request = debtRequest();
    await ask(shop.till, request, old);
    const oldCode = lastCode();
    await ask(shop.till, { ...request, deal: OTHER_DEAL });
    const late = await check(shop.till, old, oldCode);
    expect([late.status, late.json]).toEqual([410, { kind: 'spent', because: 'superseded' }]);
  });

  test('an amount that does not belong to the act is malformed', async () => {
    const wrong = [
      debtRequest({ amount: null }),
      debtRequest({ amount: { points: 1, worth: { minor: 1, currency: 'RUB' } } }),
      debtRequest({ amount: { minor: 100, currency: 'USD' } }),
      pointsRequest({ amount: { minor: 100, currency: 'RUB' } }),
    ];
    for (const request of wrong) expect((await ask(shop.till, request)).status).toBe(400);
    expect(shop.smsru.sends).toHaveLength(0);
  });

  test('a channel outside the chain, or that the service does not have, sends nothing', async () => {
    for (const channel of ['viber', 'telegram'] as const) {
      const reply = await ask(shop.till, debtRequest({ channel }));
      expect(reply.json).toEqual({ kind: 'refused', because: 'channel-not-available' });
    }
    expect(shop.smsru.sends).toHaveLength(0);
  });
});

/** A loaf of 680 roubles, half of it in points and half on account. */
function bothRequest(customer: { readonly id: string; readonly phone: string }) {
  const { amount, deal } = pointsRequest({ customer });
  if (deal.kind !== 'sale') throw new Error('not a sale');
  return debtRequest({
    customer,
    amount: { minor: 34_000, currency: 'RUB' },
    deal: { ...deal, tenders: deal.tenders.filter(({ kind }) => kind === 'points') },
    also: { action: 'redeem-points', amount },
  });
}

/** The same amount for other goods. */
const OTHER_DEAL: ChallengeRequest['deal'] = {
  kind: 'sale',
  lines: [{ product: uuidv7(), quantity: 2000, unitPrice: 27_000, discount: 0 }],
  tenders: [],
};

async function hashOfRequest({ deal, ...of }: Unsigned): Promise<string> {
  if (deal.kind !== 'sale') throw new Error('not a sale');
  const { id: customerId, phone, cardSalt } = of.customer;
  const lines = deal.lines.map(({ product: productId, ...line }) => ({ productId, ...line }));
  const action = of.action as SaleAction;
  const { receiptId, amount } = of;
  const about = { receiptId, action, customerId, cardSalt, phone, amount };
  return dealHash({ ...about, lines, tenders: deal.tenders });
}

describe('checking a code', () => {
  test('the right code gives a grant for this deal, signed by the relay', async () => {
    const id = uuidv7();
    const request = debtRequest();
    await ask(shop.till, request, id);
    shop.clock.pass(20_000);
    const reply = await check(shop.till, id, lastCode());
    expect(reply.status).toBe(200);
    expect(reply.json.kind).toBe('verified');
    const { relayKey, shopId } = shop.till;
    if (relayKey === null) throw new Error('not enrolled');
    expect(await verifyGrant(reply.json.grant as string, relayKey)).toEqual({
      v: 1,
      shop: shopId,
      till: shop.till.id,
      challenge: id,
      action: 'sell-on-account',
      operator: shop.till.ownerId,
      receipt: request.receiptId,
      customer: request.customer.id,
      person: null,
      phoneHash: await phoneHash(CARD_SALT, PHONE),
      phoneSince: START + 20_000,
      amount: request.amount,
      dealHash: await hashOfRequest(request),
      channel: 'sms',
      provider: 'smsru',
      broughtIn: null,
      weak: false,
      demo: false,
      iat: START + 20_000,
      exp: START + 20_000 + 900_000,
    });
  });

  test('one message and one code confirm points and debt of a receipt, each by a grant of its own', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 400);
    const request = bothRequest(customer);
    const id = uuidv7();
    expect((await ask(shop.till, request, id)).json.kind).toBe('awaiting-code');
    expect(shop.smsru.sends.map(({ fields }) => fields['msg'])).toEqual([
      `Весна: списание 340 баллов (340,00 ₽), в долг 340,00 ₽, всего 340,00 ₽. Код ${lastCode()}`,
    ]);
    // what the code would confirm is held from other receipts
    const points = pointsRequest({ customer });
    expect((await ask(shop.till, points)).json).toEqual({ kind: 'points-short', allowed: 60 });

    const wrong = await check(shop.till, id, otherThan(lastCode()));
    expect(wrong.json).toEqual({ kind: 'wrong-code', checksLeft: 4 });
    const { json } = await check(shop.till, id, lastCode());
    const { relayKey } = shop.till;
    if (relayKey === null) throw new Error('not enrolled');
    const debt = await verifyGrant(json.grant as string, relayKey);
    const other = await verifyGrant(json['also'] as string, relayKey);
    expect(debt).toMatchObject({ challenge: id, action: request.action, amount: request.amount });
    expect(other).toMatchObject({ ...request.also, receipt: request.receiptId });
    expect(debt?.dealHash).toBe(await hashOfRequest(request));
    const also = { ...request, ...request.also };
    expect(other?.dealHash).toBe(await hashOfRequest(also));
    expect(other?.challenge).not.toBe(id);
    // the same again, after a lost reply
    expect((await ask(shop.till, request, id)).json).toEqual(json);
  });

  test('a weak code confirms both only if it may confirm their sum', async () => {
    const weakCodes = { perAct: 50_000, perNumber: 1e9, perShop: 1e9 };
    await shop.stop();
    shop = await openShop((policy) => ({ ...withCalls(policy), weakCodes }));
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 400);
    const amount = { minor: 34_000, currency: 'RUB' };
    const alone = await ask(shop.till, debtRequest({ customer, amount }));
    expect(alone.json['channels']).toEqual(['sms', 'call']);
    shop.clock.pass(60_000);
    const both = await ask(shop.till, bothRequest(customer));
    expect(both.json['channels']).toEqual(['sms']);
  });

  test('given up, the one code confirms neither', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 400);
    const id = uuidv7();
    await ask(shop.till, bothRequest(customer), id);
    await shop.till.call('DELETE', `/challenges/${id}`);
    expect((await check(shop.till, id, lastCode())).json.kind).toBe('spent');
    const points = await ask(shop.till, pointsRequest({ customer }));
    expect(points.json.kind).toBe('awaiting-code');
  });

  test('points asked for alone afterwards are no longer confirmed by the one code', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 400);
    const request = bothRequest(customer);
    const id = uuidv7();
    await ask(shop.till, request, id);
    const code = lastCode();
    shop.clock.pass(60_000);
    const { also, ...debt } = request;
    const alone = await ask(shop.till, { ...debt, ...also });
    expect(alone.json.kind).toBe('awaiting-code');
    const { json } = await check(shop.till, id, code);
    expect(json.kind).toBe('verified');
    expect(json['also']).toBeUndefined();
    // only what was confirmed has to come in an entry
    const sql = 'SELECT challenge FROM open_grants WHERE shop = @shop';
    expect(await shop.relay.relay.db.all(sql)).toEqual([{ challenge: id }]);
  });

  test('too few points refuse the one code, and nothing is sent', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 300);
    const reply = await ask(shop.till, bothRequest(customer));
    expect(reply.json).toEqual({ kind: 'points-short', allowed: 300 });
    expect(shop.smsru.sends).toHaveLength(0);
  });

  test('a second action that is no other one of the same sale is malformed', async () => {
    const request = debtRequest();
    const { amount } = request;
    const same = { ...request, also: { action: 'sell-on-account' as const, amount } };
    const points = { points: 1, worth: { minor: 100, currency: 'RUB' } };
    const notGiven = { ...request, also: { action: 'redeem-points' as const, amount: points } };
    for (const wrong of [same, notGiven]) expect((await ask(shop.till, wrong)).status).toBe(400);
  });

  test('the right code again gets the same grant, any other gets “spent”', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const code = lastCode();
    const first = await check(shop.till, id, code);
    const again = await check(shop.till, id, code);
    expect(again.json).toEqual(first.json);
    const other = await check(shop.till, id, otherThan(code));
    expect([other.status, other.json.kind]).toEqual([410, 'spent']);
    const looked = await shop.till.call('GET', `/challenges/${id}`);
    expect(looked.json).toEqual(first.json);
  });

  test('wrong codes are counted down, and after the last one the right code is refused', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const code = lastCode();
    for (const checksLeft of [4, 3, 2, 1, 0]) {
      const reply = await check(shop.till, id, otherThan(code));
      expect([reply.status, reply.json]).toEqual([200, { kind: 'wrong-code', checksLeft }]);
    }
    const late = await check(shop.till, id, code);
    expect([late.status, late.json]).toEqual([410, { kind: 'spent', because: 'too-many-checks' }]);
  });

  test('after its lifetime the right code is refused', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    shop.clock.pass(300_000);
    const late = await check(shop.till, id, lastCode());
    expect([late.status, late.json]).toEqual([410, { kind: 'spent', because: 'expired' }]);
    const looked = await shop.till.call('GET', `/challenges/${id}`);
    expect([looked.status, looked.json]).toEqual([200, { kind: 'spent', because: 'expired' }]);
  });

  test('a leading zero is part of the code', async () => {
    const id = uuidv7();
    shop.smsru.callCode = 435;
    await ask(shop.till, debtRequest({ channel: 'call' }), id);
    expect((await check(shop.till, id, '4350')).json.kind).toBe('wrong-code');
    expect((await check(shop.till, id, '0435')).json.kind).toBe('verified');
  });

  test("another till can neither see nor answer this till's challenge", async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const offer = await shop.till.call('POST', '/tills/enrolments');
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    await other.enrol(offer.json.token as string);
    await other.signIn();
    expect((await check(other, id, lastCode())).json).toEqual({ kind: 'unknown-challenge' });
    expect((await other.call('GET', `/challenges/${id}`)).status).toBe(404);
    expect((await other.call('DELETE', `/challenges/${id}`)).status).toBe(204);
    expect((await check(shop.till, id, lastCode())).json.kind).toBe('verified');
  });

  test('a challenge that was not requested is unknown', async () => {
    const reply = await check(shop.till, uuidv7(), '123456');
    expect([reply.status, reply.json]).toEqual([404, { kind: 'unknown-challenge' }]);
  });

  test('a cancelled challenge is spent, and cancelling after the grant revokes it', async () => {
    const open = uuidv7();
    await ask(shop.till, debtRequest(), open);
    const openCode = lastCode();
    expect((await shop.till.call('DELETE', `/challenges/${open}`)).status).toBe(204);
    const spent = { kind: 'spent', because: 'cancelled' };
    expect((await check(shop.till, open, openCode)).json).toEqual(spent);

    const answered = uuidv7();
    await ask(shop.till, debtRequest(), answered);
    const code = lastCode();
    await check(shop.till, answered, code);
    await shop.till.call('DELETE', `/challenges/${answered}`);
    expect((await check(shop.till, answered, code)).json).toEqual(spent);
    expect((await shop.till.call('GET', `/challenges/${answered}`)).json).toEqual(spent);
  });
});

describe('resending', () => {
  test('carries the same code after a pause, and the first message still counts', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const early = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect([early.status, early.json]).toEqual([
      425,
      { kind: 'too-early', resendAt: START + 30_000 },
    ]);
    shop.clock.pass(30_000);
    const second = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect(second.json).toMatchObject({
      kind: 'awaiting-code',
      sendsLeft: 1,
      resendAt: START + 60_000,
      expiresAt: START + 300_000,
    });
    shop.clock.pass(30_000);
    expect((await shop.till.call('POST', `/challenges/${id}/sends`, {})).json).toMatchObject({
      sendsLeft: 0,
    });
    shop.clock.pass(30_000);
    const none = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect([none.status, none.json]).toEqual([429, { kind: 'no-sends-left' }]);
    expect(new Set(shop.smsru.codes).size).toBe(1);
    expect(shop.smsru.codes).toHaveLength(3);
    // SMS.RU refuses the same text within a minute
    expect(new Set(shop.smsru.sends.map(({ fields }) => fields['msg'])).size).toBe(3);
    expect((await check(shop.till, id, lastCode())).json.kind).toBe('verified');
  });

  test('two in parallel send one', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    shop.clock.pass(30_000);
    const replies = await Promise.all(
      [1, 2].map(() => shop.till.call('POST', `/challenges/${id}/sends`, {})),
    );
    expect(replies.map(({ json }) => json.kind).sort()).toEqual(['awaiting-code', 'too-early']);
    expect(shop.smsru.sends).toHaveLength(2);
  });

  test('a call has its own code of four digits, two checks at most, and the code of the message stays valid', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const code = lastCode();
    shop.clock.pass(30_000);
    const called = await shop.till.call('POST', `/challenges/${id}/sends`, { channel: 'call' });
    expect(called.json).toMatchObject({ channel: 'call', codeLength: 4, checksLeft: 2 });
    expect(JSON.stringify(called.json)).not.toContain('1435');
    expect((await check(shop.till, id, '9999')).json).toEqual({
      kind: 'wrong-code',
      checksLeft: 1,
    });
    const yes = await check(shop.till, id, code);
    expect(yes.json.kind).toBe('verified');
    const key = shop.till.relayKey;
    const grant = key && (await verifyGrant(yes.json.grant as string, key));
    expect(grant?.channel).toBe('sms');
  });

  test('a call first: two checks, and the grant names the call', async () => {
    const id = uuidv7();
    const asked = await ask(shop.till, debtRequest({ channel: 'call' }), id);
    expect(asked.json).toMatchObject({ channel: 'call', codeLength: 4, checksLeft: 2 });
    expect(shop.smsru.sends[0]).toMatchObject({
      method: 'GET',
      path: '/code/call',
      fields: { phone: '79255070602', ip: '-1', api_id: shop.smsru.apiId },
    });
    const yes = await check(shop.till, id, '1435');
    const key = shop.till.relayKey;
    const grant = key && (await verifyGrant(yes.json.grant as string, key));
    expect(grant?.channel).toBe('call');
  });

  test('a refused resend uses up no send and leaves the challenge as it was', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    shop.clock.pass(30_000);
    shop.smsru.next({ kind: 'code', code: 230, where: 'number' });
    const refused = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect([refused.status, refused.json]).toEqual([
      422,
      { kind: 'refused', because: 'rate-limit-recipient' },
    ]);
    expect((await shop.till.call('GET', `/challenges/${id}`)).json).toMatchObject({
      kind: 'awaiting-code',
      sendsLeft: 2,
    });
    expect((await check(shop.till, id, lastCode())).json.kind).toBe('verified');
  });
});

describe('delivery', () => {
  test('is requested when the till asks, at most every two seconds', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const pulls = () => shop.smsru.requests.filter(({ path }) => path === '/sms/status').length;
    expect((await shop.till.call('GET', `/challenges/${id}`)).json).toMatchObject({
      delivery: 'sent',
    });
    await shop.till.call('GET', `/challenges/${id}`);
    expect(pulls()).toBe(1);
    shop.smsru.delivery.set(shop.smsru.lastId, 103);
    shop.clock.pass(2000);
    expect((await shop.till.call('GET', `/challenges/${id}`)).json).toMatchObject({
      delivery: 'delivered',
    });
    shop.clock.pass(2000);
    await shop.till.call('GET', `/challenges/${id}`);
    expect(pulls()).toBe(2);
  });
});
