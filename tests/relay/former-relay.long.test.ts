// Entries that a till carries over from a former till that this relay never enrolled.
// They move nothing until an owner accepts them with a code.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import type { Operator, Policy } from '$lib/contract/policy';
import { tillsReply, type FormerAccepted, type FormerWaiting } from '$lib/contract/till';
import { CONSENT_HEADER } from '$lib/contract/version';
import { disputedSince } from '../../relay/store/disputes';
import { creditOf } from '../../relay/store/credits';
import { ask, check, PHONE, START, tokensOf, type Shop } from '../support/challenges';
import { verifierOf } from '../support/pin-verifiers';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { openProvenShop } from '../support/second-factor';
import { OWNER_PHONE, TillClient, type Reply } from '../support/till-client';
import {
  acceptanceOf,
  challengeFor,
  onAccountSale,
  overrideBy,
  pointsSale,
  TillJournal,
} from '../support/till-journal';

const HOUR = 3_600_000;
const MANAGER = uuidv7();
const MANAGER_PIN = '864209';
const manager: Operator = {
  id: MANAGER,
  name: 'Пётр',
  group: 'manager',
  pin: verifierOf(MANAGER_PIN),
  phone: null,
  taxNumber: null,
  active: true,
};
const CASHIER = uuidv7();
const cashier: Operator = { ...manager, id: CASHIER, name: 'Анна', group: 'cashier' };
const withManager = (policy: Policy): Policy => ({
  ...policy,
  operators: [...policy.operators, manager, cashier],
  groups: policy.groups.map((group) =>
    group.id === 'manager' ? { ...group, rights: [...group.rights, 'settings'] } : group,
  ),
});

let gone: RunningRelay;
let shop: Shop;
/** The till at the relay that lost its data, and its new name here. */
let former: TillJournal;
let anew: TillJournal;
let customer: string;
beforeEach(async () => {
  const clock = makeClock(START - 60 * 24 * HOUR);
  gone = await startRelay({ now: clock.now });
  former = new TillJournal(await TillClient.ready(gone.url, clock.now), clock.now);
  await former.enrolled();
  shop = await openProvenShop(withManager);
  anew = new TillJournal(shop.till, shop.clock.now);
  customer = uuidv7();
});
afterEach(() => Promise.all([shop.stop(), gone.stop()]));

const withCode = (amount: number): Confirmation => ({
  kind: 'code',
  action: 'sell-on-account',
  amount,
  challenge: uuidv7(),
  grant: 'a.b.c',
});
const owing = (amount: number, of = customer): Promise<Entry> =>
  former.sale(onAccountSale({ customer: of, onAccount: amount }, withCode(amount)), { policy: 7 });
const card = (credit: object): Promise<Entry> =>
  former.add({
    act: 'customer-saved',
    body: { customer, recordHash: 'a'.repeat(64), credit },
    policy: 7,
  });

async function bring(entries: readonly Entry[] = former.entries): Promise<void> {
  await shop.till.signIn();
  if (anew.entries.length === 0) {
    const { seq, hash } = former.head;
    await anew.enrolled({ till: former.till.id, seq, hash });
  }
  for (const entry of entries) await anew.add({ act: 'carried-over', body: { entry } });
  const contacts = [{ customer, phone: PHONE }];
  const reply = await anew.upload(anew.entries, { contacts });
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
}

const query = (sql: string): unknown[] => shop.relay.file.prepare(sql).raw().all();
const flags = (): unknown[] => query('SELECT kind, detail FROM flags ORDER BY cursor');
const counted = (): unknown[] =>
  query('SELECT account, delta FROM journal_steps ORDER BY step, delta');
async function sent(): Promise<(string | undefined)[]> {
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
  return shop.smsru.sends
    .filter(({ fields }) => fields['to'] === PHONE.slice(1))
    .map(({ fields }) => fields['msg']);
}

async function trust(): Promise<void> {
  shop.till.tokens = tokensOf(shop.relay);
  await shop.till.elevate();
  await shop.trust(customer, PHONE);
  shop.till.tokens = null;
}

