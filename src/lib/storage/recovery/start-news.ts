// Keeps what a start found and repaired until somebody has read it.
import { canonical } from '$lib/proof/canonical';
import { transact, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import type { StartNews } from '$lib/storage/schema/start-news';

/** Unread messages, oldest first. */
export async function startNewsIn(db: TillDb): Promise<StartNews[]> {
  return (await metaIn(db, 'start-news')) ?? [];
}

/**
 * Keeps these messages within a transaction that writes meta. A message that is kept already is not repeated, because the next
 * start may find the same again; messages about replayed or repaired acts are joined. Awaits Dexie only.
 */
export async function keepNewsIn(db: TillDb, news: readonly StartNews[]): Promise<void> {
  const kept = await startNewsIn(db);
  await putMetaIn(db, 'start-news', news.reduce(withNews, kept));
}

/** Like `keepNewsIn`, in a transaction of its own; returns the messages. Throws StorageError. */
export async function keepNews<News extends StartNews>(db: TillDb, news: News[]): Promise<News[]> {
  if (news.length > 0) await transact(db, [db.meta], () => keepNewsIn(db, news));
  return news;
}

/** Removes a message that somebody has read. Throws StorageError: it is still kept. */
export function dismissNews(db: TillDb, read: StartNews): Promise<void> {
  return transact(db, [db.meta], async () => {
    const kept = await startNewsIn(db);
    const left = kept.filter((each) => !isSame(each, read));
    await putMetaIn(db, 'start-news', left);
  });
}

function withNews(kept: readonly StartNews[], news: StartNews): StartNews[] {
  for (const [place, each] of kept.entries()) {
    const joined = joinedNews(each, news);
    if (joined !== null) return kept.with(place, joined);
  }
  return [...kept, news];
}

/** Joins both messages; null if they are about different things. */
function joinedNews(kept: StartNews, news: StartNews): StartNews | null {
  if (kept.kind === 'repaired' && news.kind === 'repaired')
    return { ...kept, rows: kept.rows + news.rows };
  if (kept.kind === 'replayed' && news.kind === 'replayed' && kept.isVerified === news.isVerified)
    return { ...kept, entries: [...kept.entries, ...news.entries] };
  return isSame(kept, news) ? news : null;
}

const isSame = (a: StartNews, b: StartNews) => canonical(a) === canonical(b);
