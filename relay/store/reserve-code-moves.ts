// Reserve codes that go on with a device under its new name. Only a live code moves, and its former till is told that it is gone.
import type { Database } from './database';
import type { ReserveCodeRow } from './reserve-codes';

/** A change is one of a code at one till: of a code that moved, both tills have to hear. */
export const migration = `
DROP TRIGGER reserve_code_changed;
DROP INDEX reserve_changes_by_till;
ALTER TABLE reserve_changes RENAME TO reserve_changes_before;
CREATE TABLE reserve_changes (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL,
  till TEXT NOT NULL,
  UNIQUE (code, till)
) STRICT;
INSERT INTO reserve_changes SELECT version, code, till FROM reserve_changes_before;
DROP TABLE reserve_changes_before;
CREATE INDEX reserve_changes_by_till ON reserve_changes (till, version);
CREATE TRIGGER reserve_code_changed AFTER UPDATE OF state ON reserve_codes BEGIN
  INSERT OR REPLACE INTO reserve_changes (code, till) VALUES (NEW.id, NEW.till);
END;
CREATE TRIGGER reserve_code_moved AFTER UPDATE OF till ON reserve_codes BEGIN
  INSERT OR REPLACE INTO reserve_changes (code, till) VALUES (OLD.id, OLD.till), (NEW.id, NEW.till);
END;
`;

/** A code that is good, with the verifier its till has. */
export type LiveCode = Pick<ReserveCodeRow, 'id' | 'till'> & { readonly signed: string };

export function liveCodesOf(db: Database, tills: readonly string[]): readonly LiveCode[] {
  const sql = `SELECT id, till, signed FROM reserve_codes
    WHERE state = 'live' AND till IN (SELECT value FROM json_each(?))`;
  return db.prepare(sql).all(JSON.stringify(tills)) as LiveCode[];
}

/** `signed`: the verifier made out to the new till. Nothing happens where the code has ended or moved meanwhile. */
export function moveReserveCode(db: Database, from: LiveCode, to: Omit<LiveCode, 'id'>): void {
  db.prepare(
    `UPDATE reserve_codes SET till = @till, signed = @signed
     WHERE id = @id AND till = @former AND state = 'live'`,
  ).run({ ...to, id: from.id, former: from.till });
}
