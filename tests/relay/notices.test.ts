// Notices: a customer whose account changed without their code gets one message from the relay.
// It goes to the number known before. No till can word, stop or repeat it.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { SaleBody } from '$lib/contract/acts/sale';
import { noticesReply, type Notice } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { wordNotice, wordOperatorNotice } from '$lib/domain/messages/notice-message';
import {
  phoneChangeRequest,
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  START,
  tokensOf,
  type Shop,
} from '../support/challenges';
import { makeClock, startRelay } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient } from '../support/till-client';
import {
  challengeFor,
  onAccountSale,
  overrideBy,
  pointsSale,
  TillJournal,
} from '../support/till-journal';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const THIRD_PHONE = '+79031112244';

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop((policy) => ({
    ...policy,
    shop: { ...policy.shop, contact: '+7 495 000-00-00' },
  }));
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;
const override = (amount: number, parts = {}): Confirmation => overrideBy(owner(), amount, parts);
const debt = (onAccount: number, of = customer): SaleBody =>
  onAccountSale({ customer: of, onAccount }, override(onAccount));

async function upload(
  contacts: { customer: string; phone: string; cardSalt?: string }[] = [],
): Promise<void> {
  const reply = await journal.upload(journal.entries, { contacts });
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
}

async function listed(since = 0): Promise<{ notices: readonly Notice[]; cursor: number }> {
  return noticesReply.parse((await shop.till.call('GET', `/notices?since=${since}`)).json);
}
/** The notices after everything due was tried. */
async function notices(): Promise<readonly Notice[]> {
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
  return (await listed()).notices;
}
const states = async (): Promise<unknown> => (await notices()).map(({ state }) => state);
const messages = (to = PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map(({ fields }) => fields['msg']);
const later = async (ms: number): Promise<void> => {
  shop.clock.pass(ms);
  await shop.till.signIn();
};

test('a debt without a code is reported to the customer in the relay’s words', async () => {
  const entry = await journal.sale(debt(54_000));
  await upload();
  expect(await notices()).toEqual([
    {
      entry: entry.hash,
      till: shop.till.id,
      seq: 2,
      customer,
      state: 'sent',
      recipients: [
        { to: 'customer', phoneMasked: '+7 925 ··· 06 02', state: 'sent', because: null },
      ],
    },
  ]);
  expect(messages()).toEqual([
    expect.stringMatching(
      /^Весна: записан долг 540,00 ₽ без кода, \d\d\.\d\d \d\d:\d\d\. Не вы\? \+7 495 000-00-00$/,
    ),
  ]);
});

test('a number named with another secret of the card gets the notice, too, and is not registered', async () => {
  const stranger = uuidv7();
  await upload([{ customer: stranger, phone: OTHER_PHONE, cardSalt: 'd'.repeat(64) }]);
  await journal.sale(debt(54_000, stranger));
  await upload([{ customer: stranger, phone: THIRD_PHONE }]);
  await notices();
  expect([messages(OTHER_PHONE).length, messages(THIRD_PHONE).length]).toEqual([1, 1]);
  const registered = shop.relay.file.prepare('SELECT COUNT(*) FROM phone_changes').pluck().get();
  expect(registered).toBe(0);
});

test('a number named by a till that was removed gets its notices, and is not registered', async () => {
  const stranger = uuidv7();
  await journal.sale(debt(54_000, stranger));
  shop.till.tokens = tokensOf(shop.relay);
  await shop.till.elevate();
  await shop.till.call('DELETE', `/tills/${shop.till.id}`);
  shop.till.bearer = null;
  await upload([{ customer: stranger, phone: THIRD_PHONE }]);
  for (let n = 0; n < 2; n += 1) await shop.relay.relay.outbox.round();
  expect(messages(THIRD_PHONE)).toHaveLength(1);
  const registered = shop.relay.file.prepare('SELECT customer FROM phones').pluck().all();
  expect(registered).toEqual([customer]);
});

test('points without a code are reported, and a debt beside them in the same message', async () => {
  const both = pointsSale({ customer, points: 340 }, override(34_000, { action: 'redeem-points' }));
  await journal.sale({
    ...both,
    accounts: [...both.accounts, { customer, account: 'debt', delta: 1000 }],
    confirmations: [...both.confirmations, override(1000)],
  });
  await upload();
  await notices();
  expect(messages()).toEqual([
    expect.stringContaining('списано 340 баллов и записан долг 10,00 ₽ без кода'),
  ]);
});

test('acts that needed no code, imports and acts of a later version are reported as well', async () => {
  const other = uuidv7();
  await shop.trust(other, OTHER_PHONE);
  const notRequired = { kind: 'not-required', action: 'sell-on-account', amount: 100 } as const;
  await journal.sale(
    onAccountSale({ customer, onAccount: 100 }, { ...notRequired, because: 'below-threshold' }),
  );
  const accounts = [customer, other].map((of) => ({ customer: of, account: 'debt', delta: 200 }));
  const none = { kind: 'none', action: 'sell-on-account', amount: 200, because: 'import' };
  const cards = {
    source: 'file',
    customers: [],
    accounts,
    confirmations: [none, none],
    approval: null,
  };
  await journal.add({ act: 'customers-imported', body: cards });
  const step = { customer: other, account: 'debt', delta: 300 };
  await journal.add({ act: 'fee-charged', body: { accounts: [step], confirmations: [] } });
  await upload();
  expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent']);
  expect([messages(), messages(OTHER_PHONE)]).toEqual([
    [expect.stringContaining('2 записи без кода на 3,00 ₽')],
    [expect.stringContaining('2 записи без кода на 5,00 ₽')],
  ]);
});

test('a debt with the customer’s own code is not reported, nor is an act that only earns or repays', async () => {
  const body = debt(54_000);
  const id = uuidv7();
  const asked = challengeFor(body, PHONE);
  await ask(shop.till, debtRequest({ ...asked, journalHead: journal.journalHead }), id);
  const { json } = await check(shop.till, id, shop.smsru.codes.at(-1)!);
  const grant = String(json.grant);
  const code = { kind: 'code', action: 'sell-on-account', amount: 54_000, challenge: id } as const;
  await journal.sale({ ...body, confirmations: [{ ...code, grant }] });
  await journal.sale({
    ...debt(100),
    accounts: [
      { customer, account: 'debt', delta: -100 },
      { customer, account: 'points', delta: 7 },
    ],
    confirmations: [],
  });
  await upload();
  expect(await notices()).toEqual([]);
});

test('a forged code does not prevent the notice about the debt', async () => {
  const id = uuidv7();
  const forged = { kind: 'code', action: 'sell-on-account', amount: 100 } as const;
  await journal.sale(
    onAccountSale({ customer, onAccount: 100 }, { ...forged, challenge: id, grant: 'a.b.c' }),
  );
  await upload();
  expect(await states()).toEqual(['sent']);
});

test('nor does an invalid body', async () => {
  await journal.sale({ ...debt(100), surprise: true } as never);
  await upload();
  expect(await states()).toEqual(['sent']);
});

test('many movements of one act are reported as sums, so that no text is too long', async () => {
  const accounts = Array.from({ length: 300 }, () => ({
    customer,
    account: 'debt',
    delta: 54_000,
  }));
  const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
  const imported = { source: 'file', customers: [card], confirmations: [], approval: null };
  await journal.add({ act: 'customers-imported', body: { ...imported, accounts } });
  await upload();
  await notices();
  expect(messages()).toEqual([
    expect.stringMatching(/^Весна: записан долг 162 000,00 ₽ без кода, /),
  ]);
});

describe('the notice goes to', () => {
  /** Registers another number, with a code to the one before. */
  async function changePhone(from: string, to: string): Promise<void> {
    const id = uuidv7();
    await ask(shop.till, phoneChangeRequest({ id: customer, phone: from }, to), id);
    await check(shop.till, id, shop.smsru.codes.at(-1)!);
    const asked = { phone: to, challenge: id };
    const reply = await shop.till.call('PUT', `/customers/${customer}/phone`, asked);
    if (reply.json.kind !== 'changed') throw new Error(JSON.stringify(reply.json));
  }
  const sentTo = (to: string) => messages(to).filter((text) => text?.includes('без кода')).length;

  test('the number registered before the act and every newer one, each once, and to no earlier one', async () => {
    await later(HOUR);
    await changePhone(PHONE, OTHER_PHONE);
    await later(HOUR);
    await journal.sale(debt(100));
    await later(HOUR);
    await changePhone(OTHER_PHONE, THIRD_PHONE);
    await upload();
    await notices();
    expect([PHONE, OTHER_PHONE, THIRD_PHONE].map(sentTo)).toEqual([0, 1, 1]);
  });

  test('a number that only a till has named, if none was registered; it may be named later', async () => {
    const stranger = uuidv7();
    await journal.sale(debt(100, stranger));
    await upload();
    expect(await notices()).toMatchObject([{ state: 'failed', recipients: [] }]);
    await later(DAY);
    await upload([{ customer: stranger, phone: OTHER_PHONE }]);
    expect(await states()).toEqual(['sent']);
    expect(sentTo(OTHER_PHONE)).toBe(1);
  });

  test('only the registered number, if a till names another', async () => {
    await journal.sale(debt(100));
    await upload([{ customer, phone: OTHER_PHONE }]);
    await notices();
    expect([PHONE, OTHER_PHONE].map(sentTo)).toEqual([1, 0]);
  });

  test('no number with a prefix that the shop does not allow', async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, { ...policy, allowedPrefixes: ['+79'] });
    const stranger = uuidv7();
    await journal.sale(debt(100, stranger));
    await upload([{ customer: stranger, phone: '+3726001234' }]);
    expect(await notices()).toMatchObject([
      { state: 'failed', recipients: [{ because: 'country-not-allowed' }] },
    ]);
    expect(sentTo('+3726001234')).toBe(0);
  });
});

