// Challenges from request to end. The row is stored before its message leaves.
import type { ChallengeReply, ChallengeRequest, SendReply } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import type { NotAdmitted, Room } from '../messaging/limits/admission';
import { hashOfDeal } from './deal';
import { alsoOf, closed, prepare, tagOf, type Asked, type Prepared } from './request';
import { giveBackSend, logSending, sendAgain } from './resend';
import { acceptedAs, sendCode, type CodeSent } from './send';
import { AFTER_CONSENT, statusOf } from './view';
import {
  askingOf,
  channelsFor,
  followingChannel,
  openChannels,
  type UsableChannel,
} from '../messaging/codes/channel-chain';
import type { OwnCode } from '../messaging/codes/codes';
import { stoppedByGuesses } from '../messaging/limits/guess-limits';
import { remedyOf } from '../messaging/gateway/refusals';
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
import { inTransaction } from '../store/transaction';

/** `first`: this request created the challenge. */
type Issued = { readonly reply: ChallengeReply; readonly first: boolean };

export type Challenges = {
  readonly issue: (till: string, id: string, request: ChallengeRequest) => Promise<Issued>;
  readonly resend: (till: string, id: string, channel: Channel | null) => Promise<SendReply>;
  readonly cancel: (till: string, id: string) => Promise<void>;
  /** The till's challenge, once its message is no longer being sent; null: the till has none with this id. */
  readonly settled: (till: string, id: string) => Promise<ChallengeRow | null>;
};

/** The challenges of one relay; in memory it keeps only the requests that are being answered. */
export function openChallenges(relay: Relay): Challenges {
  const { db, now } = relay;
  /** By till, id and tag of the request. */
  const running = new Map<string, Promise<Issued>>();
  const keyOf = (till: string, id: string, tag: string): string => `${till} ${id} ${tag}`;

  async function settled(till: string, id: string): Promise<ChallengeRow | null> {
    const known = await challengeById(db, id);
    if (known?.till !== till) return null;
    await running.get(keyOf(till, id, known.request))?.catch(() => null); // the sender gets the error
    return settleInterrupted(relay, id);
  }

  async function issue(till: string, id: string, request: ChallengeRequest): Promise<Issued> {
    const tag = tagOf(relay, request);
    const key = keyOf(till, id, tag);
    const sameAnswer = running.get(key);
    if (sameAnswer !== undefined) return { reply: (await sameAnswer).reply, first: false };
    // entered before anything is awaited: a parallel request must find it
    const answer = begin(relay, { till, id, tag, request }).finally(() => running.delete(key));
    running.set(key, answer);
    return answer;
  }

  return {
    issue,
    settled,
    resend: async (till, id, channel) => {
      const row = await settled(till, id);
      return row === null ? { kind: 'unknown-challenge' } : resend(relay, row, channel);
    },
    cancel: async (till, id) => {
      if ((await challengeById(db, id))?.till !== till) return;
      // after the right code this revokes the grant
      await endChallenge(db, id, [...LIVE, 'verified'], { state: 'cancelled', at: now() });
    },
  };
}

/** Makes the challenge of a request, or repeats its reply. Called once at a time for each request. */
async function begin(relay: Relay, of: Omit<Asked, 'dealHash' | 'also'>): Promise<Issued> {
  const other = alsoOf(of.request);
  const also = other && { request: other, dealHash: await hashOfDeal(other) };
  const asked = { ...of, dealHash: await hashOfDeal(of.request), also };
  const stored = await inTransaction(relay, (relay) => store(relay, asked));
  if ('reply' in stored) {
    // the request may have started a change of number, which queues messages to the customer's other numbers
    relay.outbox.wake();
    return { reply: stored.reply, first: false };
  }
  if ('known' in stored) return { reply: await replyOf(relay, stored.known), first: false };
  const { row, by, code, room } = stored;
  return { reply: await sendFirst(relay, row, by, code, room), first: true };
}

/** Stores the challenge before its message leaves, or says why it is not sent. Runs inside the caller's transaction. */
async function store(
  relay: Relay,
  asked: Asked,
): Promise<Prepared | { readonly known: ChallengeRow } | { readonly reply: ChallengeReply }> {
  const { db, now } = relay;
  const known = await challengeById(db, asked.id);
  if (known !== null) {
    if (known.till !== asked.till || known.request !== asked.tag)
      return { reply: { kind: 'challenge-differs' } };
    const row = await settleInterrupted(relay, known.id);
    if (row !== null && (row.state !== 'refused' || row.refusal !== null)) return { known: row };
  }
  const prepared = await prepare(relay, asked);
  if (!('row' in prepared)) return { reply: prepared };
  const { row, led, by, code } = prepared;
  await supersede(db, { ...row, at: now() });
  if (led !== null) await supersede(db, { ...led, at: now() });
  await addChallenge(db, row, code === null ? [] : [acceptedAs(relay, row, by, code)]);
  if (led !== null) await addChallenge(db, led, []);
  return prepared;
}

