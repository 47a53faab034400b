// The messaging service in use: settings, encrypted secrets, texts, and its last known state.
import type { ProviderState } from '$lib/contract/health';
import type { Texts } from '$lib/contract/provider';
import type { Database } from './database';

export const migration = `
CREATE TABLE provider (
  shop TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  settings BLOB NOT NULL,
  texts TEXT NOT NULL,
  low_balance TEXT,
  saved_at INTEGER NOT NULL,
  real INTEGER NOT NULL CHECK (real IN (0, 1)),
  state TEXT
) STRICT;
`;

/** The last known state of the service; survives restarts. */
export type KnownState = Pick<ProviderState, 'state' | 'because' | 'balance' | 'checkedAt'> & {
  /** Since when it refuses, ms; null while it does not. */
  readonly since: number | null;
  /** The balance when it reported no money; null: not known. */
  readonly emptyAt: string | null;
};

export type ProviderRow = {
  readonly id: string;
  /** Encrypted JSON of all fields: ordinary fields may contain a key, too. */
  readonly settings: Buffer;
  readonly texts: Texts;
  /** Decimal text; null: no warning. */
  readonly lowBalance: string | null;
  readonly savedAt: number;
  /** Whether a real service was ever saved: the demo cannot be chosen again then. */
  readonly real: boolean;
  readonly state: KnownState | null;
};

type Raw = Omit<ProviderRow, 'texts' | 'real' | 'state'> & {
  readonly texts: string;
  readonly real: number;
  readonly state: string | null;
};

/** The saved settings, or null. */
export async function savedProvider(db: Database): Promise<ProviderRow | null> {
  const sql = `SELECT id, settings, texts, low_balance, saved_at, real, state FROM provider WHERE shop = @shop`;
  const raw = await db.get<Raw>(sql);
  if (raw === null) return null;
  return {
    ...raw,
    texts: JSON.parse(raw.texts) as Texts,
    real: raw.real === 1,
    state: raw.state === null ? null : (JSON.parse(raw.state) as KnownState),
  };
}

/** Whether a real service was ever saved: until then nothing counts as proof, and a PIN opens the settings. */
export const hasRealService = async (db: Database): Promise<boolean> =>
  (await db.value('SELECT real FROM provider WHERE shop = @shop')) === 1;

/** Saves the settings in place of the previous ones. */
export async function saveProvider(db: Database, row: ProviderRow): Promise<void> {
  const sql = `INSERT INTO provider (shop, id, settings, texts, low_balance, saved_at, real, state)
     VALUES (@shop, @id, @settings, @texts, @lowBalance, @savedAt, @real, @state)
     ON CONFLICT (shop) DO UPDATE SET id = excluded.id, settings = excluded.settings, texts = excluded.texts, low_balance = excluded.low_balance, saved_at = excluded.saved_at,
       real = CASE WHEN provider.real = 1 THEN 1 ELSE excluded.real END, state = excluded.state`;
  await db.run(sql, {
    ...row,
    texts: JSON.stringify(row.texts),
    state: row.state === null ? null : JSON.stringify(row.state),
  });
}

/** Stores the last known state. */
export const keepProviderState = (db: Database, state: KnownState): Promise<void> =>
  db.run('UPDATE provider SET state = ? WHERE shop = @shop', JSON.stringify(state));