describe('the operator named by an override', () => {
  const withPhone = async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, withOwnersPhone(policy));
  };

  test('gets a notice as well, in other words', async () => {
    await withPhone();
    await journal.sale(debt(54_000), { policy: 2 });
    await upload();
    expect(await notices()).toMatchObject([
      { state: 'sent', recipients: [{ to: 'customer' }, { to: 'operator', state: 'sent' }] },
    ]);
    expect(messages(OWNER_PHONE).at(-1)).toMatch(
      /^Весна: по вашему праву записан долг 540,00 ₽ без кода, .*\. Не вы\? Смените PIN и скажите владельцу\.$/,
    );
  });

  test('gets it at their present number, too, whatever policy the till names', async () => {
    await withPhone();
    await journal.sale(debt(54_000), { policy: 1 });
    await journal.sale(debt(100), { policy: 2 });
    const policy = await shop.till.policy();
    const [me] = policy.operators;
    await shop.till.putPolicy(2, { ...policy, operators: [{ ...me!, phone: THIRD_PHONE }] });
    await upload();
    await notices();
    const sentTo = (to: string) => messages(to).filter((text) => text?.includes('по вашему праву'));
    expect([sentTo(OWNER_PHONE), sentTo(THIRD_PHONE)]).toEqual([
      [expect.stringContaining('записан долг 1,00 ₽')],
      [expect.stringContaining('2 записи без кода на 541,00 ₽')],
    ]);
  });

  test('gets one message about a purchase of their own', async () => {
    await withPhone();
    const themselves = uuidv7();
    await shop.trust(themselves, OWNER_PHONE);
    const before = messages(OWNER_PHONE).length;
    await journal.sale(debt(100, themselves), { policy: 2 });
    await upload();
    await notices();
    expect(messages(OWNER_PHONE).length - before).toBe(1);
  });

  test('does not make the customer’s notice fail if their own message fails', async () => {
    await withPhone();
    await notices();
    shop.smsru.next({ kind: 'ok' }, { kind: 'code', code: 202, where: 'number' });
    await journal.sale(debt(100), { policy: 2 });
    await upload();
    expect(await notices()).toMatchObject([
      { state: 'sent', recipients: [{ state: 'sent' }, { state: 'failed', because: 'bad-phone' }] },
    ]);
  });
});

