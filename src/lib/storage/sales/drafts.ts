// Stores receipts not yet sold: the open one and those set aside.
import { fromStored, NEW_CHECKOUT, toStored, type Checkout } from '$lib/domain/checkout-state';
import type { Receipt } from '$lib/domain/receipt';
import { transact, type TillDb } from '$lib/storage/database/db';
import {
  draftRow,
  receipt as receiptSchema,
  recorded,
  type DraftRow,
} from '$lib/storage/schema/records';

/**
 * `place`: the view the cashier was in, goods or tender. Of `checkout` the disk stores what `toStored` keeps. `askedBy`: who asked
 * for what it has to confirm; null: nobody has.
 */
export type Draft = {
  readonly receipt: Receipt;
  readonly place: DraftRow['place'];
  readonly checkout: Checkout;
  readonly askedBy: string | null;
};

export type DraftOutcome = { readonly kind: 'kept' } | { readonly kind: 'already-sold' };

const asDraft = ({ receipt, place, checkout }: DraftRow): Draft => ({
  receipt,
  place,
  checkout: fromStored(checkout),
  askedBy: checkout.kind === 'confirming' ? checkout.askedBy : null,
});

/** Saves the open receipt, replacing any other open one. */
export async function saveDraft(db: TillDb, draft: Draft): Promise<DraftOutcome> {
  const { receipt, place } = draft;
  const checkout = toStored(draft.checkout, draft.askedBy);
  const row = recorded(draftRow, { slot: 'open', id: receipt.id, receipt, place, checkout });
  return await transact(db, [db.drafts, db.sales], async () => {
    // a write queued behind the sale must not reopen the sold receipt
    if ((await db.sales.get(row.id)) !== undefined) return { kind: 'already-sold' } as const;
    await db.drafts.put(row);
    return { kind: 'kept' } as const;
  });
}

/**
 * The receipt that was open when the till stopped; null if there was none or it cannot be parsed. If this version does not
 * know its checkout, the goods are kept and the checkout starts again.
 */
export async function openDraft(db: TillDb): Promise<Draft | null> {
  const row = await db.drafts.get('open');
  const parsed = draftRow.safeParse(row);
  if (parsed.success) return asDraft(parsed.data);
  const goods = receiptSchema.safeParse(row?.receipt);
  if (!goods.success) return null;
  return { receipt: goods.data, place: 'goods', checkout: NEW_CHECKOUT, askedBy: null };
}

/** Sets the open receipt aside; false if none was open. */
export function holdDraft(db: TillDb): Promise<boolean> {
  return transact(db, [db.drafts], async () => {
    const row = await db.drafts.get('open');
    if (row === undefined) return false;
    await Promise.all([
      db.drafts.put({ ...row, slot: `held:${row.id}` }),
      db.drafts.delete('open'),
    ]);
    return true;
  });
}

export async function heldDrafts(db: TillDb): Promise<Draft[]> {
  return (await db.drafts.where('slot').startsWith('held:').toArray()).map(asDraft);
}

/** Opens a receipt that was set aside and sets the open one aside; null if it does not exist. */
export function resumeDraft(db: TillDb, id: string): Promise<Draft | null> {
  return transact(db, [db.drafts], async () => {
    const [open, held] = await db.drafts.bulkGet(['open', `held:${id}`]);
    if (held === undefined) return null;
    await Promise.all([
      open === undefined || open.receipt.lines.length === 0
        ? null
        : db.drafts.put({ ...open, slot: `held:${open.id}` }),
      db.drafts.put({ ...held, slot: 'open' }),
      db.drafts.delete(held.slot),
    ]);
    return asDraft(held);
  });
}

/** Deletes the open receipt. */
export function dropDraft(db: TillDb): Promise<void> {
  return transact(db, [db.drafts], () => db.drafts.delete('open'));
}
