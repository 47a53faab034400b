// Finds marked pieces that any till has sold and that have not been returned since.
import type { SaleRow } from '$lib/contract/rows';
import type { SaleBody } from '$lib/contract/acts/sale';
import { pieceOf } from '$lib/domain/goods/marking-code';
import { returnedBy } from '$lib/domain/receipt/returns';
import { inBoth, readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import type { Table } from 'dexie';
import { returnsIn } from './returns-of-sale';

/** Tables that `piecesSoldIn` reads. */
export const pieceTables = (db: TillDb): Table[] => [
  ...[db.sales, db.remoteSales, db.returns, db.remoteReturns, db.journal, db.remoteJournal],
];

/** The pieces among these that are sold, each with its sale. Awaits Dexie only. */
export async function piecesSoldIn(
  db: TillDb,
  pieces: readonly string[],
): Promise<ReadonlyMap<string, SaleRow>> {
  const sold = new Map<string, SaleRow>();
  if (pieces.length === 0) return sold;
  const rows = await inBoth(db, 'sales', (table) => table.where('pieces').anyOf(pieces).toArray());
  const [entries, returns] = await Promise.all([
    entriesOf(db, rows),
    Promise.all(rows.map(({ hash }) => returnsIn(db, hash))),
  ]);
  for (const [place, row] of rows.entries()) {
    const back = returnedBy(returns[place] ?? []);
    const lines = (entries[place]?.body as SaleBody | undefined)?.lines ?? [];
    for (const [line, { mark }] of lines.entries()) {
      const piece = mark === null ? null : pieceOf(mark);
      if (piece !== null && pieces.includes(piece) && (back.quantities[line] ?? 0) === 0)
        sold.set(piece, row);
    }
  }
  return sold;
}

/** The sale of the piece with this marking code; null: it is not sold as far as this till knows. Throws StorageError. */
export const saleOfPiece = (db: TillDb, code: string): Promise<SaleRow | null> =>
  readTogether(db, pieceTables(db), async () => {
    const piece = pieceOf(code);
    return (await piecesSoldIn(db, [piece])).get(piece) ?? null;
  });
