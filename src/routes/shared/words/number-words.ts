// Words for entries and receipts by their numbers.
import { till } from '$lib/state/till.svelte';

const MOST_RANGES = 20;

/** `5, 7–9, 12`; shortened if there are very many. */
export function numbersOf(
  numbers: readonly number[],
  written: (number: number) => string = String,
): string {
  const ranges: [number, number][] = [];
  for (const each of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && each <= last[1] + 1) last[1] = each;
    else ranges.push([each, each]);
  }
  const shown = ranges
    .slice(0, MOST_RANGES)
    .map(([a, b]) => (a === b ? written(a) : `${written(a)}–${written(b)}`));
  return shown.join(', ') + (ranges.length > MOST_RANGES ? '…' : '');
}

/** `3-000005, 3-000007–3-000009`. `printed`: formats a receipt number; by default with this device's till number. */
export function receiptNumbers(
  receipts: readonly { readonly till: string; readonly number: number }[],
  printed = (of: string, number: number) => till.printedNumber(of, number),
): string {
  const tills = [...new Set(receipts.map((each) => each.till))];
  return tills
    .map((of) => {
      const own = receipts.filter((each) => each.till === of).map(({ number }) => number);
      return numbersOf(own, (number) => printed(of, number));
    })
    .join(', ');
}
