// What a sale leaves: its row, the customer's accounts, stock, and the proofs it has used up.
import type { EntryOf } from '$lib/contract/journal';
import type { Before, ProjectedChange, Reads, SaleRow } from '$lib/domain/rows';
import { accountChanges } from './accounts';

/** Keys of the rows a sale is projected upon. */
export function readsOfSale({ body }: EntryOf<'sale'>): Reads {
  return {
    balances: body.accounts.map(({ customer, account }) => [customer, account]),
    stock: body.stock.map(({ product }) => product),
    disputes: [],
  };
}

export function projectSale(
  entry: EntryOf<'sale'>,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  const { body } = entry;
  const confirmed = body.confirmations.map((confirmation) => ({
    confirmation,
    customer: body.customer,
  }));
  return [
    { table: 'sales', op: 'add', rows: [saleRowOf(entry)] },
    ...accountChanges(entry, { steps: body.accounts, confirmed, real }, before),
    {
      table: 'stock',
      op: 'put',
      rows: body.stock.map(({ product, delta }) => ({
        product,
        delta: (before.stock(product)?.delta ?? 0) + delta,
      })),
    },
    { table: 'grantsUsed', op: 'add', rows: usedBy(entry) },
  ];
}

/** Where the sale stands. */
export function saleRowOf({ till, at, seq, hash, operator, body }: EntryOf<'sale'>): SaleRow {
  const { sale: id, number, customer, total, onAccount } = body;
  // only who is signed in can sell: an entry without an operator is refused as a record
  return { id, till, number, at, operator: operator ?? '', customer, seq, hash, total, onAccount };
}

function usedBy({ body }: EntryOf<'sale'>) {
  return body.confirmations.flatMap((given) => {
    if (given.kind === 'code') return [{ challenge: given.challenge, sale: body.sale }];
    if (given.kind === 'reserve-code') return [{ challenge: given.verifier, sale: body.sale }];
    return [];
  });
}
