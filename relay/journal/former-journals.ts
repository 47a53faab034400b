// Entries of former tills unknown to this relay: without effect until an owner accepts them.
import { createHash } from 'node:crypto';
import { formerAccepted, formerNotWaiting, type FormerAccepted } from '$lib/contract/till';
import { writtenTo } from '$lib/domain/rows';
import { flatMapInTurn } from '../in-turn';
import { takeDisputes } from '../customers/disputes';
import { noteAccounts } from '../customers/notices';
import { byPin, CONSENT, reply, route, type Route } from '../http/route';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';
import {
  addFormerEntry,
  countFormer,
  formerCustomers,
  formerDisputes,
  digestOf,
  creditAt,
  waitingOf,
} from '../store/former-journals';
import { namesOfDevice } from '../store/former-names';
import { appendOwn } from '../store/journal';
import { addDebts } from '../store/debts';
import { addReturns } from '../store/returns';
import { noteProgress } from '../store/journal-progress';
import { addSale } from '../store/sales';
import { tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';
import { actsAsSaid } from './audit';
import { movedIn, projected, type Original } from './entry-reading';
import { originalIn } from './stored-entries';

/** Keeps the rows of an original apart until an owner accepts them. Runs inside the transaction that stores the entry. */
export async function keepFormerEntry(
  relay: Relay,
  original: Original,
  { till, order, isForeign }: { till: string; order: number; isForeign: boolean },
): Promise<void> {
  const { db, now } = relay;
  const { till: former, hash, seq, act } = original;
  const device = await namesOfDevice(db, till);
  // an import only adds cards; a card that exists keeps its credit
  const cards = await flatMapInTurn(original.cards, async (card) => {
    const { customer } = card;
    const isNew =
      act !== 'customers-imported' || (await creditAt(db, { customer, device, seen: 0 })) === null;
    return isNew ? [card] : [];
  });
  const at = Math.min(original.at, now());
  const dated = { ...original, at };
  const before = (await digestOf(db, { till, former })) ?? '';
  const digest = createHash('sha256').update(before).update(hash).digest('hex');
  await addFormerEntry(
    db,
    { till, former, hash, seq, order, act },
    {
      steps: movedIn(projected(dated)),
      acts: actsAsSaid(dated, relay.policy()?.policy ?? null),
      cards,
    },
    { digest, now: now() },
  );
  await addDebts(db, writtenTo('debts', projected(dated)), {
    hash,
    till: former,
    seq,
    at: original.at,
    receivedAt: now(),
    order: null,
  });
  await addReturns(db, writtenTo('returns', projected(dated)), null);
  // its sale can be found from now on, even before it is accepted, because the customer may have the receipt
  for (const row of isForeign ? [] : writtenTo('sales', projected(dated)))
    await addSale(db, row, { order, lines: original.sale?.lines ?? [] });
  // accepted or not, the device's own later acts are judged as following it
  if (!isForeign) await noteProgress(db, former, { policy: 0, at });
}

/**
 * Gives these entries their effect, in one transaction. Returns false, and changes nothing, if the waiting entries are not
 * exactly these. The caller wakes the outbox.
 */
const acceptFormer = (relay: Relay, till: string, asked: FormerAccepted): Promise<boolean> =>
  inTransaction(relay, async (relay) => {
    const { db, now } = relay;
    const { former, digest, head } = asked;
    const of = { till, former };
    if (!(await isWaiting(relay, till, asked))) return false;
    const { entries } = asked;
    const accepted = { ...of, entries, digest };
    const order = await appendOwn(db, 'former-journal-accepted', accepted, now());
    for (const { hash, entry } of await formerDisputes(db, of)) {
      const opened = originalIn(entry);
      if (opened === null) continue;
      const known = { ...opened, hash };
      const rows = writtenTo('disputes', projected({ known, at: Math.min(opened.at, now()) }));
      await takeDisputes(relay, { ...known, order }, rows, 'former-relay');
    }
    const customers = await formerCustomers(db, of);
    await countFormer(db, { ...of, receivedAt: now(), order });
    await noteAccounts(relay, { hash: digest, till: former, seq: head.seq, customers });
    return true;
  });

/** Whether exactly these entries wait for an owner. */
async function isWaiting(
  { db }: Pick<Relay, 'db'>,
  till: string,
  { former, ...asked }: FormerAccepted,
): Promise<boolean> {
  const waiting = await waitingOf(db, { till, former });
  if (waiting === null) return false;
  const { entries, digest, head, sums } = waiting;
  return JSON.stringify({ entries, head, digest, sums }) === JSON.stringify(asked);
}

/** Accepting the entries that wait. */
export const formerJournalRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('POST /tills/:id/former-journal', {
    id: 'acceptFormerJournal',
    summary: 'Accept what a till brought of a former till of another relay',
    description:
      'Until then these entries move no balance, limit or dispute. The body is one of `waiting` in `GET /tills`, without `since`: exactly these entries count, once; later ones wait for another acceptance. Their codes prove nothing here, and each customer whose debt rose or points fell gets one message with their balance.',
    access: byPin('settings'),
    consentWhen: CONSENT,
    body: formerAccepted,
    replies: [reply(204, null), reply(409, formerNotWaiting)],
  }).handle(async ({ c, id, operator: by, body: asked }) => {
    const till = await tillById(relay.db, id);
    if (till === null || !(await isWaiting(relay, id, asked))) return { kind: 'not-waiting' };
    const { entries, sums } = asked;
    await consent.need(c, { kind: 'former-till', till: till.name, entries, sums });
    // another entry may have arrived while the owner typed the code
    if (!(await acceptFormer(relay, id, asked))) return { kind: 'not-waiting' };
    relay.outbox.wake();
    relay.log({ event: 'former-journal-accepted', till: id, by, entries });
    return null;
  }),
];
