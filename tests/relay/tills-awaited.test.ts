// A relay restored from an older copy sends no codes about balances until the other tills are back.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TillOnRelay } from '$lib/contract/till';
import { DAY_MS } from '$lib/domain/values/durations';
import { offerEnrolment } from '../../relay/tills/tokens';
import { declarePutBack } from '../../relay/tills/restored';
import { ask, debtRequest, openShop, type Shop } from '../support/challenges';
import { RelayCopy } from '../support/relay-copy';
import { TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const MINUTE_MS = 60_000;
const OTHER = 'Касса 2';

let shop: Shop;
let journal: TillJournal;
let other: TillClient;
let others: TillJournal;
let copy: RelayCopy;

beforeEach(async () => {
  copy = new RelayCopy();
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await upload(journal);
  other = await TillClient.make(shop.relay.url, shop.clock.now);
  await other.enrol((await offerEnrolment(shop.relay.relay)).token, {}, { name: OTHER });
  await other.signIn();
  others = new TillJournal(other, shop.clock.now);
  await others.enrolled();
  await upload(others);
});
afterEach(async () => {
  await shop.stop();
  copy.remove();
});

async function upload(of: TillJournal): Promise<void> {
  const { json } = await of.upload();
  expect(json.kind).toBe('kept');
}

/** A debt of a new customer at the other till, uploaded. */
async function oweAtOther(): Promise<void> {
  const confirmation = overrideBy(shop.till.ownerId, 1_000);
  await others.sale(onAccountSale({ customer: uuidv7(), onAccount: 1_000 }, confirmation));
  await upload(others);
}

/** Restores the copy after the other till has sold on account and the first one has sold as well. */
async function putBack(): Promise<void> {
  copy.take(shop.relay);
  shop.clock.pass(10 * MINUTE_MS);
  await oweAtOther();
  await journal.idle();
  await upload(journal);
  await copy.putBack(shop.relay);
  await shop.till.signIn();
  await upload(journal);
}

const request = (parts: object = {}) =>
  ask(shop.till, debtRequest({ journalHead: journal.journalHead, ...parts }));
const kindOf = async (parts: object = {}) => (await request(parts)).json['kind'];
async function listed(): Promise<readonly string[]> {
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/tills');
  const tills = json['tills'] as TillOnRelay[];
  return tills.filter(({ isAwaited }) => isAwaited).map(({ id }) => id);
}

test('until the other till has signed in and uploaded what was lost', async () => {
  await putBack();
  expect(await request()).toMatchObject({
    status: 409,
    json: { kind: 'tills-awaited', tills: [OTHER] },
  });
  expect(await listed()).toEqual([other.id]);
  await other.signIn();
  // the till has signed in, but its sales were not uploaded yet
  expect(await kindOf()).toBe('tills-awaited');
  await upload(others);
  expect(await kindOf()).toBe('awaiting-code');
  expect(await listed()).toEqual([]);
});

test('also after "restore", for a day at most, over a restart of the relay', async () => {
  await oweAtOther();
  shop.clock.pass(10 * MINUTE_MS);
  await declarePutBack(shop.relay.relay);
  await journal.idle();
  await shop.till.signIn();
  await upload(journal);
  expect(await kindOf()).toBe('tills-awaited');
  shop.clock.pass(10 * MINUTE_MS);
  await shop.relay.restart();
  await shop.till.signIn();
  expect(await kindOf()).toBe('tills-awaited');
  shop.clock.pass(DAY_MS);
  await shop.till.signIn();
  expect(await kindOf()).toBe('awaiting-code');
});

test('until an owner ends the waiting', async () => {
  await putBack();
  await shop.till.elevate();
  expect(await listed()).toEqual([other.id]);
  expect((await shop.till.call('DELETE', '/awaited-tills')).status).toBe(204);
  expect(await listed()).toEqual([]);
  expect(await kindOf()).toBe('awaiting-code');
});

test('the relay waits neither for a removed till nor for one that was unused for long', async () => {
  await putBack();
  await shop.till.elevate();
  await shop.till.call('DELETE', `/tills/${other.id}`);
  expect(await kindOf()).toBe('awaiting-code');
  const idle = await TillClient.make(shop.relay.url, shop.clock.now);
  await idle.enrol((await offerEnrolment(shop.relay.relay)).token);
  await idle.signIn();
  shop.clock.pass(2 * DAY_MS);
  await shop.till.signIn();
  await declarePutBack(shop.relay.relay);
  await shop.till.signIn();
  expect(await kindOf()).toBe('awaiting-code');
});

test('acts that move no balance are confirmed meanwhile', async () => {
  await putBack();
  const issue = uuidv7();
  const asked = { action: 'issue-reserve-codes', amount: null, receiptId: issue };
  // refused only because of the customer
  expect(await kindOf({ ...asked, deal: { kind: 'reserve-codes', issue } })).toBe('phone-too-new');
});

test('a relay that only restarts waits for no till', async () => {
  await oweAtOther();
  await journal.idle();
  await upload(journal);
  await shop.relay.restart();
  await shop.till.signIn();
  expect(await kindOf()).toBe('awaiting-code');
});
