// States of notices reach the till even if the act was reviewed meanwhile or replies were lost.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NoticeState } from '$lib/contract/journal-upload';
import { NoticePoller } from '$lib/state/relay/notice-poller.svelte';
import { noticesOf } from '$lib/storage/customers/notices';
import { reviewUnconfirmed, unconfirmedActs } from '$lib/storage/customers/unconfirmed';
import {
  AT,
  BORIS,
  discard,
  id,
  openShop,
  overrideBy,
  OWNER,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let poller: NoticePoller;
let changes: { entry: string; customer: string; state: NoticeState }[];
let asked: number;
let lost: boolean;
beforeEach(async () => {
  [changes, asked, lost] = [[], 0, false];
  shop = await openShop();
  const notices = (since: number) => {
    asked += 1;
    const page = changes.slice(since);
    const cursor = since + page.length;
    return Promise.resolve(
      lost
        ? { kind: 'unreachable', because: 'network' }
        : { kind: 'notices', notices: page, cursor, more: false },
    ) as never;
  };
  poller = new NoticePoller(shop.db, { notices }, 0);
});
afterEach(() => discard(shop.db));

/** Makes a debt by right that the owner reviewed before the relay had its entry. */
async function reviewedOffline(): Promise<string> {
  const receipt = receiptOf(id(1003), { customer: BORIS });
  await shop.sell(receipt, [overrideBy(SENIOR, 'sell-on-account')]);
  const entries = (await unconfirmedActs(shop.db, 10)).map(({ entry }) => entry.hash);
  const [entry] = entries;
  if (entry === undefined) expect.fail('nothing to look at');
  const reviewed = await reviewUnconfirmed(shop.db, { entries, operator: OWNER, at: AT });
  expect(reviewed).toEqual({ kind: 'recorded' });
  return entry;
}

const stateOf = async (entry: string) => (await noticesOf(shop.db, [entry])).get(entry) ?? null;

test('the state of a notice arrives for an act that was reviewed before the relay had it', async () => {
  const entry = await reviewedOffline();
  changes.push({ entry, customer: BORIS, state: 'failed' });
  await poller.journalSent();
  expect(await stateOf(entry)).toBe('failed');
});

test('after a lost reply the next exchange with the relay brings the state', async () => {
  const entry = await reviewedOffline();
  changes.push({ entry, customer: BORIS, state: 'sent' });
  lost = true;
  await poller.journalSent();
  expect(await stateOf(entry)).toBeNull();
  lost = false;
  await poller.answered();
  expect(await stateOf(entry)).toBe('sent');
});

test('a till that stopped before the reply asks at the first exchange after its start', async () => {
  const entry = await reviewedOffline();
  changes.push({ entry, customer: BORIS, state: 'sent' });
  await poller.answered();
  expect(await stateOf(entry)).toBe('sent');
});

test('while a notice waits the relay is asked again; once all are final it is not', async () => {
  const entry = await reviewedOffline();
  changes.push({ entry, customer: BORIS, state: 'waiting' });
  await poller.journalSent();
  changes.push({ entry, customer: BORIS, state: 'sent' });
  await poller.answered();
  expect(await stateOf(entry)).toBe('sent');
  const enough = asked;
  await poller.answered();
  expect(asked).toBe(enough);
});