/** Uploads small debts without a code one by one, each followed by a round. */
async function flood(acts: number, onAccount = 1): Promise<void> {
  for (let i = 0; i < acts; i += 1) {
    await journal.sale(debt(onAccount));
    await upload();
    await shop.relay.relay.outbox.round();
  }
}

describe('small acts are merged hourly', () => {
  const waiting = (all: readonly Notice[]) => all.filter(({ state }) => state === 'waiting').length;

  test('the first is reported at once, those of the next hour in one message, and each is then sent', async () => {
    await flood(1, 3000);
    await later(10 * 60_000);
    await flood(11, 1000);
    expect([waiting(await notices()), messages().length]).toEqual([11, 1]);
    await later(HOUR - 10 * 60_000 - 1);
    expect([waiting(await notices()), messages().length]).toEqual([11, 1]);
    await later(1);
    expect([waiting(await notices()), messages().length]).toEqual([0, 2]);
    expect(messages().at(-1)).toMatch(
      /^Весна: 11 записей без кода на 110,00 ₽ с \d\d\.\d\d \d\d:\d\d\. Не вы\? \+7 495 000-00-00$/,
    );
    await later(5 * HOUR);
    expect([await states(), messages().length]).toEqual([Array(12).fill('sent'), 2]);
  });

  test('debts and points of one upload are one message with both sums', async () => {
    await journal.sale(debt(2000));
    await journal.sale(debt(10_000));
    const points = override(1500, { action: 'redeem-points' });
    await journal.sale(pointsSale({ customer, points: 15 }, points));
    await upload();
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
    expect(messages()).toEqual([
      expect.stringContaining('3 записи без кода на 120,00 ₽ и 15 баллов с '),
    ]);
  });

  test('an ordinary day of a customer is reported act by act', async () => {
    for (let i = 0; i < 5; i += 1) {
      await flood(1, 10_000);
      await later(2 * HOUR);
    }
    expect(messages()).toEqual(Array(5).fill(expect.stringContaining('записан долг 100,00 ₽')));
  });

  test('the operator whose right they name gets them merged as well', async () => {
    await shop.till.putPolicy(1, withOwnersPhone(await shop.till.policy()));
    await notices();
    const before = messages(OWNER_PHONE).length;
    await flood(10);
    await later(HOUR);
    await notices();
    expect(messages(OWNER_PHONE).slice(before)).toEqual([
      expect.stringContaining('по вашему праву записан долг 0,01 ₽ без кода'),
      expect.stringMatching(/: по вашему праву 9 записей без кода на 0,09 ₽ с .* Смените PIN/),
    ]);
  });

  test('a refusal by the service delays all of a message together, and nothing is lost or doubled', async () => {
    await flood(1);
    await journal.sale(debt(2));
    await journal.sale(debt(3));
    await upload();
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' }); // no money
    await later(HOUR);
    expect(await notices()).toMatchObject([
      { state: 'sent' },
      { state: 'waiting', recipients: [{ because: 'no-money' }] },
      { state: 'waiting', recipients: [{ because: 'no-money' }] },
    ]);
    await later(30_000);
    expect([waiting(await notices()), messages().length]).toEqual([0, 3]);
    expect(messages().at(-1)).toContain('2 записи без кода на 0,05 ₽');
  });

  test('a merged message that was being sent when the relay stopped is not sent again for any of its acts', async () => {
    await flood(1);
    await flood(3);
    shop.smsru.next({ kind: 'held' });
    await later(HOUR);
    void shop.relay.relay.outbox.round();
    await expect.poll(() => shop.smsru.sends.length).toBe(2);
    await shop.relay.restart();
    shop.smsru.release();
    await later(2 * HOUR);
    expect(await states()).toEqual(['sent', 'maybe-sent', 'maybe-sent', 'maybe-sent']);
    expect(messages()).toHaveLength(2);
  });
});

