// Records that a receipt with goods is cancelled before it is sold, and that it is reopened.
import {
  decideReceiptCancelled,
  decideReceiptResumed,
  type ReceiptCancelledInput,
  type ReceiptResumedInput,
} from '$lib/domain/acts/money/receipt-cancelled';
import type { DecidingAt } from '$lib/domain/policy/rights';
import type { TillDb } from '$lib/storage/database/db';
import type { Actor } from '$lib/storage/policy/save-act';
import { saveCounted } from '$lib/storage/shifts/shifts';

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
