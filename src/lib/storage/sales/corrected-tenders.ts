// Reads how a sale is paid now and whether that may be corrected, and saves the correction.
import type { EntryOf } from '$lib/contract/journal';
import { moneyInForce } from '$lib/domain/acts/money/return';
import {
  decideTenderCorrected,
  type TenderCorrectedInput,
  type TenderCorrectedRefusal,
} from '$lib/domain/acts/money/tender-corrected';
import type { MoneyParts } from '$lib/domain/values/settlement';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { tillIn } from '$lib/storage/database/meta';
import { saveAct, type Refused, type Saved } from '$lib/storage/policy/save-act';
import { shiftIn } from '$lib/storage/shifts/shifts';
import { returnsIn, sinceSaleIn } from './returns-of-sale';

export type TenderCorrection = Pick<
  TenderCorrectedInput,
  'correction' | 'tenders' | 'allowedBy' | 'operator' | 'at'
> & { readonly sale: EntryOf<'sale'> };

export type TenderCorrectedOutcome = Saved<'tender-corrected'> | Refused<TenderCorrectedRefusal>;

export type TenderFacts = Pick<TenderCorrectedInput, 'till' | 'shift' | 'since'>;

const tablesOfFacts = (db: TillDb) => [
  db.meta,
  db.shifts,
  db.returns,
  db.remoteReturns,
  db.debts,
  db.remoteDebts,
  db.remoteCards,
];

async function factsIn(db: TillDb, { hash, body }: EntryOf<'sale'>): Promise<TenderFacts> {
  const [till, { shift }, since] = await Promise.all([
    tillIn(db),
    shiftIn(db),
    sinceSaleIn(db, hash, body.customer),
  ]);
  return { till: till?.id ?? '', shift, since };
}

/** For the screen: what a correction of this sale would now be decided by. Throws StorageError. */
export const tenderFacts = (db: TillDb, sale: EntryOf<'sale'>): Promise<TenderFacts> =>
  readTogether(db, tablesOfFacts(db), () => factsIn(db, sale));

/** The money that pays a sale, with all its corrections that are known here. Throws StorageError. */
export const paidNow = (
  db: TillDb,
  { hash, body }: Pick<EntryOf<'sale'>, 'hash' | 'body'>,
): Promise<MoneyParts> =>
  readTogether(db, [db.returns, db.remoteReturns], async () =>
    moneyInForce(body, await returnsIn(db, hash)),
  );

/** Saves how a sale was really paid. The same id returns the same entry. Throws StorageError: nothing is saved. */
export const correctTender = (
  db: TillDb,
  attempt: TenderCorrection,
): Promise<TenderCorrectedOutcome> =>
  saveAct(
    db,
    'tender-corrected',
    { ...attempt, id: attempt.correction },
    { tables: tablesOfFacts(db), look: () => factsIn(db, attempt.sale) },
    (by, facts) => decideTenderCorrected({ ...attempt, ...facts, ...by, till: by.till.id }),
  );
