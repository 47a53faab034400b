// Flags in uploaded journals: rights, grants, caps and thresholds checked by the relay's own policy.
// No entry is dropped; acts that should not have happened are flagged.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { SaleBody } from '$lib/contract/acts/sale';
import { flagsReply, type Flag } from '$lib/contract/journal-upload';
import type { Policy, Right } from '$lib/contract/policy';
import { CASHIER, withCashier } from '../support/cashier';
import {
  ask,
  check,
  debtRequest,
  OTHER_PHONE,
  openShop,
  PHONE,
  START,
  type Shop,
} from '../support/challenges';
import { TillClient } from '../support/till-client';
import {
  approvalOf,
  cashSale,
  challengeFor,
  onAccountSale,
  overrideBy,
  givePoints,
  nextNumber,
  pointsSale,
  TillJournal,
} from '../support/till-journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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

/** Uploads the rest and reads the new flags, kind and detail. */
async function found(): Promise<(string | null)[][]> {
  await shop.till.signIn();
  const reply = await journal.upload();
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  return (await flags()).map(({ kind, detail }) => [kind, detail]);
}
async function flags(after = 0): Promise<readonly Flag[]> {
  await shop.till.signIn();
  await shop.till.elevate();
  return flagsReply.parse((await shop.till.call('GET', `/journal/flags?after=${after}`)).json)
    .flags;
}

async function anotherTill(): Promise<{ other: TillClient; theirs: TillJournal }> {
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  return { other, theirs: new TillJournal(other, shop.clock.now) };
}

const owner = (): string => shop.till.ownerId;
const override = (amount: number, parts = {}): Confirmation =>
  overrideBy(owner(), amount, {
    connectivity: {
      state: 'provider-unavailable',
      relayAt: START,
      providerAt: null,
      noCodeBecause: 'refused:no-money',
    },
    ...parts,
  });
const debt = (onAccount: number, parts: Partial<{ customer: string; receipt: string }> = {}) =>
  onAccountSale({ customer, onAccount, ...parts }, override(onAccount));

/** The customer's grant for this sale, as its confirmation. */
async function codeFor(
  body: SaleBody,
  { phone = PHONE, operator = owner() }: { phone?: string; operator?: string } = {},
): Promise<Confirmation> {
  const id = uuidv7();
  const asked = { ...challengeFor(body, phone), operator };
  const request = debtRequest({ ...asked, journalHead: journal.journalHead });
  const sent = await ask(shop.till, request, id);
  if (sent.json.kind !== 'awaiting-code') throw new Error(JSON.stringify(sent.json));
  const { json } = await check(shop.till, id, shop.smsru.codes.at(-1)!);
  const { action } = asked;
  if (action !== 'sell-on-account' && action !== 'redeem-points') throw new Error(action);
  const amount = action === 'sell-on-account' ? body.onAccount : (body.tenders[0]?.amount ?? 0);
  return { kind: 'code', action, amount, challenge: id, grant: String(json.grant) };
}

async function coded(body: SaleBody, operator = owner()): Promise<SaleBody> {
  return { ...body, confirmations: [await codeFor(body, { operator })] };
}

