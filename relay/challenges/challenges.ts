// Challenges from request to end. The row is stored before its message leaves.
import type { ChallengeReply, ChallengeRequest, SendReply } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import type { NotAdmitted, Room } from '../messaging/admission';
import { prepare, tagOf } from './request';
import { giveBackSend, logSending, sendFurther } from './resend';
import { sendCode, type CodeSent } from './send';
import { AFTER_CONSENT, statusOf } from './view';
import { followingChannel, openChannels, type OpenChannel } from '../messaging/channel-chain';
import { hashCode } from '../messaging/codes';
import { remedyOf } from '../messaging/refusals';
import type { Relay } from '../context';
import {
  addChallenge,
  challengeById,
  changeChallenge,
  type ChallengeRow,
  endChallenge,
  LIVE,
  supersede,
} from '../store/challenges';
import { sendingsOf } from '../store/sendings';

export type Challenges = {
  /** `first`: this request created the challenge. */
  readonly issue: (
    till: string,
    id: string,
    request: ChallengeRequest,
  ) => Promise<{ readonly reply: ChallengeReply; readonly first: boolean }>;
  readonly resend: (till: string, id: string, channel: Channel | null) => Promise<SendReply>;
  readonly cancel: (till: string, id: string) => void;
  /** The till's challenge, after a message that is being sent; null where it has none with this id. */
  readonly settled: (till: string, id: string) => Promise<ChallengeRow | null>;
};

/** The challenges of one relay; in memory it keeps only the requests whose message is being sent. */
export function openChallenges(relay: Relay): Challenges {
  const { db, now } = relay;
  const leaving = new Map<string, Promise<ChallengeReply>>();

  async function settled(till: string, id: string): Promise<ChallengeRow | null> {
    await leaving.get(id)?.catch(() => null); // the sender gets the error
    const row = challengeById(db, id);
    if (row?.till !== till) return null;
    return settleInterrupted(relay, row);
  }

  async function issue(till: string, id: string, request: ChallengeRequest) {
    const tag = tagOf(relay, request);
    const known = challengeById(db, id);
    if (known !== null) {
      if (known.till !== till || known.request !== tag)
        return { reply: { kind: 'challenge-differs' } as const, first: false };
      const sameAnswer = leaving.get(id);
      if (sameAnswer !== undefined) return { reply: await sameAnswer, first: false };
      // no await until the new row is stored: a parallel request must find it
      const row = settleInterrupted(relay, known);
      if (row.state !== 'refused' || row.refusal !== null)
        return { reply: await replyOf(relay, row), first: false };
    }
    const prepared = prepare(relay, { till, id, tag, request });
    if (!('row' in prepared)) return { reply: prepared, first: false };
    const { row, by, code, room } = prepared;
    db.transaction(() => {
      supersede(db, { ...row, at: now() });
      addChallenge(db, row, code === null ? [] : [hashCode(relay.seal, row, code)]);
    })();
    const reply = sendFirst(relay, row, by, code, room);
    leaving.set(id, reply);
    try {
      return { reply: await reply, first: true };
    } finally {
      leaving.delete(id);
    }
  }

  return {
    issue,
    settled,
    resend: async (till, id, channel) => {
      const row = await settled(till, id);
      return row === null ? { kind: 'unknown-challenge' } : resend(relay, row, channel);
    },
    cancel: (till, id) => {
      if (challengeById(db, id)?.till !== till) return;
      // after the right code this revokes the grant
      endChallenge(db, id, [...LIVE, 'verified'], { state: 'cancelled', at: now() });
    },
  };
}

async function sendFirst(
  relay: Relay,
  row: ChallengeRow,
  by: OpenChannel,
  code: string | null,
  room: Room,
): Promise<ChallengeReply> {
  const { db } = relay;
  let sent: CodeSent | NotAdmitted = await sendCode(
    relay,
    row,
    by,
    code === null ? null : { code },
  );
  logSending(relay, row, by, sent);
  if (sent.kind === 'provider-unreachable' && db.open) room.giveBack();
  if (sent.kind === 'refused' && !sent.maybeSent && db.open) giveBackSend(relay, row, false);
  while (db.open && sent.kind === 'refused' && remedyOf(sent.because) === 'other-channel') {
    const now = challengeById(db, row.id);
    const next = followingChannel(relay, row.action, sendingsOf(db, row.id));
    if (now?.state !== 'sending' || now.sendsLeft === 0 || next === null) break;
    sent = await sendFurther(relay, now, next);
  }
  if (!db.open) return { kind: 'provider-unreachable' };
  if (sent.kind === 'sent') return replyOf(relay, challengeById(db, row.id) ?? row);
  const refusal = 'maybeSent' in sent && sent.maybeSent ? { refusal: sent.because } : {};
  endChallenge(db, row.id, ['sending'], { state: 'refused', at: relay.now(), ...refusal });
  return sent.kind === 'refused' ? { kind: 'refused', because: sent.because } : sent;
}

/** One more message of a live challenge, over this channel or the same one. */
async function resend(relay: Relay, row: ChallengeRow, wanted: Channel | null): Promise<SendReply> {
  const { db, now } = relay;
  const status = await statusOf(relay, row);
  if (status.kind === 'verified') return { kind: 'spent', because: AFTER_CONSENT };
  if (status.kind !== 'awaiting-code') return status;
  // read again, with no await before it is counted: two parallel requests send one message
  const fresh = challengeById(db, row.id) ?? row;
  if (fresh.sendsLeft === 0) return { kind: 'no-sends-left' };
  if (now() < fresh.resendAt) return { kind: 'too-early', resendAt: fresh.resendAt };
  const channel = wanted ?? fresh.channel;
  const by = openChannels(relay, fresh.action).find((one) => one.channel === channel);
  if (by === undefined || fresh.phone === null)
    return { kind: 'refused', because: 'channel-not-available' };
  const sent = await sendFurther(relay, fresh, by);
  if (!db.open) return { kind: 'provider-unreachable' };
  if (sent.kind === 'refused') return { kind: 'refused', because: sent.because };
  if (sent.kind !== 'sent') return sent;
  return spendable(await statusOf(relay, challengeById(db, fresh.id) ?? fresh));
}

/** The right code can arrive while a further message is being sent. */
function spendable(status: Awaited<ReturnType<typeof statusOf>>): SendReply {
  return status.kind === 'verified' ? { kind: 'spent', because: AFTER_CONSENT } : status;
}

/** The reply to a repeated request. */
async function replyOf(relay: Relay, row: ChallengeRow): Promise<ChallengeReply> {
  if (row.state === 'refused')
    return { kind: 'refused', because: (row.refusal ?? 'unknown') as 'unknown' };
  const status = await statusOf(relay, row);
  return status.kind === 'unknown-challenge' ? { kind: 'refused', because: 'unknown' } : status;
}

/** A challenge whose message was being sent when the relay stopped: it counts as maybe sent. */
export function settleInterrupted(relay: Relay, row: ChallengeRow): ChallengeRow {
  if (row.state !== 'sending') return row;
  const { db, now } = relay;
  const sendings = sendingsOf(db, row.id);
  const left = sendings.length > 0;
  const readable = sendings.some((one) => one.delivery !== null && one.codeLength !== null);
  if (readable) changeChallenge(db, row.id, ['sending'], { state: 'awaiting' });
  else {
    const refusal = left ? { refusal: 'timeout-unknown' } : {};
    endChallenge(db, row.id, ['sending'], { state: 'refused', at: now(), ...refusal });
  }
  return challengeById(db, row.id) ?? row;
}
