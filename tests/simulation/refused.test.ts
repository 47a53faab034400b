// An act that the relay refuses counts nowhere, not even at the till that wrote it.
import { codeHash } from '$lib/domain/values/receipt-number';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { statementOf } from '$lib/storage/customers/statement';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { repair } from '$lib/storage/recovery/repair';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { returnEntriesOf, saveReturn } from '$lib/storage/sales/returns';
import { BREAD_ADDED } from './simulated-acts';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import type { WholeTill } from '../support/whole-till';

let whole: WholeShop;
let tills: WholeTill[];
let customer: string;
beforeEach(async () => {
  whole = await openWholeShop();
  ({ tills } = whole);
  customer = uuidv7();
  await author().save(customer);
  await author().changeGoods([BREAD_ADDED]);
  await syncTills(tills);
});
afterEach(() => closeWholeShop(whole));

const author = (): WholeTill => tills[0]!;
const other = (): WholeTill => tills[1]!;

async function bought(at: WholeTill, cash: number): Promise<EntryOf<'sale'>> {
  const outcome = await at.sell(customer, { price: 30_000, cash });
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  return outcome.entry as EntryOf<'sale'>;
}

async function takeBack(at: WholeTill, sale: EntryOf<'sale'>): Promise<EntryOf<'return'>> {
  const outcome = await saveReturn(at.db, {
    return: uuidv7(),
    sale,
    inCash: false,
    approvedBy: null,
    note: null,
    operator: whole.shop.owner.ownerId,
    at: at.now(),
    shown: 'paper',
    scanned: codeHash(sale.hash),
    reason: 'faulty',
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
  });
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  return outcome.entry;
}

/** What a till shows about the customer and the goods. */
async function shownAt(at: WholeTill) {
  const { movements, open } = await statementOf(at.db, customer, 9);
  const [bread] = await at.goods();
  const steps = movements.map(({ hash, delta }) => [hash, delta]);
  return { ...(await at.standing(customer)), steps, open: open.length, stock: bread?.stock };
}

async function expectSame(): Promise<Awaited<ReturnType<typeof shownAt>>> {
  const shown = await shownAt(other());
  for (const each of tills) {
    expect(await shownAt(each)).toEqual(shown);
    expect(await each.sums()).toBe('agree');
    expect(await checkRemote(each.db)).toBe(false);
  }
  return shown;
}

const verdictOf = ({ hash }: { readonly hash: string }) =>
  whole.shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);

test.each([
  ['paid', 30_000],
  ['on account', 0],
])(
  'a return, of a sale %s that the shop’s order did not have, counts at no till, and its author is told',
  async (_, cash) => {
    const sale = await bought(other(), cash);
    const refused = await takeBack(author(), sale);
    await author().sync();
    expect(verdictOf(refused)).toBe('refused');
    await syncTills(tills);
    const { owed, points } = await expectSame();
    expect([owed, points > 0]).toEqual([30_000 - cash, cash > 0]);
    for (const { db } of tills)
      expect(await openDiscrepancies(db)).toMatchObject([
        { kind: 'not-counted', entry: { hash: refused.hash } },
      ]);

    expect(await returnEntriesOf(author().db, sale.hash)).toEqual([]);
    const again = await takeBack(author(), sale);
    await syncTills(tills);
    expect(verdictOf(again)).toBe('accepted');
    expect(await expectSame()).toMatchObject({ owed: 0, points: 0, open: 0, stock: 10_000 });
    expect(await returnEntriesOf(author().db, sale.hash)).toMatchObject([{ hash: again.hash }]);
  },
);

test('it does not count after the copy of the order is downloaded again, or the own rows are rebuilt', async () => {
  const sale = await bought(other(), 0);
  await takeBack(author(), sale);
  await author().sync();
  await syncTills(tills);
  const shown = await expectSame();
  await forgetRemote(author().db, 'kept');
  await author().sync();
  expect(await expectSame()).toEqual(shown);
  expect(await repair(author().db, whole.clock.now())).toEqual([]);
  expect(await expectSame()).toEqual(shown);
});
