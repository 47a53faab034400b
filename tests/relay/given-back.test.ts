// Cancelled repayments and paid-out overpayments at the relay.
// Their codes and messages, and what a dishonest till cannot do.
import type { DebtRow } from '$lib/contract/rows';
import { codeHash } from '$lib/domain/values/receipt-number';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { decideReturn } from '$lib/domain/acts/money/return';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { businessDay } from '$lib/domain/values/business-day';
import { DAY_MS } from '$lib/domain/values/durations';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { epochOf, logHead } from '../../relay/store/journal';
import { addMerge } from '../../relay/store/merges';
import { declarePutBack } from '../../relay/tills/restored';
import { CASHIER } from '../support/cashier';
import { ZONE } from '../support/till-client';
import { ask, check, debtRequest, OTHER_PHONE, type Shop } from '../support/challenges';
import {
  approvalOf,
  CARD_SALT,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';
import {
  arrive,
  flagsOf,
  look,
  messagesOf,
  openTwoTills,
  publish,
  SENDS_NOTHING,
} from '../support/two-tills';

type Body = BodyOf<'repayment-cancelled'>;
type Cancelled = Omit<Body, 'day'> & Partial<Pick<Body, 'day'>>;

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, OTHER_PHONE);
  for (const journal of [here, there]) await shift(journal);
});
afterEach(() => shop.stop());

const owner = () => shop.till.ownerId;
const override = (amount: number, by = owner()): Confirmation =>
  overrideBy(by, amount, { connectivity: SENDS_NOTHING });

const add = (journal: TillJournal, act: string, body: object): Promise<Entry> =>
  journal.add({ act, body: body as Entry['body'], operator: owner() });

const shift = (journal: TillJournal) =>
  add(journal, 'shift-opened', { float: 0, counted: false, left: 0, difference: 0 });

const owes = (journal: TillJournal, amount: number, whose = customer): Promise<Entry> =>
  journal.sale(onAccountSale({ customer: whose, onAccount: amount }, override(amount)), {
    operator: CASHIER,
  });

/** In cash; settles one debt. */
async function repaid(
  journal: TillJournal,
  { hash: debt }: Pick<Entry, 'hash'>,
  amount: number,
): Promise<EntryOf<'repayment'>> {
  const body: Omit<BodyOf<'repayment'>, 'day'> = {
    repayment: uuidv7(),
    currency: 'RUB',
    customer,
    amount,
    changeDue: 0,
    rounding: 0,
    tenders: [{ kind: 'cash', amount }],
    settles: [{ debt, tender: 'cash', amount }],
    earned: [],
    accounts: [{ customer, account: 'debt', delta: -amount }],
  };
  return (await add(journal, 'repayment', body)) as EntryOf<'repayment'>;
}

/** A debt of a sale that was repaid in cash. */
const repaidDebt = ({ till, seq, at, hash }: Entry, amount: number): DebtRow => ({
  customer,
  debt: hash,
  left: 0,
  repaid: { ...NO_MONEY, cash: amount },
  earned: NOTHING_EARNED,
  made: { till, seq, at, amount, dueAt: null, earns: null },
});

function bodyOf(
  { till, seq, hash, body }: EntryOf<'repayment'>,
  change: Partial<Cancelled> = {},
): Cancelled {
  const { amount, settles, rounding, tenders: refunds } = body;
  return {
    allowedBy: null,
    cancellation: uuidv7(),
    currency: 'RUB',
    customer,
    amount,
    rounding,
    refunds,
    settles,
    repayment: { till, seq, hash },
    reason: 'Не тот покупатель',
    takenBack: [],
    withheld: { points: 0, amount: 0 },
    accounts: [{ customer, account: 'debt', delta: amount }],
    confirmations: [override(amount)],
    ...change,
  };
}

const cancelled = (journal: TillJournal, body: Cancelled) =>
  add(journal, 'repayment-cancelled', body);

