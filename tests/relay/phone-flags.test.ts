// Numbers that a manager should review, and a first number on a card with a history.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { phoneFlagsReply, type PhoneFlag } from '$lib/contract/customer';
import {
  ask,
  check,
  debtRequest,
  DEMO_PHONE,
  openShop,
  OTHER_PHONE,
  PHONE,
  START,
  type Shop,
} from '../support/challenges';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE } from '../support/till-client';
import { TillJournal } from '../support/till-journal';

const DAY = 86_400_000;
let shop: Shop;
beforeEach(async () => {
  shop = await openShop(withOwnersPhone);
});
afterEach(() => shop.stop());

const flags = async (): Promise<readonly PhoneFlag[]> =>
  phoneFlagsReply.parse((await shop.till.call('GET', '/phones/flags')).json).flags;

describe('flagged for the manager', () => {
  test('is a number of the staff on a customer’s card', async () => {
    const customer = uuidv7();
    await shop.trust(uuidv7(), PHONE);
    expect(await flags()).toEqual([]);
    await shop.trust(customer, OWNER_PHONE);
    expect(await flags()).toEqual([
      {
        kind: 'staff-number',
        phoneMasked: '+7 903 ··· 22 33',
        operator: shop.till.ownerId,
        customers: [customer],
      },
    ]);
  });

  test('is one number on several cards, also while a change to it still waits', async () => {
    const [a, b] = [uuidv7(), uuidv7()].sort();
    await shop.trust(a ?? '', PHONE);
    await shop.trust(b ?? '', OTHER_PHONE);
    const waiting = await shop.till.call('PUT', `/customers/${b}/phone`, {
      phone: PHONE,
      challenge: null,
    });
    expect(waiting.json.kind).toBe('waiting');
    const [change, flag, ...others] = await flags();
    expect([change?.kind, others]).toEqual(['change-waiting', []]);
    expect(flag).toMatchObject({ kind: 'shared-number', phoneMasked: '+7 925 ··· 06 02' });
    expect([...(flag?.customers ?? [])].sort()).toEqual([a, b]);
  });

  test('once in the journal, when a till names it for a third card', async () => {
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    const kinds = (): unknown =>
      shop.relay.file.prepare('SELECT kind, detail, seq FROM flags ORDER BY cursor').raw().all();
    const third = uuidv7();
    for (const [place, expected] of [[], [], [['number-shared', third, 3]]].entries()) {
      if (place > 0) await journal.idle();
      const contacts = [{ customer: place === 2 ? third : uuidv7(), phone: PHONE }];
      await journal.upload(journal.entries, { contacts });
      expect(kinds()).toEqual(expected);
    }
    await journal.idle();
    await journal.upload(journal.entries, { contacts: [{ customer: uuidv7(), phone: PHONE }] });
    expect(kinds()).toHaveLength(1);
  });

  test('are not numbers of the demo, once that has ended', async () => {
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    const contacts = [uuidv7(), uuidv7()].map((customer) => ({ customer, phone: DEMO_PHONE }));
    await journal.upload(journal.entries, { contacts });
    expect(await flags()).toEqual([]);
  });

  test('only with an elevation, and without whole numbers', async () => {
    await shop.trust(uuidv7(), OWNER_PHONE);
    expect(JSON.stringify(await flags())).not.toContain('1112233');
    await shop.till.signIn();
    const reply = await shop.till.call('GET', '/phones/flags');
    expect([reply.status, reply.json]).toEqual([403, { kind: 'elevation-needed', level: 'phone' }]);
  });

  test('and not refused: families share a phone', async () => {
    await shop.trust(uuidv7(), PHONE);
    const second = { id: uuidv7(), phone: PHONE };
    expect((await ask(shop.till, debtRequest({ customer: second }))).status).toBe(201);
  });
});

describe('a first number on a card that has a history', () => {
  const customer = uuidv7();
  const debt = (phone = OTHER_PHONE) => debtRequest({ customer: { id: customer, phone } });

  /** They once confirmed from a number that the relay no longer has. */
  beforeEach(async () => {
    const id = uuidv7();
    await ask(shop.till, debt(PHONE), id);
    await check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
    await shop.relay.relay.db.run('DELETE FROM phones');
  });
  const later = async (ms: number): Promise<void> => {
    shop.clock.pass(ms);
    await shop.till.signIn();
  };

  test('counts as a change: it confirms nothing for a day from when the earlier number was notified', async () => {
    const tooNew = {
      kind: 'phone-too-new',
      until: START + DAY,
      allowed: { minor: 0, currency: 'RUB' },
    };
    const codes = shop.smsru.codes.length;
    expect((await ask(shop.till, debt())).json).toEqual(tooNew);
    await shop.relay.relay.outbox.round();
    await shop.relay.relay.outbox.round();
    await later(DAY - 1);
    expect((await ask(shop.till, debt())).json).toEqual(tooNew);
    expect(shop.smsru.codes).toHaveLength(codes);
    await later(1);
    expect((await ask(shop.till, debt())).json.kind).toBe('awaiting-code');
    expect((await ask(shop.till, debt(PHONE))).json.kind).toBe('phone-held');
  });

  test('keeps the day if another number is requested meanwhile, which starts nothing', async () => {
    await ask(shop.till, debt());
    await later(DAY / 2);
    expect((await ask(shop.till, debt('+79990001122'))).json).toMatchObject({
      kind: 'phone-held',
      since: START,
    });
  });

  test('counts at once if a manager vouches for it', async () => {
    await shop.trust(customer, OTHER_PHONE);
    expect((await ask(shop.till, debt())).status).toBe(201);
  });
});