describe('a flood of small acts delays nothing that matters', () => {
  test('neither the news of a changed number nor the notice of 2 990', async () => {
    await flood(12);
    const before = messages().length;
    const asked = { phone: OTHER_PHONE, challenge: null };
    await shop.till.call('PUT', `/customers/${customer}/phone`, asked);
    await flood(1, 299_000);
    expect(messages().slice(before)).toEqual([
      expect.stringContaining('просят сменить номер'),
      expect.stringContaining('записан долг 2 990,00 ₽ без кода'),
    ]);
  });

  test('nor does a flood of large ones: the fourth of a day is reported within the hour, a change at once', async () => {
    await flood(4, 100_000);
    expect(messages()).toHaveLength(4);
    await flood(2, 100_000);
    expect(messages()).toHaveLength(4);
    const asked = { phone: OTHER_PHONE, challenge: null };
    await shop.till.call('PUT', `/customers/${customer}/phone`, asked);
    await notices();
    expect(messages().at(-1)).toContain('просят сменить номер');
    await later(HOUR);
    expect(await states()).toEqual(Array(6).fill('sent'));
    expect(messages().at(-1)).toContain('2 записи без кода на 2 000,00 ₽');
    await later(DAY);
    await flood(1, 100_000);
    expect(messages(OTHER_PHONE)).toEqual([expect.stringContaining('записан долг 1 000,00 ₽')]);
  });

  test('what is large is a setting of the shop', async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, { ...policy, notices: { ...policy.notices, largeFrom: 5000 } });
    await flood(1);
    await flood(1, 4999);
    expect(messages()).toHaveLength(1);
    await flood(1, 5000);
    expect(messages().at(-1)).toContain('50,00 ₽');
  });
});

