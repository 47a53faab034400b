// Reserve codes: issues, and each code as a keyed hash and a till's verifier. Never a code.
import type { Channel } from '$lib/contract/values';
import type { Database } from './database';
import { addRow } from './rows';

export const migration = `
CREATE TABLE reserve_issues (
  shop TEXT NOT NULL,
  id TEXT NOT NULL,
  till TEXT NOT NULL,
  customer TEXT NOT NULL,
  challenge TEXT NOT NULL,
  codes INTEGER NOT NULL,
  cap INTEGER NOT NULL,
  channel TEXT NOT NULL,
  provider TEXT NOT NULL,
  message TEXT,
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('leaving', 'issued')),
  at INTEGER NOT NULL,
  PRIMARY KEY (shop, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE reserve_codes (
  shop TEXT NOT NULL,
  id TEXT NOT NULL,
  issue TEXT NOT NULL,
  till TEXT NOT NULL,
  customer TEXT NOT NULL,
  hash TEXT NOT NULL,
  cap INTEGER NOT NULL,
  signed TEXT,
  state TEXT NOT NULL CHECK (state IN ('leaving', 'live', 'used', 'void')),
  used_by TEXT,
  voided_at INTEGER,
  void_known_at INTEGER,
  PRIMARY KEY (shop, id),
  FOREIGN KEY (shop, issue) REFERENCES reserve_issues (shop, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX reserve_codes_by_hash ON reserve_codes (shop, hash);
CREATE INDEX reserve_codes_by_customer ON reserve_codes (shop, customer, state);
CREATE TABLE reserve_changes (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  shop TEXT NOT NULL,
  code TEXT NOT NULL,
  till TEXT NOT NULL,
  UNIQUE (shop, code, till)
) STRICT;
CREATE INDEX reserve_changes_by_till ON reserve_changes (shop, till, version);
CREATE TRIGGER reserve_code_changed AFTER UPDATE OF state ON reserve_codes BEGIN
  INSERT OR REPLACE INTO reserve_changes (shop, code, till) VALUES (NEW.shop, NEW.id, NEW.till);
END;
-- moving a code to another till is a change for both tills
CREATE TRIGGER reserve_code_moved AFTER UPDATE OF till ON reserve_codes BEGIN
  INSERT OR REPLACE INTO reserve_changes (shop, code, till)
  VALUES (OLD.shop, OLD.id, OLD.till), (NEW.shop, NEW.id, NEW.till);
END;
`;

export type IssueRow = {
  readonly id: string;
  /** The requesting till. */
  readonly till: string;
  readonly customer: string;
  readonly challenge: string;
  /** Number of codes, over all tills. */
  readonly codes: number;
  /** Minor units. */
  readonly cap: number;
  readonly channel: Channel;
  /** Id of the service and of its message; null where it gave none. */
  readonly provider: string;
  readonly message: string | null;
  readonly demo: boolean;
  /** `leaving`: the message is being sent, or the relay stopped meanwhile. */
  readonly state: 'leaving' | 'issued';
  readonly at: number;
};

export type ReserveCodeRow = {
  readonly id: string;
  readonly issue: string;
  /** The only till at which it is valid. */
  readonly till: string;
  readonly customer: string;
  /** Keyed hash over customer and code. */
  readonly hash: string;
  readonly cap: number;
  /** The verifier as its till gets it; null once the code is used or void. */
  readonly signed: string | null;
  readonly state: 'leaving' | 'live' | 'used' | 'void';
  /** Hash of the entry that used it. */
  readonly usedBy: string | null;
  /** ms; null: not void, or never valid, as codes of the demo. */
  readonly voidedAt: number | null;
  /** Since when its till knows that it is void, ms; 0: the till voided it itself; null: it may not know. */
  readonly voidKnownAt: number | null;
};

const ISSUE =
  'id, till, customer, challenge, codes, cap, channel, provider, message, demo, state, at';
