// States of notices about acts without a code: fetched once, the newest kept, none lost with a reply.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NoticeState } from '$lib/contract/journal-upload';
import { noticesOf, noticesCursor, noticesDue } from '$lib/storage/customers/notices';
import { fetchNotices } from '$lib/sync/till-news';
import { ANNA, BORIS, discard, openShop, TILL, type Shop } from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const act = (n: number) => n.toString(16).padStart(64, '0');
const PAGE = 2;
const noticeOf = async (db: Shop['db'], entry: string) =>
  (await noticesOf(db, [entry])).get(entry) ?? null;

/** A relay's list of changes, paged like `GET /notices`. */
class Relay {
  readonly changes: { entry: string; customer: string; state: NoticeState }[] = [];
  readonly asked: number[] = [];
  silent = false;

  notices = (since: number) => {
    this.asked.push(since);
    if (this.silent) return Promise.resolve({ kind: 'unreachable', because: 'network' } as never);
    const notices = this.changes.slice(since, since + PAGE);
    const cursor = since + notices.length;
    const more = cursor < this.changes.length;
    return Promise.resolve({ kind: 'notices', notices, cursor, more } as never);
  };
}

test('all pages are fetched, the newest state of each act is stored, and the next fetch starts where the last ended', async () => {
  const relay = new Relay();
  relay.changes.push(
    { entry: act(1), customer: ANNA, state: 'waiting' },
    { entry: act(2), customer: ANNA, state: 'waiting' },
    { entry: act(1), customer: ANNA, state: 'sent' },
  );
  expect(await fetchNotices(shop.db, relay, TILL)).toBe(true);
  expect(await noticeOf(shop.db, act(1))).toBe('sent');
  expect(await noticeOf(shop.db, act(2))).toBe('waiting');
  expect(await noticeOf(shop.db, act(3))).toBeNull();
  expect(await noticesDue(shop.db)).toBe(true);

  relay.changes.push({ entry: act(2), customer: ANNA, state: 'maybe-sent' });
  relay.asked.length = 0;
  await fetchNotices(shop.db, relay, TILL);
  expect(relay.asked).toEqual([3]);
  expect(await noticeOf(shop.db, act(2))).toBe('maybe-sent');
  expect(await noticesDue(shop.db)).toBe(false);
});

test('if the relay does not answer, stored states stay, and the same page is requested again', async () => {
  const relay = new Relay();
  relay.changes.push({ entry: act(1), customer: ANNA, state: 'failed' });
  relay.silent = true;
  expect(await fetchNotices(shop.db, relay, TILL)).toBe(false);
  expect(await noticesCursor(shop.db, TILL)).toBe(0);
  relay.silent = false;
  expect(await fetchNotices(shop.db, relay, TILL)).toBe(true);
  expect(await noticeOf(shop.db, act(1))).toBe('failed');
});

test('a till that was re-enrolled fetches everything again', async () => {
  const relay = new Relay();
  relay.changes.push({ entry: act(1), customer: ANNA, state: 'sent' });
  await fetchNotices(shop.db, relay, TILL);
  expect(await noticesCursor(shop.db, 'another')).toBe(0);
});

test('the notice of an act about several customers waits for all of them, and has failed if one could not be reached', async () => {
  const relay = new Relay();
  const said = (customer: string, state: NoticeState) =>
    relay.changes.push({ entry: act(1), customer, state });
  said(ANNA, 'sent');
  said(BORIS, 'waiting');
  await fetchNotices(shop.db, relay, TILL);
  expect(await noticeOf(shop.db, act(1))).toBe('waiting');
  said(BORIS, 'failed');
  await fetchNotices(shop.db, relay, TILL);
  expect(await noticeOf(shop.db, act(1))).toBe('failed');
});

test('a notice that was sent stays so, whatever a relay restored from an older copy still knows of it', async () => {
  const relay = new Relay();
  relay.changes.push({ entry: act(1), customer: ANNA, state: 'sent' });
  await fetchNotices(shop.db, relay, TILL);
  relay.changes.push(
    { entry: act(1), customer: ANNA, state: 'maybe-sent' },
    { entry: act(1), customer: BORIS, state: 'maybe-sent' },
  );
  await fetchNotices(shop.db, relay, TILL);
  expect(await noticeOf(shop.db, act(1))).toBe('maybe-sent');
  expect(await shop.db.notices.get([act(1), ANNA])).toMatchObject({ state: 'sent' });
});
