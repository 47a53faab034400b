// Merging cards: only with both customers' codes, and judged by what all tills did.
// Merged cards are one account.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf, Entry } from '$lib/contract/journal';
import { standingOf } from '../../relay/store/account-steps';
import { creditOf } from '../../relay/store/credits';
import { CASHIER } from '../support/cashier';
import { ask, check, debtRequest, OTHER_PHONE, PHONE, type Shop } from '../support/challenges';
import {
  CARD_SALT,
  givePoints,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';
import { look, openTwoTills, passForgetDay, SENDS_NOTHING, upload } from '../support/two-tills';

type Body = BodyOf<'customers-merged'>;

const SHOP_LIMIT: Credit = { kind: 'shop-limit' };

let shop: Shop;
let from: string;
let into: string;
/** The number of each customer. */
let numbers: ReadonlyMap<string, string>;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  [from, into] = [uuidv7(), uuidv7()];
  numbers = new Map([
    [from, OTHER_PHONE],
    [into, PHONE],
  ]);
  await shop.trust(from, OTHER_PHONE);
  await shop.trust(into, PHONE);
  await saved(here, from, OTHER_PHONE);
  await saved(here, into, PHONE);
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;

async function saved(
  journal: TillJournal,
  customer: string,
  phone: string,
  credit = SHOP_LIMIT,
): Promise<void> {
  const body = { customer, recordHash: 'a'.repeat(64), credit };
  await journal.add({ act: 'customer-saved', body, operator: owner() });
  await upload(journal, { contacts: [{ customer, phone }] });
}

const onAccount = (journal: TillJournal, customer: string, amount: number) =>
  journal.sale(
    onAccountSale(
      { customer, onAccount: amount },
      overrideBy(owner(), amount, { connectivity: SENDS_NOTHING }),
    ),
    { operator: CASHIER },
  );

type Asked = { readonly merge: string; readonly from: string; readonly into: string };

/** Asks one of the two for their code; returns their consent. */
async function consentOf(customer: string, asked: Asked): Promise<Body['from']> {
  const { id: challenge, reply } = await askFor(customer, asked);
  if (reply.json.kind !== 'awaiting-code') throw new Error(JSON.stringify(reply.json));
  const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
  return { customer, challenge, grant: String(json.grant) };
}

async function askFor(customer: string, { merge, from, into }: Asked) {
  const id = uuidv7();
  const request = {
    ...debtRequest({ journalHead: here.journalHead }),
    action: 'merge-customers' as const,
    receiptId: merge,
    amount: null,
    deal: { kind: 'merge' as const, from, into },
    customer: { id: customer, phone: numbers.get(customer) ?? PHONE, cardSalt: CARD_SALT },
  };
  return { id, reply: await ask(shop.till, request, id) };
}

/** The body of a merge with both codes. */
async function coded(change: Partial<Body> = {}): Promise<Body> {
  const asked = { merge: uuidv7(), from, into };
  const consents = {
    from: await consentOf(from, asked),
    into: await consentOf(into, asked),
  };
  return { merge: asked.merge, ...consents, credit: SHOP_LIMIT, ...change };
}

const merged = (body: object, journal = here, operator = owner()): Promise<Entry> =>
  journal.add({ act: 'customers-merged', body: body as Entry['body'], operator });

const rows = (sql: string): unknown[] => shop.relay.file.prepare(sql).raw().all();
const verdictOf = ({ hash }: Entry): unknown =>
  shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
const flags = () => rows('SELECT kind, detail FROM flags ORDER BY cursor');
const standing = (customer: string) => standingOf(shop.relay.relay.db, customer);
const texts = () => shop.smsru.messages.map(({ text }) => text?.replace(/\d{6}/, 'CODE'));

/** Merges both, and returns the accepted entry. */
async function mergeBoth(): Promise<Entry> {
  const entry = await merged(await coded());
  await upload(here);
  expect(verdictOf(entry)).toBe('accepted');
  return entry;
}

describe('with both codes', () => {
  test('both are notified of what moves, and have one account', async () => {
    await onAccount(here, from, 20_000);
    await onAccount(there, into, 30_000);
    await givePoints(here, from, 15);
    await upload(here);
    await upload(there);
    await look(shop, here);
    await mergeBoth();
    expect(flags()).toEqual([]);
    const one = { owed: 50_000, points: 15 };
    expect([await standing(from), await standing(into)]).toEqual([one, one]);
    const text =
      'Весна: объединение карточек, на общую карточку переходит: долг 200,00 ₽, 15 баллов. Код CODE';
    // the notice of a debt without a code may be sent between them
    expect(texts().filter((each) => each?.includes('объединение'))).toEqual([text, text]);
  });

  test('the stricter credit counts for both', async () => {
    const credit: Credit = { kind: 'no-credit' };
    await saved(here, from, OTHER_PHONE, credit);
    const entry = await merged(await coded({ credit }));
    await upload(here);
    expect(verdictOf(entry)).toBe('accepted');
    for (const customer of [from, into])
      expect(await creditOf(shop.relay.relay.db, customer)).toEqual(credit);
  });

  test('a sale to either by a till that does not know of the merge counts for both, without a flag', async () => {
    await mergeBoth();
    await onAccount(there, from, 20_000);
    await upload(there);
    expect(flags()).toEqual([]);
    expect(await standing(into)).toMatchObject({ owed: 20_000 });
  });

  test('the limit applies to the common account', async () => {
    const credit: Credit = { kind: 'own-limit', limit: 25_000 };
    for (const [customer, phone] of [
      [from, OTHER_PHONE],
      [into, PHONE],
    ] as const)
      await saved(here, customer, phone, credit);
    await look(shop, there);
    await onAccount(there, from, 20_000);
    await upload(there);
    await merged(await coded({ credit }));
    await onAccount(here, into, 20_000);
    await upload(here);
    expect(flags()).toEqual([['limit-elsewhere', 'sell-on-account']]);
    await look(shop, here);
    await onAccount(here, into, 1_000);
    await upload(here);
    expect(flags()).toContainEqual(['no-right', 'sell-over-limit']);
  });

  test('sales of each card are found by the other', async () => {
    const { hash } = await onAccount(here, from, 10_000);
    await upload(here);
    await mergeBoth();
    await shop.till.elevate();
    for (const customer of [from, into]) {
      const { json } = await shop.till.call('GET', `/sales?customer=${customer}`);
      expect(json).toMatchObject({ kind: 'sales', sales: [{ entry: { hash } }] });
    }
  });

  test('a third card can be merged with them', async () => {
    await mergeBoth();
    const [second, third] = [into, uuidv7()];
    await shop.till.elevate();
    await shop.trust(third, PHONE);
    await saved(here, third, PHONE);
    [from, into] = [second, third];
    const asked = { merge: uuidv7(), from, into };
    shop.clock.pass(3_600_000);
    await here.till.signIn();
    const consents = { from: await consentOf(from, asked), into: await consentOf(into, asked) };
    await merged({ merge: asked.merge, ...consents, credit: SHOP_LIMIT });
    await onAccount(there, third, 10_000);
    await upload(here);
    await upload(there);
    expect(rows('SELECT customer FROM merged_customers GROUP BY customer')).toHaveLength(3);
    expect(await standing(second)).toMatchObject({ owed: 10_000 });
  });
});

describe('codes whose merge never comes', () => {
  const unclaimed = () =>
    rows("SELECT kind, detail FROM flags WHERE kind = 'grant-unclaimed' ORDER BY cursor");
  async function anHourLater(): Promise<void> {
    shop.clock.pass(3_600_000);
    await here.idle();
    await upload(here);
  }

  test('are flagged one by one', async () => {
    const { merge } = await coded();
    await anHourLater();
    expect(unclaimed()).toEqual(Array(2).fill(['grant-unclaimed', merge]));
  });

  test('are not flagged if the merge came or the till revoked them', async () => {
    await mergeBoth();
    const third = uuidv7();
    await shop.till.elevate();
    await shop.trust(third, OTHER_PHONE);
    numbers = new Map([...numbers, [third, OTHER_PHONE]]);
    await saved(here, third, OTHER_PHONE);
    const asked = { merge: uuidv7(), from: third, into };
    const { challenge } = await consentOf(third, asked);
    await shop.till.call('DELETE', `/challenges/${challenge}`);
    await anHourLater();
    expect(unclaimed()).toEqual([]);
  });
});

describe('is refused, and nothing is one account', () => {
  afterEach(() => {
    expect(rows('SELECT * FROM merged_customers')).toEqual([]);
  });

  async function refused(body: object, operator = owner()): Promise<void> {
    const entry = await merged(body, here, operator);
    await upload(here);
    expect(verdictOf(entry)).toBe('refused');
  }

  test.each<[string, (body: Body) => Body]>([
    ['the code of one alone', (body) => ({ ...body, into: { ...body.from, customer: into } })],
    ['codes of another merge', (body) => ({ ...body, merge: uuidv7() })],
    ['the other way round', (body) => ({ ...body, from: body.into, into: body.from })],
    ['a grant that is none', (body) => ({ ...body, into: { ...body.into, grant: 'x' } })],
    ['a third customer', (body) => ({ ...body, into: { ...body.into, customer: uuidv7() } })],
  ])('with %s', async (_, change) => {
    await refused(change(await coded()));
    expect(flags()).toEqual([['against-rules', expect.stringMatching(/^code-/)]]);
  });

  test('of a card with itself', async () => {
    const body = await coded();
    await refused({ ...body, into: body.from });
    expect(flags()).toEqual([['malformed', null]]);
  });

  test('by an operator without the right', async () => {
    await refused(await coded(), CASHIER);
    expect(flags()).toContainEqual(['no-right', 'manage-customers']);
  });

  test('with the milder credit', async () => {
    await saved(here, from, OTHER_PHONE, { kind: 'no-credit' });
    await refused(await coded());
    expect(flags()).toEqual([['differs', 'credit.kind']]);
  });

  test('if another till has set a stricter credit: a discrepancy', async () => {
    await look(shop, here);
    await look(shop, there);
    const body = await coded();
    await saved(there, from, OTHER_PHONE, { kind: 'no-credit' });
    await refused(body);
    expect(flags()).toEqual([['merge-refused', 'credit.kind']]);
  });

  const forgetting = () => {
    const body = { customer: into, merged: [], lapsed: 0, consent: { kind: 'by-right' } };
    return there.add({ act: 'customer-forgotten', body, operator: owner() });
  };

  test('a customer who gave a code for a merge cannot be forgotten', async () => {
    await coded();
    await forgetting();
    await upload(there);
    expect(flags()).toEqual([['forget-refused', 'code-open']]);
  });

  test('if another till has forgotten one of them meanwhile: a discrepancy', async () => {
    await look(shop, here);
    const body = await coded();
    // the relay was restored from a copy made before that
    for (const table of ['challenges', 'open_grants'])
      await shop.relay.relay.db.run(`DELETE FROM ${table} WHERE shop = @shop`);
    await forgetting();
    await upload(there);
    await passForgetDay(shop);
    await refused(body);
    expect(flags()).toEqual([['merge-refused', 'card-gone']]);
  });

  test('while one of them has an open dispute, also at a till that does not know of it', async () => {
    const body = await coded();
    const dispute = { customer: from, about: null, note: null };
    await there.add({ act: 'dispute', body: dispute, operator: owner() });
    await upload(there);
    await refused(body);
    expect(flags()).toEqual([['merge-refused', 'disputed']]);
    const { reply } = await askFor(into, { merge: uuidv7(), from, into });
    expect(reply.json).toMatchObject({ kind: 'customer-disputed' });
  });
});

describe('once merged', () => {
  beforeEach(mergeBoth);
  const count = () => rows('SELECT * FROM merged_customers').length;

  test.each([
    ['again', 'here', 'against-rules'],
    ['the other way round', 'here', 'against-rules'],
    ['again', 'unseen', 'merge-refused'],
  ])('they are not merged %s, as the till knew or not (%s)', async (way, knows, kind) => {
    if (knows === 'here') await look(shop, here);
    shop.clock.pass(3_600_000);
    await here.till.signIn();
    const [one, other] = way === 'again' ? [from, into] : [into, from];
    const asked = { merge: uuidv7(), from: one, into: other };
    const consents = { from: await consentOf(one, asked), into: await consentOf(other, asked) };
    const entry = await merged({ merge: asked.merge, ...consents, credit: SHOP_LIMIT });
    await upload(here);
    expect(verdictOf(entry)).toBe('refused');
    expect(count()).toBe(2);
    expect(flags()).toEqual([[kind, 'card-gone']]);
  });

  test('an old pair of codes merges nothing', async () => {
    const { body } = here.entries.at(-1)!;
    await merged({ ...(body as Body), merge: uuidv7() });
    await upload(here);
    expect(flags()).toEqual([['against-rules', expect.stringMatching(/^code-|^card-/)]]);
  });

  test('forgetting one without knowing that the other is merged with it is a discrepancy', async () => {
    // the till's own act without a code on the other card would otherwise prevent the forgetting
    await onAccount(here, from, 10_000);
    const body = { customer: into, merged: [], lapsed: 0, consent: { kind: 'by-right' } };
    const entry = await here.add({ act: 'customer-forgotten', operator: owner(), body });
    await upload(here);
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([['forget-refused', 'owes']]);
  });

  test('forgetting one erases the other card too, if the entry names it', async () => {
    await look(shop, here);
    const forget = (others: string[]) =>
      here.add({
        act: 'customer-forgotten',
        operator: owner(),
        body: { customer: into, merged: others, lapsed: 0, consent: { kind: 'by-right' } },
      });
    const alone = await forget([]);
    const both = await forget([from]);
    await upload(here);
    expect([verdictOf(alone), verdictOf(both)]).toEqual(['refused', 'delayed']);
    await passForgetDay(shop);
    expect(rows('SELECT customer FROM forgotten')).toHaveLength(2);
    expect(rows('SELECT * FROM phones')).toEqual([]);
  });
});
