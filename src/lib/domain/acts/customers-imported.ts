// An import of customers: projects opening balances, each with its confirmation.
import type { OpeningSums } from '$lib/contract/grant';
import type { AccountEntry, EntryOf } from '$lib/contract/journal';
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

/** What the account steps of an import add up to: what an owner approves, and the relay's message to them names. */
export function openingSums(accounts: readonly AccountEntry[]): OpeningSums {
  const sum = (part: (step: AccountEntry) => number): number =>
    accounts.reduce((total, step) => total + part(step), 0);
  return {
    customers: new Set(accounts.map(({ customer }) => customer)).size,
    debt: sum(({ account, delta }) => (account === 'debt' ? Math.max(0, delta) : 0)),
    prepaid: sum(({ account, delta }) => (account === 'debt' ? Math.max(0, -delta) : 0)),
    points: sum(({ account, delta }) => (account === 'points' ? Math.abs(delta) : 0)),
  };
}