describe('once, and until it is final', () => {
  test('the same entry again, or carried over to another till, sends nothing more', async () => {
    const entry = await journal.sale(debt(100));
    await upload();
    await upload();
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    const offer = await shop.till.call('POST', '/tills/enrolments');
    await other.enrol(offer.json.token as string);
    await other.signIn();
    const anew = new TillJournal(other, shop.clock.now);
    await anew.enrolled({ till: shop.till.id, seq: entry.seq, hash: entry.hash });
    await anew.add({ act: 'carried-over', body: { entry }, operator: owner() });
    await anew.upload();
    expect(await notices()).toMatchObject([{ entry: entry.hash, state: 'sent' }]);
    expect(messages()).toHaveLength(1);
  });

  test('with a service without money it is tried again, with longer and longer pauses, until it is sent', async () => {
    shop.smsru.next(
      { kind: 'code', code: 201, where: 'number' },
      { kind: 'code', code: 201, where: 'number' },
    );
    await journal.sale(debt(100));
    await upload();
    expect(await notices()).toMatchObject([
      { state: 'waiting', recipients: [{ because: 'no-money' }] },
    ]);
    await later(30_000);
    expect(await states()).toEqual(['waiting']);
    await later(30_000);
    expect([await states(), messages().length]).toEqual([['waiting'], 2]);
    await later(30_000);
    expect([await states(), messages().length]).toEqual([['sent'], 3]);
  });

  test('if the service never answered, it may have been sent, and is not sent twice', async () => {
    shop.smsru.next({ kind: 'half-close' });
    await journal.sale(debt(100));
    await upload();
    expect(await notices()).toMatchObject([
      { state: 'maybe-sent', recipients: [{ because: 'timeout-unknown' }] },
    ]);
    await later(DAY);
    expect([await states(), messages().length]).toEqual([['maybe-sent'], 1]);
  });

  test('after a month it has failed, and its state says so', async () => {
    await shop.smsru.stop();
    await journal.sale(debt(100));
    await upload();
    expect(await states()).toEqual(['waiting']);
    await later(31 * DAY);
    expect(await states()).toEqual(['failed']);
  });

  test('a message that was being sent when the relay stopped counts as maybe sent', async () => {
    shop.smsru.next({ kind: 'held' });
    await journal.sale(debt(100));
    await upload();
    await expect.poll(() => shop.smsru.sends.length).toBe(1);
    await shop.relay.restart();
    shop.smsru.release();
    await shop.till.signIn();
    expect([await states(), messages().length]).toEqual([['maybe-sent'], 1]);
  });

  test('a message that waited when the relay stopped is sent afterwards', async () => {
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    await journal.sale(debt(100));
    await upload();
    await notices();
    await shop.relay.restart();
    await later(HOUR);
    expect(await states()).toEqual(['sent']);
  });

  test('an owner’s message about a weakened rule does not wait for small acts, nor count as one', async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, withOwnersPhone(policy, PHONE));
    await flood(12);
    const before = messages().length;
    const withPhone = await shop.till.policy();
    const credit = { ...withPhone.credit, debtLimit: 9e9 };
    await shop.till.putPolicy(2, { ...withPhone, credit });
    await notices();
    expect(messages().slice(before)).toEqual([expect.stringContaining('предел долга')]);
  });

  test('acts for proven numbers come first, then imports, then contacts named by tills', async () => {
    const strangers = [uuidv7(), uuidv7()] as const;
    const named = [OTHER_PHONE, THIRD_PHONE];
    const imported = (of: string) => {
      const none = { kind: 'none', action: 'sell-on-account', amount: 1, because: 'import' };
      const accounts = [{ customer: of, account: 'debt', delta: 1 }];
      const body = {
        source: 'file',
        customers: [],
        accounts,
        confirmations: [none],
        approval: null,
      };
      return journal.add({ act: 'customers-imported', body });
    };
    await imported(strangers[0]);
    await journal.sale(debt(100, strangers[1]));
    await imported(customer);
    await journal.sale(debt(100));
    await upload(strangers.map((of, i) => ({ customer: of, phone: named[i]! })));
    await notices();
    expect(shop.smsru.sends.map(({ fields }) => fields['to'])).toEqual(
      [PHONE, THIRD_PHONE, OTHER_PHONE].map((phone) => phone.slice(1)),
    );
  });

  test('notices do not use up the limits of codes', async () => {
    const policy = await shop.till.policy();
    const limits = { ...policy.limits, perPhoneHour: 1, perPhoneDay: 1 };
    await shop.till.putPolicy(1, { ...policy, limits });
    for (let i = 0; i < 3; i += 1) await journal.sale(debt(100));
    await upload();
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
    const request = debtRequest({
      customer: { id: customer, phone: PHONE },
      journalHead: journal.journalHead,
    });
    expect((await ask(shop.till, request)).json.kind).toBe('awaiting-code');
  });
});

