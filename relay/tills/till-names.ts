// Names of tills: unique among those in use; a re-enrolled till keeps its former name.
import type { TillRenamed } from '$lib/contract/till';
import { freeTillName, tidyTillName, tillNameKey } from '$lib/domain/till-name';
import type { Relay } from '../context';
import { nameKeysInUse, setReplaced, setTillName, tillById, tillByNameKey } from '../store/tills';
import { inTransaction } from '../store/transaction';

type Parts = Pick<Relay, 'db' | 'now'>;

/** How long a re-enrolled device may still use its former id. */
const MOVING_MS = 5 * 60_000;

/**
 * The name of a new till, free from here on: the requested one, with a number where another till has it. A device that
 * was `former` before takes over that till's place and its name as known here. For the transaction that adds it.
 */
export function nameForNewcomer(
  { db, now }: Parts,
  newcomer: { readonly id: string; readonly name: string; readonly former: string | null },
): string {
  const { id, name, former } = newcomer;
  const before = former === null ? null : tillById(db, former);
  if (before === null) return freeName({ db }, name);
  const isInUse = before.revokedAt === null && before.replacedBy === null;
  if (isInUse) setReplaced(db, before.id, { till: id, at: now() });
  return freeName({ db }, before.name);
}

/** Renames a till. For a transaction of its own. */
export function renameTill({ db }: Pick<Relay, 'db'>, id: string, name: string): TillRenamed {
  const till = tillById(db, id);
  if (till === null || till.revokedAt !== null || till.replacedBy !== null)
    return { kind: 'not-found' };
  const holder = tillByNameKey(db, tillNameKey(name));
  if (holder !== null && holder !== id) return { kind: 'name-taken' };
  const tidy = tidyTillName(name);
  setTillName(db, id, tidy);
  return { kind: 'till-renamed', name: tidy };
}

/** Repeated enrolment: transfers the former till's name again if it was restored meanwhile. */
export function nameOnceMore(
  { db, now }: Parts,
  newcomer: { readonly id: string; readonly former: string | null },
): void {
  const { id, former } = newcomer;
  const [till, before] = [tillById(db, id), former === null ? null : tillById(db, former)];
  if (till === null || till.seenAt !== null || before === null) return;
  if (before.revokedAt !== null || before.replacedBy !== null) return;
  setReplaced(db, before.id, { till: id, at: now() });
  setTillName(db, id, before.name);
}

/** If a replaced till is still in use after 5 minutes, restores its name and renames the replacement. */
export function takeNameBack(parts: Parts, id: string): void {
  inTransaction(parts, ({ db, now }) => {
    const till = tillById(db, id);
    if (till === null || till.replacedBy === null || till.replacedAt === null) return;
    if (till.replacedAt + MOVING_MS > now()) return;
    const copy = tillById(db, till.replacedBy);
    setReplaced(db, id, null);
    const isHeldByCopy = copy !== null && tillByNameKey(db, tillNameKey(till.name)) === copy.id;
    if (isHeldByCopy) {
      const other = freeName({ db }, till.name);
      setTillName(db, copy.id, other);
    }
    setTillName(db, id, freeName({ db }, till.name));
  });
}

function freeName({ db }: Pick<Relay, 'db'>, name: string): string {
  const taken = new Set(nameKeysInUse(db));
  return freeTillName(name, (key) => taken.has(key));
}
