// Keeps entries that cannot be part of a journal: flagged, counted in caps, reported as unconfirmed.
import { queueNotices } from '../customers/notices';
import type { Relay } from '../context';
import { addActs, type ActRow } from '../store/journal-acts';
import { addQuarantined } from '../store/quarantine';
import { closeGrant } from '../store/withheld';
import { actRowOf, byRightIn, worthOf } from './audit';
import type { Movement } from './consents';
import type { Original, ReadEntry } from './entry-reading';
import type { Finding } from '../store/flags';

/**
 * Keeps an entry beside the journal and queues the messages about its movements, once for the same content. `made`: its content,
 * with a time at which it can have been made; `isWhole`: whether there is room for it. Returns the findings; null: it is stored
 * already. Runs inside the transaction that stores the upload; the caller wakes the outbox.
 */
export async function keepBeside(
  relay: Relay,
  { uploaded, entry, original }: ReadEntry,
  { made, isWhole }: { readonly made: Original; readonly isWhole: boolean },
): Promise<readonly Finding[] | null> {
  const { db, now } = relay;
  const { till, seq, hash } = entry;
  const text = isWhole ? JSON.stringify(uploaded) : null;
  const row = { original: original.hash, till, seq, hash, entry: text, receivedAt: now() };
  if (!(await addQuarantined(db, row))) return null;
  const policy = relay.policy()?.policy ?? null;
  const amounts = original.movements.map((movement) => worthOf(movement, policy));
  const acts = made.movements.map((movement, place) =>
    actRowOf(made, movement, made.at, amounts[place] ?? 0, proofOf(movement.confirmation)),
  );
  const byRight = byRightIn(made, policy, made.at);
  await addActs(db, 'quarantined_acts', [...acts, ...byRight]);
  // the grant's sale has arrived, though it does not count yet
  for (const { grant } of original.movements)
    if (grant !== null) await closeGrant(db, grant.challenge);
  const unconfirmed = original.movements.map((movement, place) => ({
    ...movement,
    amount: amounts[place] ?? 0,
    without: 'no-code' as const,
  }));
  await queueNotices(relay, made, unconfirmed);
  const actions = new Set(original.movements.map(({ action }) => action));
  return [...actions].map((action) => ({ kind: 'unconfirmed', detail: action }));
}

/** Without a stated proof it counts as an override. A stated code proves nothing yet: it is judged when the entry is carried over. */
const proofOf = (confirmation: Movement['confirmation']): ActRow['proof'] =>
  confirmation === null || confirmation.kind === 'override' ? 'override' : 'nothing';
