// Records that a receipt is cancelled before it is sold, reopened, or printed or shared again.
import {
  decideReceiptCancelled,
  decideReceiptResumed,
  type ReceiptCancelledInput,
  type ReceiptResumedInput,
} from '$lib/domain/acts/money/receipt-cancelled';
import type { DecidingAt } from '$lib/domain/policy/rights';
import type { TillDb } from '$lib/storage/database/db';
import { type Actor, type Refused, saveNow, type Saved } from '$lib/storage/policy/save-act';
import { saveCounted } from '$lib/storage/shifts/shifts';
import type { Entry } from '$lib/contract/journal';
import { decideReprinted, type ReprintedRefusal } from '$lib/domain/acts/money/receipt-reprinted';

type Asked<Input> = Actor & Omit<Input, keyof DecidingAt>;

/**
 * Cancels the receipt and deletes its draft, open or held, in one transaction. The same id returns the same entry. Throws
 * StorageError.
 */
export const cancelReceipt = (db: TillDb, asked: Asked<ReceiptCancelledInput>) =>
  saveCounted(
    db,
    'receipt-cancelled',
    asked,
    (facts) => decideReceiptCancelled({ ...asked, ...facts }),
    [{ table: 'drafts', op: 'delete', receipt: asked.receipt }],
  );

/** To be saved before a cancelled receipt is reopened. The same id returns the same entry. Throws StorageError. */
export const takeUpReceipt = (db: TillDb, asked: Asked<ReceiptResumedInput>) =>
  saveCounted(db, 'receipt-resumed', asked, (facts) =>
    decideReceiptResumed({ ...asked, ...facts }),
  );

export type ReprintOutcome = Saved<'receipt-reprinted'> | Refused<ReprintedRefusal>;

/** To be saved before each copy. `of`: the entry of the sale or repayment, of any till. Throws StorageError. */
export const recordReprint = (
  db: TillDb,
  { of: { till, seq, hash, act }, ...by }: Actor & { readonly of: Entry },
): Promise<ReprintOutcome> =>
  saveNow(db, 'receipt-reprinted', by, (who) =>
    decideReprinted({ ...who, about: { till, seq, hash }, act }),
  );
