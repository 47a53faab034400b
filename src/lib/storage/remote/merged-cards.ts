// Reads which cards the shop's order has merged into one account.
import type { TillDb } from '$lib/storage/database/db';

/** Says which cards belong to one account. */
export type Merges = {
  /** The card under which this one is shown: its own, or the one it was merged into. */
  readonly shownUnder: (customer: string) => string;
  /** The ids of all cards of a customer's account, this customer's own first. */
  readonly cardsOf: (customer: string) => readonly string[];
};

/** All merges in the order. There are few, so they are read together. Awaits Dexie only. */
export async function mergesIn(db: TillDb): Promise<Merges> {
  const rows = await db.remoteCards.where('mergedInto').above('').toArray();
  const into = new Map(rows.map(({ customer, mergedInto }) => [customer, mergedInto]));
  const shownUnder = (customer: string): string => {
    let shown = customer;
    // the relay lets no circular merge into the order
    for (let step = 0; step < into.size; step += 1) shown = into.get(shown) ?? shown;
    return shown;
  };
  const ids = [...new Set(rows.flatMap((row) => [row.customer, row.mergedInto ?? '']))].sort();
  const cardsOf = (customer: string): readonly string[] => {
    const shown = shownUnder(customer);
    return [customer, ...ids.filter((id) => id !== customer && shownUnder(id) === shown)];
  };
  return { shownUnder, cardsOf };
}

/** The ids of all cards of a customer's account, this customer's own first. Awaits Dexie only. */
export async function accountCardsIn(db: TillDb, customer: string): Promise<readonly string[]> {
  const { cardsOf } = await mergesIn(db);
  return cardsOf(customer);
}