test('debts whose sum is too large for an exact number are reported in one message, and stop no other', async () => {
  for (let n = 0; n < 5; n += 1) await journal.sale(debt(9e15));
  await upload();
  const other = uuidv7();
  await shop.trust(other, OTHER_PHONE);
  for (let hour = 0; hour < 3; hour += 1) {
    await notices();
    await later(HOUR);
  }
  await journal.sale(debt(54_000, other));
  await upload();
  expect((await notices()).map(({ state }) => state)).toEqual(Array(6).fill('sent'));
  expect(messages(OTHER_PHONE)).toHaveLength(1);
});

test('any till can page through the states by a cursor and gets what has changed since', async () => {
  shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
  const first = await journal.sale(debt(100));
  await upload();
  await notices();
  const before = await listed();
  const other = uuidv7();
  await shop.trust(other, OTHER_PHONE);
  await journal.sale(debt(200, other));
  await upload();
  await notices();
  const since = await listed(before.cursor);
  expect(since.notices.map(({ seq, state }) => [seq, state])).toEqual([[3, 'sent']]);
  await later(HOUR);
  await notices();
  expect((await listed(since.cursor)).notices).toMatchObject([
    { entry: first.hash, state: 'sent' },
  ]);
  expect((await listed((await listed()).cursor)).notices).toEqual([]);
});

