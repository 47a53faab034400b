// Imports of balances: an owner's code, one for exactly these accounts; what a till without one gets.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import { flagsReply } from '$lib/contract/journal-upload';
import type { Operator, Policy } from '$lib/contract/policy';
import { CONSENT_HEADER } from '$lib/contract/version';
import { openingSums } from '$lib/domain/acts/customers/customers-imported';
import { accountsHash } from '$lib/proof/grant';
import {
  chooseService,
  PHONE,
  smsruDraft,
  START,
  tokensOf,
  type Shop,
} from '../support/challenges';
import { verifierOf } from '../support/pin-verifiers';
import { makeClock, startRelay } from '../support/relay';
import { openProvenShop, withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient, type Reply } from '../support/till-client';
import { TillJournal } from '../support/till-journal';

const MINUTE = 60_000;
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
const withManager = (policy: Policy): Policy => ({
  ...policy,
  operators: [...policy.operators, manager],
});

let shop: Shop;
let journal: TillJournal;
let accounts: AccountEntry[];
beforeEach(async () => {
  shop = await openProvenShop(withManager);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  const [debtor, collector] = [uuidv7(), uuidv7()];
  accounts = [
    { customer: debtor, account: 'debt', delta: 900_000 },
    { customer: collector, account: 'points', delta: 500_000 },
  ];
});
afterEach(() => shop.stop());

const importOf = async (of = accounts) => ({
  purpose: 'import',
  accounts: await accountsHash(of),
  sums: openingSums(of),
});
const asManager = (till = shop.till): Promise<Reply> =>
  till.elevate({ operatorId: MANAGER, pin: MANAGER_PIN, level: 'pin' });
const ask = (json: object, headers = {}, till = shop.till): Promise<Reply> =>
  till.call('POST', '/customers/imports', json, headers);

/** The approval that an owner's code gives for these accounts. */
async function approve(json: object, till = shop.till): Promise<string> {
  await asManager(till);
  await ask(json, {}, till);
  const code = shop.smsru.codes.at(-1) ?? '';
  const reply = await ask(json, { [CONSENT_HEADER]: `code:${code}` }, till);
  if (reply.json.kind !== 'import-approved') throw new Error(JSON.stringify(reply.json));
  return reply.json.approval as string;
}

const bodyOf = (approval: string | null, of = accounts): Entry['body'] => ({
  source: 'file',
  customers: [...new Set(of.map(({ customer }) => customer))].map((customer) => ({
    customer,
    recordHash: 'a'.repeat(64),
    credit: { kind: 'shop-limit' },
  })),
  accounts: of,
  confirmations: of
    .filter(({ account, delta }) => account === 'debt' && delta > 0)
    .map(({ delta }) => ({
      kind: 'none',
      action: 'sell-on-account',
      amount: delta,
      because: 'import',
    })),
  approval,
});
const imported = (approval: string | null, of = accounts, at = shop.clock.now()): Promise<Entry> =>
  journal.add({
    act: 'customers-imported',
    operator: MANAGER,
    at,
    body: bodyOf(approval, of),
  });

/** Uploads the rest and reads all flags by kind. */
async function found(entries?: readonly Entry[]): Promise<string[]> {
  await shop.till.signIn();
  const reply = await journal.upload(entries);
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  return flags();
}
async function flags(): Promise<string[]> {
  const token = await tokensOf(shop.relay)();
  await shop.till.elevate({ token });
  const { json } = await shop.till.call('GET', '/journal/flags?after=0');
  return flagsReply.parse(json).flags.map(({ kind }) => kind);
}

test('9 000 of debt and 500 000 points by a manager’s right alone are flagged, and reported', async () => {
  shop.till.tokens = tokensOf(shop.relay);
  await shop.till.elevate();
  const [debtor] = accounts.map(({ customer }) => customer);
  await shop.trust(debtor!, PHONE);
  shop.till.tokens = null;
  await imported(null);
  expect(await found()).toEqual(['import-unapproved']);
  await shop.relay.relay.outbox.round();
  expect(
    shop.smsru.sends
      .filter(({ fields }) => fields['to'] === PHONE.slice(1))
      .map(({ fields }) => fields['msg']),
  ).toEqual([expect.stringContaining('9 000,00')]);
});

test('an owner’s code, which names count and sums, approves them', async () => {
  await asManager();
  const reply = await ask(await importOf());
  expect(reply).toMatchObject({
    status: 403,
    json: { kind: 'consent-needed', state: { kind: 'code-sent' } },
  });
  expect(shop.smsru.sends.map(({ fields }) => [fields['to'], fields['msg']])).toEqual([
    [
      OWNER_PHONE.slice(1),
      expect.stringMatching(
        /^Весна: загрузка карточек: 2, долги 9 000,00 ₽, 500 000 баллов\. Просит Пётр, касса «Касса 1»\. Код \d{6}$/,
      ),
    ],
  ]);
  shop.clock.pass(2 * MINUTE);
  await shop.till.signIn();
  await imported(await approve(await importOf()));
  expect(await found()).toEqual([]);
});

test('an import of cards without balances needs no approval', async () => {
  await imported(null, []);
  expect(await found()).toEqual([]);
});

test('before the first real service nothing is needed', async () => {
  const clock = makeClock(START);
  const relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now, withManager);
  const demo = new TillJournal(till, clock.now);
  await demo.enrolled();
  await demo.add({ act: 'customers-imported', body: bodyOf(null), operator: MANAGER });
  await demo.upload();
  await till.elevate();
  const { json } = await till.call('GET', '/journal/flags?after=0');
  expect(flagsReply.parse(json).flags).toEqual([]);
  await relay.stop();
});

