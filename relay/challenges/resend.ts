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

/** The service wants no message now; this one costs no limit and no send. */
const LEFT_ALONE = { kind: 'refused', because: 'rate-limit-account', maybeSent: false } as const;

/** Sends over `by` to a challenge that was just read: nothing may be awaited in between. The code stays the same where it is ours. */
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
    // accepted before it leaves: it may arrive though the service never says so
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

/** What was refused is no message. What never left need not even be waited for. */
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
 * Tries the next channels of the chain, as far as they are due. May be called at any time and by any number of callers:
 * each message stands in the store before it leaves, and one that just left is not overdue. Never throws.
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
    // nobody waits for this one: the next round tries again
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