describe('codes', () => {
  test('a debt and a redemption with the customer’s own codes get no flag', async () => {
    await givePoints(journal, customer, 100);
    await journal.sale(await coded(debt(54_000)));
    const points = pointsSale({ customer, points: 100 }, override(10_000));
    await journal.sale(await coded(points));
    expect(await found()).toEqual([]);
  });

  const wrong: [string, (body: SaleBody) => SaleBody][] = [
    [
      'a larger debt',
      (body) => ({
        ...body,
        onAccount: 54_001,
        changeDue: 1,
        accounts: [{ customer, account: 'debt', delta: 54_001 }],
      }),
    ],
    [
      'another customer',
      (body) =>
        onAccountSale(
          { customer: uuidv7(), onAccount: body.onAccount, receipt: body.sale },
          body.confirmations[0]!,
        ),
    ],
    ['another receipt', (body) => ({ ...body, sale: uuidv7() })],
    [
      'other goods for the same sum',
      (body) => ({ ...body, lines: [{ ...body.lines[0]!, product: uuidv7() }] }),
    ],
    [
      'a grant of another relay',
      (body) => {
        const [given] = body.confirmations;
        if (given?.kind !== 'code') throw new Error('no code');
        const [head, , signature] = given.grant.split('.');
        const payload = JSON.parse(
          Buffer.from(given.grant.split('.')[1]!, 'base64url').toString(),
        ) as object;
        const forged = Buffer.from(JSON.stringify({ ...payload, exp: START + DAY })).toString(
          'base64url',
        );
        return {
          ...body,
          confirmations: [{ ...given, grant: [head, forged, signature].join('.') }],
        };
      },
    ],
  ];
  test.each(wrong)('a code given for one deal does not prove %s', async (_, edit) => {
    await journal.sale(edit(await coded(debt(54_000))));
    expect(await found()).toEqual([['grant-invalid', 'sell-on-account']]);
  });

  test('a sale closed when its grant has expired is flagged', async () => {
    const [first, second] = [await coded(debt(1000)), await coded(debt(2000))];
    await journal.sale(first, { at: START + 15 * MINUTE - 1 });
    await journal.sale(second, { at: START + 15 * MINUTE });
    shop.clock.pass(20 * MINUTE);
    expect(await found()).toEqual([['grant-invalid', 'sell-on-account']]);
  });

  test('one grant closes one sale: a second use is flagged', async () => {
    const body = await coded(debt(1000));
    await journal.sale(body);
    await journal.sale({ ...body, number: 2 });
    expect(await found()).toEqual([
      ['grant-reused', 'sell-on-account'],
      ['number-repeated', '2'],
    ]);
  });

  test('a grant cancelled by the till is not valid any more', async () => {
    const body = await coded(debt(1000));
    const [given] = body.confirmations;
    if (given?.kind !== 'code') throw new Error('no code');
    await shop.till.call('DELETE', `/challenges/${given.challenge}`);
    await journal.sale(body);
    expect(await found()).toEqual([['grant-revoked', 'sell-on-account']]);
  });
});

/** Version 2 of the policy. */
async function forbidCashiers(what: Right): Promise<void> {
  const policy = await shop.till.policy();
  const without = policy.groups.map((group) => ({
    ...group,
    rights: group.id === 'cashier' ? group.rights.filter((right) => right !== what) : group.rights,
  }));
  await shop.till.putPolicy(1, { ...policy, groups: without });
}

