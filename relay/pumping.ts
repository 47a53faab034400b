// Pumping: somebody has codes sent to number after number and types none, for the sake of what the messages earn. Told by what is not answered; stopped until a manager or time ends it.
import type { Relay } from './relay';
import { keep, kept } from './store/kv';
import { askedNumbers } from './store/asked-numbers';

const HOUR = 3_600_000;
/** What is looked at: so far back, and nothing from before the last stop ended. */
const WINDOW_MS = 24 * HOUR;
/** Of the newest numbers of one till… */
const NEWEST = 20;
/** …so many must have been answered, or be of customers who answered once. */
const LEAST_ANSWERED = 10;
/** So many numbers that differ in nothing but their last four digits, and nobody answered. */
const SAME_BLOCK = 8;
/** The first stop; each one within a day of the last is twice as long. */
const FIRST_STOP_MS = HOUR;
const LONGEST_STOP_MS = 24 * HOUR;

type Part = Pick<Relay, 'db' | 'now'>;

/** All sending of codes stands still between the two times. */
export type Stop = { readonly since: number; readonly until: number };

/** The stop that is in force, or null. */
export function stopOf(relay: Part): Stop | null {
  const last = lastStop(relay);
  return last !== null && relay.now() < last.until ? last : null;
}

/** The stop in force; begins one where what was asked lately, by this till or in one block of numbers, looks like pumping. */
export function judgeBurst(relay: Relay, till: string): Stop | null {
  const inForce = stopOf(relay);
  if (inForce !== null || relay.provider.isDemo()) return inForce;
  const { db, now } = relay;
  const last = lastStop(relay);
  const since = Math.max(now() - WINDOW_MS, last?.until ?? 0);
  const numbers = askedNumbers(db, since);
  const newest = numbers.filter((one) => one.till === till).slice(0, NEWEST);
  const answered = newest.filter((one) => one.answered).length;
  const blocks = new Map<string, Set<string>>();
  for (const { block, tag, answered } of numbers)
    if (!answered) blocks.set(block, (blocks.get(block) ?? new Set()).add(tag));
  const largest = Math.max(0, ...[...blocks.values()].map(({ size }) => size));
  const because =
    newest.length === NEWEST && answered < LEAST_ANSWERED
      ? 'unanswered'
      : largest >= SAME_BLOCK
        ? 'same-block'
        : null;
  if (because === null) return null;
  const again = last !== null && now() - last.until < WINDOW_MS;
  const doubled = again ? 2 * (last.until - last.since) : 0;
  const lengthMs = Math.min(LONGEST_STOP_MS, Math.max(FIRST_STOP_MS, doubled));
  const stop = { since: now(), until: now() + lengthMs };
  keep(db, 'stop', Buffer.from(JSON.stringify(stop)));
  relay.log({ event: 'pumping-stopped', till, because, until: stop.until });
  return stop;
}

/** Ends the stop by a manager's word; what came before it is not held against anybody again. */
export function liftStop(relay: Part): void {
  if (stopOf(relay) === null) return;
  const at = relay.now();
  keep(relay.db, 'stop', Buffer.from(JSON.stringify({ since: at, until: at })));
}

function lastStop({ db }: Part): Stop | null {
  const value = kept(db, 'stop');
  return value === null ? null : (JSON.parse(value.toString()) as Stop);
}
