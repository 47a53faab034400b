// An import of customers undone: decides whom it takes back, and projects what their balances lose.
import type { AccountEntry } from '$lib/contract/acts/account';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import {
  accountChanges,
  accountReads,
  NOTHING_EARNED,
  NO_TERMS,
} from '$lib/domain/customers/account-rows';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import {
  NO_READS,
  type Before,
  type DebtRow,
  type ProjectedChange,
  type Reads,
} from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';

type Body = BodyOf<'import-undone'>;

/** What is needed of an import. */
export type ImportToUndo = Body['import'] & {
  readonly body: Pick<BodyOf<'customers-imported'>, 'source' | 'accounts'> & {
    readonly customers: readonly { readonly customer: string }[];
  };
};

export type UndoInput = Deciding & {
  /** Null: it is not known. */
  readonly imported: ImportToUndo | null;
  /** Whom to take back. */
  readonly customers: readonly string[];
  /** Whether anything is known of the customer besides the import. */
  readonly isChanged: (customer: string) => boolean;
  readonly approval: Body['approval'];
};

export type UndoRefusal =
  | NoRight
  | {
      readonly kind:
        'unknown-import' | 'demo-import' | 'nobody-to-take-back' | 'not-imported' | 'changed-since';
    };

export function decideUndo(input: UndoInput): Decided<Body, UndoRefusal> {
  const refused = (because: UndoRefusal) => ({ kind: 'refused', because }) as const;
  const { imported, customers, isChanged, approval } = input;
  const noRight = refusedRight('import-undone', input);
  if (noRight !== null) return refused(noRight);
  if (imported === null) return refused({ kind: 'unknown-import' });
  const { till, seq, hash, body } = imported;
  // its cards are the same at every till, and would never come again
  if (body.source === 'demo') return refused({ kind: 'demo-import' });
  const wanted = new Set(customers);
  const taken = body.customers.flatMap(({ customer }) => (wanted.has(customer) ? [customer] : []));
  if (taken.length === 0) return refused({ kind: 'nobody-to-take-back' });
  if (taken.length !== wanted.size) return refused({ kind: 'not-imported' });
  if (taken.some(isChanged)) return refused({ kind: 'changed-since' });
  return {
    kind: 'decided',
    body: {
      ...{ import: { till, seq, hash }, customers: taken },
      ...{ accounts: reversedSteps(body.accounts, wanted), approval },
    },
  };
}

/** The steps that take back what an import gave these customers, in its order. */
export function reversedSteps(
  accounts: readonly AccountEntry[],
  customers: ReadonlySet<string>,
): AccountEntry[] {
  return accounts.flatMap((step) =>
    customers.has(step.customer) ? [{ ...step, delta: -step.delta }] : [],
  );
}

export function readsOfUndo({ hash, body }: EntryOf<'import-undone'>): Reads {
  const { balances } = accountReads(hash, body.accounts, []);
  return { ...NO_READS, balances, debts: openingDebts(body) };
}

/**
 * The rows that it leaves once the relay has accepted it, at the till that wrote it, too: the opening balances are taken back, and
 * the opening debt of each customer.
 */
export function projectUndo(entry: EntryOf<'import-undone'>, before: Before): ProjectedChange[] {
  const { accounts: steps, import: of } = entry.body;
  const moving = {
    ...{ steps, settles: [], earned: [], terms: NO_TERMS, confirmed: [] },
    real: new Set<string>(),
  };
  const debts = new Map<string, DebtRow>();
  for (const { customer, account, delta } of steps) {
    if (account !== 'debt') continue;
    const held = debts.get(customer) ?? before.debts([customer, of.hash]);
    const nothing = { left: 0, repaid: NO_MONEY, earned: NOTHING_EARNED, made: null };
    const { left, repaid, earned, made } = held ?? nothing;
    debts.set(customer, { customer, debt: of.hash, left: left + delta, repaid, earned, made });
  }
  return [
    ...accountChanges(entry, moving, before).filter(({ table }) => table !== 'debts'),
    { table: 'debts', op: 'put', rows: [...debts.values()] },
  ];
}

/** The keys of the debts that the import made of what it takes back. */
const openingDebts = ({ import: of, accounts }: Body): [string, string][] =>
  accounts.flatMap(({ customer, account }): [string, string][] =>
    account === 'debt' ? [[customer, of.hash]] : [],
  );
