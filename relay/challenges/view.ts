// The status of a challenge as its till may see it. Never the code or the whole number.
import type { AwaitingCode, ChallengeStatus, SpentBecause } from '$lib/contract/challenge';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { askingOf, channelsFor, nextOf } from '../messaging/codes/channel-chain';
import { grantOf } from './grant';
import type { Relay } from '../context';
import {
  challengeById,
  challengeLedBy,
  type ChallengeRow,
  endChallenge,
} from '../store/challenges';
import { sendingsOf, type SendingRow } from '../store/sendings';

/** The reply to anything but the right code once the challenge is verified: no checks are left. */
export const AFTER_CONSENT: SpentBecause = 'too-many-checks';

/** What the till shows while it waits. */
async function awaitingCodeOf(relay: Relay, row: ChallengeRow): Promise<AwaitingCode> {
  const messages = (await sendingsOf(relay.db, row.id)).flatMap(messageOf);
  const newest = messages.pop();
  if (newest === undefined) throw new Error('a challenge that waits for a code has a message');
  const next = await nextOf(relay, row);
  const { usable } = await channelsFor(relay, askingOf(row));
  return {
    kind: 'awaiting-code',
    ...newest,
    phoneMasked: row.phone === null ? '' : maskPhone(relay.cipher.decrypt(row.phone) as Phone),
    expiresAt: row.expiresAt,
    resendAt: row.resendAt,
    checksLeft: row.checksLeft,
    sendsLeft: row.sendsLeft,
    earlier: messages,
    next: next && { channel: next.by.channel, at: next.at },
    channels: usable.map(({ channel }) => channel),
    demo: row.demo,
  };
}

/** A message that may have arrived, with a code the relay accepts. */
function messageOf(sending: SendingRow): AwaitingCode['earlier'] {
  const { channel, codeLength, delivery, at } = sending;
  return delivery === null || codeLength === null
    ? []
    : [{ channel, codeLength, sentAt: at, delivery }];
}

/** The status of the challenge now; ends it where its time is over. */
export async function statusOf(relay: Relay, row: ChallengeRow): Promise<ChallengeStatus> {
  if (row.ledBy !== null) return { kind: 'unknown-challenge' };
  switch (row.state) {
    case 'sending':
    case 'awaiting':
      if (row.expiresAt > relay.now()) return awaitingCodeOf(relay, row);
      await endChallenge(relay.db, row.id, [row.state], { state: 'expired', at: relay.now() });
      return { kind: 'spent', because: 'expired' };
    case 'verified': {
      const grant = await grantOf(relay, row);
      const led = await challengeLedBy(relay.db, row.id);
      const also = led?.state === 'verified' ? { also: await grantOf(relay, led) } : {};
      // it may have been revoked while it was being signed
      const now = await challengeById(relay.db, row.id);
      return now?.state === 'verified'
        ? { kind: 'verified', grant, ...also }
        : { kind: 'spent', because: 'cancelled' };
    }
    case 'refused':
      return { kind: 'unknown-challenge' };
    default:
      return { kind: 'spent', because: row.state };
  }
}
