// Codes to operators' phones, and which phones are proven. Codes are encrypted or hashed.
import type { Channel } from '$lib/contract/values';
import type { Database } from './database';
import { addRow, putRow } from './rows';

export const migration = `
CREATE TABLE operator_codes (
  shop TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('elevate', 'prove-phone', 'consent', 'first-service')),
  till TEXT NOT NULL,
  operator TEXT NOT NULL,
  subject TEXT NOT NULL,
  phone_tag TEXT NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  code BLOB NOT NULL,
  hash TEXT NOT NULL,
  code_length INTEGER NOT NULL,
  checks_left INTEGER NOT NULL CHECK (checks_left >= 0),
  sends_left INTEGER NOT NULL CHECK (sends_left >= 0),
  sent_at INTEGER NOT NULL,
  resend_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
  PRIMARY KEY (shop, purpose, till, operator, subject, phone_tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE unanswered_codes (
  shop TEXT NOT NULL,
  id TEXT NOT NULL,
  till TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX unanswered_codes_by_till ON unanswered_codes (shop, till, at);
CREATE TABLE operator_guesses (
  n INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  code TEXT NOT NULL,
  till TEXT NOT NULL,
  phone_tag TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX operator_guesses_by_time ON operator_guesses (shop, at);
CREATE INDEX operator_guesses_by_code ON operator_guesses (shop, code);
CREATE TABLE proven_phones (
  shop TEXT NOT NULL,
  operator TEXT NOT NULL,
  phone_tag TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (shop, operator)
) STRICT, WITHOUT ROWID;
`;

/**
 * `elevate`, `prove-phone`: to the operator's own phone. `consent`: to an owner's phone, for one change that the operator requests.
 * `first-service`: the same, sent by the messaging service that is about to be saved.
 */
type OperatorCodePurpose = 'elevate' | 'prove-phone' | 'consent' | 'first-service';

/** The key of a code: what it is for. There is at most one live code for each key. */
export type OperatorCodeKey = {
  readonly purpose: OperatorCodePurpose;
  readonly till: string;
  /** The operator who requested it. */
  readonly operator: string;
  /** Hash of the change that the code is for; empty for the other purposes. */
  readonly subject: string;
  /** Tag of the number it is sent to. */
  readonly phoneTag: string;
};

export type OperatorCodeRow = OperatorCodeKey & {
  readonly id: string;
  readonly channel: Channel;
  /** Encrypted, for a resend. */
  readonly code: Buffer;
  readonly hash: string;
  readonly codeLength: number;
  readonly checksLeft: number;
  readonly sendsLeft: number;
  readonly sentAt: number;
  readonly resendAt: number;
  readonly expiresAt: number;
  /** 1: the right code came; the change waits for another number's code. */
  readonly answered: 0 | 1;
};

const SELECTED = `purpose, till, operator, subject, phone_tag, id, channel, code, hash, code_length,
  checks_left, sends_left, sent_at, resend_at, expires_at, answered`;
const OF_CHANGE =
  'purpose = @purpose AND till = @till AND operator = @operator AND subject = @subject';
const OF_KEY = `${OF_CHANGE} AND phone_tag = @phoneTag`;

/** The newest code under this key, in any state. */
export const operatorCode = (db: Database, key: OperatorCodeKey): Promise<OperatorCodeRow | null> =>
  db.get(`SELECT ${SELECTED} FROM operator_codes WHERE shop = @shop AND ${OF_KEY}`, key);

/** Stores a code in place of the previous one, and deletes expired ones. */
export async function keepOperatorCode(
  db: Database,
  row: OperatorCodeRow,
  now: number,
): Promise<void> {
  await db.transaction(async (db) => {
    await db.run('DELETE FROM operator_codes WHERE shop = @shop AND expires_at <= ?', now);
    const { purpose, till, operator, subject, phoneTag } = row;
    await db.run(`DELETE FROM operator_codes WHERE shop = @shop AND ${OF_KEY}`, {
      purpose,
      till,
      operator,
      subject,
      phoneTag,
    });
    const sql = `INSERT INTO operator_codes
       VALUES (@shop, @purpose, @till, @operator, @subject, @phoneTag, @id, @channel, @code, @hash, @codeLength,
         @checksLeft, @sendsLeft, @sentAt, @resendAt, @expiresAt, @answered)`;
    await db.run(sql, row);
  });
}

