// Returns at the relay, judged by the till's own rules.
// The customer is notified once, and owners are notified of returns that nobody approved.
import type { ReturnRow } from '$lib/contract/rows';
import { codeHash } from '$lib/domain/values/receipt-number';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decideReturn, type ReturnInput } from '$lib/domain/acts/money/return';
import {
  decideReturnWithoutSale,
  type ReturnWithoutSaleInput,
} from '$lib/domain/acts/money/return-without-sale';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { NO_DEBTS, openDebts } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { writtenTo, NOTHING_BEFORE } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { project } from '$lib/domain/acts';
import { declarePutBack } from '../../relay/tills/restored';
import { CASHIER } from '../support/cashier';
import { ask, check, debtRequest, PHONE, type Shop } from '../support/challenges';
import {
  approvalOf,
  cashSale,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';
import {
  arrive,
  flagsOf,
  look,
  passForgetDay,
  messagesOf,
  openTwoTills,
  publish,
  SENDS_NOTHING,
} from '../support/two-tills';

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

/** A loaf sold on account. */
async function lent(journal: TillJournal, amount: number): Promise<EntryOf<'sale'>> {
  const given = overrideBy(shop.till.ownerId, amount, { connectivity: SENDS_NOTHING });
  const body = onAccountSale({ customer, onAccount: amount }, given);
  return (await journal.sale(body, { operator: CASHIER })) as EntryOf<'sale'>;
}

/** A return of a whole sale as a till with this knowledge makes it, with changes to its body. */
async function returned(
  journal: TillJournal,
  sale: EntryOf<'sale'>,
  known: Partial<
    Pick<
      ReturnInput,
      'since' | 'points' | 'shown' | 'scanned' | 'at' | 'approvedBy' | 'goods' | 'givenToday'
    >
  > = {},
  change: Partial<BodyOf<'return'>> = {},
): Promise<Entry> {
  const { onAccount } = sale.body;
  const { till, seq } = sale;
  const made = { till, seq, at: sale.at, amount: onAccount, dueAt: null, earns: null };
  const debt = {
    customer,
    debt: sale.hash,
    left: onAccount,
    repaid: { cash: 0, card: 0, transfer: 0 },
    earned: NOTHING_EARNED,
  };
  const decided = decideReturn({
    card: null,
    policy: shop.relay.relay.policy()?.policy as VerifiedPolicy,
    operator: shop.till.ownerId,
    return: uuidv7(),
    at: shop.clock.now(),
    sale,
    inCash: false,
    shown: 'paper',
    scanned: codeHash(sale.hash),
    reason: 'faulty',
    note: null,
    approvedBy: null,
    guardedToday: 0,
    givenToday: 0,
    asked: null,
    points: 0,
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
    since: { debts: onAccount === 0 ? [] : [{ ...debt, made }], returns: [] },
    ...known,
  });
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  const body = { ...decided.body, ...change };
  const at = known.at ?? shop.clock.now();
  const policy = shop.relay.relay.policy()?.policy.version ?? 1;
  return journal.add({ act: 'return', body, operator: shop.till.ownerId, at, policy });
}

const found = () => flagsOf(shop);
const told = () => messagesOf(shop, 'return');
const summed = () =>
  (
    shop.relay.file
      .prepare("SELECT item FROM summary_items WHERE kind = 'drawer' ORDER BY id")
      .pluck()
      .all() as string[]
  ).map((item) => JSON.parse(item) as object);

const rowsOf = (entry: Entry): readonly ReturnRow[] =>
  writtenTo('returns', project(entry as EntryOf<'return'>, NOTHING_BEFORE, new Set()));

test('a return is reported to the customer once, with what was given back and what is still owed', async () => {
  const sale = await lent(here, 5000);
  await arrive(here);
  await look(shop, here);
  await returned(here, sale);
  await arrive(here);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatch(
    /: возврат на 50,00 ₽, \d\d\.\d\d \d\d:\d\d: с долга 50,00 ₽\. Долга больше нет\. Не так\?/,
  );
});

test('earned points are taken back without a confirmation, and reported', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 30_000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  await returned(here, sale, { points: 3 });
  await arrive(here);
  expect(found()).toEqual([]);
  expect(told()[0]).toMatch(/возврат на 300,00 ₽, .*: наличными 300,00 ₽, баллы −3\. Не так/);
});