test('an approval from before the first real service, which nobody gave, does not count afterwards', async () => {
  const clock = makeClock(START);
  const relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now, (policy) =>
    withOwnersPhone(withManager(policy)),
  );
  await asManager(till);
  const { json } = await ask(await importOf(), {}, till);
  await till.elevate();
  await chooseService(relay, till, shop.smsru, smsruDraft(shop.smsru));
  const demo = new TillJournal(till, clock.now);
  await demo.enrolled();
  const body = bodyOf(json.approval as string);
  await demo.add({ act: 'customers-imported', body, operator: MANAGER });
  await demo.upload();
  const reply = await till.call('GET', '/journal/flags?after=0');
  const kinds = flagsReply.parse(reply.json).flags.map(({ kind }) => kind);
  expect(kinds).toEqual(['import-unapproved']);
  await relay.stop();
});

test('prepayments are summed separately from debts, so that no sum hides them', async () => {
  accounts = [
    { customer: uuidv7(), account: 'debt', delta: 100_000 },
    { customer: uuidv7(), account: 'debt', delta: -100_000 },
  ];
  await asManager();
  await ask(await importOf());
  expect(shop.smsru.sends.at(-1)?.fields['msg']).toContain(
    'загрузка карточек: 2, долги 1 000,00 ₽, предоплата 1 000,00 ₽.',
  );
});

test('an operator without the right gets none', async () => {
  const policy = await shop.till.policy();
  expect(policy.operators).toHaveLength(2);
  expect(await ask(await importOf())).toMatchObject({ status: 403 });
});

test('it covers only its own accounts: not another sum, another customer, or one more', async () => {
  const [debt, points] = accounts as [AccountEntry, AccountEntry];
  const approval = await approve(await importOf());
  await imported(approval, [{ ...debt, delta: 900_001 }, points]);
  expect(await found()).toEqual(['import-unapproved']);
  await imported(approval, [{ ...debt, customer: uuidv7() }, points]);
  expect(await found()).toHaveLength(2);
  await imported(approval, [debt, points, { ...points, customer: uuidv7() }]);
  expect(await found()).toEqual(Array(3).fill('import-unapproved'));
});

test('an approval whose sums do not match its hash approves nothing', async () => {
  const asked = await importOf();
  const approval = await approve({ ...asked, sums: { ...asked.sums, debt: 100, points: 1 } });
  await imported(approval);
  expect(await found()).toEqual(['import-unapproved']);
});

test('it counts once', async () => {
  const approval = await approve(await importOf());
  await imported(approval);
  expect(await found()).toEqual([]);
  // the same upload again is no second import
  expect(await found()).toEqual([]);
  await imported(approval);
  expect(await found()).toEqual(['import-unapproved']);
});

test('it does not cover an edited entry', async () => {
  const entry = await imported(await approve(await importOf()));
  const body = { ...entry.body, accounts: [{ ...accounts[0], delta: 1_900_000 }, accounts[1]] };
  const reply = await journal.upload([journal.entries[0]!, { ...entry, body }]);
  expect(reply.json).toEqual({ kind: 'quarantined', seq: 2 });
  expect(await flags()).toEqual(expect.arrayContaining(['quarantined', 'unconfirmed']));
});

test('nor one that fits no schema', async () => {
  const approval = await approve(await importOf());
  const body = { ...bodyOf(approval), surplus: 1 };
  await journal.add({ act: 'customers-imported', operator: MANAGER, body });
  expect(await found()).toEqual(expect.arrayContaining(['malformed', 'import-unapproved']));
});

/** Another till of the shop, connected by an owner's token. */
async function anotherTill(): Promise<TillClient> {
  const token = await tokensOf(shop.relay)();
  await asManager();
  const offer = await shop.till.call('POST', '/tills/enrolments', undefined, {
    [CONSENT_HEADER]: `token:${token}`,
  });
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  await other.enrol((offer.json.token as string | undefined) ?? '', {}, { name: 'Касса 2' });
  await other.signIn();
  return other;
}

test('an approval for one till does not count at another', async () => {
  const other = await anotherTill();
  await imported(await approve(await importOf(), other));
  expect(await found()).toEqual(['import-unapproved']);
});

test('it counts in an entry that the device carries over under its new name', async () => {
  await imported(await approve(await importOf()));
  const { head, entries } = journal;
  const anew = new TillJournal(await anotherTill(), shop.clock.now);
  await anew.enrolled({ till: shop.till.id, seq: head.seq, hash: head.hash });
  for (const entry of entries) await anew.add({ act: 'carried-over', body: { entry } });
  expect((await anew.upload()).json.kind).toBe('kept');
  expect(await flags()).toEqual([]);
});

test('an approval for one shop does not count at another', async () => {
  const theirs = await openProvenShop(withManager);
  const here = shop;
  shop = theirs;
  const approval = await approve(await importOf());
  shop = here;
  await imported(approval);
  expect(await found()).toEqual(['import-unapproved']);
  await theirs.stop();
});

test('it counts for an import made in time and uploaded late, not for one made after it ended', async () => {
  const approval = await approve(await importOf());
  await imported(approval);
  shop.clock.pass(26 * 60 * MINUTE);
  expect(await found()).toEqual([]);
  shop.clock.pass(MINUTE);
  accounts = [{ customer: uuidv7(), account: 'points', delta: 10 }];
  const late = await approve(await importOf());
  shop.clock.pass(60 * MINUTE);
  await imported(late);
  expect(await found()).toEqual(['import-unapproved']);
});
