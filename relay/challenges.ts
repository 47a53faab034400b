// Challenges from the asking to the end: one question to one phone for one act. The row stands before the message leaves, so that asking twice sends once.
import type { ChallengeReply, ChallengeRequest, SendReply } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import { pauseOf, prepare, tagOf } from './challenge-asking';
import { sendCode, type CodeSent } from './challenge-sending';
import { AFTER_YES, openChannels, statusOf, type OpenChannel } from './challenge-view';
import { fits, hashCode, makeCode } from './codes';
import { roomForMessage, type Room } from './limits';
import type { Relay } from './relay';
import { endChallenge, LIVE, supersede } from './store/challenge-ends';
import {
  acceptCode,
  addChallenge,
  challengeById,
  changeChallenge,
  type ChallengeRow,
} from './store/challenges';

export type Challenges = {
  /** `first`: this very request made the challenge. */
  readonly issue: (
    till: string,
    id: string,
    request: ChallengeRequest,
  ) => Promise<{ readonly reply: ChallengeReply; readonly first: boolean }>;
  readonly resend: (till: string, id: string, channel: Channel | null) => Promise<SendReply>;
  readonly cancel: (till: string, id: string) => void;
  /** The till's own challenge, once a message under way has gone or failed; null where it has none of this id. */
  readonly settled: (till: string, id: string) => Promise<ChallengeRow | null>;
};

/** The challenges of one relay; holds nothing but which messages are on their way out of this process. */
export function openChallenges(relay: Relay): Challenges {
  const { db, now } = relay;
  const leaving = new Map<string, Promise<ChallengeReply>>();

  async function settled(till: string, id: string): Promise<ChallengeRow | null> {
    await leaving.get(id)?.catch(() => null); // whoever sends it hears of the failure
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
      // nothing is awaited from here until the new row stands: a third request must find it
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
      // after the yes this revokes the grant
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
  const sent = await sendCode(relay, row, by, code === null ? null : { code });
  logSending(relay, row, by, sent);
  if (sent.kind === 'sent') return replyOf(relay, challengeById(db, row.id) ?? row);
  if (!db.open) return { kind: 'provider-unreachable' };
  const refusal = sent.kind === 'refused' && sent.maybeSent ? sent.because : null;
  const end = {
    state: 'refused',
    at: relay.now(),
    ...(refusal === null ? {} : { refusal }),
  } as const;
  endChallenge(db, row.id, ['sending'], end);
  if (sent.kind === 'provider-unreachable') {
    room.giveBack();
    return { kind: 'provider-unreachable' };
  }
  return { kind: 'refused', because: sent.because };
}

/** One more message of a living challenge; the code stays the same where it is ours. */
async function resend(relay: Relay, row: ChallengeRow, wanted: Channel | null): Promise<SendReply> {
  const { db, now, seal } = relay;
  const status = await statusOf(relay, row);
  if (status.kind === 'verified') return { kind: 'spent', because: AFTER_YES };
  if (status.kind !== 'awaiting-code') return status;
  if (row.sendsLeft === 0) return { kind: 'no-sends-left' };
  if (now() < row.resendAt) return { kind: 'too-early', resendAt: row.resendAt };
  const channel = wanted ?? row.channel;
  const by = openChannels(relay, row.action).find((one) => one.channel === channel);
  if (by === undefined || row.phone === null)
    return { kind: 'refused', because: 'channel-not-available' };
  const room = roomForMessage(relay, { phone: seal.open(row.phone), till: row.till });
  if (room.kind === 'limited') return room;

  const ours = by.can.codeOrigin === 'ours';
  const held = row.code === null ? null : seal.open(row.code);
  const code = ours ? (held !== null && fits(held, by.can) ? held : makeCode(by.can)) : null;
  const next = {
    sendsLeft: row.sendsLeft - 1,
    sends: row.sends + 1,
    resendAt: now() + pauseOf(relay),
  };
  db.transaction(() => {
    changeChallenge(db, row.id, ['awaiting'], next);
    if (code === null || code === held) return;
    changeChallenge(db, row.id, ['awaiting'], { code: seal.seal(code) });
    // accepted before it leaves: it may arrive though the service never says so
    acceptCode(db, row.id, { hash: hashCode(seal, row, code), channel });
  })();
  const sent = await sendCode(relay, { ...row, ...next }, by, code === null ? null : { code });
  logSending(relay, row, by, sent);
  if (!db.open) return { kind: 'provider-unreachable' };
  if (sent.kind === 'sent')
    return spendable(await statusOf(relay, challengeById(db, row.id) ?? row));
  const unsent = sent.kind === 'provider-unreachable';
  if (unsent || !sent.maybeSent)
    changeChallenge(db, row.id, ['awaiting'], {
      sendsLeft: row.sendsLeft,
      sends: row.sends,
      ...(unsent ? { resendAt: row.resendAt } : {}),
    });
  if (!unsent) return { kind: 'refused', because: sent.because };
  room.giveBack();
  return { kind: 'provider-unreachable' };
}

/** A yes can come in while a further message is on its way. */
function spendable(status: Awaited<ReturnType<typeof statusOf>>): SendReply {
  return status.kind === 'verified' ? { kind: 'spent', because: AFTER_YES } : status;
}

/** The same answer again, to the same request. */
async function replyOf(relay: Relay, row: ChallengeRow): Promise<ChallengeReply> {
  if (row.state === 'refused')
    return { kind: 'refused', because: (row.refusal ?? 'unknown') as 'unknown' };
  const status = await statusOf(relay, row);
  return status.kind === 'unknown-challenge' ? { kind: 'refused', because: 'unknown' } : status;
}

/** The relay stopped while the message was leaving: nobody will ever know, so it counts as maybe sent. */
function settleInterrupted(relay: Relay, row: ChallengeRow): ChallengeRow {
  if (row.state !== 'sending') return row;
  const { db, now } = relay;
  if (row.code === null) {
    const end = { state: 'refused', at: now(), refusal: 'timeout-unknown' } as const;
    endChallenge(db, row.id, ['sending'], end);
  } else changeChallenge(db, row.id, ['sending'], { state: 'awaiting', delivery: 'unknown' });
  return challengeById(db, row.id) ?? row;
}

function logSending(relay: Relay, row: ChallengeRow, by: OpenChannel, sent: CodeSent): void {
  relay.log({
    event: 'code-sent',
    challenge: row.id,
    till: row.till,
    action: row.action,
    channel: by.channel,
    outcome: sent.kind === 'refused' ? sent.because : sent.kind,
  });
}