test('no message where the shop has switched it off', async () => {
  await publish(shop, (policy) => void (policy.notices.returns = false));
  const sale = (await here.sale(cashSale({ customer, total: 1000 }))) as EntryOf<'sale'>;
  await returned(here, sale);
  await arrive(here);
  expect(told()).toEqual([]);
});

describe('if the shop requires a code for returns,', () => {
  const SUM = 30_000;
  const override = (amount = SUM) =>
    overrideBy(shop.till.ownerId, amount, { connectivity: SENDS_NOTHING });
  const actsOf = (entry: Entry) =>
    shop.relay.file
      .prepare('SELECT proof FROM journal_acts WHERE hash = ?')
      .pluck()
      .all(entry.hash);
  test('a return by the operator who sold the goods in the same shift is in the summary, over midnight and within a day', async () => {
    const operator = shop.till.ownerId;
    const opens = () =>
      here.add({
        act: 'shift-opened',
        body: { float: 0, counted: false, left: 0, difference: 0 },
        operator,
      });
    await opens();
    const body = cashSale({ customer, total: 1000 });
    const sales = [
      (await here.sale(body, { operator })) as EntryOf<'sale'>,
      (await here.sale({ ...body, sale: uuidv7() }, { operator })) as EntryOf<'sale'>,
    ] as const;
    await arrive(here);
    await look(shop, here);
    shop.clock.pass(24 * 3_600_000);
    await shop.till.signIn();
    // the summary of the previous day is sent first, with all its items
    await here.idle();
    await arrive(here);
    const items = shop.relay.file.prepare('SELECT count(*) FROM summary_items').pluck();
    await expect.poll(() => items.get()).toBe(0);
    await returned(here, sales[0]);
    // a shift that was never closed ends where the next one opens
    await opens();
    await returned(here, sales[1]);
    await arrive(here);
    const own = summed().filter((item) => (item as { what?: string }).what === 'returned-own');
    expect(own).toEqual([{ kind: 'drawer', what: 'returned-own', operator, amount: 1000 }]);
  });

  const verdictOf = ({ hash }: Entry): unknown =>
    shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
  let sale: EntryOf<'sale'>;
  beforeEach(async () => {
    await publish(shop, (policy) => void (policy.returns.codeFrom = SUM));
    sale = (await here.sale(cashSale({ customer, total: SUM }))) as EntryOf<'sale'>;
    await arrive(here);
    await look(shop, here);
  });

  async function coded(id: string, amount: number): Promise<Confirmation> {
    const challenge = uuidv7();
    const request = debtRequest({
      action: 'return-goods',
      receiptId: id,
      amount: { minor: amount, currency: 'RUB' },
      deal: { kind: 'return', sale: sale.hash },
      journalHead: here.journalHead,
      customer: { id: customer, phone: PHONE },
    });
    const { json: reply } = await ask(shop.till, request, challenge);
    if (reply.kind !== 'awaiting-code') throw new Error(JSON.stringify(reply));
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    const grant = String(json.grant);
    return { kind: 'code', action: 'sell-on-account', amount, challenge, grant };
  }

  test('a code for exactly this return is requested in its own words, and nothing is flagged', async () => {
    const id = uuidv7();
    const confirmations = [await coded(id, SUM)];
    expect(shop.smsru.messages.at(-1)?.text).toMatch(/: возврат товара, вам вернут 300,00 ₽/);
    const entry = await returned(here, sale, { points: 3 }, { return: id, confirmations });
    await arrive(here);
    expect(found()).toEqual([]);
    expect(actsOf(entry)).toEqual(['code']);
    expect(told()).toHaveLength(1);
  });

  test('without a code it counts, is flagged, and is reported', async () => {
    const entry = await returned(here, sale, { points: 3 });
    await arrive(here);
    expect(found()).toEqual([['code-was-required', 'sell-on-account']]);
    expect(verdictOf(entry)).toBe('accepted');
    expect(told()).toHaveLength(1);
  });

  test('a code for another sum or return does not count', async () => {
    const id = uuidv7();
    const confirmations = [{ ...(await coded(id, SUM - 1)), amount: SUM }];
    const entry = await returned(here, sale, { points: 3 }, { return: id, confirmations });
    await arrive(here);
    expect(found()).toEqual([['grant-invalid', 'sell-on-account']]);
    expect(actsOf(entry)).toEqual(['nothing']);
  });

  test('an override needs no code, is reported as such, and shares the caps of sales', async () => {
    await shop.till.elevate();
    await publish(shop, (policy) => void (policy.notices.returns = false));
    const entry = await returned(here, sale, { points: 3 }, { confirmations: [override()] });
    await arrive(here);
    expect(found()).toEqual([]);
    expect(actsOf(entry)).toEqual(['override']);
    expect(messagesOf(shop, 'act')).toEqual([
      expect.stringMatching(/: возврат товара на 300,00 ₽ без кода, [\d. :]+\. Не вы\?/),
    ]);
    // the owners' summary names the sum given back, and no debt
    const { ownerId: operator } = shop.till;
    expect(summed()).toContainEqual({
      kind: 'drawer',
      what: 'returned-without-code',
      operator,
      amount: SUM,
    });
    expect(summed().filter((item) => (item as { kind: string }).kind === 'act')).toEqual([]);
  });

  test('an override above the caps is a flag', async () => {
    await shop.till.elevate();
    await publish(shop, (policy) => void (policy.overrideCaps.perAct = SUM - 1));
    await returned(here, sale, { points: 3 }, { confirmations: [override()] });
    await arrive(here);
    expect(found()).toEqual([['cap-exceeded', 'sell-on-account']]);
  });

  test('an override for less than is given back is flagged as different', async () => {
    await returned(here, sale, { points: 3 }, { confirmations: [override(1)] });
    await arrive(here);
    expect(found()).toEqual([['differs', expect.any(String)]]);
  });

  test('a customer without a phone needs no code', async () => {
    const nobody = uuidv7();
    const theirs = await here.sale(cashSale({ customer: nobody, total: SUM }));
    await arrive(here);
    await look(shop, here);
    await returned(here, theirs as EntryOf<'sale'>, { points: 3 });
    await arrive(here);
    expect(found()).toEqual([]);
  });
});

