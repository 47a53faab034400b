// Registered numbers of customers: the relay decides, and a new number confirms little.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { phoneTag } from '../../relay/store/phones';
import { addChange } from '../../relay/store/phone-changes';
import {
  phoneChangeRequest,
  ask,
  chooseService,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  pointsRequest,
  smsruDraft,
  START,
  type Shop,
} from '../support/challenges';
import { startRelay } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { TillClient, type Reply } from '../support/till-client';
import { CARD_SALT } from '../support/till-journal';

const DAY = 86_400_000;
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

const confirm = async (request = debtRequest()): Promise<Reply> => {
  const id = uuidv7();
  await ask(shop.till, request, id);
  return check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
};

describe('a first number', () => {
  test('is registered by its code, not by the request: a mistyped one stays free', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest({ customer: { id, phone: OTHER_PHONE } }));
    const right = debtRequest({ customer: { id, phone: PHONE } });
    expect((await confirm(right)).json.kind).toBe('verified');
    const other = await ask(shop.till, debtRequest({ customer: { id, phone: OTHER_PHONE } }));
    expect([other.status, other.json]).toEqual([
      409,
      { kind: 'phone-held', phoneMasked: '+7 925 ··· 06 02', since: START },
    ]);
  });

  test('is the one confirmed first, of two requests to two numbers', async () => {
    const id = uuidv7();
    const [a, b] = [uuidv7(), uuidv7()];
    await ask(shop.till, debtRequest({ customer: { id, phone: PHONE } }), a);
    await ask(shop.till, debtRequest({ customer: { id, phone: OTHER_PHONE } }), b);
    const [codeA = '', codeB = ''] = shop.smsru.codes;
    expect((await check(shop.till, a, codeA)).json.kind).toBe('verified');
    expect((await check(shop.till, b, codeB)).json).toEqual({
      kind: 'spent',
      because: 'superseded',
    });
  });

  test('redeems nothing in its first day', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    const tooNew = {
      kind: 'phone-too-new',
      until: START + DAY,
      allowed: { minor: 0, currency: 'RUB' },
    };
    const reply = await ask(shop.till, pointsRequest({ customer }));
    expect([reply.status, reply.json]).toEqual([409, tooNew]);
    await confirm(debtRequest({ customer }));
    shop.clock.pass(DAY - 1);
    await shop.till.signIn();
    expect((await ask(shop.till, pointsRequest({ customer }))).json).toEqual(tooNew);
    shop.clock.pass(1);
    await shop.till.signIn();
    await shop.givePoints(customer.id, 340);
    expect((await ask(shop.till, pointsRequest({ customer }))).status).toBe(201);
  });

  test('takes debt up to the cap in its first day, in one receipt or in many', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    const debt = (minor: number) => debtRequest({ customer, amount: { minor, currency: 'RUB' } });
    const over = await ask(shop.till, debt(300_001));
    expect(over.json).toEqual({
      kind: 'phone-too-new',
      until: START + DAY,
      allowed: { minor: 300_000, currency: 'RUB' },
    });
    expect((await confirm(debt(200_000))).json.kind).toBe('verified');
    expect((await ask(shop.till, debt(100_001))).json).toMatchObject({
      allowed: { minor: 100_000, currency: 'RUB' },
    });
    expect((await confirm(debt(100_000))).json.kind).toBe('verified');
    expect((await ask(shop.till, debt(1))).json).toMatchObject({ kind: 'phone-too-new' });
    shop.clock.pass(DAY);
    await shop.till.signIn();
    expect((await ask(shop.till, debt(900_000))).status).toBe(201);
  });

  test('shares its cap between open challenges', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    const debt = () => debtRequest({ customer, amount: { minor: 200_000, currency: 'RUB' } });
    const replies = await Promise.all([ask(shop.till, debt()), ask(shop.till, debt())]);
    expect(replies.map(({ json }) => json.kind).sort()).toEqual(['awaiting-code', 'phone-too-new']);
  });
});