describe('rights in the policy that the entry names', () => {
  test('an override of an operator without the right is flagged', async () => {
    const body = onAccountSale({ customer, onAccount: 100 }, {
      ...override(100),
      by: CASHIER,
    } as Confirmation);
    await journal.sale(body, { operator: CASHIER });
    expect(await found()).toEqual([['no-right', 'sell-on-account']]);
  });

  test('a sale without an operator, and an import by a cashier, are flagged', async () => {
    await journal.sale(await coded(debt(100)), { operator: null });
    const lists = { added: [], changed: [], counted: [] };
    const goods = { source: 'file', file: null, refused: 0, ...lists };
    await journal.add({ act: 'products-changed', body: goods, operator: CASHIER });
    const changed = [{ category: 'Хлеб', field: 'removed', value: true }];
    await journal.add({ act: 'categories-changed', body: { changed }, operator: CASHIER });
    expect(await found()).toEqual([
      ['no-right', 'sell'],
      ['no-right', 'sell-on-account'],
      ['grant-invalid', 'sell-on-account'],
      ['no-right', 'manage-catalogue'],
      ['no-right', 'manage-catalogue'],
    ]);
    // no till applies prices and categories that were changed without the right
    const verdict = `SELECT verdict FROM journal WHERE act IN ('products-changed', 'categories-changed')`;
    expect(shop.relay.file.prepare(verdict).pluck().all()).toEqual(['refused', 'refused']);
  });

  test('a customer’s own limit, set by a cashier, is flagged', async () => {
    const saved = (kind: string, operator: string, of = customer) =>
      journal.add({
        act: 'customer-saved',
        body: { customer: of, recordHash: 'a'.repeat(64), credit: { kind } },
        operator,
      });
    await saved('shop-limit', CASHIER);
    await saved('unlimited', owner());
    // another number on the card; the limit stays as it was
    await saved('unlimited', CASHIER);
    expect(await found()).toEqual([]);
    await saved('shop-limit', CASHIER);
    await saved('unlimited', CASHIER, uuidv7());
    expect(await found()).toEqual([
      ['no-right', 'manage-customers'],
      ['no-right', 'manage-customers'],
    ]);
  });

  test('an act of a later version is kept, whatever it is called', async () => {
    for (const act of ['constructor', 'valueof', 'toString']) await journal.add({ act, body: {} });
    expect(await found()).toEqual([]);
  });

  test('an import may only set balances of its own cards, each debt with its confirmation', async () => {
    const stranger = uuidv7();
    const steps: AccountEntry[] = [customer, stranger].map((of) => ({
      customer: of,
      account: 'debt',
      delta: 100,
    }));
    const none: Confirmation = {
      kind: 'none',
      action: 'sell-on-account',
      amount: 100,
      because: 'import',
    };
    const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
    const imported = async (accounts: AccountEntry[], confirmations: Confirmation[]) => {
      const approval = await approvalOf(shop.till, accounts);
      const parts = { source: 'file', customers: [card], accounts, confirmations, approval };
      await journal.add({ act: 'customers-imported', body: parts });
    };
    await imported(steps.slice(0, 1), [none]);
    expect(await found()).toEqual([]);
    await imported(steps, [none, none]);
    await imported(steps.slice(0, 1), [{ ...none, amount: 1 }]);
    expect(await found()).toEqual([
      ['differs', 'accounts.1'],
      ['differs', 'confirmations.0.amount'],
    ]);
  });

  test('an act that was allowed then stays allowed after the policy has changed', async () => {
    await forbidCashiers('sell-on-account');
    await journal.sale(await coded(debt(100), CASHIER), { operator: CASHIER, policy: 1 });
    await journal.sale(await coded(debt(100), CASHIER), { operator: CASHIER, policy: 2 });
    expect(await found()).toEqual([['no-right', 'sell-on-account']]);
  });

  test('less debt or more points by an act of a later version are flagged, regardless of who made it', async () => {
    const moved = (account: 'debt' | 'points', delta: number, operator: string | null) =>
      journal.add({
        act: 'balance-moved',
        body: { accounts: [{ customer, account, delta }] },
        operator,
      });
    await moved('debt', -54_000, owner());
    await moved('points', 1000, CASHIER);
    await moved('points', 1000, null);
    expect(await found()).toEqual(Array(3).fill(['act-unknown', null]));
  });

  test.each([
    ['a debt that goes down', { accounts: [{ account: 'debt', delta: -54_000 }] }, '0.account'],
    [
      'points it does not say were earned',
      { accounts: [{ account: 'points', delta: 1000 }] },
      '0.delta',
    ],
    ['no points, though it says so', { pointsEarned: 10, accounts: [] }, '0'],
  ])('a cash sale differs from the rules if it moves %s', async (_, moved, path) => {
    const { accounts, ...parts } = moved;
    const steps = accounts.map((step) => ({ customer, ...step }) as AccountEntry);
    const body = cashSale({ customer, total: 100_000 });
    await journal.sale(body);
    await journal.sale(cashSale({ customer, total: 100_000, earned: 10 }));
    expect(await found()).toEqual([]);
    await journal.sale({
      ...body,
      ...parts,
      sale: uuidv7(),
      number: nextNumber(),
      accounts: steps,
    });
    expect(await found()).toEqual([['differs', `accounts.${path}`]]);
  });

  test('a policy that the relay never signed is flagged', async () => {
    await journal.sale(await coded(debt(100)), { policy: 7 });
    expect(await found()).toEqual([['policy-unknown', null]]);
    // and later entries are not measured by it
    await journal.sale(await coded(debt(100)));
    expect(await found()).toHaveLength(1);
  });

  test('a policy older than one the till has used before allows nothing that the newer forbids', async () => {
    await forbidCashiers('sell-on-account');
    await journal.idle();
    const later = { act: 'pin-locked', body: { operator: owner(), failures: 5, until: 1 } };
    await journal.add({ ...later, policy: 2 });
    await journal.sale(await coded(debt(100), CASHIER), { operator: CASHIER, policy: 1 });
    expect(await found()).toEqual([
      ['policy-unknown', 'older-version'],
      ['no-right', 'sell-on-account'],
    ]);
  });
});

