// Sums of recent acts without a code, measured against caps and thresholds.
import type { ConfirmationRow } from '$lib/contract/rows';
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import { unconfirmedOf, type Unconfirmed } from '$lib/domain/customers/account';
import { usageOf, type OverrideUsage, type OverrideUse } from '$lib/domain/consent/override';
import { exact, money, sum, type Money } from '$lib/domain/values/money';
import { Dexie } from 'dexie';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { packedWithNumber } from '$lib/storage/remote/packed-cards';
import { customersIn } from '$lib/storage/remote/remote-cards';
import { windowsEndIn, lineageIn } from '$lib/storage/database/meta';
import { inBoth, type TillDb } from '$lib/storage/database/db';
import { confirmationsOf } from '$lib/storage/journal/reader';

// both ranges have no upper bound, so that a clock set back frees no cap; see `windowsEndIn` for a clock set forward

/**
 * This till's overrides of the last 24 hours, and the customer's at all tills, over all cards with their number. Awaits Dexie
 * only.
 */
export async function usageIn(
  db: TillDb,
  at: number,
  customer: string | null,
): Promise<OverrideUsage> {
  return usageAmong(db, await countedIn(db, at, customer));
}

/** What counts against the limits of a customer, whose cards are read once. */
type CustomerUsage = {
  readonly usage: OverrideUsage;
  readonly unconfirmed: Unconfirmed;
  /** Points that sales of the last 24 hours earn, at all tills, over all cards with their number. */
  readonly earnedToday: number;
};

/** Awaits Dexie only. */
export async function customerUsageIn(
  db: TillDb,
  customer: string,
  at: number,
): Promise<CustomerUsage> {
  const counted = await countedIn(db, at, customer);
  const [usage, unconfirmed, earnedToday] = await Promise.all([
    usageAmong(db, counted),
    unconfirmedAmong(db, counted),
    earnedAmong(db, counted),
  ]);
  return { usage, unconfirmed, earnedToday };
}

async function earnedAmong(db: TillDb, { end, cards }: Counted): Promise<number> {
  const rows = await Promise.all(
    [...cards].map((card) =>
      inBoth(db, 'sales', (table) =>
        table
          .where('[customer+at]')
          .between([card, end - DAY_MS], [card, Dexie.maxKey], false)
          .toArray(),
      ),
    ),
  );
  return rows.flat().reduce((sum, { earns }) => exact(sum + earns), 0);
}

/** Which acts count. `names`: the ids of this till; `end`: of the windows, ms; `cards`: of the customer. */
type Counted = {
  readonly names: readonly string[];
  readonly end: number;
  readonly cards: ReadonlySet<string>;
};

async function countedIn(db: TillDb, at: number, customer: string | null): Promise<Counted> {
  // former till ids count as well, so that re-enrolment frees no cap
  const [names, end, cards] = await Promise.all([
    lineageIn(db),
    windowsEndIn(db, at),
    cardsOfNumberIn(db, customer),
  ]);
  return { names, end, cards };
}

async function usageAmong(db: TillDb, { names, end, cards }: Counted): Promise<OverrideUsage> {
  const [own, remote] = await Promise.all(
    [db.confirmations, db.remoteConfirmations].map((table) =>
      table
        .where('[shown+at]')
        .between(['override', end - DAY_MS], ['override', Dexie.maxKey], false)
        .toArray(),
    ),
  );
  const mine = (own ?? []).filter((row) => names.includes(row.till));
  return usageOf(usesAmong(mine), end, cards, usesAmong(remote ?? []));
}

function usesAmong(rows: readonly ConfirmationRow[]): OverrideUse[] {
  return rows.flatMap(({ at, customer, amount }) =>
    customer === null ? [] : [{ at, customer, amount: money(amount) }],
  );
}

/** All cards of the customer's account, and all other cards with one of their numbers. Awaits Dexie only. */
async function cardsOfNumberIn(db: TillDb, customer: string | null): Promise<ReadonlySet<string>> {
  if (customer === null) return new Set();
  const cards = await accountCardsIn(db, customer);
  const phones = (await customersIn(db, cards)).flatMap((card) => card?.phone ?? []);
  if (phones.length === 0) return new Set(cards);
  const others = await Promise.all([
    inBoth(db, 'customers', (table) => table.where('phone').anyOf(phones).primaryKeys()),
    packedWithNumber(db, phones),
  ]);
  return new Set([...cards, ...others.flat()]);
}

/**
 * The acts of the last 30 days that no code confirmed, of the customer and everybody whose card has the same number. Awaits
 * Dexie only.
 */
export async function unconfirmedIn(
  db: TillDb,
  customer: string,
  at: number,
): Promise<Unconfirmed> {
  return unconfirmedAmong(db, await countedIn(db, at, customer));
}

async function unconfirmedAmong(db: TillDb, { end, cards }: Counted): Promise<Unconfirmed> {
  const rows = await Promise.all(
    [...cards].map((card) => confirmationsOf(db, card, end - MONTH_MS)),
  );
  return unconfirmedOf(
    rows.flat().map((row) => ({ at: row.at, confirmation: row })),
    end,
  );
}

/** Debt confirmed by code in the 24 hours before `at`, minor units. It counts against the cap of a new number. */
export async function confirmedDebt(db: TillDb, customer: string, at: number): Promise<Money> {
  const end = await windowsEndIn(db, at);
  const rows = await confirmationsOf(db, customer, end - DAY_MS);
  const mine = rows.filter(({ kind, action }) => kind === 'code' && action === 'sell-on-account');
  return sum(mine.map(({ amount }) => money(amount)));
}
