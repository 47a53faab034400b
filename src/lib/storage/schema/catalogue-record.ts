// Schemas of the stored goods: packed columns, their mark, and stock changes since the count.
import { fieldChange } from '$lib/contract/journal';
import { hash, id } from '$lib/contract/values';
import type { PackedCatalogue, TextColumn } from '$lib/domain/catalogue';
import * as z from 'zod/mini';

const text: z.ZodMiniType<TextColumn> = z.strictObject({
  text: z.string(),
  ends: z.custom<Uint32Array<ArrayBuffer>>((value) => value instanceof Uint32Array),
});
const floats = z.custom<Float64Array<ArrayBuffer>>((value) => value instanceof Float64Array);

export const packedCatalogue: z.ZodMiniType<PackedCatalogue> = z.strictObject({
  v: z.literal(1),
  count: z.int().check(z.nonnegative()),
  ids: z.string(),
  names: text,
  namesRu: z.nullable(text),
  namesEn: z.nullable(text),
  skus: text,
  barcodes: text,
  prices: floats,
  units: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
  categories: z.array(z.string()),
  categoryOf: z.custom<Uint32Array<ArrayBuffer>>((value) => value instanceof Uint32Array),
  stock: floats,
});

export const catalogueRow = z.strictObject({
  key: z.literal('current'),
  hash,
  packed: packedCatalogue,
});
export type CatalogueRow = z.infer<typeof catalogueRow>;

/** What this device has changed of a product; in the catalogue stand the values with which it was added. */
export const productRow = z.strictObject({
  product: id,
  edits: z.array(z.strictObject({ change: fieldChange, entry: hash })),
});

/** Products that other tills have added. */
export const remoteCatalogueRow = z.strictObject({
  key: z.literal('current'),
  packed: packedCatalogue,
});
export type RemoteCatalogueRow = z.infer<typeof remoteCatalogueRow>;

/** Identifies the packed catalogue, so that it need not be read. */
export const catalogueMark = z.strictObject({ hash, count: z.int() });