test('giving back more than the rules allow is flagged', async () => {
  const sale = await lent(here, 5000);
  await arrive(here);
  await look(shop, here);
  const accounts: never[] = [];
  const refunds = [{ kind: 'cash', amount: 5000 } as const];
  await returned(here, sale, {}, { refunds, debtReduced: 0, settles: [], accounts });
  await arrive(here);
  expect(found()).toEqual([['differs', expect.any(String)]]);
});

test('the same goods returned twice are flagged at one till, and a discrepancy at two', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 5000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  await look(shop, there);
  await returned(here, sale);
  await returned(there, sale);
  await arrive(here);
  await arrive(there);
  expect(found()).toEqual([['returned-elsewhere', null]]);
  // this till knows of both by now, so its own rules refuse a third return
  await look(shop, there);
  await returned(there, sale);
  await arrive(there);
  expect(found().slice(1)).toEqual([['against-rules', 'too-many']]);
});

test('the rest may be returned at another till once it knows of the first return', async () => {
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
  await look(shop, here);
  const first = await returned(here, sale);
  await arrive(here);
  await look(shop, there);
  await returned(there, sale, { since: { debts: [], returns: rowsOf(first) } });
  await arrive(there);
  expect(found()).toEqual([]);
});

test('a till that has only fetched a sale on account from the relay takes it back in parts', async () => {
  await arrive(here);
  await arrive(there);
  await look(shop, there);
  const given = overrideBy(shop.till.ownerId, 5000, { connectivity: SENDS_NOTHING });
  const body = onAccountSale({ customer, onAccount: 5000 }, given);
  const price = { quantity: 2000, unitPrice: 2500, listPrice: 2500 };
  const lines = body.lines.map((line) => ({ ...line, ...price }));
  const stock = [{ product: lines[0]?.product ?? '', delta: -2000 }];
  const sale = (await here.sale(
    { ...body, lines, stock },
    { operator: CASHIER },
  )) as EntryOf<'sale'>;
  await arrive(here);
  const fold = new Fold(NOTHING_BEFORE);
  for (const left of [2500, 0]) {
    const rows = fold.changes();
    const since = { debts: writtenTo('debts', rows), returns: writtenTo('returns', rows) };
    const half = await returned(there, sale, { since });
    fold.take(half as EntryOf<'return'>, new Set());
    await arrive(there);
    expect(told().at(-1)).toContain('с долга 25,00 ₽');
    expect(told().at(-1)).toContain(left === 0 ? 'Долга больше нет' : 'Осталось 25,00 ₽');
  }
  expect(found()).toEqual([]);
});

