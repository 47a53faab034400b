// Reads whether a sale's tender may be corrected, and saves the correction.
import type { EntryOf } from '$lib/contract/journal';
import {
  decideTenderCorrected,
  type TenderCorrectedInput,
  type TenderCorrectedRefusal,
} from '$lib/domain/acts/tender-corrected';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { tillIn } from '$lib/storage/database/till-record';
import { entriesOf } from '$lib/storage/journal/reader';
import { asWriterSeeing, giveUpPending } from '$lib/storage/journal/writer';
import { judgePolicy, policyFactsIn, type PolicyRefused } from '$lib/storage/policy/policies';
import { shiftIn } from '$lib/storage/shifts/shifts';
import { returnsIn } from './returns';

export type TenderCorrection = Pick<
  TenderCorrectedInput,
  'correction' | 'tenders' | 'allowedBy' | 'operator' | 'at'
> & { readonly sale: EntryOf<'sale'> };

export type TenderCorrectedOutcome =
  | { readonly kind: 'saved'; readonly entry: EntryOf<'tender-corrected'> }
  | { readonly kind: 'refused'; readonly because: TenderCorrectedRefusal | PolicyRefused };

export type TenderFacts = Pick<TenderCorrectedInput, 'till' | 'shift' | 'returns'>;

const tablesOfFacts = (db: TillDb) => [db.meta, db.shifts, db.returns, db.remoteReturns];

async function factsIn(db: TillDb, { hash }: EntryOf<'sale'>): Promise<TenderFacts> {
  const [till, { shift }, returns] = await Promise.all([
    tillIn(db),
    shiftIn(db),
    returnsIn(db, hash),
  ]);
  return { till: till?.id ?? '', shift, returns };
}

/** For the screen: what a correction of this sale would now be decided by. Throws StorageError. */
export const tenderFacts = (db: TillDb, sale: EntryOf<'sale'>): Promise<TenderFacts> =>
  readTogether(db, tablesOfFacts(db), () => factsIn(db, sale));

/** Saves how a sale was really paid. The same id returns the same entry. Throws StorageError: nothing is saved. */
export async function correctTender(
  db: TillDb,
  attempt: TenderCorrection,
): Promise<TenderCorrectedOutcome> {
  const { correction, operator, sale } = attempt;
  const look = {
    tables: [db.actIds, db.policy, ...tablesOfFacts(db)],
    look: async () => {
      const [saved, policyFacts, facts] = await Promise.all([
        db.actIds.get(correction),
        policyFactsIn(db),
        factsIn(db, sale),
      ]);
      const entries = saved === undefined ? [] : await entriesOf(db, [saved]);
      return { already: entries[0] ?? null, policyFacts, facts };
    },
  };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  const outcome = await asWriterSeeing<Seen, TenderCorrectedOutcome>(
    db,
    look,
    async (writer, { already, policyFacts, facts }) => {
      if (already !== null) return { kind: 'saved', entry: already as EntryOf<'tender-corrected'> };
      const current = await judgePolicy(policyFacts);
      if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
      const { policy } = current;
      const at = Math.max(attempt.at, writer.notBefore);
      const decided = decideTenderCorrected({ ...attempt, ...facts, policy, at });
      if (decided.kind === 'refused') return decided;
      const made = { body: decided.body, operator, at, policy: policy.version };
      const entry = await writer.write({ act: 'tender-corrected', ...made });
      return { kind: 'saved', entry };
    },
  );
  // an earlier try may be in the journal file; the next start must not book an act that was reported as refused
  if (outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}
