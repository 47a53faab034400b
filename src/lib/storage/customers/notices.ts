// Stores the state of the relay's notices about acts without a code, to be shown.
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import type { NoticeState } from '$lib/contract/journal-upload';
import { transact, type TillDb } from '$lib/storage/database/db';
import { recorded } from '$lib/storage/schema/records';
import { noticeRow } from '$lib/storage/schema/relay-record';

/** The relay's cursor up to which this till has downloaded the notices; 0: none yet. */
export async function noticesCursor(db: TillDb, till: string): Promise<number> {
  const held = await metaIn(db, 'notices-cursor');
  return held?.till === till ? held.cursor : 0;
}

/**
 * Stores one page of notices and its cursor in one transaction. A notice that is `sent` never goes back to `maybe-sent`: a
 * relay restored from an older copy no longer knows that it sent it.
 */
export async function saveNotices(
  db: TillDb,
  till: string,
  news: {
    notices: readonly { entry: string; customer: string; state: NoticeState }[];
    cursor: number;
  },
): Promise<void> {
  const rows = news.notices.map(({ entry, customer, state }) =>
    recorded(noticeRow, { entry, customer, state }),
  );
  await transact(db, [db.notices, db.meta], async () => {
    const keys = rows.map(({ entry, customer }): [string, string] => [entry, customer]);
    const held = await db.notices.bulkGet(keys);
    const newer = rows.filter(
      ({ state }, place) => state !== 'maybe-sent' || held[place]?.state !== 'sent',
    );
    await db.notices.bulkPut(newer);
    await putMetaIn(db, 'notices-cursor', { till, cursor: news.cursor });
  });
}

/** Worst state first. An import has many notices, and a failed one must not be hidden by those that were sent. */
const WORST_FIRST = ['waiting', 'failed', 'maybe-sent', 'sent'] as const satisfies NoticeState[];

/** States of the notices about these acts, by the act's hash; acts without a notice are left out. */
export async function noticesOf(
  db: TillDb,
  entries: readonly string[],
): Promise<ReadonlyMap<string, NoticeState>> {
  const rows = await db.notices
    .where('entry')
    .anyOf([...entries])
    .toArray();
  const states = new Map<string, NoticeState>();
  for (const { entry, state } of rows) {
    const held = states.get(entry);
    if (held === undefined || WORST_FIRST.indexOf(state) < WORST_FIRST.indexOf(held))
      states.set(entry, state);
  }
  return states;
}

/** Whether any notice has not reached its final state, so that its state may still change. */
export async function noticesDue(db: TillDb): Promise<boolean> {
  const waiting = await db.notices.filter(({ state }) => state === 'waiting').first();
  return waiting !== undefined;
}
