// A forgotten customer is erased at the relay and never comes back.
// The act is judged by what all tills did.
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MONTH_MS } from '$lib/domain/values/durations';
import type { BodyOf, Entry } from '$lib/contract/journal';
import type { Card } from '$lib/contract/journal-upload';
import { makeSalt, sealCard } from '$lib/proof/record';
import { addSnapshot } from '../../relay/store/snapshots';
import { logHead } from '../../relay/store/journal';
import { CASHIER } from '../support/cashier';
import type { Unsigned } from '../support/challenge-requests';
import {
  ask,
  check,
  debtRequest,
  OTHER_PHONE,
  PHONE,
  tokensOf,
  type Shop,
} from '../support/challenges';
import {
  CARD_SALT,
  cashSale,
  challengeFor,
  onAccountSale,
  overrideBy,
  TillJournal,
} from '../support/till-journal';
import {
  look,
  openTwoTills,
  passForgetDay,
  publish,
  SENDS_NOTHING,
  messagesOf,
  upload,
} from '../support/two-tills';
import type { TillClient } from '../support/till-client';

const DAY = 24 * 3_600_000;
const CREDIT = { kind: 'shop-limit' } as const;

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, PHONE);
  await saved(here);
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;

/** Saves the customer's card, and uploads it with the number. */
async function saved(journal: TillJournal, phone = PHONE): Promise<Entry> {
  const card: Card = {
    salt: makeSalt(),
    name: 'Анна',
    phone,
    cardSalt: CARD_SALT,
    ...NO_SEALED_DETAILS,
  };
  const body = { customer, recordHash: await sealCard(card), credit: CREDIT };
  const entry = await journal.add({ act: 'customer-saved', body, operator: owner() });
  await upload(journal, { cards: [card], contacts: [{ customer, phone }] });
  return entry;
}

const BY_RIGHT = { kind: 'by-right' } as const;

const forgotten = (
  journal = here,
  lapsed = 0,
  operator = owner(),
  consent: BodyOf<'customer-forgotten'>['consent'] = BY_RIGHT,
): Promise<Entry> =>
  journal.add({
    act: 'customer-forgotten',
    body: { customer, merged: [], lapsed, consent },
    operator,
  });

const rows = (sql: string): unknown[] => shop.relay.file.prepare(sql).raw().all();
const verdictOf = ({ hash }: Entry): unknown =>
  shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
/** The later verdicts, oldest first. */
const judgedAgain = () =>
  rows("SELECT entry FROM journal WHERE act = 'judged-again' ORDER BY shop_order")
    .flat()
    .map((entry) => (JSON.parse(String(entry)) as { body: { verdict: string } }).body.verdict);
const flags = () => rows('SELECT kind, detail FROM flags ORDER BY cursor');
const countOf = (table: string): unknown =>
  shop.relay.file.prepare(`SELECT COUNT(*) FROM ${table} WHERE customer = ?`).pluck().get(customer);
/** What is left of the customer. */
const left = () =>
  ['cards', 'card_salts', 'phones', 'phone_history', 'phone_changes', 'contacts'].map(countOf);
const ALL = [1, 1, 1, 1, 0, 1];
const NOTHING = [0, 0, 0, 0, 0, 0];

async function messages(): Promise<(string | undefined)[]> {
  for (let round = 0; round < 3; round += 1) await shop.relay.relay.outbox.round();
  return shop.smsru.sends.map(({ fields }) => fields['msg']);
}

/** Uploads, and lets the day pass after which the card is erased. */
async function uploadAndErase(journal = here): Promise<void> {
  await upload(journal);
  await passForgetDay(shop);
}

const byRight = (amount: number) => overrideBy(owner(), amount, { connectivity: SENDS_NOTHING });
const onAccount = (journal: TillJournal, amount: number) =>
  journal.sale(onAccountSale({ customer, onAccount: amount }, byRight(amount)), {
    operator: CASHIER,
  });

/** Opening balances by right, which also settle a debt. */
const imported = (journal: TillJournal, account: 'debt' | 'points', delta: number) =>
  journal.add({
    act: 'customers-imported',
    operator: owner(),
    body: {
      source: 'file',
      customers: [],
      accounts: [{ customer, account, delta }],
      confirmations: [],
      approval: null,
    },
  });

