// Sent messages, counted in rolling windows by the keyed hash of the number.
import { flatMapInTurn } from '../in-turn';
import type { Database } from './database';

export const migration = `
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  at INTEGER NOT NULL,
  phone TEXT NOT NULL,
  till TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_phone ON messages (shop, phone, at);
CREATE INDEX messages_by_till ON messages (shop, till, at);
CREATE INDEX messages_by_at ON messages (shop, at);
`;

/** Scope of a window. */
type MessageScope = 'phone' | 'till' | 'shop';

/** At most `most` messages in any `windowMs`. */
export type Window = {
  readonly scope: MessageScope;
  readonly windowMs: number;
  readonly most: number;
};

export type Full = { readonly scope: MessageScope; readonly retryAt: number };

const OF_SCOPE = {
  phone: 'phone = @phone AND',
  till: 'till = @till AND',
  shop: '',
} as const satisfies Record<MessageScope, string>;

/**
 * Counts one message, unless a window is full: then returns which, and when there will be room.
 * Checks and counts in one transaction, so that parallel requests share the remaining room.
 */
export const takeMessage = (
  db: Database,
  message: { readonly at: number; readonly phone: string; readonly till: string },
  windows: readonly Window[],
): Promise<{ readonly id: number } | Full> =>
  db.transaction(async (db) => {
    const full = await flatMapInTurn(windows, async (window) => {
      const room = await roomAt(db, message, window);
      return room === null ? [] : [{ scope: window.scope, retryAt: room }];
    });
    const first = full[0];
    if (first !== undefined) {
      const same = full.filter(({ scope }) => scope === first.scope);
      return {
        scope: first.scope,
        retryAt: Math.max(...same.map(({ retryAt }) => retryAt)),
      };
    }
    const longest = Math.max(0, ...windows.map(({ windowMs }) => windowMs));
    await db.run('DELETE FROM messages WHERE shop = @shop AND at < ?', message.at - 2 * longest);
    const sql = `INSERT INTO messages (shop, at, phone, till) VALUES (@shop, @at, @phone, @till)
           RETURNING id`;
    const id = await db.value(sql, message);
    return { id: id as number };
  });

/** When the window has room again, ms; null: now. */
async function roomAt(
  db: Database,
  message: { readonly at: number; readonly phone: string; readonly till: string },
  { scope, windowMs, most }: Window,
): Promise<number | null> {
  const sql = `SELECT at FROM messages WHERE shop = @shop AND ${OF_SCOPE[scope]} at > @since ORDER BY at DESC LIMIT 1 OFFSET @most - 1`;
  const row = await db.get<{ at: number }>(sql, { ...message, since: message.at - windowMs, most });
  return row === null ? null : row.at + windowMs;
}

/** Takes back the count of a message of which no byte left the machine. */
export const giveBackMessage = (db: Database, id: number): Promise<void> =>
  db.run('DELETE FROM messages WHERE shop = @shop AND id = ?', id);
