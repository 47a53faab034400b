// Sums of recent acts without a code, measured against caps and thresholds.
import { DAY_MS, MONTH_MS, unconfirmedOf, type Unconfirmed } from '$lib/domain/account';
import { usageOf, type OverrideUsage } from '$lib/domain/override';
import { money, sum, type Money } from '$lib/domain/money';
import { Dexie } from 'dexie';
import { windowsEndIn } from '$lib/storage/till/clock';
import type { TillDb } from '$lib/storage/database/db';
import { lineageIn } from '$lib/storage/database/till-record';

// no upper bound in either range: a clock set back must not free a cap; for a clock set forward see `windowsEndIn`

/** This till's overrides of the last 24 hours; those of the customer over all cards with their number. Awaits Dexie only. */
export async function usageIn(
  db: TillDb,
  at: number,
  customer: string | null,
): Promise<OverrideUsage> {
  // former till ids count, too: re-enrolment frees no cap
  const [names, end, cards] = await Promise.all([
    lineageIn(db),
    windowsEndIn(db, at),
    cardsOfNumberIn(db, customer),
  ]);
  const rows = await db.confirmations
    .where('[shown+at]')
    .between(['override', end - DAY_MS], ['override', Dexie.maxKey], false)
    .toArray();
  const mine = rows.filter((row) => names.includes(row.till) && row.customer !== null);
  return usageOf(
    mine.map((row) => ({ at: row.at, customer: row.customer ?? '', amount: money(row.amount) })),
    end,
    cards,
  );
}

/** The customer and every other one whose card has the same number. Awaits Dexie only. */
async function cardsOfNumberIn(db: TillDb, customer: string | null): Promise<ReadonlySet<string>> {
  if (customer === null) return new Set();
  const phone = (await db.customers.get(customer))?.phone ?? null;
  const others =
    phone === null ? [] : await db.customers.where('phone').equals(phone).primaryKeys();
  return new Set([customer, ...others]);
}

/**
 * The acts of the last 30 days that were not confirmed by a code, of the customer and everybody whose card has the same number.
 * Awaits Dexie only.
 */
export async function unconfirmedIn(
  db: TillDb,
  customer: string,
  at: number,
): Promise<Unconfirmed> {
  const [end, cards] = await Promise.all([windowsEndIn(db, at), cardsOfNumberIn(db, customer)]);
  const rows = await Promise.all(
    [...cards].map((card) =>
      db.confirmations
        .where('[customer+at]')
        .between([card, end - MONTH_MS], [card, Dexie.maxKey], false)
        .toArray(),
    ),
  );
  return unconfirmedOf(
    rows.flat().map((row) => ({ at: row.at, confirmation: row })),
    end,
  );
}

/** Debt confirmed by code here in the 24 hours before `at`, minor units: counts against a new number's cap. */
export async function confirmedDebt(db: TillDb, customer: string, at: number): Promise<Money> {
  const end = await windowsEndIn(db, at);
  const rows = await db.confirmations
    .where('[customer+at]')
    .between([customer, end - DAY_MS], [customer, Dexie.maxKey], false)
    .toArray();
  const mine = rows.filter(({ kind, action }) => kind === 'code' && action === 'sell-on-account');
  return sum(mine.map(({ amount }) => money(amount)));
}
