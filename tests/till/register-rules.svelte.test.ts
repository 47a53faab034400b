// Automatic discounts at the register, on a real disk: the total on screen is the total saved.
import { describe, expect, test } from 'vitest';
import type { DiscountRule } from '$lib/contract/discount-rule';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { saveCustomer } from '$lib/storage/customers/customers';
import type { Register } from '$lib/state/register/register.svelte';
import { TenderTyping } from '../../src/routes/till/tender-typing.svelte';
import { ANNA, AT, HOUR, id, OWNER } from '../support/storage-shop';
import { atWork, bread } from '../support/till-register';

const DAY = 24 * HOUR;
const GROUP = id(70);
const MEMBER = id(41);

/** Ten percent off everything under this condition; `AT` is Thursday, 9 October 2025, 11:53 in Moscow. */
const tenOff = (change: Partial<DiscountRule>): DiscountRule => ({
  id: id(90),
  name: 'ten off',
  active: true,
  from: null,
  until: null,
  hours: null,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  scope: { kind: 'everything' },
  adds: false,
  amount: { kind: 'percent', basisPoints: 1000 },
  condition: { kind: 'weekdays' },
  ...change,
});
const UNTIL_ONE = tenOff({ hours: { from: 9 * 60, until: 13 * 60 } });

const RULES_CHANGED = { kind: 'tendering', voided: null, refused: { kind: 'rules-changed' } };

/** Saves the receipt; returns total and rules of the sale. */
async function saved(register: Register) {
  expect(register.checkout.save()).toBe(true);
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  const { total, byRules } = register.checkout.saved?.body ?? expect.fail('not saved');
  return { total, rules: byRules?.names.map(({ name }) => name) };
}

describe('a payment that began before a rule ran out', () => {
  async function paying() {
    const at = await atWork([UNTIL_ONE]);
    const { register } = at;
    register.add(bread, 'хлеб', quantity(1000));
    register.openTender();
    return at;
  }

  test('keeps its total for an hour', async () => {
    const { register, day } = await paying();
    register.setMoney('cash', money(9_000));
    day.at = AT + HOUR;
    expect(await saved(register)).toEqual({ total: 9_000, rules: ['ten off'] });
  });

  test('shows the new total and says so, before anything is saved', async () => {
    const { register, day } = await paying();
    register.setMoney('cash', money(10_000));
    day.at = AT + 2 * HOUR;
    expect([register.total, register.checkout.save()]).toEqual([9_000, false]);
    expect([register.total, register.checkout.current]).toEqual([10_000, RULES_CHANGED]);
    expect(await saved(register)).toEqual({ total: 10_000, rules: [] });
  });

  test('takes nothing by card in one tap before the new total was shown', async () => {
    const { register, day } = await paying();
    const typing = new TenderTyping(
      register,
      () => ({ code: 'RUB', digits: 2 }),
      (_, goOn) => goOn(),
    );
    day.at = AT + 2 * HOUR;
    typing.payRest('card');
    expect([register.total, register.receipt.tenders]).toEqual([10_000, []]);
    expect(register.checkout.current).toEqual(RULES_CHANGED);
    typing.payRest('card');
    await expect
      .poll(() => register.checkout.saved?.body.tenders)
      .toEqual([{ kind: 'card', amount: 10_000 }]);
  });

  test('says so as well if a new policy has other rules', async () => {
    const { register, day, policy } = await paying();
    day.policy = { ...policy, discountRules: [tenOff({ name: 'another', active: false })] };
    register.policyChanged();
    expect([register.total, register.checkout.current]).toEqual([10_000, RULES_CHANGED]);
  });
});

describe('a rule about the customer', () => {
  const member = {
    id: MEMBER,
    name: 'Дина',
    phone: null,
    credit: { kind: 'shop-limit' as const },
    ...NO_DETAILS,
  };
  const keep = (db: Parameters<typeof saveCustomer>[0], change: object, at = AT) =>
    saveCustomer(db, { customer: { ...member, ...change }, operator: OWNER, at });

  async function sells(register: Register, customer: string) {
    register.add(bread, 'хлеб', quantity(1000));
    await register.chooseCustomer(customer);
    register.openTender();
    register.setMoney('cash', money(10_000));
    return saved(register);
  }

  test('counts what they have bought so far, with the sale that reaches it from the next one on', async () => {
    const condition = { kind: 'purchases', from: 20_000 } as const;
    const { register } = await atWork([tenOff({ condition })]);
    const totals: number[] = [];
    for (let n = 0; n < 3; n += 1) totals.push((await sells(register, ANNA)).total);
    expect(totals).toEqual([10_000, 10_000, 9_000]);
  });

  test('counts their group', async () => {
    const { register, shop } = await atWork([
      tenOff({ condition: { kind: 'group', group: GROUP } }),
    ]);
    await keep(shop.db, {});
    expect((await sells(register, MEMBER)).total).toBe(10_000);
    await keep(shop.db, { group: GROUP });
    expect(await sells(register, MEMBER)).toEqual({ total: 9_000, rules: ['ten off'] });
  });

  test('counts their birthday a month after it was entered', async () => {
    const condition = { kind: 'birthday', before: 1, after: 1 } as const;
    const { register, shop } = await atWork([tenOff({ condition })]);
    const born = (day: number) => ({ birthday: { day, month: 10, year: null } });
    await keep(shop.db, born(10), AT - 29 * DAY);
    expect((await sells(register, MEMBER)).total).toBe(10_000);
    await keep(shop.db, born(8), AT - 31 * DAY);
    expect((await sells(register, MEMBER)).total).toBe(9_000);
    await keep(shop.db, born(11), AT - 31 * DAY);
    expect((await sells(register, MEMBER)).total).toBe(10_000);
  });

  test('gives nothing that the records on disk contradict: the sale is refused, and the total is settled again', async () => {
    const { register, shop } = await atWork([
      tenOff({ condition: { kind: 'group', group: GROUP } }),
    ]);
    await keep(shop.db, { group: GROUP });
    register.add(bread, 'хлеб', quantity(1000));
    await register.chooseCustomer(MEMBER);
    register.openTender();
    register.setMoney('cash', money(10_000));
    await keep(shop.db, { group: null });
    expect([register.total, register.checkout.save()]).toEqual([9_000, true]);
    await expect.poll(() => register.checkout.current).toEqual(RULES_CHANGED);
    await register.readCustomer();
    register.settleRules();
    expect(await saved(register)).toEqual({ total: 10_000, rules: [] });
  });
});

test('a held receipt that the disk cannot open leaves none of its goods in the open one, also where rules made new lines', async () => {
  const { register, shop, day, policy } = await atWork([UNTIL_ONE]);
  day.policy = { ...policy, discountRules: [] };
  register.add(bread, 'хлеб', quantity(1000));
  await register.held.hold();
  const [held] = register.held.all;
  if (held === undefined) throw new Error('nothing was set aside');
  register.add(bread, 'хлеб', quantity(2000));
  const before = register.receipt;
  day.policy = policy;
  shop.db.close();
  const opening = register.held.resume(held);
  expect(register.receipt.lines[0]).not.toBe(held.receipt.lines[0]);
  register.add({ ...bread, id: id(99) }, 'сыр', quantity(3000));
  expect(await opening).toMatchObject({ kind: 'not-stored' });
  expect(register.receipt.id).toBe(before.id);
  expect(register.receipt.lines.map(({ quantity }) => quantity)).toEqual([2000, 3000]);
});
