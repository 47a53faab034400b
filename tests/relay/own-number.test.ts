// An operator who serves their own card is flagged if somebody else could have served it.
import { codeHash } from '$lib/domain/values/receipt-number';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry, EntryOf } from '$lib/contract/journal';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decidePayout } from '$lib/domain/acts/money/overpayment-returned';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideReturn } from '$lib/domain/acts/money/return';
import { decideReturnWithoutSale } from '$lib/domain/acts/money/return-without-sale';
import { openDebts, type Debts } from '$lib/domain/customers/debts';
import { money } from '$lib/domain/values/money';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { CASHIER } from '../support/cashier';
import { PHONE, type Shop } from '../support/challenges';
import { cashSale, onAccountSale, overrideBy, type TillJournal } from '../support/till-journal';
import { arrive, flagsOf, look, openTwoTills, publish, SENDS_NOTHING } from '../support/two-tills';

let shop: Shop;
let here: TillJournal;
const customer = uuidv7();
beforeEach(async () => {
  ({ shop, here } = await openTwoTills());
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

/** The owner has the customer's number from now on; a colleague may do all that they may, unless they are `alone`. */
async function isOwner(alone: 'alone' | 'not-alone'): Promise<void> {
  await publish(shop, ({ operators: [owner, colleague] }) => {
    if (owner === undefined || colleague === undefined) throw new Error('nobody works here');
    owner.phone = PHONE;
    colleague.group = owner.group;
    colleague.active = alone === 'not-alone';
  });
}

const policy = () => shop.relay.relay.policy()!.policy;
const made = () => ({ operator: shop.till.ownerId, policy: policy().version });
/** Decides as a till that does not check the card's number. */
const by = () => ({ policy: policy(), operator: shop.till.ownerId, card: null });
const because = { reason: 'faulty', note: null } as const;

const byOwner = (amount: number) =>
  overrideBy(shop.till.ownerId, amount, { connectivity: SENDS_NOTHING });

async function sold(body = onAccountSale({ customer, onAccount: 5000 }, byOwner(5000))) {
  const operator = CASHIER;
  return (await here.sale(body, { ...made(), operator })) as EntryOf<'sale'>;
}

function debtOf({ till, seq, at, hash }: EntryOf<'sale'>, left = 5000): Debts {
  const debt = { customer, debt: hash, left, repaid: NO_MONEY, earned: NOTHING_EARNED };
  return openDebts([{ ...debt, made: { till, seq, at, amount: 5000, dueAt: null, earns: null } }]);
}

async function write(
  act: 'repayment' | 'return' | 'overpayment-returned',
  decided: { kind: 'decided'; body: object } | { kind: 'refused'; because: { kind: string } },
): Promise<void> {
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  await here.add({ act, body: decided.body as Entry['body'], ...made() });
}

async function repaid(sale: EntryOf<'sale'>, amount: number): Promise<void> {
  const tenders = [{ kind: 'cash', amount: money(amount) }] as const;
  const asked = { repayment: uuidv7(), customer, debts: debtOf(sale), tenders };
  await write('repayment', decideRepayment({ ...by(), at: shop.clock.now(), ...asked }));
}

const acts: Record<string, () => Promise<unknown>> = {
  'a sale on account': () =>
    here.sale(onAccountSale({ customer, onAccount: 5000 }, byOwner(5000)), made()),
  'a sale that earns points': () => here.sale(cashSale({ customer, total: 10_000 }), made()),
  'a repayment': async () => repaid(await sold(), 5000),
  'a return': async () => {
    const sale = await sold(cashSale({ customer, total: 5000 }));
    const asked = {
      return: uuidv7(),
      at: shop.clock.now(),
      sale,
      inCash: false,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      ...because,
      approvedBy: null,
      guardedToday: 0,
      givenToday: 0,
      asked: null,
      points: 0,
      goods: [{ line: 0, quantity: 1000, to: 'stock' }],
      since: { debts: [], returns: [] },
    } as const;
    await write('return', decideReturn({ ...by(), ...asked }));
  },
  'a return without a sale': async () => {
    const debts = debtOf(await sold());
    const loaf = { product: uuidv7(), name: 'Хлеб', unit: 'piece', quantity: 1000 } as const;
    const asked = {
      return: uuidv7(),
      at: shop.clock.now(),
      customer,
      debts,
      inCash: true,
      ...because,
      goods: [
        { ...loaf, mark: null, tax: USUAL_TAX, prices: { given: 1000, list: 1000 }, to: 'stock' },
      ],
      approvedBy: CASHIER,
      guardedToday: 0,
    } as const;
    await write('return', decideReturnWithoutSale({ ...by(), ...asked }));
  },
  'an overpayment paid out': async () => {
    const sale = await sold();
    await here.add({
      act: 'repayment',
      body: {
        repayment: uuidv7(),
        currency: 'RUB',
        customer,
        amount: 7000,
        changeDue: 0,
        rounding: 0,
        tenders: [{ kind: 'cash', amount: 7000 }],
        earned: [],
        settles: [{ debt: sale.hash, tender: 'cash', amount: 7000 }],
        accounts: [{ customer, account: 'debt', delta: -7000 }],
      },
      ...made(),
      operator: CASHIER,
    });
    await arrive(here);
    await look(shop, here);
    const debts = debtOf(sale, -2000);
    const asked = {
      payout: uuidv7(),
      customer,
      debts,
      amount: money(2000),
      tender: 'cash',
      allowedBy: null,
    } as const;
    await write('overpayment-returned', decidePayout({ ...by(), at: shop.clock.now(), ...asked }));
  },
};

const ownNumber = () =>
  flagsOf(shop).filter((flag) => (flag as string[]).join(' ') === 'against-rules own-number');

test.each(Object.entries(acts))('%s of one’s own card is flagged', async (_, act) => {
  await isOwner('not-alone');
  await act();
  await arrive(here);
  expect(ownNumber()).toHaveLength(1);
});

test('it is not flagged if nobody else could have done it', async () => {
  await isOwner('alone');
  for (const name of ['a sale on account', 'a sale that earns points']) await acts[name]?.();
  await arrive(here);
  expect(flagsOf(shop)).toEqual([]);
});