const CODE = `id, issue, codes.till, customer, hash, cap, signed, state, used_by, voided_at,
  void_known_at`;

/** The issue of this id, of any till. */
export async function issueById(db: Database, id: string): Promise<IssueRow | null> {
  const sql = `SELECT ${ISSUE} FROM reserve_issues WHERE shop = @shop AND id = ?`;
  const raw = await db.get<Omit<IssueRow, 'demo'> & { demo: number }>(sql, id);
  return raw === null ? null : { ...raw, demo: raw.demo === 1 };
}

/** Stores an issue before its message is sent; tills do not get its codes yet. */
export async function addIssue(
  db: Database,
  issue: Omit<IssueRow, 'state' | 'message'>,
  codes: readonly Pick<ReserveCodeRow, 'id' | 'till' | 'hash' | 'signed'>[],
): Promise<void> {
  const state = 'leaving';
  await addRow(db, `reserve_issues (${ISSUE})`, { ...issue, message: null, state });
  const into = 'reserve_codes (id, issue, till, customer, hash, cap, signed, state)';
  const { id, customer, cap } = issue;
  for (const code of codes) await addRow(db, into, { ...code, issue: id, customer, cap, state });
}

/** Makes the codes valid after their message was, or may have been, sent; the customer's earlier ones become void. */
export async function settleIssue(
  db: Database,
  {
    id,
    message,
    at,
  }: { readonly id: string; readonly message: string | null; readonly at: number },
): Promise<void> {
  await db.transaction(async (db) => {
    const settled = await db.get<{ customer: string }>(
      `UPDATE reserve_issues SET state = 'issued', message = ? WHERE shop = @shop AND id = ? AND state = 'leaving' RETURNING customer`,
      message,
      id,
    );
    if (settled === null) return;
    await voidReserveCodes(db, settled.customer, at);
    await db.run(
      `UPDATE reserve_codes SET state = 'live' WHERE shop = @shop AND issue = ? AND state = 'leaving'`,
      id,
    );
  });
}

/** Deletes an issue of which nothing was sent. */
export const dropIssue = (db: Database, id: string): Promise<void> =>
  db.run(`DELETE FROM reserve_issues WHERE shop = @shop AND id = ? AND state = 'leaving'`, id);

/** Issues whose message was being sent when the relay stopped. */
export async function interruptedIssues(db: Database): Promise<readonly string[]> {
  const sql = `SELECT id FROM reserve_issues WHERE shop = @shop AND state = 'leaving'`;
  const rows = await db.all(sql);
  return (rows as { id: string }[]).map(({ id }) => id);
}

/** Voids every unused code of a customer at that time. */
export async function voidReserveCodes(db: Database, customer: string, at: number): Promise<void> {
  const sql = `UPDATE reserve_codes SET state = 'void', signed = NULL, voided_at = @at
     WHERE shop = @shop AND customer = @customer AND state = 'live'`;
  await db.run(sql, { customer, at });
}

/** Voids a customer's unused codes at one till that were issued by `at`, after failed guesses there. The till knows that. */
export async function voidReserveCodesAt(
  db: Database,
  of: { readonly customer: string; readonly till: string; readonly at: number },
): Promise<void> {
  const sql = `UPDATE reserve_codes SET state = 'void', signed = NULL, voided_at = @at, void_known_at = 0
     WHERE shop = @shop AND customer = @customer AND till = @till AND state = 'live'
       AND issue IN (SELECT id FROM reserve_issues WHERE shop = @shop AND customer = @customer AND at <= @at)`;
  await db.run(sql, of);
}

/** Records that a device has replaced a customer's codes by newly issued ones, so it knows which are void. */
export async function noteReplaced(
  db: Database,
  { customer, device }: { readonly customer: string; readonly device: readonly string[] },
): Promise<void> {
  const sql = `UPDATE reserve_codes SET void_known_at = 0
    WHERE shop = @shop AND customer = @customer AND till IN (@device) AND state = 'void'`;
  await db.run(sql, { customer, device });
}

