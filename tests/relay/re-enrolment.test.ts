// A re-enrolled device carries over its former journal up to the named head.
// It does so before any act of its own.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import { offerEnrolment } from '../../relay/tills/tokens';
import { openShop, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { cashSale, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

let shop: Shop;
let journal: TillJournal;
beforeEach(async () => {
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
});
afterEach(() => shop.stop());

const owe = (of = journal): Promise<Entry> =>
  of.sale(
    onAccountSale({ customer: uuidv7(), onAccount: 5_000 }, overrideBy(shop.till.ownerId, 5_000)),
    { operator: shop.till.ownerId },
  );

/** The device under a new name, with nothing carried over yet. */
async function reEnrolled(former = journal, { seq, hash } = former.head): Promise<TillJournal> {
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  await other.enrol((await offerEnrolment(shop.relay.relay)).token);
  await other.signIn();
  const anew = new TillJournal(other, shop.clock.now);
  await anew.enrolled({ till: former.till.id, seq, hash });
  return anew;
}
async function carry(anew: TillJournal, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) await anew.add({ act: 'carried-over', body: { entry } });
}
const flags = (): unknown[] =>
  shop.relay.file.prepare('SELECT till, seq, kind, detail FROM flags ORDER BY cursor').raw().all();
async function found(anew: TillJournal): Promise<unknown[]> {
  const reply = await anew.upload();
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  return flags();
}
const incomplete = (anew: TillJournal, missing: number) => [
  ...[anew.till.id, 1, 'former-incomplete', String(missing)],
];

test('if everything is carried over there is no flag, in one upload or in several parts', async () => {
  const entries = [await owe(), await owe(), await owe()];
  const anew = await reEnrolled();
  await carry(anew, entries);
  await owe(anew);
  for (let to = 1; to <= anew.entries.length; to += 1)
    await anew.upload(anew.entries.slice(to - 1, to));
  expect(await found(anew)).toEqual([]);
});

test('nothing is missing if the relay holds the named head, or there was none', async () => {
  const anew = await reEnrolled();
  await owe(anew);
  expect(await found(anew)).toEqual([]);
});

test('an entry that is left out is flagged once, with the device’s first own act', async () => {
  const [, third] = [await owe(), await owe()];
  const anew = await reEnrolled();
  await carry(anew, [third]);
  expect(await found(anew)).toEqual([]);
  await owe(anew);
  await owe(anew);
  expect(await found(anew)).toEqual([incomplete(anew, 2)]);
  await owe(anew);
  expect(await found(anew)).toHaveLength(1);
});

test('many left out are one flag', async () => {
  for (let i = 0; i < 4; i += 1) await owe();
  const anew = await reEnrolled();
  await owe(anew);
  expect(await found(anew)).toEqual([incomplete(anew, 5)]);
});

test('the sales of two devices with one copied profile count once each, both are found, and the owner gets a message', async () => {
  const [original, copy] = [journal, new TillJournal(shop.till, shop.clock.now)];
  copy.entries.push(...original.entries);
  // both had the same empty receipt open, and give it the next number
  const one = cashSale({ customer: uuidv7(), total: 10_000 });
  const other = {
    ...cashSale({ customer: uuidv7(), total: 20_000 }),
    sale: one.sale,
    number: one.number,
  };
  await original.sale(one);
  await original.upload();
  const lost = await copy.sale(other);
  expect((await copy.upload()).json).toMatchObject({ kind: 'fork' });
  const anew = await reEnrolled(copy);
  await carry(anew, [lost]);
  await owe(anew);
  expect(await found(anew)).toContainEqual([
    ...[shop.till.id, lost.seq, 'number-repeated', String(one.number)],
  ]);
  const paper = `1-${String(one.number).padStart(6, '0')}`;
  const { json } = await anew.till.call('GET', `/sales?number=${paper}`);
  const { sales } = json as { sales: readonly { entry: Entry }[] };
  const carried = ({ act, body }: Entry) =>
    (act === 'carried-over' ? body['entry'] : null) as Entry | null;
  const totals = sales.map(({ entry }) => Number((carried(entry) ?? entry).body['total']));
  expect(totals.toSorted((a, b) => a - b)).toEqual([10_000, 20_000]);
  const points = shop.relay.file
    .prepare("SELECT SUM(delta) FROM journal_steps WHERE account = 'points'")
    .pluck()
    .get();
  expect(points).toBe(one.pointsEarned + other.pointsEarned);
});

test('another entry at the place of the missing one does not replace it', async () => {
  const [, third] = [await owe(), await owe()];
  const anew = await reEnrolled();
  const copy = new TillJournal(shop.till, shop.clock.now);
  copy.entries.push(journal.entries[0]!);
  await carry(anew, [await copy.idle(), third]);
  await owe(anew);
  expect(await found(anew)).toEqual([incomplete(anew, 2)]);
});

test('an earlier head than one that the former till signed is flagged', async () => {
  await owe();
  await owe();
  await shop.till.signIn();
  const [first] = journal.entries;
  const anew = await reEnrolled(journal, first);
  await owe(anew);
  expect(await found(anew)).toEqual([incomplete(anew, 3)]);
});

test('entries carried over after an own act are flagged once, and keep their effects', async () => {
  const entries = [await owe(), await owe()];
  const anew = await reEnrolled();
  await owe(anew);
  await carry(anew, entries);
  expect(await found(anew)).toEqual([
    incomplete(anew, 3),
    [journal.till.id, 2, 'carried-late', null],
  ]);
  const steps = shop.relay.file.prepare('SELECT COUNT(*) FROM journal_steps').pluck().get();
  expect(steps).toBe(3);
});

test('a damaged entry that the relay keeps beside the journal is not missing', async () => {
  const damaged = { ...(await owe()), hash: 'f'.repeat(64) };
  const third = await owe();
  await journal.upload([journal.entries[0]!, damaged, third]);
  const before = flags();
  const anew = await reEnrolled();
  await carry(anew, [third]);
  await owe(anew);
  expect(await found(anew)).toEqual(before);
});

describe('a device with a name in between that never uploaded', () => {
  /** The second name carried over one debt and made another. */
  async function twice() {
    const first = await owe();
    const middle = await reEnrolled();
    await carry(middle, [first]);
    const second = await owe(middle);
    return { first, second, middle, named: middle.entries[0]! };
  }

  test('carries over the entries themselves, without a flag', async () => {
    const { first, second, middle, named } = await twice();
    const anew = await reEnrolled(middle);
    await carry(anew, [named, first, second]);
    await owe(anew);
    expect(await found(anew)).toEqual([]);
  });

  test('is flagged once for the entry of its first name', async () => {
    const { second, middle, named } = await twice();
    const anew = await reEnrolled(middle);
    await carry(anew, [named, second]);
    await owe(anew);
    expect(await found(anew)).toEqual([incomplete(anew, 2)]);
  });

  test('is flagged once for entries of the second name, too: one place stays without an entry', async () => {
    const { first, middle, named } = await twice();
    const anew = await reEnrolled(middle);
    await carry(anew, [named, first]);
    await owe(anew);
    expect(await found(anew)).toEqual([incomplete(anew, 2)]);
  });
});

describe('a former till that was never enrolled here', () => {
  /** The device as it was at the relay that lost its data, and here. */
  async function moved(): Promise<{ readonly former: TillJournal; readonly anew: TillJournal }> {
    const till = await TillClient.make(shop.relay.url, shop.clock.now);
    Object.assign(till, { shopId: shop.till.shopId, relayKey: shop.till.relayKey });
    const former = new TillJournal(till, shop.clock.now);
    await former.enrolled();
    await owe(former);
    await owe(former);
    return { former, anew: await reEnrolled(former) };
  }
  const ofOther = ({ former, anew }: Awaited<ReturnType<typeof moved>>) => [
    ...[anew.till.id, 1, 'former-relay', former.till.id],
  ];

  test('is complete if all entries up to its head arrived', async () => {
    const both = await moved();
    await carry(both.anew, both.former.entries);
    await both.anew.idle();
    expect(await found(both.anew)).toEqual([ofOther(both)]);
  });

  test('is incomplete if an entry is left out, or all of them are', async () => {
    const both = await moved();
    await carry(both.anew, both.former.entries.toSpliced(1, 1));
    await both.anew.idle();
    expect(await found(both.anew)).toEqual([ofOther(both), incomplete(both.anew, 2)]);
    const none = await moved();
    await none.anew.idle();
    expect((await found(none.anew)).slice(2)).toEqual([ofOther(none), incomplete(none.anew, 3)]);
  });
});
