// What a customer's number allows, asked in advance, by the rules that later refuse a code.
// Asking leaves no trace.
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allowanceReply } from '$lib/contract/customer';
import { cases, limitOf } from '../support/cases';
import { withCashier } from '../support/cashier';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  pointsRequest,
  START,
  type Shop,
} from '../support/challenges';
import { startRelay, makeClock } from '../support/relay';
import { TillClient, type Reply } from '../support/till-client';
import { CARD_SALT, cashSale, TillJournal } from '../support/till-journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const OTHER_MASKED = '+7 925 ··· 06 02';

let shop: Shop;
let customer: string;
beforeEach(async () => {
  shop = await openShop(withCashier);
  customer = uuidv7();
});
afterEach(() => shop.stop());

type Question = { of?: string; phone?: string; receiptId?: string | null };
const allowance = ({ of = customer, phone = PHONE, receiptId = null }: Question = {}) =>
  shop.till.call('POST', `/customers/${of}/allowance`, { phone, cardSalt: CARD_SALT, receiptId });
const allowanceNow = async (question: Question = {}): Promise<unknown> => {
  const { kind, ...rest } = allowanceReply.parse((await allowance(question)).json);
  return kind === 'allowance' ? rest : kind;
};
const later = async (ms: number): Promise<void> => {
  shop.clock.pass(ms);
  await shop.till.signIn();
};
const debt = (minor: number, receiptId: string = uuidv7()) =>
  debtRequest({
    receiptId,
    customer: { id: customer, phone: PHONE },
    amount: { minor, currency: 'RUB' },
  });
const confirm = async (request = debt(54_000)): Promise<Reply> => {
  const id = uuidv7();
  await ask(shop.till, request, id);
  return check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
};

const FREE = { onAccount: null, points: null, because: null, until: null };
const young = (onAccount: number, until: number) => ({
  onAccount,
  points: 0,
  until,
  because: { kind: 'young-number' },
});

describe('the relay answers with', () => {
  test('the cap of a young number, what is left of it, and until when; after that with no limit', async () => {
    expect(await allowanceNow()).toEqual(young(300_000, START + DAY));
    expect((await confirm(debt(200_000))).json.kind).toBe('verified');
    await later(HOUR);
    expect(await allowanceNow()).toEqual(young(100_000, START + DAY));
    await later(DAY - HOUR);
    expect(await allowanceNow()).toEqual(FREE);
  });

  test('no limit for a number that a manager vouches for', async () => {
    await shop.trust(customer, PHONE);
    expect(await allowanceNow()).toEqual(FREE);
  });

  test('the requests of other receipts subtracted, but not those of this receipt', async () => {
    const receiptId = uuidv7();
    await ask(shop.till, debt(200_000, receiptId));
    expect(await allowanceNow()).toEqual(young(100_000, START + DAY));
    expect(await allowanceNow({ receiptId })).toEqual(young(300_000, START + DAY));
  });

  test('what this receipt had confirmed subtracted as well, until the till gives it up', async () => {
    const receiptId = uuidv7();
    expect((await confirm(debt(200_000, receiptId))).json.kind).toBe('verified');
    expect(await allowanceNow({ receiptId })).toEqual(young(100_000, START + DAY));
    const again = await ask(shop.till, debt(200_000, receiptId));
    expect(again.json).toMatchObject({ kind: 'phone-too-new', allowed: { minor: 100_000 } });
    const { id } = shop.relay.file
      .prepare("SELECT id FROM challenges WHERE state = 'verified'")
      .get() as { id: string };
    await shop.till.call('DELETE', `/challenges/${id}`);
    expect(await allowanceNow({ receiptId })).toEqual(young(300_000, START + DAY));
  });

  test('what another card of the number confirmed for this receipt subtracted, too', async () => {
    const receiptId = uuidv7();
    await confirm(debt(200_000, receiptId));
    expect(await allowanceNow({ receiptId, of: uuidv7() })).toEqual(young(100_000, START + DAY));
  });

  test('another number on record, and the time from which the new one counts', async () => {
    await shop.trust(customer, PHONE);
    const nothing = { onAccount: 0, points: 0 };
    const held = { phoneMasked: OTHER_MASKED, since: START };
    expect(await allowanceNow({ phone: OTHER_PHONE })).toEqual({
      ...nothing,
      until: null,
      because: { kind: 'phone-held', ...held },
    });
    const change = { phone: OTHER_PHONE, challenge: null };
    await shop.till.call('PUT', `/customers/${customer}/phone`, change);
    expect(await allowanceNow({ phone: OTHER_PHONE })).toEqual({
      ...nothing,
      until: START + DAY,
      because: { kind: 'change-waiting', held },
    });
    expect(await allowanceNow()).toEqual(FREE);
  });

  test('what a young number may, for the first one on a card with a history, until an owner accepts it', async () => {
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.sale(cashSale({ customer, total: 100_000, earned: 10 }));
    await journal.upload();
    const unaccepted = (onAccount: number) => ({
      onAccount,
      points: 0,
      until: null,
      because: { kind: 'unaccepted' },
    });
    expect(await allowanceNow()).toEqual(unaccepted(300_000));
    const name = async (phone: string) => {
      const contacts = [{ customer, phone, cardSalt: CARD_SALT }];
      await journal.idle();
      await journal.upload(journal.entries, { contacts });
    };
    await name(PHONE);
    await later(2 * DAY);
    expect(await allowanceNow()).toEqual(unaccepted(300_000));
    // two numbers for one card: an owner decides between them first
    await name(OTHER_PHONE);
    expect(await allowanceNow()).toEqual(unaccepted(0));
  });

  test('an account frozen by a dispute, whatever the number', async () => {
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    const body = { customer, about: null, note: null };
    await journal.add({ act: 'dispute', body, operator: shop.till.ownerId });
    await journal.upload();
    const frozen = {
      onAccount: 0,
      points: 0,
      until: null,
      because: { kind: 'disputed', since: START },
    };
    expect(await allowanceNow()).toEqual(frozen);
    expect(await allowanceNow({ phone: OTHER_PHONE })).toEqual(frozen);
  });
});

