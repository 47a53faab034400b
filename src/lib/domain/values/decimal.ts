// Exact arithmetic on decimal text: money reported by messaging services never becomes a float.

type Exact = { readonly units: bigint; readonly places: number };

function read(text: string): Exact {
  const [whole = '', fraction = ''] = text.split('.');
  const units = BigInt(whole.replace('-', '') + fraction);
  return { units: text.startsWith('-') ? -units : units, places: fraction.length };
}

const scaled = ({ units, places }: Exact, to: number): bigint => units * 10n ** BigInt(to - places);

/** The exact sum, with as many decimals as the longer of the two. */
export function addDecimals(a: string, b: string): string {
  const [x, y] = [read(a), read(b)];
  const places = Math.max(x.places, y.places);
  const sum = scaled(x, places) + scaled(y, places);
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, '0');
  const point = digits.length - places;
  return `${sum < 0n ? '-' : ''}${digits.slice(0, point)}${places === 0 ? '' : `.${digits.slice(point)}`}`;
}

/** Whether the first is less than the second. */
export function isLess(a: string, b: string): boolean {
  const [x, y] = [read(a), read(b)];
  const places = Math.max(x.places, y.places);
  return scaled(x, places) < scaled(y, places);
}
