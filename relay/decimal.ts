// Arithmetic on decimal text, exact to the last digit: what services say of money never becomes a float.
import type { Decimal } from './providers/provider';

type Exact = { readonly units: bigint; readonly places: number };

function read(text: Decimal): Exact {
  const [whole = '', fraction = ''] = text.split('.');
  return {
    units: BigInt(whole.replace(/^-?/, '') + fraction) * (text.startsWith('-') ? -1n : 1n),
    places: fraction.length,
  };
}

const scaled = ({ units, places }: Exact, to: number): bigint => units * 10n ** BigInt(to - places);

/** The exact sum, with as many places as the longer of the two. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [read(a), read(b)];
  const places = Math.max(x.places, y.places);
  const sum = scaled(x, places) + scaled(y, places);
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, '0');
  const point = digits.length - places;
  return `${sum < 0n ? '-' : ''}${digits.slice(0, point)}${places === 0 ? '' : `.${digits.slice(point)}`}`;
}

/** Whether the first is less than the second. */
export function isLess(a: Decimal, b: Decimal): boolean {
  const [x, y] = [read(a), read(b)];
  const places = Math.max(x.places, y.places);
  return scaled(x, places) < scaled(y, places);
}
