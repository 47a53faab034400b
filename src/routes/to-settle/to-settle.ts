// Reads discrepancies with both sides of each: till, person, time, and what it moved or set.
import type { Credit } from '$lib/contract/acts/customer';
import type { Entry } from '$lib/contract/journal';
import type { TillDb } from '$lib/storage/database/db';
import {
  closedDiscrepancies,
  openDiscrepancies,
  type Discrepancy,
} from '$lib/storage/customers/discrepancies';
import {
  staleCategories,
  staleCredit,
  staleGoods,
  type StaleCategory,
  type StaleField,
} from '$lib/storage/customers/settled-discrepancies';
import { sharingNumber } from '$lib/storage/customers/find-customers';
import { knownEntry, originalOf } from '$lib/proof/known-entry';
import { entryOf, type Written } from '$lib/storage/journal/reader';
import { customerIn, namesOf } from '../shared/entry/journal-rows';

/** One entry of a discrepancy. */
export type Side = {
  readonly place: Written;
  /** Null: the entry is not on this till. */
  readonly entry: Entry | null;
  readonly customer: string | null;
  /** What it added to the customer's debt, minor units, and deducted from their points; 0: nothing. */
  readonly debt: number;
  readonly points: number;
  /** The credit that it set on a card; null: it saved no card. */
  readonly credit: Credit | null;
};

export type ShownDiscrepancy = {
  readonly found: Discrepancy;
  readonly side: Side;
  readonly others: readonly Side[];
  /** Customers whose cards have the same number, if the discrepancy is about that. */
  readonly sharing: readonly string[];
  /** The credit that can be applied with a tap; null: none. */
  readonly applicable: Credit | null;
  /** The fields of goods that can be applied. */
  readonly goods: readonly StaleField[];
  readonly categories: readonly StaleCategory[];
};

export type ToSettleList = {
  readonly open: readonly ShownDiscrepancy[];
  /** Closed last, newest first. */
  readonly closed: readonly ShownDiscrepancy[];
  /** Names by customer id, of those with a card here. */
  readonly names: ReadonlyMap<string, string>;
};

const CLOSED_SHOWN = 10;

/** Open discrepancies, oldest first, and some that were closed recently. */
export async function readToSettle(db: TillDb): Promise<ToSettleList> {
  const [open, closed] = await Promise.all(
    [await openDiscrepancies(db), await closedDiscrepancies(db, CLOSED_SHOWN)].map((found) =>
      Promise.all(found.map((one) => shownOf(db, one))),
    ),
  );
  const shown = [...(open ?? []), ...(closed ?? [])];
  const customers = shown.flatMap(({ side, others, sharing }) => [
    side.customer,
    ...others.map((other) => other.customer),
    ...sharing,
  ]);
  return { open: open ?? [], closed: closed ?? [], names: await namesOf(db, customers) };
}

async function shownOf(db: TillDb, found: Discrepancy): Promise<ShownDiscrepancy> {
  const side = await sideOf(db, found.entry, null);
  const customer = found.kind === 'number-shared' ? found.detail : null;
  return {
    found,
    side,
    others: await Promise.all(found.against.map((place) => sideOf(db, place, side.customer))),
    sharing: customer === null ? [] : await sharingNumber(db, customer),
    applicable: (await staleCredit(db, found))?.credit ?? null,
    goods: found.closed === null ? await staleGoods(db, found) : [],
    categories: found.closed === null ? await staleCategories(db, found) : [],
  };
}

/** `about`: the customer whose part is meant, if the entry concerns several. */
async function sideOf(db: TillDb, place: Written, about: string | null): Promise<Side> {
  const entry = await entryOf(db, place);
  const body = entry === null ? null : knownEntry(originalOf(entry))?.body;
  const customer = about ?? (entry === null ? null : customerIn(entry));
  const steps = body && 'accounts' in body ? body.accounts : [];
  const moved = (account: 'debt' | 'points', sign: 1 | -1): number =>
    steps
      .filter((step) => step.account === account && step.customer === customer)
      .reduce((sum, { delta }) => sum + Math.max(0, sign * delta), 0);
  return {
    place,
    entry,
    customer,
    debt: moved('debt', 1),
    points: moved('points', -1),
    credit: body && 'credit' in body ? body.credit : null,
  };
}
