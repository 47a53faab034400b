// The enrolled tills with their public keys. A revoked till stays on record.
import type { PublicKey } from '$lib/contract/values';
import type { Database } from './database';

export const migration = `
CREATE TABLE tills (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  public_key TEXT NOT NULL,
  enrolled_at INTEGER NOT NULL,
  enrolled_by TEXT NOT NULL CHECK (enrolled_by IN ('loopback', 'token')),
  seen_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
`;

export type TillRow = {
  readonly id: string;
  readonly name: string;
  readonly publicKey: PublicKey;
  readonly enrolledAt: number;
  /** Whether it came in over loopback before there was a policy, or by a token. */
  readonly enrolledBy: 'loopback' | 'token';
  readonly seenAt: number | null;
  readonly revokedAt: number | null;
};

type Raw = {
  id: string;
  name: string;
  public_key: string;
  enrolled_at: number;
  enrolled_by: 'loopback' | 'token';
  seen_at: number | null;
  revoked_at: number | null;
};

const fromRaw = (raw: Raw): TillRow => ({
  id: raw.id,
  name: raw.name,
  publicKey: JSON.parse(raw.public_key) as PublicKey,
  enrolledAt: raw.enrolled_at,
  enrolledBy: raw.enrolled_by,
  seenAt: raw.seen_at,
  revokedAt: raw.revoked_at,
});

/** The till of this id, revoked ones too. */
export function tillById(db: Database, id: string): TillRow | null {
  const raw = db.prepare('SELECT * FROM tills WHERE id = ?').get(id) as Raw | undefined;
  return raw ? fromRaw(raw) : null;
}

/** All tills, oldest first. */
export function allTills(db: Database): TillRow[] {
  const rows = db.prepare('SELECT * FROM tills ORDER BY enrolled_at, id').all() as Raw[];
  return rows.map(fromRaw);
}

/** Adds a till; its id must be new. */
export function addTill(
  db: Database,
  till: Pick<TillRow, 'id' | 'name' | 'publicKey' | 'enrolledAt' | 'enrolledBy'>,
): void {
  db.prepare(
    'INSERT INTO tills (id, name, public_key, enrolled_at, enrolled_by) VALUES (?, ?, ?, ?, ?)',
  ).run(till.id, till.name, JSON.stringify(till.publicKey), till.enrolledAt, till.enrolledBy);
}

/** Notes that the till was heard of. */
export function sawTill(db: Database, id: string, at: number): void {
  db.prepare('UPDATE tills SET seen_at = ? WHERE id = ?').run(at, id);
}

/** Revokes a till for good; false: there is none, or it was revoked before. */
export function revokeTill(db: Database, id: string, at: number): boolean {
  const sql = 'UPDATE tills SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL';
  return db.prepare(sql).run(at, id).changes === 1;
}
