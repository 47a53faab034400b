// Stops tills whose codes are not answered (SMS pumping); with several tills, the whole shop.
// The list of stopped tills includes those whose confirmed sales never arrived, and those of too many wrong codes.
import type { StoppedTill } from '$lib/contract/health';
import type { Relay } from '../../context';
import { askedNumbers } from '../../store/challenges';
import { allStops, setStop, type Stop } from '../../store/stops';
import { allTills } from '../../store/tills';
import { forgiveTill } from '../../store/guesses';
import { releaseTill, stoppedSince } from '../../store/withheld';
import { inTransaction } from '../../store/transaction';
import { stoppedByGuesses } from './guess-limits';

const HOUR = 3_600_000;
/** How far back requests are considered, but not beyond the end of the last stop, ms. */
const WINDOW_MS = 24 * HOUR;
/** Of this many newest numbers of a till … */
const NEWEST = 20;
/** … at least this many must have answered, or belong to customers who have answered before. */
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
export async function stopOf(relay: Part, till: string): Promise<Stop | null> {
  const stops = await stopsOf(relay);
  const inForce = [stops[till], stops[SHOP]].filter((stop) => isInForce(relay, stop));
  return inForce.toSorted((a, b) => b.until - a.until)[0] ?? null;
}

/** The tills with a stop of their own in force, without revoked ones; one may have several. */
export async function stoppedTills(relay: Part): Promise<StoppedTill[]> {
  const stops = await stopsOf(relay);
  const withholding = await stoppedSince(relay.db);
  const guessing = await stoppedByGuesses(relay);
  if (Object.keys(stops).length === 0 && withholding.size === 0 && guessing.size === 0) return [];
  return (await allTills(relay.db)).flatMap(({ id: till, name, revokedAt }): StoppedTill[] => {
    if (revokedAt !== null) return [];
    const stop = stops[till];
    const since = withholding.get(till);
    const wrong = guessing.get(till);
    return [
      ...(isInForce(relay, stop) ? [{ till, name, because: 'pumping', ...stop } as const] : []),
      ...(since === undefined
        ? []
        : [{ till, name, because: 'grant-unclaimed', since, until: null } as const]),
      ...(wrong === undefined ? [] : [{ till, name, because: 'wrong-codes', ...wrong } as const]),
    ];
  });
}

/** The stop in force. Begins one if the till's latest requests, overall or in one block of numbers, look like pumping. */
export const judgeBurst = (relay: Relay, till: string): Promise<Stop | null> =>
  inTransaction(relay, async (relay) => {
    const inForce = await stopOf(relay, till);
    if (inForce !== null || relay.provider.isDemo()) return inForce;
    const because = await suspicion(relay, till);
    if (because === null) return null;
    const stop = await begin(relay, till);
    relay.log({ event: 'pumping-stopped', till, because, until: stop.until });
    const stops = Object.entries(await stopsOf(relay)).filter(([scope]) => scope !== SHOP);
    const stopped = stops.filter(([, one]) => isInForce(relay, one)).length;
    if (stopped < SEVERAL_TILLS) return stop;
    relay.log({
      event: 'pumping-stopped-shop',
      tills: stopped,
      until: (await begin(relay, SHOP)).until,
    });
    return stop;
  });

/** Which sign of pumping the till's requests show since the last stop of it or the shop; null: none. */
async function suspicion(relay: Part, till: string): Promise<'unanswered' | 'same-block' | null> {
  const stops = await stopsOf(relay);
  const ended = [stops[till], stops[SHOP]].map((stop) => stop?.until ?? 0);
  const numbers = await askedNumbers(relay.db, till, Math.max(relay.now() - WINDOW_MS, ...ended));
  const newest = numbers.slice(0, NEWEST);
  const answered = newest.filter((one) => one.answered).length;
  if (newest.length === NEWEST && answered < LEAST_ANSWERED) return 'unanswered';
  const blocks = new Map<string, number>();
  for (const { block, answered } of numbers)
    if (!answered) blocks.set(block, (blocks.get(block) ?? 0) + 1);
  return Math.max(0, ...blocks.values()) >= SAME_BLOCK ? 'same-block' : null;
}

/** Stops a till, or the shop. Runs inside the caller's transaction. */
async function begin(relay: Part, scope: string): Promise<Stop> {
  const now = relay.now();
  const last = (await stopsOf(relay))[scope];
  const again = last !== undefined && now - last.until < WINDOW_MS;
  const doubled = again ? 2 * (last.until - last.since) : 0;
  const lengthMs = Math.min(LONGEST_STOP_MS, Math.max(FIRST_STOP_MS, doubled));
  return keepStop(relay, scope, { since: now, until: now + lengthMs });
}

/** Ends the stops of this till and of the shop; earlier requests no longer count. */
export async function liftStop(relay: Part, till: string): Promise<void> {
  await lift(relay, [till, SHOP]);
}

/** Ends the stop of this till alone. */
export async function liftStopOf(relay: Part, till: string): Promise<void> {
  await lift(relay, [till]);
}

async function lift(relay: Part, scopes: readonly string[]): Promise<void> {
  const at = relay.now();
  await inTransaction(relay, async (relay) => {
    for (const scope of scopes) await releaseTill(relay.db, scope);
    for (const scope of scopes) await forgiveTill(relay.db, scope);
    for (const scope of scopes)
      if (isInForce(relay, (await stopsOf(relay))[scope]))
        await keepStop(relay, scope, { since: at, until: at });
  });
}

const isInForce = ({ now }: Part, stop: Stop | undefined): stop is Stop =>
  stop !== undefined && now() < stop.until;

const stopsOf = ({ db }: Part): Promise<Readonly<Record<string, Stop>>> => allStops(db);

async function keepStop(relay: Part, scope: string, stop: Stop): Promise<Stop> {
  await setStop(relay.db, scope, stop);
  return stop;
}
