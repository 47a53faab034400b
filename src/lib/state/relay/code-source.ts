// Where codes come from: challenges at the relay, or codes to an operator's own phone.
import {
  gateRefusal,
  operatorCodeReply,
  type GateRefusal,
  type OperatorCodeReply,
} from '$lib/contract/till';
import type { Channel } from '$lib/contract/values';
import type { ReplyToTill } from '$lib/domain/consent/challenge-outcome';
import type { UnsignedChallenge, RelayClient } from '$lib/relay-client/relay-client';
import type { JournalUploader } from './journal-uploader.svelte';

/** How one kind of code is requested, checked and sent again. Every call returns the relay's reply. */
export type CodeSource = {
  /** Null: given up before anything was sent. */
  readonly request: (challenge: string) => Promise<ReplyToTill | null>;
  readonly submit: (challenge: string, code: string) => Promise<ReplyToTill>;
  /** `channel`: null repeats the same one. */
  readonly resend: (challenge: string, channel: Channel | null) => Promise<ReplyToTill>;
  /** The state of the message; null: not known. */
  readonly look: (challenge: string) => Promise<ReplyToTill | null>;
  readonly cancel: (challenge: string) => void;
};

export type ChallengeDeps = {
  readonly client: RelayClient;
  readonly uploader: JournalUploader;
  /** Who is signed in. */
  readonly operator: () => string | null;
};

/** `requestOf`: builds the request; null: send nothing. */
export function challengeSource(
  deps: ChallengeDeps,
  requestOf: (challenge: string) => Promise<UnsignedChallenge | null>,
): CodeSource {
  const { client } = deps;
  return {
    request: async (challenge) => {
      const request = await requestOf(challenge);
      return request && requestCode(deps, challenge, request);
    },
    submit: async (challenge, code) => codeReply(await client.submitCode(challenge, code)),
    resend: async (challenge, channel) => codeReply(await client.resend(challenge, channel)),
    look: async (challenge) => {
      const reply = codeReply(await client.challenge(challenge));
      return reply.kind === 'unreachable' ? null : reply;
    },
    cancel: (challenge) => void client.cancelChallenge(challenge),
  };
}

/** For a code about a customer's account outside a sale. Requests nothing if the operator has signed out meanwhile. */
export function accountCodeSource(
  deps: ChallengeDeps,
  question: Omit<UnsignedChallenge, 'operator'>,
): CodeSource {
  return challengeSource(deps, () => {
    const operator = deps.operator();
    return Promise.resolve(operator === null ? null : { ...question, operator });
  });
}

/** For a code about a customer's card, which belongs to no receipt and moves no balance. */
export function cardCodeSource(
  deps: ChallengeDeps,
  question: (challenge: string) => Pick<UnsignedChallenge, 'action' | 'customer' | 'deal'>,
): CodeSource {
  return challengeSource(deps, (challenge) => {
    const operator = deps.operator();
    // the operator signed out, so the dialogue was closed with its screen
    if (operator === null) return Promise.resolve(null);
    return Promise.resolve({
      ...question(challenge),
      operator,
      receiptId: challenge,
      amount: null,
    });
  });
}

/**
 * Requests a code after uploading the journal. If the relay refuses because the journal lags, uploads the rest and requests
 * once more.
 */
export async function requestCode(
  { client, uploader }: Omit<ChallengeDeps, 'operator'>,
  challenge: string,
  request: UnsignedChallenge,
): Promise<ReplyToTill> {
  await uploader.beforeCode();
  const first = codeReply(await client.requestChallenge(challenge, request));
  if (first.kind !== 'journal-behind') return first;
  if (uploader.quarantine === null) await uploader.sendNow();
  // waiting does not help if the relay refuses this till's journal
  if (uploader.quarantine !== null) return { kind: 'quarantined' };
  return codeReply(await client.requestChallenge(challenge, request));
}

/** Maps gate refusals to "unreachable": for a code both mean that there is none now. */
export function codeReply<T extends { kind: string }>(
  reply: T,
): Exclude<T, { kind: GateRefusal['kind'] }> | { kind: 'unreachable' } {
  return gateRefusal.safeParse(reply).success
    ? { kind: 'unreachable' }
    : (reply as Exclude<T, { kind: GateRefusal['kind'] }>);
}

/** A reply about a code to an operator's phone: whether it was sent, or whether it was correct. */
export type AboutCode = Exclude<OperatorCodeReply, { kind: 'token-needed' }>;

/** Whether a reply is about the code to an operator's phone rather than PIN, right or connection. */
export function isAboutCode<T extends { readonly kind: string }>(
  reply: T,
): reply is Extract<T, { kind: AboutCode['kind'] }> {
  return reply.kind !== 'token-needed' && operatorCodeReply.safeParse(reply).success;
}

/** Codes to an operator's phone: the relay sends and checks them with the same call, and keeps one code at a time. */
export function operatorCodeSource(parts: {
  readonly send: (
    request: { code: string } | { resend: true } | Record<string, never>,
  ) => Promise<AboutCode | { readonly kind: 'done' | 'not-about-code' }>;
  readonly now: () => number;
}): CodeSource {
  let expiresAt = Infinity;
  async function ask(request: Parameters<typeof parts.send>[0]): Promise<ReplyToTill> {
    const reply = await parts.send(request);
    switch (reply.kind) {
      case 'code-sent':
        ({ expiresAt } = reply);
        return {
          ...reply,
          kind: 'awaiting-code',
          delivery: 'unknown',
          demo: false,
          earlier: [],
          next: null,
          channels: [reply.channel],
        };
      case 'done':
        return { kind: 'verified', grant: '' };
      case 'not-about-code':
        return { kind: 'unreachable' };
      default:
        return reply;
    }
  }
  return {
    request: () => ask({}),
    submit: (_, code) => ask({ code }),
    resend: () => ask({ resend: true }),
    // the relay reports no state of this code, so only its time of expiry is known
    look: () =>
      Promise.resolve(parts.now() < expiresAt ? null : { kind: 'spent', because: 'expired' }),
    cancel: () => undefined,
  };
}
