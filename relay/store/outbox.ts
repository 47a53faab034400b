// The queue of messages that are not codes, with their recipients. Numbers are encrypted.
import { MONTH_MS } from '$lib/domain/values/durations';
import type { Refusal } from '$lib/contract/challenge';
import type { NoticeState } from '$lib/contract/journal-upload';
import type { Database } from './database';
import { inTransaction } from './transaction';

export const migration = `
CREATE TABLE outbox (
  shop TEXT NOT NULL,
  -- no id is used twice, so that a larger id is a newer message
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  purpose TEXT NOT NULL
    CHECK (purpose IN ('act', 'balance', 'repayment', 'correction', 'return', 'dispute-closed', 'forgotten', 'phone-change', 'by-right',
      'reminder', 'daily-summary', 'policy-weakened')),
  about TEXT,
  customer TEXT,
  till TEXT,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  room TEXT NOT NULL CHECK (room IN ('owners', 'change', 'large', 'other', 'small', 'return', 'repayment', 'import', 'reminder')),
  text TEXT,
  news TEXT,
  details TEXT,
  service BLOB,
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  -- 1: it may have been sent before the relay was restored from an older copy
  put_back INTEGER NOT NULL DEFAULT 0 CHECK (put_back IN (0, 1)),
  changed INTEGER NOT NULL,
  UNIQUE (shop, id),
  UNIQUE (shop, about, customer)
) STRICT;
CREATE UNIQUE INDEX outbox_gathering ON outbox (shop, purpose, customer) WHERE text IS NULL;
CREATE INDEX outbox_open ON outbox (shop, open, queued_at);
CREATE INDEX outbox_with_text ON outbox (shop, queued_at) WHERE text <> '';
CREATE INDEX outbox_with_service ON outbox (shop, id) WHERE service IS NOT NULL;
CREATE INDEX outbox_by_changed ON outbox (shop, changed);
CREATE INDEX outbox_by_purpose ON outbox (shop, purpose, customer);
CREATE TABLE outbox_recipients (
  shop TEXT NOT NULL,
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  operator TEXT,
  phone BLOB,
  phone_tag TEXT NOT NULL,
  text TEXT NOT NULL,
  news TEXT,
  room TEXT NOT NULL,
  rank INTEGER NOT NULL,
  -- the recipient whose merged message includes this one; null: it has a message of its own
  merged_into INTEGER,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leaving', 'sent', 'maybe-sent', 'failed')),
  because TEXT,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  left_at INTEGER,
  UNIQUE (shop, message, phone_tag),
  FOREIGN KEY (shop, message) REFERENCES outbox (shop, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX outbox_recipients_by_rank ON outbox_recipients (shop, state, rank, id);
CREATE INDEX outbox_recipients_by_left_at ON outbox_recipients (shop, left_at, phone_tag);
CREATE INDEX outbox_recipients_by_phone ON outbox_recipients (shop, phone_tag, state, left_at);
`;

/** How long messages to operators and owners are kept, as costs are, ms. */
const CHANGES_KEPT_MS = 400 * 24 * 3_600_000;

export type MessagePurpose =
  /** An act without an online code. */
  | 'act'
  /** The balance of a customer after acts made under another relay were accepted. */
  | 'balance'
  /** Money that was taken off the customer's debt. */
  | 'repayment'
  /** A debt was lowered or points were given by a correction. */
  | 'correction'
  | 'return'
  | 'dispute-closed'
  /** The customer was forgotten: the last message, whose number is erased once it was sent. */
  | 'forgotten'
  | 'phone-change'
  /** Reminds the customer of their debt. */
  | 'reminder'
  /** To the operator whom an act by right names. */
  | 'by-right'
  /** To owners. */
  | 'daily-summary'
  | 'policy-weakened';

/**
 * Messages of one room share limits, and no message waits for one of a later room. `owners`: no limits. `small` and `import`:
 * messages to one number are merged.
 */
export type Room =
  | 'owners'
  | 'change'
  | 'large'
  | 'other'
  | 'small'
  | 'return'
  | 'repayment'
  | 'import'
  | 'reminder';

