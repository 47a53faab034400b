// Returns at the relay: judged by the till's own rules, told to the customer once, and to owners where nobody approved them.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { decideReturn, type ReturnInput } from '$lib/domain/acts/return';
import type { VerifiedPolicy } from '$lib/domain/policy';
import { writtenTo, NOTHING_BEFORE, type ReturnRow } from '$lib/domain/rows';
import { project } from '$lib/domain/projection';
import { epochOf, logHead } from '../../relay/store/journal';
import { CASHIER, withCashier } from '../support/cashier';
import { openShop, PHONE, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { cashSale, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  shop = await openShop((policy) => withCashier(policy));
  customer = uuidv7();
  await shop.trust(customer, PHONE);
  here = new TillJournal(shop.till, shop.clock.now);
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  there = new TillJournal(other, shop.clock.now);
  for (const journal of [here, there]) await journal.enrolled();
});
afterEach(() => shop.stop());

const PROVIDER = {
  ...({ state: 'provider-unavailable', relayAt: null, providerAt: null } as const),
  noCodeBecause: 'refused:no-money',
} as const;

/** A loaf sold on account. */
async function lent(journal: TillJournal, amount: number): Promise<EntryOf<'sale'>> {
  const given = overrideBy(shop.till.ownerId, amount, { connectivity: PROVIDER });
  const body = onAccountSale({ customer, onAccount: amount }, given);
  return (await journal.sale(body, { operator: CASHIER })) as EntryOf<'sale'>;
}

/** A return of all of a sale as a till that knows this much makes it, with something changed in its body. */
async function returned(
  journal: TillJournal,
  sale: EntryOf<'sale'>,
  known: Partial<Pick<ReturnInput, 'since' | 'points' | 'shown'>> = {},
  change: Partial<BodyOf<'return'>> = {},
): Promise<Entry> {
  const { onAccount } = sale.body;
  const debt = {
    customer,
    debt: sale.hash,
    left: onAccount,
    repaid: { cash: 0, card: 0, transfer: 0 },
  };
  const decided = decideReturn({
    ...{ policy: shop.relay.relay.policy()?.policy as VerifiedPolicy, operator: shop.till.ownerId },
    ...{ return: uuidv7(), at: shop.clock.now(), sale, inCash: false, shown: 'paper' },
    ...{ reason: 'faulty', note: null, approvedBy: null, guardedToday: 0, points: 0 },
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
    since: { debts: onAccount === 0 ? [] : [{ ...debt, made: null }], returns: [] },
    ...known,
  });
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  const body = { ...decided.body, ...change };
  return journal.add({ act: 'return', body, operator: shop.till.ownerId });
}

async function arrive(journal: TillJournal): Promise<void> {
  await journal.till.signIn();
  const { json } = await journal.upload();
  if (json.kind !== 'kept') throw new Error(JSON.stringify(json));
}

/** The till downloads what the relay has of the others. */
async function look(journal: TillJournal): Promise<void> {
  const { db } = shop.relay.relay;
  const { order } = await logHead(db);
  journal.seen = { epoch: await epochOf(db), order };
}

async function publish(change: (policy: Policy) => void): Promise<void> {
  const policy = await shop.till.policy();
  change(policy);
  const reply = await shop.till.putPolicy(policy.version, {
    ...policy,
    version: policy.version + 1,
  });
  if (reply.json.kind !== 'policy') throw new Error(JSON.stringify(reply.json));
}

const found = () =>
  shop.relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();
const told = () =>
  shop.relay.file
    .prepare("SELECT text FROM outbox WHERE purpose = 'return' ORDER BY id")
    .pluck()
    .all() as string[];
const summed = () =>
  (
    shop.relay.file
      .prepare("SELECT item FROM summary_items WHERE kind = 'drawer' ORDER BY id")
      .pluck()
      .all() as string[]
  ).map((item) => JSON.parse(item) as object);

const rowsOf = (entry: Entry): readonly ReturnRow[] =>
  writtenTo('returns', project(entry as EntryOf<'return'>, NOTHING_BEFORE, new Set()));

test('a return is told to the customer once, with what was given back and what is still owed', async () => {
  const sale = await lent(here, 5000);
  await arrive(here);
  await look(here);
  await returned(here, sale);
  await arrive(here);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatch(
    /: возврат на 50,00 ₽, \d\d\.\d\d \d\d:\d\d: с долга 50,00 ₽\. Долга больше нет\. Не так\?/,
  );
});

test('earned points are taken back without a confirmation, and told', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 30_000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(here);
  await returned(here, sale, { points: 3 });
  await arrive(here);
  expect(found()).toEqual([]);
  expect(told()[0]).toMatch(/возврат на 300,00 ₽, .*: наличными 300,00 ₽, баллы −3\. Не так/);
});

test('no message where the shop has switched it off', async () => {
  await publish((policy) => void (policy.notices.returns = false));
  const sale = (await here.sale(cashSale({ customer, total: 1000 }))) as EntryOf<'sale'>;
  await returned(here, sale);
  await arrive(here);
  expect(told()).toEqual([]);
});

test('more back than the rules give is a flag', async () => {
  const sale = await lent(here, 5000);
  await arrive(here);
  await look(here);
  const accounts: never[] = [];
  const refunds = [{ kind: 'cash', amount: 5000 } as const];
  await returned(here, sale, {}, { refunds, debtReduced: 0, accounts });
  await arrive(here);
  expect(found()).toEqual([['differs', expect.any(String)]]);
});

test('the same goods twice at one till is a flag, at tills apart a discrepancy', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 5000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(here);
  await look(there);
  await returned(here, sale);
  await returned(there, sale);
  await arrive(here);
  await arrive(there);
  expect(found()).toEqual([['returned-elsewhere', null]]);
  // by now it is known there: the till's own rules refuse a third one
  await look(there);
  await returned(there, sale);
  await arrive(there);
  expect(found().slice(1)).toEqual([['against-rules', 'too-many']]);
});

test('the rest at another till is in order, once that till knows of the first', async () => {
  const body = cashSale({ customer, total: 5000 });
  const lines = body.lines.map((line) => ({
    ...line,
    quantity: 2000,
    unitPrice: 2500,
    listPrice: 2500,
  }));
  const sale = (await here.sale({
    ...body,
    lines,
    stock: [{ product: lines[0]?.product ?? '', delta: -2000 }],
  })) as EntryOf<'sale'>;
  await arrive(here);
  await look(here);
  const first = await returned(here, sale);
  await arrive(here);
  await look(there);
  await returned(there, sale, { since: { debts: [], returns: rowsOf(first) } });
  await arrive(there);
  expect(found()).toEqual([]);
});

test('a sale that nobody made cannot be returned', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 1000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(here);
  await returned(here, { ...sale, hash: 'f'.repeat(64) });
  await arrive(here);
  expect(found()).toEqual([['against-rules', 'unknown-sale']]);
});

test('owners learn of returns that nobody else approved, and of those by whoever had sold the goods', async () => {
  const operator = shop.till.ownerId;
  const sale = (await here.sale(cashSale({ customer, total: 1000 }), {
    operator,
  })) as EntryOf<'sale'>;
  await arrive(here);
  await look(here);
  await returned(here, sale, { shown: 'nothing' });
  await arrive(here);
  expect(found()).toEqual([]);
  expect(summed()).toEqual([
    { kind: 'drawer', what: 'returned-alone', operator, amount: 1000 },
    { kind: 'drawer', what: 'returned-own', operator, amount: 1000 },
  ]);
});
