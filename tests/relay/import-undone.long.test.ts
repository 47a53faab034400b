// Undoing an import of customers: judged by what all tills did, and done as a whole or not at all.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { BodyOf, Entry } from '$lib/contract/journal';
import type { Card } from '$lib/contract/journal-upload';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { makeSalt, sealCard } from '$lib/proof/record';
import { CASHIER } from '../support/cashier';
import { OTHER_PHONE, PHONE } from '../support/challenge-requests';
import { tokensOf, type Shop } from '../support/challenges';
import {
  approvalOf,
  CARD_SALT,
  cashSale,
  earnedOn,
  type TillJournal,
} from '../support/till-journal';
import { look, openTwoTills, upload } from '../support/two-tills';

const CREDIT = { kind: 'shop-limit' } as const;

let shop: Shop;
let here: TillJournal;
let there: TillJournal;
let debtor: string;
let other: string;
let cards: Map<string, Card>;
let imported: Entry;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  there.till.tokens = tokensOf(shop.relay);
  [debtor, other] = [uuidv7(), uuidv7()];
  cards = new Map([
    [debtor, cardOf('Анна', PHONE)],
    [other, cardOf('Борис', null)],
  ]);
  imported = await importedAt(here);
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;
const cardOf = (name: string, phone: string | null): Card => ({
  salt: makeSalt(),
  name,
  phone,
  cardSalt: CARD_SALT,
  ...NO_SEALED_DETAILS,
});
const opening = (): AccountEntry[] => [
  { customer: debtor, account: 'debt', delta: 540_00 },
  { customer: debtor, account: 'points', delta: 30 },
];
const reversed = (steps = opening()): AccountEntry[] =>
  steps.map((step) => ({ ...step, delta: -step.delta }));

async function importedAt(journal: TillJournal, accounts = opening()): Promise<Entry> {
  const customers = await Promise.all(
    [...cards].map(async ([customer, card]) => ({
      customer,
      recordHash: await sealCard(card),
      credit: CREDIT,
    })),
  );
  const debts = accounts.filter(({ account, delta }) => account === 'debt' && delta > 0);
  const approval = accounts.length === 0 ? null : await approvalOf(journal.till, accounts);
  const entry = await journal.add({
    act: 'customers-imported',
    operator: owner(),
    body: {
      source: 'file',
      customers,
      accounts,
      approval,
      confirmations: debts.map(({ delta }) => ({
        kind: 'none',
        action: 'sell-on-account',
        amount: delta,
        because: 'import',
      })),
    },
  });
  const contacts = [...cards].flatMap(([customer, { phone }]) =>
    phone === null ? [] : [{ customer, phone }],
  );
  await upload(journal, { cards: [...cards.values()], contacts });
  return entry;
}

type Body = BodyOf<'import-undone'>;

/** Undoes the import for both; `parts`: what a hostile till writes instead. */
async function undone(
  journal: TillJournal,
  parts: Partial<Body> = {},
  operator = owner(),
): Promise<Entry> {
  const { till, seq, hash } = imported;
  const accounts = parts.accounts ?? reversed();
  const approval =
    accounts.length === 0 ? null : await approvalOf(journal.till, accounts, owner(), 'undo-import');
  const body = { import: { till, seq, hash }, customers: [debtor, other], accounts, approval };
  const entry = await journal.add({ act: 'import-undone', operator, body: { ...body, ...parts } });
  await upload(journal);
  return entry;
}

const rows = (sql: string): unknown[] => shop.relay.file.prepare(sql).raw().all();
const verdictOf = ({ hash }: Entry): unknown =>
  shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
const flags = () => rows('SELECT kind, detail FROM flags ORDER BY cursor');
const sums = () =>
  rows('SELECT account, CAST(SUM(delta) AS INTEGER) FROM journal_steps GROUP BY account');
const left = () =>
  ['cards', 'card_salts', 'phones', 'contacts'].map(
    (table) => rows(`SELECT 1 FROM ${table}`).length,
  );
