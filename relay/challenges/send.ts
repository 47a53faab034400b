// Sends one code of a challenge and records the outcome. The caller has counted the message.
import type { Refusal } from '$lib/contract/challenge';
import { carriesWeakCodes } from '$lib/domain/consent/weak-code';
import { hashCode, type OwnCode } from '../messaging/codes/codes';
import { chanceOf, strengthOf, WEAK_CHECKS } from '../messaging/limits/guess-limits';
import { withCode } from '../messaging/codes/code-texts';
import type { OpenChannel } from '../messaging/codes/channel-chain';
import type { SendRequest } from '../providers/provider';
import { MAYBE_SENT } from '../messaging/gateway/refusals';
import type { Relay } from '../context';
import {
  acceptCode,
  challengeById,
  changeChallenge,
  type AcceptedCode,
  type ChallengeRow,
  LIVE,
} from '../store/challenges';
import { inTransaction } from '../store/transaction';

export type CodeSent =
  | { readonly kind: 'sent' }
  /** Nothing left the machine. */
  | { readonly kind: 'provider-unreachable' }
  | { readonly kind: 'refused'; readonly because: Refusal; readonly maybeSent: boolean };

/** What is stored of a code that leaves over this channel. */
export function acceptedAs(
  { cipher }: Pick<Relay, 'cipher'>,
  row: Pick<ChallengeRow, 'id' | 'dealHash'>,
  { channel, can }: OpenChannel,
  { code, chance }: OwnCode,
): AcceptedCode {
  const digits = code.length;
  const hash = hashCode(cipher, row, code);
  return { hash, channel, digits, strength: strengthOf(can, digits), chance };
}

/**
 * Sends over `by`; a challenge that is still live then accepts this code, too. `recorded`: id of the recorded message; null: the
 * gateway records it now.
 */
export async function sendCode(
  relay: Relay,
  row: ChallengeRow,
  by: OpenChannel,
  own: OwnCode | null,
  recorded: number | null,
): Promise<CodeSent> {
  const { db, provider } = relay;
  const carried = {
    state: 'awaiting',
    channel: by.channel,
    provider: provider.current().provider.id,
    demo: provider.isDemo(),
  } as const;
  const purpose = { kind: 'code', challenge: row.id, recorded } as const;
  const sent = await provider.send(wordedFor(relay, row, by, own), purpose);
  if (!db.open) return { kind: 'refused', because: 'timeout-unknown', maybeSent: true };
  if (sent.kind === 'refused') {
    const { because } = sent;
    if (because === 'not-sent') return { kind: 'provider-unreachable' };
    if (because !== 'timeout-unknown' || own === null)
      return { kind: 'refused', because, maybeSent: MAYBE_SENT.has(because) };
    // our own code may still arrive, and is accepted
  }
  const chosen = sent.kind === 'sent' ? sent.receipt.codeChosenByProvider : undefined;
  const code = own ?? (chosen === undefined ? null : codeOf(chosen));
  if (code === null) return { kind: 'refused', because: 'bad-reply', maybeSent: true };
  await inTransaction(relay, async ({ db }) => {
    // checks may have been made while the message was being sent: start from what is left now
    const left = (await challengeById(db, row.id))?.checksLeft ?? 0;
    const checksLeft = carriesWeakCodes(by.can) ? Math.min(left, WEAK_CHECKS) : left;
    if (await changeChallenge(db, row.id, LIVE, { ...carried, checksLeft }))
      await acceptCode(db, row.id, acceptedAs(relay, row, by, code));
  });
  return { kind: 'sent' };
}

/** A code that the service made. */
const codeOf = (code: string): OwnCode => ({ code, chance: chanceOf(code.length, true) });

/** The message for the adapter; without code and text where the provider makes the code. */
export function wordedFor(
  { cipher, provider }: Relay,
  row: ChallengeRow,
  by: OpenChannel,
  own: OwnCode | null,
): SendRequest {
  if (row.phone === null || row.text === null) throw new Error('an ended challenge sends nothing');
  const to = { channel: by.channel, phone: cipher.decrypt(row.phone) };
  if (own === null) return to;
  if (by.can.text !== 'free') return { ...to, code: own.code };
  const repeat = row.sends > 1 && provider.current().provider.refusesRepeats ? row.sends : null;
  return { ...to, code: own.code, text: withCode(cipher.decrypt(row.text), own.code, repeat) };
}
