// What a customer owes, debt by debt, over all tills.
import type { DebtMade, DebtRow, EarnedOnDebt } from '$lib/contract/rows';
import type { Lowered } from '$lib/contract/acts/correction';
import { DAY_MS } from '$lib/domain/values/durations';
import { earnedByRepaying } from './loyalty';
import { exact, money, ZERO, type Money } from '$lib/domain/values/money';
import type { MoneyParts, MoneyTenderKind } from '$lib/domain/values/settlement';

/** A debt of which something is left. `debt`: hash of the entry that made it. */
export type OpenDebt = {
  readonly debt: string;
  readonly made: DebtMade;
  readonly left: Money;
  readonly earned: EarnedOnDebt;
};

/** Open debts, oldest first, or what the shop owes the customer: only one of the two is not empty. */
export type Debts = { readonly open: readonly OpenDebt[]; readonly weOwe: Money };

/** When a debt is to be paid, ms: its own date, otherwise `dueDays` of the present policy after it was made. Null: no date. */
export const dueAtOf = ({ made }: OpenDebt, dueDays: number | null): number | null =>
  made.dueAt ?? (dueDays === null ? null : made.at + dueDays * DAY_MS);

/** Whether a debt should have been paid before `now`, ms. `dueDays`: of the policy. */
export function isOverdue(debt: OpenDebt, now: number, dueDays: number | null): boolean {
  const dueAt = dueAtOf(debt, dueDays);
  return dueAt !== null && dueAt < now;
}

/** The sum of these debts that should have been paid before `now`, ms. `dueDays`: of the policy. */
export const overdueOf = ({ open }: Debts, now: number, dueDays: number | null): Money =>
  owedOf(open.filter((debt) => isOverdue(debt, now, dueDays)));

export const NO_DEBTS: Debts = { open: [], weOwe: ZERO };

/** Adds up the rows of each debt: this device's and those of the other tills. */
export function joinedDebts(rows: readonly DebtRow[]): DebtRow[] {
  const joined = new Map<string, DebtRow>();
  for (const row of rows) {
    const held = joined.get(row.debt);
    joined.set(
      row.debt,
      held === undefined
        ? row
        : {
            ...row,
            left: exact(held.left + row.left),
            repaid: addedParts(held.repaid, row.repaid),
            earned: {
              onMoney: exact(held.earned.onMoney + row.earned.onMoney),
              points: exact(held.earned.points + row.earned.points),
            },
            made: held.made ?? row.made,
          },
    );
  }
  return [...joined.values()];
}

const addedParts = (a: MoneyParts, b: MoneyParts): MoneyParts => ({
  cash: exact(a.cash + b.cash),
  card: exact(a.card + b.card),
  transfer: exact(a.transfer + b.transfer),
});

/** The sum left of these debts, limited to the safe integers: only a dishonest till can make a larger one. */
export const owedOf = (open: readonly OpenDebt[]): Money =>
  money(open.reduce((sum, { left }) => exact(sum + left), 0));

/**
 * The debts of one customer. If tills that did not know of each other took off more than a debt was, the surplus is taken off the
 * customer's other debts, the oldest first; the shop owes the customer the rest. `rows`: of this device and of the others.
 */
export function openDebts(rows: readonly DebtRow[]): Debts {
  const debts = joinedDebts(rows);
  // a debt whose entry has not arrived does not count: its amount is unknown, so its surplus is unknown too
  let surplus = debts.reduce(
    (sum, { left, made }) => (made === null ? sum : exact(sum - Math.min(0, left))),
    0,
  );
  const open: OpenDebt[] = [];
  const owed = debts.flatMap(({ debt, left, made, earned }) =>
    made !== null && left > 0 ? [{ debt, left, made, earned }] : [],
  );
  for (const { debt, left, made, earned } of owed.sort(oldestFirst)) {
    const taken = Math.min(surplus, left);
    surplus -= taken;
    if (left > taken) open.push({ debt, made, left: money(left - taken), earned });
  }
  return { open, weOwe: money(surplus) };
}

/** By time, then till, then number, so that the order is the same at every till. */
const oldestFirst = (a: { readonly made: DebtMade }, b: { readonly made: DebtMade }): number =>
  a.made.at - b.made.at ||
  (a.made.till < b.made.till ? -1 : Number(a.made.till > b.made.till)) ||
  a.made.seq - b.made.seq;

/** What is taken off a debt, minor units; `tender` null: without money. `debt`: hash of the entry that made it. */
export type PartOfDebt = {
  readonly debt: string;
  readonly tender: MoneyTenderKind | null;
  readonly amount: number;
};

/** What each debt loses, minor units, in the order of the parts. */
export function paidByDebt(
  parts: readonly Pick<PartOfDebt, 'debt' | 'amount'>[],
): ReadonlyMap<string, number> {
  const paid = new Map<string, number>();
  for (const { debt, amount } of parts) paid.set(debt, (paid.get(debt) ?? 0) + amount);
  return paid;
}

/** The most debts that one act can settle, as the contract says. */
export const MOST_SETTLED = 1000;

/** How much `amount` lowers each of these debts, in their order. A sum above all of them is ignored. */
export function loweredBy(open: readonly OpenDebt[], amount: Money): Lowered[] {
  let rest: number = amount;
  return open.slice(0, MOST_SETTLED).flatMap(({ debt, left }) => {
    const taken = Math.min(left, rest);
    rest -= taken;
    return taken > 0 ? [{ debt, amount: taken }] : [];
  });
}

/**
 * Points that a debt earned too many, because tills that did not know of each other both took repayments of it. Only the money that
 * settled the debt should earn points, not the surplus.
 */
export function pointsTooMany({ left, earned, made }: DebtRow): number {
  const settled = Math.max(0, exact(earned.onMoney + Math.min(0, left)));
  return made === null ? 0 : Math.max(0, earned.points - earnedByRepaying(made.earns, settled));
}

/** Whole days since a debt was made. */
export const ageInDays = (madeAt: number, now: number): number =>
  Math.max(0, Math.floor((now - madeAt) / DAY_MS));

/** The first day of each group of ages: up to 30 days, 31–60, 61–90, older. */
export const AGES = [0, 31, 61, 91] as const;
export type Age = (typeof AGES)[number];

/** What is owed, by the age of the debts; `overdue`: the part that should have been paid by now. `oldestAt`: ms. */
export type Aged = {
  readonly owed: Money;
  readonly overdue: Money;
  readonly byAge: Readonly<Record<Age, Money>>;
  readonly oldestAt: number;
};

/** Null: nothing is owed. `dueDays`: of the policy. */
export function agedDebts(debts: Debts, now: number, dueDays: number | null): Aged | null {
  const { open } = debts;
  const [oldest] = open;
  if (oldest === undefined) return null;
  const byAge = { 0: ZERO, 31: ZERO, 61: ZERO, 91: ZERO };
  for (const { made, left } of open) {
    const days = ageInDays(made.at, now);
    const age = AGES.findLast((from) => days >= from) ?? 0;
    byAge[age] = money(exact(byAge[age] + left));
  }
  const overdue = overdueOf(debts, now, dueDays);
  return { owed: owedOf(open), overdue, byAge, oldestAt: oldest.made.at };
}
