// Rows of acts that move debt or points: account steps, balances, debts, confirmations, reviews.
import type {
  AccountRow,
  BalanceRow,
  ConfirmationRow,
  DebtEarns,
  DebtRow,
  EarnedOnDebt,
  GrantUsedRow,
  SumStep,
} from '$lib/contract/rows';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import { CONSENTED } from '$lib/domain/customers/account';
import { paidByDebt, type PartOfDebt } from '$lib/domain/customers/debts';
import { invariant } from '$lib/domain/values/invariant';
import { exact } from '$lib/domain/values/money';
import { NO_READS, type Before, type ProjectedChange, type Reads } from '$lib/domain/rows';
import { NO_MONEY, type MoneyParts } from '$lib/domain/values/settlement';

/** A confirmation and its customer. */
export type Confirmed = { readonly confirmation: Confirmation; readonly customer: string | null };

/** What one act adds to `earned` of a debt. */
export type EarnedStep = EarnedOnDebt & { readonly debt: string };

/** Terms of the debt that an act makes. `dueDays`: days within which it is to be paid; null: no date. */
export type DebtTerms = { readonly dueDays: number | null; readonly earns: DebtEarns | null };
export const NO_TERMS: DebtTerms = { dueDays: null, earns: null };
export const NOTHING_EARNED: EarnedOnDebt = { onMoney: 0, points: 0 };

export type Moving = {
  readonly steps: readonly SumStep[];
  /** What the act takes off the customer's debts. */
  readonly settles: readonly PartOfDebt[];
  /** What the act adds to the points earned by repaying these debts; negative if it cancels a repayment. */
  readonly earned: readonly EarnedStep[];
  readonly terms: DebtTerms;
  readonly confirmed: readonly Confirmed[];
  /** Ids of the verified challenges and reserve-code verifiers that are not the demo provider's. */
  readonly real: ReadonlySet<string>;
};

/** Keys of the rows that `accountChanges` depends on. */
export function accountReads(
  hash: string,
  steps: readonly SumStep[],
  settles: readonly Pick<PartOfDebt, 'debt'>[],
): Reads {
  const debtors = new Set(
    steps.flatMap((step) => (step.account === 'debt' ? [step.customer] : [])),
  );
  return {
    ...NO_READS,
    balances: steps.map(({ customer, account }) => [customer, account]),
    debts: [...debtors].flatMap((customer) =>
      [...new Set([hash, ...settles.map(({ debt }) => debt)])].map((debt): [string, string] => [
        customer,
        debt,
      ]),
    ),
  };
}

/** Rows of an entry that moves accounts. Sums are absolute; `before` is the state after the previous entry. */
export function accountChanges(entry: Entry, moving: Moving, before: Before): ProjectedChange[] {
  const { hash, till, seq, at } = entry;
  const { steps, confirmed, real } = moving;
  const rows = steps.map((step, index): AccountRow => ({ hash, index, till, seq, at, ...step }));
  return [
    { table: 'accountEntries', op: 'add', rows },
    { table: 'balances', op: 'put', rows: sumsAfter(steps, before) },
    { table: 'debts', op: 'put', rows: debtsAfter(entry, moving, before) },
    { table: 'confirmations', op: 'add', rows: confirmationRows(entry, confirmed, real) },
    {
      table: 'unconfirmed',
      op: 'add',
      rows: isUnconfirmed(entry, confirmed) ? [{ entry: hash, till, seq, at }] : [],
    },
  ];
}

/** The relay's proofs that an act uses up. `act`: its id; for a sale the id of its receipt. */
export const usedBy = (confirmations: readonly Confirmation[], act: string): GrantUsedRow[] =>
  confirmations.flatMap((given) => {
    if (given.kind === 'code') return [{ challenge: given.challenge, sale: act }];
    if (given.kind === 'reserve-code') return [{ challenge: given.verifier, sale: act }];
    return [];
  });