/** The waiting entries, as an owner sees them. */
async function waiting(till = shop.till): Promise<readonly FormerWaiting[]> {
  await till.elevate({ token: await tokensOf(shop.relay)() });
  const { json } = await till.call('GET', '/tills');
  return tillsReply.parse(json).tills.flatMap((one) => one.waiting);
}
const accept = (asked: object, headers = {}, at = shop.till.id): Promise<Reply> =>
  shop.till.call('POST', `/tills/${at}/former-journal`, asked, headers);
const asManager = (): Promise<Reply> =>
  shop.till.elevate({ operatorId: MANAGER, pin: MANAGER_PIN, level: 'pin' });
async function only(): Promise<FormerAccepted> {
  const [one] = await waiting();
  return acceptanceOf(one!);
}
/** The reply to the request with the code that the owner got for it. */
async function byCode(asked: object): Promise<Reply> {
  await asManager();
  const first = await accept(asked);
  if (first.json.kind !== 'consent-needed') return first;
  return accept(asked, { [CONSENT_HEADER]: `code:${shop.smsru.codes.at(-1) ?? ''}` });
}

describe('until an owner accepts them, entries of a former till', () => {
  test('are kept without a gap and move nothing; one flag names the till', async () => {
    await card({ kind: 'unlimited' });
    const sale = await owing(54_000);
    await former.sale(
      pointsSale(
        { customer, points: 340 },
        overrideBy(uuidv7(), 34_000, { action: 'redeem-points' }),
      ),
      { policy: 7 },
    );
    await former.add({
      act: 'dispute',
      body: { customer, about: sale.hash, note: null },
      policy: 7,
    });
    await bring();
    expect(query('SELECT COUNT(*) FROM journal WHERE till <> shop')).toEqual([[6]]);
    expect(flags()).toEqual([['former-relay', former.till.id]]);
    expect(counted()).toEqual([]);
    expect(query('SELECT * FROM journal_acts')).toEqual([]);
    const { db } = shop.relay.relay;
    expect(await creditOf(db, customer)).toBeNull();
    expect(await disputedSince(db, customer)).toBeNull();
    shop.clock.pass(2 * HOUR);
    expect(await sent()).toEqual([]);
  });

  test('are shown with till, count and sums, each customer’s balance by itself', async () => {
    const other = uuidv7();
    await owing(54_000);
    await former.add({
      act: 'customers-imported',
      policy: 7,
      body: {
        source: 'file',
        customers: [],
        confirmations: [],
        approval: null,
        accounts: [
          { customer, account: 'debt', delta: -4_000 },
          { customer: other, account: 'debt', delta: -1_000 },
          { customer: other, account: 'points', delta: 70 },
        ],
      },
    });
    await bring();
    const { seq, hash } = former.head;
    expect(await waiting()).toEqual([
      {
        former: former.till.id,
        entries: 3,
        head: { seq, hash },
        since: START,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        sums: { customers: 2, debt: 50_000, prepaid: 1_000, points: 70 },
      },
    ]);
  });

  test('neither spend a code nor count as the sale that it confirmed, which stays missing', async () => {
    await trust();
    await bring([]);
    const body = onAccountSale({ customer, onAccount: 54_000 }, null);
    const asked = challengeFor(body, PHONE);
    const id = uuidv7();
    await ask(shop.till, { ...asked, journalHead: anew.journalHead }, id);
    const { json } = await check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
    const given: Confirmation = {
      kind: 'code',
      action: 'sell-on-account',
      amount: 54_000,
      challenge: id,
      grant: json.grant as string,
    };
    await bring([await former.sale({ ...body, confirmations: [given] }, { policy: 1 })]);
    expect(query('SELECT * FROM grants_spent')).toEqual([]);
    shop.clock.pass(HOUR);
    await shop.till.signIn();
    await anew.idle();
    await anew.upload();
    expect(flags()).toContainEqual(['grant-unclaimed', body.sale]);
  });

  test('give no points to redeem by a code; accepted they do', async () => {
    await trust();
    await former.add({
      act: 'customers-imported',
      policy: 7,
      body: {
        source: 'file',
        customers: [],
        confirmations: [],
        approval: null,
        accounts: [{ customer, account: 'points', delta: 5_000 }],
      },
    });
    await bring();
    const asked = challengeFor(pointsSale({ customer, points: 100 }, null), PHONE);
    const redeem = () => ask(shop.till, { ...asked, journalHead: anew.journalHead });
    expect((await redeem()).json.kind).toBe('points-short');
    expect((await byCode(await only())).status).toBe(204);
    expect((await redeem()).json.kind).toBe('awaiting-code');
  });

  test('count for the device itself, which is not flagged for its own card, debt or dispute', async () => {
    await card({ kind: 'own-limit', limit: 60_000 });
    const sale = await owing(54_000);
    const opened = await former.add({
      act: 'dispute',
      policy: 7,
      body: { customer, about: sale.hash, note: null },
    });
    await bring();
    const settled = { customer, about: [opened.hash], outcome: 'stands', note: 'Asked them' };
    await anew.add({ act: 'settled', body: settled, operator: MANAGER });
    await anew.add({
      act: 'customer-saved',
      operator: MANAGER,
      body: { customer, recordHash: 'b'.repeat(64), credit: { kind: 'own-limit', limit: 60_000 } },
    });
    const over = overrideBy(shop.till.ownerId, 7_000);
    await anew.sale(onAccountSale({ customer, onAccount: 7_000 }, over), { operator: CASHIER });
    await anew.upload();
    expect(flags()).toEqual([
      ['former-relay', former.till.id],
      // 610 of a limit of 600, by its own journals
      ['no-right', 'sell-over-limit'],
    ]);
  });
});

