// All messages, one row each: delivery, cost, refusal. No code, text or plain number.
import type { DeliveryState, Refusal } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import type { Database } from './database';
import { columnOf } from './rows';

export const migration = `
CREATE TABLE sendings (
  id INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  at INTEGER NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('code', 'test', 'notice')),
  challenge TEXT,
  provider TEXT NOT NULL,
  channel TEXT NOT NULL,
  phone BLOB,
  phone_masked TEXT NOT NULL,
  dry_run INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
  code_length INTEGER,
  message TEXT,
  delivery TEXT,
  asked_at INTEGER,
  because TEXT,
  provider_code TEXT,
  provider_text TEXT,
  cost TEXT,
  currency TEXT
) STRICT;
CREATE INDEX sendings_by_challenge ON sendings (shop, challenge) WHERE challenge IS NOT NULL;
CREATE INDEX sendings_by_message ON sendings (shop, provider, message) WHERE message IS NOT NULL;
CREATE INDEX sendings_by_at ON sendings (shop, at);
CREATE INDEX sendings_with_phone ON sendings (shop, at) WHERE phone IS NOT NULL;
CREATE INDEX sendings_with_mask ON sendings (shop, at) WHERE phone_masked <> '' AND purpose <> 'test';
`;

const DAY = 24 * 3_600_000;
/** How long the relay asks about a message, ms. */
const ASKED_FOR_MS = 3_600_000;
/** Shortest interval between questions about one message, ms. */
const PAUSE_MS = 2000;
const COSTS_KEPT_MS = 401 * DAY;
const REFUSALS_SHOWN_MS = 7 * DAY;
const MOST_REFUSALS = 100;

export type SendingRow = {
  readonly id: number;
  /** Just before it was sent. */
  readonly at: number;
  readonly purpose: 'code' | 'test' | 'notice';
  readonly challenge: string | null;
  /** Id of the service. */
  readonly provider: string;
  readonly channel: Channel;
  /** Encrypted E.164, for a day: some services need it in status requests. */
  readonly phone: Buffer | null;
  readonly phoneMasked: string;
  readonly dryRun: boolean;
  /** Null where its code is not known. */
  readonly codeLength: number | null;
  /** The service's id of the message. */
  readonly message: string | null;
  /** Null: not accepted by the service. `unknown` before sending and until the first report. */
  readonly delivery: DeliveryState | null;
  readonly askedAt: number | null;
  readonly because: Refusal | null;
  readonly providerCode: string | null;
  readonly providerText: string | null;
  /** Decimal text, digit for digit as the service gave it, or null. */
  readonly cost: string | null;
  readonly currency: string | null;
};

const SELECTED = `id, at, purpose, challenge, provider, channel, phone, phone_masked, dry_run, code_length, message, delivery, asked_at,
  because, provider_code, provider_text, cost, currency`;

type Raw = Omit<SendingRow, 'dryRun'> & { dryRun: number };

async function select(db: Database, where: string, named: object): Promise<SendingRow[]> {
  const sql = `SELECT ${SELECTED} FROM sendings WHERE shop = @shop AND ${where}`;
  return (await db.all<Raw>(sql, named)).map((raw) => ({ ...raw, dryRun: raw.dryRun === 1 }));
}

/** Stores a message before it is sent; returns its id. */
export async function addSending(
  db: Database,
  row: Pick<
    SendingRow,
    | 'at'
    | 'purpose'
    | 'challenge'
    | 'provider'
    | 'channel'
    | 'phone'
    | 'phoneMasked'
    | 'dryRun'
    | 'codeLength'
    | 'currency'
  >,
): Promise<number> {
  const sql = `INSERT INTO sendings (shop, at, purpose, challenge, provider, channel, phone, phone_masked, dry_run, code_length, currency, delivery)
       VALUES (@shop, @at, @purpose, @challenge, @provider, @channel, @phone, @phoneMasked, @dryRun, @codeLength, @currency, 'unknown')
       RETURNING id`;
  return db.number(sql, row);
}

/** Stores the reply or report about a message. */
export async function changeSending(
  db: Database,
  id: number,
  change: Partial<
    Pick<
      SendingRow,
      | 'codeLength'
      | 'message'
      | 'delivery'
      | 'askedAt'
      | 'because'
      | 'providerCode'
      | 'providerText'
      | 'cost'
    >
  >,
): Promise<void> {
  const names = Object.keys(change);
  if (names.length === 0) return;
  const set = names.map((name) => `${columnOf(name)} = @${name}`).join(', ');
  await db.run(`UPDATE sendings SET ${set} WHERE shop = @shop AND id = @id`, { ...change, id });
}

