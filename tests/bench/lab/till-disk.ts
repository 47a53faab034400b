// Changes to the till's own database outside its screens: 100 000 customers, and sales meanwhile.
import { USUAL_TAX } from '$lib/domain/goods/product';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import { money } from '$lib/domain/values/money';
import { emptyReceipt } from '$lib/domain/receipt/receipt';
import { quantity } from '$lib/domain/values/quantity';
import { keysOf } from '$lib/storage/schema/customer-keys';
import { TillDb } from '$lib/storage/database/db';
import { saveSale } from '$lib/storage/sales/save-sale';
import { v7 as newId } from 'uuid';
import { seededCustomers } from '../seeded';

const db = new TillDb();
const AT_ONCE = 5_000;

/** Adds seeded customers to the demo’s. None owes anything: a sum without its steps would be repaired. */
export async function fillCustomers(count: number): Promise<void> {
  const rows = seededCustomers(count).map(({ name, phone }) => ({
    id: newId(),
    name,
    phone: phone as never,
    credit: { kind: 'shop-limit' as const },
    ...NO_SEALED_DETAILS,
    persons: [],
    personsRemoved: [],
    phoneSince: null,
    cardSalt: '0'.repeat(64),
    salt: '0'.repeat(32),
    savedAt: Date.now(),
    ...keysOf(name, phone),
  }));
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await db.customers.bulkAdd(rows.slice(from, from + AT_ONCE));
}

/** Saves a cash sale of five lines as the till does; ms until it was durable. */
export async function sell(): Promise<number> {
  const [entry] = await db.journal.reverse().limit(1).toArray();
  const operator = entry?.operator;
  if (!operator) throw new Error('nobody has acted yet');
  const lines = Array.from({ length: 5 }, (_, place) => ({
    id: newId(),
    product: newId(),
    name: `goods ${place}`,
    barcode: null,
    unit: 'piece' as const,
    quantity: quantity(1000),
    unitPrice: money(100),
    listPrice: money(100),
    priceFrom: 'list' as const,
    noDiscounts: false,
    askAge: null,
    mark: null,
    tax: USUAL_TAX,
    category: null,
    discount: NO_DISCOUNT,
    offers: [],
  }));
  const tenders = [{ kind: 'cash' as const, amount: money(500) }];
  const receipt = { ...emptyReceipt(newId()), lines, tenders };
  const since = performance.now();
  const outcome = await saveSale(db, { receipt, operator, at: Date.now(), confirmations: [] });
  const took = performance.now() - since;
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome.because));
  return took;
}
