// Challenges, from before their message is sent until the grant. Codes are encrypted or hashed.
import type { ChallengeAmount } from '$lib/contract/grant';
import type { SpentBecause } from '$lib/contract/challenge';
import type { Action, Channel } from '$lib/contract/values';
import type { Database } from './database';
import { addRow, columnOf } from './rows';
import { cardsOfAccount } from './merges';
import type { Strength } from './guesses';

export const migration = `
CREATE TABLE challenges (
  shop TEXT NOT NULL,
  id TEXT NOT NULL,
  till TEXT NOT NULL,
  request TEXT NOT NULL,
  action TEXT NOT NULL,
  operator TEXT NOT NULL,
  receipt TEXT NOT NULL,
  customer TEXT NOT NULL,
  person TEXT,
  phone BLOB,
  phone_tag TEXT NOT NULL,
  phone_block TEXT NOT NULL,
  amount TEXT NOT NULL,
  deal_hash TEXT NOT NULL,
  text BLOB,
  state TEXT NOT NULL CHECK (state IN
    ('sending', 'awaiting', 'verified', 'expired', 'too-many-checks', 'cancelled', 'superseded', 'refused')),
  refusal TEXT,
  provider TEXT NOT NULL,
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  channel TEXT NOT NULL,
  code BLOB,
  checks_left INTEGER NOT NULL CHECK (checks_left >= 0),
  sends_left INTEGER NOT NULL CHECK (sends_left >= 0),
  sends INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  resend_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  claim TEXT,
  grant_jws TEXT,
  used_for TEXT,
  weak_worth INTEGER CHECK (weak_worth >= 0),
  led_by TEXT,
  also_worth INTEGER NOT NULL CHECK (also_worth >= 0),
  PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX challenges_by_receipt ON challenges (shop, receipt, action, state);
CREATE INDEX challenges_by_customer ON challenges (shop, customer, state, ended_at);
CREATE INDEX challenges_by_phone ON challenges (shop, phone_tag, action, state);
CREATE INDEX challenges_by_made_at ON challenges (shop, made_at);
CREATE INDEX challenges_by_weak_worth ON challenges (shop, ended_at) WHERE weak_worth IS NOT NULL;
CREATE INDEX challenges_by_state ON challenges (shop, state, expires_at);
CREATE INDEX challenges_led ON challenges (shop, led_by) WHERE led_by IS NOT NULL;
CREATE INDEX challenges_with_phone ON challenges (shop, ended_at) WHERE phone IS NOT NULL;
CREATE TABLE challenge_codes (
  shop TEXT NOT NULL,
  challenge TEXT NOT NULL,
  hash TEXT NOT NULL,
  channel TEXT NOT NULL,
  digits INTEGER NOT NULL,
  strength TEXT NOT NULL CHECK (strength IN ('weak', 'sure')),
  chance INTEGER NOT NULL CHECK (chance > 0),
  PRIMARY KEY (shop, challenge, hash),
  FOREIGN KEY (shop, challenge) REFERENCES challenges (shop, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;

/** States of a challenge that has not ended. */
export const LIVE = ['sending', 'awaiting'] as const satisfies readonly ChallengeState[];

/** How long after the right code its grant may be used, and the same code repeated, ms. */
export const GRANT_MS = 15 * 60_000;
/** How long after its end a challenge keeps the number, ms. */
const FORGET_MS = 24 * 3_600_000;

export type ChallengeState = 'sending' | 'awaiting' | 'verified' | SpentBecause | 'refused';

export type ChallengeRow = {
  readonly id: string;
  readonly till: string;
  /** Keyed hash of the request, which recognizes a repetition. */
  readonly request: string;
  readonly action: Action;
  /** The operator who requested it. */
  readonly operator: string;
  readonly receipt: string;
  readonly customer: string;
  /** The authorised person to whom the code goes; null: the customer. */
  readonly person: string | null;
  /** Encrypted E.164; null once it is no longer needed. */
  readonly phone: Buffer | null;
  readonly phoneTag: string;
  /** Keyed hash of all but the last four digits: numbers of one block have the same. */
  readonly phoneBlock: string;
  readonly amount: ChallengeAmount;
  readonly dealHash: string;
  /** Encrypted text with a placeholder for the code; null once the challenge has ended. */
  readonly text: Buffer | null;
  readonly state: ChallengeState;
  /** Why the message was not sent; set where a repeated request gets the same reply instead of a retry. */
  readonly refusal: string | null;
  readonly provider: string;
  readonly demo: boolean;
  /** Channel of the newest message. */
  readonly channel: Channel;
  /** Encrypted own code, for resends; null where the provider chose it, and after the end. */
  readonly code: Buffer | null;
  readonly checksLeft: number;
  readonly sendsLeft: number;
  readonly sends: number;
  readonly madeAt: number;
  readonly resendAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  /** The grant's payload, fixed with the right code. */
  readonly claim: string | null;
  readonly grantJws: string | null;
  /** What the consent was spent on at the relay itself (such as a change of number), once. */
  readonly usedFor: string | null;
  /** Worth of the act in minor units where a weak code may confirm it or has; null: none. */
  readonly weakWorth: number | null;
  /** The challenge of the same receipt whose code confirms this one, too, and which ends it; null: it has a code of its own. */
  readonly ledBy: string | null;
  /** Worth, minor units, of what its code confirms besides `amount`. */
  readonly alsoWorth: number;
};

export type AcceptedCode = {
  readonly hash: string;
  /** Channel of the newest message with this code. */
  readonly channel: Channel;
  readonly digits: number;
  readonly strength: Strength;
  /** Chance of guessing it in one try, in billionths. */
  readonly chance: number;
};

/** All columns of a row. */
const COLUMNS = `id, till, request, action, operator, receipt, customer, person, phone, phone_tag, phone_block, amount, deal_hash, text,
  state, refusal, provider, demo, channel, code, checks_left, sends_left, sends, made_at, resend_at, expires_at, ended_at, claim,
  grant_jws, used_for, weak_worth, led_by, also_worth`;

type RawChallenge = Omit<ChallengeRow, 'amount' | 'demo'> & { amount: string; demo: number };

/** A typed row from SQLite's. */
const fromRaw = (raw: RawChallenge): ChallengeRow => ({
  ...raw,
  amount: JSON.parse(raw.amount) as ChallengeAmount,
  demo: raw.demo === 1,
});

/** The challenge of this id, of any till. */
export async function challengeById(db: Database, id: string): Promise<ChallengeRow | null> {
  const sql = `SELECT ${COLUMNS} FROM challenges WHERE shop = @shop AND id = ?`;
  const raw = await db.get<RawChallenge>(sql, id);
  return raw === null ? null : fromRaw(raw);
}

/** The challenge that the code of this one confirms, too; null: none. */
export async function challengeLedBy(db: Database, id: string): Promise<ChallengeRow | null> {
  const sql = `SELECT ${COLUMNS} FROM challenges WHERE shop = @shop AND led_by = ?`;
  const raw = await db.get<RawChallenge>(sql, id);
  return raw === null ? null : fromRaw(raw);
}

/** Whether the till revoked the grant of a challenge. */
export const isGrantRevoked = async (db: Database, challenge: string): Promise<boolean> =>
  (await challengeById(db, challenge))?.state === 'cancelled';

/** Adds a challenge before its message is sent. Replaces a row of the same id of which nothing was sent. */
export async function addChallenge(
  db: Database,
  row: ChallengeRow,
  codes: readonly AcceptedCode[],
): Promise<void> {
  const sql =
    "DELETE FROM challenges WHERE shop = @shop AND (id = ? OR led_by = ?) AND state = 'refused'";
  await db.run(sql, row.id, row.id);
  await addRow(db, `challenges (${COLUMNS})`, { ...row, amount: JSON.stringify(row.amount) });
  for (const code of codes) await acceptCode(db, row.id, code);
}

/** Adds a code that the challenge accepts; an existing code moves to its new channel. */
export const acceptCode = (db: Database, challenge: string, code: AcceptedCode): Promise<void> =>
  db.run(
    `INSERT INTO challenge_codes (shop, challenge, hash, channel, digits, strength, chance)
       VALUES (@shop, @challenge, @hash, @channel, @digits, @strength, @chance)
     ON CONFLICT (shop, challenge, hash) DO UPDATE SET channel = excluded.channel`,
    { challenge, ...code },
  );

/** Keyed hashes of the accepted codes. */
export const acceptedCodes = (db: Database, challenge: string): Promise<readonly AcceptedCode[]> =>
  db.all(
    'SELECT hash, channel, digits, strength, chance FROM challenge_codes WHERE shop = @shop AND challenge = ?',
    challenge,
  );

/**
 * Counts one check, in one statement and before any comparison; null where no check is left.
 * This keeps any number of parallel requests within the limit.
 */
export async function countCheck(
  db: Database,
  check: { readonly id: string; readonly till: string; readonly at: number },
): Promise<ChallengeRow | null> {
  const sql = `UPDATE challenges SET checks_left = checks_left - 1
       WHERE shop = @shop AND id = @id AND till = @till AND state = 'awaiting' AND checks_left > 0 AND expires_at > @at
       RETURNING ${COLUMNS}`;
  const raw = await db.get<RawChallenge>(sql, check);
  return raw === null ? null : fromRaw(raw);
}

/** Changes fields of a challenge in one of the states; false: it is in another. */
export async function changeChallenge(
  db: Database,
  id: string,
  whileIn: readonly ChallengeState[],
  change: Partial<Omit<ChallengeRow, 'id' | 'amount'>>,
): Promise<boolean> {
  const set = Object.keys(change)
    .map((name) => `${columnOf(name)} = @${name}`)
    .join(', ');
  const states = whileIn.map((state) => `'${state}'`).join(', ');
  const sql = `UPDATE challenges SET ${set} WHERE shop = @shop AND id = @id AND state IN (${states})`;
  return (
    (await db.changes(sql, {
      ...change,
      id,
      ...('demo' in change ? { demo: Number(change.demo) } : {}),
    })) === 1
  );
}

/** Counts one more message of a live challenge; false: none is left, or it has ended. */
export async function countSend(
  db: Database,
  send: { readonly id: string; readonly resendAt: number },
): Promise<boolean> {
  const sql = `UPDATE challenges SET sends_left = sends_left - 1, sends = sends + 1, resend_at = @resendAt
    WHERE shop = @shop AND id = @id AND state IN ('sending', 'awaiting') AND sends_left > 0`;
  return (await db.changes(sql, send)) === 1;
}

/** Takes back the count of a message of a live challenge; `resendAt`: null leaves the pause before the next one. */
export async function uncountSend(
  db: Database,
  send: { readonly id: string; readonly resendAt: number | null },
): Promise<void> {
  const sql = `UPDATE challenges SET sends_left = sends_left + 1, sends = sends - 1,
      resend_at = COALESCE(@resendAt, resend_at)
    WHERE shop = @shop AND id = @id AND state IN ('sending', 'awaiting')`;
  await db.run(sql, send);
}

/** Stores the signed grant unless there is one; returns the stored one, as every reply must carry the same signature. */
export async function keepGrant(db: Database, id: string, jws: string): Promise<string> {
  const sql =
    'UPDATE challenges SET grant_jws = COALESCE(grant_jws, ?) WHERE shop = @shop AND id = ? RETURNING grant_jws AS jws';
  const row = await db.get<{ jws: string }>(sql, jws, id);
  return row?.jws ?? jws;
}

/** Ends a challenge, with the one that it leads, and erases its codes; false: it was in none of the states. */
export async function endChallenge(
  db: Database,
  id: string,
  whileIn: readonly ChallengeState[],
  end: { readonly state: SpentBecause | 'refused'; readonly at: number; readonly refusal?: string },
): Promise<boolean> {
  const { state, at, refusal = null } = end;
  return db.transaction(async (db) => {
    const change = { state, refusal, endedAt: at, text: null, code: null };
    if (!(await changeChallenge(db, id, whileIn, change))) return false;
    await eraseCodes(db, id);
    const led = await challengeLedBy(db, id);
    if (led !== null) await changeChallenge(db, led.id, [...LIVE, 'verified'], change);
    return true;
  });
}

/** Erases what could confirm the challenge. */
export const eraseCodes = (db: Database, id: string): Promise<void> =>
  db.run('DELETE FROM challenge_codes WHERE shop = @shop AND challenge = ?', id);

/** Ends the live challenges of the same receipt and action, except the given one. */
export async function supersede(
  db: Database,
  by: { id: string; till: string; receipt: string; action: Action; at: number },
): Promise<void> {
  const sql = `SELECT id FROM challenges
       WHERE shop = @shop AND receipt = @receipt AND action = @action AND till = @till AND id <> @id AND state IN ('sending', 'awaiting')`;
  const rows = await db.all<{ id: string }>(sql, by);
  for (const { id } of rows) await endChallenge(db, id, LIVE, { state: 'superseded', at: by.at });
}

/** Ends every live challenge of the demo provider. */
export async function cancelDemoChallenges(db: Database, at: number): Promise<void> {
  const sql =
    "SELECT id FROM challenges WHERE shop = @shop AND demo = 1 AND state IN ('sending', 'awaiting')";
  const rows = await db.all<{ id: string }>(sql);
  for (const { id } of rows) await endChallenge(db, id, LIVE, { state: 'cancelled', at });
}

/** Ends expired challenges and deletes old ones. */
export async function sweepChallenges(db: Database, now: number): Promise<void> {
  await db.transaction(async (db) => {
    const late = await db.all<{ id: string }>(
      "SELECT id FROM challenges WHERE shop = @shop AND state = 'awaiting' AND expires_at <= ?",
      now,
    );
    for (const { id } of late)
      await endChallenge(db, id, ['awaiting'], { state: 'expired', at: now });
    await db.run(
      // reads the codes first: there are few of them, and many confirmed challenges
      `DELETE FROM challenge_codes WHERE shop = @shop AND EXISTS
         (SELECT 1 FROM challenges c WHERE c.shop = challenge_codes.shop AND c.id = challenge_codes.challenge
           AND c.state = 'verified' AND c.ended_at <= ?)`,
      now - GRANT_MS,
    );
    await db.run(
      'UPDATE challenges SET phone = NULL WHERE shop = @shop AND phone IS NOT NULL AND ended_at <= ?',
      now - FORGET_MS,
    );
    await db.run(
      "DELETE FROM challenges WHERE shop = @shop AND state = 'refused' AND ended_at <= ?",
      now - FORGET_MS,
    );
  });
}

/** The challenges that wait for a code. */
export async function awaitingChallenges(
  db: Database,
  now: number,
): Promise<readonly ChallengeRow[]> {
  const sql = `SELECT ${COLUMNS} FROM challenges WHERE shop = @shop AND state = 'awaiting' AND expires_at > ?`;
  const rows = await db.all<RawChallenge>(sql, now);
  return rows.map(fromRaw);
}

/** Challenges whose first message was being sent when the relay stopped. */
export async function interruptedChallenges(db: Database): Promise<readonly ChallengeRow[]> {
  const sql = `SELECT ${COLUMNS} FROM challenges WHERE shop = @shop AND state = 'sending'`;
  const rows = await db.all<RawChallenge>(sql);
  return rows.map(fromRaw);
}

/**
 * Worth of the acts that weak codes have confirmed since `since` or may still confirm, minor units: of one number and of the
 * shop. A confirmation that was given up counts, as its act may be stored. Without the challenge `id`, and without open ones
 * of the same act, which it supersedes.
 */
export async function weakWorthSince(
  db: Database,
  of: {
    readonly phoneTag: string;
    readonly id: string;
    readonly till: string;
    readonly receipt: string;
    readonly action: Action;
    readonly since: number;
    readonly now: number;
  },
): Promise<{ readonly ofPhone: number; readonly ofShop: number }> {
  const sql = `SELECT COALESCE(SUM(weak_worth), 0) AS of_shop,
         COALESCE(SUM(weak_worth) FILTER (WHERE phone_tag = @phoneTag), 0) AS of_phone
       FROM challenges WHERE shop = @shop AND weak_worth IS NOT NULL
         AND (ended_at > @since AND claim IS NOT NULL
           OR ended_at IS NULL AND expires_at > @now AND id <> @id
             AND NOT (receipt = @receipt AND action = @action AND till = @till))`;
  return db.one(sql, of);
}

/** The actions that raise a debt; their amount is money. Those that take points have an amount of points. */
const RAISING_DEBT = "('sell-on-account', 'correct-balance', 'cancel-repayment')";
const TAKING_POINTS = "('redeem-points', 'correct-balance')";

/**
 * Debt that a number has confirmed since `since` or is asked to confirm, for all cards, minor units; without what this till
 * asks for this `receipt` at the moment, which a further request supersedes.
 */
export async function debtSince(
  db: Database,
  of: { phoneTag: string; since: number; now: number; till: string; receipt: string | null },
): Promise<number> {
  const sql = `SELECT amount FROM challenges
       WHERE shop = @shop AND phone_tag = @phoneTag AND action IN ${RAISING_DEBT}
         AND ((state = 'verified' AND ended_at > @since)
           OR (state IN ('sending', 'awaiting') AND expires_at > @now
             AND (@receipt IS NULL OR receipt <> @receipt OR till <> @till)))`;
  const rows = await db.column<string>(sql, of);
  return rows.reduce((sum, amount) => sum + minorIn(JSON.parse(amount) as ChallengeAmount), 0);
}

const minorIn = (amount: ChallengeAmount): number =>
  amount !== null && 'minor' in amount ? amount.minor : 0;

/**
 * Debt (minor units) or points that other receipts of a customer hold: by an open request, or by a grant whose entry has not
 * arrived yet. A grant that was revoked or has expired holds nothing.
 */
export async function heldFor(
  db: Database,
  of: {
    readonly customer: string;
    readonly account: 'debt' | 'points';
    readonly till: string;
    readonly receipt: string;
    readonly now: number;
  },
): Promise<number> {
  const others = `SELECT amount FROM challenges c
       WHERE c.shop = @shop AND c.customer IN ${cardsOfAccount(null)}
         AND c.action IN ${of.account === 'debt' ? RAISING_DEBT : TAKING_POINTS}
         AND (c.receipt <> @receipt OR c.till <> @till)`;
  // two reads, because with OR SQLite would read all confirmed challenges of the shop
  const sql = `${others} AND c.state = 'verified' AND c.ended_at > @since
         AND NOT EXISTS (SELECT 1 FROM grants_spent g WHERE g.shop = @shop AND g.proof = c.id)
     UNION ALL ${others} AND c.state IN ('sending', 'awaiting') AND c.expires_at > @now`;
  const rows = await db.column<string>(sql, { ...of, since: of.now - GRANT_MS });
  const sumIn = of.account === 'points' ? pointsIn : minorIn;
  return rows.reduce((sum, amount) => sum + sumIn(JSON.parse(amount) as ChallengeAmount), 0);
}

const pointsIn = (amount: ChallengeAmount): number =>
  amount !== null && 'points' in amount ? amount.points : 0;

/** Whether this customer has ever confirmed a challenge through a real service. */
export async function everConfirmed(db: Database, customer: string): Promise<boolean> {
  const sql = `SELECT 1 FROM challenges WHERE shop = @shop AND customer = ? AND state = 'verified' AND demo = 0 LIMIT 1`;
  return db.has(sql, customer);
}

type AskedNumber = {
  /** Keyed hash of the number. */
  readonly tag: string;
  readonly block: string;
  /** The code was answered, or the number is a customer's: proven or trusted, not only named by a till. */
  readonly answered: boolean;
};

/** Different numbers that this till asked since `since`, newest first; without unsent messages and the demo's. */
export async function askedNumbers(
  db: Database,
  till: string,
  since: number,
): Promise<readonly AskedNumber[]> {
  const sql = `SELECT c.phone_tag AS tag, c.phone_block AS block, MAX(c.made_at) AS at,
         MAX(CASE WHEN c.state = 'verified'
           OR EXISTS (SELECT 1 FROM phones WHERE shop = @shop AND tag = c.phone_tag AND (proven = 1 OR trusted = 1)) THEN 1 ELSE 0 END) AS answered
       FROM challenges c
       WHERE c.shop = @shop AND c.till = ? AND c.made_at >= ? AND c.demo = 0 AND NOT (c.state = 'refused' AND c.refusal IS NULL)
       GROUP BY c.phone_tag, c.phone_block ORDER BY at DESC`;
  const rows = await db.all<Omit<AskedNumber, 'answered'> & { answered: number }>(sql, till, since);
  return rows.map(({ answered, ...one }) => ({ ...one, answered: answered === 1 }));
}