describe('an owner’s code', () => {
  beforeEach(async () => {
    await card({ kind: 'unlimited' });
    const sale = await owing(54_000);
    await former.add({
      act: 'dispute',
      body: { customer, about: sale.hash, note: null },
      policy: 7,
    });
    await bring();
  });

  test('names the till, count, sums and who asks; then everything counts, once', async () => {
    const asked = await only();
    await asManager();
    expect(await accept(asked)).toMatchObject({
      status: 403,
      json: { kind: 'consent-needed', state: { kind: 'code-sent' } },
    });
    expect(counted()).toEqual([]);
    expect(shop.smsru.sends.map(({ fields }) => [fields['to'], fields['msg']])).toEqual([
      [
        OWNER_PHONE.slice(1),
        expect.stringMatching(
          /^Весна: учёт прежней кассы у «Касса 1»: записей 4, долги 540,00 ₽\. Просит Пётр, касса «Касса 1»\. Код \d{6}$/,
        ),
      ],
    ]);
    const code = { [CONSENT_HEADER]: `code:${shop.smsru.codes.at(-1) ?? ''}` };
    expect((await accept(asked, code)).status).toBe(204);
    expect(counted()).toEqual([['debt', 54_000]]);
    expect(query('SELECT proof FROM journal_acts')).toEqual([['former']]);
    const { db } = shop.relay.relay;
    expect(await creditOf(db, customer)).toEqual({ kind: 'unlimited' });
    expect(await disputedSince(db, customer)).not.toBeNull();
    expect(flags()).toEqual([['former-relay', former.till.id]]);
    expect(await waiting()).toEqual([]);
    await bring();
    expect(counted()).toEqual([['debt', 54_000]]);
    expect(await waiting()).toEqual([]);
  });

  test('is followed by one message to each customer, with the balance', async () => {
    expect((await byCode(await only())).status).toBe(204);
    shop.clock.pass(HOUR);
    expect(await sent()).toEqual([
      'Весна: учёт перенесён, у вас долг 540,00 ₽. Не так? Спросите в магазине.',
    ]);
  });

  test.each<[string, (asked: FormerAccepted) => object]>([
    ['count', (asked) => ({ ...asked, entries: 3 })],
    ['debt', ({ sums, ...asked }) => ({ ...asked, sums: { ...sums, debt: 100 } })],
    ['points', ({ sums, ...asked }) => ({ ...asked, sums: { ...sums, points: 1 } })],
    ['head', ({ head, ...asked }) => ({ ...asked, head: { ...head, hash: 'f'.repeat(64) } })],
    ['digest', (asked) => ({ ...asked, digest: 'f'.repeat(64) })],
    ['former till', (asked) => ({ ...asked, former: uuidv7() })],
  ])('is not asked for another %s', async (_, change) => {
    const reply = await byCode(change(await only()));
    expect([reply.status, reply.json]).toEqual([409, { kind: 'not-waiting' }]);
    expect(shop.smsru.sends).toEqual([]);
    expect(counted()).toEqual([]);
  });

  test('covers the entries that had arrived when it was requested; later ones wait for another code', async () => {
    const asked = await only();
    await asManager();
    await accept(asked);
    const code = { [CONSENT_HEADER]: `code:${shop.smsru.codes.at(-1) ?? ''}` };
    const late = await owing(1_000);
    await bring([late]);
    await asManager();
    expect((await accept(asked, code)).json).toEqual({ kind: 'not-waiting' });
    expect(counted()).toEqual([]);
    const all = await only();
    expect(all).toMatchObject({ entries: 5, sums: { debt: 55_000 } });
    await asManager();
    expect((await accept(all, code)).json.kind).toBe('consent-needed');
    expect((await byCode(all)).status).toBe(204);
    expect(counted()).toEqual([
      ['debt', 1_000],
      ['debt', 54_000],
    ]);
    const later = await owing(500);
    await bring([later]);
    expect(await waiting()).toMatchObject([{ entries: 1, sums: { debt: 500 } }]);
  });

  test('is spent by its use; of two requests at once one counts', async () => {
    const asked = await only();
    await asManager();
    await accept(asked);
    const code = { [CONSENT_HEADER]: `code:${shop.smsru.codes.at(-1) ?? ''}` };
    const replies = await Promise.all([accept(asked, code), accept(asked, code)]);
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1);
    expect((await accept(asked, code)).json).toEqual({ kind: 'not-waiting' });
    expect(counted()).toEqual([['debt', 54_000]]);
  });

  test('does not undo later changes of the device: its newer card stays', async () => {
    const body = { customer, recordHash: 'b'.repeat(64), credit: { kind: 'no-credit' } };
    await anew.add({ act: 'customer-saved', body });
    await anew.upload();
    expect((await byCode(await only())).status).toBe(204);
    expect(await creditOf(shop.relay.relay.db, customer)).toEqual({ kind: 'no-credit' });
  });

  test('is needed also after a restart', async () => {
    await shop.relay.restart();
    await shop.till.signIn();
    expect(counted()).toEqual([]);
    expect((await byCode(await only())).status).toBe(204);
    expect(counted()).toEqual([['debt', 54_000]]);
  });

  test('cannot be replaced by a right: an operator without it may not even ask', async () => {
    const asked = await only();
    await shop.till.signIn();
    expect(await accept(asked)).toMatchObject({
      status: 403,
      json: { kind: 'elevation-needed', level: 'pin' },
    });
  });
});

test('before the first real service the PIN is enough', async () => {
  const clock = makeClock(START);
  const relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now);
  const here = new TillJournal(till, clock.now);
  await owing(54_000);
  await here.enrolled({ till: former.till.id, seq: former.head.seq, hash: former.head.hash });
  for (const entry of former.entries) await here.add({ act: 'carried-over', body: { entry } });
  await here.upload();
  await till.elevate();
  const { json } = await till.call('GET', '/tills');
  const [one] = tillsReply.parse(json).tills.flatMap(({ waiting }) => waiting);
  const reply = await till.call('POST', `/tills/${till.id}/former-journal`, acceptanceOf(one!));
  expect(reply.status).toBe(204);
  expect(relay.file.prepare('SELECT delta FROM journal_steps').pluck().all()).toEqual([54_000]);
  await relay.stop();
});
