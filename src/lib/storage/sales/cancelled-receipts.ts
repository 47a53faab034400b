// Records that a receipt with goods is given up before it is sold, and that it is taken up again.
import {
  decideReceiptCancelled,
  decideReceiptResumed,
  type ReceiptCancelledInput,
  type ReceiptResumedInput,
} from '$lib/domain/acts/receipt-cancelled';
import type { DecidingAt } from '$lib/domain/policy/rights';
import type { TillDb } from '$lib/storage/database/db';
import { saveCounted, type ShiftActor } from '$lib/storage/shifts/shifts';

type Asked<Input> = ShiftActor & Omit<Input, keyof DecidingAt>;

/** Deletes the receipt, open or set aside, with the act. The same id again: the same entry. Throws StorageError. */
export const cancelReceipt = (db: TillDb, asked: Asked<ReceiptCancelledInput>) =>
  saveCounted(
    db,
    'receipt-cancelled',
    asked,
    (facts) => decideReceiptCancelled({ ...asked, ...facts }),
    [{ table: 'drafts', op: 'delete', receipt: asked.receipt }],
  );

/** Before the receipt is opened again. The same applies. */
export const takeUpReceipt = (db: TillDb, asked: Asked<ReceiptResumedInput>) =>
  saveCounted(db, 'receipt-resumed', asked, (facts) =>
    decideReceiptResumed({ ...asked, ...facts }),
  );
