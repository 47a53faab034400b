// Asks what became of messages under way, because a shop's relay often cannot be called from outside. A hint for the window, never proof of consent.
import type { DeliveryState } from '$lib/contract/challenge';
import type { ProviderDesk } from './provider-settings';
import type { Relay } from './relay';
import { sweepChallenges, undelivered } from './store/challenge-ends';
import { challengeById, changeChallenge, type ChallengeRow } from './store/challenges';

const ROUND_MS = 5000;
/** One message is not asked about more often. */
const PAUSE_MS = 2000;

/** Later states are never taken back by an answer that is behind. */
const RANK: Readonly<Record<DeliveryState, number>> = {
  unknown: 0,
  'not-found': 0,
  moderation: 1,
  queued: 1,
  sent: 2,
  expired: 3,
  failed: 3,
  delivered: 4,
  read: 5,
};

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'log'> & { readonly desk: ProviderDesk };

export type Deliveries = { readonly start: () => void; readonly close: () => void };

/** The round over live challenges; it also ends those whose time is over. */
export function openDeliveries(parts: Parts): Deliveries {
  let closed = false;
  let busy = false;

  async function round(): Promise<void> {
    if (closed || busy) return;
    busy = true;
    try {
      sweepChallenges(parts.db, parts.now());
      for (const row of undelivered(parts.db, parts.now())) {
        await pullDelivery(parts, row, () => closed);
        if (closed) return;
      }
    } catch (error) {
      // the next round comes anyway; nobody waits for this one
      if (!closed) parts.log({ event: 'delivery-round-failed', error: nameOf(error) });
    } finally {
      busy = false;
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => void (timer ??= setInterval(() => void round(), ROUND_MS).unref()),
    close: () => {
      closed = true;
      clearInterval(timer);
    },
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Asks about one message, if it was not asked about just now. Resolves when the answer is in the store. */
export async function pullDelivery(
  { db, now, seal, desk }: Parts,
  row: ChallengeRow,
  isClosed: () => boolean = () => !db.open,
): Promise<void> {
  const { id, message, phone, channel } = row;
  if (message === null || phone === null || row.state !== 'awaiting') return;
  // another service does not know this message
  if (row.provider !== desk.current().provider.id || !desk.capability(channel)?.statusPull) return;
  if (RANK[row.delivery] >= RANK.expired) return;
  if (row.askedDeliveryAt !== null && now() - row.askedDeliveryAt < PAUSE_MS) return;
  changeChallenge(db, id, ['awaiting'], { askedDeliveryAt: now() });
  const found = await desk.delivery({
    providerMessageId: message,
    phone: seal.open(phone),
    channel,
  });
  // a resend in the meantime made another message of it
  if (found === null || isClosed() || challengeById(db, id)?.message !== message) return;
  const delivery = found.state.replaceAll('_', '-') as DeliveryState;
  if (RANK[delivery] >= RANK[row.delivery] && RANK[delivery] > 0)
    changeChallenge(db, id, ['awaiting'], { delivery });
}