function sumsAfter(steps: readonly SumStep[], before: Before): BalanceRow[] {
  const after = new Map<string, BalanceRow>();
  for (const { customer, account, delta } of steps) {
    const name = `${customer} ${account}`;
    const held = after.get(name) ?? before.balances([customer, account]);
    const exactSum = (held?.sum ?? 0) + delta;
    // A forged sale of any size must not block later ones, so purchases are limited instead of throwing: they only decide
    // discounts.
    const sum = account === 'purchases' ? exact(exactSum) : exactSum;
    invariant(Number.isSafeInteger(sum), 'a running total is a safe integer');
    after.set(name, { customer, account, sum });
  }
  return [...after.values()];
}

/**
 * `settles` is taken off the debts it names, even if less is left of them; the rest of the debt steps becomes a debt of this
 * entry. So the debts of a customer always add up to their running total.
 */
function debtsAfter(
  { hash, till, seq, at }: Entry,
  { steps, settles, earned, terms: { dueDays, earns } }: Omit<Moving, 'confirmed' | 'real'>,
  before: Before,
): DebtRow[] {
  const rows: DebtRow[] = [];
  const moved = new Map<string, number>();
  for (const { customer, account, delta } of steps)
    if (account === 'debt') moved.set(customer, (moved.get(customer) ?? 0) + delta);
  for (const [customer, delta] of moved) {
    let rest = delta;
    for (const [debt, amount] of paidByDebt(settles)) {
      const held = before.debts([customer, debt]);
      const { left, repaid, made } = held ?? { left: 0, repaid: NO_MONEY, made: null };
      const parts = settles.filter((part) => part.debt === debt);
      rows.push(
        debtRow({
          customer,
          debt,
          left: left - amount,
          repaid: withParts(repaid, parts),
          made,
          earned: withEarned(held?.earned ?? NOTHING_EARNED, earned, debt),
        }),
      );
      rest += amount;
    }
    if (rest === 0) continue;
    const held = before.debts([customer, hash]);
    const dueAt = dueDays === null ? null : at + dueDays * DAY_MS;
    const made = { till, seq, at, amount: rest, dueAt, earns };
    const { left, repaid } = held ?? { left: 0, repaid: NO_MONEY };
    const points = held?.earned ?? NOTHING_EARNED;
    rows.push(debtRow({ customer, debt: hash, left: left + rest, repaid, earned: points, made }));
  }
  return rows;
}

function withParts(repaid: MoneyParts, parts: readonly PartOfDebt[]): MoneyParts {
  const after = { ...repaid };
  for (const { tender, amount } of parts) if (tender !== null) after[tender] += amount;
  return after;
}

function withEarned(
  before: EarnedOnDebt,
  steps: readonly EarnedStep[],
  debt: string,
): EarnedOnDebt {
  const after = { ...before };
  for (const step of steps) {
    if (step.debt !== debt) continue;
    after.onMoney += step.onMoney;
    after.points += step.points;
  }
  return after;
}

function debtRow(row: DebtRow): DebtRow {
  const sums = [row.left, ...Object.values(row.repaid), ...Object.values(row.earned)];
  const isExact = sums.every(Number.isSafeInteger);
  invariant(isExact, 'what is left of a debt is a safe integer');
  return row;
}

const confirmationRows = (
  { hash, seq, at, till, operator }: Entry,
  confirmed: readonly Confirmed[],
  real: ReadonlySet<string>,
): ConfirmationRow[] =>
  confirmed.map(({ confirmation, customer }, index) => {
    const { kind, action, amount } = confirmation;
    const isDemo =
      (kind === 'code' && !real.has(confirmation.challenge)) ||
      (kind === 'reserve-code' && !real.has(confirmation.verifier));
    return {
      at,
      hash,
      index,
      seq,
      till,
      operator,
      customer,
      action,
      kind,
      amount,
      shown: isDemo ? 'none' : kind,
    };
  });

/** Whether the entry needs a review: one of its confirmations is not the customer's own, and it is no demo data. */
const isUnconfirmed = ({ body }: Entry, confirmed: readonly Confirmed[]): boolean =>
  confirmed.some(({ confirmation }) => !CONSENTED.has(confirmation.kind)) &&
  body['source'] !== 'demo';
