// An import of customers: projects opening balances, each with its confirmation.
import type { EntryOf } from '$lib/contract/journal';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import { accountChanges } from '$lib/domain/account-rows';

export function readsOfImport({ body }: EntryOf<'customers-imported'>): Reads {
  return {
    balances: body.accounts.map(({ customer, account }) => [customer, account]),
    stock: [],
    disputes: [],
  };
}

export function projectImport(
  entry: EntryOf<'customers-imported'>,
  before: Before,
): ProjectedChange[] {
  const { accounts: steps, confirmations } = entry.body;
  // debts come first, in the order of their confirmations
  const debts = steps.filter(({ account }) => account === 'debt');
  const confirmed = confirmations.map((confirmation, place) => ({
    confirmation,
    customer: debts[place]?.customer ?? null,
  }));
  return accountChanges(entry, { steps, confirmed, real: new Set() }, before);
}