describe('a re-enrolled till', () => {
  /** The same device under its next name, and the new flags. */
  async function anew() {
    const { other, theirs } = await anotherTill();
    const { seq, hash } = journal.head;
    await theirs.enrolled({ till: shop.till.id, seq, hash });
    const found = async (): Promise<unknown[]> => {
      await theirs.upload();
      const sql = 'SELECT kind, detail FROM flags WHERE till = ? ORDER BY cursor';
      return shop.relay.file.prepare(sql).raw().all(other.id);
    };
    return { theirs, found };
  }

  test('stays under the policy that it has used before', async () => {
    await forbidCashiers('sell-on-account');
    const later = { act: 'pin-locked', body: { operator: owner(), failures: 5, until: 1 } };
    await journal.add({ ...later, policy: 2 });
    await journal.upload();
    const { theirs, found } = await anew();
    await theirs.sale(debt(100), { operator: CASHIER, policy: 1 });
    expect(await found()).toEqual([
      ['policy-unknown', 'older-version'],
      ['no-right', 'sell-on-account'],
    ]);
  });

  test('keeps the day’s usage of its caps', async () => {
    for (let i = 0; i < 5; i += 1) await journal.sale(debt(300_000, { customer: uuidv7() }));
    await journal.upload();
    const { theirs, found } = await anew();
    await theirs.sale(debt(1), { operator: owner() });
    expect(await found()).toEqual([['cap-exceeded', 'sell-on-account']]);
  });
});

