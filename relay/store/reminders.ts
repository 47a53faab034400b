// Reminders of debts: who has declined them, and how far this month's have come.
import type { Reminders } from '$lib/contract/acts/customer';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Database } from './database';
import { putRow } from './rows';

export const migration = `
CREATE TABLE reminder_choices (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  choice TEXT NOT NULL CHECK (choice IN ('agreed', 'declined')),
  till TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE reminder_passes (
  shop TEXT NOT NULL PRIMARY KEY,
  -- as '2026-12'
  month TEXT NOT NULL,
  -- the last customer who was looked at; null: all were
  reached TEXT,
  -- no month's reminders begin earlier, ms: before a restore the relay may have sent them
  not_before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Shortest time between two reminders to a customer, ms, even if the shop changes the day or cards are merged. */
export const LEAST_GAP_MS = 20 * DAY_MS;

/** The choice on a customer's newest card, with the till and order of the entry that made it. */
export type ReminderChoice = {
  readonly choice: Reminders;
  readonly till: string;
  readonly order: number;
};

/** The choice on a customer's card; null: the relay has seen no card of theirs. */
export const reminderChoiceOf = (db: Database, customer: string): Promise<ReminderChoice | null> =>
  db.get(
    `SELECT choice, till, shop_order FROM reminder_choices
    WHERE shop = @shop AND customer = ?`,
    customer,
  );

export const keepReminderChoice = (
  db: Database,
  customer: string,
  choice: ReminderChoice,
): Promise<void> =>
  putRow(db, 'reminder_choices (customer, choice, till, shop_order)', 'customer', {
    customer,
    ...choice,
  });

/** How far a month's reminders have come. `reached`: the last customer who was looked at; null: all were. */
export type ReminderPass = {
  readonly month: string;
  readonly reached: string | null;
  /** No month's reminders begin before this time, ms. */
  readonly notBefore: number;
};

/** Null: there were none yet. */
export const reminderPass = (db: Database): Promise<ReminderPass | null> =>
  db.get(`SELECT month, reached, not_before FROM reminder_passes WHERE shop = @shop`);

export async function saveReminderPass(db: Database, pass: ReminderPass): Promise<void> {
  const sql = `INSERT INTO reminder_passes (shop, month, reached, not_before)
       VALUES (@shop, @month, @reached, @notBefore)
     ON CONFLICT (shop) DO UPDATE SET month = excluded.month, reached = excluded.reached,
       not_before = excluded.not_before`;
  await db.run(sql, pass);
}

/** Ends this month's queueing and delays the next, because a relay restored from a backup may have sent the reminders already. */
export async function holdReminders(db: Database, now: number): Promise<void> {
  const month = (await reminderPass(db))?.month ?? '';
  await saveReminderPass(db, { month, reached: null, notBefore: now + LEAST_GAP_MS });
}

/** The customers after this one whose debt an entry has moved, in the order of their ids. */
export async function customersAfter(
  db: Database,
  customer: string,
  most: number,
): Promise<readonly string[]> {
  const sql = `SELECT DISTINCT customer FROM journal_steps
    WHERE shop = @shop AND customer > @customer AND account = 'debt' ORDER BY customer LIMIT @most`;
  return db.column(sql, { customer, most });
}