const paidOut = (journal: TillJournal, amount: number, change: object = {}) =>
  add(journal, 'overpayment-returned', {
    payout: uuidv7(),
    currency: 'RUB',
    customer,
    amount,
    tender: 'cash',
    allowedBy: null,
    accounts: [{ customer, account: 'debt', delta: amount }],
    ...change,
  });

/** A debt of 900 that was repaid here, known to both tills. */
async function repaidHere(): Promise<EntryOf<'repayment'>> {
  const debt = await owes(here, 90_000);
  const repayment = await repaid(here, debt, 90_000);
  await arrive(here);
  await look(shop, here);
  return repayment;
}

const found = () => flagsOf(shop);
const told = (purpose: string) => messagesOf(shop, purpose);
const verdictOf = ({ hash }: Entry): unknown =>
  shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
const owed = () =>
  shop.relay.file.prepare("SELECT SUM(delta) FROM journal_steps WHERE account = 'debt'").pluck();

async function asked(body: Cancelled, change: object = {}) {
  const id = uuidv7();
  const request = {
    ...debtRequest({ journalHead: here.journalHead }),
    action: 'cancel-repayment' as const,
    receiptId: body.cancellation,
    amount: { minor: body.amount, currency: 'RUB' },
    deal: { kind: 'cancellation' as const, repayment: body.repayment.hash },
    customer: { id: customer, phone: OTHER_PHONE, cardSalt: CARD_SALT },
    ...change,
  };
  return { id, reply: await ask(shop.till, request, id) };
}

async function coded(body: Cancelled): Promise<Cancelled> {
  const { id, reply } = await asked(body);
  if (reply.json.kind !== 'awaiting-code') throw new Error(JSON.stringify(reply.json));
  const { json } = await check(shop.till, id, shop.smsru.codes.at(-1)!);
  const [{ action, amount }] = body.confirmations;
  const code = { kind: 'code', action, amount, challenge: id, grant: String(json.grant) } as const;
  return { ...body, confirmations: [code] };
}

/** `at`, ms, as the day after it. */
const nextDay = (at: number) => businessDay(at + DAY_MS, ZONE);

