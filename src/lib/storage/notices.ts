// What the relay says became of its messages about acts without a code. Only the relay writes and sends them; here they are kept to be shown.
import type { NoticeState } from '$lib/contract/journal-upload';
import { transact, type TillDb } from './db';
import { recorded } from './records';
import { noticeRow, noticesHeard } from './relay-record';
import { atDisk } from './storage-error';

/** How far this till has heard, as the relay counts; 0: nothing yet. */
export function noticesCursor(db: TillDb, till: string): Promise<number> {
  return atDisk(async () => {
    const row = await db.meta.get('notices-heard');
    return row?.key === 'notices-heard' && row.value.till === till ? row.value.cursor : 0;
  });
}

/** Keeps one page of news and how far it goes, together. */
export async function keepNotices(
  db: TillDb,
  till: string,
  news: { notices: readonly { entry: string; state: NoticeState }[]; cursor: number },
): Promise<void> {
  const rows = news.notices.map(({ entry, state }) => recorded(noticeRow, { entry, state }));
  const value = recorded(noticesHeard, { till, cursor: news.cursor });
  await transact(db, [db.notices, db.meta], () =>
    Promise.all([db.notices.bulkPut(rows), db.meta.put({ key: 'notices-heard', value })]),
  );
}

/** Null: the relay has not said anything of it. `entry`: hash of the act. */
export function noticeOf(db: TillDb, entry: string): Promise<NoticeState | null> {
  return atDisk(async () => (await db.notices.get(entry))?.state ?? null);
}

/** Whether any message has not reached its end. */
export function noticesWait(db: TillDb): Promise<boolean> {
  return atDisk(
    async () => (await db.notices.filter(({ state }) => state === 'waiting').count()) > 0,
  );
}