test('what was repaid of the debt is given back', async () => {
  const sale = await lent(here, 5000);
  const tender = { kind: 'cash', amount: money(5000) } as const;
  const { till, seq, at, hash } = sale;
  const made = { till, seq, at, amount: 5000, dueAt: null, earns: null };
  const repayment = decideRepayment({
    card: null,
    at: shop.clock.now(),
    policy: shop.relay.relay.policy()?.policy as VerifiedPolicy,
    repayment: uuidv7(),
    operator: shop.till.ownerId,
    customer,
    tenders: [tender],
    debts: openDebts([
      { customer, debt: hash, left: 5000, repaid: NO_MONEY, earned: NOTHING_EARNED, made },
    ]),
  });
  if (repayment.kind === 'refused') throw new Error(repayment.because.kind);
  await here.add({ act: 'repayment', body: repayment.body, operator: shop.till.ownerId });
  await arrive(here);
  await look(shop, here);
  const repaid = { cash: 5000, card: 0, transfer: 0 };
  const debts = [{ customer, debt: hash, left: 0, repaid, earned: NOTHING_EARNED, made }];
  const entry = await returned(here, sale, { since: { debts, returns: [] } });
  expect(entry.body).toMatchObject({ debtReduced: 0, refunds: [tender] });
  await arrive(here);
  expect(found()).toEqual([]);
});

test('owners learn who allowed a return or discounts to another operator', async () => {
  const [by, operator] = [shop.till.ownerId, CASHIER];
  const body = cashSale({ customer, total: 1000 });
  const lines = body.lines.map((line) => ({
    ...line,
    listPrice: 1300,
    priceFrom: 'free' as const,
  }));
  const sale = await here.sale({ ...body, lines, discountsAllowedBy: by }, { operator });
  const approval = { kind: 'given', by } as const;
  await returned(here, sale as EntryOf<'sale'>, { shown: 'nothing' }, { approval });
  await arrive(here);
  expect(summed()).toEqual([
    { kind: 'drawer', what: 'discounts-allowed', operator: by, amount: 300 },
    { kind: 'drawer', what: 'free-prices', operator, amount: 300 },
    { kind: 'drawer', what: 'returns-approved', operator: by, amount: 1000 },
  ]);
});

test('a sale that nobody made cannot be returned', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 1000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  await returned(here, { ...sale, hash: 'f'.repeat(64) });
  await arrive(here);
  expect(found()).toEqual([['against-rules', 'unknown-sale']]);
});

describe('a return of a sale that is not here', () => {
  /** A return by a till that got the sale from an order which the relay does not have. */
  async function ofNoSale(): Promise<Entry> {
    const sale = await lent(there, 5000);
    // it is never uploaded
    here.seen = { epoch: 4711, order: 9 };
    const entry = await returned(here, sale);
    await arrive(here);
    return entry;
  }

  test('counts if the relay was restored and may have lost it, and is in the owners’ summary', async () => {
    await declarePutBack(shop.relay.relay);
    const entry = await ofNoSale();
    expect([verdictOf(entry), found()]).toEqual(['accepted', []]);
    expect(summed()).toContainEqual({
      kind: 'drawer',
      what: 'returned-without-sale',
      operator: shop.till.ownerId,
      amount: 5000,
    });
    await arrive(there);
    expect(found()).toEqual([]);
  });

  test('does not prevent its author from forgetting the customer: only the relay lacks the proof of the sale', async () => {
    const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } } as const;
    await here.add({ act: 'customer-saved', body: card });
    await declarePutBack(shop.relay.relay);
    const body = cashSale({ customer, total: 30_000 });
    const sale = (await there.sale(body)) as EntryOf<'sale'>;
    here.seen = { epoch: 4711, order: 9 };
    await returned(here, sale, { points: 3 });
    const forgetting = { customer, merged: [], lapsed: 0, consent: { kind: 'by-right' } };
    const entry = await here.add({ act: 'customer-forgotten', body: forgetting });
    await arrive(here);
    expect([verdictOf(entry), found()]).toEqual([
      'refused',
      [['forget-refused', 'notices-waiting']],
    ]);
  });

  test('has no effect if the relay was never restored, whatever order it names', async () => {
    const entry = await ofNoSale();
    expect(verdictOf(entry)).toBe('refused');
    expect(found()).toEqual([['against-rules', 'unknown-sale']]);
  });
});

