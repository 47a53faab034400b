// Repayments at the relay: judged by the till's own rules, reported to the customer once.
import type { DebtRow } from '$lib/contract/rows';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BodyOf, Entry } from '$lib/contract/journal';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { openDebts } from '$lib/domain/customers/debts';
import { money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { CASHIER } from '../support/cashier';
import { PHONE, type Shop } from '../support/challenges';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import { arrive, flagsOf, look, openTwoTills, publish, SENDS_NOTHING } from '../support/two-tills';

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

/** A debt, and the row that it has at every till. */
async function owes(journal: TillJournal, amount: number): Promise<DebtRow> {
  const given = overrideBy(shop.till.ownerId, amount, { connectivity: SENDS_NOTHING });
  const { till, seq, at, hash } = await journal.sale(
    onAccountSale({ customer, onAccount: amount }, given),
    { operator: CASHIER },
  );
  const made = { till, seq, at, amount, dueAt: null, earns: null };
  return { customer, debt: hash, left: amount, repaid: NO_MONEY, earned: NOTHING_EARNED, made };
}

/** A repayment in cash as a till with these debts makes it, with something changed in its body. */
function repaid(
  journal: TillJournal,
  amount: number,
  debts: readonly DebtRow[],
  change: Partial<BodyOf<'repayment'>> = {},
): Promise<Entry> {
  const decided = decideRepayment({
    card: null,
    at: shop.clock.now(),
    policy: shop.relay.relay.policy()?.policy as VerifiedPolicy,
    operator: shop.till.ownerId,
    repayment: uuidv7(),
    customer,
    debts: openDebts(debts),
    tenders: [{ kind: 'cash', amount: money(amount) }],
  });
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  const body = { ...decided.body, ...change };
  return journal.add({ act: 'repayment', body, operator: shop.till.ownerId });
}

const found = () => flagsOf(shop);
const told = () =>
  shop.relay.file
    .prepare("SELECT text FROM outbox WHERE purpose NOT IN ('act', 'policy-weakened') ORDER BY id")
    .pluck()
    .all() as string[];

test('a repayment dated into another business day is flagged', async () => {
  const debt = await owes(here, 5000);
  await repaid(here, 2000, [debt], { day: '2020-01-01' });
  await arrive(here);
  expect(found()).toEqual([['differs', 'day']]);
});

test('a repayment is reported to the customer once, with what is still owed', async () => {
  const debt = await owes(here, 5000);
  await arrive(here);
  await look(shop, here);
  await repaid(here, 2000, [debt]);
  await arrive(here);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatch(
    /: принято 20,00 ₽ в счёт долга, \d\d\.\d\d \d\d:\d\d\. Осталось 30,00 ₽\. Не так/,
  );
});

test('there is no message if the shop has switched it off', async () => {
  await publish(shop, (policy) => void (policy.notices.repayments = false));
  const debt = await owes(here, 5000);
  await repaid(here, 2000, [debt]);
  await arrive(here);
  expect(told()).toEqual([]);
});

test('a debt of another till, once downloaded, is repaid by the rules', async () => {
  const debt = await owes(there, 5000);
  await arrive(there);
  await look(shop, here);
  await repaid(here, 5000, [debt]);
  await arrive(here);
  expect(found()).toEqual([]);
});

test('a debt repaid at two tills that did not know of each other is a discrepancy of the later one', async () => {
  const debt = await owes(here, 5000);
  await arrive(here);
  await look(shop, there);
  const one = await repaid(here, 5000, [debt]);
  await repaid(there, 5000, [debt]);
  await arrive(here);
  await arrive(there);
  expect(found()).toEqual([['repaid-elsewhere', null]]);
  const against = shop.relay.file
    .prepare("SELECT entry FROM journal WHERE act = 'discrepancy-found'")
    .pluck()
    .all() as string[];
  expect(
    against.map((text) => (JSON.parse(text) as { body: { against: object } }).body.against),
  ).toMatchObject([[{ till: here.till.id, hash: one.hash }]]);
  expect(told()[1]).toMatch(/Переплата 50,00 ₽/);
});

test('a repayment of more than is owed, and one that settles other debts, break the rules', async () => {
  const first = await owes(here, 5000);
  const second = await owes(here, 3000);
  await arrive(here);
  await look(shop, here);
  await repaid(here, 1000, [second]);
  await arrive(here);
  expect(found()).toEqual([['differs', 'settles.0.debt']]);
  await repaid(here, 9000, [{ ...first, left: 9000 }]);
  await arrive(here);
  expect(found()).toHaveLength(2);
  expect(found()[1]).toMatchObject(['differs', expect.any(String)]);
});

test('debts are not judged if the till had downloaded nothing, or only before the relay was restored', async () => {
  const unknown = {
    customer,
    debt: 'd'.repeat(64),
    left: 5000,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
  };
  const debt = {
    ...unknown,
    made: { till: there.till.id, seq: 9, at: 1, amount: 5000, dueAt: null, earns: null },
  };
  await owes(here, 5000);
  await repaid(here, 1000, [debt]);
  await arrive(here);
  expect(told()).toEqual([expect.stringMatching(/Осталось 40,00/)]);
  here.seen = { epoch: 77, order: 3 };
  await repaid(here, 1000, [debt]);
  await arrive(here);
  expect(found()).toEqual([]);
  // the remaining debt is known once all tills have uploaded again
  expect(told()[1]).toMatch(/принято 10,00 ₽ в счёт долга, [\d. :]+\. Не так/);
});

test('a repayment that does not add up is malformed, and reported as a forgiven debt', async () => {
  const debt = await owes(here, 5000);
  const accounts = [{ customer, account: 'debt', delta: -5000 }] as const;
  await repaid(here, 1000, [debt], { accounts: [...accounts] });
  await arrive(here);
  expect(found()).toEqual([['malformed', null]]);
  expect(told()).toEqual([expect.stringMatching(/вашим именем/)]);
});

test('sums that no honest till can have made stop nothing', async () => {
  const huge = Number.MAX_SAFE_INTEGER;
  await owes(there, huge);
  await owes(there, 500);
  await arrive(there);
  const debt = await owes(here, 5000);
  await arrive(here);
  await look(shop, here);
  await repaid(here, 1000, [debt]);
  await arrive(here);
  const kinds = (found() as [string, string][]).map(([kind]) => kind);
  expect(kinds).not.toContain('quarantined');
});

test('a cashier without the right is flagged', async () => {
  await publish(shop, (policy) => {
    for (const group of policy.groups)
      if (group.id !== 'owner')
        group.rights = group.rights.filter((right) => right !== 'take-repayment');
  });
  const debt = await owes(here, 5000);
  const body = await repaid(here, 1000, [debt]);
  await here.add({ act: 'repayment', body: body.body, operator: CASHIER, policy: 2 });
  await arrive(here);
  expect(found()).toContainEqual(['no-right', 'take-repayment']);
});
