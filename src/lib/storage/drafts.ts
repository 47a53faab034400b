// Receipts not yet sold, with where their checkout stands: what a reload, a crash or a power cut gives back. A sold receipt is never one of them.
import type { Checkout } from '$lib/domain/checkout-state';
import type { Receipt } from '$lib/domain/receipt';
import { transact, type TillDb } from './db';
import { draftRow, recorded, type DraftRow } from './records';
import { atDisk } from './storage-error';

export type Draft = {
  readonly receipt: Receipt;
  readonly place: DraftRow['place'];
  readonly checkout: Checkout;
};

/** The receipt that was on the screen; null where there is none, or what is stored cannot be one. */
export async function openDraft(db: TillDb): Promise<Draft | null> {
  const row = await atDisk(() => db.drafts.where('kept').equals('open').last());
  const parsed = draftRow.safeParse(row);
  if (!parsed.success) return null;
  const { receipt, place, checkout } = parsed.data;
  return { receipt, place, checkout };
}

/** Keeps the receipt on the screen in place of the one before. One that was sold meanwhile is not opened again. */
export async function saveDraft(db: TillDb, draft: Draft): Promise<void> {
  const { receipt, place, checkout } = draft;
  const row = recorded(draftRow, { id: receipt.id, kept: 'open', place, receipt, checkout });
  await transact(db, [db.drafts, db.sales], async () => {
    const [sold] = await Promise.all([
      db.sales.get(row.id),
      db.drafts.where('kept').equals('open').delete(),
    ]);
    if (sold === undefined) await db.drafts.put(row);
  });
}
