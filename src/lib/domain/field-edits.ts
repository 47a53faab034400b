// Edits of single fields: decides which edit counts when several tills changed the same field.
// An edit whose author had not seen another device's edit of the field does not replace it.

type Change = { readonly field: string };

/** An edit of this device, with the hash of its entry. */
export type OwnEdit<C extends Change> = { readonly change: C; readonly entry: string };

/** The edits that count by the shop's order, one for each field, as a `RemoteProductRow` has them. */
export type OrderedEdits<C extends Change> = readonly {
  readonly change: C;
  readonly order: number;
  readonly till: string;
  readonly own: string | null;
}[];

/**
 * An entry of the shop's order. `order`: the place from which on it counts; where the entry is judged again, its own place.
 * `seen`: the last place that its author had seen.
 */
export type Placed<Entry> = {
  readonly entry: Entry;
  readonly order: number;
  readonly seen: number;
  /** Whether this device wrote it. */
  readonly isOwn: boolean;
};

type Judging<C extends Change> = {
  /** The newest till id of the device that once had this till id. */
  readonly deviceOf: (till: string) => string;
  /** Whether two edits of a field set the same value, so that the second changes nothing. */
  readonly isSame: (a: C, b: C) => boolean;
};

/** The own edits after one more. */
export const withOwnEdit = <C extends Change>(
  held: readonly OwnEdit<C>[],
  edit: OwnEdit<C>,
): OwnEdit<C>[] => [...held.filter((each) => each.change.field !== edit.change.field), edit];

/** The edits that count after one more change of the order. `held`: those before it; undefined: there were none. */
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
  // An entry that is judged again arrives after later changes of its own device: those stay.
  const stays =
    before !== undefined &&
    (isSame(before.change, change) || before.order > (isOfOther ? seen : order));
  const edit = stays ? { ...before, own } : { change, order, till, own };
  const others = held?.filter((each) => each.change.field !== change.field) ?? [];
  return [...others, edit];
}

/** The changes that count now. An own edit that is not in the order yet is newer than those in it. */
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
