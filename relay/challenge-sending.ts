// Sends one code of a challenge and writes down what became of it. Whoever calls has already counted the message.
import type { DeliveryState, Refusal } from '$lib/contract/challenge';
import { hashCode } from './codes';
import { withCode } from './messages';
import type { OpenChannel } from './challenge-view';
import type { SendRequest } from './providers/provider';
import type { Relay } from './relay';
import { acceptCode, challengeById, changeChallenge, type ChallengeRow } from './store/challenges';

/** Without a doubt nothing was sent: asked again, it is a new try. All other refusals may have cost a message. */
const MAYBE_SENT: ReadonlySet<Refusal> = new Set<Refusal>([
  'timeout-unknown',
  'bad-reply',
  'unknown',
]);

export type CodeSent =
  | { readonly kind: 'sent' }
  /** Nothing left the machine. */
  | { readonly kind: 'provider-unreachable' }
  | { readonly kind: 'refused'; readonly because: Refusal; readonly maybeSent: boolean };

/** A 4-digit code can be guessed sooner: so many checks at most. */
export const CHECKS_OF_SHORT_CODE = 3;

/** Sends over `by`, and notes channel, message and delivery on a challenge that still lives. */
export async function sendCode(
  relay: Relay,
  row: ChallengeRow,
  by: OpenChannel,
  own: { readonly code: string } | null,
): Promise<CodeSent> {
  const { db, now, provider } = relay;
  const service = provider.current().provider;
  const demo = provider.isDemo();
  const sent = await provider.send(wordedFor(relay, row, by, own));
  if (!db.open) return { kind: 'refused', because: 'timeout-unknown', maybeSent: true };
  const noted = (message: string | null, delivery: DeliveryState) =>
    ({
      state: 'awaiting',
      channel: by.channel,
      provider: service.id,
      demo,
      message,
      delivery,
      askedDeliveryAt: null,
      sentAt: now(),
    }) as const;

  if (sent.kind === 'refused') {
    const { because } = sent;
    if (because === 'not-sent') return { kind: 'provider-unreachable' };
    // our own code may be on its way: the customer can still read it out
    if (because === 'timeout-unknown' && own !== null) {
      const codeLength = own.code.length;
      const change = { ...noted(null, 'unknown'), codeLength };
      changeChallenge(db, row.id, ['sending', 'awaiting'], change);
      return { kind: 'sent' };
    }
    return { kind: 'refused', because, maybeSent: MAYBE_SENT.has(because) };
  }

  const { providerMessageId, codeChosenByProvider, state } = sent.receipt;
  const delivery = (state ?? 'sent').replaceAll('_', '-') as DeliveryState;
  const code = own?.code ?? codeChosenByProvider;
  if (code === undefined) return { kind: 'refused', because: 'bad-reply', maybeSent: true };
  db.transaction(() => {
    // checks were perhaps made while the message went out: count from what is left now
    const left = challengeById(db, row.id)?.checksLeft ?? 0;
    const changed = changeChallenge(db, row.id, ['sending', 'awaiting'], {
      ...noted(providerMessageId, delivery),
      codeLength: code.length,
      checksLeft: code.length < 6 ? Math.min(left, CHECKS_OF_SHORT_CODE) : left,
    });
    if (changed)
      acceptCode(db, row.id, { hash: hashCode(relay.seal, row, code), channel: by.channel });
  })();
  return { kind: 'sent' };
}

/** What the adapter is asked to send; a provider that picks the code itself gets neither code nor text. */
function wordedFor(
  { seal, provider }: Relay,
  row: ChallengeRow,
  by: OpenChannel,
  own: { readonly code: string } | null,
): SendRequest {
  if (row.phone === null || row.text === null) throw new Error('an ended challenge sends nothing');
  const to = { channel: by.channel, phone: seal.open(row.phone) };
  if (own === null) return to;
  if (by.can.text !== 'free') return { ...to, code: own.code };
  const repeat = row.sends > 1 && provider.current().provider.refusesRepeats ? row.sends : null;
  return { ...to, code: own.code, text: withCode(seal.open(row.text), own.code, repeat) };
}
