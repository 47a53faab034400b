// The messages of one purpose in the outbox: reminders, entries, summaries, changes of a number.
import { mapInTurn } from '../in-turn';
import type { Database } from './database';
import { cardsOfAccount } from './merges';
import { RANKS, RECIPIENT, type RecipientRow, type RecipientState } from './outbox';
import { inTransaction } from './transaction';

/** When a reminder of this customer, on any card of their account, was queued last, ms; null: none was. */
export async function lastRemindedAt(db: Database, customer: string): Promise<number | null> {
  const sql = `SELECT MAX(queued_at) FROM outbox WHERE shop = @shop AND purpose = 'reminder'
    AND customer IN ${cardsOfAccount(null)}`;
  return db.value(sql, { customer });
}

/** Reminders that wait to be sent to at least one number. `queuedAt`: ms. */
export async function waitingReminders(db: Database): Promise<
  readonly {
    readonly id: number;
    readonly customer: string;
    readonly text: string;
    readonly queuedAt: number;
  }[]
> {
  const sql = `SELECT id, customer, text, queued_at FROM outbox o
    WHERE shop = @shop AND id IN (SELECT message FROM outbox_recipients
      WHERE shop = @shop AND state = 'waiting' AND rank >= ${RANKS.reminder})
    ORDER BY id`;
  return db.all(sql);
}

/** Replaces the text of a waiting message; null: it is not sent any more. */
export async function changeWaiting(
  db: Database,
  message: number,
  text: string | null,
): Promise<void> {
  await inTransaction({ db }, async ({ db }) => {
    await db.run(
      `UPDATE outbox_recipients SET text = COALESCE(@text, text),
           state = CASE WHEN @text IS NULL THEN 'failed' ELSE state END
         WHERE shop = @shop AND message = @message AND state = 'waiting'`,
      { message, text },
    );
    if (text === null) return;
    const sql = 'UPDATE outbox SET text = @text WHERE shop = @shop AND id = @message';
    await db.run(sql, { message, text });
  });
}

async function recipientsOf(
  db: Database,
  { id }: { readonly id: number },
): Promise<readonly RecipientRow[]> {
  const sql = `SELECT ${RECIPIENT} FROM outbox_recipients r WHERE shop = @shop AND message = @id ORDER BY r.id`;
  return db.all(sql, { id });
}

/** A message about an entry, with its recipients. */
export type EntryMessage = {
  readonly id: number;
  readonly seq: number;
  readonly about: string;
  readonly customer: string;
  readonly till: string;
  readonly changed: number;
  readonly putBack: number;
  readonly recipients: readonly RecipientRow[];
};

/** Messages about entries that changed after a cursor, oldest change first. */
export async function changedMessages(
  db: Database,
  after: number,
  most: number,
): Promise<readonly EntryMessage[]> {
  const sql = `SELECT id, about, customer, till, seq, changed, put_back FROM outbox
    WHERE shop = @shop AND changed > @after AND purpose IN ('act', 'balance', 'repayment', 'correction', 'return', 'dispute-closed') ORDER BY changed LIMIT @most`;
  const rows = await db.all<Omit<EntryMessage, 'recipients'>>(sql, { after, most });
  return mapInTurn(rows, async (row) => ({
    ...row,
    recipients: await recipientsOf(db, row),
  }));
}

/** When the newest daily summary was queued, ms; null: none is kept. */
export const newestSummaryAt = (db: Database): Promise<number | null> =>
  db.value("SELECT MAX(queued_at) FROM outbox WHERE shop = @shop AND purpose = 'daily-summary'");

/** The newest messages to owners of this purpose first. */
export async function newestToOwners(
  db: Database,
  purpose: 'policy-weakened' | 'daily-summary',
  most: number,
): Promise<
  readonly {
    readonly at: number;
    readonly details: string;
    readonly recipients: readonly (RecipientRow & { readonly operator: string })[];
  }[]
> {
  const sql = `SELECT id, at, details FROM outbox WHERE shop = @shop AND purpose = @purpose ORDER BY id DESC LIMIT @most`;
  const rows = await db.all<{
    id: number;
    at: number;
    details: string;
  }>(sql, { purpose, most });
  return mapInTurn(rows, async (row) => ({
    ...row,
    recipients: (await recipientsOf(db, row)) as (RecipientRow & { operator: string })[],
  }));
}

/** Deletes unsent messages about a change of number that was replaced or cancelled. */
export async function dropUnsentChanges(db: Database, customer: string): Promise<void> {
  await inTransaction({ db }, async ({ db }) => {
    await db.run(
      `DELETE FROM outbox_recipients WHERE shop = @shop AND state = 'waiting' AND message IN
         (SELECT id FROM outbox WHERE shop = @shop AND purpose = 'phone-change' AND customer = @customer)`,
      { customer },
    );
    await db.run(
      `DELETE FROM outbox WHERE shop = @shop AND purpose = 'phone-change' AND customer = @customer
         AND NOT EXISTS (SELECT 1 FROM outbox_recipients WHERE shop = @shop AND message = outbox.id)`,
      { customer },
    );
  });
}

type ChangeRecipient = {
  readonly phoneTag: string;
  readonly state: RecipientState;
  readonly leftAt: number | null;
};

/** Those who get the message about one change of number; empty where there was no other number. `leftAt`: ms. */
export async function changeRecipients(
  db: Database,
  of: { readonly about: string; readonly customer: string },
): Promise<readonly ChangeRecipient[]> {
  const sql = `SELECT state, left_at, phone_tag FROM outbox_recipients WHERE shop = @shop AND message =
    (SELECT id FROM outbox WHERE shop = @shop AND purpose = 'phone-change' AND about = @about AND customer = @customer)`;
  return db.all(sql, of);
}