/** The order of sending. Numbers that only a till named come after all vouched ones (`NAMED_BY_TILL`). */
export const RANKS = {
  owners: 0,
  change: 1,
  large: 2,
  other: 3,
  small: 4,
  return: 5,
  repayment: 6,
  import: 7,
  // also after messages of the other rooms to numbers that only a till named
  reminder: 15,
} as const satisfies Record<Room, number>;
/** Added to the rank of a recipient whose number only a till named: no code was answered there. */
const NAMED_BY_TILL = RANKS.import;

/** Whether only a till named the number of a recipient. */
export const isNamedByTill = ({ room, rank }: Pick<RecipientRow, 'room' | 'rank'>): boolean =>
  rank > RANKS[room];

const MERGED = `('small', 'import')`;

/** `leaving`: the message is being sent, and is never sent a second time. */
export type RecipientState = NoticeState | 'leaving';

export type Message = {
  readonly purpose: MessagePurpose;
  /** Hash of the original entry, or id of the change of number: one message to a customer about each. Null: a policy. */
  readonly about: string | null;
  /** Null: to operators or owners. */
  readonly customer: string | null;
  readonly till: string | null;
  /** 0 where there is no entry. */
  readonly seq: number;
  /** When it happened, ms. */
  readonly at: number;
  readonly room: Room;
  /** The text for the customer; null while more is gathered for the same message; empty once deleted. */
  readonly text: string | null;
  /** What a merged message to the customer needs of it, as JSON; null: it is not merged. */
  readonly news: string | null;
  /** What the shop's lists show of it, as JSON; null: nothing more. */
  readonly details: string | null;
  /** Encrypted: the messaging service before this change; null where the change concerns something else. */
  readonly service: Buffer | null;
};
/** A message to a customer that has no text or no number yet. */
type OpenMessage = Pick<Message, 'at' | 'room' | 'text' | 'news'> & {
  readonly id: number;
  readonly customer: string;
  /** 1: not sent, because it may have been sent before the relay was restored from a backup. */
  readonly putBack: number;
};

export type Recipient = {
  /** Null: the customer. */
  readonly operator: string | null;
  /** Encrypted E.164. */
  readonly phone: Buffer;
  readonly phoneTag: string;
  readonly text: string;
  /** What a merged message to them needs of it, as JSON; null: it is not merged. */
  readonly news: string | null;
  /** Whether only a till named the number: no code was answered there, and it is neither imported nor in the policy. */
  readonly named: boolean;
};

export type RecipientRow = Pick<Recipient, 'operator' | 'phoneTag' | 'text' | 'news'> & {
  readonly id: number;
  readonly message: number;
  /** Null once deleted. */
  readonly phone: Buffer | null;
  readonly room: Room;
  readonly rank: number;
  readonly state: RecipientState;
  readonly because: Refusal | null;
  readonly tries: number;
  readonly nextAt: number;
};
export type DueRecipient = RecipientRow &
  Pick<Message, 'purpose' | 'till' | 'service'> & {
    readonly phone: Buffer;
    readonly queuedAt: number;
  };

/** What a try changes of a recipient. */
export type Next = Pick<RecipientRow, 'state' | 'because' | 'tries' | 'nextAt'>;

/** The columns of a `RecipientRow`. */
export const RECIPIENT =
  'r.id, message, operator, phone, phone_tag, r.text, r.news, r.room, rank, state, because, tries, next_at';

/**
 * The next number in the order that tills poll by; `@now`: ms. It is at least the time, so that it exceeds every cursor of a
 * till even after the relay was restored from an older copy.
 */
const NEXT_CHANGE = `(SELECT CASE WHEN COALESCE(MAX(changed), 0) < @now THEN @now ELSE MAX(changed) + 1 END
  FROM outbox WHERE shop = @shop)`;

/** Queues a message, to each number at most once; the same message again changes nothing. */
export async function addMessage(
  db: Database,
  message: Message,
  to: readonly Recipient[],
  now: number,
): Promise<void> {
  const row = { ...message, now, open: openIf(message, to), shown: Number(message.text !== null) };
  const sql = `INSERT INTO outbox (shop, purpose, about, customer, till, seq, at, queued_at, room, text, news, details, service, open, changed)
       VALUES (@shop, @purpose, @about, @customer, @till, @seq, @at, @now, @room, @text, @news, @details, @service, @open,
         @shown * ${NEXT_CHANGE})
       ON CONFLICT DO NOTHING RETURNING id`;
  const id = await db.value<number>(sql, row);
  if (id !== null) await addRecipients(db, { ...message, id, putBack: 0 }, to, now);
}

