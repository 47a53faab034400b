// One order of all entries of a shop: gapless, signed, downloaded in parts.
// The relay's own entries are in it.
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import {
  journalPage,
  relayActBodies,
  type JournalPage,
  type OrderedEntry,
} from '$lib/contract/shop-journal';
import { tillsReply } from '$lib/contract/till';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { headOfUpload } from '$lib/proof/journal-head';
import { makeTillKey } from '$lib/proof/keys';
import {
  followLog,
  signCheckpoint,
  START_OF_LOG,
  verifyCheckpoint,
  type Logged,
} from '$lib/proof/shop-log';
import { offerEnrolment } from '../../relay/tills/tokens';
import { declarePutBack } from '../../relay/tills/restored';
import { PHONE, START } from '../support/challenges';
import { cases, limitOf } from '../support/cases';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { RelayCopy } from '../support/relay-copy';
import { TillClient } from '../support/till-client';
import {
  acceptanceOf,
  onAccountSale,
  overrideBy,
  reEnrolled,
  TillJournal,
} from '../support/till-journal';
import { verifyChain } from '../support/verify-chain';

let clock: ReturnType<typeof makeClock>;
let relay: RunningRelay;
let one: TillJournal;
let other: TillJournal;
let copy: RelayCopy;
beforeEach(async () => {
  copy = new RelayCopy();
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
  one = new TillJournal(await TillClient.ready(relay.url, clock.now), clock.now);
  await one.enrolled();
  other = await anotherTill();
});
afterEach(async () => {
  await relay.stop();
  copy.remove();
});

async function anotherTill(): Promise<TillJournal> {
  const till = await TillClient.make(relay.url, clock.now);
  await till.enrol((await offerEnrolment(relay.relay)).token);
  await till.signIn();
  const journal = new TillJournal(till, clock.now);
  await journal.enrolled();
  return journal;
}

type Cursor = { readonly epoch: number; readonly order: number; readonly logHash: string };
const START_CURSOR: Cursor = { ...START_OF_LOG, epoch: 0 };

const queryOf = ({ epoch, order, logHash }: Cursor): string =>
  order === 0 ? '?' : `?after=${epoch}.${order}&hash=${logHash}`;

const get = async (till: TillClient, query: string) => {
  const { status, json } = await till.call('GET', `/journal${query}`);
  return { status, page: journalPage.parse(json) };
};

const hashOf = (entry: OrderedEntry): string => ('own' in entry ? entry.own : entry.entry).hash;
const loggedOf = (entry: OrderedEntry): Logged => ({ ...entry, hash: hashOf(entry) });

/** Checks a page as a till has to, and returns the cursor after it. */
async function follow(till: TillClient, from: Cursor, page: JournalPage): Promise<Cursor> {
  if (page.kind !== 'journal' || till.relayKey === null) throw new Error(JSON.stringify(page));
  const point = await verifyCheckpoint(page.checkpoint, till.relayKey);
  const head = await followLog(from, page.entries.map(loggedOf));
  expect(point).toMatchObject({ shop: till.shopId, ...head });
  expect(page.head).toBeGreaterThanOrEqual(head?.order ?? 0);
  return { epoch: point?.epoch ?? 0, order: point?.order ?? 0, logHash: point?.logHash ?? '' };
}

/** Everything after a cursor, page by page. */
async function download(
  { till }: TillJournal,
  { from = START_CURSOR, limit = 500 } = {},
): Promise<{ entries: OrderedEntry[]; cursor: Cursor }> {
  const entries: OrderedEntry[] = [];
  for (let cursor = from; ;) {
    const { page } = await get(till, `${queryOf(cursor)}&limit=${limit}`);
    cursor = await follow(till, cursor, page);
    if (page.kind !== 'journal' || page.entries.length === 0) return { entries, cursor };
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    entries.push(...page.entries);
  }
}

/** The relay's own entries among these. */
const relayEntries = (entries: readonly OrderedEntry[]): Entry[] =>
  entries.flatMap((each) =>
    'entry' in each && each.entry.till === one.till.shopId ? [each.entry as unknown as Entry] : [],
  );
const actsOf = (entries: readonly OrderedEntry[]): unknown[] =>
  relayEntries(entries).map(({ act, body }) => [act, body]);

const overdraw = (journal: TillJournal, amount = 100) =>
  journal.sale(
    onAccountSale({ customer: uuidv7(), onAccount: amount }, overrideBy(one.till.ownerId, amount)),
  );