describe('with nothing open', () => {
  test('all that the relay has of them is erased, and one last message is sent', async () => {
    await here.sale(cashSale({ customer, total: 50_000 }));
    const entry = await forgotten(here, 5);
    await upload(here);
    expect([verdictOf(entry), judgedAgain()]).toEqual(['delayed', []]);
    const sent = [
      'Весна: по вашей просьбе карточка будет удалена через сутки, сгорит 5 баллов. Не просили? Спросите в магазине.',
    ];
    expect(await messages()).toEqual(sent);
    shop.clock.pass(DAY - 1);
    expect(await messages()).toEqual(sent);
    expect(left()).toEqual(ALL);
    shop.clock.pass(1);
    expect(await messages()).toEqual(sent);
    expect([left(), judgedAgain()]).toEqual([NOTHING, ['accepted']]);
    expect(flags()).toEqual([]);
    const told =
      "SELECT state, phone FROM outbox_recipients WHERE state = 'sent' AND operator IS NULL";
    expect(rows(told)).toEqual([['sent', null]]);
  });

  test('no message is sent twice, whether another till forgets them, too, or the relay restarts', async () => {
    await forgotten(there);
    await forgotten();
    await upload(here);
    await messages();
    await upload(there);
    await shop.relay.restart();
    await upload(here);
    shop.clock.pass(DAY);
    expect(await messages()).toHaveLength(1);
    expect([left(), judgedAgain()]).toEqual([NOTHING, ['accepted', 'accepted']]);
  });

  test('numbers of earlier messages and code requests are erased, too', async () => {
    const body = onAccountSale({ customer, onAccount: 9_000 }, null);
    const challenge = uuidv7();
    const { journalHead } = here;
    await ask(shop.till, debtRequest({ ...challengeFor(body, PHONE), journalHead }), challenge);
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    const grant = String(json.grant);
    const given = { kind: 'code', action: 'sell-on-account', amount: 9_000, challenge } as const;
    await here.sale({ ...body, confirmations: [{ ...given, grant }] });
    await imported(here, 'debt', -9_000);
    await upload(here);
    await forgotten();
    await uploadAndErase();
    expect(left()).toEqual(NOTHING);
    // the number of the last message stays for a day, to ask for its delivery
    const numbers = `SELECT phone FROM challenges UNION ALL SELECT phone FROM phone_history
      UNION ALL SELECT phone FROM sendings WHERE purpose = 'code'`;
    expect(
      rows(numbers)
        .flat()
        .filter((phone) => phone !== null),
    ).toEqual([]);
  });

  test('every snapshot that may hold the card is dropped', async () => {
    const { db } = shop.relay.relay;
    const { order, logHash } = await logHead(db);
    await addSnapshot(db, { order, logHash, manifest: 'signed' }, 1);
    await forgotten();
    await uploadAndErase();
    expect(rows('SELECT shop_order FROM snapshots')).toEqual([]);
  });

  test('the operator is notified, and the day’s summary has it', async () => {
    await forgotten();
    await upload(here);
    const items = "SELECT item FROM summary_items WHERE kind = 'act'";
    const acts = rows(items).flat() as string[];
    expect(acts.map((item) => (JSON.parse(item) as { act: string }).act)).toContain('forgotten');
  });
});

