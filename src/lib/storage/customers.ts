// Customers: finding them, and keeping their records. The journal knows a record only by an id and a salted hash.
import type { Customer, Standing } from '$lib/domain/customer';
import { may, type VerifiedPolicy } from '$lib/domain/policy';
import type { Right } from '$lib/contract/policy';
import { canonical } from '$lib/proof/canonical';
import { makeSalt, sealRecord } from '$lib/proof/record';
import { standing } from './accounts';
import type { By } from './catalogue';
import { customerKeys, customerOrder, readingsOf } from './customer-keys';
import type { TillDb } from './db';
import { currentPolicy, type NoRight, type PolicyRefused } from './policies';
import {
  customerAsked,
  customerRow,
  recorded,
  type CustomerAsked,
  type CustomerRow,
} from './records';
import { atDisk } from './storage-error';
import { asWriter } from './writer';

function customerOf(row: CustomerRow): Customer {
  const { id, name, phone, credit, salt, savedAt } = row;
  return { id, name, phone, credit, salt, savedAt };
}

/** Null where there is none. */
export async function customerById(db: TillDb, id: string): Promise<Customer | null> {
  const row = await atDisk(() => db.customers.get(id));
  return row === undefined ? null : customerOf(row);
}

export type FoundCustomer = Customer & { readonly standing: Standing };

/** By words of the name or digits of the number, those with a number first. An empty query finds everybody. */
export async function findCustomers(
  db: TillDb,
  query: string,
  limit: number,
): Promise<FoundCustomer[]> {
  const readings = readingsOf(query);
  let rows =
    readings.length === 0 && query.trim() === ''
      ? await atDisk(() => db.customers.orderBy('order').limit(limit).toArray())
      : [];
  for (const words of readings) {
    if (rows.length === 0) rows = await byWords(db, words);
  }
  return Promise.all(
    rows
      .slice(0, limit)
      .map(async (row) => ({ ...customerOf(row), standing: await standing(db, row.id) })),
  );
}

async function byWords(db: TillDb, words: readonly string[]): Promise<CustomerRow[]> {
  const longest = words.reduce((a, b) => (b.length > a.length ? b : a), '');
  const begins = (row: CustomerRow) =>
    words.every((word) => row.keys.some((key) => key.startsWith(word)));
  return atDisk(() =>
    db.customers.where('keys').startsWith(longest).distinct().filter(begins).sortBy('order'),
  );
}

/** The detached record as its hash covers it. */
export function sealCustomer(customer: Customer): Promise<string> {
  const { id, name, phone, salt } = customer;
  return sealRecord(salt, { id, name, phone });
}

export function rowOf(customer: Customer): CustomerRow {
  return recorded(customerRow, {
    ...customer,
    order: customerOrder(customer),
    keys: customerKeys(customer),
  }) as CustomerRow;
}

export type CustomerSaved =
  { readonly kind: 'saved'; readonly customer: Customer } | PolicyRefused | NoRight;

/** Which rights this change needs; of each list any one is enough. */
function rightsFor(before: Customer | null, asked: CustomerAsked): [Right, ...Right[]][] {
  const needed: [Right, ...Right[]][] = [];
  if (before === null) {
    // on the spot, in the middle of a sale on account; a limit of his own is the manager's word
    if (asked.credit.kind === 'shop-limit') return [['manage-customers', 'sell-on-account']];
    return [['manage-customers']];
  }
  if (before.name !== asked.name || canonical(before.credit) !== canonical(asked.credit)) {
    needed.push(['manage-customers']);
  }
  if (before.phone !== asked.phone) {
    needed.push(
      before.phone === null
        ? ['manage-customers', 'sell-on-account', 'change-customer-phone']
        : ['change-customer-phone'],
    );
  }
  return needed;
}

function missingRight(
  policy: VerifiedPolicy,
  operator: string,
  needed: readonly (readonly [Right, ...Right[]])[],
): NoRight | null {
  const missing = needed.find((any) => !any.some((right) => may(policy, operator, right)));
  return missing === undefined ? null : { kind: 'no-right', right: missing[0] };
}

/** Keeps a new or changed customer (act `customer-saved`). `asked.id` is made before the first try. Throws StorageError. */
export async function saveCustomer(
  db: TillDb,
  asked: CustomerAsked,
  by: By,
): Promise<CustomerSaved> {
  const wanted = recorded(customerAsked, asked);
  return asWriter(db, async (writer): Promise<CustomerSaved> => {
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return current;
    const before = await customerById(db, wanted.id);
    const needed = rightsFor(before, wanted);
    // asked again, or nothing changed
    if (before !== null && needed.length === 0) return { kind: 'saved', customer: before };
    const refused = missingRight(current.policy, by.operator, needed);
    if (refused !== null) return refused;
    const customer: Customer = { ...wanted, salt: makeSalt(), savedAt: by.at };
    const row = rowOf(customer);
    const body = {
      customer: customer.id,
      recordHash: await sealCustomer(customer),
      credit: customer.credit,
    };
    await writer.write(
      { act: 'customer-saved', body, ...by, policy: current.policy.version },
      [db.customers],
      () => db.customers.put(row),
    );
    return { kind: 'saved', customer };
  });
}