describe('asking', () => {
  test('registers no number, starts no waiting time and sends nothing', async () => {
    const db = shop.relay.file;
    const everything = () =>
      ['phones', 'phone_changes', 'contacts', 'challenges', 'messages', 'sendings', 'outbox'].map(
        (table) => [table, db.prepare(`SELECT * FROM ${table}`).raw().all()],
      );
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.sale(cashSale({ customer, total: 100_000, earned: 10 }));
    await journal.upload();
    const before = everything();
    await allowanceNow();
    await allowanceNow({ of: uuidv7(), phone: OTHER_PHONE });
    await later(HOUR);
    expect(await allowanceNow()).toMatchObject({ because: { kind: 'unaccepted' } });
    expect(everything()).toEqual(before);
    expect(shop.smsru.sends).toEqual([]);
    expect(JSON.stringify(shop.relay.log)).not.toContain(PHONE.slice(-7));
  });

  test('needs a session of a till and a valid request', async () => {
    for (const wrong of [{}, { phone: PHONE }, { phone: '12', receiptId: null }])
      expect(
        (await shop.till.call('POST', `/customers/${customer}/allowance`, wrong)).json.kind,
      ).toBe('malformed');
    shop.till.bearer = null;
    const reply = await allowance();
    expect([reply.status, reply.json]).toEqual([401, { kind: 'session-unknown' }]);
  });

  test('too often is put off for the rest of the minute, for that till only', async () => {
    const replies = await Promise.all(Array.from({ length: 61 }, () => allowance()));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, json }) => [status, json])).toEqual([
      [429, { kind: 'limited', scope: 'till', retryAt: START - (START % MINUTE) + MINUTE }],
    ]);
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    const offer = await shop.till.call('POST', '/tills/enrolments');
    await other.enrol(offer.json.token as string);
    await other.signIn();
    const body = { phone: PHONE, cardSalt: CARD_SALT, receiptId: null };
    expect((await other.call('POST', `/customers/${customer}/allowance`, body)).status).toBe(200);
    await later(MINUTE);
    expect((await allowance()).status).toBe(200);
  });
});

describe('different numbers tried on one card', () => {
  const numberOf = (n: number): string => `+7925666777${n}`;
  const limited = (retryAt: number) => [429, { kind: 'limited', scope: 'till', retryAt }];
  const asked = async (question: Question): Promise<unknown> => {
    const { status, json } = await allowance(question);
    return status === 200 ? status : [status, json];
  };

  test('get answers for five wrong ones a day; then neither a wrong nor the right one does', async () => {
    await shop.trust(customer, PHONE);
    for (const n of [1, 2, 3, 4]) expect(await asked({ phone: numberOf(n) })).toBe(200);
    await later(HOUR);
    expect(await asked({ phone: numberOf(5) })).toBe(200);
    expect(await asked({ phone: numberOf(6) })).toEqual(limited(START + DAY));
    expect(await asked({ phone: PHONE })).toEqual(limited(START + DAY));
    // earlier answers are repeated, and other cards are not affected
    expect(await allowanceNow({ phone: numberOf(1) })).toMatchObject({
      because: { kind: 'phone-held' },
    });
    expect(await asked({ of: uuidv7() })).toBe(200);
    await later(DAY - HOUR);
    expect(await allowanceNow()).toEqual(FREE);
    for (const n of [6, 7, 8, 9]) expect(await asked({ phone: numberOf(n) })).toBe(200);
    expect(await asked({ phone: numberOf(0) })).toEqual(limited(START + HOUR + DAY));
  });

  test('do not count if they are repeated or right', async () => {
    await shop.trust(customer, PHONE);
    for (let i = 0; i < 7; i++) {
      expect(await asked({ phone: OTHER_PHONE })).toBe(200);
      expect(await allowanceNow()).toEqual(FREE);
    }
  });
});

