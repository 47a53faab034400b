// Opens, closes and reads customers' disputes; an open one freezes the customer's credit.
import type { DisputeRow } from '$lib/domain/rows';
import type { Entry, SettledOutcome } from '$lib/contract/journal';
import { decideDispute, decideSettled } from '$lib/domain/acts/dispute';
import type { TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import { currentPolicy } from '$lib/storage/policy/policies';
import type { ReviewOutcome } from './unconfirmed';
import { asWriter } from '$lib/storage/journal/writer';

const isOpen = ({ closed }: DisputeRow): boolean => closed === null;

/** The oldest open dispute of a customer; undefined: none. Awaits Dexie only. */
export function disputeIn(db: TillDb, customer: string): PromiseLike<DisputeRow | undefined> {
  return db.disputes
    .where('customer')
    .equals(customer)
    .filter(isOpen)
    .toArray()
    .then((rows) => rows.sort(oldestFirst)[0]);
}

export async function disputeOf(db: TillDb, customer: string): Promise<DisputeRow | null> {
  return (await disputeIn(db, customer)) ?? null;
}

/** Every open dispute, the oldest first. */
export async function openDisputes(db: TillDb): Promise<DisputeRow[]> {
  return (await db.disputes.filter(isOpen).toArray()).sort(oldestFirst);
}

/** The disputes closed last, newest first. */
export async function closedDisputes(db: TillDb, limit: number): Promise<DisputeRow[]> {
  const closed = await db.disputes.filter((row) => !isOpen(row)).toArray();
  return closed.sort((a, b) => (b.closed?.at ?? 0) - (a.closed?.at ?? 0)).slice(0, limit);
}

/** The newest dispute about each of these entries, by the entry's hash; undisputed entries are left out. */
export async function disputesAbout(
  db: TillDb,
  entries: readonly string[],
): Promise<ReadonlyMap<string, DisputeRow>> {
  const rows = await db.disputes
    .where('about')
    .anyOf([...entries])
    .toArray();
  const newest = rows.sort(oldestFirst).flatMap((row): [string, DisputeRow][] =>
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

/** The entry that disputes closed together were about; null: none in particular, or another till's. */
export async function disputedByClosing(
  db: TillDb,
  disputes: readonly string[],
): Promise<string | null> {
  const rows = await db.disputes.bulkGet([...disputes]);
  return rows.find((row) => row !== undefined && row.about !== null)?.about ?? null;
}

/** The entry with this hash that changed accounts; null if it is not here. */
export async function movingEntry(db: TillDb, hash: string): Promise<Entry | null> {
  const step = await db.accountEntries
    .where('[hash+index]')
    .between([hash, 0], [hash, Infinity])
    .first();
  return step === undefined ? null : ((await entriesOf(db, [step]))[0] ?? null);
}

/** Records that a customer disputes an entry. Writes nothing if such a dispute is open already. */
export function openDispute(
  db: TillDb,
  attempt: {
    customer: string;
    /** Hash of the entry they mean; null: none in particular. */
    about: string | null;
    note: string | null;
    operator: string;
    at: number;
  },
): Promise<ReviewOutcome> {
  const { customer, about, note, operator, at } = attempt;
  return asWriter(db, async (writer) => {
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const decided = decideDispute({ policy, operator, customer, about, note });
    if (decided.kind === 'refused') return decided;
    const open = (await openDisputes(db)).filter((row) => row.customer === customer);
    if (open.some((row) => row.about === about)) return { kind: 'recorded' };
    const made = { body: decided.body, operator, at, policy: policy.version };
    await writer.write({ act: 'dispute', ...made });
    return { kind: 'recorded' };
  });
}

/**
 * Closes a dispute, which also counts as the review of its entry. Writes nothing if it is closed already. The relay and the
 * other tills follow, except the till that opened it: there it stays open until it is closed there, too.
 */
export function closeDispute(
  db: TillDb,
  attempt: {
    /** Hash of the disputed entry, which may be another till's. */
    entry: string;
    customer: string;
    outcome: SettledOutcome;
    note: string;
    operator: string;
    at: number;
  },
): Promise<ReviewOutcome> {
  const { entry: dispute, customer, outcome, note, operator, at } = attempt;
  return asWriter(db, async (writer) => {
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const held = await db.disputes.get(dispute);
    if (held !== undefined && held.closed !== null) return { kind: 'recorded' };
    const about = held?.about ?? null;
    const disputed = about === null ? null : await movingEntry(db, about);
    const decided = decideSettled({
      ...{ policy, operator, customer, about: [dispute], outcome, note },
      customers: held === undefined ? [] : [held.customer],
      elsewhere: held === undefined ? [dispute] : [],
      disputed: disputed === null ? [] : [disputed],
    });
    if (decided.kind === 'refused') return decided;
    const made = { body: decided.body, operator, at, policy: policy.version };
    await writer.write({ act: 'settled', ...made });
    return { kind: 'recorded' };
  });
}