test('entries of all tills and of the relay are downloaded in one order; a till gets its own as marks', async () => {
  await one.upload();
  await other.idle();
  await other.upload();
  await one.idle();
  await one.upload();
  const { entries } = await download(one);
  expect(entries.map(({ order }) => order)).toEqual(entries.map((_, index) => index + 1));
  const own = entries.flatMap((each) => ('own' in each ? [each.own] : []));
  expect(own).toEqual(one.entries.map(({ seq, hash }) => ({ seq, hash })));
  const theirs = entries.flatMap((each) =>
    'entry' in each && each.entry.till === other.till.id ? [each.entry] : [],
  );
  expect(theirs).toEqual(other.entries);
  const atOther = await download(other);
  expect(atOther.entries.map(hashOf)).toEqual(entries.map(hashOf));
  expect(atOther.cursor).toEqual((await download(one)).cursor);
});

test('in parts of any size it is the same order, with a checkpoint at the end of each', async () => {
  for (let n = 0; n < 12; n += 1) await other.idle();
  await other.upload();
  const whole = await download(one);
  for (const limit of [1, 5]) expect(await download(one, { limit })).toEqual(whole);
});

test('a part is at most as large as agreed, but has one entry at least', async () => {
  const note = 'a'.repeat(700_000);
  for (let n = 0; n < 3; n += 1) await other.add({ act: 'note', body: { note } });
  for (const entry of other.entries) await other.upload([entry]);
  const { page } = await get(one.till, '');
  const first = page.kind === 'journal' ? page.entries : [];
  expect(first.filter((each) => 'entry' in each && each.entry.act === 'note')).toHaveLength(1);
  const all = await download(one);
  expect(all.entries.filter((each) => 'entry' in each && each.entry.act === 'note')).toHaveLength(
    3,
  );
});

test('the relay’s own entries are a chain under the shop’s id, with the facts that tills need', async () => {
  await one.upload();
  await overdraw(other);
  await other.upload();
  await one.till.elevate();
  await one.till.call('PUT', `/tills/${other.till.id}/name`, { name: 'Склад' });
  await one.till.call('DELETE', `/tills/${other.till.id}`);
  const { entries } = await download(one);
  const own = relayEntries(entries);
  expect(await verifyChain(own)).toMatchObject({ kind: 'whole', count: own.length });
  for (const { act, body } of own)
    expect(relayActBodies[act as keyof typeof relayActBodies].safeParse(body)).toMatchObject({
      success: true,
    });
  const { publicKey, id } = other.till;
  expect(actsOf(entries)).toEqual([
    ['epoch-began', { epoch: expect.any(Number) as unknown, shared: 0 }],
    ['till-joined', expect.objectContaining({ till: one.till.id, number: 1 })],
    ['policy-published', { version: 1 }],
    ['till-joined', expect.objectContaining({ till: id, number: 2, publicKey })],
    [
      'discrepancy-found',
      expect.objectContaining({ till: id, kind: 'override-while-others-online' }),
    ],
    ['till-renamed', { till: id, name: 'Склад' }],
    ['till-revoked', { till: id }],
  ]);
});

test('broken rules, which only some operators may read, are not in the order; discrepancies are', async () => {
  const contacts = [uuidv7(), uuidv7(), uuidv7()].map((customer) => ({ customer, phone: PHONE }));
  await overdraw(other);
  await other.upload(other.entries, { contacts });
  const kinds = relay.file.prepare('SELECT DISTINCT kind FROM flags').pluck().all();
  expect(kinds).toEqual(expect.arrayContaining(['no-right', 'number-shared']));
  const { entries } = await download(one);
  for (const kind of kinds as FlagKind[])
    expect(JSON.stringify(entries).includes(`"${kind}"`)).toBe(isDiscrepancy(kind));
  // four digits alone occur in hashes and signatures by chance
  const ending = `*${PHONE.slice(-4)}`;
  for (const shown of [PHONE.slice(2), maskPhone(PHONE as Phone), ending])
    expect(JSON.stringify(entries)).not.toContain(shown);
});

test('a till that has everything waits for the next entry, and gets it as it arrives', async () => {
  const { cursor } = await download(one);
  const waiting = get(one.till, `${queryOf(cursor)}&wait=20000`);
  await other.upload();
  const { page } = await waiting;
  expect(page).toMatchObject({ entries: [{ entry: { till: other.till.id, seq: 1 } }] });
});

