// Imported debts without messages: an owner's code leaves them out, the first code names the debt.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { ImportPurpose } from '$lib/contract/grant';
import { flagsReply } from '$lib/contract/journal-upload';
import { CONSENT_HEADER } from '$lib/contract/version';
import { openingSums } from '$lib/domain/acts/customers/customers-imported';
import { accountsHash, verifyGrant } from '$lib/proof/grant';
import { ask, check, PHONE, tokensOf, type Shop } from '../support/challenges';
import { openProvenShop } from '../support/second-factor';
import { challengeFor, onAccountSale, TillJournal } from '../support/till-journal';

let shop: Shop;
let journal: TillJournal;
const customer = uuidv7();
const accounts: AccountEntry[] = [{ customer, account: 'debt', delta: 120_000 }];

beforeEach(async () => {
  shop = await openProvenShop();
  shop.till.tokens = tokensOf(shop.relay);
  await shop.till.elevate();
  await shop.trust(customer, PHONE);
  shop.till.tokens = null;
  await shop.till.signIn();
  shop.smsru.forget();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
});
afterEach(() => shop.stop());

/** The messages sent to the customer so far. */
const toCustomer = () =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === PHONE.slice(1))
    .map(({ fields }) => fields['msg']);

/** The approval that an owner's code gives for this purpose. */
async function approve(purpose: ImportPurpose): Promise<string> {
  const json = { purpose, accounts: await accountsHash(accounts), sums: openingSums(accounts) };
  const asked = (headers = {}) => shop.till.call('POST', '/customers/imports', json, headers);
  await shop.till.elevate({ level: 'pin' });
  await asked();
  const reply = await asked({ [CONSENT_HEADER]: `code:${shop.smsru.codes.at(-1) ?? ''}` });
  if (reply.json.kind !== 'import-approved') throw new Error(JSON.stringify(reply.json));
  return reply.json.approval as string;
}

/** Uploads an import that says it left the messages out. */
async function importUntold(approval: string | null): Promise<void> {
  const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'unlimited' } };
  const unasked = { kind: 'none', action: 'sell-on-account', because: 'import-untold' };
  const confirmations = [{ ...unasked, amount: 120_000 }];
  const body = { source: 'file', customers: [card], accounts, confirmations, approval };
  await journal.add({ act: 'customers-imported', operator: shop.till.ownerId, body });
  await upload();
}

async function upload(): Promise<void> {
  await shop.till.signIn();
  expect((await journal.upload()).json.kind).toBe('kept');
  await shop.relay.relay.outbox.round();
}

async function flags(): Promise<string[]> {
  await shop.till.elevate({ token: await tokensOf(shop.relay)() });
  const { json } = await shop.till.call('GET', '/journal/flags?after=0');
  return flagsReply.parse(json).flags.map(({ kind }) => kind);
}

/** Asks for the code of a debt of 300 roubles and types it; returns the debt that the grant says was named, and the message. */
async function sellOnAccount(): Promise<{ named: number | null; sell: () => Promise<void> }> {
  const body = onAccountSale({ customer, onAccount: 30_000 }, null);
  const [challenge, operator] = [uuidv7(), shop.till.ownerId];
  const { journalHead } = journal;
  const asked = { ...challengeFor(body, PHONE), operator, journalHead };
  expect((await ask(shop.till, asked, challenge)).status).toBe(201);
  const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1) ?? '');
  const grant = String(json.grant);
  const { relayKey } = shop.till;
  const claim = relayKey === null ? null : await verifyGrant(grant, relayKey);
  if (claim === null) throw new Error(JSON.stringify(json));
  const { version: policy } = await shop.till.policy();
  const given = { kind: 'code', action: 'sell-on-account', amount: 30_000 } as const;
  const sell = async () => {
    const confirmations = [{ ...given, challenge, grant }];
    await journal.sale({ ...body, confirmations }, { operator, policy });
    await upload();
  };
  return { named: claim.broughtIn, sell };
}

test('the owner reads in their message that the debtors get none', async () => {
  await approve('import-untold');
  expect(shop.smsru.sends.at(-1)?.fields['msg']).toMatch(
    /^Весна: загрузка карточек без сообщений должникам: 1, долги 1 200,00 ₽\. .*Код \d{6}$/,
  );
});

test('with it the customer gets no message; the first code names the debt, and confirms it', async () => {
  await importUntold(await approve('import-untold'));
  expect(await flags()).toEqual([]);
  expect(toCustomer()).toEqual([]);
  const first = await sellOnAccount();
  expect(toCustomer()).toEqual([
    expect.stringMatching(/^Перенесён ваш долг 1 200,00 ₽\. .*300,00/),
  ]);
  expect(first.named).toBe(120_000);
  await first.sell();
  const second = await sellOnAccount();
  expect(toCustomer()).toHaveLength(2);
  expect(toCustomer()[1]).not.toContain('Перенесён');
  expect(second.named).toBeNull();
  expect(await flags()).toEqual([]);
});

test('a code whose sale was never made confirms nothing: the next one names the debt again', async () => {
  await importUntold(await approve('import-untold'));
  await sellOnAccount();
  expect((await sellOnAccount()).named).toBe(120_000);
});

test('an owner’s code for an import with messages does not leave them out', async () => {
  await importUntold(await approve('import'));
  expect(await flags()).toEqual(['import-unapproved']);
  expect(toCustomer()).toEqual([expect.stringContaining('1 200,00')]);
  expect((await sellOnAccount()).named).toBeNull();
});

test('nor does a right alone', async () => {
  await importUntold(null);
  expect(await flags()).toEqual(['import-unapproved']);
  expect(toCustomer()).toHaveLength(1);
});
