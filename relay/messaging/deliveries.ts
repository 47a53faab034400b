// Asks what became of messages under way, because a shop's relay often cannot be called from outside, and moves on what did not arrive. A hint for the window, never proof of consent.
import { moveOn } from '../challenges/resend';
import { settleInterrupted } from '../challenges/challenges';
import type { Relay } from '../relay';
import { noteDelivery } from './sendings';
import {
  awaitingChallenges,
  interruptedChallenges,
  sweepChallenges,
} from '../store/challenge-ends';
import { askable, changeSending, sweepSendings, type SendingRow } from '../store/sendings';

const ROUND_MS = 5000;

export type Rounds = { readonly start: () => void; readonly close: () => void };

/** The rounds over messages under way: one asks, the other moves on, and neither waits for the other. */
export function openRounds(relay: Relay, everyMs = ROUND_MS): Rounds {
  const { db, now, provider, log } = relay;

  async function askRound(): Promise<void> {
    sweepChallenges(db, now());
    sweepSendings(db, now());
    for (const sending of askable(db, { provider: provider.current().provider.id, now: now() })) {
      await askAbout(relay, sending);
      if (!db.open) return;
    }
  }

  async function moveRound(): Promise<void> {
    await Promise.all(awaitingChallenges(db, now()).map(({ id }) => moveOn(relay, id)));
  }

  /** A round that is still under way is not begun again. */
  function alone(round: () => Promise<void>): () => void {
    let busy = false;
    return () => {
      if (busy || !db.open) return;
      busy = true;
      round()
        // the next round comes anyway; nobody waits for this one
        .catch((error: unknown) => {
          if (db.open) log({ event: 'round-failed', error: nameOf(error) });
        })
        .finally(() => (busy = false));
    };
  }

  const rounds = [alone(askRound), alone(moveRound)];
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      for (const row of interruptedChallenges(db)) settleInterrupted(relay, row);
      timer ??= setInterval(() => rounds.forEach((round) => round()), everyMs).unref();
    },
    close: () => clearInterval(timer),
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Asks about the messages of one challenge that were not asked about just now, and moves on what is lost or late. */
export async function refreshDelivery(relay: Relay, challenge: string): Promise<void> {
  const { db, now, provider } = relay;
  const due = askable(db, { provider: provider.current().provider.id, now: now(), challenge });
  await Promise.all(due.map((sending) => askAbout(relay, sending)));
  await moveOn(relay, challenge);
}

/** Asks about one message. Resolves when the answer is in the store. */
async function askAbout(relay: Relay, sending: SendingRow): Promise<void> {
  const { db, now, seal, provider } = relay;
  const { id, channel, message, phone } = sending;
  if (message === null || phone === null || !provider.capability(channel)?.statusPull) return;
  changeSending(db, id, { askedAt: now() });
  const ref = { providerMessageId: message, phone: seal.open(phone), channel };
  const found = await provider.delivery(ref);
  if (found === null || !db.open) return;
  noteDelivery(db, sending, found);
}
