// Stops tills whose codes are not answered (SMS pumping); with several tills, the whole shop.
import type { StoppedTill } from '$lib/contract/health';
import type { Relay } from '../context';
import { askedNumbers } from '../store/challenges';
import { allStops, setStop, type Stop } from '../store/stops';
import { allTills } from '../store/tills';
import { inTransaction } from '../store/transaction';

const HOUR = 3_600_000;
/** How far back requests are considered; nothing from before the end of the last stop. */
const WINDOW_MS = 24 * HOUR;
/** Of so many newest numbers of a till … */
const NEWEST = 20;
/** … at least so many must have been answered, or belong to customers who have answered before. */
const LEAST_ANSWERED = 10;
/** Unanswered numbers that differ only in their last four digits. */
const SAME_BLOCK = 8;
/** Stopped tills that stop the whole shop; one alone must not stop the others. */
const SEVERAL_TILLS = 3;
/** The first stop; each one within a day of the last one is twice as long. */
const FIRST_STOP_MS = HOUR;
const LONGEST_STOP_MS = 24 * HOUR;

type Part = Pick<Relay, 'db' | 'now'>;

/** The scope of the shop's stop; a till's is its id. */
const SHOP = 'shop';

/** The stop that is in force for this till, its own or the shop's, whichever is longer; or null. */
export function stopOf(relay: Part, till: string): Stop | null {
  const stops = stopsOf(relay);
  const inForce = [stops[till], stops[SHOP]].filter((stop) => isInForce(relay, stop));
  return inForce.toSorted((a, b) => b.until - a.until)[0] ?? null;
}

/** The tills with a stop of their own in force, without revoked ones. */
export function stoppedTills(relay: Part): StoppedTill[] {
  const stops = stopsOf(relay);
  if (Object.keys(stops).length === 0) return [];
  return allTills(relay.db).flatMap(({ id, name, revokedAt }) => {
    const stop = stops[id];
    return revokedAt === null && isInForce(relay, stop) ? [{ till: id, name, ...stop }] : [];
  });
}

/** The stop in force; begins one where the till's latest requests look like pumping, in all or in one block of numbers. */
export function judgeBurst(relay: Relay, till: string): Stop | null {
  return inTransaction(relay, (relay) => {
    const inForce = stopOf(relay, till);
    if (inForce !== null || relay.provider.isDemo()) return inForce;
    const because = suspicion(relay, till);
    if (because === null) return null;
    const stop = begin(relay, till);
    relay.log({ event: 'pumping-stopped', till, because, until: stop.until });
    const stops = Object.entries(stopsOf(relay)).filter(([scope]) => scope !== SHOP);
    const stopped = stops.filter(([, one]) => isInForce(relay, one)).length;
    if (stopped < SEVERAL_TILLS) return stop;
    relay.log({ event: 'pumping-stopped-shop', tills: stopped, until: begin(relay, SHOP).until });
    return stop;
  });
}

/** Which sign of pumping the till's requests show since the last stop of it or the shop; null: none. */
function suspicion(relay: Part, till: string): 'unanswered' | 'same-block' | null {
  const stops = stopsOf(relay);
  const ended = [stops[till], stops[SHOP]].map((stop) => stop?.until ?? 0);
  const numbers = askedNumbers(relay.db, till, Math.max(relay.now() - WINDOW_MS, ...ended));
  const newest = numbers.slice(0, NEWEST);
  const answered = newest.filter((one) => one.answered).length;
  if (newest.length === NEWEST && answered < LEAST_ANSWERED) return 'unanswered';
  const blocks = new Map<string, number>();
  for (const { block, answered } of numbers)
    if (!answered) blocks.set(block, (blocks.get(block) ?? 0) + 1);
  return Math.max(0, ...blocks.values()) >= SAME_BLOCK ? 'same-block' : null;
}

/** Stops a till, or the shop. For a transaction. */
function begin(relay: Part, scope: string): Stop {
  const now = relay.now();
  const last = stopsOf(relay)[scope];
  const again = last !== undefined && now - last.until < WINDOW_MS;
  const doubled = again ? 2 * (last.until - last.since) : 0;
  const lengthMs = Math.min(LONGEST_STOP_MS, Math.max(FIRST_STOP_MS, doubled));
  return keepStop(relay, scope, { since: now, until: now + lengthMs });
}

/** Ends the stops of this till and of the shop; earlier requests no longer count. */
export function liftStop(relay: Part, till: string): void {
  lift(relay, [till, SHOP]);
}

/** Ends the stop of this till alone. */
export function liftStopOf(relay: Part, till: string): void {
  lift(relay, [till]);
}

function lift(relay: Part, scopes: readonly string[]): void {
  const at = relay.now();
  inTransaction(relay, (relay) => {
    for (const scope of scopes)
      if (isInForce(relay, stopsOf(relay)[scope])) keepStop(relay, scope, { since: at, until: at });
  });
}

const isInForce = ({ now }: Part, stop: Stop | undefined): stop is Stop =>
  stop !== undefined && now() < stop.until;

const stopsOf = ({ db }: Part): Readonly<Record<string, Stop>> => allStops(db);

function keepStop(relay: Part, scope: string, stop: Stop): Stop {
  setStop(relay.db, scope, stop);
  return stop;
}