/** Records that a till has stored all changes of its codes up to this version, so it knows which are void. */
export async function noteVoidsKnown(
  db: Database,
  of: { readonly till: string; readonly version: number; readonly at: number },
): Promise<void> {
  const sql = `UPDATE reserve_codes SET void_known_at = @at
     WHERE shop = @shop AND till = @till AND state = 'void' AND void_known_at IS NULL
       AND id IN (SELECT code FROM reserve_changes WHERE shop = @shop AND till = @till AND version <= @version)`;
  await db.run(sql, of);
}

/** Voids every unused code of the demo provider. */
export const voidDemoReserveCodes = (db: Database): Promise<void> =>
  db.run(`UPDATE reserve_codes SET state = 'void', signed = NULL
     WHERE shop = @shop AND state = 'live' AND issue IN (SELECT id FROM reserve_issues WHERE shop = @shop AND demo = 1)`);

/** The code of this keyed hash, in any state; null: it was never issued. */
export const reserveCodeByHash = (db: Database, hash: string): Promise<ReserveCodeRow | null> =>
  db.get(`SELECT ${CODE} FROM reserve_codes AS codes WHERE shop = @shop AND hash = ?`, hash);

/** Marks a code as used by an entry, unless another has used it. */
export async function burnReserveCode(db: Database, id: string, entry: string): Promise<void> {
  const sql = `UPDATE reserve_codes SET state = 'used', signed = NULL, used_by = ?
     WHERE shop = @shop AND id = ? AND state IN ('live', 'void')`;
  await db.run(sql, entry, id);
}

/** Verifiers of an issue for one till that are still valid. */
export async function verifiersOf(
  db: Database,
  issue: string,
  till: string,
): Promise<readonly string[]> {
  const sql = `SELECT signed FROM reserve_codes WHERE shop = @shop AND issue = ? AND till = ? AND state = 'live' ORDER BY id`;
  const rows = await db.all<{ signed: string }>(sql, issue, till);
  return rows.map(({ signed }) => signed);
}

type ReserveChange = ReserveCodeRow & { readonly version: number };

/** The codes of a till that changed after a version, in their present state, oldest change first. */
export async function reserveChanges(
  db: Database,
  of: { readonly till: string; readonly after: number; readonly most: number },
): Promise<readonly ReserveChange[]> {
  const sql = `SELECT ${CODE}, version FROM reserve_changes AS changes 
       JOIN reserve_codes AS codes ON codes.shop = changes.shop AND codes.id = changes.code
       WHERE changes.shop = @shop AND changes.till = @till AND version > @after ORDER BY version LIMIT @most`;
  return db.all(sql, of);
}

/** The newest change of a till's codes; 0: none. */
export const reserveVersion = (db: Database, till: string): Promise<number> =>
  db.number('SELECT MAX(version) FROM reserve_changes WHERE shop = @shop AND till = ?', till);

/** A valid code, with its till's verifier. */
export type LiveCode = Pick<ReserveCodeRow, 'id' | 'till'> & { readonly signed: string };

export const liveCodesOf = (db: Database, tills: readonly string[]): Promise<readonly LiveCode[]> =>
  db.all(
    `SELECT id, till, signed FROM reserve_codes
    WHERE shop = @shop AND state = 'live' AND till IN (@tills)`,
    { tills },
  );

/**
 * Moves a code to another till; `signed`: the verifier for that till. No effect if the code has ended or moved meanwhile.
 */
export async function moveReserveCode(
  db: Database,
  from: LiveCode,
  to: Omit<LiveCode, 'id'>,
): Promise<void> {
  const sql = `UPDATE reserve_codes SET till = @till, signed = @signed
     WHERE shop = @shop AND id = @id AND till = @former AND state = 'live'`;
  await db.run(sql, { ...to, id: from.id, former: from.till });
}
