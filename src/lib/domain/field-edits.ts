// Edits of single fields: which of those made at several tills counts.
// The newest own one, and by the shop's order the one that counts, whichever till made it.
// An edit that was made without knowing another device's does not undo it.

type Change = { readonly field: string };

/** An edit of this device, with the hash of its entry. */
export type OwnEdit<C extends Change> = { readonly change: C; readonly entry: string };

/** The edits that count by the order, one for each field, as a `RemoteProductRow` has them. */
export type OrderedEdits<C extends Change> = readonly {
  readonly change: C;
  readonly order: number;
  readonly till: string;
  readonly own: string | null;
}[];

/** An entry of the order. `order`: from which place on it counts, or, judged again, where it stands; `seen`: up to where its author had seen it. */
export type Placed<Entry> = {
  readonly entry: Entry;
  readonly order: number;
  readonly seen: number;
  /** Whether this device wrote it. */
  readonly isOwn: boolean;
};

type Judging<C extends Change> = {
  /** The last id of the device that had a till id. */
  readonly deviceOf: (till: string) => string;
  /** Whether two edits of a field set the same, so that the second is none. */
  readonly isSame: (a: C, b: C) => boolean;
};

/** The own edits after one more. */
export function withOwnEdit<C extends Change>(
  held: readonly OwnEdit<C>[],
  edit: OwnEdit<C>,
): readonly OwnEdit<C>[] {
  return [...held.filter((each) => each.change.field !== edit.change.field), edit];
}

/** The edits that count after one more change of the order; undefined: there were none. */
export function withOrderedEdit<C extends Change>(
  held: OrderedEdits<C> | undefined,
  change: C,
  { entry, order, seen, isOwn }: Placed<{ readonly till: string; readonly hash: string }>,
  { deviceOf, isSame }: Judging<C>,
): OrderedEdits<C> {
  const { till, hash } = entry;
  const before = held?.find((edit) => edit.change.field === change.field);
  const own = isOwn ? hash : (before?.own ?? null);
  const isOfOther = before !== undefined && deviceOf(before.till) !== deviceOf(till);
  // an entry that is judged again comes after what its device has changed since
  const stays =
    before !== undefined &&
    (isSame(before.change, change) || before.order > (isOfOther ? seen : order));
  const edit = stays ? { ...before, own } : { change, order, till, own };
  const others = held?.filter((each) => each.change.field !== change.field) ?? [];
  return [...others, edit];
}

/** What counts now: an own edit that the order does not have yet is the newest. */
export function currentChanges<C extends Change>(
  own: readonly OwnEdit<C>[],
  ordered: OrderedEdits<C>,
): C[] {
  const changes = ordered.map(({ change, own: echoed }) => {
    const edit = own.find((each) => each.change.field === change.field);
    return edit === undefined || edit.entry === echoed ? change : edit.change;
  });
  const known = new Set(changes.map(({ field }) => field));
  return [...changes, ...own.flatMap(({ change }) => (known.has(change.field) ? [] : [change]))];
}