describe('acts without a code', () => {
  test('over the cap at once are flagged', async () => {
    await journal.sale(debt(300_000));
    await journal.sale(debt(300_001, { customer: uuidv7() }));
    expect(await found()).toEqual([['cap-exceeded', 'sell-on-account']]);
  });

  test('count for a customer’s day over all tills, whichever journal arrives first', async () => {
    const { other, theirs } = await anotherTill();
    await theirs.enrolled();
    await theirs.sale(debt(200_000), { at: START + 3 * HOUR, operator: owner() });
    await journal.sale(debt(200_000), { at: START + HOUR });
    shop.clock.pass(4 * HOUR);
    expect(await found()).toEqual([]);
    await other.signIn();
    await theirs.upload();
    expect((await flags()).map(({ till, kind }) => [till, kind])).toEqual([
      [other.id, 'cap-elsewhere'],
    ]);
  });

  test('count for a number’s day over all its cards, at all tills', async () => {
    const cards = [uuidv7(), uuidv7(), uuidv7()];
    for (const card of cards) await shop.trust(card, OTHER_PHONE);
    await journal.sale(debt(200_000, { customer: cards[0]! }));
    await journal.sale(debt(200_000));
    await journal.sale(debt(100_000, { customer: cards[1]! }));
    expect(await found()).toEqual([]);
    const { other, theirs } = await anotherTill();
    await theirs.enrolled();
    await theirs.sale(debt(1, { customer: cards[2]! }), { operator: owner() });
    await theirs.upload();
    expect((await flags()).map(({ till, kind }) => [till, kind])).toEqual([
      [other.id, 'cap-elsewhere'],
    ]);
  });

  test('count for a till’s day over all customers; a day later there is room again', async () => {
    for (let i = 0; i < 5; i += 1)
      await journal.sale(debt(300_000, { customer: uuidv7() }), { at: START });
    await journal.sale(debt(1, { customer: uuidv7() }), { at: START + 23 * HOUR });
    await journal.sale(debt(1), { at: START + 24 * HOUR });
    shop.clock.pass(DAY);
    expect(await found()).toEqual([['cap-exceeded', 'sell-on-account']]);
  });

  test('of a long time offline, uploaded in several parts, count on their own days', async () => {
    for (let day = 1; day <= 7; day += 1)
      await journal.sale(debt(300_000, { customer: uuidv7() }), { at: START + day * DAY });
    shop.clock.pass(8 * DAY);
    await shop.till.signIn();
    await journal.upload(journal.entries.slice(0, 4));
    expect(await found()).toEqual([]);
  });

  test.each([
    ['its till was enrolled', START, 'backdated'],
    ['the entry ahead of it', START + 9 * DAY, 'clock-set-back'],
  ])('dated back before %s do not free a cap', async (_, last, told) => {
    shop.clock.pass(last - START);
    if (last > START) await journal.idle();
    for (let day = 2; day <= 7; day += 1)
      await journal.sale(debt(300_000, { customer: uuidv7() }), { at: last - day * DAY });
    const kinds = (await found()).map(([kind]) => kind);
    expect(kinds).toEqual([...Array<string>(6).fill(told), 'cap-exceeded']);
  });

  test('are not dated back if a clock is corrected by a minute', async () => {
    await journal.sale(debt(100));
    await journal.sale(debt(100), { at: START - MINUTE });
    expect(await found()).toEqual([]);
  });

  test('with the reason “no internet” are flagged if another till was in contact with the relay', async () => {
    const offline = (at: number) =>
      journal.sale(onAccountSale({ customer, onAccount: 100 }, overrideBy(owner(), 100)), { at });
    const { other } = await anotherTill();
    shop.clock.pass(10 * MINUTE);
    await other.call('GET', '/health');
    await offline(START + 2 * MINUTE);
    await offline(START + 10 * MINUTE + 30_000);
    shop.clock.pass(HOUR);
    expect(await found()).toEqual([['override-while-others-online', 'sell-on-account']]);
  });

  test('without a confirmation, or with a “none” that only an import may have, are flagged', async () => {
    await journal.sale(onAccountSale({ customer, onAccount: 100 }, null));
    const none = {
      kind: 'none',
      action: 'sell-on-account',
      amount: 100,
      because: 'import',
    } as const;
    await journal.sale(onAccountSale({ customer, onAccount: 100 }, none));
    expect(await found()).toEqual([
      ['unconfirmed', 'sell-on-account'],
      ['unconfirmed', 'sell-on-account'],
    ]);
  });

  describe('with no code required', () => {
    const notRequired = (amount: number, because: 'method-none' | 'below-threshold') =>
      ({ kind: 'not-required', action: 'sell-on-account', amount, because }) as const;
    const free = (amount: number, because: 'method-none' | 'below-threshold', at: number) =>
      journal.sale(onAccountSale({ customer, onAccount: amount }, notRequired(amount, because)), {
        at,
        policy: 2,
      });
    const allow = async (method: Partial<Policy['methods']['sell-on-account']>) => {
      const policy = await shop.till.policy();
      const methods = {
        ...policy.methods,
        'sell-on-account': { ...policy.methods['sell-on-account'], ...method },
      };
      await shop.till.putPolicy(1, { ...policy, methods });
    };

    test('are checked against the threshold over 30 days together', async () => {
      await allow({ threshold: 1000 });
      await free(400, 'below-threshold', START);
      await free(400, 'below-threshold', START + 25 * DAY);
      await free(599, 'below-threshold', START + 35 * DAY);
      await free(1, 'below-threshold', START + 45 * DAY);
      shop.clock.pass(45 * DAY);
      expect(await found()).toEqual([['code-was-required', 'sell-on-account']]);
    });

    test('need the method “none” in the policy', async () => {
      await free(400, 'method-none', START);
      expect(await found()).toEqual([
        ['policy-unknown', null],
        ['code-was-required', 'sell-on-account'],
      ]);
      await allow({ chain: [] });
      await free(400, 'method-none', START);
      expect(await found()).toHaveLength(2);
    });
  });
});

