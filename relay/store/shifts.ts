// The newest shift of each till, as its entries up to a place of its chain leave it.
import type { ShiftRow } from '$lib/contract/rows';
import type { Database } from './database';
import { putRow } from './rows';

export const migration = `
CREATE TABLE shifts (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  shift TEXT,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
`;

/** `seq`: the last entry that is included; `shift` null: the till has opened none. */
type ShiftAt = { readonly seq: number; readonly shift: ShiftRow | null };

/** The stored newest shift of a till; if nothing is stored, the state before its first entry. */
export async function keptShift(db: Database, till: string): Promise<ShiftAt> {
  const sql = 'SELECT seq, shift FROM shifts WHERE shop = @shop AND till = ?';
  const row = await db.get<{ seq: number; shift: string | null }>(sql, till);
  if (row === null) return { seq: 0, shift: null };
  return { seq: row.seq, shift: row.shift === null ? null : (JSON.parse(row.shift) as ShiftRow) };
}

export const keepShift = (db: Database, till: string, { seq, shift }: ShiftAt): Promise<void> =>
  putRow(db, 'shifts (till, seq, shift)', 'till', {
    till,
    seq,
    shift: shift === null ? null : JSON.stringify(shift),
  });
