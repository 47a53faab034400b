// Goods by the shop's order: the edit of each field that counts, whichever till made it.
// An edit that was made without knowing another device's does not undo it.
import type { EntryOf, FieldChange } from '$lib/contract/journal';
import type { RemoteProductRow } from '$lib/contract/shop-copy';
import type { ProductRow } from './rows';

/** An entry of the order that changes goods. `order`: from which place on it counts; `seen`: up to where its author had seen it. */
export type GoodsEntry = {
  readonly entry: EntryOf<'products-changed'>;
  readonly order: number;
  readonly seen: number;
  /** Whether this device wrote it. */
  readonly isOwn: boolean;
};

/**
 * Puts the products that an entry changes into `products`, which holds those before it. `deviceOf`: the last id of the device
 * that had a till id.
 */
export function editProducts(
  products: Map<string, RemoteProductRow>,
  { entry, order, seen, isOwn }: GoodsEntry,
  deviceOf: (till: string) => string,
): void {
  const { till, hash, body } = entry;
  for (const change of body.changed) {
    const { product, field } = change;
    const held = products.get(product);
    // the copy of the order was dropped and comes again; the goods were kept
    if (held !== undefined && held.upTo > order) continue;
    const before = held?.edits.find((edit) => edit.change.field === field);
    const own = isOwn ? hash : (before?.own ?? null);
    const isStale =
      before !== undefined && before.order > seen && deviceOf(before.till) !== deviceOf(till);
    const edit = isStale ? { ...before, own } : { change, order, till, own };
    const others = held?.edits.filter((each) => each.change.field !== field) ?? [];
    products.set(product, { product, upTo: order, edits: [...others, edit] });
  }
}

/** What differs from the products as they were added: an own edit that the order does not have yet is the newest. */
export function currentEdits(
  own: readonly ProductRow[],
  ordered: readonly RemoteProductRow[],
): ReadonlyMap<string, readonly FieldChange[]> {
  const current = new Map<string, FieldChange[]>();
  const ownEdits = new Map(own.map((row) => [row.product, row.edits]));
  for (const { product, edits } of ordered) {
    const mine = ownEdits.get(product) ?? [];
    const changes = edits.map(({ change, own: echoed }) => {
      const edit = mine.find((each) => each.change.field === change.field);
      return edit === undefined || edit.entry === echoed ? change : edit.change;
    });
    current.set(product, changes);
  }
  for (const { product, edits } of own) {
    const changes = current.get(product) ?? [];
    const known = new Set(changes.map(({ field }) => field));
    for (const { change } of edits) if (!known.has(change.field)) changes.push(change);
    current.set(product, changes);
  }
  return current;
}
