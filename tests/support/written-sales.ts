// Sales written into a relay's tables without being judged, to fill a shop faster than by uploads.
// Only for cash sales without a shift, of a till that the relay knows and that stopped no upload.
import type { Entry } from '$lib/contract/journal';
import { entryOnWire } from '$lib/contract/journal-upload';
import { writtenTo } from '$lib/domain/rows';
import type { Relay } from '../../relay/context';
import { movedIn, projected } from '../../relay/journal/entry-reading';
import { originalIn } from '../../relay/journal/stored-entries';
import { appendEntry } from '../../relay/store/journal';
import { addSteps } from '../../relay/store/account-steps';
import { claimOriginal } from '../../relay/store/originals';
import { noteProgress } from '../../relay/store/journal-progress';
import { addSale, takeSaleNumber } from '../../relay/store/sales';

/**
 * Appends entries of one till with the rows that an upload of them leaves, as if each arrived when it was made. The next upload
 * of the till leaves the rest: its signed head and its watermark.
 */
export async function writeSales({ db }: Relay, entries: readonly Entry[]): Promise<void> {
  await db.transaction(async (db) => {
    for (const made of entries) {
      // the order of its fields as in an upload
      const entry = entryOnWire.parse(made);
      const { till, at, hash, policy } = made;
      const appended = await appendEntry(db, entry, { receivedAt: at, keeping: 'understood' });
      const known = originalIn(entry);
      if (appended.kind !== 'accepted' || known?.act !== 'sale') throw new Error(appended.kind);
      const { order } = appended;
      await claimOriginal(db, hash, order);
      await noteProgress(db, till, { policy, at });
      const changes = projected({ known, at });
      for (const row of writtenTo('sales', changes)) {
        await takeSaleNumber(db, row);
        await addSale(db, row, { order, lines: known.body.lines });
      }
      await addSteps(db, movedIn(changes), { receivedAt: at, order });
    }
  });
}
