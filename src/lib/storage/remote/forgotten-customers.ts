// Hides the cards of forgotten customers, and erases them when the shop's order says so.
import { NEW_CHECKOUT, toStored } from '$lib/domain/consent/checkout-state';
import type { Delay } from '$lib/proof/shop-fold';
import type { TillDb } from '$lib/storage/database/db';
import type { ForgottenRow } from '$lib/storage/schema/records';
import type { Table } from 'dexie';
import { eraseFromPacks, packTables } from './packed-cards';

/** Whether each of these customers has no card because they were forgotten. Awaits Dexie only. */
export async function areForgotten(db: TillDb, customers: readonly string[]): Promise<boolean[]> {
  const rows = await db.forgotten.bulkGet([...customers]);
  return rows.map(isForgotten);
}

/** Whether a customer is forgotten, or will be once the relay has agreed. */
export const isForgotten = (row: ForgottenRow | undefined): boolean =>
  row !== undefined && row.state !== 'refused';

/** Whether a customer's card was erased here because the shop's order said so. */
export const isErased = (row: ForgottenRow | undefined): boolean =>
  row?.state === 'erasing' || row?.state === 'erased';

/** The customers whose own cards were erased here, including those whom the relay later refused to forget. Awaits Dexie only. */
export async function erasedIn(db: TillDb): Promise<ReadonlySet<string>> {
  return new Set(await db.forgotten.where('state').noneOf(['asked', 'delayed']).primaryKeys());
}

/** The tables that `eraseIn` writes. */
export const erasedTables = (db: TillDb): Table[] => [
  ...[db.customers, db.remoteCustomers, db.forgotten, db.drafts],
  ...[db.reserveVerifiers, db.reserveTries],
  ...packTables(db),
];

/** How many customers the shop's staff forgot without anybody's code after `from`, ms. Awaits Dexie only. */
export function forgottenByRightIn(db: TillDb, from: number): PromiseLike<number> {
  return db.forgotten.where('byRightAt').above(from).count();
}

/**
 * Erases the cards of these customers, and removes the customers from unsold receipts. The journal file is rebuilt afterwards
 * (`recovery/erased-cards.ts`). Call it inside a transaction over `erasedTables`; awaits Dexie only.
 */
export async function eraseIn(db: TillDb, customers: readonly string[]): Promise<void> {
  const gone = new Set(customers);
  const held = await db.forgotten.bulkGet([...gone]);
  const erasing = [...gone].map((customer, place) => ({
    customer,
    state: 'erasing' as const,
    byRightAt: held[place]?.byRightAt ?? null,
    until: null,
  }));
  await Promise.all([
    db.customers.bulkDelete([...gone]),
    db.remoteCustomers.bulkDelete([...gone]),
    eraseFromPacks(db, gone),
    db.reserveVerifiers
      .where('customer')
      .anyOf([...gone])
      .delete(),
    db.reserveTries.bulkDelete([...gone]),
    db.drafts
      .filter(({ receipt }) => gone.has(receipt.customer ?? ''))
      .modify((draft) => {
        draft.receipt = { ...draft.receipt, customer: null };
        draft.place = 'goods';
        draft.checkout = toStored({ ...NEW_CHECKOUT, voided: 'customer' }, null);
      }),
    db.forgotten.bulkPut(erasing),
  ]);
}

/** Hides the cards of these customers, who are erased later, unless they are erased already. Awaits Dexie only. */
export async function delayIn(db: TillDb, delays: readonly Delay[]): Promise<void> {
  const rows = await db.forgotten.bulkGet(delays.map(({ customer }) => customer));
  const left = delays.filter((_, place) => !isErased(rows[place]));
  await db.forgotten.bulkPut(left.map((delay) => ({ ...delay, state: 'delayed' as const })));
}

/** The customers whose cards are erased later, the first of them first. Awaits Dexie only. */
export async function delayedIn(db: TillDb): Promise<readonly ForgottenRow[]> {
  const rows = await db.forgotten.where('state').equals('delayed').toArray();
  return rows.sort((a, b) => (a.until ?? 0) - (b.until ?? 0));
}

/** Shows the cards of these customers again, which are not erased after all. Awaits Dexie only. */
export async function keepIn(db: TillDb, customers: readonly string[]): Promise<void> {
  const rows = await db.forgotten.bulkGet([...customers]);
  const delayed = rows.filter((row) => row?.state === 'delayed');
  await db.forgotten.bulkDelete(delayed.flatMap((row) => row?.customer ?? []));
}

/** Shows the cards of these customers again, because the relay refused to forget them. Awaits Dexie only. */
export async function showAgainIn(db: TillDb, customers: readonly string[]): Promise<void> {
  const rows = await db.forgotten.bulkGet([...customers]);
  const asked = rows.flatMap((row) => (row?.state === 'asked' ? [row.customer] : []));
  const own = await db.customers.bulkGet(asked);
  const [here, erased] = [
    asked.filter((_, place) => own[place] !== undefined),
    asked.filter((_, place) => own[place] === undefined),
  ];
  await db.forgotten.bulkDelete(here);
  await db.forgotten.bulkPut(
    erased.map((customer) => ({
      customer,
      state: 'refused' as const,
      byRightAt: null,
      until: null,
    })),
  );
}