test('if none comes, the reply is a checkpoint at the same place', async () => {
  const { cursor } = await download(one);
  const { page } = await get(one.till, `${queryOf(cursor)}&wait=300`);
  expect(page).toMatchObject({ entries: [], head: cursor.order });
  expect(await follow(one.till, cursor, page)).toEqual(cursor);
});

test(
  'parallel uploads of several tills leave no gap, and each till’s entries in their order',
  async () => {
    const tills = [one, other, await anotherTill()];
    const act = fc.record({ till: fc.nat(2), isFlagged: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 10 }), async (acts) => {
        for (const { till, isFlagged } of acts) {
          const journal = tills[till] ?? one;
          await (isFlagged ? overdraw(journal) : journal.idle());
        }
        await Promise.all([...tills, ...tills].map((journal) => journal.upload()));
      }),
      { numRuns: cases(5) },
    );
    const { entries } = await download(await anotherTill());
    for (const { till, entries: made } of tills) {
      const theirs = entries.flatMap((each) =>
        'entry' in each && each.entry.till === till.id ? [each.entry.hash] : [],
      );
      expect(theirs).toEqual(made.map(({ hash }) => hash));
    }
    const own = relayEntries(entries);
    expect(await verifyChain(own)).toMatchObject({ kind: 'whole', count: own.length });
  },
  limitOf(60_000),
);