/** A message to a customer stays open until one of their numbers is known. */
const openIf = ({ customer }: Pick<Message, 'customer'>, to: readonly Recipient[]): number =>
  Number(customer !== null && to.every(({ operator }) => operator !== null));

async function addRecipients(
  db: Database,
  { id, room, putBack }: Pick<OpenMessage, 'id' | 'room' | 'putBack'>,
  to: readonly Recipient[],
  now: number,
): Promise<void> {
  const add = `INSERT INTO outbox_recipients (shop, message, operator, phone, phone_tag, text, news, room, rank, state, because, tries, next_at)
     VALUES (@shop, @message, @operator, @phone, @phoneTag, @text, @news, @room, @rank, @state, @because, 0, @now)
     ON CONFLICT DO NOTHING`;
  const unsent = { state: 'waiting', because: null };
  const begun = putBack === 1 ? { state: 'maybe-sent', because: 'relay-put-back' } : unsent;
  for (const { named, ...one } of to)
    await db.run(add, {
      ...one,
      ...begun,
      message: id,
      room,
      now,
      rank: RANKS[room] + (named ? NAMED_BY_TILL : 0),
    });
}

/** Messages gathered until `gathered`, then those queued after `since` without a number whose customer has one now. */
export async function openMessages(
  db: Database,
  of: { readonly gathered: number; readonly since: number },
): Promise<readonly OpenMessage[]> {
  const sql = `SELECT id, customer, at, room, text, news, put_back FROM outbox o WHERE shop = @shop AND open = 1
    AND (text IS NULL AND queued_at <= @gathered
      OR text IS NOT NULL AND queued_at > @since
        AND (EXISTS (SELECT 1 FROM phone_history p WHERE p.shop = @shop AND p.customer = o.customer)
          OR EXISTS (SELECT 1 FROM contacts c WHERE c.shop = @shop AND c.customer = o.customer)))
    ORDER BY text IS NULL, queued_at LIMIT 500`;
  return db.all(sql, of);
}

/** Gives an open message its text and the numbers known now. Runs inside the caller's transaction. */
export async function completeMessage(
  db: Database,
  message: OpenMessage & { readonly text: string },
  to: readonly Recipient[],
  now: number,
): Promise<void> {
  const sql = `UPDATE outbox SET queued_at = CASE WHEN text IS NULL THEN @now ELSE queued_at END, text = @text,
         open = @open, changed = ${NEXT_CHANGE}
       WHERE shop = @shop AND id = @id AND open = 1`;
  const changes = await db.changes(sql, {
    id: message.id,
    text: message.text,
    open: openIf(message, to),
    now,
  });
  if (changes === 1) await addRecipients(db, message, to, now);
}

/** The next due recipient of a message queued since then, ms, by rank, then age; null: none is due. */
export async function dueRecipient(
  db: Database,
  { now, queuedSince }: { readonly now: number; readonly queuedSince: number },
): Promise<DueRecipient | null> {
  const sql = `SELECT ${RECIPIENT}, purpose, till, service, queued_at
       FROM outbox_recipients r CROSS JOIN outbox o
       WHERE r.shop = @shop AND o.shop = @shop AND o.id = r.message AND state = 'waiting' AND next_at <= @now
         AND o.queued_at >= @queuedSince ORDER BY rank, r.id LIMIT 1`;
  return db.get(sql, { now, queuedSince });
}

/** Changes the state of a recipient from the given one; false: it has changed meanwhile. */
export const moveRecipient = async (
  db: Database,
  recipient: Pick<RecipientRow, 'id' | 'message'>,
  from: RecipientState,
  to: Next,
  now: number,
): Promise<boolean> => (await moveRecipients(db, [recipient], from, to, now)) === 1;