test('a return dated ahead does not increase the sum that may be given back in a day', async () => {
  await publish(shop, (policy) => void (policy.returns.perDay = 1500));
  for (const at of [shop.clock.now(), shop.clock.now() + 25 * 3_600_000]) {
    const body = cashSale({ customer, total: 1000 });
    const sale = (await here.sale(body, { policy: 2 })) as EntryOf<'sale'>;
    await arrive(here);
    await look(shop, here);
    await returned(here, sale, { shown: 'nothing', at });
    await arrive(here);
  }
  expect(found()).toEqual([
    ['future', null],
    ['against-rules', 'over-day-cap'],
  ]);
  // it counts because the goods are back; the excess over the daily cap is only flagged
  expect(countIn('returns')).toBe(2);
});

test('owners learn of returns without a second operator, and of returns by the operator who sold the goods', async () => {
  const operator = shop.till.ownerId;
  const sale = (await here.sale(cashSale({ customer, total: 1000 }), {
    operator,
  })) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  await returned(here, sale, { shown: 'nothing' });
  await arrive(here);
  expect(found()).toEqual([]);
  expect(summed()).toEqual([
    { kind: 'drawer', what: 'returned-alone', operator, amount: 1000 },
    { kind: 'drawer', what: 'returned-own', operator, amount: 1000 },
  ]);
});

test('owners learn which returned goods were written off, not which are sold again', async () => {
  const lines = [1000, 2000].flatMap((total) => cashSale({ customer, total }).lines);
  const { stock, ...rest } = cashSale({ customer, total: 3000 });
  const body = { ...rest, lines, stock: stock.map((row) => ({ ...row, delta: 2 * row.delta })) };
  const sale = (await here.sale(body, { operator: CASHIER })) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  const goods = [
    { line: 0, quantity: 1000, to: 'stock' },
    { line: 1, quantity: 1000, to: 'written-off' },
  ] as const;
  await returned(here, sale, { goods });
  await arrive(here);
  expect(found()).toEqual([]);
  const operator = shop.till.ownerId;
  expect(summed()).toEqual([{ kind: 'drawer', what: 'goods-written-off', operator, amount: 2000 }]);
});

const verdictOf = ({ hash }: Entry): unknown =>
  shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
const countIn = (table: string): unknown =>
  shop.relay.file.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get();
/** Purposes of the messages about an entry. */
const messagesAbout = ({ hash }: Entry): unknown[] =>
  shop.relay.file
    .prepare('SELECT purpose FROM outbox WHERE about = ? ORDER BY purpose')
    .pluck()
    .all(hash);