test('an entry dated in the future is flagged', async () => {
  await journal.add({
    act: 'pin-locked',
    body: { operator: owner(), failures: 5, until: 1 },
    at: START + HOUR,
  });
  expect(await found()).toEqual([['future', null]]);
});

test('flags are for operators who read reports or change settings, and are paged by a cursor', async () => {
  await journal.sale(onAccountSale({ customer, onAccount: 100 }, null));
  await journal.sale(onAccountSale({ customer, onAccount: 200 }, null));
  await found();
  const [first, second] = await flags();
  expect(first).toEqual({
    cursor: first?.cursor,
    till: shop.till.id,
    seq: 2,
    hash: journal.entries[1]?.hash,
    kind: 'unconfirmed',
    detail: 'sell-on-account',
    at: START,
  });
  expect(await flags(first?.cursor)).toEqual([second]);
  await shop.till.signIn();
  expect((await shop.till.call('GET', '/journal/flags')).json.kind).toBe('elevation-needed');
  await shop.till.elevate();
  expect((await shop.till.call('GET', '/journal/flags?after=x')).json.kind).toBe('malformed');
});

describe('a first number on a card with a history', () => {
  const card = uuidv7();
  const earning = (): SaleBody => cashSale({ customer: card, total: 100_000, earned: 10 });
  const asked = async (phone: string, minor = 1000) => {
    const request = debtRequest({
      customer: { id: card, phone },
      amount: { minor, currency: 'RUB' },
      journalHead: journal.journalHead,
    });
    return (await ask(shop.till, request)).json;
  };

  test('counts as a change that only an owner lets in', async () => {
    await journal.sale(earning());
    await journal.upload();
    const refused = { kind: 'phone-unaccepted', allowed: { minor: 300_000, currency: 'RUB' } };
    expect(await asked(OTHER_PHONE, 400_000)).toEqual(refused);
    shop.clock.pass(DAY);
    await shop.till.signIn();
    await journal.add({ act: 'pin-locked', body: { operator: owner(), failures: 5, until: 1 } });
    await journal.upload();
    expect(await asked(OTHER_PHONE, 400_000)).toEqual(refused);
  });

  test('belongs to the card if a till named it before there was a history', async () => {
    await journal.sale(earning());
    await journal.upload(journal.entries, { contacts: [{ customer: card, phone: OTHER_PHONE }] });
    expect((await asked(OTHER_PHONE)).kind).toBe('awaiting-code');
    // still a new number: it confirms little in its first day
    expect((await asked(OTHER_PHONE, 400_000)).kind).toBe('phone-too-new');
    shop.clock.pass(DAY);
    await shop.till.signIn();
    await journal.add({ act: 'pin-locked', body: { operator: owner(), failures: 5, until: 1 } });
    await journal.upload();
    expect((await asked(OTHER_PHONE, 400_000)).kind).toBe('awaiting-code');
  });

  test('waits if a till named another one before it', async () => {
    await journal.sale(earning());
    await journal.upload(journal.entries, { contacts: [{ customer: card, phone: OTHER_PHONE }] });
    await journal.upload(journal.entries, { contacts: [{ customer: card, phone: PHONE }] });
    expect((await asked(PHONE)).kind).toBe('phone-held');
  });

  test('named after the history began waits for an owner', async () => {
    await journal.sale(earning());
    await journal.upload();
    shop.clock.pass(1);
    await journal.upload(journal.entries, { contacts: [{ customer: card, phone: OTHER_PHONE }] });
    expect((await asked(OTHER_PHONE, 400_000)).kind).toBe('phone-unaccepted');
  });
});