/** The message as stored now, or null. */
export const sendingById = async (db: Database, id: number): Promise<SendingRow | null> =>
  (await select(db, 'id = @id', { id }))[0] ?? null;

/** The messages of a challenge, including refused ones, oldest first. */
export const sendingsOf = (db: Database, challenge: string): Promise<readonly SendingRow[]> =>
  select(db, 'challenge = @challenge ORDER BY id', { challenge });

/** The message with this id of the service, or null. A test that was not really sent has no such id. */
export async function sendingByMessage(
  db: Database,
  provider: string,
  message: string,
): Promise<SendingRow | null> {
  const where =
    'provider = @provider AND message = @message AND dry_run = 0 ORDER BY id DESC LIMIT 1';
  return (await select(db, where, { provider, message }))[0] ?? null;
}

/**
 * Messages of this service to ask about: of a live challenge every two seconds while the delivery is open, others
 * less and less often for an hour, while delivery or cost is open.
 */
export async function askable(
  db: Database,
  { provider, now, challenge = null }: { provider: string; now: number; challenge?: string | null },
): Promise<readonly SendingRow[]> {
  const where = `provider = @provider AND message IS NOT NULL AND phone IS NOT NULL AND dry_run = 0
    AND at > @now - ${ASKED_FOR_MS} AND (@challenge IS NULL OR challenge = @challenge)
    AND CASE
      WHEN delivery IN ('moderation', 'queued', 'sent', 'unknown') AND challenge IN
        (SELECT id FROM challenges WHERE shop = @shop AND state = 'awaiting' AND expires_at > @now)
        THEN asked_at IS NULL OR @now - asked_at >= ${PAUSE_MS}
      WHEN delivery IN ('moderation', 'queued', 'sent', 'unknown') OR cost IS NULL
        THEN asked_at IS NULL OR (@now - asked_at >= ${PAUSE_MS} AND @now - asked_at >= (@now - at) / 2)
      ELSE FALSE END
    ORDER BY asked_at LIMIT 50`;
  return select(db, where, { provider, now, challenge });
}

/** The newest test of each channel. */
export async function newestTests(db: Database): Promise<readonly SendingRow[]> {
  const where = `id IN (SELECT MAX(id) FROM sendings WHERE shop = @shop AND purpose = 'test' GROUP BY channel) ORDER BY id DESC`;
  return select(db, where, {});
}

/** Recent refusals, newest first. */
export async function refusedLately(db: Database, now: number): Promise<readonly SendingRow[]> {
  const where = `because IS NOT NULL AND at > @since ORDER BY id DESC LIMIT ${MOST_REFUSALS}`;
  return select(db, where, { since: now - REFUSALS_SHOWN_MS });
}

export type PricedRow = Pick<SendingRow, 'at' | 'provider' | 'channel' | 'cost' | 'currency'>;

/** Messages in `[from, to)` that may have a cost, oldest first. */
export async function pricedBetween(
  db: Database,
  from: number,
  to: number,
): Promise<readonly PricedRow[]> {
  const sql = `SELECT at, provider, channel, cost, currency FROM sendings
       WHERE shop = @shop AND at >= ? AND at < ? AND delivery IS NOT NULL AND dry_run = 0 AND provider <> 'demo' ORDER BY at`;
  return db.all(sql, from, to);
}

/** Deletes numbers after a day, their traces after a week, and costs after 400 days. */
export async function sweepSendings(db: Database, now: number): Promise<void> {
  await db.transaction(async (db) => {
    await db.run(
      'UPDATE sendings SET phone = NULL WHERE shop = @shop AND phone IS NOT NULL AND at <= ?',
      now - DAY,
    );
    await db.run(
      `UPDATE sendings SET phone_masked = '', provider_text = NULL
       WHERE shop = @shop AND phone_masked <> '' AND purpose <> 'test' AND at <= ?`,
      now - REFUSALS_SHOWN_MS,
    );
    await db.run('DELETE FROM sendings WHERE shop = @shop AND at <= ?', now - COSTS_KEPT_MS);
  });
}
