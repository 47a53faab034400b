// How challenges end, and what is forgotten of them when: codes and text at once, the number after a day.
import type { SpentBecause } from '$lib/contract/challenge';
import type { Action } from '$lib/contract/values';
import {
  changeChallenge,
  fromRaw,
  SELECTED,
  type ChallengeRow,
  type ChallengeState,
  type RawChallenge,
} from './challenges';
import type { Database } from './database';

/** Not yet ended. */
export const LIVE = ['sending', 'awaiting'] as const satisfies readonly ChallengeState[];

/** The right code may be repeated as long as its grant can be used. */
const REPEAT_MS = 15 * 60_000;
const FORGET_MS = 24 * 3_600_000;

/** Ends a challenge and erases its codes; false: it was not in one of the states. */
export function endChallenge(
  db: Database,
  id: string,
  whileIn: readonly ChallengeState[],
  end: { readonly state: SpentBecause | 'refused'; readonly at: number; readonly refusal?: string },
): boolean {
  const { state, at, refusal = null } = end;
  return db.transaction(() => {
    const change = { state, refusal, endedAt: at, text: null, code: null };
    if (!changeChallenge(db, id, whileIn, change)) return false;
    eraseCodes(db, id);
    return true;
  })();
}

/** Erases what could open the challenge. */
export function eraseCodes(db: Database, id: string): void {
  db.prepare('DELETE FROM challenge_codes WHERE challenge = ?').run(id);
}

/** Ends the live challenges of the same receipt and action, but the one named. */
export function supersede(
  db: Database,
  by: { id: string; till: string; receipt: string; action: Action; at: number },
): void {
  const rows = db
    .prepare(
      `SELECT id FROM challenges
       WHERE receipt = @receipt AND action = @action AND till = @till AND id <> @id AND state IN ('sending', 'awaiting')`,
    )
    .all(by) as { id: string }[];
  for (const { id } of rows) endChallenge(db, id, LIVE, { state: 'superseded', at: by.at });
}

/** Ends every live challenge that nothing but the demo provider carried. */
export function cancelDemoChallenges(db: Database, at: number): void {
  const rows = db
    .prepare("SELECT id FROM challenges WHERE demo = 1 AND state IN ('sending', 'awaiting')")
    .all() as { id: string }[];
  for (const { id } of rows) endChallenge(db, id, LIVE, { state: 'cancelled', at });
}

/** Ends what ran out of time and forgets what is old enough. */
export function sweepChallenges(db: Database, now: number): void {
  db.transaction(() => {
    const late = db
      .prepare("SELECT id FROM challenges WHERE state = 'awaiting' AND expires_at <= ?")
      .all(now) as { id: string }[];
    for (const { id } of late) endChallenge(db, id, ['awaiting'], { state: 'expired', at: now });
    db.prepare(
      `DELETE FROM challenge_codes WHERE challenge IN
         (SELECT id FROM challenges WHERE state = 'verified' AND ended_at <= ?)`,
    ).run(now - REPEAT_MS);
    db.prepare('UPDATE challenges SET phone = NULL WHERE phone IS NOT NULL AND ended_at <= ?').run(
      now - FORGET_MS,
    );
    db.prepare("DELETE FROM challenges WHERE state = 'refused' AND ended_at <= ?").run(
      now - FORGET_MS,
    );
  })();
}

/** The challenges that wait for a code. */
export function awaitingChallenges(db: Database, now: number): readonly ChallengeRow[] {
  const rows = db
    .prepare(`SELECT ${SELECTED} FROM challenges WHERE state = 'awaiting' AND expires_at > ?`)
    .all(now) as RawChallenge[];
  return rows.map(fromRaw);
}

/** Challenges whose first message was leaving when the relay stopped. */
export function interruptedChallenges(db: Database): readonly ChallengeRow[] {
  const rows = db
    .prepare(`SELECT ${SELECTED} FROM challenges WHERE state = 'sending'`)
    .all() as RawChallenge[];
  return rows.map(fromRaw);
}

/** Minor units of debt this customer said yes to, or is being asked about, since `since`; not by this `receipt`. */
export function debtSince(
  db: Database,
  of: { customer: string; since: number; now: number; receipt: string | null },
): number {
  const row = db
    .prepare(
      `SELECT COALESCE(SUM(json_extract(amount, '$.minor')), 0) AS minor FROM challenges
       WHERE customer = @customer AND action = 'sell-on-account' AND receipt IS NOT @receipt
         AND ((state = 'verified' AND ended_at > @since)
           OR (state IN ('sending', 'awaiting') AND expires_at > @now))`,
    )
    .get(of) as { minor: number };
  return row.minor;
}

/** Whether this customer ever said yes over a real service: his card has a history the relay knows of. */
export function everConfirmed(db: Database, customer: string): boolean {
  const sql = `SELECT 1 FROM challenges WHERE customer = ? AND state = 'verified' AND demo = 0 LIMIT 1`;
  return db.prepare(sql).get(customer) !== undefined;
}