/** What may have happened to a card and its number before the question. */
const EVENTS = [
  'named',
  'other-named',
  'history',
  'trusted',
  'other-trusted',
  'change-asked',
  'dispute',
  'settled',
  'debt-confirmed',
  'debt-asked',
  'hours',
  'day',
] as const;
type Event = (typeof EVENTS)[number];

const STOPS = ['phone-held', 'phone-too-new', 'phone-unaccepted', 'customer-disputed'];

test(
  'in any state of card and number the allowed sum gets a code, and one unit more is refused',
  async () => {
    const clock = makeClock(START);
    const relay = await startRelay({ now: clock.now });
    const till = await TillClient.ready(relay.url, clock.now, (policy) => ({
      ...withCashier(policy),
      limits: { perPhoneHour: 1000, perPhoneDay: 1000, perTillHour: 1e5, perShopDay: 1e6 },
    }));
    await till.elevate();
    const journal = new TillJournal(till, clock.now);
    await journal.enrolled();
    await journal.upload();
    let made = 100;

    async function happens(event: Event, card: { id: string; phone: string; other: string }) {
      const { id, phone, other } = card;
      const upload = (number?: string) =>
        journal.upload(journal.entries.slice(-1), {
          ...(number && { contacts: [{ customer: id, phone: number, cardSalt: CARD_SALT }] }),
        });
      const trust = async (number: string) => {
        await till.elevate();
        const contacts = [{ customer: id, phone: number }];
        return till.call('POST', '/customers/trusted', { contacts });
      };
      switch (event) {
        case 'named':
        case 'other-named':
          await journal.idle();
          return upload(event === 'named' ? phone : other);
        case 'history':
          await journal.sale(cashSale({ customer: id, total: 1_000, earned: 1 }));
          return upload();
        case 'trusted':
          return trust(phone);
        case 'other-trusted':
          return trust(other);
        case 'change-asked':
          return till.call('PUT', `/customers/${id}/phone`, { phone, challenge: null });
        case 'dispute':
        case 'settled': {
          const state = event === 'dispute' ? 'open' : 'settled';
          const body = { customer: id, about: null, state, note: null };
          await journal.add({ act: 'dispute', body, operator: till.ownerId });
          return upload();
        }
        case 'debt-confirmed':
        case 'debt-asked': {
          const challenge = uuidv7();
          await ask(till, requestOf(card, 70_000), challenge);
          if (event === 'debt-asked') return;
          const text = relay.relay.provider.demoMailbox.messages()[0]?.text ?? '';
          return check(till, challenge, /\d{6}/.exec(text)?.[0] ?? '000000');
        }
        case 'hours':
        case 'day': {
          clock.pass(event === 'day' ? DAY : 7 * HOUR);
          await till.signIn();
        }
      }
    }
    const requestOf = ({ id, phone }: { id: string; phone: string }, minor: number) =>
      debtRequest({
        customer: { id, phone },
        amount: { minor, currency: 'RUB' },
        journalHead: journal.journalHead,
      });

    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...EVENTS), { maxLength: 6 }),
          fc.integer({ min: 1, max: 400_000 }),
          async (events, anywhere) => {
            made += 2;
            const id = uuidv7();
            const numberOf = (n: number) => `+7000${String(n).padStart(7, '0')}`;
            const card = { id, phone: numberOf(made), other: numberOf(made + 1) };
            for (const event of events) await happens(event, card);
            clock.pass(MINUTE); // no till may ask more often
            await till.signIn();
            const body = { phone: card.phone, cardSalt: CARD_SALT, receiptId: null };
            const reply = allowanceReply.parse(
              (await till.call('POST', `/customers/${id}/allowance`, body)).json,
            );
            if (reply.kind !== 'allowance') throw new Error(reply.kind);
            const { onAccount, points } = reply;
            const edges = onAccount === null ? [anywhere] : [onAccount, onAccount + 1, anywhere];
            for (const minor of edges.filter((each) => each > 0)) {
              const challenge = uuidv7();
              const { json } = await ask(till, requestOf(card, minor), challenge);
              await till.call('DELETE', `/challenges/${challenge}`);
              const isAllowed = onAccount === null || minor <= onAccount;
              expect([minor, json.kind]).toEqual([
                minor,
                isAllowed ? 'awaiting-code' : expect.stringMatching(STOPS.join('|')),
              ]);
            }
            const redeeming = pointsRequest({
              customer: { id, phone: card.phone },
              journalHead: journal.journalHead,
            });
            const { json } = await ask(till, redeeming);
            expect(STOPS.includes(json.kind ?? '')).toBe(points === 0);
            expect([0, null]).toContain(points);
          },
        ),
        { numRuns: cases(40) },
      );
    } finally {
      await relay.stop();
    }
  },
  limitOf(120_000),
);
