// Controls of the simulation: a till that applies the order wrongly is detected.
import type { OrderedEntry } from '$lib/contract/shop-journal';
import { MOST_CARDS } from '$lib/contract/journal-upload';
import { recordsNamedBy } from '$lib/domain/shop-cards';
import { knownEntry, readOriginal } from '$lib/proof/known-entry';
import { verifyCheckpoint } from '$lib/proof/shop-log';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { applyDownloaded } from '$lib/storage/remote/apply-downloaded';
import { forgetRemote, remoteCursorIn, START_OF_ORDER } from '$lib/storage/remote/remote-order';
import { download } from '$lib/sync/download';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatedShop, type Step } from './simulated-shop';

let shop: SimulatedShop;
beforeAll(async () => {
  shop = await SimulatedShop.open();
});
afterAll(() => shop.close());

type Wrong = {
  /** The entries that it applies instead of the downloaded ones. */
  readonly entries: (entries: readonly OrderedEntry[]) => readonly OrderedEntry[];
  /** How often it applies each part. */
  readonly times: number;
};

/** A download that checks nothing, and applies the entries wrongly. */
const careless =
  ({ entries: changed, times }: Wrong): typeof download =>
  async (db, client) => {
    const till = await tillIn(db);
    if (!isEnrolled(till)) throw new Error('not enrolled');
    for (let applied = 0; ;) {
      const cursor = (await remoteCursorIn(db)) ?? START_OF_ORDER;
      const page = await client.journal(cursor.order === 0 ? null : cursor, 0);
      if (page.kind !== 'journal') throw new Error(page.kind);
      const to = await verifyCheckpoint(page.checkpoint, till.relayKey);
      if (to === null) throw new Error('no checkpoint');
      const { epoch, order, logHash, at } = to;
      if (page.entries.length === 0) return { kind: 'up-to-date', at, applied };
      const hashes = page.entries.flatMap((each) => {
        const original = 'entry' in each ? readOriginal(each.entry) : null;
        const known = original === null ? null : knownEntry(original);
        return known === null ? [] : recordsNamedBy(known);
      });
      const reply = await client.cards(hashes.slice(0, MOST_CARDS));
      if (reply.kind !== 'cards') throw new Error(reply.kind);
      const records = new Map(reply.cards.map(({ hash, ...record }) => [hash, record]));
      const end = { epoch, order, logHash };
      for (let time = 0; time < times; time += 1) {
        const from = time === 0 ? cursor : end;
        const part = { entries: changed(page.entries), to: { ...end, at }, checkpoint: null };
        const downloaded = { till: till.id, from, parts: [part], records };
        expect(await applyDownloaded(db, downloaded)).toBe('applied');
      }
      applied += page.entries.length;
    }
  };

const isSale = (each: OrderedEntry): boolean => 'entry' in each && each.entry.act === 'sale';
const clockOf = (each: OrderedEntry): number => ('entry' in each ? each.entry.at : each.receivedAt);

const right: Wrong = { entries: (entries) => entries, times: 1 };
const wrongs: [string, Wrong][] = [
  [
    'by the clocks of the devices',
    {
      ...right,
      entries: (entries) =>
        entries
          .toSorted((a, b) => clockOf(a) - clockOf(b))
          .map((each, place) => ({ ...each, order: (entries[0]?.order ?? 0) + place })),
    },
  ],
  [
    'without one of them',
    {
      ...right,
      entries: (entries) => {
        const place = entries.findIndex(isSale);
        return entries.filter((_, at) => at !== place);
      },
    },
  ],
  [
    'one of them twice',
    {
      ...right,
      entries: (entries) => {
        const place = entries.findIndex(isSale);
        return entries.flatMap((each, at) => (at === place ? [each, each] : [each]));
      },
    },
  ],
  [
    'as if each author had known all that arrived before',
    {
      ...right,
      entries: (entries) =>
        entries.map((each) => {
          if (!('entry' in each)) return each;
          const { epoch } = each.entry['seen'] as { epoch: number };
          return { ...each, entry: { ...each.entry, seen: { epoch, order: each.order - 1 } } };
        }),
    },
  ],
  ['without looking at the cursor, so that parts are written twice', { ...right, times: 2 }],
];

const clockOfTill = (till: number, days: -1 | 0 | 1): Step => ({ kind: 'clock', till, days });
const saved = (till: number, customer: number): Step => ({ kind: 'save', till, customer });
const up = (till: number): Step => ({ kind: 'up', till, fault: 'none' });
const sold = (till: number, customer: number): Step => ({
  kind: 'sell',
  till,
  customer,
  price: 30,
  paid: 0,
  points: 0,
  consent: 'owner',
});
/** Two tills sell and change cards without contact; the clock of one is wrong, then right. */
const SCHEDULE: readonly Step[] = [
  ...[sold(0, 0), sold(1, 0), saved(0, 0), saved(1, 0), up(0), up(1)],
  ...[clockOfTill(0, 1), saved(0, 1), clockOfTill(0, 0), up(0), saved(0, 1), up(0)],
];

async function complaintsWith(wrong: Wrong): Promise<string[]> {
  await shop.begin();
  const [, , observer] = shop.tills;
  if (observer === undefined) throw new Error('no till');
  observer.downloading = careless(wrong);
  for (const one of SCHEDULE) await shop.run(one);
  await shop.heal();
  const found = await shop.disagreements();
  observer.downloading = download;
  await forgetRemote(observer.db, 'dropped');
  return found;
}

test('a till that applies the entries unchanged agrees with all others', async () => {
  expect(await complaintsWith(right)).toEqual([]);
});

test.each(wrongs)('a till that applies the entries %s is detected', async (_, wrong) => {
  const found = await complaintsWith(wrong);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((each) => each.startsWith('till 2'))).toBe(true);
});