test('a relay that is closed while it sends reports no failure', async () => {
  const { outbox, close } = shop.relay.relay;
  const round = outbox.round();
  close();
  await round;
  expect(shop.relay.log).not.toContainEqual(expect.objectContaining({ event: 'notices-failed' }));
});

test('no number is stored or logged in clear', async () => {
  await journal.sale(debt(100));
  await upload();
  await notices();
  const row = shop.relay.file.prepare('SELECT * FROM outbox_recipients').all();
  expect(JSON.stringify([row, shop.relay.log])).not.toContain(PHONE.slice(-9));
});

test('a month after the message its text and its number are deleted, and it is still not sent again', async () => {
  const stranger = uuidv7();
  shop.smsru.next({ kind: 'half-close' });
  const other = uuidv7();
  await shop.trust(other, OTHER_PHONE);
  await journal.sale(debt(100));
  await journal.sale(debt(200, other));
  await journal.sale(debt(300, stranger));
  await upload();
  await notices();
  const db = shop.relay.file;
  const kept = () =>
    [
      db
        .prepare(
          'SELECT text, COALESCE(length(phone), 0) AS phone FROM outbox_recipients ORDER BY id',
        )
        .all(),
      db.prepare("SELECT text FROM outbox WHERE purpose <> 'daily-summary' ORDER BY id").all(),
    ].flat() as { text: string; phone?: number }[];
  await later(30 * DAY - 1);
  await notices();
  expect(kept().filter(({ text, phone }) => text === '' || phone === 0)).toEqual([]);
  await later(1);
  await notices();
  expect(kept()).toEqual([
    ...Array.from({ length: 2 }, () => ({ text: '', phone: 0 })),
    ...Array.from({ length: 3 }, () => ({ text: '' })),
  ]);
  const before = messages().length;
  await shop.relay.restart();
  await shop.till.signIn();
  await upload();
  expect(await notices()).toMatchObject([
    { state: 'failed', recipients: [] },
    { state: 'maybe-sent', recipients: [{ phoneMasked: null, state: 'maybe-sent' }] },
    { state: 'sent', recipients: [{ phoneMasked: null, state: 'sent' }] },
  ]);
  expect(messages()).toHaveLength(before);
});

test('a waiting notice keeps its text until it is final', async () => {
  await shop.smsru.stop();
  await journal.sale(debt(100));
  await upload();
  await notices();
  const row = () => shop.relay.file.prepare('SELECT state, text FROM outbox_recipients').get();
  await later(31 * DAY);
  await shop.relay.relay.outbox.round();
  expect(row()).toEqual({ state: 'failed', text: expect.stringContaining('1,00') as string });
  await shop.relay.relay.outbox.round();
  expect(row()).toEqual({ state: 'failed', text: '' });
});

