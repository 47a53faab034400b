// A till from another relay, or whose relay lost its data: its whole journal is stored here.
// Acts of the former relay's time count once an owner accepts them; then each customer gets one message with their balance.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import { tillsReply } from '$lib/contract/till';
import { wordAccountNotice } from '$lib/domain/messages/notice-message';
import { disputedSince } from '../../relay/store/disputes';
import { openShop, OTHER_PHONE, PHONE, START, type Shop } from '../support/challenges';
import { startRelay, makeClock, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import {
  acceptanceOf,
  onAccountSale,
  overrideBy,
  pointsSale,
  TillJournal,
} from '../support/till-journal';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let shop: Shop;
/** The relay that lost its data, and the till as it was there. */
let gone: RunningRelay;
let former: TillJournal;
let anew: TillJournal;
let customer: string;
beforeEach(async () => {
  const clock = makeClock(START - 60 * DAY);
  gone = await startRelay({ now: clock.now });
  const till = await TillClient.ready(gone.url, clock.now);
  former = new TillJournal(till, clock.now);
  await former.enrolled();
  shop = await openShop();
  anew = new TillJournal(shop.till, shop.clock.now);
  customer = uuidv7();
});
afterEach(() => Promise.all([shop.stop(), gone.stop()]));

const formerTill = (): string => former.entries[0]?.till ?? '';
const override = (amount: number): Confirmation => overrideBy(uuidv7(), amount);
/** As written under the former relay: a grant that cannot be verified here, and a policy not signed here. */
const withCode = (amount: number): Confirmation => ({
  kind: 'code',
  action: 'sell-on-account',
  amount,
  challenge: uuidv7(),
  grant: 'a.b.c',
});
const owing = (amount: number, given: Confirmation, of = customer): Promise<Entry> =>
  former.sale(onAccountSale({ customer: of, onAccount: amount }, given), { policy: 7 });

async function connect(): Promise<void> {
  await anew.enrolled({ till: formerTill(), seq: former.head.seq, hash: former.head.hash });
}
async function bring(
  entries: readonly Entry[],
  contacts: { customer: string; phone: string }[] = [{ customer, phone: PHONE }],
): Promise<void> {
  for (const entry of entries) await anew.add({ act: 'carried-over', body: { entry } });
  const reply = await anew.upload(anew.entries, { contacts });
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
}

/** An owner accepts what waits. */
async function accept(till = shop.till): Promise<void> {
  await till.elevate();
  const { json } = await till.call('GET', '/tills');
  for (const { id, waiting } of tillsReply.parse(json).tills)
    for (const one of waiting) {
      const reply = await till.call('POST', `/tills/${id}/former-journal`, acceptanceOf(one));
      if (reply.status !== 204) throw new Error(JSON.stringify(reply.json));
    }
}
async function bringAndAccept(...brought: Parameters<typeof bring>): Promise<void> {
  await bring(...brought);
  await accept();
}

const flags = (): unknown =>
  shop.relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();
const owed = (of = customer): unknown =>
  shop.relay.file
    .prepare("SELECT SUM(delta) FROM journal_steps WHERE account = 'debt' AND customer = ?")
    .pluck()
    .get(of);
const messages = (to = PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map(({ fields }) => fields['msg']);
async function balancesSent(to = PHONE): Promise<(string | undefined)[]> {
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
  return messages(to);
}
const anHourLater = (): void => shop.clock.pass(HOUR);

test('debts, cards and acts made under the former relay count again, once, with one flag for the till', async () => {
  await owing(54_000, withCode(54_000));
  await owing(1_000, override(1_000));
  await former.idle();
  await connect();
  await bring(former.entries);
  expect(owed()).toBeNull();
  await accept();
  await bring(former.entries.slice(0, 2));
  await accept();
  expect(owed()).toBe(55_000);
  expect(flags()).toEqual([['former-relay', formerTill()]]);
});

test('later acts of the till are checked as usual', async () => {
  await owing(54_000, withCode(54_000));
  await connect();
  await bring(former.entries);
  await anew.sale(onAccountSale({ customer, onAccount: 100 }, withCode(100)));
  await anew.upload();
  expect(flags()).toEqual([
    ['former-relay', formerTill()],
    ['grant-invalid', 'sell-on-account'],
  ]);
});

test('acts under a former name do not count either after its device was enrolled here', async () => {
  await connect();
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  const at = shop.clock.now();
  const late = await former.sale(onAccountSale({ customer, onAccount: 100 }, withCode(100)), {
    at,
    policy: 1,
  });
  await bring([late]);
  expect(owed()).toBeNull();
  expect(await balancesSent()).toEqual([]);
});

test('nor do entries of a till that this one never claimed to be', async () => {
  const entry = await owing(100, withCode(100));
  await anew.enrolled();
  await bring([entry]);
  expect(flags()).toContainEqual(['foreign-entry', null]);
  expect(owed()).toBeNull();
  expect(await balancesSent()).toEqual([]);
});

describe('the customer', () => {
  test('gets no notices of old acts; an hour later they get one message with their balance', async () => {
    await owing(54_000, withCode(54_000));
    await owing(1_000, override(1_000));
    await connect();
    await bringAndAccept(former.entries);
    expect(await balancesSent()).toEqual([]);
    anHourLater();
    expect(await balancesSent()).toEqual([
      'Весна: учёт перенесён, у вас долг 550,00 ₽. Не так? Спросите в магазине.',
    ]);
    await shop.till.signIn();
    await bringAndAccept(former.entries);
    anHourLater();
    expect(await balancesSent()).toHaveLength(1);
  });

  test('gets no message about a dispute closed under the former relay; one that stayed open is open here', async () => {
    const sale = await owing(54_000, withCode(54_000));
    const disputed = { customer, about: sale.hash, note: null };
    const opened = await former.add({ act: 'dispute', body: disputed, policy: 7 });
    const closed = { customer, about: [opened.hash], outcome: 'stands', note: 'Asked them' };
    await former.add({ act: 'settled', body: closed, policy: 7 });
    await connect();
    await bringAndAccept(former.entries);
    anHourLater();
    expect(await balancesSent()).toEqual([expect.stringContaining('учёт перенесён')]);
    const { db } = shop.relay.relay;
    expect(await disputedSince(db, customer)).toBeNull();
    const again = await former.add({ act: 'dispute', body: disputed, policy: 7 });
    await shop.till.signIn();
    await bringAndAccept([again]);
    expect(await disputedSince(db, customer)).not.toBeNull();
  });

  test('gets it after a restart, too, and once', async () => {
    await owing(54_000, withCode(54_000));
    await connect();
    await bringAndAccept(former.entries);
    await shop.relay.restart();
    anHourLater();
    await balancesSent();
    await shop.relay.restart();
    expect(await balancesSent()).toHaveLength(1);
  });

  test('gets the sum with later uploads included, so that no till can leave anything out', async () => {
    const [, first, second] = [
      former.entries[0],
      await owing(100, withCode(100)),
      await owing(54_000, withCode(54_000)),
    ];
    await connect();
    await bringAndAccept([first]);
    anHourLater();
    expect(await balancesSent()).toEqual([expect.stringContaining('долг 1,00 ₽')]);
    await shop.till.signIn();
    await bringAndAccept([second]);
    anHourLater();
    expect(await balancesSent()).toEqual([
      expect.anything(),
      expect.stringContaining('долг 541,00 ₽'),
    ]);
  });

  test('gets redeemed points named, and no message if nothing concerns them', async () => {
    const other = uuidv7();
    const given = overrideBy(uuidv7(), 34_000, { action: 'redeem-points' });
    const redeemed = await former.sale(pointsSale({ customer, points: 340 }, given), { policy: 7 });
    const step = { customer: other, account: 'points', delta: 5 };
    const earned = await former.add({ act: 'gift', body: { accounts: [step] }, policy: 7 });
    await connect();
    await bringAndAccept(
      [redeemed, earned],
      [
        { customer, phone: PHONE },
        { customer: other, phone: OTHER_PHONE },
      ],
    );
    anHourLater();
    expect(await balancesSent()).toEqual([expect.stringContaining('нет ни долга, ни баллов')]);
    expect(await balancesSent(OTHER_PHONE)).toEqual([]);
  });

  test('gets it after the demo: the message waits for a service that can reach them', async () => {
    const clock = makeClock(START);
    const relay = await startRelay({ now: clock.now });
    try {
      const till = await TillClient.ready(relay.url, clock.now);
      anew = new TillJournal(till, clock.now);
      await owing(54_000, withCode(54_000));
      await connect();
      await bring(former.entries);
      await accept(till);
      clock.pass(DAY);
      await relay.relay.outbox.round();
      await till.signIn();
      expect((await till.call('GET', '/notices?since=0')).json['notices']).toEqual([]);
    } finally {
      await relay.stop();
    }
  });
});

test('thirty days of former codes count as codes: the next sale below the threshold is not flagged', async () => {
  await shop.till.elevate();
  const policy = structuredClone(await shop.till.policy());
  policy.methods['sell-on-account'].threshold = 10_000;
  const saved = await shop.till.putPolicy(1, policy);
  expect(saved.json.kind).toBe('policy');
  const at = START - DAY;
  const sale = onAccountSale({ customer, onAccount: 54_000 }, withCode(54_000));
  await former.sale(sale, { at, policy: 7 });
  await connect();
  await bring(former.entries);
  const because = 'below-threshold';
  const free = { kind: 'not-required', action: 'sell-on-account', amount: 100, because } as const;
  await anew.sale(onAccountSale({ customer, onAccount: 100 }, free), { policy: 2 });
  await anew.upload();
  expect(flags()).toEqual([['former-relay', formerTill()]]);
});

test('the text of the message', () => {
  const currency = { code: 'EUR', digits: 2 };
  const contact = '+49 30 000';
  const base = { name: 'Spring', contact, currency, messageLanguage: 'en' };
  const shop = base as unknown as Parameters<typeof wordAccountNotice>[1]['shop'];
  const of = (owed: number, points: number) => wordAccountNotice({ owed, points }, { shop });
  expect(of(54_000, 340)).toBe(
    'Spring: our records were moved; you owe €540.00 and have 340 points. Not right? +49 30 000',
  );
  expect(of(54_000, 0)).toBe(
    'Spring: our records were moved; you owe €540.00. Not right? +49 30 000',
  );
  expect(of(0, 1)).toBe('Spring: our records were moved; you have 1 point. Not right? +49 30 000');
  expect(of(0, 0)).toBe(
    'Spring: our records were moved; you owe nothing and have no points. Not right? +49 30 000',
  );
});