describe('trusted numbers', () => {
  test('count at once, but only from an elevated operator', async () => {
    const customer = { id: uuidv7(), phone: PHONE };
    await shop.trust(customer.id, PHONE);
    await shop.givePoints(customer.id, 340);
    expect((await ask(shop.till, pointsRequest({ customer }))).status).toBe(201);
    await shop.till.signIn(); // a new session is not elevated
    const contacts = [{ customer: uuidv7(), phone: PHONE, cardSalt: CARD_SALT }];
    const refused = await shop.till.call('POST', '/customers/trusted', { contacts });
    expect([refused.status, refused.json]).toEqual([
      403,
      { kind: 'elevation-needed', level: 'pin' },
    ]);
  });

  test('do not replace a registered number', async () => {
    const id = uuidv7();
    await confirm(debtRequest({ customer: { id, phone: PHONE } }));
    const fresh = uuidv7();
    const contacts = [
      { customer: id, phone: OTHER_PHONE, cardSalt: CARD_SALT },
      { customer: fresh, phone: OTHER_PHONE, cardSalt: CARD_SALT },
    ];
    const reply = await shop.till.call('POST', '/customers/trusted', { contacts });
    expect(reply.json).toEqual({ kind: 'trusted', held: [id] });
    const held = await ask(shop.till, debtRequest({ customer: { id, phone: OTHER_PHONE } }));
    expect(held.json.kind).toBe('phone-held');
  });
});

describe('a waiting number on a card without a registered one', () => {
  const THIRD = '+79990001122';
  /** A card older than its number at this relay; another number was requested for it and waits. */
  const waiting = async (): Promise<string> => {
    const id = uuidv7();
    await addChange(shop.relay.relay.db, {
      customer: id,
      askedAt: START,
      askedBy: uuidv7(),
      replaced: null,
      phone: shop.relay.relay.cipher.encrypt(THIRD),
      tag: phoneTag(shop.relay.relay, THIRD),
    });
    return id;
  };

  test('is deleted when an operator vouches for another', async () => {
    const id = await waiting();
    await shop.trust(id, PHONE);
    shop.clock.pass(DAY);
    await shop.till.signIn();
    await shop.givePoints(id, 340);
    const byTrusted = pointsRequest({ customer: { id, phone: PHONE } });
    expect((await ask(shop.till, byTrusted)).status).toBe(201);
  });

  test('keeps another from being asked', async () => {
    const id = await waiting();
    const byFirst = debtRequest({ customer: { id, phone: PHONE } });
    expect((await ask(shop.till, byFirst)).json).toMatchObject({
      kind: 'phone-held',
      phoneMasked: '+7 999 ··· 11 22',
      since: START,
    });
    shop.clock.pass(DAY);
    await shop.till.signIn();
    expect((await ask(shop.till, byFirst)).json.kind).toBe('phone-held');
  });
});

