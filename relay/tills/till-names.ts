// Names of tills: unique among those in use; a re-enrolled till keeps its former name.
import type { TillRenamed } from '$lib/contract/till';
import { freeTillName, tidyTillName, tillNameKey } from '$lib/domain/values/till-name';
import type { Relay } from '../context';
import { malformed } from '../http/json-body';
import { tellOwners } from '../messaging/outbox/owner-notices';
import { nameKeysInUse, setReplaced, setTillName, tillById, tillByNameKey } from '../store/tills';
import { inTransaction } from '../store/transaction';
import { isCallable } from './sign-names';

type Parts = Pick<Relay, 'db' | 'now'>;

/** How long a re-enrolled device may still use its former id. */
const MOVING_MS = 5 * 60_000;

/**
 * The name of a new till, free from here on: the requested one, with a number where another till has it. A device that
 * was `former` before takes over that till's place and its name as known here. Runs inside the transaction that adds it.
 */
export async function nameForNewcomer(
  { db, now }: Parts,
  newcomer: { readonly id: string; readonly name: string; readonly former: string | null },
): Promise<string> {
  const { id, name, former } = newcomer;
  const before = former === null ? null : await tillById(db, former);
  if (before === null) return freeName({ db }, name);
  const isInUse = before.revokedAt === null && before.replacedBy === null;
  if (isInUse) await setReplaced(db, before.id, id, now());
  return freeName({ db }, before.name);
}

/** Throws `malformed` for a name that is a number to call. Before the first policy the shop has no country yet. */
export function refuseCallable({ policy }: Pick<Relay, 'policy'>, name: string): void {
  const shop = policy()?.policy.shop;
  if (shop !== undefined && isCallable(name, shop)) throw malformed('name');
}

/** Renames a till and queues the message about it to the owners. Runs inside the caller's transaction. `by`: the operator. */
export async function renameTill(
  relay: Parts & Pick<Relay, 'cipher' | 'policy'>,
  id: string,
  { name, by }: { readonly name: string; readonly by: string | null },
): Promise<TillRenamed> {
  const { db, now } = relay;
  const till = await tillById(db, id);
  if (till === null || till.revokedAt !== null || till.replacedBy !== null)
    return { kind: 'not-found' };
  const holder = await tillByNameKey(db, tillNameKey(name));
  if (holder !== null && holder !== id) return { kind: 'name-taken' };
  const tidy = tidyTillName(name);
  await setTillName(db, id, tidy, now());
  if (tidy !== till.name)
    await tellOwners(relay, by, { kind: 'till-name', from: till.name, to: tidy });
  return { kind: 'till-renamed', name: tidy };
}

/** Repeated enrolment: transfers the former till's name again if it was restored meanwhile. */
export async function nameOnceMore(
  { db, now }: Parts,
  newcomer: { readonly id: string; readonly former: string | null },
): Promise<void> {
  const { id, former } = newcomer;
  const [till, before] = [
    await tillById(db, id),
    former === null ? null : await tillById(db, former),
  ];
  if (till === null || till.seenAt !== null || before === null) return;
  if (before.revokedAt !== null || before.replacedBy !== null) return;
  await setReplaced(db, before.id, id, now());
  await setTillName(db, id, before.name, now());
}

/** If a replaced till is still in use after 5 minutes, restores its name and renames the replacement. */
export async function takeNameBack(parts: Parts, id: string): Promise<void> {
  await inTransaction(parts, async ({ db, now }) => {
    const till = await tillById(db, id);
    if (till === null || till.replacedBy === null || till.replacedAt === null) return;
    if (till.replacedAt + MOVING_MS > now()) return;
    const copy = await tillById(db, till.replacedBy);
    await setReplaced(db, id, null, now());
    const isHeldByCopy =
      copy !== null && (await tillByNameKey(db, tillNameKey(till.name))) === copy.id;
    if (isHeldByCopy) {
      const other = await freeName({ db }, till.name);
      await setTillName(db, copy.id, other, now());
    }
    await setTillName(db, id, await freeName({ db }, till.name), now());
  });
}

async function freeName({ db }: Pick<Relay, 'db'>, name: string): Promise<string> {
  const taken = new Set(await nameKeysInUse(db));
  return freeTillName(name, (key) => taken.has(key));
}
