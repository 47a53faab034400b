// Guessing: five wrong tries under one name within 15 minutes, then a pause of 15 minutes. Counted before the comparison.
import type { Relay } from '../relay';
import { clearLock, lockOf, setLock } from '../store/locks';

export const TRIES = 5;
export const PAUSE_MS = 15 * 60_000;

type Counted = Pick<Relay, 'db' | 'now'>;

/** Ends of the pause under this name, or null while tries are left. */
export function pauseOf(relay: Counted, name: string): number | null {
  const until = lockOf(relay.db, name)?.lockedUntil ?? null;
  return until !== null && until > relay.now() ? until : null;
}

/**
 * Takes one try before anything is compared, so that parallel guesses never get more than five together.
 * False: none is left. The caller forgets the tries when the guess was right.
 */
export function takeTry(relay: Counted, name: string): boolean {
  return relay.db
    .transaction(() => {
      if (pauseOf(relay, name) !== null) return false;
      const now = relay.now();
      const lock = lockOf(relay.db, name);
      const over = lock === null || lock.lockedUntil !== null || lock.lastAt + PAUSE_MS <= now;
      const failures = over ? 1 : lock.failures + 1;
      const lockedUntil = failures >= TRIES ? now + PAUSE_MS : null;
      setLock(relay.db, name, { failures, lastAt: now, lockedUntil });
      return true;
    })
    .immediate();
}

/** The guess was right: earlier failures count no more. */
export function forgetTries(relay: Counted, name: string): void {
  clearLock(relay.db, name);
}