async function messages(): Promise<(string | undefined)[]> {
  for (let round = 0; round < 3; round += 1) await shop.relay.relay.outbox.round();
  return shop.smsru.sends.map(({ fields }) => fields['msg']);
}
/** What counts as done to a customer without a code, and the messages that they get about it. */
const unconfirmedBy = ({ hash }: Entry) => [
  ...rows(`SELECT customer, action FROM journal_acts WHERE hash = '${hash}'`),
  ...rows(`SELECT purpose FROM outbox WHERE about = '${hash}' AND purpose = 'act'`),
];
const GIVEN = [
  ['debt', 540_00],
  ['points', 30],
];
const NOTHING = [
  ['debt', 0],
  ['points', 0],
];

describe('with nothing since', () => {
  test('balances are taken back, cards erased, and customers with balances notified', async () => {
    await messages();
    const before = shop.smsru.sends.length;
    const entry = await undone(here);
    expect([verdictOf(entry), flags()]).toEqual(['accepted', []]);
    expect(sums()).toEqual(NOTHING);
    expect(unconfirmedBy(entry)).toEqual([]);
    const debts = 'SELECT debt, SUM("left") FROM journal_debts GROUP BY debt';
    expect(rows(debts)).toEqual([[imported.hash, 0]]);
    expect(left()).toEqual([0, 0, 0, 0]);
    const told = (await messages()).slice(before).filter((text) => text?.includes('ошибке'));
    expect(told).toEqual([
      'Весна: по ошибке вам записали долг 540,00 ₽ и 30 баллов, запись отменена. Вопросы? Спросите в магазине.',
    ]);
  });

  const lost: Record<string, [Omit<AccountEntry, 'customer'>[], string]> = {
    'points alone': [[{ account: 'points', delta: 30 }], '30 баллов'],
    'a prepayment': [[{ account: 'debt', delta: -100_00 }], 'предоплату 100,00 ₽'],
  };
  for (const [what, [steps, words]] of Object.entries(lost)) {
    test(`a customer who loses ${what} is notified before they are erased`, async () => {
      const customer = uuidv7();
      cards = new Map([[customer, cardOf('Вера', OTHER_PHONE)]]);
      const accounts = steps.map((step) => ({ customer, ...step }));
      imported = await importedAt(here, accounts);
      const entry = await undone(here, { customers: [customer], accounts: reversed(accounts) });
      expect([verdictOf(entry), flags(), unconfirmedBy(entry)]).toEqual(['accepted', [], []]);
      const told = (await messages()).filter((text) => text?.includes('ошибке'));
      expect(told).toEqual([
        `Весна: по ошибке вам записали ${words}, запись отменена. Вопросы? Спросите в магазине.`,
      ]);
    });
  }

  test('a customer without an opening balance gets no message', async () => {
    const customer = uuidv7();
    cards = new Map([[customer, cardOf('Вера', OTHER_PHONE)]]);
    imported = await importedAt(here, []);
    expect(verdictOf(await undone(here, { customers: [customer], accounts: [] }))).toBe('accepted');
    expect((await messages()).filter((text) => text?.includes('ошибке'))).toEqual([]);
  });

  test('another till undoes what it has downloaded', async () => {
    await look(shop, there);
    expect(verdictOf(await undone(there))).toBe('accepted');
    expect(sums()).toEqual(NOTHING);
  });

  test('a part of them is taken back, and the others keep what they have', async () => {
    const entry = await undone(here, { customers: [other], accounts: [], approval: null });
    expect([verdictOf(entry), flags()]).toEqual(['accepted', []]);
    expect(sums()).toEqual(GIVEN);
    expect(left()[0]).toBe(1);
  });

  test('the operator is notified, and the day’s summary has it', async () => {
    await undone(here);
    const items = rows("SELECT item FROM summary_items WHERE kind = 'act'").flat() as string[];
    const acts = items.map((item) => JSON.parse(item) as { act: string; debt: number });
    expect(acts).toContainEqual(expect.objectContaining({ act: 'import-undone', debt: 540_00 }));
  });
});

