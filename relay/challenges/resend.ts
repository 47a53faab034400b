// Further messages of a challenge, by the cashier or the chain; counted before they leave.
import { admitCode, type NotAdmitted, resendPauseMs } from '../messaging/admission';
import { sendCode, type CodeSent } from './send';
import {
  carriersOf,
  followingChannel,
  nextOf,
  openChannels,
  type OpenChannel,
} from '../messaging/channel-chain';
import { fits, hashCode, makeCode } from '../messaging/codes';
import type { Relay } from '../context';
import {
  acceptCode,
  challengeById,
  changeChallenge,
  type ChallengeRow,
  LIVE,
} from '../store/challenges';
import { sendingsOf } from '../store/sendings';

/** During a pause of the service: counts towards no limit and is no send. */
const LEFT_ALONE = { kind: 'refused', because: 'rate-limit-account', maybeSent: false } as const;

/** Sends over `by` to a challenge that was read without an await since. Our own code stays the same where it fits. */
export async function sendFurther(
  relay: Relay,
  row: ChallengeRow,
  by: OpenChannel,
): Promise<CodeSent | NotAdmitted> {
  const { db, now, seal } = relay;
  if (row.phone === null) throw new Error('an ended challenge sends nothing');
  if (relay.provider.pausedUntil() !== null) return LEFT_ALONE;
  const room = admitCode(relay, { phone: seal.open(row.phone), till: row.till });
  if (room.kind !== 'room') return room;
  const ours = by.can.codeOrigin === 'ours';
  const held = row.code === null ? null : seal.open(row.code);
  const fresh = (): string => makeCode(by.can, carriersOf(openChannels(relay, row.action)));
  const code = ours ? (held !== null && fits(held, by.can) ? held : fresh()) : null;
  const counted = {
    sendsLeft: row.sendsLeft - 1,
    sends: row.sends + 1,
    resendAt: now() + resendPauseMs(relay),
  };
  db.transaction(() => {
    changeChallenge(db, row.id, LIVE, counted);
    if (code === null || code === held) return;
    changeChallenge(db, row.id, LIVE, { code: seal.seal(code) });
    // accepted before it leaves: it may arrive even if the service never replies
    acceptCode(db, row.id, { hash: hashCode(seal, row, code), channel: by.channel });
  })();
  const sent = await sendCode(relay, { ...row, ...counted }, by, code === null ? null : { code });
  logSending(relay, row, by, sent);
  if (!db.open || sent.kind === 'sent') return sent;
  const unsent = sent.kind === 'provider-unreachable';
  if (unsent || !sent.maybeSent) giveBackSend(relay, row, unsent);
  if (unsent) room.giveBack();
  return sent;
}

/** Takes back the count of a refused message; `unsent`: no byte left, so the pause before the next one is dropped, too. */
export function giveBackSend({ db }: Relay, before: ChallengeRow, unsent: boolean): void {
  const row = challengeById(db, before.id);
  if (row === null) return;
  changeChallenge(db, row.id, LIVE, {
    sendsLeft: row.sendsLeft + 1,
    sends: row.sends - 1,
    ...(unsent ? { resendAt: before.resendAt } : {}),
  });
}

/**
 * Tries the next channels of the chain that are due. Safe to call at any time and in parallel: each message is stored before
 * it leaves, and one that has just left is not overdue. Never rejects.
 */
export async function moveOn(relay: Relay, challenge: string): Promise<void> {
  const { db, now } = relay;
  try {
    while (db.open) {
      const row = challengeById(db, challenge);
      if (row?.state !== 'awaiting' || row.expiresAt <= now()) return;
      const next = nextOf(relay, row);
      const by = followingChannel(relay, row.action, sendingsOf(db, row.id));
      if (next === null || by === null || next.at > now()) return;
      const sent = await sendFurther(relay, row, by);
      if (sent.kind !== 'refused' || !('maybeSent' in sent)) return;
    }
  } catch (error) {
    // nobody awaits this; the next round tries again
    if (db.open) relay.log({ event: 'next-channel-failed', error: nameOf(error) });
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

export function logSending(relay: Relay, row: ChallengeRow, by: OpenChannel, sent: CodeSent): void {
  relay.log({
    event: 'code-sent',
    challenge: row.id,
    till: row.till,
    action: row.action,
    channel: by.channel,
    outcome: sent.kind === 'refused' ? sent.because : sent.kind,
  });
}
