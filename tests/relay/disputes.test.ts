// A dispute at the relay: opened at one till it stops the codes of all, until it is settled; what goes on without a code meanwhile is flagged.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disputesReply } from '$lib/contract/customer';
import { phoneChangeHash } from '$lib/proof/deal';
import { CASHIER, withCashier } from '../support/cashier';
import {
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

let shop: Shop;
let customer: string;
let here: TillJournal;
let other: TillClient;
let there: TillJournal;
beforeEach(async () => {
  shop = await openShop(withCashier);
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

async function dispute(
  state: 'open' | 'settled',
  journal = here,
  operator = shop.till.ownerId,
): Promise<void> {
  const body = { customer, about: null, state, note: null };
  await journal.add({ act: 'dispute', body, operator });
  await journal.upload();
}

/** What the other till hears when it asks this customer's phone. */
async function asked(request = debtRequest): Promise<unknown> {
  const parts = { customer: { id: customer, phone: PHONE }, journalHead: there.journalHead };
  const { status, json } = await ask(other, request(parts));
  return json.kind === 'customer-disputed' ? [status, json] : json.kind;
}
const refused = [409, { kind: 'customer-disputed', since: START }];

test('opened at one till it stops the codes for debt and points at every other, and nobody else’s', async () => {
  await there.upload();
  await dispute('open');
  expect(await asked()).toEqual(refused);
  expect(await asked(pointsRequest)).toEqual(refused);
  expect(shop.smsru.sends).toEqual([]);
  const stranger = { customer: { id: uuidv7(), phone: OTHER_PHONE } };
  const theirs = debtRequest({ ...stranger, journalHead: there.journalHead });
  expect((await ask(other, theirs)).json.kind).toBe('awaiting-code');
});

test('the other tills are told of it, until it is settled', async () => {
  const told = async (till: TillClient): Promise<unknown> =>
    disputesReply.parse((await till.call('GET', '/disputes')).json).disputes;
  await there.upload();
  await dispute('open');
  expect(await told(other)).toEqual([{ customer, since: START }]);
  expect(await told(shop.till)).toEqual([]);
  await dispute('settled', there);
  expect(await told(other)).toEqual([]);
});

test('his number may be changed meanwhile', async () => {
  await there.upload();
  await dispute('open');
  const deal = { customerId: customer, phone: PHONE, newPhone: OTHER_PHONE };
  const request = debtRequest({
    action: 'change-phone',
    amount: null,
    dealHash: await phoneChangeHash(deal),
    customer: { id: customer, phone: PHONE },
    journalHead: there.journalHead,
  });
  expect((await ask(other, request)).json.kind).toBe('awaiting-code');
});

describe('is lifted', () => {
  beforeEach(() => there.upload());

  test('once it is settled where it was opened', async () => {
    await dispute('open');
    await dispute('settled');
    expect(await asked()).toBe('awaiting-code');
  });

  test('at another till, too: the first may be lost', async () => {
    await dispute('open');
    await dispute('settled', there);
    expect(await asked()).toBe('awaiting-code');
  });

  test('of two only the one of the till that settles its own', async () => {
    await dispute('open');
    await dispute('open', there);
    await dispute('settled', there);
    expect(await asked()).toEqual(refused);
    await dispute('settled');
    expect(await asked()).toBe('awaiting-code');
  });

  test('by the same device under its next name', async () => {
    await dispute('open');
    await dispute('open', there);
    const [next, journal] = await anotherTill();
    const { seq, hash } = here.head;
    await journal.enrolled({ till: shop.till.id, seq, hash });
    await next.signIn();
    await dispute('settled', journal);
    await dispute('settled', there);
    expect(await asked()).toBe('awaiting-code');
  });

  test('by nobody without the right, nor is it opened by him', async () => {
    await dispute('open', here, CASHIER);
    expect(await asked()).toBe('awaiting-code');
    await dispute('open');
    await dispute('settled', here, CASHIER);
    expect(await asked()).toEqual(refused);
  });
});

test('what another till puts on his account without a code meanwhile is flagged; what went before is not', async () => {
  const provider = { state: 'provider-unavailable', relayAt: START, providerAt: null } as const;
  const connectivity = { ...provider, noCodeBecause: 'refused:no-money' };
  const sale = (at: number) => {
    const confirmation = overrideBy(shop.till.ownerId, 100, { connectivity });
    const body = onAccountSale({ customer, onAccount: 100 }, confirmation);
    return there.sale(body, { at, operator: shop.till.ownerId });
  };
  const flags = (): unknown =>
    shop.relay.relay.db.prepare('SELECT seq, kind, detail FROM flags').raw().all();
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  await dispute('open');
  await sale(START + HOUR / 2);
  await sale(START + 2 * HOUR);
  shop.clock.pass(2 * HOUR);
  await other.signIn();
  await there.upload();
  expect(flags()).toEqual([[3, 'customer-disputed', 'sell-on-account']]);
});