describe('is refused, and nothing is erased:', () => {
  async function refusedFor(reason: string, kind = 'forget-refused', journal = here) {
    const entry = await forgotten(journal);
    await upload(journal);
    expect(verdictOf(entry)).toBe('refused');
    expect(flags().at(-1)).toEqual([kind, reason]);
    expect(left()).toEqual(ALL);
    expect((await messages()).filter((text) => text?.includes('удалена'))).toEqual([]);
  }

  test('without the right', async () => {
    const entry = await forgotten(here, 0, CASHIER);
    await upload(here);
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([['no-right', 'manage-customers']]);
    expect(left()).toEqual(ALL);
  });

  test('with a debt that only another till knows', async () => {
    await onAccount(there, 1_000);
    await upload(there);
    await refusedFor('owes');
  });

  test('with a debt of the same till, which breaks a rule', async () => {
    await onAccount(here, 1_000);
    await refusedFor('owes', 'against-rules');
  });

  test('with a debt of another till that it had seen', async () => {
    await onAccount(there, 1_000);
    await upload(there);
    await look(shop, here);
    await refusedFor('owes', 'against-rules');
  });

  test('if the shop owes them', async () => {
    await imported(there, 'debt', -500);
    await upload(there);
    await refusedFor('paid-ahead');
  });

  test('while they dispute something', async () => {
    const body = { customer, about: null, note: null };
    await there.add({ act: 'dispute', body, operator: owner() });
    await upload(there);
    await refusedFor('disputed');
  });

  test('while a code waits for its answer, or its sale has not arrived', async () => {
    const body = onAccountSale({ customer, onAccount: 9_000 }, null);
    const challenge = uuidv7();
    const { journalHead } = here;
    await ask(shop.till, debtRequest({ ...challengeFor(body, PHONE), journalHead }), challenge);
    await refusedFor('code-open');
    await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    await refusedFor('code-open');
  });

  test('for thirty days after the last act without a code, whatever the till’s date', async () => {
    await onAccount(there, 1_000);
    await imported(there, 'debt', -1_000);
    await upload(there);
    await messages();
    shop.clock.pass(MONTH_MS - DAY);
    await refusedFor('without-code');
    const ahead = {
      act: 'customer-forgotten',
      body: { customer, merged: [], lapsed: 0, consent: BY_RIGHT },
    };
    const early = await here.add({ ...ahead, at: shop.clock.now() + 2 * DAY });
    await upload(here);
    expect(verdictOf(early)).toBe('refused');
    shop.clock.pass(4 * DAY);
    const entry = await forgotten();
    await uploadAndErase();
    expect(verdictOf(entry)).toBe('delayed');
    expect(left()).toEqual(NOTHING);
  });

  test('while a message to them has not been sent', async () => {
    await onAccount(there, 1_000);
    await imported(there, 'debt', -1_000);
    await there.add({
      act: 'dispute',
      operator: owner(),
      body: { customer, about: null, note: null },
    });
    await upload(there);
    await messages();
    shop.clock.pass(MONTH_MS + DAY);
    const about = [there.head.hash];
    const closing = { customer, about, outcome: 'stands', note: 'Asked them' };
    await there.add({ act: 'settled', operator: owner(), body: closing });
    // the service has no money
    for (let tries = 0; tries < 5; tries += 1)
      shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    await upload(there);
    await refusedFor('notices-waiting');
  });

  test('if the relay knows no card of theirs', async () => {
    customer = uuidv7();
    const entry = await forgotten();
    await upload(here);
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([['forget-refused', 'unknown-customer']]);
  });

  test('with other points than they have', async () => {
    const entry = await forgotten(here, 100);
    await upload(here);
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([['differs', 'lapsed']]);
    expect(left()).toEqual(ALL);
  });
});

