// Computes what a file of customers would add, before anything is stored.
import { v7 as newId } from 'uuid';
import { businessDay } from '$lib/domain/values/business-day';
import type { Phone } from '$lib/domain/values/phone';
import { readCustomerFile, type CustomerList, type ListedRow } from '$lib/search/customer-file';
import { customers } from '$lib/state/customers';
import { till } from '$lib/state/till.svelte';
import type { ImportedCustomer } from '$lib/storage/customers/customers';

/** A row whose number is already on a card. */
export type KnownRow = { readonly row: number; readonly name: string; readonly card: string };

export type ImportPlan = Extract<CustomerList, { kind: 'read' }> & {
  readonly fresh: readonly ImportedCustomer[];
  readonly known: readonly KnownRow[];
};

export type Planned = ImportPlan | Extract<CustomerList, { kind: 'refused' }>;

const ALL = 10_000_000;

/** What the file would add. Throws StorageError, or what reading the file throws. */
export async function planImport(file: File): Promise<Planned> {
  const policy = till.policy.current;
  if (policy === null) return { kind: 'refused', because: 'empty' };
  const { numberKind, parsePhone } = await import('$lib/domain/values/phone-parser');
  const { currency, phoneCountry, timeZone } = policy.shop;
  const list = await readCustomerFile(file, {
    currency,
    groups: policy.customerGroups,
    today: businessDay(till.now(), timeZone),
    parsePhone: (text) => {
      const phone = parsePhone(text, phoneCountry);
      return phone === null || numberKind(phone) === 'costly' ? null : phone;
    },
  });
  if (list.kind === 'refused') return list;
  const found = await customers.find('', ALL);
  const cards: ReadonlyMap<Phone | null, string> = new Map(
    found.map(({ customer }) => [customer.phone, customer.name]),
  );
  const cardOf = ({ customer: { phone } }: ListedRow): string | undefined =>
    phone === null ? undefined : cards.get(phone);
  return {
    ...list,
    fresh: list.customers
      .filter((each) => cardOf(each) === undefined)
      .map(({ customer }) => ({ ...customer, id: newId(), credit: { kind: 'shop-limit' } })),
    known: list.customers.flatMap((each) => {
      const card = cardOf(each);
      return card === undefined ? [] : [{ row: each.row, name: each.customer.name, card }];
    }),
  };
}
