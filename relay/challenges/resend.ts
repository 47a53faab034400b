// Further messages of a challenge, by the cashier or the chain; counted before they leave.
import { carriesWeakCodes } from '$lib/domain/consent/weak-code';
import {
  admitCode,
  type NotAdmitted,
  resendPauseMs,
  type Room,
} from '../messaging/limits/admission';
import { acceptedAs, sendCode, wordedFor, type CodeSent } from './send';
import {
  carriersOf,
  nextOf,
  openChannels,
  type OpenChannel,
  type UsableChannel,
  worthOf,
} from '../messaging/codes/channel-chain';
import {
  digitsOf,
  fits,
  hashCode,
  makeCode,
  matching,
  type OwnCode,
} from '../messaging/codes/codes';
import type { Relay } from '../context';
import { errorName } from '../error-name';
import {
  acceptCode,
  acceptedCodes,
  challengeById,
  changeChallenge,
  type ChallengeRow,
  countSend,
  LIVE,
  uncountSend,
} from '../store/challenges';
import { inTransaction } from '../store/transaction';

/** The reply during a pause of the service: nothing is sent or counted. */
const LEFT_ALONE = { kind: 'refused', because: 'rate-limit-account', maybeSent: false } as const;

/**
 * Sends one more message of a live challenge. One transaction counts and records the message before it leaves. Inside
 * it, `choose` gets the challenge as stored and returns the channel, or the reply if nothing is to be sent. The relay's
 * own code stays the same if the channel can carry it.
 */
export async function sendAgain<Reply extends { readonly kind: string }>(
  relay: Relay,
  id: string,
  choose: (
    relay: Relay,
    row: ChallengeRow,
  ) => UsableChannel | Reply | Promise<UsableChannel | Reply>,
): Promise<CodeSent | NotAdmitted | Reply> {
  const counted = await inTransaction(relay, (relay) => count(relay, id, choose));
  if ('kind' in counted) return counted;
  const { before, row, by, own, room, recorded } = counted;
  const sent = await sendCode(relay, row, by, own, recorded);
  logSending(relay, row, by, sent);
  if (!relay.db.open || sent.kind === 'sent') return sent;
  const unsent = sent.kind === 'provider-unreachable';
  if (unsent || !sent.maybeSent) await giveBackSend(relay, before, unsent);
  if (unsent) await room.giveBack(relay.db);
  return sent;
}

type Counted = {
  /** The challenge before and after the count. */
  readonly before: ChallengeRow;
  readonly row: ChallengeRow;
  readonly by: UsableChannel;
  readonly own: OwnCode | null;
  readonly room: Room;
  /** Id of the recorded message. */
  readonly recorded: number;
};

/** Counts and records the message. Runs inside the caller's transaction. */
async function count<Reply extends { readonly kind: string }>(
  relay: Relay,
  id: string,
  choose: (
    relay: Relay,
    row: ChallengeRow,
  ) => UsableChannel | Reply | Promise<UsableChannel | Reply>,
): Promise<Counted | NotAdmitted | CodeSent | Reply> {
  const { db, now, cipher } = relay;
  const before = await challengeById(db, id);
  if (before === null) throw new Error('there is no such challenge');
  // called first, because the challenge may have ended since the request was made
  const by = await choose(relay, before);
  if ('kind' in by) return by;
  if (before.phone === null) throw new Error('an ended challenge sends nothing');
  if (relay.provider.pausedUntil() !== null) return LEFT_ALONE;
  const room = await admitCode(relay, { phone: cipher.decrypt(before.phone), till: before.till });
  if (room.kind !== 'room') return room;
  const resendAt = now() + resendPauseMs(relay);
  if (!(await countSend(db, { id, resendAt })))
    throw new Error('a message was chosen that may not leave');
  const { sends, sendsLeft } = before;
  const row = { ...before, resendAt, sends: sends + 1, sendsLeft: sendsLeft - 1 };
  if (carriesWeakCodes(by.can))
    await changeChallenge(db, id, LIVE, { weakWorth: worthOf(relay, before) });
  const own = by.can.codeOrigin === 'ours' ? await ownCodeFor(relay, row, by) : null;
  const recorded = await relay.provider.record(db, wordedFor(relay, row, by, own), id);
  return { before, row, by, own, room, recorded };
}

/**
 * Returns the code for one more message. The current code is sent again if it is long enough and fits the channel; otherwise a new
 * code is made. Runs in the caller's transaction.
 */
async function ownCodeFor(relay: Relay, row: ChallengeRow, by: UsableChannel): Promise<OwnCode> {
  const { db, cipher } = relay;
  const held = row.code === null ? null : cipher.decrypt(row.code);
  if (held !== null && held.length >= digitsOf(by.can, by.digits) && fits(held, by.can)) {
    const accepted = matching(await acceptedCodes(db, row.id), hashCode(cipher, row, held));
    if (accepted !== null) return { code: held, chance: accepted.chance };
  }
  const own = makeCode(by.can, carriersOf(openChannels(relay, row.action)), by.digits);
  await changeChallenge(db, row.id, LIVE, { code: cipher.encrypt(own.code) });
  // accepted before it leaves: it may arrive even if the service never replies
  await acceptCode(db, row.id, acceptedAs(relay, row, by, own));
  return own;
}

/** Takes back the count of a refused message; `unsent`: no byte left, so the pause before the next one is dropped, too. */
export async function giveBackSend(
  { db }: Relay,
  before: ChallengeRow,
  unsent: boolean,
): Promise<void> {
  await uncountSend(db, { id: before.id, resendAt: unsent ? before.resendAt : null });
}

const NOT_DUE = { kind: 'not-due' } as const;

/**
 * Sends over the next channels of the chain while one is due. May run at any time and in parallel: one transaction
 * chooses the channel and records the message, and right after a message no other one is due. Never rejects.
 */
export async function moveOn(relay: Relay, challenge: string): Promise<void> {
  const { db } = relay;
  try {
    while (db.open) {
      // checked without a transaction first, because usually nothing is due
      const row = await challengeById(db, challenge);
      if (row === null || 'kind' in (await dueChannel(relay, row))) return;
      const sent = await sendAgain(relay, challenge, dueChannel);
      if (sent.kind !== 'refused' || !('maybeSent' in sent)) return;
    }
  } catch (error) {
    // nobody awaits this; the next round tries again
    if (db.open) relay.log({ event: 'next-channel-failed', error: errorName(error) });
  }
}

/** The channel that the chain tries now. */
async function dueChannel(
  relay: Relay,
  row: ChallengeRow,
): Promise<UsableChannel | typeof NOT_DUE> {
  const at = relay.now();
  if (row.state !== 'awaiting' || row.expiresAt <= at) return NOT_DUE;
  const next = await nextOf(relay, row);
  return next === null || next.at > at ? NOT_DUE : next.by;
}

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