describe('a repayment cancelled', () => {
  test('dated into another business day is flagged', async () => {
    const repayment = await repaidHere();
    const day = nextDay(shop.clock.now());
    await cancelled(here, { ...(await coded(bodyOf(repayment))), day });
    await arrive(here);
    expect(found()).toEqual([['differs', 'day']]);
  });

  test('with the customer’s code gets no flag and no message, and the debt is back', async () => {
    const repayment = await repaidHere();
    const acts = told('act').length;
    await cancelled(here, await coded(bodyOf(repayment)));
    await arrive(here);
    expect(found()).toEqual([]);
    expect(told('act')).toHaveLength(acts);
    expect(told('by-right')).toEqual([]);
    expect(shop.smsru.messages.at(-1)?.text).toMatch(
      /^Весна: отмена оплаты, ваш долг вырастет на 900,00 ₽/,
    );
    expect(owed().get()).toBe(90_000);
  });

  test('without a code is reported to the customer and to whom it names', async () => {
    const repayment = await repaidHere();
    const acts = told('act').length;
    await cancelled(here, bodyOf(repayment));
    await arrive(here);
    expect(found()).toEqual([]);
    expect(told('act').slice(acts)).toEqual([
      expect.stringMatching(/: отменено погашение долга 900,00 ₽ без кода, [\d. :]+\. Не вы\?/),
    ]);
  });

  test('shares the caps of sales without a code', async () => {
    const debt = await owes(here, 90_000);
    for (let n = 0; n < 4; n += 1) {
      const repayment = await repaid(here, debt, 90_000);
      await cancelled(here, bodyOf(repayment));
    }
    await arrive(here);
    expect(found()).toContainEqual(['cap-exceeded', 'sell-on-account']);
  });

  test('is not a new debt, so the limit of credit does not stop it', async () => {
    const policy = await shop.till.policy();
    policy.credit.debtLimit = 10_000;
    const rights = ['correct-balance', 'skip-code:on-account'] as const;
    policy.groups.push({ id: 'books', name: 'Books', rights: [...rights], discountBasisPoints: 0 });
    const cashier = policy.operators.find(({ id }) => id === CASHIER);
    if (cashier !== undefined) Object.assign(cashier, { group: 'books' });
    const next = { ...policy, version: policy.version + 1 };
    expect((await shop.till.putPolicy(policy.version, next)).json.kind).toBe('policy');
    const debt = await owes(here, 90_000);
    const repayment = await repaid(here, debt, 90_000);
    await arrive(here);
    await shop.till.signIn();
    const body = bodyOf(repayment, { confirmations: [override(90_000, CASHIER)] });
    expect((await asked(body, { operator: CASHIER })).reply.json.kind).toBe('awaiting-code');
    await here.add({
      act: 'repayment-cancelled',
      operator: CASHIER,
      policy: 2,
      body: body,
    });
    await arrive(here);
    expect(found()).toEqual([]);
  });

  /** A cashier without the right to pass a limit of 1000.00, who repays, sells on account, and cancels. */
  async function withDebtSince(since: number, whose = customer): Promise<Cancelled> {
    await publish(shop, (policy) => {
      policy.credit.debtLimit = 100_000;
      policy.groups.push({
        id: 'books',
        name: 'Books',
        discountBasisPoints: 0,
        rights: ['correct-balance', 'skip-code:on-account'],
      });
      const cashier = policy.operators.find(({ id }) => id === CASHIER);
      if (cashier !== undefined) Object.assign(cashier, { group: 'books' });
    });
    const debt = await owes(here, 90_000);
    const repayment = await repaid(here, debt, 90_000);
    await owes(here, since, whose);
    await arrive(here);
    return bodyOf(repayment, { confirmations: [override(90_000, CASHIER)] });
  }
  const byCashier = (body: Cancelled) =>
    here.add({ act: 'repayment-cancelled', operator: CASHIER, policy: 2, body });

  test('is limited by the credit if the customer has taken on debt since', async () => {
    const body = await withDebtSince(10_001);
    await here.till.signIn();
    expect((await asked(body, { operator: CASHIER })).reply.json).toEqual({
      kind: 'over-limit',
      allowed: { minor: 89_999, currency: 'RUB' },
    });
    const acts = told('act').length;
    await byCashier(body);
    await arrive(here);
    expect(found()).toEqual([['no-right', 'sell-over-limit']]);
    expect(told('act').length).toBeGreaterThan(acts);
  });

  test('is limited by it if they have taken on debt with another card of their account', async () => {
    const { db } = shop.relay.relay;
    const other = uuidv7();
    await addMerge(db, { from: other, into: customer, order: (await logHead(db)).order });
    await look(shop, here);
    const body = await withDebtSince(10_001, other);
    await here.till.signIn();
    expect((await asked(body, { operator: CASHIER })).reply.json).toEqual({
      kind: 'over-limit',
      allowed: { minor: 89_999, currency: 'RUB' },
    });
    await byCashier(body);
    await arrive(here);
    expect(found()).toEqual([['no-right', 'sell-over-limit']]);
  });

  test('is accepted below the limit of credit, together with the debt taken on since', async () => {
    const body = await withDebtSince(10_000);
    await here.till.signIn();
    expect((await asked(body, { operator: CASHIER })).reply.json.kind).toBe('awaiting-code');
    await byCashier(body);
    await arrive(here);
    expect(found()).toEqual([]);
  });

  describe('at one till, while another till that does not know of it takes the goods back,', () => {
    /** `paid`: of a debt of 900 for two pieces; some of the pieces are returned. */
    async function apart(
      paid = 90_000,
      pieces = 2,
    ): Promise<readonly [cancelling: Entry, returning: EntryOf<'return'>]> {
      const sale = onAccountSale({ customer, onAccount: 90_000 }, override(90_000));
      const price = { quantity: 2000, listPrice: 45_000, unitPrice: 45_000 };
      const two = {
        lines: sale.lines.map((line) => ({ ...line, ...price })),
        stock: sale.stock.map((each) => ({ ...each, delta: -2000 })),
      };
      const debt = (await add(here, 'sale', {
        ...sale,
        ...two,
        day: businessDay(shop.clock.now(), ZONE),
      })) as EntryOf<'sale'>;
      const repayment = await repaid(here, debt, paid);
      await arrive(here);
      for (const journal of [here, there]) await look(shop, journal);
      const cancelling = await cancelled(here, bodyOf(repayment));
      const decided = decideReturn({
        card: null,
        policy: shop.relay.relay.policy()?.policy as VerifiedPolicy,
        operator: owner(),
        return: uuidv7(),
        at: shop.clock.now(),
        sale: debt,
        inCash: false,
        shown: 'paper',
        scanned: codeHash(debt.hash),
        reason: 'faulty',
        note: null,
        approvedBy: null,
        guardedToday: 0,
        givenToday: 0,
        asked: null,
        points: 0,
        goods: [{ line: 0, quantity: pieces * 1000, to: 'stock' }],
        since: {
          debts: [
            {
              ...repaidDebt(debt, 90_000),
              left: 90_000 - paid,
              repaid: { ...NO_MONEY, cash: paid },
            },
          ],
          returns: [],
        },
      });
      if (decided.kind === 'refused') throw new Error(decided.because.kind);
      return [cancelling, (await add(there, 'return', decided.body)) as EntryOf<'return'>];
    }
    const against = () =>
      (shop.relay.file.prepare('SELECT body FROM discrepancies').pluck().all() as string[]).flatMap(
        (body) =>
          (JSON.parse(body) as { against: { hash: string }[] }).against.map(({ hash }) => hash),
      );

    test('is a discrepancy if the cancellation arrives last', async () => {
      const [, returning] = await apart();
      await arrive(there, here);
      expect(found()).toEqual([['paid-back-elsewhere', null]]);
      expect(against()).toEqual([returning.hash]);
    });

    test.each(['cancellation', 'return'])(
      'is nothing to settle where the return has given no money, and the %s arrives last',
      async (last) => {
        const [, returning] = await apart(20_000, 1);
        expect(returning.body).toMatchObject({ debtReduced: 45_000, refunds: [] });
        await arrive(...(last === 'return' ? [here, there] : [there, here]));
        expect(found()).toEqual([]);
        expect(owed().get()).toBe(45_000);
      },
    );

    test('is a discrepancy if the return arrives last', async () => {
      const [cancelling] = await apart();
      await arrive(here, there);
      expect(found()).toEqual([['paid-back-elsewhere', null]]);
      expect(against()).toEqual([cancelling.hash]);
    });
  });

  test.each<[string, () => Promise<Cancelled>, [string, string][]]>([
    [
      'a second time',
      async () => {
        const repayment = await repaidHere();
        await cancelled(here, bodyOf(repayment));
        return bodyOf(repayment);
      },
      [['against-rules', 'already-cancelled']],
    ],
    [
      'in another shift',
      async () => {
        const repayment = await repaidHere();
        await shift(here);
        return bodyOf(repayment);
      },
      [
        ['against-rules', 'shift-open'],
        ['against-rules', 'other-shift'],
      ],
    ],
    [
      'of another customer',
      async () => {
        const repayment = await repaidHere();
        const other = uuidv7();
        const accounts = [{ customer: other, account: 'debt', delta: 90_000 }];
        return bodyOf(repayment, { customer: other, accounts } as never);
      },
      [['differs', 'customer']],
    ],
    [
      'of another sum',
      async () => {
        const { settles, ...rest } = bodyOf(await repaidHere());
        const [one] = settles;
        return {
          ...rest,
          amount: 80_000,
          refunds: [{ kind: 'cash', amount: 80_000 }],
          settles: [{ ...one!, amount: 80_000 }],
          accounts: [{ customer, account: 'debt', delta: 80_000 }],
          confirmations: [override(80_000)],
        };
      },
      [['differs', 'amount']],
    ],
    [
      'that is none',
      async () => {
        const body = bodyOf(await repaidHere());
        return { ...body, repayment: { ...body.repayment, hash: 'e'.repeat(64) } };
      },
      [['against-rules', 'unknown-repayment']],
    ],
  ])('%s breaks the rules, and is told', async (_, make, flags) => {
    const body = await make();
    const acts = told('act').length;
    await cancelled(here, body);
    await arrive(here);
    expect(found()).toEqual(flags);
    expect(told('act').length).toBeGreaterThan(acts);
  });

  test('a second time breaks the rules even if the first left out one of its debts', async () => {
    const first = await owes(here, 40_000);
    const second = await owes(here, 50_000);
    const settles = [first, second].map(({ hash: debt, body }) => ({
      debt,
      tender: 'cash' as const,
      amount: (body as BodyOf<'sale'>).onAccount,
    }));
    const repayment = (await add(here, 'repayment', {
      repayment: uuidv7(),
      currency: 'RUB',
      customer,
      amount: 90_000,
      changeDue: 0,
      rounding: 0,
      tenders: [{ kind: 'cash', amount: 90_000 }],
      settles,
      earned: [],
      accounts: [{ customer, account: 'debt', delta: -90_000 }],
    })) as EntryOf<'repayment'>;
    const part = { amount: 50_000, refunds: [{ kind: 'cash', amount: 50_000 }] } as const;
    await cancelled(
      here,
      bodyOf(repayment, {
        ...part,
        settles: settles.slice(1),
        confirmations: [override(50_000)],
        accounts: [{ customer, account: 'debt', delta: 50_000 }],
      } as never),
    );
    await cancelled(here, bodyOf(repayment));
    await arrive(here);
    expect(found()).toEqual([
      ['differs', 'amount'],
      ['against-rules', 'already-cancelled'],
    ]);
  });

  test('of another till breaks the rules', async () => {
    const repayment = await repaidHere();
    await look(shop, there);
    await cancelled(there, bodyOf(repayment));
    await arrive(there);
    expect(found()).toEqual([['against-rules', 'other-shift']]);
  });

  test('a grant for another repayment, or for a correction, proves nothing', async () => {
    const debt = await owes(here, 90_000);
    const first = await repaid(here, debt, 40_000);
    const second = await repaid(here, debt, 40_000);
    const body = bodyOf(first);
    const { confirmations } = await coded(body);
    await cancelled(here, {
      ...bodyOf(second, { cancellation: body.cancellation }),
      confirmations,
    });
    await arrive(here);
    expect(found()).toEqual([['grant-invalid', 'sell-on-account']]);
    const wrong = await asked(body, { deal: { kind: 'correction', account: 'debt', delta: 5 } });
    expect(wrong.reply.json.kind).toBe('malformed');
    const points = { points: 5, worth: { minor: 500, currency: 'RUB' } };
    expect((await asked(body, { amount: points })).reply.json.kind).toBe('malformed');
  });
});

