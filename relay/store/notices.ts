// The queue of notices: one per act or change of number and customer, with sealed numbers.
import type { Refusal } from '$lib/contract/challenge';
import type { NoticeState as ShownState } from '$lib/contract/journal-upload';
import type { Database } from './database';

export const migration = `
CREATE TABLE notices (
  id INTEGER PRIMARY KEY,
  entry TEXT NOT NULL,
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  acted_at INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  text TEXT NOT NULL,
  numberless INTEGER NOT NULL CHECK (numberless IN (0, 1)),
  changed INTEGER NOT NULL,
  UNIQUE (entry, customer)
) STRICT;
CREATE INDEX notices_by_changed ON notices (changed);
CREATE INDEX notices_numberless ON notices (queued_at) WHERE numberless = 1;
CREATE TABLE notice_numbers (
  id INTEGER PRIMARY KEY,
  notice INTEGER NOT NULL REFERENCES notices (id),
  recipient TEXT NOT NULL CHECK (recipient IN ('customer', 'operator')),
  phone BLOB NOT NULL,
  phone_tag TEXT NOT NULL,
  proven INTEGER NOT NULL CHECK (proven IN (0, 1)),
  text TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leaving', 'sent', 'maybe-sent', 'failed')),
  because TEXT,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  left_at INTEGER,
  UNIQUE (notice, phone_tag)
) STRICT;
CREATE INDEX notice_numbers_by_state ON notice_numbers (state, next_at);
CREATE INDEX notice_numbers_by_left_at ON notice_numbers (left_at, phone_tag);
`;

/** `rank` decides the order, and how many of each till may be sent. */
export const ranks = `
ALTER TABLE notices ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
UPDATE notices SET imported = 1 WHERE entry IN (SELECT hash FROM journal WHERE act = 'customers-imported');
ALTER TABLE notice_numbers ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
UPDATE notice_numbers SET rank = 2 * (1 - proven) + (SELECT imported FROM notices WHERE id = notice);
DROP INDEX notice_numbers_by_state;
CREATE INDEX notice_numbers_by_rank ON notice_numbers (state, rank, id);
`;

/** `about`: an act in a journal, or a change of number. */
export const subjects = `
ALTER TABLE notices ADD COLUMN about TEXT NOT NULL DEFAULT 'act'
  CHECK (about IN ('act', 'phone-change'));
CREATE INDEX notices_with_text ON notices (queued_at) WHERE text <> '';
`;

/** How long after its end a notice keeps texts and numbers, ms. */
const MONTH_MS = 30 * 24 * 3_600_000;

/** `leaving`: the message is being sent, and is never sent a second time. */
export type NumberState = ShownState | 'leaving';

export type NoticeRow = {
  readonly id: number;
  readonly about: 'act' | 'phone-change';
  /** Hash of the original entry; for a change of number, its id. */
  readonly entry: string;
  readonly customer: string;
  readonly till: string;
  /** 0 where there is no entry. */
  readonly seq: number;
  readonly actedAt: number;
  readonly queuedAt: number;
  /** The text for the customer; empty once deleted. */
  readonly text: string;
  /** From an import of customers or another relay's time, not from an act of its own. */
  readonly imported: boolean;
};

export type Recipient = {
  readonly recipient: 'customer' | 'operator';
  /** Sealed E.164; empty once deleted. */
  readonly phone: Buffer;
  readonly phoneTag: string;
  /**
   * Whether the number is vouched for: a code was read there, a person imported it, or the policy has it. False: a till
   * named it.
   */
  readonly proven: boolean;
  readonly text: string;
};

export type NumberRow = Recipient & {
  readonly id: number;
  readonly notice: number;
  readonly state: NumberState;
  readonly because: Refusal | null;
  readonly tries: number;
  readonly nextAt: number;
};
export type DueNumber = NumberRow &
  Pick<NoticeRow, 'till' | 'queuedAt'> & {
    /** 0: an act, to a vouched number; above it imports, then acts and imports to numbers that a till named. */
    readonly rank: number;
  };

