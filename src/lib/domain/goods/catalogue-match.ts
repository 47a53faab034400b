// Matches each row of a price list with a product of the catalogue.
// Changes nothing.
import { barcodeKey, codesAt, textAt, type PackedCatalogue } from './catalogue';
import type { ImportedProduct } from './price-list';

/** The product of a row: a row of the catalogue (`≥ 0`), or `~i`, the new product first named by list row `i`. */
export type Target = number;

export type Matches = {
  /** One per row of the list. */
  readonly targets: Int32Array;
  /** The product that has a barcode, by its `barcodeKey`; null: none. */
  readonly ownerOf: (key: string) => Target | null;
};

type Lookup = {
  readonly codes: Map<string, Target>;
  readonly skus: Map<string, number[]>;
  readonly names: Map<string, number[]>;
};

function remember(places: Map<string, number[]>, key: string, row: number): void {
  const rows = places.get(key);
  if (rows === undefined) places.set(key, [row]);
  else rows.push(row);
}

function lookupOf(packed: PackedCatalogue | null): Lookup {
  const lookup: Lookup = { codes: new Map(), skus: new Map(), names: new Map() };
  for (let row = 0; packed !== null && row < packed.count; row++) {
    for (const code of codesAt(packed, row)) lookup.codes.set(barcodeKey(code), row);
    const sku = textAt(packed.skus, row);
    if (sku !== '') remember(lookup.skus, sku, row);
    remember(lookup.names, textAt(packed.names, row), row);
  }
  return lookup;
}

const keyOf = ({ code }: { readonly code: string }): string => barcodeKey(code);

/** The keys of a row: its barcodes, or SKU and name if it has none (no barcode contains a line break). */
const keysOf = ({ barcodes, sku, name }: ImportedProduct): string[] =>
  barcodes.length > 0 ? barcodes.map(keyOf) : [`${sku ?? ''}\n${name}`];

/** The owner of the first key that has one; the row's free keys are assigned to that owner too. */
function adopt(codes: Map<string, Target>, keys: readonly string[]): Target | null {
  for (const key of keys) {
    const owner = codes.get(key);
    if (owner === undefined) continue;
    for (const each of keys) if (!codes.has(each)) codes.set(each, owner);
    return owner;
  }
  return null;
}

/**
 * Rows with a barcode of a known product. Repeated until nothing is added, so that the result does not depend on the
 * order of rows with a common barcode. Returns the remaining rows.
 */
function matchByBarcode(
  rows: readonly ImportedProduct[],
  { codes }: Lookup,
  targets: Int32Array,
  claimed: Uint8Array,
): number[] {
  let left = rows.map((_, i) => i);
  for (let before = -1; left.length !== before;) {
    before = left.length;
    left = left.filter((i) => {
      const owner = adopt(codes, rows[i]?.barcodes.map(keyOf) ?? []);
      if (owner === null) return true;
      targets[i] = owner;
      claimed[owner] = 1;
      return false;
    });
  }
  return left;
}

/** Matches every row. First all barcodes; then SKU with name, SKU alone, name alone, each product at most once. */
export function matchRows(
  packed: PackedCatalogue | null,
  rows: readonly ImportedProduct[],
): Matches {
  const lookup = lookupOf(packed);
  const targets = new Int32Array(rows.length);
  const claimed = new Uint8Array(packed?.count ?? 0);
  const first: number[] = [];
  for (const i of matchByBarcode(rows, lookup, targets, claimed)) {
    const row = rows[i];
    if (row === undefined) continue;
    const keys = keysOf(row);
    const earlier = adopt(lookup.codes, keys);
    targets[i] = earlier ?? ~i;
    if (earlier !== null) continue;
    first.push(i);
    for (const key of keys) lookup.codes.set(key, ~i);
  }
  const found =
    packed === null ? new Map<Target, Target>() : claimRest(packed, rows, first, lookup, claimed);
  const settled = (target: Target): Target => found.get(target) ?? target;
  return {
    targets: targets.map(settled),
    ownerOf: (key) => {
      const owner = lookup.codes.get(key);
      return owner === undefined ? null : settled(owner);
    },
  };
}

/** For products that are new by barcode: the catalogue's row with the same SKU or name, if any. */
function claimRest(
  packed: PackedCatalogue,
  rows: readonly ImportedProduct[],
  first: readonly number[],
  { skus, names }: Lookup,
  claimed: Uint8Array,
): Map<Target, Target> {
  const found = new Map<Target, Target>();
  const claim = (
    candidates: (row: ImportedProduct) => readonly number[] | undefined,
    fits: (row: ImportedProduct, place: number) => boolean,
  ) => {
    for (const i of first) {
      const row = rows[i];
      if (row === undefined || found.has(~i)) continue;
      const place = candidates(row)?.find((each) => claimed[each] === 0 && fits(row, each));
      if (place === undefined) continue;
      found.set(~i, place);
      claimed[place] = 1;
    }
  };
  const sameSku = ({ sku }: ImportedProduct) => (sku === null ? undefined : skus.get(sku));
  claim(sameSku, ({ name }, place) => textAt(packed.names, place) === name);
  claim(sameSku, () => true);
  claim(
    ({ name }) => names.get(name),
    // two cheeses called «Сыр» with two barcodes are two products
    ({ sku, barcodes }, place) =>
      (barcodes.length === 0 || textAt(packed.barcodes, place) === '') &&
      (sku === null || textAt(packed.skus, place) === ''),
  );
  return found;
}
