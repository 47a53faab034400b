// Automatic uploads of the journal: after each act, after an outage, and before a code is requested.
import { tillIn } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { requestCode } from '$lib/state/relay/code-source';
import { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';
import { headIn } from '$lib/storage/journal/reader';
import { publicKeyOf } from '$lib/storage/till/till';
import { writeAct } from '$lib/storage/journal/writer';
import { spoilRows } from '../support/journal-disk';
import { JournalAtRelay } from '../support/journal-at-relay';
import { AT, CASHIER, discard, openShop, type Shop } from '../support/storage-shop';

let shop: Shop;
let relay: JournalAtRelay;
let offline = false;
let uploader: JournalUploader;

beforeEach(async () => {
  offline = false;
  shop = await openShop();
  const till = await tillIn(shop.db);
  if (till === null) throw new Error('no till');
  relay = new JournalAtRelay(shop.relay, await publicKeyOf(till));
  uploader = new JournalUploader({
    db: shop.db,
    client: relay,
    now: () => AT,
    proven: () => AT,
    isOffline: () => offline,
  });
});
afterEach(() => discard(shop.db));

const act = (at = AT) =>
  writeAct(shop.db, {
    act: 'pin-locked',
    operator: null,
    at,
    policy: 1,
    body: { operator: CASHIER, failures: 5, until: AT + 60_000 },
  });
/** Starts an uploader whose first upload hangs until the returned function makes it fail. */
async function loseFirst(): Promise<() => void> {
  let lose: (() => void) | undefined;
  uploader = new JournalUploader({
    db: shop.db,
    client: {
      uploadJournal: (upload) =>
        lose === undefined
          ? new Promise((resolve) => {
              lose = () => resolve({ kind: 'unreachable', because: 'network' });
            })
          : relay.uploadJournal(upload),
    },
    now: () => AT,
    proven: () => AT,
    isOffline: () => offline,
  });
  await uploader.start();
  await expect.poll(() => lose).toBeDefined();
  return () => lose?.();
}
const seq = async () => (await headIn(shop.db)).seq;

test('each act is uploaded by itself', async () => {
  await uploader.start();
  await expect.poll(() => uploader.entries).toBe(0);
  await act();
  await expect.poll(() => relay.kept.length).toBe(3);
  await expect.poll(() => uploader.entries).toBe(0);
  expect(uploader.since).toBeNull();
});

test('during an import nothing is uploaded until it ends, unless a code is requested', async () => {
  await uploader.start();
  await expect.poll(() => uploader.entries).toBe(0);
  const { asked, client } = relayWith([]);
  await uploader.pausedDuring(async () => {
    await act();
    uploader.answered({ back: false });
    uploader.answered({ back: true });
    await uploader.settled();
    expect(relay.kept).toHaveLength(2);
    await requestCode({ client, uploader }, 'c', QUESTION);
    expect(asked).toEqual([3]);
    await act();
    await uploader.settled();
    expect(relay.kept).toHaveLength(3);
  });
  await expect.poll(() => relay.kept.length).toBe(4);
});

test('offline it says how many entries wait and since when, and sends nothing; when the relay is back they are uploaded', async () => {
  offline = true;
  await uploader.start();
  await act(AT + 5_000);
  await expect.poll(() => uploader.entries).toBe(3);
  expect([uploader.since, relay.requests]).toEqual([AT, []]);
  offline = false;
  uploader.answered({ back: true });
  await expect.poll(() => uploader.entries).toBe(0);
  expect(relay.kept).toHaveLength(await seq());
});

test('a disk that cannot be read is distinguished from a network failure, and the upload goes on when it can be', async () => {
  await uploader.start();
  await expect.poll(() => uploader.entries).toBe(0);
  offline = true;
  await act();
  await expect.poll(() => uploader.entries).toBe(1);
  const undo = spoilRows(['meta', 'till']);
  try {
    await uploader.sendNow();
    expect([uploader.notTaken, uploader.entries]).toEqual(['disk-failed', 1]);
  } finally {
    undo();
  }
  await uploader.sendNow();
  expect([uploader.notTaken, uploader.entries]).toEqual([null, 0]);
  expect(relay.kept).toHaveLength(await seq());
});

test('a lost upload is not repeated after every exchange, but at once after an outage', async () => {
  relay.ways.push('lost-on-the-way');
  await uploader.start();
  await expect.poll(() => relay.ways).toEqual([]);
  await uploader.settled();
  expect(uploader.entries).toBe(2);
  uploader.answered({ back: false });
  expect(relay.requests).toEqual([]);
  uploader.answered({ back: true });
  await expect.poll(() => uploader.entries).toBe(0);
});

test('an upload that is lost while an outage ends is repeated at once', async () => {
  const lose = await loseFirst();
  uploader.answered({ back: true });
  // offline, so that no pause ends while the test waits
  offline = true;
  lose();
  await expect.poll(() => uploader.entries).toBe(0);
});

test('a lost upload is repeated after a pause, without a sale or another exchange', async () => {
  relay.ways.push('lost-on-the-way');
  await uploader.start();
  await expect.poll(() => relay.ways).toEqual([]);
  await expect.poll(() => uploader.entries).toBe(0);
});

/** A relay that sends codes, or gives the replies of the test. */
function relayWith(replies: ChallengeReply[]) {
  const asked: number[] = [];
  const client = {
    requestChallenge: (): Promise<ChallengeReply> => {
      asked.push(relay.kept.length);
      return Promise.resolve(replies.shift() ?? { kind: 'provider-unreachable' });
    },
  } as unknown as RelayClient;
  return { asked, client };
}
const QUESTION = {} as ChallengeRequest;

test('the journal is uploaded before a code is requested', async () => {
  await uploader.start();
  await expect.poll(() => uploader.entries).toBe(0);
  relay.ways.push('lost-on-the-way');
  await act();
  await expect.poll(() => uploader.entries).toBe(1);
  const { asked, client } = relayWith([]);
  await requestCode({ client, uploader }, 'c', QUESTION);
  expect(asked).toEqual([3]);
});

test('the journal is uploaded before a code is requested, also where an upload in progress is lost', async () => {
  const lose = await loseFirst();
  const { asked, client } = relayWith([]);
  const requested = requestCode({ client, uploader }, 'c', QUESTION);
  lose();
  await requested;
  expect(asked).toEqual([2]);
});

test('an upload that hangs delays the code only for a moment', async () => {
  let hung: (() => void) | undefined;
  const client = {
    uploadJournal: () =>
      new Promise<{ kind: 'unreachable'; because: 'timeout' }>((resolve) => {
        hung = () => resolve({ kind: 'unreachable', because: 'timeout' });
      }),
  };
  uploader = new JournalUploader({
    db: shop.db,
    client,
    now: () => AT,
    proven: () => AT,
    isOffline: () => false,
  });
  await uploader.start();
  await expect.poll(() => hung).toBeDefined();
  const code = relayWith([]);
  await requestCode({ client: code.client, uploader }, 'c', QUESTION);
  expect(code.asked).toHaveLength(1);
  hung?.();
});

test('after a refusal because the journal is behind, the till uploads it and repeats the request, once', async () => {
  await uploader.start();
  await expect.poll(() => uploader.entries).toBe(0);
  const again = relayWith([{ kind: 'journal-behind' }]);
  expect(await requestCode({ client: again.client, uploader }, 'c', QUESTION)).toEqual({
    kind: 'provider-unreachable',
  });
  const twice = relayWith([{ kind: 'journal-behind' }, { kind: 'journal-behind' }]);
  expect(await requestCode({ client: twice.client, uploader }, 'c', QUESTION)).toEqual({
    kind: 'journal-behind',
  });
  expect(twice.asked).toHaveLength(2);
});

test('a till in quarantine uploads each act, and nothing again after every exchange', async () => {
  const sent: number[] = [];
  relay.answer = ({ entries }) => {
    sent.push(entries.length);
    return { kind: 'quarantined', seq: 1 };
  };
  await uploader.start();
  await expect.poll(() => uploader.quarantine?.because).toBe('damaged');
  await uploader.settled();
  uploader.answered({ back: false });
  await uploader.settled();
  expect(sent).toEqual([2]);
  await act();
  await expect.poll(() => sent).toEqual([2, 1]);
  await act();
  await expect.poll(() => sent).toEqual([2, 1, 1]);
});

test('a till whose journal the relay refuses gets that answer, and may go on by right', async () => {
  relay.answer = () => ({ kind: 'fork', seq: 2 });
  await uploader.start();
  await expect.poll(() => uploader.quarantine?.because).toBe('fork');
  const { asked, client } = relayWith([{ kind: 'journal-behind' }]);
  expect(await requestCode({ client, uploader }, 'c', QUESTION)).toEqual({ kind: 'quarantined' });
  expect(asked).toHaveLength(1);
  await act();
  await expect.poll(() => uploader.entries).toBe(3);
});
