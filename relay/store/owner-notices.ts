// The queue of notices to owners: a row per weakening change, and one per number.
import type { Refusal } from '$lib/contract/challenge';
import type { Loosening } from '$lib/contract/owner-notice';
import type { Database } from './database';

export const migration = `
CREATE TABLE owner_changes (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  by_operator TEXT,
  loosenings TEXT NOT NULL,
  text TEXT NOT NULL,
  service BLOB
) STRICT;
CREATE TABLE owner_notices (
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES owner_changes (id) ON DELETE CASCADE,
  operator TEXT NOT NULL,
  phone BLOB NOT NULL,
  phone_tag TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leaving', 'sent', 'maybe-sent', 'failed')),
  because TEXT,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  UNIQUE (change, phone_tag)
) STRICT;
CREATE INDEX owner_notices_by_state ON owner_notices (state, next_at);
`;

/** `leaving`: the message is being sent, and is never sent a second time. */
export type NoticeState = 'waiting' | 'leaving' | 'sent' | 'maybe-sent' | 'failed';

export type ChangeRow = {
  readonly at: number;
  readonly byOperator: string | null;
  readonly loosenings: readonly Loosening[];
  /** The text for every owner; empty once deleted. */
  readonly text: string;
  /** Sealed: the messaging service before this change; null where the change concerns something else. */
  readonly service: Buffer | null;
};
export type NoticeRow = {
  readonly id: number;
  readonly operator: string;
  /** Sealed E.164; empty once deleted. */
  readonly phone: Buffer;
  readonly phoneTag: string;
  readonly state: NoticeState;
  readonly because: Refusal | null;
  readonly tries: number;
  readonly nextAt: number;
};
export type DueNotice = NoticeRow & Pick<ChangeRow, 'at' | 'text' | 'service'>;

const NOTICE = `n.id, n.operator, n.phone, n.phone_tag AS phoneTag, n.state, n.because, n.tries, n.next_at AS nextAt`;

const MONTH_MS = 30 * 24 * 3_600_000;
const KEPT_MS = 400 * 24 * 3_600_000;

/** Queues a change for these numbers, at most once for each. */
export function addChange(
  db: Database,
  change: ChangeRow,
  to: readonly Pick<NoticeRow, 'operator' | 'phone' | 'phoneTag'>[],
): void {
  db.transaction(() => {
    const { lastInsertRowid } = db
      .prepare(
        `INSERT INTO owner_changes (at, by_operator, loosenings, text, service)
         VALUES (@at, @byOperator, @loosenings, @text, @service)`,
      )
      .run({
        ...change,
        loosenings: JSON.stringify(change.loosenings),
        // its secrets are no longer needed
        service: to.length === 0 ? null : change.service,
      });
    const add = db.prepare(
      `INSERT INTO owner_notices (change, operator, phone, phone_tag, state, tries, next_at)
       VALUES (@change, @operator, @phone, @phoneTag, 'waiting', 0, @at) ON CONFLICT DO NOTHING`,
    );
    for (const one of to) add.run({ ...one, change: lastInsertRowid, at: change.at });
  })();
}

/** Due notices, oldest first. */
export function dueNotices(db: Database, now: number): readonly DueNotice[] {
  return db
    .prepare(
      `SELECT ${NOTICE}, c.at, c.text, c.service FROM owner_notices n JOIN owner_changes c ON c.id = n.change
       WHERE n.state = 'waiting' AND n.next_at <= ? ORDER BY n.id LIMIT 50`,
    )
    .all(now) as DueNotice[];
}

/** Sealed services that were replaced and still have notices to send, newest first. */
export function keptServices(db: Database): readonly Buffer[] {
  const sql = 'SELECT service FROM owner_changes WHERE service IS NOT NULL ORDER BY id DESC';
  return db.prepare(sql).pluck().all() as Buffer[];
}

/** Deletes texts and numbers a month after the change, and the change after 400 days, as costs are. */
export function sweepChanges(db: Database, now: number): void {
  const before = now - MONTH_MS;
  db.transaction(() => {
    db.prepare('DELETE FROM owner_changes WHERE at <= ?').run(now - KEPT_MS);
    db.prepare(
      `UPDATE owner_notices SET phone = x'' WHERE phone <> x'' AND state NOT IN ('waiting', 'leaving')
         AND change IN (SELECT id FROM owner_changes WHERE text <> '' AND at <= @before)`,
    ).run({ before });
    db.prepare(
      `UPDATE owner_changes SET text = '' WHERE text <> '' AND at <= @before
         AND NOT EXISTS (SELECT 1 FROM owner_notices WHERE change = owner_changes.id AND phone <> x'')`,
    ).run({ before });
  })();
}

/** Changes the state of a notice from the given one; false: it has changed meanwhile. */
export function moveNotice(
  db: Database,
  id: number,
  from: NoticeState,
  to: Pick<NoticeRow, 'state' | 'because' | 'tries' | 'nextAt'>,
): boolean {
  return db.transaction(() => {
    const { changes } = db
      .prepare(
        `UPDATE owner_notices SET state = @state, because = @because, tries = @tries, next_at = @nextAt
         WHERE id = @id AND state = @from`,
      )
      .run({ ...to, id, from });
    // no notice is waiting: delete the former service's secrets
    db.prepare(
      `UPDATE owner_changes SET service = NULL
       WHERE id = (SELECT change FROM owner_notices WHERE id = ?)
         AND NOT EXISTS (SELECT 1 FROM owner_notices
           WHERE change = owner_changes.id AND state IN ('waiting', 'leaving'))`,
    ).run(id);
    return changes === 1;
  })();
}

/** Marks messages that were being sent when the process ended as maybe sent. */
export function settleInterruptedNotices(db: Database): void {
  const rows = db.prepare("SELECT id, tries FROM owner_notices WHERE state = 'leaving'").all() as {
    id: number;
    tries: number;
  }[];
  for (const { id, tries } of rows)
    moveNotice(db, id, 'leaving', {
      state: 'maybe-sent',
      because: 'timeout-unknown',
      tries,
      nextAt: 0,
    });
}

/** The newest changes first, each with its recipients. */
export function newestChanges(
  db: Database,
  most: number,
): readonly (ChangeRow & { readonly notices: readonly NoticeRow[] })[] {
  const rows = db
    .prepare(
      `SELECT id, at, by_operator AS byOperator, loosenings, text, service FROM owner_changes
       ORDER BY id DESC LIMIT ?`,
    )
    .all(most) as (Omit<ChangeRow, 'loosenings'> & { id: number; loosenings: string })[];
  const notices = db.prepare(
    `SELECT ${NOTICE} FROM owner_notices n WHERE n.change = ? ORDER BY n.id`,
  );
  return rows.map((row) => ({
    ...row,
    loosenings: JSON.parse(row.loosenings) as readonly Loosening[],
    notices: notices.all(row.id) as NoticeRow[],
  }));
}