describe('an overpayment paid out', () => {
  /** A debt of 900, repaid at two tills that did not know of each other: the shop owes 900, and both tills know it now. */
  async function overpaid(): Promise<void> {
    const debt = await owes(here, 90_000);
    await arrive(here);
    await look(shop, there);
    await look(shop, here);
    await repaid(here, debt, 90_000);
    await repaid(there, debt, 90_000);
    await arrive(here);
    await arrive(there);
    expect(found()).toEqual([['repaid-elsewhere', null]]);
    await look(shop, here);
    await look(shop, there);
  }

  test('example 21: is reported to the customer once; a second one by a till that did not know is a discrepancy', async () => {
    await overpaid();
    const acts = told('act').length;
    const first = await paidOut(here, 90_000);
    await paidOut(there, 90_000);
    await arrive(here);
    expect(told('return')).toEqual([
      expect.stringMatching(
        /: возвращена переплата 900,00 ₽ наличными, [\d. :]+\. Долга больше нет\. Не так/,
      ),
    ]);
    expect([owed().get(), told('act').length, told('by-right')]).toEqual([0, acts, []]);
    await arrive(there);
    expect(found().slice(1)).toEqual([['paid-back-elsewhere', null]]);
    const against = shop.relay.file
      .prepare("SELECT entry FROM journal WHERE act = 'discrepancy-found'")
      .pluck()
      .all() as string[];
    expect(
      against.map((text) => (JSON.parse(text) as { body: { against: object } }).body.against),
    ).toMatchObject([{}, [{ hash: first.hash }]]);
    expect(owed().get()).toBe(90_000);
  });

  test('belongs to the day its till states, unless it cannot be that day in any time zone', async () => {
    await overpaid();
    await paidOut(here, 100, { day: nextDay(shop.clock.now()) });
    await arrive(here);
    expect([found().slice(1), owed().get()]).toEqual([[], -89_900]);
    await paidOut(here, 100, { day: '2020-01-01' });
    await arrive(here);
    expect([found().slice(1), owed().get()]).toEqual([[['differs', 'day']], -89_900]);
  });

  test('of more than the shop owes raises no debt, and is flagged and reported', async () => {
    await overpaid();
    const acts = told('act').length;
    await paidOut(here, 90_001);
    await arrive(here);
    expect(found().slice(1)).toEqual([['against-rules', 'more-than-we-owe']]);
    expect(told('act').slice(acts)).toEqual([
      expect.stringMatching(/записан долг 900,01 ₽ без кода/),
    ]);
    expect(owed().get()).toBe(-90_000);
  });

  test.each<[string, Entry['seen']]>([
    ['had downloaded nothing', { epoch: 0, order: 0 }],
    ['knows another relay’s order', { epoch: 4711, order: 9 }],
  ])('by a till that says it %s has no effect beyond its own acts', async (_, seen) => {
    await overpaid();
    const acts = told('act').length;
    here.seen = seen;
    const entry = await paidOut(here, 50_000);
    await arrive(here);
    expect(found().slice(1)).toEqual([['against-rules', 'more-than-we-owe']]);
    expect(told('act').slice(acts)).toEqual([
      expect.stringMatching(/записан долг 500,00 ₽ без кода/),
    ]);
    expect(owed().get()).toBe(-90_000);
    expect(verdictOf(entry)).toBe('refused');
  });

  test('by a till that had downloaded nothing counts if its own acts explain it', async () => {
    const accounts = [{ customer, account: 'debt' as const, delta: -20_000 }];
    const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
    await add(here, 'customers-imported', {
      source: 'file',
      customers: [card],
      accounts,
      confirmations: [],
      approval: await approvalOf(here.till, accounts),
    });
    await paidOut(here, 20_000);
    await arrive(here);
    expect(found()).toEqual([]);
    expect(told('return')).toHaveLength(1);
    expect(owed().get()).toBe(0);
  });

  test('of money from entries that the relay has lost is a discrepancy, because the till may have known them', async () => {
    await overpaid();
    here.seen = { epoch: await epochOf(shop.relay.relay.db), order: 1000 };
    await declarePutBack(shop.relay.relay);
    await paidOut(here, 90_001);
    await arrive(here);
    expect(found().slice(1)).toEqual([['paid-back-elsewhere', null]]);
    expect(owed().get()).toBe(1);
  });
});
