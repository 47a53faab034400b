// Steps of a simulated shop that concern one till: goods, persons, imports, reviews, drawer, reprints.
import { v7 as uuidv7 } from 'uuid';
import type { Entry, EntryOf } from '$lib/contract/journal';
import { openingSteps } from '$lib/domain/acts/customers/customers-imported';
import { NO_DETAILS, type Customer } from '$lib/domain/customers/customer';
import { USUAL_TAX, type Product } from '$lib/domain/goods/product';
import { money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import { quantity } from '$lib/domain/values/quantity';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { applyStaleEdit, closeDiscrepancy } from '$lib/storage/customers/settled-discrepancies';
import { customerById, importCustomers } from '$lib/storage/customers/customers';
import { reviewUnconfirmed, unconfirmedActs } from '$lib/storage/customers/unconfirmed';
import { recentImports, undoImport, whatUndoing } from '$lib/storage/customers/undone-imports';
import { BREAD, type WholeTill } from '../support/whole-till';

export type By = { readonly operator: string; readonly at: number };

/** The product that every simulated shop sells, as it was added. */
export const BREAD_ADDED: Product = {
  id: BREAD,
  name: 'Хлеб',
  names: { ru: null, en: null },
  sku: null,
  barcodes: [],
  noDiscounts: false,
  askAge: null,
  marked: false,
  usualMost: null,
  tax: USUAL_TAX,
  price: money(10_000),
  unit: 'piece',
  category: 'Еда',
  stock: quantity(10_000),
};

/** Changes the price or the name of the bread, or counts it. */
export async function changeBread(
  till: WholeTill,
  { what, amount }: { readonly what: 'price' | 'name' | 'count'; readonly amount: number },
): Promise<void> {
  const [bread] = await till.goods();
  if (bread === undefined) throw new Error('no bread');
  if (what === 'price') await till.changeGoods([{ ...bread, price: money(amount * 100) }]);
  else if (what === 'name') await till.changeGoods([{ ...bread, name: `Хлеб ${amount}` }]);
  else
    await till.changeGoods([{ ...bread, stock: quantity(amount * 1_000) }], { counted: [BREAD] });
}

/** Adds a person whom the customer lets buy, by their code. */
export async function addNewPerson(
  till: WholeTill,
  { customer, serial }: { readonly customer: string; readonly serial: number },
): Promise<void> {
  const card = await customerById(till.db, customer);
  if (card === null || card.phone === null) return;
  const phone = `+7926${String(serial).padStart(7, '0')}` as Phone;
  await till.addPerson(customer, { id: uuidv7(), name: `Пётр ${serial}`, phone });
}

/** Removes one of the persons that this till shows. */
export async function removeOnePerson(
  till: WholeTill,
  { customer, nth }: { readonly customer: string; readonly nth: number },
): Promise<void> {
  const card = await customerById(till.db, customer);
  const person = card?.persons[nth % Math.max(1, card.persons.length)];
  if (person !== undefined) await till.removePerson(customer, person.id);
}

/** Imports one customer. `owed`: minor units, negative if they have paid ahead. Returns the entry. */
export async function importOne(
  till: WholeTill,
  {
    operator,
    at,
    ...asked
  }: By &
    Pick<Customer, 'id' | 'name' | 'phone'> & { readonly owed: number; readonly points: number },
): Promise<EntryOf<'customers-imported'>> {
  const customer = { ...NO_DETAILS, ...asked, credit: { kind: 'shop-limit' } as const };
  const steps = openingSteps([{ ...customer, customer: customer.id }]);
  const approval = await till.approval('import', steps);
  const approvals = approval === null ? [] : [approval];
  const imported = { source: 'file', customers: [customer], approvals } as const;
  await importCustomers(till.db, { ...imported, operator, at });
  const entry = (await till.entries()).at(-1);
  if (entry?.act !== 'customers-imported') throw new Error('not imported');
  return entry as EntryOf<'customers-imported'>;
}

/** Undoes one of the newest imports that this till knows, for all customers for whom it can. */
export async function undoOneImport(
  till: WholeTill,
  { nth, since, ...by }: By & { readonly nth: number; readonly since: number },
): Promise<void> {
  const { db } = till;
  const place = (await recentImports(db, since))[nth]?.place;
  if (place === undefined) return;
  const seen = await whatUndoing(db, { place, operator: by.operator });
  if (seen.kind !== 'allowed' || seen.customers.length === 0) return;
  const approval = await till.approval('undo-import', seen.accounts);
  await undoImport(db, { place, customers: seen.customers, approval, ...by });
}

/** Closes a discrepancy that this till shows, or makes its edit again. */
export async function settleOne(
  { db }: WholeTill,
  { nth, isApplied, ...by }: By & { readonly nth: number; readonly isApplied: boolean },
): Promise<void> {
  const found = (await openDiscrepancies(db))[nth];
  if (found === undefined) return;
  const closing = { ...by, note: 'Looked at' };
  if (isApplied) await applyStaleEdit(db, found, closing);
  else await closeDiscrepancy(db, { ...closing, id: found.id, outcome: 'stands' });
}

/** Reviews the oldest act without a code at this till. */
export async function reviewOldest({ db }: WholeTill, by: By): Promise<void> {
  const oldest: readonly { readonly entry: Entry }[] = await unconfirmedActs(db, 1);
  await reviewUnconfirmed(db, { ...by, entries: oldest.map(({ entry }) => entry.hash) });
}
