// Roving focus: a group of buttons is one Tab stop; arrow keys move inside it.

/**
 * The index to which an arrow key leads from `from`, among `count` elements in rows of `columns`; null: nowhere, or another
 * key.
 */
export function roveTo(key: string, from: number, count: number, columns: number): number | null {
  const to = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: from + columns,
    ArrowUp: from - columns,
    Home: 0,
    End: count - 1,
  }[key];
  if (to === undefined || to < 0 || to >= count || to === from) return null;
  return to;
}

/** Number of boxes in the first row. */
export function columnsOf(boxes: readonly { readonly offsetTop: number }[]): number {
  const [first] = boxes;
  if (first === undefined) return 1;
  const next = boxes.findIndex((box) => box.offsetTop !== first.offsetTop);
  return next === -1 ? boxes.length : next;
}