/** The same for several whose message is one, the first one's; returns how many were moved. */
export async function moveRecipients(
  db: Database,
  recipients: readonly Pick<RecipientRow, 'id' | 'message'>[],
  from: RecipientState,
  to: Next,
  now: number,
): Promise<number> {
  return inTransaction({ db }, async ({ db }) => {
    const first = recipients[0]?.id ?? null;
    let moved = 0;
    for (const { id, message } of recipients) {
      const changes = await db.changes(
        `UPDATE outbox_recipients SET state = @state, because = @because, tries = @tries, next_at = @nextAt,
             left_at = CASE WHEN @state = 'leaving' THEN @now ELSE left_at END,
             merged_into = CASE WHEN @state = 'leaving' THEN @into ELSE merged_into END,
             phone = CASE WHEN @state NOT IN ('waiting', 'leaving') AND EXISTS (SELECT 1 FROM outbox WHERE shop = @shop
               AND id = outbox_recipients.message AND purpose = 'forgotten') THEN NULL ELSE phone END
           WHERE shop = @shop AND id = @id AND state = @from`,
        { ...to, id, from, now, into: id === first ? null : first },
      );
      moved += changes;
      // with nobody left to write to, the former service's secrets are deleted
      if (changes === 1 && to.state !== 'leaving')
        await db.run(
          `UPDATE outbox SET changed = ${NEXT_CHANGE}, service = CASE WHEN EXISTS (
             SELECT 1 FROM outbox_recipients WHERE shop = @shop AND message = outbox.id AND state IN ('waiting', 'leaving')) THEN service END
           WHERE shop = @shop AND id = @message`,
          { message, now },
        );
    }
    return moved;
  });
}

/** All messages that can be merged with the given one for its recipient, itself included: queued since then, ms, oldest first. */
export async function waitingToMerge(
  db: Database,
  { phoneTag, operator }: Pick<RecipientRow, 'phoneTag' | 'operator'>,
  queuedSince: number,
): Promise<readonly RecipientRow[]> {
  const sql = `SELECT ${RECIPIENT} FROM outbox_recipients r
    WHERE shop = @shop AND phone_tag = @phoneTag AND state = 'waiting' AND room IN ${MERGED}
      AND COALESCE(operator, '') = @operator AND news IS NOT NULL
      AND EXISTS (SELECT 1 FROM outbox o WHERE o.shop = @shop AND o.id = r.message AND o.queued_at >= @queuedSince)
    ORDER BY r.id LIMIT 500`;
  return db.all(sql, { phoneTag, operator: operator ?? '', queuedSince });
}

/** When the last merged message was, or may have been, sent to this number, ms; null: never. */
export async function mergedLeftAt(db: Database, phoneTag: string): Promise<number | null> {
  const sql = `SELECT MAX(left_at) FROM outbox_recipients WHERE shop = @shop AND phone_tag = ?
    AND state IN ('leaving', 'sent', 'maybe-sent') AND room IN ${MERGED}`;
  return db.value(sql, phoneTag);
}

/** Lets all merged messages to this number wait until then. */
export async function deferMerged(db: Database, phoneTag: string, until: number): Promise<void> {
  const sql = `UPDATE outbox_recipients SET next_at = @until
    WHERE shop = @shop AND phone_tag = @phoneTag AND state = 'waiting' AND room IN ${MERGED} AND next_at < @until`;
  await db.run(sql, { phoneTag, until });
}

/** Moves a recipient whose number has no room left for large sums to those that are merged. */
export async function mergeLarge(db: Database, { id }: Pick<RecipientRow, 'id'>): Promise<void> {
  const sql = `UPDATE outbox_recipients SET room = 'small', rank = rank + ${RANKS.small - RANKS.large}
    WHERE shop = @shop AND id = ? AND room = 'large'`;
  await db.run(sql, id);
}

/** Marks messages that were being sent when the process ended as maybe sent. */
export async function settleInterrupted(db: Database, now: number): Promise<void> {
  const sql = `SELECT ${RECIPIENT} FROM outbox_recipients r WHERE shop = @shop AND state = 'leaving'`;
  for (const row of await db.all<RecipientRow>(sql)) {
    const { tries } = row;
    const unknown = { state: 'maybe-sent', because: 'timeout-unknown', tries, nextAt: 0 } as const;
    await moveRecipient(db, row, 'leaving', unknown, now);
  }
}

/** When the last message was sent, or began to be, ms; 0: none was. */
export const lastLeftAt = (db: Database): Promise<number> =>
  db.number('SELECT COALESCE(MAX(left_at), 0) FROM outbox_recipients WHERE shop = @shop');

