// Changes of a customer's number by waiting: the old number is notified at once, a manager can cancel.
// A number that comes into force by waiting counts as new.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { phoneFlagsReply, type PhoneFlag } from '$lib/contract/customer';
import { flagsReply } from '$lib/contract/journal-upload';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  pointsRequest,
  reserveCodesRequest,
  START,
  type Shop,
} from '../support/challenges';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, type Reply } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const THIRD_PHONE = '+79031112244';
const OTHER_MASKED = '+7 916 ··· 45 67';
const CASHIER = uuidv7();

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop((policy) => ({
    ...policy,
    shop: { ...policy.shop, contact: '+7 495 000-00-00' },
    operators: [
      ...policy.operators,
      { ...policy.operators[0]!, id: CASHIER, name: 'Света', group: 'cashier', phone: null },
    ],
  }));
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const askFor = (phone = OTHER_PHONE, of = customer): Promise<Reply> =>
  shop.till.call('PUT', `/customers/${of}/phone`, { phone, challenge: null });
const later = async (ms: number): Promise<void> => {
  shop.clock.pass(ms);
  await shop.till.signIn();
};
const settle = async (): Promise<void> => {
  // a round may have started already
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
};
const messages = (to = PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map(({ fields }) => fields['msg']);
const flags = async (): Promise<readonly PhoneFlag[]> => {
  await shop.till.elevate();
  return phoneFlagsReply.parse((await shop.till.call('GET', '/phones/flags')).json).flags;
};
const saved = (operator: string, of = customer) =>
  journal.add({
    act: 'customer-saved',
    body: { customer: of, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } },
    operator,
  });
const kinds = async () => {
  await shop.till.elevate();
  const { flags: found } = flagsReply.parse(
    (await shop.till.call('GET', '/journal/flags?after=0')).json,
  );
  return found.map(({ kind, detail }) => [kind, detail]);
};
const points = (phone = OTHER_PHONE) => pointsRequest({ customer: { id: customer, phone } });

describe('the old number', () => {
  test('is notified at once, and once, of the requested number, its last digits and when it would count', async () => {
    await askFor();
    await askFor();
    await settle();
    await shop.relay.restart();
    await shop.till.signIn();
    await askFor();
    await settle();
    expect(messages()).toEqual([
      expect.stringMatching(
        /^Весна: для вашей карты просят сменить номер на \*4567, с \d\d\.\d\d \d\d:\d\d\. Не вы\? \+7 495 000-00-00$/,
      ),
    ]);
    expect(messages(OTHER_PHONE)).toEqual([]);
  });

  test('is not notified of a further number while one waits, because it starts nothing', async () => {
    await askFor();
    await settle();
    expect((await askFor(THIRD_PHONE)).json).toEqual({ kind: 'owner-decides' });
    await settle();
    expect(messages().map((text) => /\*\d{4}/.exec(text ?? '')?.[0])).toEqual(['*4567']);
  });

  test('is not notified of a number whose request was cancelled before another was made', async () => {
    const noMoney = { kind: 'code', code: 201, where: 'number' } as const;
    shop.smsru.next(noMoney, noMoney);
    for (const phone of [OTHER_PHONE, PHONE, THIRD_PHONE, PHONE, OTHER_PHONE]) {
      await askFor(phone);
      await settle();
    }
    await later(3_600_000);
    await settle();
    expect(messages()).toHaveLength(3); // two of them were refused
  });

  test('is notified even if the till cancels its request at once', async () => {
    await askFor();
    await askFor(PHONE);
    await settle();
    expect(messages()).toHaveLength(1);
    await later(DAY);
    await shop.givePoints(customer, 340);
    expect((await ask(shop.till, points(PHONE))).status).toBe(201);
  });

  test('gets messages that are not listed among the notices for tills', async () => {
    await askFor();
    await settle();
    const { notices } = (await shop.till.call('GET', '/notices?since=0')).json as {
      notices: unknown[];
    };
    expect(notices).toEqual([]);
  });
});

test('a number that came into force by waiting redeems nothing and may owe little in its first day', async () => {
  await askFor();
  await settle();
  await later(DAY);
  expect((await ask(shop.till, points())).json).toEqual({
    kind: 'phone-too-new',
    until: START + 2 * DAY,
    allowed: { minor: 0, currency: 'RUB' },
  });
  const customerNow = { id: customer, phone: OTHER_PHONE };
  const over = { minor: 300_001, currency: 'RUB' };
  expect(
    (await ask(shop.till, debtRequest({ customer: customerNow, amount: over }))).json,
  ).toMatchObject({ kind: 'phone-too-new', allowed: { minor: 300_000 } });
  await later(DAY);
  await shop.givePoints(customer, 340);
  expect((await ask(shop.till, points())).status).toBe(201);
});

