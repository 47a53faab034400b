// Flags for entries that change accounts against the rules: without a sale, over a limit or threshold.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { SaleBody } from '$lib/contract/acts/sale';
import { flagsReply, type Flag } from '$lib/contract/journal-upload';
import { RULES_VERSION } from '$lib/contract/version';
import { hashOf } from '$lib/proof/canonical';
import { CASHIER, withCashier } from '../support/cashier';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  START,
  type Shop,
} from '../support/challenges';
import { TillClient } from '../support/till-client';
import {
  approvalOf,
  nextNumber,
  cashSale,
  challengeFor,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';

const DAY = 24 * 3_600_000;

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop(withCashier);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;

async function flags(): Promise<readonly Flag[]> {
  await shop.till.signIn();
  await shop.till.elevate();
  return flagsReply.parse((await shop.till.call('GET', '/journal/flags?after=0')).json).flags;
}
/** Uploads the rest and reads the new flags, kind and detail. */
async function found(): Promise<(string | null)[][]> {
  await shop.till.signIn();
  const reply = await journal.upload();
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  return findings();
}
const findings = async () => (await flags()).map(({ kind, detail }) => [kind, detail]);

describe('an entry made by later rules than the relay knows', () => {
  /** Uploads a sale as a till of a later version would seal it. */
  async function later(body: SaleBody): Promise<void> {
    const { hash, ...content } = { ...(await journal.sale(body)), rules: RULES_VERSION + 1 };
    const place = journal.entries.findIndex((entry) => entry.hash === hash);
    journal.entries[place] = { ...content, hash: await hashOf(content) };
  }
  const told = () =>
    shop.relay.file.prepare("SELECT customer FROM outbox WHERE purpose = 'act'").pluck().all();
  const steps = () => shop.relay.file.prepare('SELECT COUNT(*) FROM journal_steps').pluck().get();

  test('is kept as it came, flagged and reported, and moves no balance', async () => {
    await later(onAccountSale({ customer, onAccount: 5000 }, overrideBy(owner(), 5000)));
    expect(await found()).toEqual([['act-unknown', null]]);
    expect([told(), steps()]).toEqual([[customer], 0]);
    const sql = 'SELECT entry FROM journal WHERE till <> shop AND seq = 2';
    const text = shop.relay.file.prepare(sql).pluck().get() as string;
    expect(JSON.parse(text)).toEqual(journal.entries[1]);
  });

  test('is not judged by the rules of this version', async () => {
    const sale = onAccountSale({ customer, onAccount: 5000 }, overrideBy(owner(), 5000));
    await later({ ...sale, total: 1, pointsEarned: 1_000_000, tip: 5 } as SaleBody);
    await later({ lines: 'none' } as unknown as SaleBody);
    await later(cashSale({ customer, total: 10_000 }));
    expect(await found()).toEqual(Array(2).fill(['act-unknown', null]));
  });

  test('claims the code that it carries', async () => {
    const body = onAccountSale({ customer, onAccount: 5000 }, null);
    const challenge = uuidv7();
    const { journalHead } = journal;
    const request = debtRequest({ ...challengeFor(body, PHONE), journalHead });
    expect((await ask(shop.till, request, challenge)).json.kind).toBe('awaiting-code');
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    const grant = String(json.grant);
    const action = 'sell-on-account';
    const given = { kind: 'code', action, amount: 5000, challenge, grant } as const;
    await later({ ...body, confirmations: [given] });
    await found();
    shop.clock.pass(3_600_000);
    await journal.idle();
    expect(await found()).toEqual([
      ['act-unknown', null],
      ['grant-invalid', 'sell-on-account'],
    ]);
  });
});

describe('a balance changed without consent and without a sale', () => {
  const none = (because: 'import' | 'demo', amount: number): Confirmation => ({
    kind: 'none',
    action: 'sell-on-account',
    amount,
    because,
  });
  const up = 500_000;
  const moved = (operator: string | null, because: 'import' | 'demo') =>
    journal.add({
      act: 'balance-moved',
      body: {
        accounts: [{ customer, account: 'debt', delta: up }],
        confirmations: [none(because, up)],
      },
      operator,
    });

  test('by an act of a later version is flagged, regardless of who made it', async () => {
    await moved(owner(), 'demo');
    await moved(CASHIER, 'import');
    await moved(null, 'import');
    expect(await found()).toEqual(
      Array(3)
        .fill([
          ['act-unknown', null],
          ['unconfirmed', 'sell-on-account'],
        ])
        .flat(),
    );
  });

  test('is accepted in an import by an operator who may import, with an owner’s approval', async () => {
    const accounts: AccountEntry[] = [
      { customer, account: 'debt', delta: up },
      { customer, account: 'points', delta: 700 },
    ];
    await journal.add({
      act: 'customers-imported',
      body: {
        source: 'file',
        customers: [{ customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } }],
        accounts,
        confirmations: [none('import', up)],
        approval: await approvalOf(shop.till, accounts),
      },
    });
    expect(await found()).toEqual([]);
  });
});

