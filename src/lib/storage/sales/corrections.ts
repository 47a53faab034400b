// Saves corrections of debts and points, decided again from disk and signatures.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { DAY_MS } from '$lib/domain/values/durations';
import {
  decideCorrection,
  worthOfCorrection,
  type Correction,
  type CorrectionRefusal,
  type Standings,
} from '$lib/domain/acts/money/balance-corrected';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Customer } from '$lib/domain/customers/customer';
import { exact, money, type Money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { correctionHash } from '$lib/proof/deal';
import { accountsIn } from '$lib/storage/customers/accounts';
import { asCustomer } from '$lib/storage/customers/customers';
import { debtsIn } from '$lib/storage/customers/debts';
import { disputeOf } from '$lib/storage/customers/disputes';
import { inBoth, readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import {
  NO_CUSTOMER,
  saveAct,
  type NoCustomer,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { windowsEndIn } from '$lib/storage/database/meta';
import { Dexie } from 'dexie';
import { prove, type ProofRefusal, usedAmong } from './sale-proofs';
import { usageIn } from './usage';

export type CorrectionAttempt = Correction & {
  readonly customer: string;
  readonly confirmations: readonly GivenConfirmation[];
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

export type CorrectionOutcome =
  Saved<'balance-corrected'> | Refused<CorrectionRefusal | ProofRefusal | NoCustomer>;

/**
 * Saves a correction, decided by what this till knows of all tills. The same id returns the same entry. Throws StorageError:
 * nothing is saved.
 */
export function saveCorrection(db: TillDb, attempt: CorrectionAttempt): Promise<CorrectionOutcome> {
  const reading = {
    tables: tablesOfStandings(db),
    look: () => standingsIn(db, attempt.customer, attempt.at),
  };
  const by = { ...attempt, id: attempt.correction };
  return saveAct(db, 'balance-corrected', by, reading, async ({ till, ...who }, seen) => {
    const { customer, favours, ...known } = seen;
    if (customer === null) return NO_CUSTOMER;
    const proofs = await prove(attempt.confirmations, till.relayKey, customer);
    if (proofs.kind === 'refused') return proofs;
    const decided = decideCorrection({
      ...attempt,
      ...known,
      ...who,
      till: till.id,
      customer,
      movedByRight: worthOf(favours, who.policy),
      confirmations: proofs.confirmations,
      grantsUsed: await usedAmong(db, proofs.challenges),
      dealHash: await dealHashOf(attempt, customer),
    });
    return decided.kind === 'refused' ? decided : { ...decided, real: proofs.real };
  });
}

/** Hash of the text the customer is asked to confirm; null: they have no phone. */
const dealHashOf = (
  { correction, account, delta }: Correction,
  { id: customerId, cardSalt, phone }: Customer,
): Promise<string | null> =>
  phone === null
    ? Promise.resolve(null)
    : correctionHash({ correction, customerId, cardSalt, phone, account, delta });

/** The tables that `standingsIn` reads. */
const tablesOfStandings = (db: TillDb) => [
  ...[...customerTables(db), ...balanceTables(db)],
  ...[db.debts, db.remoteDebts, db.confirmations, db.remoteConfirmations],
  ...[db.disputes, db.remoteDisputes, db.meta, db.journal, db.remoteJournal],
];

/** What is known of a customer and of the shop's acts without a code. Awaits Dexie only. */
async function standingsIn(db: TillDb, id: string, at: number) {
  const [cards, { standing }, debts, dispute, usage, favours] = await Promise.all([
    customersIn(db, [id]),
    accountsIn(db, id),
    debtsIn(db, id),
    disputeOf(db, id),
    usageIn(db, at, id),
    favoursIn(db, at),
  ]);
  const [card] = cards;
  const customer: Customer | null = card === undefined ? null : asCustomer(card);
  const disputed = dispute !== null;
  const grantsUsed: ReadonlySet<string> = new Set();
  return { customer, standing, debts, disputed, usage, favours, grantsUsed };
}

/** For the screen: the facts that a correction of this customer would be decided by. Throws StorageError. */
export async function standingsOf(
  db: TillDb,
  { customer, policy, at }: { customer: string; policy: VerifiedPolicy; at: number },
): Promise<Standings & { readonly customer: Customer | null; readonly movedByRight: Money }> {
  const seen = await readTogether(db, tablesOfStandings(db), () => standingsIn(db, customer, at));
  return { ...seen, movedByRight: worthOf(seen.favours, policy) };
}

/**
 * A correction in a customer's favour. `stated`: minor units. `body` null: its entry came in a snapshot, so it is not stored
 * here.
 */
type Favour = { readonly stated: number; readonly body: BodyOf<'balance-corrected'> | null };

/** Corrections in customers' favour in the 24 hours before `at`, at all tills. Awaits Dexie only. */
async function favoursIn(db: TillDb, at: number): Promise<readonly Favour[]> {
  const end = await windowsEndIn(db, at);
  const rows = await inBoth(db, 'confirmations', (table) =>
    table
      .where('[shown+at]')
      .between(['by-right', end - DAY_MS], ['by-right', Dexie.maxKey], false)
      .toArray(),
  );
  const entries = await entriesOf(db, rows);
  return rows.flatMap(({ amount }, place): Favour[] => {
    const entry = entries[place];
    if (entry === undefined) return [{ stated: amount, body: null }];
    if (entry.act !== 'balance-corrected') return [];
    return [{ stated: amount, body: (entry as EntryOf<'balance-corrected'>).body }];
  });
}

/**
 * What corrections moved, minor units: computed from their steps, not from the stated amount, if the entry is here. A sum that
 * is too large is capped.
 */
const worthOf = (favours: readonly Favour[], policy: VerifiedPolicy): Money =>
  money(
    favours.reduce(
      (sum, { stated, body }) =>
        exact(sum + (body === null ? stated : worthOfCorrection(body, policy))),
      0,
    ),
  );
