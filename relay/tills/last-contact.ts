// Records the last authenticated contact of a till, and what it disproves about names.
import type { Relay } from '../context';
import { addFlags } from '../store/flags';
import { refuteFormerName } from '../store/former-names';
import { lastPresence, minuteOf, notePresence } from '../store/presence';
import { addSummaryItem } from '../store/summaries';
import { inTransaction } from '../store/transaction';
import { takeNameBack } from './till-names';

type Parts = Pick<Relay, 'db' | 'now' | 'log'>;

const MINUTE_MS = 60_000;
/** After this many minutes without contact the owners' summary names the till, because nobody could see its journal meanwhile. */
const AWAY_MINUTES = 2 * 24 * 60;

/**
 * Records an authenticated request of a till. Where another till claims this one as its former name, that claim is refuted
 * and the entry that made it flagged: a device has one name at a time.
 */
export async function recordContact(parts: Parts, till: string): Promise<void> {
  const refuted = await inTransaction(parts, async ({ db, now }) => {
    const last = await lastPresence(db, till);
    if (last !== null && minuteOf(now()) - last >= AWAY_MINUTES) {
      const since = last * MINUTE_MS;
      await addSummaryItem(db, { kind: 'till-back', till, since }, now());
    }
    await notePresence(db, till, minuteOf(now()));
    await takeNameBack({ db, now }, till);
    const refuted = await refuteFormerName(db, till, now());
    if (refuted === null) return null;
    const entry = { till: refuted.till, seq: 1, hash: refuted.entry };
    await addFlags(db, entry, [{ kind: 'former-elsewhere', detail: till }], now());
    return refuted;
  });
  if (refuted !== null)
    parts.log({ event: 'journal-flagged', till: refuted.till, seq: 1, kinds: 'former-elsewhere' });
}
