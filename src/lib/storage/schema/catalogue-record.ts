// Schemas of the stored goods: the packed products of an entry, and later values of fields.
import { stockRow } from '$lib/contract/rows';
import { addedProduct } from '$lib/contract/acts/goods';
import { remoteCategoryRow } from '$lib/contract/shop-copy';
import { hash, id } from '$lib/contract/values';
import type { PackedCatalogue, TextColumn } from '$lib/domain/goods/catalogue';
import type { Product } from '$lib/domain/goods/product';
import * as z from 'zod/mini';

const text: z.ZodMiniType<TextColumn> = z.strictObject({
  text: z.string(),
  ends: z.custom<Uint32Array<ArrayBuffer>>((value) => value instanceof Uint32Array),
});
const floats = z.custom<Float64Array<ArrayBuffer>>((value) => value instanceof Float64Array);

const bytes = z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array);

const packedCatalogue: z.ZodMiniType<PackedCatalogue> = z.strictObject({
  v: z.literal(1),
  count: z.int().check(z.nonnegative()),
  ids: z.string(),
  names: text,
  namesRu: z.nullable(text),
  namesEn: z.nullable(text),
  skus: text,
  barcodes: text,
  noDiscounts: bytes,
  taxes: bytes,
  ages: bytes,
  marked: bytes,
  prices: floats,
  units: bytes,
  usualMosts: z.custom<Uint32Array<ArrayBuffer>>((value) => value instanceof Uint32Array),
  categories: z.array(z.string()),
  categoryOf: z.custom<Uint32Array<ArrayBuffer>>((value) => value instanceof Uint32Array),
  stock: floats,
});

const product = addedProduct as unknown as z.ZodMiniType<Product>;

/** The products that one entry of this device added. */
export const addedProductsRow = z.strictObject({
  till: id,
  seq: z.int(),
  hash,
  goods: z.union([packedCatalogue, z.array(product)]),
});

/**
 * The goods as shown when the copy of the order was dropped, with the order's category changes. They stay on screen until the
 * order is downloaded again. `entries`: hashes of this device's entries whose edits are included; its other edits are newer.
 * `stock`: movements of other tills.
 */
export const keptGoodsRow = z.strictObject({
  key: z.literal('current'),
  packed: packedCatalogue,
  categories: z.array(remoteCategoryRow),
  entries: z.array(hash),
  stock: z.array(stockRow),
});
export type KeptGoodsRow = z.infer<typeof keptGoodsRow>;
