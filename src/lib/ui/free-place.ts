// Finds a place for a box where it covers nothing that must stay visible. Pixels of the screen.

export type Rect = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};
type Size = { readonly width: number; readonly height: number };
type Corner = { readonly left: number; readonly top: number };
/** `isFree`: the box covers nothing that is kept clear. */
export type Place = Corner & { readonly isFree: boolean };

/** Distance between the box and what is kept clear, px. */
const GAP = 8;

/**
 * The first free place in `room` for a box: the lower corners, then above what is kept clear, the upper corners, below it. If no
 * place is free, the one that covers the least.
 */
export function freePlace(box: Size, room: Rect, kept: readonly Rect[]): Place {
  const right = Math.max(room.left, room.right - box.width);
  const bottom = Math.max(room.top, room.bottom - box.height);
  const above = kept.map(({ top }) => top - box.height - GAP);
  const below = kept.map((one) => one.bottom + GAP);
  const tops = [bottom, ...above.sort((a, b) => b - a), room.top, ...below];
  const places = tops
    .filter((top) => top >= room.top && top <= bottom)
    .flatMap((top) => [room.left, right].map((left) => ({ left, top })));
  const covered = places.map((place) => coveredBy(place, box, kept));
  const least = Math.min(...covered);
  const { left, top } = places[covered.indexOf(least)] ?? room;
  return { left, top, isFree: least === 0 };
}

function coveredBy({ left, top }: Corner, { width, height }: Size, kept: readonly Rect[]): number {
  return kept.reduce((sum, one) => {
    const across = Math.min(left + width, one.right) - Math.max(left, one.left);
    const down = Math.min(top + height, one.bottom) - Math.max(top, one.top);
    return sum + Math.max(0, across) * Math.max(0, down);
  }, 0);
}
