// What the relay finds in entries that move accounts beyond the shop's rules: debts and points out of nothing, over a limit, over a threshold.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountEntry, Confirmation } from '$lib/contract/journal';
import { flagsReply, type Flag } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { openShop, PHONE, type Shop } from '../support/challenges';
import { cashSale, onAccountSale, TillJournal } from '../support/till-journal';

const CASHIER = uuidv7();
const withCashier = (policy: Policy): Policy => ({
  ...policy,
  operators: [
    ...policy.operators,
    { ...policy.operators[0]!, id: CASHIER, name: 'Вера', group: 'cashier' },
  ],
});

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
/** Sends what is not there yet and reads what was found, kind and detail. */
async function found(): Promise<(string | null)[][]> {
  await shop.till.signIn();
  const reply = await journal.upload();
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  return (await flags()).map(({ kind, detail }) => [kind, detail]);
}

describe('a balance that moves by no customer’s consent and no sale', () => {
  const none = (because: 'import' | 'correction' | 'demo', amount: number): Confirmation => ({
    ...{ kind: 'none', action: 'sell-on-account', amount, because },
  });
  const up: AccountEntry['delta'] = 5_000_000;
  const moved = (operator: string | null, because: 'import' | 'correction' | 'demo') =>
    journal.add({
      act: 'balance-corrected',
      body: {
        accounts: [{ customer, account: 'debt', delta: up }],
        confirmations: [none(because, up)],
      },
      operator,
    });

  test('is for whoever corrects balances, whatever the act is called', async () => {
    await moved(owner(), 'correction');
    expect(await found()).toEqual([]);
    await moved(CASHIER, 'correction');
    await moved(CASHIER, 'import');
    await moved(null, 'import');
    expect(await found()).toEqual(Array(3).fill(['unconfirmed', 'sell-on-account']));
  });

  test('comes in with an import by those who may import', async () => {
    await journal.add({
      act: 'customers-imported',
      body: {
        source: 'file',
        customers: [{ customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } }],
        accounts: [
          { customer, account: 'debt', delta: up },
          { customer, account: 'points', delta: 700 },
        ],
        confirmations: [none('import', up)],
      },
    });
    expect(await found()).toEqual([]);
  });
});

describe('points', () => {
  test('are earned on the money paid, rounded down, and no more', async () => {
    // 1 % of it, a rouble each
    await journal.sale(cashSale({ customer, total: 19_999, earned: 1 }), { operator: CASHIER });
    await journal.sale(cashSale({ customer, total: 20_000, earned: 2 }), { operator: CASHIER });
    expect(await found()).toEqual([]);
    await journal.sale(cashSale({ customer, total: 19_999, earned: 2 }), { operator: CASHIER });
    await journal.sale(cashSale({ customer, total: 10_000, earned: 1_000_000 }), {
      operator: CASHIER,
    });
    expect(await found()).toEqual(Array(2).fill(['no-right', 'correct-balance']));
  });

  test('are earned by the policy the sale was made under', async () => {
    const policy = await shop.till.policy();
    await shop.till.putPolicy(1, { ...policy, points: { ...policy.points, earnBasisPoints: 500 } });
    const five = cashSale({ customer, total: 10_000, earned: 5 });
    await journal.sale(five, { operator: CASHIER, policy: 1 });
    await journal.sale({ ...five, sale: uuidv7() }, { operator: CASHIER, policy: 2 });
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
    ['goods that cost less', { total: 10_000_000 }],
    ['money nobody gave', { tenders: [{ kind: 'cash', amount: 10_000_000 } as const] }],
    ['change nobody got back', { changeDue: 1 }],
  ])('a sale is damaged that does not add up: %s', async (_, parts) => {
    await journal.sale({ ...cashSale({ customer, total: 10_000, earned: 1 }), ...parts });
    expect(await found()).toEqual([['malformed', null]]);
  });
});

async function flagged(): Promise<(string | number)[][]> {
  await found();
  return (await flags()).map(({ seq, kind }) => [seq, kind]);
}