describe('a first number on a card with a history, named by a till only afterwards', () => {
  const stranger = uuidv7();
  const debt = (phone: string) => debtRequest({ customer: { id: stranger, phone } });
  const name = async (phone: string) => {
    shop.clock.pass(1000);
    await journal.idle();
    await journal.upload(journal.entries, { contacts: [{ customer: stranger, phone }] });
  };
  beforeEach(async () => {
    await journal.sale(
      onAccountSale({ customer: stranger, onAccount: 100 }, overrideBy(shop.till.ownerId, 100)),
    );
  });

  /** What the card had before is another's: debts and points of it wait for an owner, however long. */
  test('never counts by waiting: it confirms small debts and nothing else until an owner accepts it', async () => {
    await journal.upload();
    await name(OTHER_PHONE);
    const to = { customer: { id: stranger, phone: OTHER_PHONE } };
    const tried = async () => {
      await journal.upload();
      const { journalHead } = journal;
      const much = { minor: 300_001, currency: 'RUB' };
      const replies = [
        await ask(shop.till, pointsRequest({ ...to, journalHead })),
        await ask(shop.till, debtRequest({ ...to, amount: much, journalHead })),
        await ask(shop.till, { ...reserveCodesRequest(uuidv7(), to.customer), journalHead }),
      ];
      return replies.map(({ json }) => json);
    };
    const refused = (minor: number) => ({
      kind: 'phone-unaccepted',
      allowed: { minor, currency: 'RUB' },
    });
    for (const passed of [0, 25 * HOUR, 25 * HOUR, 30 * DAY]) {
      await later(passed);
      expect(await tried()).toEqual([refused(0), refused(300_000), refused(0)]);
    }
    // a small debt is confirmed, and leaves the number where it was
    const id = uuidv7();
    const { journalHead } = journal;
    await ask(shop.till, debtRequest({ ...to, journalHead }), id);
    expect((await check(shop.till, id, shop.smsru.codes.at(-1) ?? '')).json.kind).toBe('verified');
    await shop.till.call('DELETE', `/challenges/${id}`);
    expect((await tried())[0]).toEqual(refused(0));

    const [flag] = await flags();
    const { askedAt } = flag as { askedAt: number };
    await shop.till.elevate();
    const accepted = await shop.till.call('POST', '/phones/accepted', {
      numbers: [{ customer: stranger, askedAt }],
    });
    expect(accepted.status).toBe(204);
    // accepted, it is young for a day as any number
    expect((await tried())[0]).toMatchObject({ kind: 'phone-too-new' });
    await later(DAY);
    await shop.givePoints(stranger, 340);
    await journal.upload();
    const head = { journalHead: journal.journalHead };
    expect((await ask(shop.till, pointsRequest({ ...to, ...head }))).status).toBe(201);
  });

  test('nor does one that a till names beside another it has named', async () => {
    await journal.upload();
    await name(THIRD_PHONE);
    await name(OTHER_PHONE);
    await settle();
    await later(3 * DAY);
    await journal.upload();
    for (const phone of [THIRD_PHONE, OTHER_PHONE])
      expect(
        (await ask(shop.till, { ...debt(phone), journalHead: journal.journalHead })).json,
      ).toEqual({ kind: 'phone-unaccepted', allowed: { minor: 0, currency: 'RUB' } });
  });

  test('waits, and the number named before it is notified', async () => {
    await journal.upload(journal.entries, { contacts: [{ customer: stranger, phone: PHONE }] });
    const reply = await ask(shop.till, { ...debt(THIRD_PHONE), journalHead: journal.journalHead });
    expect(reply.json.kind).toBe('phone-held');
    await askFor(THIRD_PHONE, stranger);
    await settle();
    expect(messages()).toEqual([
      expect.stringContaining('без кода'),
      expect.stringContaining('*2244'),
    ]);
    expect(messages(THIRD_PHONE)).toEqual([]);
  });

  test('waits, too, and anyone may put it on the card', async () => {
    await journal.upload();
    await ask(shop.till, { ...debt(THIRD_PHONE), journalHead: journal.journalHead });
    await saved(CASHIER, stranger);
    await journal.upload();
    expect((await kinds()).filter(([kind]) => kind === 'no-right')).toEqual([]);
    expect(await flags()).toMatchObject([
      { kind: 'change-waiting', customers: [stranger], operator: null, notice: null },
    ]);
  });

  test('waits also if a till names it beside another, and the first one is notified', async () => {
    await journal.upload(journal.entries, { contacts: [{ customer: stranger, phone: PHONE }] });
    await name(THIRD_PHONE);
    await settle();
    const until = shop.clock.now() + DAY;
    await later(60_000);
    await journal.upload();
    const asked = { ...debt(THIRD_PHONE), journalHead: journal.journalHead };
    expect((await ask(shop.till, asked)).json).toMatchObject({ kind: 'phone-held', until });
    await settle();
    expect(messages().filter((text) => text?.includes('*2244'))).toHaveLength(1);
  });
});