describe('who agreed', () => {
  /** A further customer with a card, who becomes the one that the helpers are about. */
  async function another(): Promise<void> {
    customer = uuidv7();
    const phone = `+7926000${String(7000 + (others += 1))}`;
    await saved(here, phone);
  }
  let others: number;
  beforeEach(() => {
    others = 0;
  });
  async function forgetMany(journal: TillJournal, count: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let place = 0; place < count; place += 1) {
      await another();
      entries.push(await forgotten(journal));
    }
    await upload(journal);
    return entries;
  }
  const verdicts = (entries: readonly Entry[]) => entries.map(verdictOf);

  async function approve(till = here.till): Promise<string> {
    till.tokens = tokensOf(shop.relay);
    await till.signIn();
    await till.elevate();
    const { json } = await till.call('POST', '/customers/forgettings', { customer });
    if (json.kind !== 'forget-approved') throw new Error(JSON.stringify(json));
    return json.approval as string;
  }
  const byOwner = (approval: string, journal = here) =>
    forgotten(journal, 0, owner(), { kind: 'owner', approval });

  test('by right five are forgotten in a day; the sixth breaks a rule, until a day is over', async () => {
    const entries = await forgetMany(here, 6);
    expect(verdicts(entries)).toEqual([...Array<string>(5).fill('delayed'), 'refused']);
    expect(flags()).toEqual([['against-rules', 'many-today']]);
    expect(left()).toEqual(ALL);
    shop.clock.pass(DAY);
    const late = await forgotten();
    await uploadAndErase();
    expect(verdictOf(late)).toBe('delayed');
    expect(left()).toEqual(NOTHING);
  });

  test('two tills share the five; what goes over them with another till is listed, and no flag', async () => {
    await forgetMany(here, 3);
    const entries = await forgetMany(there, 3);
    expect(verdicts(entries)).toEqual(['delayed', 'delayed', 'refused']);
    expect(flags()).toEqual([['forget-refused', 'many-today']]);
    expect(left()).toEqual(ALL);
  });

  test('an owner’s code forgets one more, this customer at this till, once', async () => {
    await forgetMany(here, 5);
    await another();
    const approval = await approve();
    const first = await byOwner(approval);
    await uploadAndErase();
    expect(verdictOf(first)).toBe('delayed');
    expect(left()).toEqual(NOTHING);
    await another();
    const second = await byOwner(approval);
    await upload(here);
    expect(verdictOf(second)).toBe('refused');
    const elsewhere = await byOwner(await approve(), there);
    await upload(there);
    expect(verdictOf(elsewhere)).toBe('refused');
    const wrong = ['against-rules', 'consent-not-for-this'];
    expect(flags()).toEqual([wrong, wrong]);
    expect(left()).toEqual(ALL);
  });

  test('an owner’s approval that was used, or has expired, counts no more', async () => {
    const approval = await approve();
    await shop.relay.relay.db.run(
      'INSERT INTO grants_spent (shop, proof, hash) VALUES (@shop, ?, ?)',
      (JSON.parse(atob(approval.split('.')[1] ?? '')) as { id: string }).id,
      'a'.repeat(64),
    );
    await byOwner(approval);
    const other = await approve();
    shop.clock.pass(16 * 60_000);
    await byOwner(other);
    await upload(here);
    expect(flags()).toEqual([
      ['against-rules', 'consent-used'],
      ['against-rules', 'consent-expired'],
    ]);
    expect(left()).toEqual(ALL);
  });

  test('the customer’s own code forgets one more; it counts for nobody else', async () => {
    const theirs = customer;
    await forgetMany(here, 5);
    customer = theirs;
    const challenge = uuidv7();
    const request: Unsigned = {
      action: 'forget-customer',
      operator: owner(),
      receiptId: customer,
      amount: null,
      customer: { id: customer, phone: PHONE, cardSalt: CARD_SALT },
      deal: { kind: 'forget' },
      journalHead: here.journalHead,
    };
    await ask(shop.till, request, challenge);
    expect(shop.smsru.sends.at(-1)?.fields['msg']).toContain('удаление вашей карточки');
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    const consent = { kind: 'code', challenge, grant: String(json.grant) } as const;
    const right = await forgotten(here, 0, owner(), consent);
    await uploadAndErase();
    expect([verdictOf(right), flags()]).toEqual(['delayed', []]);
    expect(left()).toEqual(NOTHING);
    await another();
    const wrong = await forgotten(here, 0, owner(), consent);
    await upload(here);
    expect(verdictOf(wrong)).toBe('refused');
    expect(flags()).toEqual([['against-rules', 'consent-not-for-this']]);
    expect(left()).toEqual(ALL);
  });
});

