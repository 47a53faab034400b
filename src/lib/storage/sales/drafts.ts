// Stores receipts not yet sold: the open one and the held ones.
import {
  fromStored,
  NEW_CHECKOUT,
  toStored,
  type Checkout,
} from '$lib/domain/consent/checkout-state';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { readTogether, transact, type TillDb } from '$lib/storage/database/db';
import {
  draftRow,
  receipt as receiptSchema,
  recorded,
  type DraftRow,
} from '$lib/storage/schema/records';

/**
 * `place`: the view the cashier was in, goods or tender. `checkout`: the disk stores what `toStored` keeps. `askedBy`: the
 * operator who requested the confirmations; null: nobody has. `begun`: a save may have been started, so money may have been taken.
 */
export type Draft = {
  readonly receipt: Receipt;
  readonly place: DraftRow['place'];
  readonly checkout: Checkout;
  readonly askedBy: string | null;
  readonly begun: boolean;
};

export type DraftOutcome = { readonly kind: 'kept' } | { readonly kind: 'already-sold' };

const asDraft = ({ receipt, place, checkout, begun }: DraftRow): Draft => ({
  receipt,
  place,
  checkout: fromStored(checkout),
  askedBy: checkout.kind === 'confirming' ? checkout.askedBy : null,
  begun,
});

/** Saves the open receipt, replacing any other open one. */
export async function saveDraft(db: TillDb, draft: Draft): Promise<DraftOutcome> {
  const row = asRow(draft, 'open', null);
  return await transact(db, [db.drafts, db.sales], async () => {
    // a write queued behind the sale must not reopen the receipt that was sold
    if ((await db.sales.get(row.id)) !== undefined) return { kind: 'already-sold' } as const;
    await db.drafts.put(row);
    return { kind: 'kept' } as const;
  });
}

/**
 * The receipt that was open when the till stopped; null if there was none, it is sold or it cannot be parsed. If this version
 * cannot read its checkout, the goods are kept and the checkout starts again.
 */
export async function openDraft(db: TillDb): Promise<Draft | null> {
  const draft = readDraft(await db.drafts.get('open'));
  if (draft === null) return null;
  // a sale that was restored has not deleted its draft
  return (await db.sales.get(draft.receipt.id)) === undefined ? draft : null;
}

function readDraft(row: DraftRow | undefined): Draft | null {
  const parsed = draftRow.safeParse(row);
  if (parsed.success) return asDraft(parsed.data);
  const goods = receiptSchema.safeParse(row?.receipt);
  if (!goods.success) return null;
  return {
    receipt: goods.data,
    place: 'goods',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: true,
  };
}

/** A receipt that was put on hold at `heldAt`, ms. */
export type HeldDraft = Draft & { readonly heldAt: number };

const asRow = (
  { receipt, place, checkout, askedBy, begun }: Draft,
  slot: DraftRow['slot'],
  heldAt: number | null,
): DraftRow =>
  recorded(draftRow, {
    slot,
    id: receipt.id,
    receipt,
    place,
    begun,
    heldAt,
    checkout: toStored(checkout, askedBy),
  });

/** The draft on hold since `at`, ms. */
const asHeld = (draft: Draft, at: number): DraftRow => asRow(draft, `held:${draft.receipt.id}`, at);

/** Puts the open receipt on hold; returns it as stored. `at`: ms. Throws StorageError. */
export function holdDraft(db: TillDb, draft: Draft, at: number): Promise<HeldDraft> {
  const row = asHeld(draft, at);
  return transact(db, [db.drafts], async () => {
    await db.drafts.put(row);
    await dropOpenIn(db, draft);
    return { ...asDraft(row), heldAt: at };
  });
}

/** Awaits Dexie only. */
async function dropOpenIn(db: TillDb, { receipt }: Draft): Promise<void> {
  const open = await db.drafts.get('open');
  if (open?.id === receipt.id) await db.drafts.delete('open');
}

/** The held receipts, oldest first, without those that cannot be parsed. Throws StorageError. */
export async function heldDrafts(db: TillDb): Promise<HeldDraft[]> {
  const rows = await readTogether(db, [db.drafts], () =>
    db.drafts.where('slot').startsWith('held:').toArray(),
  );
  return rows
    .flatMap((row) => {
      const parsed = draftRow.safeParse(row);
      if (!parsed.success || parsed.data.heldAt === null) return [];
      return [{ ...asDraft(parsed.data), heldAt: parsed.data.heldAt }];
    })
    .sort((a, b) => a.heldAt - b.heldAt);
}

/**
 * Opens a held receipt. If the open receipt has goods, puts it on hold and returns it as stored; otherwise returns null. `at`:
 * ms. Throws StorageError.
 */
export function resumeDraft(
  db: TillDb,
  held: Draft,
  open: Draft,
  at: number,
): Promise<HeldDraft | null> {
  const row = open.receipt.lines.length > 0 ? asHeld(open, at) : null;
  return transact(db, [db.drafts], async () => {
    if (row !== null) await db.drafts.put(row);
    await db.drafts.put(asRow(held, 'open', null));
    await db.drafts.delete(`held:${held.receipt.id}`);
    return row === null ? null : { ...asDraft(row), heldAt: at };
  });
}