describe('points', () => {
  test('are earned on the money paid, rounded down, and no more', async () => {
    // 1 % of it, worth a rouble each
    await journal.sale(cashSale({ customer, total: 19_999, earned: 1 }), { operator: CASHIER });
    await journal.sale(cashSale({ customer, total: 20_000, earned: 2 }), { operator: CASHIER });
    expect(await found()).toEqual([]);
    await journal.sale(cashSale({ customer, total: 19_999, earned: 2 }), { operator: CASHIER });
    await journal.sale(cashSale({ customer, total: 10_000, earned: 1_000_000 }), {
      operator: CASHIER,
    });
    expect(await found()).toEqual(Array(2).fill(['no-right', 'correct-balance']));
  });

  test('are earned by the policy of the sale', async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, { ...policy, points: { ...policy.points, earnBasisPoints: 500 } });
    const five = cashSale({ customer, total: 10_000, earned: 5 });
    await journal.sale(five, { operator: CASHIER, policy: 1 });
    await journal.sale(
      { ...five, sale: uuidv7(), number: nextNumber() },
      { operator: CASHIER, policy: 2 },
    );
    expect(await flagged()).toEqual([[2, 'no-right']]);
  });

  test('are not earned on what went on account', async () => {
    const body = onAccountSale({ customer, onAccount: 100_000 }, null);
    const accounts: AccountEntry[] = [...body.accounts, { customer, account: 'points', delta: 10 }];
    await journal.sale({ ...body, pointsEarned: 10, accounts }, { operator: CASHIER });
    expect(await found()).toEqual([
      ['no-right', 'correct-balance'],
      ['unconfirmed', 'sell-on-account'],
    ]);
  });

  test.each([
    ['goods that cost less', { total: 10_000_000 }, 'total'],
    [
      'money nobody gave',
      { tenders: [{ kind: 'cash', amount: 10_000_000 } as const] },
      'changeDue',
    ],
    ['change nobody got back', { changeDue: 1 }, 'changeDue'],
  ])('a sale that does not add up differs from the rules: %s', async (_, parts, path) => {
    await journal.sale({ ...cashSale({ customer, total: 10_000, earned: 1 }), ...parts });
    expect(await found()).toEqual([['differs', path]]);
  });
});

test('a till enrolled under a newer policy was never under an older one', async () => {
  const policy = await shop.till.policy();
  const { overrideCaps: caps } = policy;
  await shop.till.putPolicy(1, { ...policy, overrideCaps: { ...caps, perAct: 100 } });
  const other = await secondJournal();
  await other.enrolled();
  const body = onAccountSale({ customer, onAccount: 101 }, letBy(owner(), 101));
  // the first till has been offline since before the change, so it may still use the older one
  await journal.sale(body, { policy: 1 });
  expect(await found()).toEqual([]);
  await other.sale({ ...body, sale: uuidv7() }, { operator: owner(), policy: 1 });
  await other.upload();
  expect(await findings()).toEqual([
    ['policy-unknown', 'older-version'],
    ['cap-exceeded', 'sell-on-account'],
  ]);
});

