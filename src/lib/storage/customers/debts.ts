// Reads what customers owe, debt by debt, and saves repayments.
import type { EntryOf } from '$lib/contract/journal';
import {
  decideRepayment,
  type RepaymentRefusal,
  type RepaymentTender,
} from '$lib/domain/acts/repayment';
import { openDebts, type Debts } from '$lib/domain/debts';
import { snapshot, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import { isOpen } from '$lib/domain/shift';
import { inOpenShift, NO_SHIFT, shiftIn } from '$lib/storage/shifts/shifts';
import { asWriterSeeing, giveUpPending } from '$lib/storage/journal/writer';
import { judgePolicy, policyFactsIn, type PolicyRefused } from '$lib/storage/policy/policies';
import { customersIn } from '$lib/storage/remote/remote-cards';
import { Dexie } from 'dexie';

/** The debts of a customer over all tills. Awaits Dexie only. */
export async function debtsIn(db: TillDb, customer: string): Promise<Debts> {
  const rows = await Promise.all(
    [db.debts, db.remoteDebts].map((table) =>
      table
        .where('[customer+debt]')
        .between([customer, Dexie.minKey], [customer, Dexie.maxKey])
        .toArray(),
    ),
  );
  return openDebts(rows.flat());
}

/** The same, as one snapshot. Throws StorageError. */
export const debtsOf = (db: TillDb, customer: string): Promise<Debts> =>
  snapshot(db, [db.debts, db.remoteDebts], () => debtsIn(db, customer));

export type RepaymentAttempt = {
  /** Made before the first attempt. */
  readonly repayment: string;
  readonly customer: string;
  readonly tenders: readonly RepaymentTender[];
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

export type RepaymentOutcome =
  | { readonly kind: 'saved'; readonly entry: EntryOf<'repayment'> }
  | {
      readonly kind: 'refused';
      readonly because: RepaymentRefusal | PolicyRefused | { readonly kind: 'no-customer' };
    };

/**
 * Saves a repayment by what is owed now, over all tills, as far as it is known here. The same id again returns the same entry.
 * Opens a shift before it where none is open. Throws StorageError: then nothing is saved.
 */
export async function saveRepayment(
  db: TillDb,
  attempt: RepaymentAttempt,
): Promise<RepaymentOutcome> {
  const outcome = await inOpenShift(db, attempt, () => saveInShift(db, attempt));
  // an earlier try may be in the journal file: the next start must not book one that was reported as refused
  if (outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}

/** The same; where no shift is open it writes nothing. */
async function saveInShift(
  db: TillDb,
  attempt: RepaymentAttempt,
): Promise<RepaymentOutcome | typeof NO_SHIFT> {
  const { repayment, customer, tenders, operator, at } = attempt;
  const look = {
    tables: [
      ...[db.policy, db.actIds, db.debts, db.remoteDebts],
      ...[db.customers, db.remoteCustomers, db.forgotten, db.shifts],
    ],
    look: async () => {
      const [saved, facts, cards, debts, { shift }] = await Promise.all([
        db.actIds.get(repayment),
        policyFactsIn(db),
        customersIn(db, [customer]),
        debtsIn(db, customer),
        shiftIn(db),
      ]);
      const entries = saved === undefined ? [] : await entriesOf(db, [saved]);
      return { already: entries[0] ?? null, facts, card: cards[0], debts, shift };
    },
  };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  type Outcome = RepaymentOutcome | typeof NO_SHIFT;
  return await asWriterSeeing<Seen, Outcome>(db, look, async (writer, seen) => {
    const { already, facts, card, debts, shift } = seen;
    if (already !== null) return { kind: 'saved', entry: already as EntryOf<'repayment'> };
    const current = await judgePolicy(facts);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    if (card === undefined) return { kind: 'refused', because: { kind: 'no-customer' } };
    const { policy } = current;
    const decided = decideRepayment({ policy, operator, repayment, customer, debts, tenders });
    if (decided.kind === 'refused') return decided;
    if (!isOpen(shift)) return NO_SHIFT;
    const { body } = decided;
    const made = { operator, at, policy: policy.version };
    return { kind: 'saved', entry: await writer.write({ act: 'repayment', body, ...made }) };
  });
}