describe('within the day', () => {
  const discrepancies = () => rows('SELECT kind FROM discrepancies').flat();
  const aboutNothing = () => ({ customer, about: null, note: null });
  const stop = (operatorId = owner()) => stopAt(shop.till, operatorId);
  async function stopAt(till: TillClient, operatorId: string) {
    await till.signIn();
    await till.elevate({ operatorId, level: 'pin' });
    return till.call('DELETE', `/customers/${customer}/forgetting`);
  }

  test('owners get a message, and one of them stops it', async () => {
    await forgotten();
    await upload(here);
    expect(messagesOf(shop, 'policy-weakened').at(-1)).toMatch(
      /карточка покупателя \+7 925.*02 сотрётся через сутки, остановить можно в «Покупателях»/,
    );
    expect((await stop()).status).toBe(204);
    shop.clock.pass(2 * DAY);
    await messages();
    expect([left(), judgedAgain(), discrepancies()]).toEqual([ALL, ['refused'], []]);
    // nothing is left to stop, and they can be forgotten later
    expect((await stop()).json).toEqual({ kind: 'not-waiting' });
    await forgotten();
    await uploadAndErase();
    expect(left()).toEqual(NOTHING);
  });

  test('nobody but an owner stops it', async () => {
    const MANAGER = uuidv7();
    shop.till.tokens = tokensOf(shop.relay);
    await shop.till.elevate();
    await publish(shop, ({ operators }) => {
      const manager = { ...operators[0]!, id: MANAGER, name: 'Мария', group: 'manager' };
      operators.push(manager);
    });
    await forgotten();
    await upload(here);
    expect((await stop(MANAGER)).json).toEqual({ kind: 'no-right' });
    expect(judgedAgain()).toEqual([]);
  });

  test.each([
    ['disputed', () => there.add({ act: 'dispute', operator: owner(), body: aboutNothing() })],
    ['owes', () => onAccount(there, 1_000)],
  ] as const)('a card that is %s then is not erased, and it is listed', async (reason, act) => {
    await forgotten();
    await upload(here);
    await act();
    await upload(there);
    await messages();
    shop.clock.pass(DAY);
    await messages();
    expect([left(), judgedAgain()]).toEqual([ALL, ['refused']]);
    expect(flags().at(-1)).toEqual(['forget-refused', reason]);
    expect(discrepancies()).toEqual(['forget-refused']);
  });

  test('it lasts until the message to the customer has left', async () => {
    const { outbox } = shop.relay.relay;
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    await forgotten();
    await upload(here);
    await outbox.round();
    shop.clock.pass(DAY);
    await outbox.round();
    expect([left(), judgedAgain()]).toEqual([ALL, []]);
    expect(await messages()).toHaveLength(2);
    expect([left(), judgedAgain()]).toEqual([NOTHING, ['accepted']]);
  });

  test('a till that knows of it and books something all the same breaks a rule', async () => {
    await forgotten();
    await upload(here);
    await there.sale(cashSale({ customer, total: 50_000 }), { operator: CASHIER });
    await upload(there);
    expect(flags()).toEqual([]);
    await look(shop, there);
    await there.sale(cashSale({ customer, total: 50_000 }), { operator: CASHIER });
    await upload(there);
    expect(flags()).toEqual([['against-rules', 'customer-forgotten']]);
  });

  test('a relay that was started again goes on with it once its tills are there', async () => {
    await forgotten();
    await upload(here);
    await messages();
    shop.clock.pass(DAY);
    await shop.relay.restart();
    await messages();
    expect([left(), judgedAgain()]).toEqual([ALL, []]);
    for (const journal of [here, there]) await upload(journal);
    await messages();
    expect([left(), judgedAgain()]).toEqual([NOTHING, ['accepted']]);
  });
});

