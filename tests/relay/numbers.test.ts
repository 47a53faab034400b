// The first number that a till names for a card is the card's, whichever till asks for a code later.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { phoneFlagsReply } from '$lib/contract/customer';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  pointsRequest,
  smsruDraft,
  START,
  tokensOf,
  type Shop,
} from '../support/challenges';
import { startRelay } from '../support/relay';
import { TillClient, type Reply } from '../support/till-client';
import {
  CARD_SALT,
  cashSale,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const THIRD_PHONE = '+79031112244';

let shop: Shop;
/** The till that names the customer's real number, and the one in dishonest hands. */
let honest: TillJournal;
let dishonest: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop();
  honest = await anotherTill('Касса 2');
  dishonest = await anotherTill('Касса 3');
  customer = uuidv7();
});
afterEach(() => shop.stop());

async function anotherTill(name: string): Promise<TillJournal> {
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  const { json } = await shop.till.call('POST', '/tills/enrolments');
  await till.enrol(json.token as string, {}, { name });
  await till.signIn();
  const journal = new TillJournal(till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
  return journal;
}

/** Saves a card at a till, which names its number as it uploads. */
async function name(at: TillJournal, phone: string, of = customer, cardSalt?: string) {
  const body = { customer: of, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
  const entry = await at.add({ act: 'customer-saved', body, operator: shop.till.ownerId });
  const contact = { customer: of, phone, ...(cardSalt !== undefined && { cardSalt }) };
  const reply = await at.upload([entry], { contacts: [contact] });
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
}
/** Moves the customer's account, with only the entry in the upload. */
async function move(at: TillJournal, of = customer): Promise<void> {
  const entry = await at.sale(cashSale({ customer: of, total: 1_000, earned: 1 }));
  await at.upload([entry]);
}
const askFor = (at: TillJournal, phone: string, of = customer, minor = 54_000): Promise<Reply> =>
  ask(at.till, requestOf(at, phone, of, minor));
const requestOf = (at: TillJournal, phone: string, of: string, minor: number) =>
  debtRequest({
    customer: { id: of, phone },
    amount: { minor, currency: 'RUB' },
    journalHead: at.journalHead,
  });
async function confirm(at: TillJournal, phone: string, of = customer, minor = 54_000) {
  const id = uuidv7();
  const asked = await ask(at.till, requestOf(at, phone, of, minor), id);
  if (asked.json.kind !== 'awaiting-code') return asked.json;
  return (await check(at.till, id, shop.smsru.codes.at(-1) ?? '')).json;
}
const change = (at: TillJournal, phone: string): Promise<Reply> =>
  at.till.call('PUT', `/customers/${customer}/phone`, { phone, challenge: null });
const allowance = async (at: TillJournal, phone: string, of = customer) => {
  const question = { phone, cardSalt: 'c'.repeat(64), receiptId: null };
  return (await at.till.call('POST', `/customers/${of}/allowance`, question)).json;
};
async function later(ms: number): Promise<void> {
  shop.clock.pass(ms);
  for (const till of [honest.till, dishonest.till, shop.till]) await till.signIn();
  await shop.till.elevate();
}
const settle = async (): Promise<void> => {
  // a round may have started already
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
};
const messages = (to: string): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map(({ fields }) => fields['msg']);

const HELD_BY_REAL = { kind: 'phone-held', phoneMasked: '+7 916 ··· 45 67' };

describe('the first number that a till names for a card', () => {
  test('is the card’s from then on, though nothing has moved: another till gets no code for another', async () => {
    await name(honest, OTHER_PHONE);
    await later(3 * DAY);
    expect((await askFor(dishonest, PHONE)).json).toEqual({ ...HELD_BY_REAL, since: START });
    expect((await askFor(honest, OTHER_PHONE)).json.kind).toBe('awaiting-code');
  });

  test('is new for a day from its naming, then redeems points', async () => {
    await name(honest, OTHER_PHONE);
    await later(DAY - 1);
    const points = () =>
      ask(
        honest.till,
        pointsRequest({
          customer: { id: customer, phone: OTHER_PHONE },
          journalHead: honest.journalHead,
        }),
      );
    expect((await points()).json).toMatchObject({ kind: 'phone-too-new', until: START + DAY });
    await later(1);
    await shop.givePoints(customer, 340);
    expect((await points()).json.kind).toBe('awaiting-code');
  });

  test('ends a challenge that asked another number before it was named', async () => {
    const id = uuidv7();
    await ask(dishonest.till, requestOf(dishonest, PHONE, customer, 54_000), id);
    await name(honest, OTHER_PHONE);
    const code = shop.smsru.codes.at(-1) ?? '';
    expect((await check(dishonest.till, id, code)).json).toEqual({
      kind: 'spent',
      because: 'superseded',
    });
  });

  test('is not replaced by naming another; its owner is notified, and keeps it for a day after', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await name(dishonest, PHONE);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
    await settle();
    expect(messages(OTHER_PHONE)).toEqual([expect.stringContaining('*0602')]);
    await later(DAY - 1);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
    expect(await confirm(honest, OTHER_PHONE)).toMatchObject({ kind: 'verified' });
  });

  test('is not replaced by one that comes with another secret of the card', async () => {
    await name(honest, OTHER_PHONE);
    await name(dishonest, PHONE, customer, 'd'.repeat(64));
    await settle();
    expect(messages(OTHER_PHONE)).toEqual([]);
    await later(3 * DAY);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
  });

  test('named in the demo stays the card’s with the first real service', async () => {
    const demo = await startRelay({ now: shop.clock.now });
    const till = await TillClient.ready(demo.url, shop.clock.now);
    const journal = new TillJournal(till, shop.clock.now);
    await journal.enrolled();
    await journal.upload(journal.entries, { contacts: [{ customer, phone: OTHER_PHONE }] });
    await till.elevate();
    await till.call('PUT', '/provider', smsruDraft(shop.smsru));
    const replies = [await askFor(journal, PHONE), await askFor(journal, OTHER_PHONE)];
    await demo.stop();
    expect(replies.map(({ json }) => json.kind)).toEqual(['phone-held', 'awaiting-code']);
  });
});

describe('the till that named a number', () => {
  test('corrects it within a quarter of an hour, by its card or by its request', async () => {
    await name(honest, THIRD_PHONE);
    await later(5 * MINUTE);
    await name(honest, PHONE);
    expect((await askFor(honest, PHONE)).json.kind).toBe('awaiting-code');
    await later(5 * MINUTE);
    expect((await change(honest, OTHER_PHONE)).json).toEqual({ kind: 'changed' });
    await settle();
    expect(messages(THIRD_PHONE)).toEqual([]);
    await later(MINUTE);
    expect(await confirm(honest, OTHER_PHONE)).toMatchObject({ kind: 'verified' });
  });

  test('cannot correct it after that time', async () => {
    await name(honest, OTHER_PHONE);
    await later(15 * MINUTE);
    await name(honest, PHONE);
    expect((await change(honest, PHONE)).json.kind).toBe('waiting');
    expect((await askFor(honest, PHONE)).json).toMatchObject(HELD_BY_REAL);
  });

  test('is the only till that can correct it', async () => {
    await name(honest, OTHER_PHONE);
    await name(dishonest, PHONE);
    expect((await change(dishonest, PHONE)).json.kind).toBe('waiting');
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
  });

  test('cannot correct it once somebody answered there', async () => {
    await name(honest, OTHER_PHONE);
    expect(await confirm(honest, OTHER_PHONE)).toMatchObject({ kind: 'verified' });
    expect((await change(honest, PHONE)).json.kind).toBe('waiting');
    await name(honest, PHONE);
    expect((await askFor(honest, PHONE)).json).toMatchObject(HELD_BY_REAL);
  });

  test('cannot correct it once anything moved', async () => {
    await name(honest, OTHER_PHONE);
    await move(dishonest);
    expect((await change(honest, PHONE)).json.kind).toBe('waiting');
    await name(honest, PHONE);
    expect((await askFor(honest, PHONE)).json).toMatchObject(HELD_BY_REAL);
  });

  test('cannot correct it once another till named it, too', async () => {
    await name(dishonest, OTHER_PHONE);
    await name(honest, OTHER_PHONE);
    expect((await change(dishonest, PHONE)).json.kind).toBe('waiting');
    await name(dishonest, PHONE);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
  });
});

describe('another number', () => {
  const noMoney = { kind: 'code', code: 201, where: 'number' } as const;
  const blocked = { kind: 'code', code: 202, where: 'number' } as const;

  test('waits a day from when the message to the earlier one left, not from the request', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    shop.smsru.next(noMoney);
    await change(dishonest, PHONE);
    await settle();
    await later(DAY);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
    await settle();
    expect(messages(OTHER_PHONE)).toHaveLength(2); // the first was refused
    await later(DAY - 1);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
    await later(1);
    expect((await askFor(dishonest, PHONE)).json.kind).toBe('awaiting-code');
  });

  test('waits until an owner accepts it if no message can be sent to the earlier one', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    shop.smsru.next(blocked);
    await change(dishonest, PHONE);
    await settle();
    await later(10 * DAY);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
    expect((await change(dishonest, PHONE)).json).toEqual({ kind: 'owner-decides' });
    expect((await shop.till.call('GET', '/phones/flags')).json).toMatchObject({
      flags: [{ kind: 'change-waiting', until: null, notice: 'failed' }],
    });
    const { json } = await shop.till.call('GET', '/phones/flags');
    const [{ askedAt }] = json.flags as [{ askedAt: number }];
    const accept = (at = askedAt) =>
      shop.till.call('POST', '/phones/accepted', { numbers: [{ customer, askedAt: at }] });
    // trusting imported numbers is another consent, which names no number
    const trusted = { contacts: [{ customer, phone: PHONE, cardSalt: CARD_SALT }] };
    expect((await shop.till.call('POST', '/customers/trusted', trusted)).json).toEqual({
      kind: 'trusted',
      held: [customer],
    });
    expect(await accept(askedAt + 1)).toMatchObject({ status: 409, json: { kind: 'not-waiting' } });
    shop.till.tokens = null;
    expect((await accept()).json).toMatchObject({
      kind: 'consent-needed',
      state: { kind: 'token-needed' },
    });
    shop.till.tokens = tokensOf(shop.relay);
    expect((await accept()).status).toBe(204);
    expect((await accept()).json).toEqual({ kind: 'not-waiting' });
    expect((await askFor(honest, OTHER_PHONE)).json.kind).toBe('phone-held');
    // nobody has answered there: its first day begins
    const much = () => askFor(honest, PHONE, customer, 400_000);
    expect((await much()).json.kind).toBe('phone-too-new');
    await later(DAY);
    expect((await much()).json.kind).toBe('awaiting-code');
  });

  test('waits for an owner, too, if a message can only be sent to a number that its own till planted', async () => {
    const planted = '+79251110000';
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await name(dishonest, planted);
    await change(dishonest, OTHER_PHONE);
    await later(HOUR);
    await change(dishonest, PHONE);
    shop.smsru.next(blocked);
    await settle();
    expect(messages(planted)).toHaveLength(1);
    await later(2 * DAY);
    expect((await askFor(dishonest, PHONE)).json).toMatchObject(HELD_BY_REAL);
    expect((await shop.till.call('GET', '/phones/flags')).json).toMatchObject({
      flags: [{ kind: 'change-waiting', until: null }],
    });
  });

  test('is not accepted while the day of the earlier one runs', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await change(dishonest, PHONE);
    await settle();
    const { json } = await shop.till.call('GET', '/phones/flags');
    const [{ askedAt }] = json.flags as [{ askedAt: number }];
    const numbers = [{ customer, askedAt }];
    expect((await shop.till.call('POST', '/phones/accepted', { numbers })).json).toEqual({
      kind: 'not-waiting',
    });
    expect((await askFor(dishonest, PHONE)).json.kind).toBe('phone-held');
  });

  describe('while one waits', () => {
    const path = () => `/customers/${customer}/phone-change`;
    const waiting = async () =>
      phoneFlagsReply
        .parse((await shop.till.call('GET', '/phones/flags')).json)
        .flags.flatMap((flag) => (flag.kind === 'change-waiting' ? [flag] : []));
    const askedAtOf = async (ending: string): Promise<number> =>
      (await waiting()).find(({ phoneMasked }) => phoneMasked.endsWith(ending))?.askedAt ?? 0;
    const accept = async (ending: string) =>
      (
        await shop.till.call('POST', '/phones/accepted', {
          numbers: [{ customer, askedAt: await askedAtOf(ending) }],
        })
      ).status;
    const cancel = async (ending: string) =>
      (await shop.till.call('DELETE', `${path()}/${await askedAtOf(ending)}`)).status;
    const kinds = async () =>
      Promise.all(
        [PHONE, THIRD_PHONE].map(async (phone) => (await askFor(honest, phone)).json.kind),
      );

    beforeEach(async () => {
      await name(honest, OTHER_PHONE);
      await later(HOUR);
      await change(dishonest, PHONE);
      await settle();
      await later(HOUR);
      expect((await change(honest, THIRD_PHONE)).json).toEqual({ kind: 'owner-decides' });
      await settle();
    });

    test('a second one keeps both from coming into force, and changes neither time nor message of the first', async () => {
      expect(messages(OTHER_PHONE)).toEqual([expect.stringContaining('*0602')]);
      await later(10 * DAY);
      expect(await kinds()).toEqual(['phone-held', 'phone-held']);
      expect((await change(dishonest, PHONE)).json).toEqual({ kind: 'owner-decides' });
      expect(await waiting()).toMatchObject([
        { phoneMasked: '+7 903 ··· 22 44', till: 'Касса 2', until: null, notice: null },
        { phoneMasked: '+7 925 ··· 06 02', till: 'Касса 3', until: null, notice: 'sent' },
      ]);
    });

    test.each([
      ['22 44', ['phone-held', 'awaiting-code']],
      ['06 02', ['awaiting-code', 'phone-held']],
    ])('an owner accepts either, *%s, and the other waits no longer', async (ending, then) => {
      await later(10 * DAY);
      shop.till.tokens = null;
      expect(
        (
          await shop.till.call('POST', '/phones/accepted', {
            numbers: [{ customer, askedAt: await askedAtOf(ending) }],
          })
        ).json,
      ).toMatchObject({ kind: 'consent-needed' });
      shop.till.tokens = tokensOf(shop.relay);
      expect(await accept(ending)).toBe(204);
      expect(await waiting()).toEqual([]);
      expect(await kinds()).toEqual(then);
      await later(10 * DAY);
      expect(await kinds()).toEqual(then);
    });

    test('cancelling the second lets the day of the first go on', async () => {
      expect(await cancel('22 44')).toBe(204);
      expect(await waiting()).toMatchObject([{ until: START + HOUR + DAY }]);
      await later(DAY - HOUR - 1);
      expect(await kinds()).toEqual(['phone-held', 'phone-held']);
      await later(1);
      expect(await kinds()).toEqual(['awaiting-code', 'phone-held']);
    });

    test('the first is new from the moment of cancelling, if its day is over by then', async () => {
      await later(10 * DAY);
      expect(await cancel('22 44')).toBe(204);
      const much = async () => (await askFor(honest, PHONE, customer, 400_000)).json;
      expect(await much()).toMatchObject({
        kind: 'phone-too-new',
        until: shop.clock.now() + DAY,
      });
      await later(DAY);
      expect((await much()).kind).toBe('awaiting-code');
    });

    test('cancelling the first announces the second, whose day begins', async () => {
      await later(10 * DAY);
      expect(await cancel('06 02')).toBe(204);
      await settle();
      expect(messages(OTHER_PHONE)).toEqual([
        expect.stringContaining('*0602'),
        expect.stringContaining('*2244'),
      ]);
      expect(await waiting()).toMatchObject([{ until: shop.clock.now() + DAY, notice: 'sent' }]);
      await later(DAY - 1);
      expect(await kinds()).toEqual(['phone-held', 'phone-held']);
      await later(1);
      expect(await kinds()).toEqual(['phone-held', 'awaiting-code']);
    });

    test('a till can cancel only its own', async () => {
      expect((await change(dishonest, OTHER_PHONE)).json).toEqual({ kind: 'changed' });
      await settle();
      expect(await waiting()).toMatchObject([
        { phoneMasked: '+7 903 ··· 22 44', until: shop.clock.now() + DAY },
      ]);
    });

    test('a till that cancels two announces neither', async () => {
      await change(dishonest, '+79251110000');
      expect(await cancel('22 44')).toBe(204);
      expect((await change(dishonest, OTHER_PHONE)).json).toEqual({ kind: 'changed' });
      await settle();
      expect(await waiting()).toEqual([]);
      expect(messages(OTHER_PHONE)).toEqual([expect.stringContaining('*0602')]);
    });

    test('a till has two numbers waiting at most, and takes none of them from another', async () => {
      for (const phone of ['+79251110000', '+79251110001', '+79251110002'])
        expect((await change(dishonest, phone)).json).toEqual({ kind: 'owner-decides' });
      expect(await waiting()).toHaveLength(3);
      expect(await accept('22 44')).toBe(204);
      expect(await waiting()).toEqual([]);
    });
  });

  test('requested at two tills is one change, in force after its day', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await change(honest, THIRD_PHONE);
    await settle();
    await later(HOUR);
    expect((await change(dishonest, THIRD_PHONE)).json).toEqual({
      kind: 'waiting',
      until: START + HOUR + DAY,
    });
    await name(dishonest, THIRD_PHONE);
    await later(DAY - HOUR);
    expect((await askFor(honest, THIRD_PHONE)).json.kind).toBe('awaiting-code');
  });

  test('that a till names with its card while one waits is a second one, too', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await change(dishonest, PHONE);
    await settle();
    await name(honest, THIRD_PHONE);
    await later(2 * DAY);
    expect((await askFor(dishonest, PHONE)).json.kind).toBe('phone-held');
  });

  test('is cancelled by the till that asked, and by no other', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await change(honest, THIRD_PHONE);
    await settle();
    await change(dishonest, OTHER_PHONE);
    await later(DAY);
    expect((await askFor(honest, THIRD_PHONE)).json.kind).toBe('awaiting-code');
  });

  test('that the card had before does not return when an old card names it', async () => {
    await name(honest, OTHER_PHONE);
    await later(HOUR);
    await change(honest, PHONE);
    await settle();
    await later(DAY);
    expect(await confirm(honest, PHONE)).toMatchObject({ kind: 'verified' });
    await name(dishonest, OTHER_PHONE);
    await later(2 * DAY);
    expect((await askFor(dishonest, OTHER_PHONE)).json.kind).toBe('phone-held');
  });
});

