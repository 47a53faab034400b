// Finds which of many concatenated texts contains a position.
// Fast for ascending, close positions.

/**
 * The last place whose start is at or before `position`. `from`: a place known to start at or before it; the search begins there,
 * in growing steps. `starts` ends with the end of the last text.
 */
export function placeOf(starts: Uint32Array, position: number, from: number): number {
  const last = starts.length - 2;
  let low = from;
  let step = 1;
  while (low + step <= last && (starts[low + step] ?? 0) <= position) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step - 1, last);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