describe('another number', () => {
  const customer = uuidv7();
  const change = (challenge: string | null, phone = OTHER_PHONE): Promise<Reply> =>
    shop.till.call('PUT', `/customers/${customer}/phone`, { phone, challenge });
  const changeRequest = ({ id = customer, phone = PHONE, newPhone = OTHER_PHONE } = {}) =>
    phoneChangeRequest({ id, phone }, newPhone);

  test('is registered after a code to the old one, once, and is then new', async () => {
    await shop.trust(customer, PHONE);
    const id = uuidv7();
    const asked = await ask(shop.till, changeRequest(), id);
    expect(asked.json).toMatchObject({ kind: 'awaiting-code', channel: 'sms' });
    expect(shop.smsru.sends[0]?.fields['msg']).toMatch(
      /^Весна: смена номера телефона\. Код \d{6}$/,
    );
    expect((await change(id)).json).toEqual({ kind: 'challenge-not-verified' });
    await check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
    expect((await change(id)).json).toEqual({ kind: 'changed' });
    expect((await change(id)).json).toEqual({ kind: 'changed' });
    expect((await change(id, '+79990001122')).json).toEqual({ kind: 'challenge-not-verified' });
    const points = pointsRequest({ customer: { id: customer, phone: OTHER_PHONE } });
    expect((await ask(shop.till, points)).json.kind).toBe('phone-too-new');
  });

  test('is only the one that the old number confirmed', async () => {
    await shop.trust(customer, PHONE);
    const id = uuidv7();
    await ask(shop.till, changeRequest(), id);
    await check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
    const accomplice = await change(id, '+79990001122');
    expect([accomplice.status, accomplice.json]).toEqual([409, { kind: 'challenge-differs' }]);
    expect((await change(id)).json).toEqual({ kind: 'changed' });
  });

  test('is requested by a code to the old number only', async () => {
    await shop.trust(customer, PHONE);
    const reply = await ask(shop.till, changeRequest({ phone: OTHER_PHONE, newPhone: PHONE }));
    expect(reply.json.kind).toBe('phone-held');
  });

  test("is not confirmed by a code for a debt, for another customer's change or for an old change", async () => {
    await shop.trust(customer, PHONE);
    const debt = uuidv7();
    await ask(shop.till, debtRequest({ customer: { id: customer, phone: PHONE } }), debt);
    await check(shop.till, debt, shop.smsru.codes.at(-1) ?? '');
    const other = { id: uuidv7(), phone: PHONE };
    await shop.trust(other.id, PHONE);
    const others = uuidv7();
    await ask(shop.till, changeRequest(other), others);
    await check(shop.till, others, shop.smsru.codes.at(-1) ?? '');
    const old = uuidv7();
    await ask(shop.till, changeRequest(), old);
    await check(shop.till, old, shop.smsru.codes.at(-1) ?? '');
    for (const id of [debt, others, uuidv7()])
      expect((await change(id)).json).toEqual({ kind: 'challenge-not-verified' });
    shop.clock.pass(900_000);
    await shop.till.signIn();
    expect((await change(old)).json).toEqual({ kind: 'challenge-not-verified' });
  });

  test('is not confirmed by a demo code once the demo is over', async () => {
    const demo = await startRelay({ now: shop.clock.now });
    const till = await TillClient.ready(demo.url, shop.clock.now, withOwnersPhone);
    await till.elevate();
    const contacts = [{ customer, phone: PHONE, cardSalt: CARD_SALT }];
    await till.call('POST', '/customers/trusted', { contacts });
    const id = uuidv7();
    await ask(till, changeRequest(), id);
    const text = demo.relay.provider.demoMailbox.messages()[0]?.text ?? '';
    const said = await check(till, id, /\d{6}/.exec(text)?.[0] ?? '');
    expect(said.json.kind).toBe('verified');
    await chooseService(demo, till, shop.smsru, smsruDraft(shop.smsru));
    const asked = { phone: OTHER_PHONE, challenge: id };
    const reply = await till.call('PUT', `/customers/${customer}/phone`, asked);
    await demo.stop();
    expect([reply.status, reply.json]).toEqual([409, { kind: 'challenge-not-verified' }]);
  });

  test('counts without that code a day after its request, over a restart too', async () => {
    await shop.trust(customer, PHONE);
    const waiting = { kind: 'waiting', until: START + DAY };
    expect((await change(null)).json).toEqual(waiting);
    await shop.relay.relay.outbox.round();
    await shop.relay.relay.outbox.round();
    shop.clock.pass(DAY / 2);
    await shop.relay.restart();
    await shop.till.signIn();
    expect((await change(null)).json).toEqual(waiting);
    const byNew = () =>
      ask(shop.till, pointsRequest({ customer: { id: customer, phone: OTHER_PHONE } }));
    expect((await byNew()).json).toEqual({
      kind: 'phone-held',
      phoneMasked: '+7 925 ··· 06 02',
      since: START,
      until: START + DAY,
    });
    shop.clock.pass(DAY / 2);
    await shop.till.signIn();
    expect((await byNew()).json).toMatchObject({ kind: 'phone-too-new', until: START + 2 * DAY });
    const byOld = debtRequest({ customer: { id: customer, phone: PHONE } });
    expect((await ask(shop.till, byOld)).json.kind).toBe('phone-held');
  });

  test('cannot replace one if none is registered', async () => {
    expect((await change(null)).json).toEqual({ kind: 'not-registered' });
    const reply = await ask(shop.till, changeRequest());
    expect(reply.json).toEqual({ kind: 'refused', because: 'bad-request' });
  });
});