async function sendFirst(
  relay: Relay,
  row: ChallengeRow,
  by: UsableChannel,
  code: OwnCode | null,
  room: Room,
): Promise<ChallengeReply> {
  const { db } = relay;
  let sent: CodeSent | NotAdmitted = await sendCode(relay, row, by, code, null);
  logSending(relay, row, by, sent);
  if (sent.kind === 'provider-unreachable' && db.open) await room.giveBack(db);
  if (sent.kind === 'refused' && !sent.maybeSent && db.open) await giveBackSend(relay, row, false);
  while (db.open && sent.kind === 'refused' && remedyOf(sent.because) === 'other-channel') {
    const next = await sendAgain(relay, row.id, afterRefusal);
    if (next.kind === 'nothing-left') break;
    sent = next;
  }
  if (!db.open) return { kind: 'provider-unreachable' };
  if (sent.kind === 'sent') return replyOf(relay, (await challengeById(db, row.id)) ?? row);
  const refusal = 'maybeSent' in sent && sent.maybeSent ? { refusal: sent.because } : {};
  await endChallenge(db, row.id, ['sending'], { state: 'refused', at: relay.now(), ...refusal });
  return sent.kind === 'refused' ? { kind: 'refused', because: sent.because } : sent;
}

/** The next channel of the chain, after one refused the message; nothing if a message was accepted or no more may be sent. */
async function afterRefusal(
  relay: Relay,
  row: ChallengeRow,
): Promise<UsableChannel | { readonly kind: 'nothing-left' }> {
  const { id, state, sendsLeft } = row;
  const next = await followingChannel(relay, row, await sendingsOf(relay.db, id));
  return state !== 'sending' || sendsLeft === 0 || next === null ? { kind: 'nothing-left' } : next;
}

/** Sends one more message of a live challenge, over the `wanted` channel; null: over that of the last message. */
async function resend(relay: Relay, row: ChallengeRow, wanted: Channel | null): Promise<SendReply> {
  const { db } = relay;
  const status = spendable(await statusOf(relay, row));
  if (status.kind !== 'awaiting-code') return status;
  const sent = await sendAgain<SendReply | typeof ENDED>(relay, row.id, (relay, row) =>
    chosenFor(relay, row, wanted),
  );
  if (!db.open) return { kind: 'provider-unreachable' };
  if (sent.kind === 'refused') return { kind: 'refused', because: sent.because };
  if (sent.kind !== 'sent' && sent.kind !== 'ended') return sent;
  return spendable(await statusOf(relay, (await challengeById(db, row.id)) ?? row));
}

const ENDED = { kind: 'ended' } as const;

/** The channel of one more message: the wanted one, or the last one. Two parallel requests send one message. */
async function chosenFor(
  relay: Relay,
  row: ChallengeRow,
  wanted: Channel | null,
): Promise<UsableChannel | SendReply | typeof ENDED> {
  const { state, sendsLeft, resendAt, channel: last } = row;
  if (state !== 'awaiting' && state !== 'sending') return ENDED;
  if (sendsLeft === 0) return { kind: 'no-sends-left' };
  if ((await stoppedByGuesses(relay)).has(row.till)) return { kind: 'no-sends-left' };
  if (relay.now() < resendAt) return { kind: 'too-early', resendAt };
  const channel = wanted ?? last;
  const open = openChannels(relay, row.action).filter((one) => one.channel === channel);
  const policy = relay.policy()?.policy;
  if (open.length === 0 || policy === undefined)
    return { kind: 'refused', because: 'channel-not-available' };
  const asking = askingOf(row);
  const channels = await channelsFor(relay, asking, open);
  return channels.usable[0] ?? closed(relay, asking, policy, channels);
}

/** The reply to a resend. `spent` if the right code came while the message was being sent. */
const spendable = (status: Awaited<ReturnType<typeof statusOf>>): SendReply =>
  status.kind === 'verified' ? { kind: 'spent', because: AFTER_CONSENT } : status;

/** The reply to a repeated request. */
async function replyOf(relay: Relay, row: ChallengeRow): Promise<ChallengeReply> {
  if (row.state === 'refused')
    return { kind: 'refused', because: (row.refusal ?? 'unknown') as 'unknown' };
  const status = await statusOf(relay, row);
  return status.kind === 'unknown-challenge' ? { kind: 'refused', because: 'unknown' } : status;
}

/**
 * Returns a challenge that this process is not sending; null: there is none. If an earlier process stopped while it
 * sent the message, the message counts as maybe sent from now on.
 */
export async function settleInterrupted(relay: Relay, id: string): Promise<ChallengeRow | null> {
  const row = await challengeById(relay.db, id);
  return row?.state === 'sending' ? await inTransaction(relay, (relay) => settle(relay, id)) : row;
}

async function settle({ db, now }: Relay, id: string): Promise<ChallengeRow | null> {
  const sendings = await sendingsOf(db, id);
  const left = sendings.length > 0;
  const readable = sendings.some((one) => one.delivery !== null && one.codeLength !== null);
  if (readable) await changeChallenge(db, id, ['sending'], { state: 'awaiting' });
  else {
    const refusal = left ? { refusal: 'timeout-unknown' } : {};
    await endChallenge(db, id, ['sending'], { state: 'refused', at: now(), ...refusal });
  }
  return challengeById(db, id);
}
