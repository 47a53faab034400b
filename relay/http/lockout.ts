// Lockout: five wrong PINs, tokens or page addresses under one name lock it for 15 minutes.
import type { Relay } from '../context';
import { clearLock, lockOf, setLock } from '../store/locks';
import { inTransaction } from '../store/transaction';

const TRIES = 5;
const PAUSE_MS = 15 * 60_000;

/** The lock in words. */
export const TRY_LIMIT = `${TRIES} failed tries within ${PAUSE_MS / 60_000} minutes are followed by a pause of ${PAUSE_MS / 60_000} minutes`;

type Counted = Pick<Relay, 'db' | 'now'>;

/** When the lock under this name ends, ms; null while tries are left. */
export async function triesLockedUntil(relay: Counted, name: string): Promise<number | null> {
  const until = (await lockOf(relay.db, name))?.lockedUntil ?? null;
  return until !== null && until > relay.now() ? until : null;
}

/**
 * Counts one try; to be called before the comparison, so that parallel guesses share five. False: none is left.
 * The caller calls `forgetTries` after a correct guess.
 */
export const takeTry = (relay: Counted, name: string): Promise<boolean> =>
  inTransaction(relay, async (relay) => {
    if ((await triesLockedUntil(relay, name)) !== null) return false;
    const now = relay.now();
    const lock = await lockOf(relay.db, name);
    const over = lock === null || lock.lockedUntil !== null || lock.lastAt + PAUSE_MS <= now;
    const failures = over ? 1 : lock.failures + 1;
    const lockedUntil = failures >= TRIES ? now + PAUSE_MS : null;
    await setLock(relay.db, name, { failures, lastAt: now, lockedUntil });
    return true;
  });

/** Clears the failures under this name after a correct guess. */
export async function forgetTries(relay: Counted, name: string): Promise<void> {
  await clearLock(relay.db, name);
}