describe('under the demo', () => {
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let till: TillClient;
  let demo: TillJournal;
  const clock = makeClock(START);
  beforeEach(async () => {
    relay = await startRelay({ now: clock.now });
    till = await TillClient.ready(relay.url, clock.now);
    demo = new TillJournal(till, clock.now);
    await demo.enrolled();
  });
  afterEach(() => relay.stop());

  test('a notice appears on the demo phone', async () => {
    await demo.sale(onAccountSale({ customer, onAccount: 100 }, overrideBy(till.ownerId, 100)));
    await demo.upload(demo.entries, { contacts: [{ customer, phone: '+70000000101' }] });
    await relay.relay.outbox.round();
    expect(relay.relay.provider.demoMailbox.messages()).toMatchObject([
      { phone: '+70000000101', text: expect.stringContaining('без кода') as string },
    ]);
  });

  test('the debts of the demo’s own customers are not reported', async () => {
    const none = { kind: 'none', action: 'sell-on-account', amount: 200, because: 'demo' };
    const accounts = [{ customer, account: 'debt', delta: 200 }];
    const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
    const cards = {
      source: 'demo',
      customers: [card],
      accounts,
      confirmations: [none],
      approval: null,
    };
    await demo.add({ act: 'customers-imported', body: cards });
    await demo.upload();
    expect((await till.call('GET', '/notices')).json).toMatchObject({ notices: [] });
  });
});

describe('the text', () => {
  const english: Pick<Policy, 'shop'> = {
    shop: {
      id: uuidv7(),
      name: 'Spring',
      contact: '',
      currency: { code: 'EUR', digits: 2 },
      phoneCountry: 'IE',
      timeZone: 'Europe/Dublin',
      vat: 'none',
      messageLanguage: 'en',
    },
  };
  const moment = { at: Date.UTC(2026, 10, 25, 17, 40), zone: 'Europe/Dublin' };
  const news = [
    { action: 'redeem-points', moved: 1 },
    { action: 'sell-on-account', moved: 54_000 },
  ] as const;

  test('in English, without a shop phone', () => {
    expect(
      wordNotice(
        news,
        { act: 'sale', without: 'no-code', person: null, withheld: null },
        english,
        moment,
      ),
    ).toBe(
      'Spring: 1 point redeemed and a debt of €540.00 recorded without a code, 25/11 17:40. Not you? Ask the shop.',
    );
    expect(
      wordNotice(
        news.slice(1),
        { act: 'sale', without: 'reserve-code', person: null, withheld: null },
        english,
        moment,
      ),
    ).toBe(
      'Spring: a debt of €540.00 recorded by a reserve code, 25/11 17:40. Not you? Ask the shop.',
    );
    expect(wordOperatorNotice(news.slice(1), { act: 'sale' }, english, moment)).toBe(
      'Spring: by your right a debt of €540.00 recorded without a code, 25/11 17:40. Not you? Change your PIN and tell the owner.',
    );
  });

  test('of a cancelled repayment in words of its own', () => {
    const cancelled = {
      act: 'repayment-cancelled',
      without: 'no-code',
      person: null,
      withheld: null,
    } as const;
    expect(wordNotice(news.slice(1), cancelled, english, moment)).toBe(
      'Spring: a debt payment of €540.00 cancelled without a code, 25/11 17:40. Not you? Ask the shop.',
    );
    const kept = { ...cancelled, withheld: { points: 8, amount: 800 } };
    expect(wordNotice(news.slice(1), kept, english, moment)).toBe(
      'Spring: a debt payment of €540.00 cancelled without a code, €8.00 kept of the money: 8 points spent, 25/11 17:40. Not you? Ask the shop.',
    );
    expect(wordOperatorNotice(news.slice(1), cancelled, english, moment)).toBe(
      'Spring: by your right a debt payment of €540.00 cancelled without a code, 25/11 17:40. Not you? Change your PIN and tell the owner.',
    );
  });

  test('with the time in the shop’s time zone', () => {
    const zone = 'Asia/Vladivostok';
    expect(
      wordNotice(
        news.slice(1),
        { act: 'sale', without: 'no-code', person: null, withheld: null },
        english,
        {
          ...moment,
          zone,
        },
      ),
    ).toContain('26/11 03:40');
  });
});