describe('a till of which the relay does not know what it had downloaded', () => {
  /** A sale that earned three points, and a return of it with changes. */
  async function crafted(change: (body: BodyOf<'return'>) => Partial<BodyOf<'return'>>) {
    const sale = (await here.sale(cashSale({ customer, total: 30_000 }))) as EntryOf<'sale'>;
    const again = await returned(here, sale, { points: 3 });
    here.entries.pop();
    const body = again.body as BodyOf<'return'>;
    const entry = await here.add({ act: 'return', body: { ...body, ...change(body) } });
    await arrive(here);
    return entry;
  }

  test('is not believed either if it names an order that was lost', async () => {
    here.seen = { epoch: 4711, order: 9 };
    const entry = await crafted(() => ({ refunds: [{ kind: 'cash', amount: 60_000 }] }));
    expect(found()).toEqual([['differs', 'refunds']]);
    expect(verdictOf(entry)).toBe('refused');
  });

  test('takes no points without a message, even if the shop sends no messages about returns', async () => {
    await publish(shop, (policy) => void (policy.notices.returns = false));
    const entry = await crafted(() => ({}));
    expect(found()).toEqual([]);
    expect(messagesAbout(entry)).toEqual(['act']);
  });

  test.each<[string, Partial<Policy['returns']>, Partial<BodyOf<'return'>>, string]>([
    ['what was paid by card', {}, { inCash: true }, 'needs-colleague'],
    ['much cash', { cashFrom: 29_999 }, {}, 'needs-colleague'],
    ['what no scanned paper proves', {}, { scanned: '0'.repeat(12) }, 'needs-colleague'],
    ['more than one person may in a day', { perDay: 29_999 }, {}, 'needs-colleague'],
    [
      'more than a day allows',
      { perDay: 29_999 },
      { shown: 'nothing', scanned: null },
      'over-day-cap',
    ],
  ])('gives nobody in cash %s without a second PIN', async (_, returns, change, refused) => {
    const isCapped = refused === 'over-day-cap';
    const sold = cashSale({ customer, total: 30_000 });
    const tenders = [{ kind: change.inCash ? ('card' as const) : 'cash', amount: 30_000 }];
    const sale = (await there.sale({ ...sold, tenders } as never, {
      operator: CASHIER,
    })) as EntryOf<'sale'>;
    await arrive(there);
    await publish(shop, (policy) => {
      Object.assign(policy.returns, returns);
      policy.groups = policy.groups.map((group) => ({
        ...group,
        rights: [...new Set([...group.rights, 'return' as const])],
      }));
    });
    const refunds = [{ kind: 'cash', amount: 30_000 } as const];
    const approval = isCapped
      ? ({ kind: 'given', by: CASHIER } as const)
      : ({ kind: 'not-needed' } as const);
    const known = { points: 3, approvedBy: CASHIER, givenToday: -30_000 };
    await returned(here, sale, known, { refunds, approval, ...change });
    await arrive(here);
    expect(found()).toEqual([['against-rules', refused]]);
  });

  test('may return its own sale', async () => {
    const entry = await crafted(() => ({}));
    expect(found()).toEqual([]);
    expect(verdictOf(entry)).toBe('accepted');
    expect(messagesAbout(entry)).toEqual(['return']);
    expect(countIn('returns')).toBe(1);
  });

  test.each<[string, (body: BodyOf<'return'>) => Partial<BodyOf<'return'>>]>([
    [
      'points that nobody paid with',
      ({ accounts }) => ({
        pointsGivenBack: 1_000_000,
        accounts: [{ customer, account: 'points', delta: 1_000_000 }, ...accounts],
      }),
    ],
    [
      'more of earned points than there were',
      () => ({
        pointsTakenBack: 4,
        accounts: [{ customer, account: 'points', delta: -4 }],
      }),
    ],
    [
      'a debt that the sale did not make',
      ({ accounts, sale }) => ({
        debtReduced: 30_000,
        refunds: [],
        settles: [{ debt: sale?.hash ?? '', amount: 30_000 }],
        accounts: [{ customer, account: 'debt', delta: -30_000 }, ...accounts],
      }),
    ],
    ['more money than was paid', () => ({ refunds: [{ kind: 'cash', amount: 60_000 }] })],
    [
      'more of the goods than was sold',
      ({ lines, stock }) => ({
        lines: lines.map((line) => ({ ...line, quantity: 2000 })),
        stock: stock.map((row) => ({ ...row, delta: 2000 })),
      }),
    ],
    [
      'points of somebody else',
      () => {
        const other = uuidv7();
        return { customer: other, accounts: [{ customer: other, account: 'points', delta: -3 }] };
      },
    ],
    ['goods of no sale', ({ sale }) => ({ sale: sale && { ...sale, hash: 'f'.repeat(64) } })],
  ])('is not believed about %s', async (_, change) => {
    const entry = await crafted(change);
    expect(found()).toEqual([
      [expect.stringMatching(/^(differs|against-rules)$/), expect.any(String)],
    ]);
    // no till applies it, and the relay stores no rows of it
    expect(verdictOf(entry)).toBe('refused');
    expect(countIn('returns')).toBe(0);
  });
});