describe('a threshold over two tills', () => {
  const LIMIT = 100_000;
  const [second, third] = [uuidv7(), uuidv7()];
  let other: TillJournal;
  beforeEach(async () => {
    const policy = await shop.till.policy();
    const debt = { ...policy.methods['sell-on-account'], threshold: LIMIT };
    const methods = { ...policy.methods, 'sell-on-account': debt };
    await shop.till.putPolicy(1, { ...policy, methods });
    other = await secondJournal();
    await other.enrolled();
    await shop.till.elevate();
    for (const card of [customer, second]) await shop.trust(card, PHONE);
    await shop.trust(third, OTHER_PHONE);
    shop.clock.pass(40 * DAY);
  });

  const sold = (
    into: TillJournal,
    day: number,
    amount: number,
    by?: Confirmation,
    to = customer,
  ) => {
    const free: Confirmation = {
      kind: 'not-required',
      action: 'sell-on-account',
      amount,
      because: 'below-threshold',
    };
    const made = { at: START + day * DAY, operator: owner(), policy: 2 };
    return into.sale(onAccountSale({ customer: to, onAccount: amount }, by ?? free), made);
  };
  /** Uploads the journals in this order. */
  async function arrive(...journals: TillJournal[]): Promise<void> {
    for (const each of journals) {
      await each.till.signIn();
      const { json } = await each.upload();
      if (json.kind !== 'kept') throw new Error(JSON.stringify(json));
    }
  }
  const where = async () => (await flags()).map(({ till, seq, kind }) => [till, seq, kind]);

  test.each([
    ['first', true],
    ['last', false],
  ])('the later act needed the code, also when its journal arrives %s', async (_, isFirst) => {
    await sold(journal, 1, 30_000);
    await sold(journal, 2, 30_000);
    const late = await sold(other, 3, 60_000);
    await arrive(...(isFirst ? [other, journal] : [journal, other]));
    expect(await where()).toEqual([[late.till, late.seq, 'threshold-elsewhere']]);
  });

  test('is one for all cards with one number', async () => {
    await sold(journal, 1, 60_000);
    await sold(journal, 2, 60_000, undefined, third);
    const over = await sold(journal, 3, 60_000, undefined, second);
    await arrive(journal);
    expect(await where()).toEqual([[over.till, over.seq, 'code-was-required']]);
  });

  test('an act below it, 30 days apart, or confirmed, is not flagged', async () => {
    await sold(other, 1, 50_000);
    await sold(other, 31, 40_000);
    await arrive(other);
    await sold(journal, 1, 40_999);
    await sold(journal, 30, 9_000);
    // over the threshold, but without a code by somebody’s right
    await sold(journal, 32, 100_000, letBy(owner(), 100_000));
    await arrive(journal);
    expect(await where()).toEqual([]);
  });

  test('an act that was over it anyway is flagged once', async () => {
    await sold(other, 3, LIMIT);
    await arrive(other);
    await sold(journal, 2, 1);
    await arrive(journal);
    expect((await where()).map(([till]) => till)).toEqual([other.till.id]);
  });
});

/** The journal of another till of the shop. */
async function secondJournal(): Promise<TillJournal> {
  await shop.till.elevate();
  const offer = await shop.till.call('POST', '/tills/enrolments');
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  await till.enrol(offer.json.token as string);
  await till.signIn();
  return new TillJournal(till, shop.clock.now);
}