const NOTICE =
  'id, about, entry, customer, till, seq, acted_at AS actedAt, queued_at AS queuedAt, text, imported, changed';
const NUMBER = `n.id, n.notice, n.recipient, n.phone, n.phone_tag AS phoneTag, n.proven, n.text, n.state, n.because, n.tries, n.next_at AS nextAt`;

type RawNotice<Row extends NoticeRow> = Omit<Row, 'imported'> & { imported: number };
const noticeFrom = <Row extends NoticeRow>(raw: RawNotice<Row>): Row =>
  ({ ...raw, imported: raw.imported === 1 }) as Row;

type RawNumber<Row extends NumberRow> = Omit<Row, 'proven'> & { proven: number };
const fromRaw = <Row extends NumberRow>(raw: RawNumber<Row>): Row =>
  ({ ...raw, proven: raw.proven === 1 }) as Row;

/** The next change in the order that tills poll by. */
const NEXT_CHANGE = '(SELECT COALESCE(MAX(changed), 0) + 1 FROM notices)';

/** Queues a notice to these numbers, each at most once; the same notice again changes nothing. */
export function addNotice(
  db: Database,
  notice: Omit<NoticeRow, 'id'>,
  to: readonly Recipient[],
): void {
  const numberless = Number(!to.some(({ recipient }) => recipient === 'customer'));
  const { changes, lastInsertRowid } = db
    .prepare(
      `INSERT INTO notices (about, entry, customer, till, seq, acted_at, queued_at, text, imported, numberless, changed)
       VALUES (@about, @entry, @customer, @till, @seq, @actedAt, @queuedAt, @text, @imported, @numberless, ${NEXT_CHANGE})
       ON CONFLICT DO NOTHING`,
    )
    .run({ ...notice, imported: Number(notice.imported), numberless });
  if (changes === 1) addNumbers(db, Number(lastInsertRowid), to, notice.queuedAt);
}

function addNumbers(db: Database, notice: number, to: readonly Recipient[], at: number): void {
  const add = db.prepare(
    `INSERT INTO notice_numbers (notice, recipient, phone, phone_tag, proven, text, state, tries, next_at, rank)
     VALUES (@notice, @recipient, @phone, @phoneTag, @proven, @text, 'waiting', 0, @at,
       2 * (1 - @proven) + (SELECT imported FROM notices WHERE id = @notice))
     ON CONFLICT DO NOTHING`,
  );
  for (const one of to) add.run({ ...one, proven: Number(one.proven), notice, at });
}

/** The next due number, by rank, then age; null: none is due. */
export function dueNumber(db: Database, now: number): DueNumber | null {
  const row = db
    .prepare(
      `SELECT ${NUMBER}, n.rank, o.till, o.queued_at AS queuedAt
       FROM notice_numbers n CROSS JOIN notices o ON o.id = n.notice
       WHERE n.state = 'waiting' AND n.next_at <= ? ORDER BY n.rank, n.id LIMIT 1`,
    )
    .get(now) as RawNumber<DueNumber> | undefined;
  return row === undefined ? null : fromRaw(row);
}

/** Changes the state of a number from the given one; false: it has changed meanwhile. */
export function moveNumber(
  db: Database,
  id: number,
  from: NumberState,
  to: Pick<NumberRow, 'state' | 'because' | 'tries' | 'nextAt'>,
  at: number,
): boolean {
  return db.transaction(() => {
    const { changes } = db
      .prepare(
        `UPDATE notice_numbers SET state = @state, because = @because, tries = @tries, next_at = @nextAt,
           left_at = CASE WHEN @state = 'leaving' THEN @at ELSE left_at END
         WHERE id = @id AND state = @from`,
      )
      .run({ ...to, id, from, at });
    if (changes === 1 && to.state !== 'leaving') noteChange(db, id);
    return changes === 1;
  })();
}

function noteChange(db: Database, number: number): void {
  db.prepare(
    `UPDATE notices SET changed = ${NEXT_CHANGE} WHERE id = (SELECT notice FROM notice_numbers WHERE id = ?)`,
  ).run(number);
}

