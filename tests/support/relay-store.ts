// What the relay has on its disk of the tills' journals, read past its wire, while it runs.
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import type { Entry } from '$lib/contract/journal';
import type { RelayProcess } from './relay-process';

/** Every entry in the shop's one order. */
export function journalAt(relay: RelayProcess): Entry[] {
  const db = new Sqlite(join(relay.dataDir, 'relay.db'), { readonly: true });
  try {
    const rows = db.prepare('SELECT entry FROM journal ORDER BY place').pluck().all() as string[];
    return rows.map((text) => JSON.parse(text) as Entry);
  } finally {
    db.close();
  }
}

/** Sales by id, each as often as an entry of its own stands there: an entry carried over is the one it holds. */
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