test('the first number of a card with a history is reported to the owners at once, several within the hour in one message', async () => {
  await shop.stop();
  shop = await openShop(withOwnersPhone);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  const name = async (phone: string) => {
    const of = uuidv7();
    await journal.sale(
      onAccountSale({ customer: of, onAccount: 100 }, overrideBy(shop.till.ownerId, 100)),
    );
    await journal.upload();
    await journal.idle();
    await journal.upload(journal.entries, { contacts: [{ customer: of, phone }] });
    await settle();
  };
  const about = () => messages(OWNER_PHONE).filter((text) => text?.includes('ждёт вашего'));
  await name(OTHER_PHONE);
  expect(about()).toEqual([expect.stringContaining(`${OTHER_MASKED} (Касса 1)`)]);
  await name(THIRD_PHONE);
  expect(about()).toHaveLength(1);
});

describe('a manager', () => {
  const waiting = {
    kind: 'change-waiting',
    phoneMasked: OTHER_MASKED,
    till: 'Касса 1',
    askedAt: START,
    operator: null,
    until: START + DAY,
  } as const;

  test('sees a waiting number, who asked, and whether the old one was notified', async () => {
    await askFor();
    await settle();
    const seen = { ...waiting, customers: [customer], notice: 'sent' };
    expect(await flags()).toEqual([seen]);
    await saved(shop.till.ownerId);
    await journal.upload();
    expect(await flags()).toEqual([{ ...seen, operator: shop.till.ownerId }]);
    expect(await kinds()).toEqual([]);
  });

  test('sees that the old number could not be notified', async () => {
    shop.smsru.next({ kind: 'code', code: 202, where: 'number' });
    await askFor();
    await settle();
    expect(await flags()).toMatchObject([{ notice: 'failed' }]);
  });

  test('sees for a month a number that came into force by waiting, whatever was requested since', async () => {
    await askFor();
    await settle();
    await later(DAY);
    const { until: since, ...change } = waiting;
    const taken = { ...change, kind: 'changed-by-waiting', since, customers: [customer] };
    expect(await flags()).toEqual([{ ...taken, notice: 'sent' }]);
    await askFor(THIRD_PHONE);
    await askFor(OTHER_PHONE);
    expect(await flags()).toEqual([{ ...taken, notice: 'sent' }]);
    await later(30 * DAY);
    await settle();
    expect(await flags()).toEqual([]);
  });

  test('cancels it; only an elevated operator can', async () => {
    await askFor();
    const callOff = () => shop.till.call('DELETE', `/customers/${customer}/phone-change/${START}`);
    await shop.till.signIn();
    expect((await callOff()).json).toEqual({ kind: 'elevation-needed', level: 'pin' });
    await shop.till.elevate();
    expect((await callOff()).status).toBe(204);
    expect((await callOff()).status).toBe(204);
    expect(await flags()).toEqual([]);
    await later(DAY);
    await shop.givePoints(customer, 340);
    expect((await ask(shop.till, points(PHONE))).status).toBe(201);
    expect((await ask(shop.till, points())).json.kind).toBe('phone-held');
  });

  test('sees a flag for a change that the card’s own entry shows to be made without the right', async () => {
    await askFor();
    await saved(CASHIER);
    await saved(shop.till.ownerId);
    await journal.upload();
    expect(await kinds()).toEqual([['no-right', 'change-customer-phone']]);
    expect(await flags()).toMatchObject([{ operator: CASHIER }]);
  });

  test('sees no flag for a card saved before, or for a number that the relay did not know', async () => {
    await saved(CASHIER);
    await later(600_000);
    const fresh = uuidv7();
    await askFor(OTHER_PHONE, fresh);
    await saved(CASHIER, fresh);
    await askFor();
    await journal.upload();
    expect((await kinds()).filter(([kind]) => kind === 'no-right')).toEqual([]);
    expect(await flags()).toMatchObject([{ operator: null }]);
  });
});
