// The relay's stored journals, read from its database while it runs.
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import type { Entry } from '$lib/contract/journal';
import type { RelayProcess } from './relay-process';

/** Every entry in the shop's order. */
export function journalAt(relay: RelayProcess): Entry[] {
  const rows = columnAt(relay, 'SELECT entry FROM journal WHERE till <> shop ORDER BY shop_order');
  return rows.map((text) => JSON.parse(text) as Entry);
}

/** Balances of customers by the relay's journals, each as `<customer> <account> <sum>`; zero sums are left out. */
export function balancesAt(relay: RelayProcess): string[] {
  const sums = `SELECT customer || ' ' || account || ' ' || SUM(delta) FROM journal_steps
    GROUP BY customer, account HAVING SUM(delta) <> 0`;
  return columnAt(relay, sums).sort();
}

/** Kinds of the relay's flags, in its order. */
export function flagsAt(relay: RelayProcess): string[] {
  return columnAt(relay, 'SELECT kind FROM flags ORDER BY cursor');
}

function columnAt(relay: RelayProcess, sql: string): string[] {
  const db = new Sqlite(join(relay.dataDir, 'relay.db'), { readonly: true });
  try {
    return db.prepare(sql).pluck().all() as string[];
  } finally {
    db.close();
  }
}

/** Sales by id, once per entry of their own; a carried-over entry counts as the one it contains. */
export function salesAt(relay: RelayProcess): string[] {
  const originals = new Map<string, Entry>();
  for (const entry of journalAt(relay)) {
    const original = entry.act === 'carried-over' ? (entry.body['entry'] as Entry) : entry;
    originals.set(original.hash, original);
  }
  return [...originals.values()]
    .filter(({ act }) => act === 'sale')
    .map(({ body }) => String(body['sale']))
    .sort();
}