/** The id of the newest message; 0: there is none. */
export const newestMessage = (db: Database): Promise<number> =>
  db.number('SELECT COALESCE(MAX(id), 0) FROM outbox WHERE shop = @shop');

/**
 * Marks messages as maybe sent before the relay was restored from a backup: those newer than the id `after`, queued until `until`,
 * ms. Returns the number of recipients to whom nothing is sent. Runs inside the caller's transaction.
 */
export async function markMaybeSent(
  db: Database,
  of: { readonly after: number; readonly until: number },
  now: number,
): Promise<number> {
  const queued = 'id > @after AND queued_at <= @until';
  await db.run(`UPDATE outbox SET put_back = 1 WHERE shop = @shop AND open = 1 AND ${queued}`, of);
  const sql = `SELECT ${RECIPIENT} FROM outbox_recipients r WHERE shop = @shop AND state = 'waiting'
    AND message IN (SELECT id FROM outbox WHERE shop = @shop AND ${queued})`;
  const rows = await db.all<RecipientRow>(sql, of);
  for (const row of rows) {
    const maybe = { state: 'maybe-sent', because: 'relay-put-back', nextAt: 0 } as const;
    await moveRecipient(db, row, 'waiting', { ...maybe, tries: row.tries }, now);
  }
  return rows.length;
}

/**
 * How many messages were or may have been sent. `toPhone`: of the same room to this number; `upTo`: of the same rank or an
 * earlier one; `ranked`: of these, imports, reminders and named numbers. `ranked` ones have limits of their own.
 */
export type Left = {
  readonly toPhone: number;
  readonly upTo: number;
  readonly ranked: number;
  readonly rankedOfTill: number;
};

/** Messages within the limits sent since then: to this number, of this till, and in all. */
export async function leftSince(
  db: Database,
  since: number,
  { phoneTag, till, room, rank }: Pick<DueRecipient, 'phoneTag' | 'till' | 'room' | 'rank'>,
): Promise<Left> {
  const sql = `SELECT COUNT(*) AS up_to,
         COUNT(*) FILTER (WHERE phone_tag = @phoneTag AND r.room = @room AND state <> 'waiting') AS to_phone,
         COUNT(*) FILTER (WHERE rank >= ${RANKS.import}) AS ranked,
         COUNT(*) FILTER (WHERE rank >= ${RANKS.import} AND till = @till) AS ranked_of_till
       FROM outbox_recipients r JOIN outbox o ON o.shop = r.shop AND o.id = r.message
       WHERE r.shop = @shop AND left_at > @since AND rank > ${RANKS.owners} AND rank <= @rank AND merged_into IS NULL`;
  return db.one(sql, { since, phoneTag, till, room, rank });
}

/** Encrypted services that were replaced and still have messages to send, newest first. */
export const keptServices = (db: Database): Promise<readonly Buffer[]> =>
  db.column(
    'SELECT service FROM outbox WHERE shop = @shop AND service IS NOT NULL ORDER BY id DESC',
  );

/**
 * Deletes texts and numbers a month after the end of a message, texts that got no number in that time, and messages to
 * operators and owners after 400 days. Other rows stay, so that nobody gets a message twice.
 */
export async function sweepOutbox(db: Database, now: number): Promise<void> {
  const before = now - MONTH_MS;
  await inTransaction({ db }, async ({ db }) => {
    await db.run(
      "DELETE FROM outbox WHERE shop = @shop AND purpose IN ('policy-weakened', 'daily-summary', 'by-right') AND queued_at <= @before",
      { before: now - CHANGES_KEPT_MS },
    );
    await db.run(
      `UPDATE outbox_recipients SET text = '', news = NULL, phone = NULL WHERE shop = @shop AND phone IS NOT NULL
         AND message IN (SELECT id FROM outbox WHERE shop = @shop AND text <> '' AND queued_at <= @before)
         AND (state = 'failed' OR state IN ('sent', 'maybe-sent') AND (left_at IS NULL OR left_at <= @before))`,
      { before },
    );
    await db.run(
      `UPDATE outbox SET text = '', news = NULL WHERE shop = @shop AND text <> '' AND queued_at <= @before AND NOT EXISTS
         (SELECT 1 FROM outbox_recipients WHERE shop = @shop AND message = outbox.id AND phone IS NOT NULL)`,
      { before },
    );
  });
}
