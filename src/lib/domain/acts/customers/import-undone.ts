// An undone import of customers: decides whom it takes back, and projects it into rows.
import type { DebtRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import {
  accountChanges,
  accountReads,
  NOTHING_EARNED,
  NO_TERMS,
} from '$lib/domain/customers/account-rows';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import { NO_READS, type Before, type ProjectedChange, type Reads } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';

type Body = BodyOf<'import-undone'>;

/** The part of an import that undoing it needs. */
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
  /** Whether anything besides the import is known about the customer. */
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
  const noRight = refusedRight(undoRules, input);
  if (noRight !== null) return refused(noRight);
  if (imported === null) return refused({ kind: 'unknown-import' });
  const { till, seq, hash, body } = imported;
  // demo cards have the same ids at every till: once forgotten, they could never be imported again
  if (body.source === 'demo') return refused({ kind: 'demo-import' });
  const wanted = new Set(customers);
  const taken = body.customers.flatMap(({ customer }) => (wanted.has(customer) ? [customer] : []));
  if (taken.length === 0) return refused({ kind: 'nobody-to-take-back' });
  if (taken.length !== wanted.size) return refused({ kind: 'not-imported' });
  if (taken.some(isChanged)) return refused({ kind: 'changed-since' });
  return {
    kind: 'decided',
    body: {
      import: { till, seq, hash },
      customers: taken,
      accounts: reversedSteps(body.accounts, wanted),
      approval,
    },
  };
}

/** The reversed account steps of an import for these customers, in the import's order. */
export const reversedSteps = (
  accounts: readonly AccountEntry[],
  customers: ReadonlySet<string>,
): AccountEntry[] =>
  accounts.flatMap((step) =>
    customers.has(step.customer) ? [{ ...step, delta: -step.delta }] : [],
  );

function readsOfUndo({ hash, body }: EntryOf<'import-undone'>): Reads {
  const { balances } = accountReads(hash, body.accounts, []);
  return { ...NO_READS, balances, debts: openingDebts(body) };
}

/**
 * The rows of an undone import: they take back the opening balances and the opening debt of each customer. They are written only
 * after the relay has accepted the entry, also at the till that wrote it.
 */
function projectUndo(entry: EntryOf<'import-undone'>, before: Before): ProjectedChange[] {
  const { accounts: steps, import: of } = entry.body;
  const moving = {
    steps,
    settles: [],
    earned: [],
    terms: NO_TERMS,
    confirmed: [],
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

/** The keys of the opening debts that are taken back. */
const openingDebts = ({ import: of, accounts }: Body): [string, string][] =>
  accounts.flatMap(({ customer, account }): [string, string][] =>
    account === 'debt' ? [[customer, of.hash]] : [],
  );

export const undoRules = {
  rights: ['data'],
  reads: readsOfUndo,
  project: projectUndo,
  takesEffect: 'when-accepted',
  refusedInShop: 'undo-refused',
  endsCards: ({ customers }) => customers.map((customer) => ({ customer })),
} as const satisfies ActRules<'import-undone'>;

export const undoAgain = {
  purpose: () => 'undo-import',
  untoldIfRefused: true,
  again: ({ body }, { undoing, ...by }) =>
    undoing === null ? null : decideUndo({ ...by, ...body, ...undoing }),
} as const satisfies AgainRules<'import-undone'>;
