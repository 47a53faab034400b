// Rows that take back an own entry which the relay refused.
// Added to the rows of the entry in the till's own journal, they cancel its sums.
import type { DebtRow } from '$lib/contract/rows';
import type { KnownEntry } from '$lib/contract/journal';
import { NOTHING_EARNED } from './customers/account-rows';
import { exact } from './values/money';
import { NO_MONEY, type MoneyParts } from './values/settlement';
import { project } from './acts';
import { keyOf, NOTHING_BEFORE, writtenTo, type ProjectedChange } from './rows';

/**
 * The rows that take back an entry's account steps, debts and stock. A return gets its row a second time: a return that a device
 * finds both in its own journal and here does not count. The drawer's sums and the used codes stay.
 */
export const projectTakenBack: typeof project = (entry: KnownEntry, before) => {
  const left = project(entry, NOTHING_BEFORE, new Set());
  const changes: ProjectedChange[] = [
    { table: 'returns', op: 'add', rows: writtenTo('returns', left) },
    {
      table: 'accountEntries',
      op: 'add',
      rows: writtenTo('accountEntries', left).map((row) => ({ ...row, delta: -row.delta })),
    },
    {
      table: 'balances',
      op: 'put',
      rows: writtenTo('balances', left).map((row) => {
        const held = before.balances(keyOf.balances(row))?.sum ?? 0;
        return { ...row, sum: exact(held - row.sum) };
      }),
    },
    {
      table: 'debts',
      op: 'put',
      rows: writtenTo('debts', left).map((row) => lessDebt(before.debts(keyOf.debts(row)), row)),
    },
    {
      table: 'stock',
      op: 'put',
      rows: writtenTo('stock', left).map(({ product, delta }) => ({
        product,
        delta: exact((before.stock(product)?.delta ?? 0) - delta),
      })),
    },
  ];
  return changes.filter((change) => change.op !== 'delete' && change.rows.length > 0);
};

function lessDebt(held: DebtRow | undefined, row: DebtRow): DebtRow {
  const { left, repaid, earned, made } = held ?? NO_DEBT;
  return {
    customer: row.customer,
    debt: row.debt,
    made,
    left: exact(left - row.left),
    repaid: lessParts(repaid, row.repaid),
    earned: {
      onMoney: exact(earned.onMoney - row.earned.onMoney),
      points: exact(earned.points - row.earned.points),
    },
  };
}

const NO_DEBT = { left: 0, repaid: NO_MONEY, earned: NOTHING_EARNED, made: null };

const lessParts = (a: MoneyParts, b: MoneyParts): MoneyParts => ({
  cash: exact(a.cash - b.cash),
  card: exact(a.card - b.card),
  transfer: exact(a.transfer - b.transfer),
});