describe('debt', () => {
  const LIMIT = 1_000_000;
  const card = (credit: Credit, operator = owner()) =>
    journal.add({
      act: 'customer-saved',
      body: { customer, recordHash: 'a'.repeat(64), credit },
      operator,
      policy: 2,
    });
  /** Without a code, since the method is none. */
  const onAccount = (amount: number, operator = CASHIER, into = journal) => {
    const free: Confirmation = {
      kind: 'not-required',
      action: 'sell-on-account',
      amount,
      because: 'method-none',
    };
    return into.sale(onAccountSale({ customer, onAccount: amount }, free), { operator, policy: 2 });
  };
  const OVER = ['no-right', 'sell-over-limit'];
  beforeEach(async () => {
    const policy = await shop.till.policy();
    const debt = { ...policy.methods['sell-on-account'], chain: [] };
    await shop.till.putPolicy(1, {
      ...policy,
      methods: { ...policy.methods, 'sell-on-account': debt },
    });
  });

  test('over the shop’s limit needs the right to sell over it', async () => {
    await card({ kind: 'shop-limit' });
    await onAccount(LIMIT - 1);
    await onAccount(1);
    await onAccount(50_000, owner());
    expect(await found()).toEqual([]);
    await onAccount(1);
    expect(await found()).toEqual([OVER]);
  });

  test('is still owed if only an act of a later version repays it', async () => {
    await onAccount(LIMIT);
    const accounts = [{ customer, account: 'debt', delta: -300_000 }];
    await journal.add({ act: 'later-repayment', body: { accounts }, operator: CASHIER, policy: 2 });
    await onAccount(1);
    expect(await found()).toEqual([['act-unknown', null], OVER]);
  });

  test('is limited by the card as it was at that time', async () => {
    await card({ kind: 'own-limit', limit: 5_000_000 });
    await onAccount(5_000_000);
    await card({ kind: 'unlimited' });
    await onAccount(9_000_000);
    expect(await found()).toEqual([]);
    await card({ kind: 'own-limit', limit: 100 });
    await onAccount(1);
    expect(await found()).toEqual([OVER]);
  });

  test('is limited by the existing card, whatever an import says about it', async () => {
    await card({ kind: 'own-limit', limit: 100 });
    const again = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'unlimited' } };
    const body = { source: 'file', customers: [again], accounts: [], confirmations: [] };
    const imported = { act: 'customers-imported', body: { ...body, approval: null } };
    await journal.add({ ...imported, policy: 2 });
    await onAccount(101);
    expect(await found()).toEqual([OVER]);
  });

  test('is refused for a customer with no credit, regardless of who sells', async () => {
    await card({ kind: 'no-credit' });
    await onAccount(1);
    await onAccount(1, owner());
    await card({ kind: 'shop-limit' });
    await onAccount(1);
    expect(await found()).toEqual([OVER, OVER]);
  });

  test("is limited by what one device knew: not by other tills' sales, but by its own under a former name", async () => {
    await onAccount(LIMIT);
    await found();
    const other = await secondJournal();
    await other.enrolled();
    await onAccount(LIMIT, CASHIER, other);
    await other.upload();
    const elsewhere = ['limit-elsewhere', 'sell-on-account'];
    expect(await found()).toEqual([elsewhere]);
    const anew = await secondJournal();
    await anew.enrolled({
      till: other.entries[0]!.till,
      seq: other.head.seq,
      hash: other.head.hash,
    });
    await onAccount(1, CASHIER, anew);
    await anew.upload();
    expect(await findings()).toEqual([elsewhere, OVER]);
  });

  test('under a former name that the relay does not know does not count against the new one', async () => {
    shop.till.head = null;
    const journalAnew = new TillJournal(shop.till, shop.clock.now);
    await journalAnew.enrolled({ till: uuidv7(), seq: 7, hash: 'b'.repeat(64) });
    journal = journalAnew;
    await onAccount(LIMIT + 1);
    expect(await found()).toEqual([
      ['former-relay', expect.any(String)],
      ['former-incomplete', '7'],
    ]);
  });

  test('is accepted and flagged, however large the limit on the card', async () => {
    await card({ kind: 'own-limit', limit: Number.MAX_SAFE_INTEGER });
    for (let i = 0; i < 3; i += 1) await onAccount(Number.MAX_SAFE_INTEGER);
    // no receipt is that large
    expect(await found()).toEqual([['differs', 'lines'], OVER, OVER]);
  });
});

/** Without a code, by right, while the service sent none. */
const letBy = (by: string, amount: number): Confirmation =>
  overrideBy(by, amount, {
    connectivity: {
      state: 'provider-unavailable',
      relayAt: null,
      providerAt: null,
      noCodeBecause: 'refused:no-money',
    },
  });

async function flagged(): Promise<(string | number)[][]> {
  await found();
  return (await flags()).map(({ seq, kind }) => [seq, kind]);
}