describe('the verdict', () => {
  const ofTill = async ({ till }: TillJournal, at: TillJournal) =>
    (await download(at)).entries
      .filter((each) => 'entry' in each && each.entry.till === till.id)
      .map(({ verdict }) => verdict);

  test('on an entry that carries over one the relay already has: repeated', async () => {
    await one.idle();
    await one.upload();
    const anew = await reEnrolled({ relay, clock }, one);
    await anew.upload();
    expect(await ofTill(anew, other)).toEqual(['accepted', 'repeated', 'repeated']);
  });

  test('on a new entry: accepted', async () => {
    const lost = await anotherTill();
    await overdraw(lost);
    const anew = await reEnrolled({ relay, clock }, lost);
    await anew.upload();
    expect(await ofTill(anew, one)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  test('on an entry from another relay: waiting, until an owner accepts it', async () => {
    const gone = await startRelay({ now: clock.now });
    const before = new TillJournal(await TillClient.ready(gone.url, clock.now), clock.now);
    await before.enrolled();
    await overdraw(before);
    await gone.stop();
    const anew = await reEnrolled({ relay, clock }, before);
    await anew.upload();
    expect(await ofTill(anew, one)).toEqual(['accepted', 'waiting', 'waiting']);
    await one.till.elevate();
    const { json } = await one.till.call('GET', '/tills');
    const [waiting] = tillsReply.parse(json).tills.flatMap((each) => each.waiting);
    if (waiting === undefined) throw new Error('nothing waits');
    const path = `/tills/${anew.till.id}/former-journal`;
    expect((await one.till.call('POST', path, acceptanceOf(waiting))).status).toBe(204);
    expect(actsOf((await download(one)).entries).at(-1)).toEqual([
      'former-journal-accepted',
      { till: anew.till.id, former: before.till.id, entries: 2, digest: waiting.digest },
    ]);
  });

  test('on an act that this relay does not know: not understood; on a dispute without the right: refused', async () => {
    await other.add({ act: 'gift', body: { points: 5 } });
    const body = { customer: uuidv7(), about: null, note: null };
    await other.add({ act: 'dispute', body, operator: uuidv7() });
    await other.add({ act: 'dispute', body, operator: one.till.ownerId });
    await other.upload();
    expect(await ofTill(other, one)).toEqual(['accepted', 'not-understood', 'refused', 'accepted']);
  });
});

describe('a relay restored from an older copy', () => {
  test('begins an epoch: tills that were further continue from the last common entry', async () => {
    await one.upload();
    const before = await download(other);
    copy.take(relay);
    await one.idle();
    await one.upload();
    const beyond = await download(other);
    await copy.putBack(relay);
    await declarePutBack(relay.relay);
    await other.till.signIn();
    const { status, page } = await get(other.till, queryOf(beyond.cursor));
    expect(status).toBe(409);
    expect(page).toMatchObject({ kind: 'other-epoch', common: before.cursor.order });
    const after = await download(other, { from: before.cursor });
    expect(actsOf(after.entries)[0]).toEqual([
      'epoch-began',
      { epoch: page.kind === 'other-epoch' && page.epoch, shared: before.cursor.order },
    ]);
    expect(after.cursor.epoch).not.toBe(before.cursor.epoch);
  });

  test('begins one epoch, however many tills notice it', async () => {
    await one.upload();
    await other.upload();
    copy.take(relay);
    clock.pass(1000);
    for (const journal of [one, other]) {
      await journal.idle();
      await journal.upload();
    }
    await copy.putBack(relay);
    clock.pass(1000);
    for (const { till } of [one, other]) await till.signIn();
    const epochs = actsOf((await download(one)).entries).filter((own) =>
      (own as unknown[]).includes('epoch-began'),
    );
    expect(epochs).toHaveLength(2);
  });

  test('begins one for a till that has lost nothing and had downloaded further', async () => {
    await one.upload();
    await other.upload();
    copy.take(relay);
    clock.pass(1000);
    await one.idle();
    await one.upload();
    const { cursor } = await download(other);
    const { page } = await get(other.till, queryOf(cursor));
    other.till.checkpoint = page.kind === 'journal' ? page.checkpoint : null;
    await copy.putBack(relay);
    clock.pass(1000);
    const began = async () =>
      actsOf((await download(one)).entries).filter((own) =>
        (own as unknown[]).includes('epoch-began'),
      ).length;
    // the till whose entries are lost does not report it
    one.till.watermark = null;
    await one.till.signIn();
    const before = await began();
    for (let again = 0; again < 2; again += 1) {
      await other.till.signIn();
      expect(await began()).toBe(before + 1);
    }
  });

  test('begins one for each lost epoch, even if its clock was ahead', async () => {
    const hour = 3_600_000;
    const checkpointNow = async () => {
      const { cursor } = await download(other);
      const { page } = await get(other.till, queryOf(cursor));
      return page.kind === 'journal' ? page.checkpoint : null;
    };
    const began = async () =>
      actsOf((await download(one)).entries).filter((own) =>
        (own as unknown[]).includes('epoch-began'),
      ).length;
    await one.upload();
    await other.upload();
    copy.take(relay);
    clock.pass(hour);
    for (const { till } of [one, other]) await till.signIn();
    await one.idle();
    await one.upload();
    const ofFormer = await checkpointNow();
    await declarePutBack(relay.relay);
    const ofLost = await checkpointNow();
    await copy.putBack(relay);
    clock.pass(-hour);
    one.till.watermark = null;
    other.till.watermark = null;
    await one.till.signIn();
    const before = await began();
    for (const checkpoint of [ofFormer, ofFormer, ofLost, ofLost, ofFormer, ofLost]) {
      other.till.checkpoint = checkpoint;
      await other.till.signIn();
    }
    expect(await began()).toBe(before + 2);
  });

  test('believes only its own checkpoints, and begins no epoch if one matches its order', async () => {
    await one.upload();
    const { cursor } = await download(other);
    const { page } = await get(other.till, queryOf(cursor));
    const own = page.kind === 'journal' ? page.checkpoint : '';
    const before = (await download(one)).entries.length;
    const { privateKey } = await makeTillKey();
    const point = { v: 1, purpose: 'checkpoint', shop: one.till.shopId, at: clock.now() } as const;
    const lost = { ...point, ...cursor, order: cursor.order + 9 };
    for (const checkpoint of [own, await signCheckpoint(lost, privateKey, 'k')]) {
      other.till.checkpoint = checkpoint;
      expect((await other.till.signIn()).json.kind).toBe('session');
    }
    expect((await download(one)).entries).toHaveLength(before);
  });

  test('answers a waiting till at once if its point in the order is lost', async () => {
    await one.upload();
    copy.take(relay);
    await one.idle();
    await one.upload();
    const { cursor } = await download(other);
    await copy.putBack(relay);
    await declarePutBack(relay.relay);
    await other.till.signIn();
    const { status } = await get(other.till, `${queryOf(cursor)}&wait=25000`);
    expect(status).toBe(409);
  }, 15_000);

  test('is noticed by the log’s hash if it continued without a new epoch', async () => {
    await one.upload();
    copy.take(relay);
    await one.idle();
    await one.upload();
    const beyond = await download(other);
    await copy.putBack(relay);
    await other.till.signIn();
    await other.upload();
    const { page } = await get(other.till, queryOf(beyond.cursor));
    expect(page).toMatchObject({ kind: 'other-epoch', common: 0 });
    const again = await download(other);
    expect(again.entries.map(({ order }) => order)).toEqual(
      again.entries.map((_, index) => index + 1),
    );
  });
});

describe('bad input', () => {
  test.each([
    ['?after=7', 'after'],
    ['?after=1.0&hash=x', 'after'],
    ['?after=-1.5', 'after'],
    ['?after=1.5', 'hash'],
    ['?after=1.5&hash=zz', 'hash'],
    ['?limit=x', 'limit'],
    ['?wait=soon', 'wait'],
  ])('%s is refused by name', async (query, path) => {
    const { status, json } = await one.till.call('GET', `/journal${query}`);
    expect([status, json]).toEqual([400, { kind: 'malformed', path }]);
  });

  test('for an order that nobody ever had the reply begins at the start', async () => {
    const { status, page } = await get(one.till, `?after=12.34&hash=${'a'.repeat(64)}`);
    expect([status, page]).toMatchObject([409, { kind: 'other-epoch', common: 0 }]);
  });

  test('without a session nothing can be downloaded', async () => {
    const stranger = await TillClient.make(relay.url, clock.now);
    expect((await stranger.call('GET', '/journal')).status).toBe(401);
  });
});

describe('the list of tills says what each has not downloaded', () => {
  /** For a till: how many entries of others it lacks, and since when. */
  async function lacking({ till: { id } }: TillJournal): Promise<[number, number | null]> {
    await one.till.elevate();
    const { tills } = tillsReply.parse((await one.till.call('GET', '/tills')).json);
    const row = tills.find((till) => till.id === id);
    if (row === undefined) throw new Error('no such till');
    return [row.notDownloaded, row.notDownloadedSince];
  }

  test('by the point that it states, without its own entries, and since when the first of them is stored', async () => {
    const { cursor } = await download(other);
    expect(await lacking(other)).toEqual([0, null]);
    await other.upload();
    expect(await lacking(other)).toEqual([0, null]);
    clock.pass(60_000);
    const since = clock.now();
    await one.upload();
    clock.pass(60_000);
    await one.idle();
    await one.upload();
    expect(await lacking(other)).toEqual([2, since]);
    // entries that were sent but not confirmed by the till may have been lost on the way
    await get(other.till, queryOf(cursor));
    expect(await lacking(other)).toEqual([2, since]);
    await download(other, { from: cursor });
    expect(await lacking(other)).toEqual([0, null]);
  });

  test('for a till that has downloaded nothing, all entries', async () => {
    const { entries } = await download(one);
    expect((await lacking(other))[0]).toBe(entries.length);
  });

  test('only by a point that the relay has', async () => {
    const { cursor } = await download(other);
    await get(other.till, queryOf({ ...cursor, logHash: 'e'.repeat(64) }));
    expect((await lacking(other))[0]).toBeGreaterThan(0);
  });
});

test('a till whose journal is set aside gets nothing of the shop until it is connected again', async () => {
  await other.upload();
  await one.upload();
  const edited = await one.add({ act: 'drawer-opened', body: { opening: uuidv7(), reason: 'x' } });
  const entries = [{ ...edited, at: edited.at + 1 }];
  const headSigned = await one.till.signHead(headOfUpload(entries));
  expect((await one.till.call('POST', '/journal', { entries, headSigned })).json.kind).toBe(
    'quarantined',
  );
  const sums = { point: START_CURSOR, rules: 1, debt: 0, points: 0 };
  const calls: [string, string, object?][] = [
    ['GET', '/journal'],
    ['POST', '/journal/sums', sums],
    ['GET', '/snapshot'],
    ['GET', `/snapshot/${'0'.repeat(64)}`],
    ['POST', '/cards', { hashes: ['0'.repeat(64)] }],
  ];
  for (const [method, path, body] of calls) {
    const refused = await one.till.call(method, path, body);
    expect([path, refused.status, refused.json]).toEqual([
      ...[path, 409],
      { kind: 'journal-set-aside' },
    ]);
    expect((await other.till.call(method, path, body)).json).not.toMatchObject({
      kind: 'journal-set-aside',
    });
  }
});