test('a customer who loses points by a return that breaks the rules is notified', async () => {
  await publish(shop, (policy) => void (policy.notices.returns = false));
  const sale = (await here.sale(cashSale({ customer, total: 30_000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  const accounts = [{ customer, account: 'points' as const, delta: -500 }];
  const entry = await returned(here, sale, { points: 3 }, { pointsTakenBack: 500, accounts });
  await arrive(here);
  expect(found()).toEqual([['differs', expect.any(String)]]);
  expect(messagesAbout(entry)).toEqual(['act']);
});

test('a return that claims to be another till’s counts as the uploading till’s', async () => {
  const sale = (await here.sale(cashSale({ customer, total: 5000 }))) as EntryOf<'sale'>;
  await arrive(here);
  await look(shop, here);
  const entry = await returned(here, sale);
  here.entries.pop();
  await look(shop, there);
  await there.add({ act: 'carried-over', body: { entry }, operator: shop.till.ownerId });
  await arrive(there);
  expect(found()).toEqual([['foreign-entry', null]]);
  const stored = shop.relay.file.prepare('SELECT till, content FROM returns').all() as {
    till: string;
    content: string;
  }[];
  expect(stored.map(({ till, content }) => [till, JSON.parse(content) as ReturnRow])).toEqual([
    [there.till.id, expect.objectContaining({ till: there.till.id })],
  ]);
});

test('a return for a forgotten customer lowers the debt, but takes no points', async () => {
  const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
  await here.add({ act: 'customer-saved', body: card });
  await arrive(here);
  const given = overrideBy(shop.till.ownerId, 10_000, { connectivity: SENDS_NOTHING });
  const body = onAccountSale({ customer, onAccount: 30_000 }, given);
  const sale = (await there.sale(
    {
      ...body,
      tenders: [{ kind: 'cash', amount: 20_000 }],
      onAccount: 10_000,
      pointsEarned: 2,
      accounts: [
        { customer, account: 'points', delta: 2 },
        { customer, account: 'debt', delta: 10_000 },
      ],
    },
    { operator: CASHIER },
  )) as EntryOf<'sale'>;
  await look(shop, here);
  await here.add({
    act: 'customer-forgotten',
    body: { customer, merged: [], lapsed: 0, consent: { kind: 'by-right' } },
  });
  await arrive(here);
  await passForgetDay(shop);
  await arrive(there);
  const before = found().length;
  await look(shop, there);
  await returned(there, sale, { points: null });
  await arrive(there);
  expect(found().slice(before)).toEqual([]);
  expect(countIn('returns')).toBe(1);
});

test('a debt that was written off at another till meanwhile is a discrepancy', async () => {
  const sale = await lent(here, 5000);
  await arrive(here);
  await look(shop, here);
  await look(shop, there);
  await returned(there, sale);
  const step = { customer, account: 'debt' as const, delta: -5000 };
  const correction = {
    correction: uuidv7(),
    currency: 'RUB',
    customer,
    account: 'debt',
    delta: -5000,
    reason: 'Disputed',
    debt: null,
    settles: [{ debt: sale.hash, amount: 5000 }],
    accounts: [step],
    confirmations: [{ kind: 'by-right', action: 'sell-on-account', amount: 5000 }],
  };
  const written = await here.add({
    act: 'balance-corrected',
    body: correction,
    operator: shop.till.ownerId,
  });
  await arrive(here);
  await arrive(there);
  expect(found()).toEqual([['repaid-elsewhere', null]]);
  const body = shop.relay.file.prepare('SELECT body FROM discrepancies').pluck().get();
  expect(JSON.parse(String(body))).toMatchObject({ against: [{ hash: written.hash }] });
});

test('a debt may be lowered although the customer has an imported prepayment', async () => {
  const accounts = [{ customer, account: 'debt' as const, delta: -50_000 }];
  const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } } as const;
  await here.add({
    act: 'customers-imported',
    body: {
      source: 'file',
      customers: [card],
      accounts,
      confirmations: [],
      approval: await approvalOf(here.till, accounts),
    },
  });
  const sale = await lent(here, 5000);
  await arrive(here);
  await look(shop, here);
  await returned(here, sale);
  await arrive(here);
  expect(found()).toEqual([]);
});

describe('a return without a sale', () => {
  const bread = uuidv7();

  /** A return of a loaf at 50.00, as a till with this knowledge makes it, with changes to its body. */
  async function withoutSale(
    {
      to = 'stock',
      ...known
    }: Partial<ReturnWithoutSaleInput> & { readonly to?: 'stock' | 'written-off' } = {},
    change: Partial<BodyOf<'return'>> = {},
  ): Promise<Entry> {
    const operator = shop.till.ownerId;
    const { policy } = shop.relay.relay.policy() ?? expect.fail('no policy');
    const prices = { given: 5000, list: 5000 };
    const loaf = {
      ...({ product: bread, name: 'Bread', unit: 'piece', quantity: 1000 } as const),
      mark: null,
      tax: USUAL_TAX,
    };
    const decided = decideReturnWithoutSale({
      card: null,
      policy: policy,
      operator,
      return: uuidv7(),
      at: shop.clock.now(),
      customer: null,
      debts: NO_DEBTS,
      goods: [{ ...loaf, prices, to }],
      inCash: true,
      reason: 'faulty',
      note: null,
      approvedBy: null,
      guardedToday: 0,
      ...known,
    });
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    const body = { ...decided.body, ...change };
    return here.add({ act: 'return', body, operator, policy: policy.version });
  }

  /** A second operator with the right to return goods. */
  const withColleague = () =>
    publish(shop, (policy) => {
      policy.groups = policy.groups.map((group) => ({
        ...group,
        rights: [...new Set([...group.rights, 'return' as const])],
      }));
    });

  test('is red in the owners’ summary, reported to the customer, and lowers the oldest debt first', async () => {
    const sale = await lent(here, 2000);
    await arrive(here);
    await look(shop, here);
    const { till, seq, at, hash } = sale;
    const made = { till, seq, at, amount: 2000, dueAt: null, earns: null };
    const debts = openDebts([
      { customer, debt: hash, left: 2000, repaid: NO_MONEY, earned: NOTHING_EARNED, made },
    ]);
    const entry = await withoutSale({ customer, debts });
    await arrive(here);
    expect(found()).toEqual([]);
    expect(entry.body).toMatchObject({
      settles: [{ debt: hash, amount: 2000 }],
      refunds: [{ kind: 'cash', amount: 3000 }],
    });
    expect(told()[0]).toMatch(
      /возврат без чека на 50,00 ₽, .*: с долга 20,00 ₽, наличными 30,00 ₽\. Долга больше нет/,
    );
    const [operator, amount] = [shop.till.ownerId, 5000];
    expect(summed()).toEqual([
      { kind: 'drawer', what: 'returned-alone', operator, amount },
      { kind: 'drawer', what: 'returned-without-sale', operator, amount },
    ]);
  });

  test('is in the owners’ summary with the goods that were written off', async () => {
    await withoutSale({ to: 'written-off' });
    await arrive(here);
    expect(found()).toEqual([]);
    expect(summed()).toContainEqual({
      kind: 'drawer',
      what: 'goods-written-off',
      operator: shop.till.ownerId,
      amount: 5000,
    });
  });

  test('is accepted if the relay does not know which debts the till knew', async () => {
    const entry = await withoutSale({ customer });
    await arrive(here);
    expect(found()).toEqual([]);
    expect(verdictOf(entry)).toBe('accepted');
  });

  test.each<[string, string, () => Promise<Entry>]>([
    [
      'that nobody else approved',
      'against-rules needs-colleague',
      async () => {
        await withColleague();
        return withoutSale({ approvedBy: CASHIER }, { approval: { kind: 'alone' } });
      },
    ],
    [
      'that its own operator approved',
      'against-rules needs-colleague',
      async () => {
        await withColleague();
        const approval = { kind: 'given', by: shop.till.ownerId } as const;
        return withoutSale({ approvedBy: CASHIER }, { approval });
      },
    ],
    [
      'above the list price',
      'against-rules above-list',
      async () => {
        const { lines } = (await withoutSale()).body as BodyOf<'return'>;
        here.entries.pop();
        const prices = { given: 5000, list: 4000 };
        return withoutSale({}, { lines: lines.map((line) => ({ ...line, prices })) });
      },
    ],
    [
      'of more than the goods cost',
      'differs lines.0.amount',
      async () => {
        const { lines } = (await withoutSale()).body as BodyOf<'return'>;
        here.entries.pop();
        const refunds = [{ kind: 'cash' as const, amount: 9000 }];
        const dear = lines.map((line) => ({ ...line, amount: 9000 }));
        return withoutSale({}, { lines: dear, total: 9000, refunds });
      },
    ],
    [
      'that gives money to whoever owes',
      'differs debtReduced',
      async () => {
        await lent(here, 2000);
        await arrive(here);
        await look(shop, here);
        return withoutSale({ customer });
      },
    ],
  ])('%s is refused', async (_, wrong, make) => {
    const entry = await make();
    await arrive(here);
    expect(found().map((row) => (row as string[]).join(' '))).toEqual([wrong]);
    expect(verdictOf(entry)).toBe('refused');
    expect(countIn('returns')).toBe(0);
  });
});