describe('a new number’s cap', () => {
  const cards = Array.from({ length: 10 }, () => uuidv7());

  test('is shared by all cards of the number, over all tills', async () => {
    const tills = [honest, dishonest];
    for (const [i, of] of cards.entries()) await name(tills[i % 2]!, PHONE, of);
    const replies = [];
    for (const [i, of] of cards.entries()) {
      await later(2 * HOUR);
      replies.push(await confirm(tills[i % 2]!, PHONE, of, 300_000));
    }
    const kinds = replies.map(({ kind }) => kind);
    expect(kinds).toEqual(['verified', ...Array.from({ length: 9 }, () => 'phone-too-new')]);
    expect(replies[1]).toMatchObject({ allowed: { minor: 0, currency: 'RUB' } });
  });

  test('is shared by open requests on several cards, and by cards that nobody named', async () => {
    const [first = '', second = ''] = cards;
    const replies = await Promise.all([
      askFor(honest, PHONE, first, 200_000),
      askFor(dishonest, PHONE, second, 200_000),
    ]);
    expect(replies.map(({ json }) => json.kind).sort()).toEqual(['awaiting-code', 'phone-too-new']);
  });

  test('is the same when asked in advance', async () => {
    const [first = '', second = ''] = cards;
    await name(honest, PHONE, first);
    await confirm(honest, PHONE, first, 200_000);
    expect(await allowance(dishonest, PHONE, second)).toMatchObject({
      onAccount: 100_000,
      points: 0,
      because: { kind: 'young-number' },
    });
    expect(await allowance(honest, OTHER_PHONE, second)).toMatchObject({ onAccount: 300_000 });
  });

  test('is separate for other numbers', async () => {
    const [first = '', second = ''] = cards;
    expect(await confirm(honest, PHONE, first, 300_000)).toMatchObject({ kind: 'verified' });
    const other = await confirm(dishonest, OTHER_PHONE, second, 300_000);
    expect(other).toMatchObject({ kind: 'verified' });
  });
});

