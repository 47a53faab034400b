// Opens, closes and reads customers' disputes, of all tills.
// An open dispute freezes the customer's credit.
import type { DisputeRow } from '$lib/contract/rows';
import type { Entry, SettledOutcome } from '$lib/contract/journal';
import { decideDispute, decideSettled } from '$lib/domain/acts/customers/dispute';
import { inBoth, type TillDb } from '$lib/storage/database/db';
import { entriesOf, remoteEntriesIn } from '$lib/storage/journal/reader';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { RECORDED, type ReviewOutcome } from './unconfirmed';
import { saveNow, UNCHANGED, type Actor } from '$lib/storage/policy/save-act';

/** A dispute row with a customer; rows without one are discrepancies. */
export type Dispute = DisputeRow & { readonly customer: string };

const isOfCustomer = (row: DisputeRow): row is Dispute => row.customer !== null;

const isOpen = ({ closed }: DisputeRow): boolean => closed === null;

/** Joins this device's and the other tills' row of one dispute: one may have opened it, the other closed it. */
function joined(own: DisputeRow | undefined, remote: DisputeRow | undefined): Dispute | null {
  const rows = [own, remote].flatMap((row) =>
    row !== undefined && isOfCustomer(row) ? [row] : [],
  );
  const [first, second] = rows;
  if (first === undefined || second === undefined) return first ?? null;
  return {
    ...first,
    about: first.about ?? second.about,
    opened: first.opened ?? second.opened,
    closed: first.closed ?? second.closed,
  };
}

/** Completes these disputes: the other table may have a second row of each. Awaits Dexie only. */
async function wholeIn(db: TillDb, found: readonly DisputeRow[]): Promise<Dispute[]> {
  const entries = [...new Set(found.map(({ entry }) => entry))];
  return (await disputesAt(db, entries)).sort(oldestFirst);
}

/** Disputes of all tills that have a row with this value. Awaits Dexie only. */
async function foundIn(
  db: TillDb,
  by: 'customer' | 'about',
  values: readonly string[],
): Promise<Dispute[]> {
  const found = await inBoth(db, 'disputes', (table) =>
    table
      .where(by)
      .anyOf([...values])
      .toArray(),
  );
  return wholeIn(db, found);
}

/** The oldest open dispute of a customer's account; null if there is none. Awaits Dexie only. */
export async function disputeOf(db: TillDb, customer: string): Promise<Dispute | null> {
  return (await foundIn(db, 'customer', await accountCardsIn(db, customer))).find(isOpen) ?? null;
}

/** The disputes that were opened by these entries; `entries`: their hashes. Awaits Dexie only. */
export async function disputesAt(db: TillDb, entries: readonly string[]): Promise<Dispute[]> {
  const [own, remote] = await Promise.all([
    db.disputes.bulkGet([...entries]),
    db.remoteDisputes.bulkGet([...entries]),
  ]);
  return entries.flatMap((_, place) => joined(own[place], remote[place]) ?? []);
}

/** Every open dispute of all tills, oldest first. */
export async function openDisputes(db: TillDb): Promise<Dispute[]> {
  return (await allDisputes(db, isOpen)).filter(isOpen);
}

/** The disputes closed last, newest first. */
export async function closedDisputes(db: TillDb, limit: number): Promise<Dispute[]> {
  const closed = await allDisputes(db, (row) => !isOpen(row));
  return closed.sort((a, b) => (b.closed?.at ?? 0) - (a.closed?.at ?? 0)).slice(0, limit);
}

async function allDisputes(db: TillDb, matches: (row: DisputeRow) => boolean): Promise<Dispute[]> {
  return wholeIn(db, await inBoth(db, 'disputes', (table) => table.filter(matches).toArray()));
}

/** The newest dispute about each of these entries, by the entry's hash; undisputed entries are left out. */
export async function disputesAbout(
  db: TillDb,
  entries: readonly string[],
): Promise<ReadonlyMap<string, Dispute>> {
  const newest = (await foundIn(db, 'about', entries)).flatMap((row): [string, Dispute][] =>
    // an open dispute takes precedence over closed ones about the same entry
    row.about === null ? [] : [[row.about, row]],
  );
  return new Map([...newest, ...newest.filter(([, row]) => isOpen(row))]);
}

function oldestFirst(a: DisputeRow, b: DisputeRow): number {
  return (
    (a.opened?.at ?? 0) - (b.opened?.at ?? 0) ||
    (a.closed?.at ?? Infinity) - (b.closed?.at ?? Infinity)
  );
}

/** The entry that these disputes are about; null: they name no entry. */
export async function disputedByClosing(
  db: TillDb,
  disputes: readonly string[],
): Promise<string | null> {
  const rows = await disputesAt(db, disputes);
  return rows.find(({ about }) => about !== null)?.about ?? null;
}

/** The entry with this hash, if it changed accounts; null if it is not here. */
export async function movingEntry(db: TillDb, hash: string): Promise<Entry | null> {
  const step = await db.accountEntries
    .where('[hash+index]')
    .between([hash, 0], [hash, Infinity])
    .first();
  if (step !== undefined) return (await entriesOf(db, [step]))[0] ?? null;
  return (await remoteEntriesIn(db, [hash])).get(hash) ?? null;
}

/** Records that a customer disputes an entry. Writes nothing if such a dispute is open already. */
export async function openDispute(
  db: TillDb,
  attempt: Actor & {
    customer: string;
    /** Hash of the disputed entry; null: no particular entry. */
    about: string | null;
    note: string | null;
  },
): Promise<ReviewOutcome> {
  const outcome = await saveNow(db, 'dispute', attempt, async (who) => {
    const decided = decideDispute({ ...attempt, ...who });
    if (decided.kind === 'refused') return decided;
    const open = (await openDisputes(db)).filter((row) => row.customer === attempt.customer);
    return open.some((row) => row.about === attempt.about) ? UNCHANGED : decided;
  });
  return outcome.kind === 'refused' ? outcome : RECORDED;
}

/**
 * Closes a dispute, which also counts as the review of its entry. Writes nothing if it is closed already. The relay and the
 * other tills apply the same act.
 */
export async function closeDispute(
  db: TillDb,
  attempt: Actor & {
    /** Hash of the disputed entry, which may be another till's. */
    entry: string;
    customer: string;
    outcome: SettledOutcome;
    note: string;
  },
): Promise<ReviewOutcome> {
  const { entry: dispute, outcome, note } = attempt;
  const closed = await saveNow(db, 'settled', attempt, async (who) => {
    const [held] = await disputesAt(db, [dispute]);
    if (held !== undefined && held.closed !== null) return UNCHANGED;
    const about = held?.about ?? null;
    // the dispute may belong to a card that was merged into this customer's card
    const customer = held?.customer ?? attempt.customer;
    const disputed = about === null ? null : await movingEntry(db, about);
    return decideSettled({
      ...who,
      customer,
      about: [dispute],
      outcome,
      note,
      customers: held === undefined ? [] : [held.customer],
      elsewhere: held === undefined ? [dispute] : [],
      disputed: disputed === null ? [] : [disputed],
    });
  });
  return closed.kind === 'refused' ? closed : RECORDED;
}