describe('is refused as a whole, and nothing is taken back:', () => {
  async function stays(entry: Entry, found: readonly unknown[]): Promise<void> {
    expect([verdictOf(entry), flags().at(-1)]).toEqual(['refused', found]);
    expect(left()[0]).toBeGreaterThan(1);
    const steps = 'SELECT COUNT(*) FROM journal_steps WHERE hash = ?';
    expect(shop.relay.file.prepare(steps).pluck().get(entry.hash)).toBe(0);
    expect(unconfirmedBy(entry)).toEqual([]);
    expect((await messages()).filter((text) => text?.includes('ошибке'))).toEqual([]);
  }

  test('without the right', async () => {
    await stays(await undone(here, {}, CASHIER), ['no-right', 'data']);
  });

  test('without an owner’s approval', async () => {
    await stays(await undone(here, { approval: null }), ['import-unapproved', null]);
  });

  test('with an approval to import these balances', async () => {
    const approval = await approvalOf(here.till, reversed());
    await stays(await undone(here, { approval }), ['import-unapproved', null]);
  });

  test('with balances that the import did not give', async () => {
    const accounts = reversed([{ customer: debtor, account: 'debt', delta: 600_00 }]);
    await stays(await undone(here, { accounts }), [
      'differs',
      expect.stringContaining('accounts') as unknown,
    ]);
  });

  test('of a customer who was not in it', async () => {
    const entry = await undone(here, { customers: [debtor, other, uuidv7()] });
    await stays(entry, ['against-rules', 'not-imported']);
  });

  test('of an import that its till had not downloaded', async () => {
    await stays(await undone(there), ['against-rules', 'unknown-import']);
  });

  test('of an import that nobody has made', async () => {
    const { till, seq } = imported;
    const entry = await undone(here, { import: { till, seq, hash: 'b'.repeat(64) } });
    await stays(entry, ['against-rules', 'unknown-import']);
  });

  const since: Record<string, (journal: TillJournal) => Promise<unknown>> = {
    'a sale without debt or points': (journal) =>
      journal.sale(cashSale({ customer: other, total: 50_000, earned: 0 })),
    'points of a sale': (journal) => journal.sale(cashSale({ customer: debtor, total: 50_000 })),
    'a changed card': async (journal) => {
      const recordHash = await sealCard(cardOf('Анна П.', PHONE));
      const body = { customer: debtor, recordHash, credit: CREDIT };
      return journal.add({ act: 'customer-saved', body, operator: owner() });
    },
    'a dispute': (journal) =>
      journal.add({
        act: 'dispute',
        operator: owner(),
        body: { customer: debtor, about: null, note: null },
      }),
  };
  for (const [what, act] of Object.entries(since)) {
    test(`after ${what} at another till, unseen`, async () => {
      await look(shop, here);
      await act(there);
      await upload(there);
      await stays(await undone(here), ['undo-refused', 'changed-since']);
    });

    test(`after ${what} of its own`, async () => {
      await act(here);
      await stays(await undone(here), ['against-rules', 'changed-since']);
    });
  }

  test('and its approval is not used up: it stands for the same balances without who has changed since', async () => {
    await look(shop, here);
    const recordHash = await sealCard(cardOf('Борис Б.', null));
    const body = { customer: other, recordHash, credit: CREDIT };
    await there.add({ act: 'customer-saved', body, operator: owner() });
    await upload(there);
    const approval = await approvalOf(here.till, reversed(), owner(), 'undo-import');
    await stays(await undone(here, { approval }), ['undo-refused', 'changed-since']);
    expect(verdictOf(await undone(here, { approval, customers: [debtor] }))).toBe('accepted');
    expect([flags().length, sums()]).toEqual([1, NOTHING]);
    // once it has counted, it is
    expect(verdictOf(await undone(here, { approval, customers: [debtor] }))).toBe('refused');
  });

  test('the second time, at the same till and at one that did not know', async () => {
    await look(shop, there);
    await undone(here);
    const again = await undone(here);
    const elsewhere = await undone(there);
    expect([again, elsewhere].map(verdictOf)).toEqual(['refused', 'refused']);
    expect(flags()).toEqual([
      ['against-rules', 'changed-since'],
      ['undo-refused', 'changed-since'],
    ]);
    expect(sums()).toEqual(NOTHING);
  });
});

test('a sale that another till made meanwhile counts, with only its own movements', async () => {
  await there.sale(cashSale({ customer: debtor, total: 50_000 }), { operator: CASHIER });
  await undone(here);
  await upload(there);
  expect(flags()).toEqual([['customer-forgotten', debtor]]);
  expect(sums()).toEqual([
    ['debt', 0],
    ['points', earnedOn(50_000)],
  ]);
});
