// What is forgotten of notices, and when: the news of a change that is off at once, texts and numbers after a month. What was sent stays known, so that nobody is told twice.
import type { Database } from './database';
import type { NoticeRow, NumberState } from './notices';

export const migration = `
ALTER TABLE notices ADD COLUMN about TEXT NOT NULL DEFAULT 'act'
  CHECK (about IN ('act', 'phone-change'));
CREATE INDEX notices_with_text ON notices (queued_at) WHERE text <> '';
`;

const MONTH_MS = 30 * 24 * 3_600_000;

/** Withdraws what a customer has not been told yet of a number that does not come any more. */
export function dropUnsentChangeNews(db: Database, customer: string): void {
  db.transaction(() => {
    db.prepare(
      `DELETE FROM notice_numbers WHERE state = 'waiting'
         AND notice IN (SELECT id FROM notices WHERE about = 'phone-change' AND customer = ?)`,
    ).run(customer);
    db.prepare(
      `DELETE FROM notices WHERE about = 'phone-change' AND customer = ?
         AND NOT EXISTS (SELECT 1 FROM notice_numbers WHERE notice = notices.id)`,
    ).run(customer);
  })();
}

/** How far the news of one change is, number by number; nothing where nobody could be told. */
export function changeNews(
  db: Database,
  of: Pick<NoticeRow, 'entry' | 'customer'>,
): readonly NumberState[] {
  const sql = `SELECT n.state FROM notice_numbers n JOIN notices o ON o.id = n.notice
    WHERE o.about = 'phone-change' AND o.entry = @entry AND o.customer = @customer`;
  return db.prepare(sql).pluck().all(of) as NumberState[];
}

/** Forgets texts and numbers of what has been final for a month, and texts that found no number in that time. */
export function sweepNotices(db: Database, now: number): void {
  const before = now - MONTH_MS;
  db.transaction(() => {
    db.prepare(
      `UPDATE notice_numbers SET text = '', phone = x'' WHERE phone <> x''
         AND notice IN (SELECT id FROM notices WHERE text <> '' AND queued_at <= @before)
         AND (state = 'failed' OR state IN ('sent', 'maybe-sent') AND left_at <= @before)`,
    ).run({ before });
    db.prepare(
      `UPDATE notices SET text = '' WHERE text <> '' AND queued_at <= @before
         AND NOT EXISTS (SELECT 1 FROM notice_numbers WHERE notice = notices.id AND phone <> x'')`,
    ).run({ before });
  })();
}
