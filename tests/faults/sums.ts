// Sums of debts, points and stock: by the entries of journals, and by the rows of a till.
import type { Page } from '@playwright/test';
import { snapshotOf, type Row } from '../support/till-disk';
import { accountsIn, stockLeft } from './whole';

/** Sums that are not zero, by customer and account or by product. */
export type Sums = Readonly<Record<string, number>>;

export function added(steps: readonly (readonly [of: string, delta: number])[]): Sums {
  const sums = new Map<string, number>();
  for (const [of, delta] of steps) sums.set(of, (sums.get(of) ?? 0) + delta);
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0));
}

/** How the acts of these journals moved debts and points (minor units, points) and stock (thousandths). */
export const movedBy = (journal: readonly Row[]): (readonly [of: string, delta: number])[] => [
  ...accountsIn({ journal }).map(sumOf('delta')),
  ...stockLeft({ journal }),
];

/** The sums by the rows of one till, of its own acts and those it downloaded. */
export async function sumsAt(page: Page): Promise<Sums> {
  const rows = await snapshotOf(page, ['balances', 'remoteBalances', 'stock', 'remoteStock']);
  const accounts = [...rows.balances, ...rows.remoteBalances].filter(
    ({ account }) => account !== 'purchases',
  );
  const moved = [...rows.stock, ...rows.remoteStock];
  return added([
    ...accounts.map(sumOf('sum')),
    ...moved.map(({ product, delta }) => [String(product), Number(delta)] as const),
  ]);
}

const sumOf =
  (amount: 'delta' | 'sum') =>
  (row: Row): readonly [string, number] => [
    `${String(row['customer'])} ${String(row['account'])}`,
    Number(row[amount]),
  ];
