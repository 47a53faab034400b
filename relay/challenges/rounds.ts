// The rounds over challenges under way: ask for deliveries, try the next channel where one is due.
import type { Relay } from '../context';
import { errorName } from '../error-name';
import { askDeliveries, askDeliveriesOf } from '../messaging/gateway/sendings';
import { awaitingChallenges, interruptedChallenges, sweepChallenges } from '../store/challenges';
import { settleInterrupted } from './challenges';
import { moveOn } from './resend';

const ROUND_MS = 5000;

export type Rounds = { readonly start: () => Promise<void>; readonly close: () => void };

/** Two independent rounds, every `everyMs`: one asks for deliveries, the other tries next channels. */
export function openRounds(relay: Relay, everyMs = ROUND_MS): Rounds {
  const { db, now, log } = relay;

  async function askRound(): Promise<void> {
    await sweepChallenges(db, now());
    await askDeliveries(relay);
  }

  async function moveRound(): Promise<void> {
    await Promise.all((await awaitingChallenges(db, now())).map(({ id }) => moveOn(relay, id)));
  }

  /** Skips a round while the one before is still running. */
  function withoutOverlap(round: () => Promise<void>): () => void {
    let busy = false;
    return () => {
      if (busy || !db.open) return;
      busy = true;
      round()
        // the next round tries again
        .catch((error: unknown) => {
          if (db.open) log({ event: 'round-failed', error: errorName(error) });
        })
        .finally(() => (busy = false));
    };
  }

  const rounds = [withoutOverlap(askRound), withoutOverlap(moveRound)];
  let timer: NodeJS.Timeout | undefined;
  return {
    start: async () => {
      for (const { id } of await interruptedChallenges(db)) await settleInterrupted(relay, id);
      timer ??= setInterval(() => rounds.forEach((round) => round()), everyMs).unref();
    },
    close: () => clearInterval(timer),
  };
}

/** Asks for the deliveries of one challenge that are due, then tries its next channel where that is due. */
export async function refreshDelivery(relay: Relay, challenge: string): Promise<void> {
  await askDeliveriesOf(relay, challenge);
  await moveOn(relay, challenge);
}
