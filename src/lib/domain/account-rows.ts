// Rows of acts that move debt or points: account steps, balances, confirmations, pending reviews.
import type { AccountEntry, Confirmation, Entry } from '$lib/contract/journal';
import { invariant } from '$lib/domain/invariant';
import type {
  AccountRow,
  BalanceRow,
  Before,
  ConfirmationRow,
  ProjectedChange,
} from '$lib/domain/rows';

/** Kinds of proof that are the customer's own consent. */
export const BY_CUSTOMER: ReadonlySet<string> = new Set(['code', 'reserve-code']);

/** A confirmation and its customer. */
export type Confirmed = { readonly confirmation: Confirmation; readonly customer: string | null };

export type Moving = {
  readonly steps: readonly AccountEntry[];
  readonly confirmed: readonly Confirmed[];
  /** Ids of the verified challenges and reserve-code verifiers that are not the demo provider's. */
  readonly real: ReadonlySet<string>;
};

/** Rows of an entry that moves accounts. Sums are absolute; `before` is the state after the previous entry. */
export function accountChanges(
  entry: Entry,
  { steps, confirmed, real }: Moving,
  before: Before,
): ProjectedChange[] {
  const { hash, till, seq, at } = entry;
  const rows = steps.map((step, index): AccountRow => ({ hash, index, till, seq, at, ...step }));
  return [
    { table: 'accountEntries', op: 'add', rows },
    { table: 'balances', op: 'put', rows: sumsAfter(steps, before) },
    { table: 'confirmations', op: 'add', rows: confirmationRows(entry, confirmed, real) },
    {
      table: 'unconfirmed',
      op: 'add',
      rows: isUnconfirmed(entry, confirmed) ? [{ entry: hash, till, seq, at }] : [],
    },
  ];
}

function sumsAfter(steps: readonly AccountEntry[], before: Before): BalanceRow[] {
  const after = new Map<string, BalanceRow>();
  for (const { customer, account, delta } of steps) {
    const name = `${customer} ${account}`;
    const held = after.get(name) ?? before.balances([customer, account]);
    const sum = (held?.sum ?? 0) + delta;
    invariant(Number.isSafeInteger(sum), 'a running total is a safe integer');
    after.set(name, { customer, account, sum });
  }
  return [...after.values()];
}

function confirmationRows(
  { hash, seq, at, till, operator }: Entry,
  confirmed: readonly Confirmed[],
  real: ReadonlySet<string>,
): ConfirmationRow[] {
  return confirmed.map(({ confirmation, customer }, index) => {
    const { kind, action, amount } = confirmation;
    const isDemo =
      (kind === 'code' && !real.has(confirmation.challenge)) ||
      (kind === 'reserve-code' && !real.has(confirmation.verifier));
    return {
      ...{ at, hash, index, seq, till, operator, customer, action, kind, amount },
      shown: isDemo ? 'none' : kind,
    };
  });
}

/** Whether the entry needs a review: it has no code of the customer's, and is no demo. */
function isUnconfirmed({ body }: Entry, confirmed: readonly Confirmed[]): boolean {
  return (
    confirmed.some(({ confirmation }) => !BY_CUSTOMER.has(confirmation.kind)) &&
    body['source'] !== 'demo'
  );
}