/** Counts one check before any comparison; null where no check is left. */
export async function countOperatorCheck(
  db: Database,
  key: OperatorCodeKey & { readonly now: number },
): Promise<OperatorCodeRow | null> {
  const sql = `UPDATE operator_codes SET checks_left = checks_left - 1
       WHERE shop = @shop AND ${OF_KEY} AND checks_left > 0 AND expires_at > @now RETURNING ${SELECTED}`;
  return db.get(sql, key);
}

/** Deletes exactly this code; false: it no longer exists. */
export const dropOperatorCode = async (
  db: Database,
  { id }: Pick<OperatorCodeRow, 'id'>,
): Promise<boolean> =>
  (await db.changes('DELETE FROM operator_codes WHERE shop = @shop AND id = ?', id)) === 1;

/** Deletes all codes of one change, for all numbers, because they are used. */
export async function dropCodesOfChange(
  db: Database,
  { purpose, till, operator, subject }: Omit<OperatorCodeKey, 'phoneTag'>,
): Promise<void> {
  const change = { purpose, till, operator, subject };
  await db.run(`DELETE FROM operator_codes WHERE shop = @shop AND ${OF_CHANGE}`, change);
}

/** Counts a code to an owner until it is answered; deletes those sent before `forgetBefore`, ms. */
export async function countUnanswered(
  db: Database,
  code: { readonly id: string; readonly till: string; readonly at: number },
  forgetBefore: number,
): Promise<void> {
  await db.run('DELETE FROM unanswered_codes WHERE shop = @shop AND at <= ?', forgetBefore);
  await addRow(db, 'unanswered_codes (id, till, at)', code);
}

/** How many codes to owners this till asked for since then that nobody answered. */
export async function unansweredSince(db: Database, till: string, since: number): Promise<number> {
  const sql = 'SELECT count(*) FROM unanswered_codes WHERE shop = @shop AND till = ? AND at > ?';
  return db.number(sql, till, since);
}

/** Stops counting a code to an owner, because it was answered or never sent. */
export const forgetUnanswered = (db: Database, id: string): Promise<void> =>
  db.run('DELETE FROM unanswered_codes WHERE shop = @shop AND id = ?', id);

/** Checks since then that were wrong or are being compared: by this till, and of codes to this number. */
export async function operatorGuessesSince(
  db: Database,
  of: { readonly till: string; readonly phoneTag: string; readonly since: number },
): Promise<{ readonly ofTill: number; readonly ofPhone: number }> {
  const sql = `SELECT COUNT(*) FILTER (WHERE till = @till) AS of_till, COUNT(*) FILTER (WHERE phone_tag = @phoneTag) AS of_phone
       FROM operator_guesses WHERE shop = @shop AND at > @since`;
  return db.one(sql, of);
}

/** Counts one check of this code as wrong; deletes those before `forgetBefore`, ms. */
export async function addOperatorGuess(
  db: Database,
  guess: {
    readonly code: string;
    readonly till: string;
    readonly phoneTag: string;
    readonly at: number;
  },
  forgetBefore: number,
): Promise<void> {
  await db.run('DELETE FROM operator_guesses WHERE shop = @shop AND at <= ?', forgetBefore);
  await addRow(db, 'operator_guesses (code, till, phone_tag, at)', guess);
}

/** Gives back the checks of a code that was answered. */
export const giveBackOperatorGuesses = (db: Database, code: string): Promise<void> =>
  db.run('DELETE FROM operator_guesses WHERE shop = @shop AND code = ?', code);

/** Takes back the count of a resend of which no byte left the machine; the code may have been checked or used since. */
export async function giveBackSend(
  db: Database,
  before: Pick<OperatorCodeRow, 'id' | 'sendsLeft' | 'resendAt'>,
): Promise<void> {
  const sql =
    'UPDATE operator_codes SET sends_left = @sendsLeft, resend_at = @resendAt WHERE shop = @shop AND id = @id';
  await db.run(sql, before);
}

/** Tag of the operator's proven number, or null. */
export const provenTag = (db: Database, operator: string): Promise<string | null> =>
  db.value('SELECT phone_tag FROM proven_phones WHERE shop = @shop AND operator = ?', operator);

/** Records the operator's number as proven. */
export async function keepProof(
  db: Database,
  proof: { readonly operator: string; readonly tag: string; readonly at: number },
): Promise<void> {
  const row = { ...proof, phoneTag: proof.tag };
  await putRow(db, 'proven_phones (operator, phone_tag, at)', 'operator', row);
}

/** Deletes the proof: the operator's number was replaced or removed. */
export const dropProof = (db: Database, operator: string): Promise<void> =>
  db.run('DELETE FROM proven_phones WHERE shop = @shop AND operator = ?', operator);
