// Disputes at the relay: opened at one till, a dispute stops codes at all tills until it is closed.
// The customer gets a message about it; acts without a code meanwhile are flagged.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import { noticesReply } from '$lib/contract/journal-upload';
import { sealEntry } from '$lib/proof/chain';
import { CASHIER, withCashier } from '../support/cashier';
import {
  phoneChangeRequest,
  ask,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  pointsRequest,
  START,
  type Shop,
} from '../support/challenges';
import { TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const HOUR = 3_600_000;
const MANAGER = uuidv7();

let shop: Shop;
let customer: string;
let here: TillJournal;
let other: TillClient;
let there: TillJournal;
beforeEach(async () => {
  shop = await openShop((policy) => {
    const { operators } = withCashier(policy);
    const manager = { ...operators[0]!, id: MANAGER, name: 'Мария', group: 'manager' };
    return { ...policy, operators: [...operators, manager] };
  });
  customer = uuidv7();
  await shop.trust(customer, PHONE);
  here = new TillJournal(shop.till, shop.clock.now);
  await here.enrolled();
  [other, there] = await anotherTill();
  await there.enrolled();
});
afterEach(() => shop.stop());

async function anotherTill(): Promise<[TillClient, TillJournal]> {
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await till.enrol(offer.json.token as string);
  await till.signIn();
  return [till, new TillJournal(till, shop.clock.now)];
}

/** Opens a dispute; returns its entry. */
async function dispute(
  journal = here,
  operator = shop.till.ownerId,
  about: string | null = null,
): Promise<Entry> {
  const entry = await journal.add({
    act: 'dispute',
    body: { customer, about, note: null },
    operator,
  });
  await journal.upload();
  return entry;
}

/** Closes it at a till with the outcome "stands". */
async function close(opened: Entry, journal = here, operator = shop.till.ownerId): Promise<Entry> {
  const body = { customer, about: [opened.hash], outcome: 'stands', note: 'Asked them by phone' };
  const entry = await journal.add({ act: 'settled', body, operator });
  await journal.upload();
  return entry;
}

/** The reply to the other till when it requests a code of this customer. */
async function asked(request = debtRequest): Promise<unknown> {
  const parts = { customer: { id: customer, phone: PHONE }, journalHead: there.journalHead };
  const { status, json } = await ask(other, request(parts));
  return json.kind === 'customer-disputed' ? [status, json] : json.kind;
}
const refused = [409, { kind: 'customer-disputed', since: START }];

test('a dispute opened at one till stops codes for debt and points at all others, for this customer only', async () => {
  await there.upload();
  await dispute();
  expect(await asked()).toEqual(refused);
  expect(await asked(pointsRequest)).toEqual(refused);
  expect(shop.smsru.sends).toEqual([]);
  const stranger = { customer: { id: uuidv7(), phone: OTHER_PHONE } };
  const theirs = debtRequest({ ...stranger, journalHead: there.journalHead });
  expect((await ask(other, theirs)).json.kind).toBe('awaiting-code');
});

test('the customer’s number may be changed meanwhile', async () => {
  await there.upload();
  await dispute();
  const { journalHead } = there;
  const request = phoneChangeRequest({ id: customer, phone: PHONE }, OTHER_PHONE, { journalHead });
  expect((await ask(other, request)).json.kind).toBe('awaiting-code');
});

describe('is closed', () => {
  beforeEach(() => there.upload());

  test('by an entry at the till where it was opened', async () => {
    await close(await dispute());
    expect(await asked()).toBe('awaiting-code');
  });

  test('at another till, too: the first may be lost', async () => {
    await close(await dispute(), there);
    expect(await asked()).toBe('awaiting-code');
  });

  test('one of two: only the one that is named', async () => {
    const first = await dispute();
    await close(await dispute(there), there);
    expect(await asked()).toEqual(refused);
    await close(first);
    expect(await asked()).toBe('awaiting-code');
  });

  test('by the same device under its next name', async () => {
    const opened = await dispute();
    const [next, journal] = await anotherTill();
    const { seq, hash } = here.head;
    await journal.enrolled({ till: shop.till.id, seq, hash });
    await next.signIn();
    await close(opened, journal);
    expect(await asked()).toBe('awaiting-code');
  });

  test('not by an operator without the right, who cannot open one either', async () => {
    await dispute(here, CASHIER);
    expect(await asked()).toBe('awaiting-code');
    await close(await dispute(), here, CASHIER);
    expect(await asked()).toEqual(refused);
  });

  test('not by an entry about another customer', async () => {
    const opened = await dispute();
    const mine = customer;
    customer = uuidv7();
    await close(opened, there);
    customer = mine;
    expect(await asked()).toEqual(refused);
  });

  test('for good: a dispute that arrives after its closing stays closed, and a second dispute is a new one', async () => {
    const body = { customer, about: null, note: null };
    const late = await sealEntry(here.head, {
      till: shop.till.id,
      at: START,
      operator: shop.till.ownerId,
      policy: 1,
      act: 'dispute',
      body,
    });
    await close(late, there);
    expect((await dispute()).hash).toBe(late.hash);
    expect(await asked()).toBe('awaiting-code');
    const again = await dispute();
    expect(await asked()).toEqual(refused);
    await close(again);
    expect(await asked()).toBe('awaiting-code');
  });
});

describe('the customer gets a message about the closing', () => {
  let opened: Entry;
  beforeEach(async () => {
    await there.upload();
    const confirmation = overrideBy(shop.till.ownerId, 54_000);
    const sale = await here.sale(onAccountSale({ customer, onAccount: 54_000 }, confirmation));
    opened = await dispute(here, shop.till.ownerId, sale.hash);
  });

  /** The messages to their phone, after everything due was tried. */
  async function messages(): Promise<(string | undefined)[]> {
    await shop.relay.relay.outbox.round();
    await shop.relay.relay.outbox.round();
    const sent = shop.smsru.sends.filter(({ fields }) => fields['to'] === PHONE.slice(1));
    return sent.map(({ fields }) => fields['msg']).filter((text) => text?.includes('спор'));
  }
  const CLOSED =
    'Весна: спор о долге 540,00 ₽ закрыт, запись остаётся в силе. Не согласны? Спросите в магазине.';

  test('once, with the sum and without the shop’s own note', async () => {
    expect(await messages()).toEqual([]);
    await close(opened);
    expect(await messages()).toEqual([CLOSED]);
  });

  test('in one message about all disputes that one entry closes', async () => {
    const confirmation = overrideBy(shop.till.ownerId, 10_000);
    const sale = await here.sale(onAccountSale({ customer, onAccount: 10_000 }, confirmation));
    const second = await dispute(here, shop.till.ownerId, sale.hash);
    const about = [opened.hash, second.hash];
    const body = { customer, about, outcome: 'stands', note: 'Asked them by phone' };
    await here.add({ act: 'settled', body, operator: shop.till.ownerId });
    await here.upload();
    const both = 'Весна: спор о долге 540,00 ₽ и о долге 100,00 ₽ закрыт, запись остаётся в силе.';
    expect(await messages()).toEqual([expect.stringContaining(both)]);
  });

  test('with sums if it is about many movements, so that no text is too long', async () => {
    const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
    const accounts = Array.from({ length: 200 }, () => ({ customer, account: 'debt', delta: 100 }));
    const body = { source: 'file', customers: [card], accounts, confirmations: [], approval: null };
    const imported = await here.add({ act: 'customers-imported', body });
    await close(await dispute(here, shop.till.ownerId, imported.hash));
    expect(await messages()).toEqual([CLOSED.replace('540,00', '200,00')]);
  });

  test('also if another till closed it, and not again when the first till closes it', async () => {
    await close(opened, there);
    expect(await messages()).toEqual([CLOSED]);
    await close(opened);
    expect(await messages()).toEqual([CLOSED]);
  });

  test('once, even if the relay restarts and the journal is uploaded again', async () => {
    await close(opened);
    // a message that a restart interrupts may have been sent, and is not sent again
    await messages();
    await shop.relay.restart();
    await shop.till.signIn();
    expect((await here.upload()).json.kind).toBe('kept');
    expect(await messages()).toEqual([CLOSED]);
  });

  test('and the tills get the state of that message with the closing', async () => {
    const closing = await close(opened);
    await messages();
    const reply = noticesReply.parse((await shop.till.call('GET', '/notices?since=0')).json);
    const state = reply.notices.find(({ entry }) => entry === closing.hash)?.state;
    expect(state).toBe('sent');
  });

  test('but not for a closing without the right', async () => {
    await close(opened, here, CASHIER);
    expect(await messages()).toEqual([]);
  });
});

describe('an act that the till’s own rules refuse is flagged, and closes nothing:', () => {
  // the overrides in these tests have flags of their own
  const sql =
    "SELECT seq, kind, detail FROM flags WHERE detail <> 'sell-on-account' ORDER BY cursor";
  const flags = (): unknown => shop.relay.file.prepare(sql).raw().all();
  /** A debt that this operator allowed without a code. */
  const allowed = (by: string): Promise<Entry> =>
    here.sale(onAccountSale({ customer, onAccount: 100 }, overrideBy(by, 100)));
  beforeEach(() => there.upload());

  test('a dispute about one’s own act, unless one is an owner', async () => {
    const opened = await dispute(here, MANAGER, (await allowed(MANAGER)).hash);
    const { seq } = await close(opened, here, MANAGER);
    expect(flags()).toEqual([[seq, 'against-rules', 'own-act']]);
    expect(await asked()).toEqual(refused);
    await close(opened, here);
    expect(await asked()).toBe('awaiting-code');
    const another = await dispute(here, MANAGER, (await allowed(shop.till.ownerId)).hash);
    await close(another, here, MANAGER);
    expect(flags()).toHaveLength(1);
    expect(await asked()).toBe('awaiting-code');
  });

  test('a dispute of another customer', async () => {
    const opened = await dispute(here, shop.till.ownerId);
    const body = { customer: uuidv7(), about: [opened.hash], outcome: 'stands', note: 'Asked' };
    const { seq } = await here.add({ act: 'settled', body });
    await here.upload();
    expect(flags()).toEqual([[seq, 'against-rules', 'other-customer']]);
    expect(await asked()).toEqual(refused);
  });

  test('another till’s dispute, unless one is an owner', async () => {
    const opened = await dispute(here, MANAGER);
    const { seq } = await close(opened, there, MANAGER);
    expect(flags()).toEqual([[seq, 'against-rules', 'another-tills']]);
    expect(await asked()).toEqual(refused);
    await close(opened, here, MANAGER);
    expect(flags()).toHaveLength(1);
    expect(await asked()).toBe('awaiting-code');
  });

  test('nor by naming a policy that the relay never signed', async () => {
    const opened = await dispute(here, MANAGER, (await allowed(MANAGER)).hash);
    const body = { customer, about: [opened.hash], outcome: 'stands', note: 'Asked them' };
    await here.add({ act: 'settled', body, operator: MANAGER, policy: 999 });
    await here.upload();
    expect(await asked()).toEqual(refused);
  });

  test('nor by closing it at another till before the dispute itself is uploaded', async () => {
    const sale = await allowed(MANAGER);
    await here.upload();
    const body = { customer, about: sale.hash, note: null };
    const opened = await here.add({ act: 'dispute', body, operator: shop.till.ownerId });
    const { seq } = await close(opened, there, MANAGER);
    await here.upload();
    expect(flags()).toEqual([[seq, 'against-rules', 'another-tills']]);
    expect(await asked()).toEqual(refused);
    await close(opened, there);
    expect(await asked()).toBe('awaiting-code');
  });

  test('the review of one’s own act, and of an act in dispute', async () => {
    const [mine, theirs] = [await allowed(MANAGER), await allowed(shop.till.ownerId)];
    const review = async (...entries: Entry[]): Promise<number> => {
      const body = { entries: entries.map(({ hash }) => hash) };
      const { seq } = await here.add({ act: 'unconfirmed-reviewed', body, operator: MANAGER });
      await here.upload();
      return seq;
    };
    await review(theirs);
    expect(flags()).toEqual([]);
    const own = await review(theirs, mine);
    await dispute(here, MANAGER, theirs.hash);
    const disputed = await review(theirs);
    expect(flags()).toEqual([
      [own, 'against-rules', 'own-act'],
      [disputed, 'against-rules', 'disputed'],
    ]);
  });

  test('also if the device carries its acts over to its next name', async () => {
    await here.upload();
    const sale = await allowed(MANAGER);
    const [next, journal] = await anotherTill();
    const { seq, hash } = here.entries[0]!;
    await journal.enrolled({ till: shop.till.id, seq, hash });
    await journal.add({ act: 'carried-over', body: { entry: sale }, operator: null });
    await next.signIn();
    const opened = await dispute(journal, MANAGER, sale.hash);
    const closing = await close(opened, journal, MANAGER);
    expect(flags()).toEqual([[closing.seq, 'against-rules', 'own-act']]);
  });
});

test('an act of another till on this account without a code is flagged if it comes after the dispute, not before', async () => {
  const provider = { state: 'provider-unavailable', relayAt: START, providerAt: null } as const;
  const connectivity = { ...provider, noCodeBecause: 'refused:no-money' };
  const sale = (at: number) => {
    const confirmation = overrideBy(shop.till.ownerId, 100, { connectivity });
    const body = onAccountSale({ customer, onAccount: 100 }, confirmation);
    return there.sale(body, { at, operator: shop.till.ownerId });
  };
  const flags = (): unknown =>
    shop.relay.file.prepare('SELECT seq, kind, detail FROM flags ORDER BY cursor').raw().all();
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  await dispute();
  await sale(START + HOUR / 2);
  await sale(START + 2 * HOUR);
  shop.clock.pass(2 * HOUR);
  await other.signIn();
  await there.upload();
  expect(flags()).toEqual([[3, 'customer-disputed', 'sell-on-account']]);
});