describe('what another till did meanwhile', () => {
  beforeEach(async () => {
    await forgotten();
    await uploadAndErase();
  });
  const discrepancies = () => rows('SELECT kind FROM discrepancies').flat();

  test('an edit of the card is listed and does not bring it back', async () => {
    const entry = await saved(there, OTHER_PHONE);
    expect(verdictOf(entry)).toBe('refused');
    expect(left()).toEqual(NOTHING);
    expect(flags()).toEqual([['customer-forgotten', customer]]);
    expect(discrepancies()).toEqual(['customer-forgotten']);
  });

  test('a sale on account counts and is listed, with the entry that forgot them', async () => {
    const sale = await onAccount(there, 1_000);
    await upload(there, { contacts: [{ customer, phone: PHONE }] });
    expect(verdictOf(sale)).toBe('accepted');
    expect(flags()).toContainEqual(['customer-forgotten', customer]);
    expect(left()).toEqual(NOTHING);
    const [body] = rows('SELECT body FROM discrepancies').flat() as string[];
    expect(JSON.parse(body ?? '')).toMatchObject({ against: [{ hash: here.head.hash }] });
  });

  test('but if its till knew of it, it breaks a rule', async () => {
    await look(shop, there);
    await onAccount(there, 1_000);
    await saved(there);
    const broken = ['against-rules', 'customer-forgotten'];
    expect(flags()).toEqual([broken, broken]);
  });

  test('no code is sent, and no number of theirs is kept', async () => {
    await there.till.signIn();
    await upload(there);
    const request = { customer: { id: customer, phone: PHONE }, journalHead: there.journalHead };
    const { json } = await ask(there.till, debtRequest(request));
    expect(json.kind).toBe('card-differs');
    expect(left()).toEqual(NOTHING);
    expect(countOf('challenges')).toBe(0);
  });

  test('an import that holds them brings no card of theirs', async () => {
    const card: Card = {
      salt: makeSalt(),
      name: 'Анна',
      phone: PHONE,
      cardSalt: CARD_SALT,
      ...NO_SEALED_DETAILS,
    };
    const named = { customer, recordHash: await sealCard(card), credit: CREDIT };
    const none = { accounts: [], confirmations: [], approval: null };
    await there.add({
      act: 'customers-imported',
      operator: owner(),
      body: { source: 'file', customers: [named], ...none },
    });
    await upload(there, { cards: [card], contacts: [{ customer, phone: PHONE }] });
    expect(left()).toEqual(NOTHING);
    expect(flags()).toEqual([['customer-forgotten', customer]]);
  });
});

test('a code given before still proves its sale, whose till uploads it afterwards', async () => {
  await upload(there);
  const body = onAccountSale({ customer, onAccount: 9_000 }, null);
  const challenge = uuidv7();
  const { journalHead } = there;
  await ask(there.till, debtRequest({ ...challengeFor(body, PHONE), journalHead }), challenge);
  const { json } = await check(there.till, challenge, shop.smsru.codes.at(-1)!);
  const given = { kind: 'code', action: 'sell-on-account', amount: 9_000, challenge } as const;
  const confirmations = [{ ...given, grant: String(json.grant) }];
  await there.sale({ ...body, confirmations }, { operator: owner() });
  // the till revokes the code, so that nothing waits for it
  await shop.relay.relay.db.run('DELETE FROM open_grants WHERE shop = @shop');
  shop.clock.pass(DAY);
  await forgotten();
  await uploadAndErase();
  expect(left()).toEqual(NOTHING);
  await upload(there);
  expect(flags()).toEqual([['customer-forgotten', customer]]);
  expect(rows('SELECT proof FROM journal_acts')).toEqual([['code']]);
});

describe('the number that comes again', () => {
  const proofsOf = () => rows('SELECT customer FROM forgotten_numbers');

  test('counts for its caps with what it had before', async () => {
    await forgotten();
    await uploadAndErase();
    const former = customer;
    customer = uuidv7();
    await saved(here);
    expect(proofsOf()).toEqual([[former]]);
    // on the forgotten card, by a till that did not know
    customer = former;
    await onAccount(there, 250_000);
    await upload(there);
    customer = rows('SELECT customer FROM phones').flat()[0] as string;
    await onAccount(here, 100_000);
    await upload(here);
    expect(flags().map((row) => (row as string[])[0])).toContain('cap-elsewhere');
  });

  test('counts among the cards of one number', async () => {
    for (let card = 0; card < 2; card += 1) {
      await forgotten();
      await uploadAndErase();
      customer = uuidv7();
      await saved(here);
    }
    expect(flags()).toEqual([['number-shared', customer]]);
  });

  test('is unknown after ninety days', async () => {
    await forgotten();
    await uploadAndErase();
    await messages();
    shop.clock.pass(90 * DAY);
    await messages();
    expect(proofsOf()).toEqual([]);
    const tags = `SELECT phone_tag FROM outbox_recipients WHERE operator IS NULL`;
    expect(rows(tags)).toEqual([[expect.stringMatching(/^forgotten \d+$/)]]);
  });
});
