// Reads what customers owe, debt by debt, and saves repayments and payouts.
import type { DebtRow } from '$lib/contract/rows';
import type { Act, BodyOf } from '$lib/contract/journal';
import {
  decidePayout,
  type PayoutInput,
  type PayoutRefusal,
} from '$lib/domain/acts/money/overpayment-returned';
import {
  decideRepayment,
  type RepaymentInput,
  type RepaymentRefusal,
} from '$lib/domain/acts/money/repayment';
import type { CardNumbers } from '$lib/domain/customers/customer';
import { openDebts, overdueOf, type Debts } from '$lib/domain/customers/debts';
import { ZERO, type Money } from '$lib/domain/values/money';
import type { Decided, DecidingAt } from '$lib/domain/policy/rights';
import { inBoth, readTogether, type TillDb } from '$lib/storage/database/db';
import { isOpen, type FloatNotCounted } from '$lib/domain/shift/shift';
import { inOpenShift, shiftIn } from '$lib/storage/shifts/shifts';
import {
  NO_CUSTOMER,
  NO_SHIFT,
  saveAct,
  type Actor,
  type NoCustomer,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';
import { Dexie } from 'dexie';

/** The debts of a customer over all tills and all cards of their account. Awaits Dexie only. */
export async function debtsIn(db: TillDb, customer: string): Promise<Debts> {
  const cards = await accountCardsIn(db, customer);
  const rows = await Promise.all(
    cards.map((card) =>
      inBoth(db, 'debts', (table) =>
        table
          .where('[customer+debt]')
          .between([card, Dexie.minKey], [card, Dexie.maxKey])
          .toArray(),
      ),
    ),
  );
  return openDebts(rows.flat());
}

/** The rows of these debts over all tills, paid ones included. Awaits Dexie only. */
export async function debtRowsIn(
  db: TillDb,
  customer: string,
  debts: readonly string[],
): Promise<DebtRow[]> {
  // a debt may have been paid with another card of the account
  const cards = await accountCardsIn(db, customer);
  const keys = cards.flatMap((card) => debts.map((debt): [string, string] => [card, debt]));
  const rows = await inBoth(db, 'debts', (table) => table.bulkGet(keys));
  return rows.filter((row) => row !== undefined);
}

/** Like `debtsIn`, in a transaction of its own. Throws StorageError. */
export const debtsOf = (db: TillDb, customer: string): Promise<Debts> =>
  readTogether(db, [db.debts, db.remoteDebts, db.remoteCards], () => debtsIn(db, customer));

/**
 * What each customer should have paid before `now`, ms. Customers with nothing overdue are left out. `dueDays`: from the
 * policy.
 */
export const overdueByCustomer = (
  db: TillDb,
  customers: readonly string[],
  now: number,
  dueDays: number | null,
): Promise<ReadonlyMap<string, Money>> =>
  readTogether(db, [db.debts, db.remoteDebts, db.remoteCards], async () => {
    const debts = await Promise.all(customers.map((customer) => debtsIn(db, customer)));
    const sums = debts.map((each) => overdueOf(each, now, dueDays));
    return new Map(
      customers.flatMap((customer, place) => {
        const sum = sums[place] ?? ZERO;
        return sum > ZERO ? [[customer, sum]] : [];
      }),
    );
  });

export type RepaymentAttempt = Pick<RepaymentInput, 'repayment' | 'customer' | 'tenders'> & Actor;
export type PayoutAttempt = Pick<
  PayoutInput,
  'payout' | 'customer' | 'amount' | 'tender' | 'allowedBy'
> &
  Actor;

type Outcome<A extends Act, Refusal> = Saved<A> | Refused<Refusal | NoCustomer>;
export type RepaymentOutcome = Outcome<'repayment', RepaymentRefusal | FloatNotCounted>;
export type PayoutOutcome = Outcome<
  'overpayment-returned',
  PayoutRefusal | NotDownloaded | FloatNotCounted
>;

/** This till has not downloaded the acts of other tills, or not all of them. */
type NotDownloaded = { readonly kind: 'not-downloaded' };

/**
 * Saves a repayment against what the customer owes now, over all tills as far as this till knows. Idempotent by id: a repeated
 * call returns the same entry. Opens a shift first if none is open. Throws StorageError: nothing is saved.
 */
export const saveRepayment = (db: TillDb, attempt: RepaymentAttempt): Promise<RepaymentOutcome> =>
  saveByDebts(db, 'repayment', { ...attempt, id: attempt.repayment }, (known) =>
    decideRepayment({ ...attempt, ...known }),
  );

/**
 * Pays out what the shop owes a customer now. Idempotent and opens a shift, like `saveRepayment`. Refused until this till has
 * downloaded what the other tills did, because another till may have paid it out already.
 */
export const savePayout = (db: TillDb, attempt: PayoutAttempt): Promise<PayoutOutcome> =>
  saveByDebts(
    db,
    'overpayment-returned',
    { ...attempt, id: attempt.payout },
    (known): Decided<BodyOf<'overpayment-returned'>, PayoutRefusal | NotDownloaded> =>
      known.hasDownloaded
        ? decidePayout({ ...attempt, ...known })
        : { kind: 'refused', because: { kind: 'not-downloaded' } },
  );

type Decide<A extends Act, Refusal> = (
  known: DecidingAt & {
    readonly card: CardNumbers;
    readonly debts: Debts;
    readonly hasDownloaded: boolean;
  },
) => Decided<BodyOf<A>, Refusal>;
type Because = { readonly kind: string };
type Attempt = Actor & { readonly id: string; readonly customer: string };

function saveByDebts<A extends 'repayment' | 'overpayment-returned', Refusal extends Because>(
  db: TillDb,
  act: A,
  attempt: Attempt,
  decide: Decide<A, Refusal>,
): Promise<Outcome<A, Refusal | FloatNotCounted>> {
  const { customer } = attempt;
  const tables = [db.debts, db.remoteDebts, ...customerTables(db), db.shifts];
  const look = async () => {
    const [[card], debts, { shift }, cursor] = await Promise.all([
      customersIn(db, [customer]),
      debtsIn(db, customer),
      shiftIn(db),
      remoteCursorIn(db),
    ]);
    return { card, debts, shift, hasDownloaded: cursor !== null };
  };
  return inOpenShift(db, attempt, () =>
    saveAct(db, act, attempt, { tables, look }, (by, { card, shift, ...known }) => {
      if (card === undefined) return NO_CUSTOMER;
      const decided = decide({ ...by, ...known, card });
      return decided.kind === 'refused' || isOpen(shift) ? decided : NO_SHIFT;
    }),
  );
}
