// Records that a receipt is printed or shared again.
import type { Entry } from '$lib/contract/journal';
import { decideReprinted, type ReprintedRefusal } from '$lib/domain/acts/money/receipt-reprinted';
import type { TillDb } from '$lib/storage/database/db';
import {
  NOTHING_READ,
  saveAct,
  type Actor,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';

export type ReprintOutcome = Saved<'receipt-reprinted'> | Refused<ReprintedRefusal>;

/** To be saved before each copy. `of`: the entry of the sale or repayment, of any till. Throws StorageError. */
export const recordReprint = (
  db: TillDb,
  { of: { till, seq, hash, act }, ...by }: Actor & { readonly of: Entry },
): Promise<ReprintOutcome> =>
  saveAct(db, 'receipt-reprinted', { ...by, id: null }, NOTHING_READ, (who) =>
    decideReprinted({ ...who, about: { till, seq, hash }, act }),
  );