/** Marks messages that were being sent when the process ended as maybe sent. */
export function settleInterruptedNumbers(db: Database, now: number): void {
  const sql = "SELECT id, tries FROM notice_numbers WHERE state = 'leaving'";
  for (const { id, tries } of db.prepare(sql).all() as Pick<NumberRow, 'id' | 'tries'>[]) {
    const unknown = { state: 'maybe-sent', because: 'timeout-unknown', tries, nextAt: 0 } as const;
    moveNumber(db, id, 'leaving', unknown, now);
  }
}

/** How many messages were or may have been sent. `ranked`: of a rank above 0, without ranks after the given one. */
export type Left = {
  readonly toPhone: number;
  readonly inAll: number;
  readonly ranked: number;
  readonly rankedOfTill: number;
};

/** Messages sent since then: to this number, of acts of this till, and in all. */
export function leftSince(
  db: Database,
  since: number,
  { phoneTag, till, rank }: Pick<DueNumber, 'phoneTag' | 'till' | 'rank'>,
): Left {
  return db
    .prepare(
      `SELECT COUNT(*) AS inAll, COALESCE(SUM(phone_tag = @phoneTag), 0) AS toPhone,
         COALESCE(SUM(rank BETWEEN 1 AND @rank), 0) AS ranked,
         COALESCE(SUM(rank BETWEEN 1 AND @rank AND till = @till), 0) AS rankedOfTill
       FROM notice_numbers n JOIN notices o ON o.id = n.notice WHERE left_at > @since`,
    )
    .get({ since, phoneTag, till, rank }) as Left;
}

/** Notices queued since then without a number, whose customer has one now. */
export function nowReachable(db: Database, since: number): readonly NoticeRow[] {
  const sql = `SELECT ${NOTICE} FROM notices o WHERE numberless = 1 AND queued_at > ?
    AND (EXISTS (SELECT 1 FROM phone_history p WHERE p.customer = o.customer)
      OR EXISTS (SELECT 1 FROM contacts c WHERE c.customer = o.customer)) LIMIT 500`;
  return (db.prepare(sql).all(since) as RawNotice<NoticeRow>[]).map(noticeFrom);
}

/** Adds a number that became known later. */
export function giveNumbers(
  db: Database,
  notice: number,
  to: readonly Recipient[],
  at: number,
): void {
  db.transaction(() => {
    addNumbers(db, notice, to, at);
    db.prepare(`UPDATE notices SET numberless = 0, changed = ${NEXT_CHANGE} WHERE id = ?`).run(
      notice,
    );
  })();
}

export type ToldNotice = NoticeRow & {
  readonly changed: number;
  readonly numbers: readonly NumberRow[];
};

/** Notices of acts that changed after a cursor, oldest change first, each with its numbers. */
export function noticesAfter(db: Database, after: number, most: number): readonly ToldNotice[] {
  const rows = db
    .prepare(
      `SELECT ${NOTICE} FROM notices WHERE changed > ? AND about = 'act' ORDER BY changed LIMIT ?`,
    )
    .all(after, most) as RawNotice<NoticeRow & { changed: number }>[];
  const numbers = db.prepare(
    `SELECT ${NUMBER} FROM notice_numbers n WHERE n.notice = ? ORDER BY n.id`,
  );
  return rows.map((row) => ({
    ...noticeFrom(row),
    numbers: (numbers.all(row.id) as RawNumber<NumberRow>[]).map(fromRaw),
  }));
}

/** Deletes unsent notices about a change of number that was replaced or cancelled. */
export function dropUnsentChangeNotices(db: Database, customer: string): void {
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

/** The states of the notices about one change, by number; empty where there was no number. */
export function changeNoticeStates(
  db: Database,
  of: Pick<NoticeRow, 'entry' | 'customer'>,
): readonly NumberState[] {
  const sql = `SELECT n.state FROM notice_numbers n JOIN notices o ON o.id = n.notice
    WHERE o.about = 'phone-change' AND o.entry = @entry AND o.customer = @customer`;
  return db.prepare(sql).pluck().all(of) as NumberState[];
}

/** Deletes texts and numbers a month after the end of a notice, and texts that got no number in that time. */
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
