// The writer's lock: one writer of projected rows at a time, over all tabs and workers.
import { invariant } from '$lib/domain/values/invariant';
import type { TillDb } from './db';

/** Runs `work` exclusively among all tabs and workers. Not re-entrant: do not call it from within `work`. */
export async function withWriterLock<T>(db: TillDb, work: () => Promise<T>): Promise<T> {
  invariant('locks' in navigator, 'a till runs only where Web Locks are: in a secure context');
  return await navigator.locks.request(`${db.name}-writer`, work);
}
