// Finds the versions of customers' cards in the journal file that match given hashes.
// It works even if the database cannot read the cards.
import { sealCard, sealPerson } from '$lib/proof/record';
import type { TillDb } from '$lib/storage/database/db';
import { lineageIn } from '$lib/storage/database/meta';
import type { CustomerRow } from '$lib/storage/schema/records';
import { attachedOn } from '$lib/storage/wal/line';

/**
 * Versions of these customers' cards in the file, where the card or a person on it has one of these hashes. Throws
 * StorageError.
 */
export async function sealedCards(
  db: TillDb,
  customers: ReadonlySet<string>,
  hashes: ReadonlySet<string>,
): Promise<CustomerRow[]> {
  const { file } = db;
  const [till] = await lineageIn(db);
  if (file?.state !== 'in-use' || file.till !== till) return [];
  const found = new Map<string, CustomerRow>();
  for await (const lines of file.whole())
    for (const change of lines.flatMap(attachedOn)) {
      if (change.table !== 'customers' || change.op === 'delete') continue;
      for (const row of change.rows) {
        if (!customers.has(row.id)) continue;
        const seals = [sealCard(row), ...row.persons.map(sealPerson)];
        for (const seal of seals) {
          const hash = await seal.catch(() => null);
          if (hash !== null && hashes.has(hash)) found.set(hash, row);
        }
      }
    }
  return [...new Set(found.values())];
}