describe('numbers that a till names', () => {
  const planted = Array.from({ length: 6 }, (_, i) => `+7925111000${i}`);
  const owe = async (at: TillJournal) => {
    const override = overrideBy(shop.till.ownerId, 100);
    const entry = await at.sale(onAccountSale({ customer, onAccount: 100 }, override));
    await at.upload([entry]);
    await settle();
  };

  test('do not prevent messages to the real one, named later by another till', async () => {
    for (const phone of planted) await name(dishonest, phone);
    await name(honest, OTHER_PHONE);
    await owe(dishonest);
    expect(messages(OTHER_PHONE)).toEqual([expect.stringContaining('1,00')]);
  });

  test('get messages if they are its first or its newest one', async () => {
    await name(dishonest, planted[0] ?? '');
    await move(dishonest);
    for (const phone of planted.slice(1)) await name(dishonest, phone);
    await owe(dishonest);
    const written = planted.filter((phone) =>
      messages(phone).some((text) => text?.includes('1,00')),
    );
    expect(written).toEqual([planted[0], planted[5]]);
  });

  test('do not replace the real one that was named before them', async () => {
    await name(honest, OTHER_PHONE);
    for (const phone of planted) await name(dishonest, phone);
    await owe(dishonest);
    expect(messages(OTHER_PHONE)).toContainEqual(expect.stringContaining('1,00'));
  });

  test('get nothing once the registered one has answered', async () => {
    await name(dishonest, PHONE);
    await name(honest, OTHER_PHONE);
    expect(await confirm(dishonest, PHONE)).toMatchObject({ kind: 'verified' });
    await settle();
    await owe(dishonest);
    expect(messages(OTHER_PHONE)).toEqual([]);
  });
});
