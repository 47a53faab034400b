// Encodes the packed catalogue as the bytes of a file, and decodes it.
import type { PackedCatalogue } from '$lib/domain/catalogue';
import { packedCatalogue } from '$lib/storage/schema/catalogue-record';

/** The JSON has kind and byte length of each typed array; the arrays follow. Little-endian, as every tablet. */
type Column = { readonly column: keyof typeof KINDS; readonly length: number };

const KINDS = { u8: Uint8Array, u32: Uint32Array, f64: Float64Array } as const;
/** Columns begin at multiples of this, as Float64Array requires. */
const STEP = 8;

const padded = (length: number) => Math.ceil(length / STEP) * STEP;

/** Eight bytes with the length of the JSON, the JSON, the columns. */
export function catalogueBytes(packed: PackedCatalogue): Uint8Array<ArrayBuffer> {
  const columns: Uint8Array[] = [];
  const json = JSON.stringify(packed, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const [column] = Object.entries(KINDS).find(([, kind]) => value instanceof kind) ?? [];
    columns.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return { column, length: value.byteLength };
  });
  const text = new TextEncoder().encode(json);
  const size = columns.reduce((sum, each) => sum + padded(each.length), STEP + padded(text.length));
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, STEP);
  let at = STEP + padded(text.length);
  for (const each of columns) {
    bytes.set(each, at);
    at += padded(each.length);
  }
  return bytes;
}

const isColumn = (value: unknown): value is Column =>
  typeof value === 'object' && value !== null && 'column' in value && 'length' in value;

/** Null if these are not the bytes of a catalogue. The caller compares the hash. */
export function catalogueOf(bytes: Uint8Array<ArrayBuffer>): PackedCatalogue | null {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const text = new TextDecoder().decode(bytes.subarray(STEP, STEP + length));
    let at = STEP + padded(length);
    // in the order they were written: JSON.parse calls the reviver from the inside out, left to right
    const value: unknown = JSON.parse(text, (_, each: unknown) => {
      if (!isColumn(each)) return each;
      const column = bytes.slice(at, at + each.length).buffer;
      at += padded(each.length);
      return new KINDS[each.column](column);
    });
    const parsed = packedCatalogue.safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
