// The till's end of the wire: every call the till makes, each ending in a named outcome. Signs in by itself; never touches the disk.
import * as z from 'zod/mini';
import {
  challengeReply,
  challengeStatus,
  checkReply,
  sendReply,
  type ChallengeRequest,
} from '$lib/contract/challenge';
import { phoneChangeReply, trustedReply, type TrustedRequest } from '$lib/contract/customer';
import { health } from '$lib/contract/health';
import { policyReply, type PolicyChange } from '$lib/contract/policy';
import {
  balanceReply,
  costsReply,
  historyReply,
  providerReply,
  providerSettings,
  providersReply,
  testMessageReply,
  type ProviderDraft,
  type TestMessageRequest,
} from '$lib/contract/provider';
import {
  elevationReply,
  enrolmentOffer,
  enrolmentReply,
  sessionReply,
  tillsReply,
  type ElevationRequest,
  type EnrolmentRequest,
  type SessionReply,
} from '$lib/contract/till';
import type { Channel } from '$lib/contract/values';
import { signSession } from '$lib/proof/session';
import { exchange, type Call, type Outcome, type Unreachable, type Wire } from './exchange';

/** Who this device is to the relay; made at enrolment. */
export type TillIdentity = {
  readonly tillId: string;
  readonly shopId: string;
  readonly privateKey: CryptoKey;
};

/** Told after each exchange, so that connectivity is made of facts. */
export type ExchangeSeen = (outcome: 'answered' | Unreachable['because']) => void;

export type RelayClientOptions = {
  readonly origin: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  /** The till's own clock, ms. */
  readonly now?: () => number;
  readonly onexchange?: ExchangeSeen;
};

const done = z.strictObject({ kind: z.literal('done') });

/** A bearer is renewed this long before it runs out, so that a slow request does not die with it. */
const RENEW_BEFORE_MS = 30_000;

export class RelayClient {
  readonly #wire: Wire;
  readonly #now: () => number;
  readonly #onexchange: ExchangeSeen;
  #identity: TillIdentity | null = null;
  #session: { token: string; expiresAt: number } | null = null;
  #signingIn: Promise<Outcome<SessionReply>> | null = null;
  #clockOffsetMs = 0;

  constructor(options: RelayClientOptions) {
    this.#wire = {
      origin: options.origin,
      // called unbound, `fetch` throws "Illegal invocation"
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      timeoutMs: options.timeoutMs ?? 15_000,
    };
    this.#now = options.now ?? (() => Date.now());
    this.#onexchange = options.onexchange ?? (() => undefined);
  }

  /** Relay's clock minus the till's, ms, as of the last reply that named the time. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** Sets who signs from now on; an old session is forgotten. */
  identify(identity: TillIdentity | null): void {
    this.#identity = identity;
    this.#session = null;
  }

  /** Another person is at the till: what the relay allowed the one before ends with his session. */
  forgetSession(): void {
    this.#session = null;
    this.#signingIn = null;
  }

  enrol(request: EnrolmentRequest) {
    return this.#open({ method: 'POST', path: '/tills', body: request, reply: enrolmentReply });
  }

  /** Without an identity only the relay's version and time; with one also provider and policy. */
  async health() {
    const call = { method: 'GET', path: '/health', reply: health, timeoutMs: 6_000 } as const;
    const reply = await (this.#identity ? this.#signed(call) : this.#open(call));
    if ('now' in reply && 'contract' in reply) this.#setClock(reply.now);
    return reply;
  }

  policy() {
    return this.#signed({ method: 'GET', path: '/policy', reply: policyReply });
  }
  putPolicy(change: PolicyChange) {
    return this.#signed({ method: 'PUT', path: '/policy', body: change, reply: policyReply });
  }

  elevate(request: ElevationRequest) {
    return this.#signed({
      method: 'POST',
      path: '/sessions/elevation',
      body: request,
      reply: elevationReply,
    });
  }

  requestChallenge(id: string, request: ChallengeRequest) {
    return this.#signed({
      method: 'PUT',
      path: `/challenges/${id}`,
      body: request,
      reply: challengeReply,
    });
  }
  challenge(id: string) {
    return this.#signed({ method: 'GET', path: `/challenges/${id}`, reply: challengeStatus });
  }
  resend(id: string, channel: Channel | null) {
    return this.#signed({
      method: 'POST',
      path: `/challenges/${id}/sends`,
      body: channel ? { channel } : {},
      reply: sendReply,
    });
  }
  submitCode(id: string, code: string) {
    return this.#signed({
      method: 'POST',
      path: `/challenges/${id}/checks`,
      body: { code },
      reply: checkReply,
    });
  }
  cancelChallenge(id: string) {
    return this.#signed({ method: 'DELETE', path: `/challenges/${id}`, reply: done });
  }

  trustContacts(request: TrustedRequest) {
    return this.#signed({
      method: 'POST',
      path: '/customers/trusted',
      body: request,
      reply: trustedReply,
    });
  }
  changePhone(customer: string, phone: string, challenge: string | null) {
    return this.#signed({
      method: 'PUT',
      path: `/customers/${customer}/phone`,
      body: { phone, challenge },
      reply: phoneChangeReply,
    });
  }

  providers() {
    return this.#signed({ method: 'GET', path: '/providers', reply: providersReply });
  }
  provider() {
    return this.#signed({ method: 'GET', path: '/provider', reply: providerSettings });
  }
  putProvider(draft: ProviderDraft) {
    return this.#signed({ method: 'PUT', path: '/provider', body: draft, reply: providerReply });
  }
  balance(draft: ProviderDraft | null) {
    return this.#signed({
      method: 'POST',
      path: '/provider/balance',
      body: draft ? { draft } : {},
      reply: balanceReply,
    });
  }
  sendTestMessage(request: TestMessageRequest) {
    return this.#signed({
      method: 'POST',
      path: '/provider/test-message',
      body: request,
      reply: testMessageReply,
    });
  }
  /** Days as `2026-11-01`, both included; `zone` (IANA) says when a day begins. */
  costs(span: { from: string; to: string; zone: string }) {
    const query = new URLSearchParams(span).toString();
    return this.#signed({ method: 'GET', path: `/provider/costs?${query}`, reply: costsReply });
  }
  history() {
    return this.#signed({ method: 'GET', path: '/provider/history', reply: historyReply });
  }
  /** Lifts the relay's own stop of sending. */
  liftStop() {
    return this.#signed({ method: 'DELETE', path: '/provider/stop', reply: done });
  }

  tills() {
    return this.#signed({ method: 'GET', path: '/tills', reply: tillsReply });
  }
  offerEnrolment() {
    return this.#signed({
      method: 'POST',
      path: '/tills/enrolments',
      body: {},
      reply: enrolmentOffer,
    });
  }
  revokeTill(id: string) {
    return this.#signed({ method: 'DELETE', path: `/tills/${id}`, reply: done });
  }

  async #open<S extends z.ZodMiniType>(call: Call<S>): Promise<Outcome<z.output<S>>> {
    const outcome = await exchange(this.#wire, call);
    this.#onexchange(isUnreachable(outcome) ? outcome.because : 'answered');
    return outcome;
  }

  /** Sends with a bearer. A relay that was restarted has forgotten it: signs in again and repeats once. */
  async #signed<S extends z.ZodMiniType>(call: Call<S>): Promise<Outcome<z.output<S>>> {
    for (const last of [false, true]) {
      const token = await this.#token();
      if (typeof token !== 'string') return token;
      const outcome = await this.#open({ ...call, token });
      const forgotten = isKind(outcome, 'session-unknown');
      if (!forgotten || last) return outcome;
      this.#session = null;
    }
    return { kind: 'session-unknown' };
  }

  async #token(): Promise<string | Exclude<Outcome<never>, never>> {
    if (this.#session && this.#session.expiresAt - RENEW_BEFORE_MS > this.#relayNow())
      return this.#session.token;
    // two calls at once share one sign-in: a nonce more would be a session wasted
    const mine = (this.#signingIn ??= this.#signIn());
    const reply = await mine;
    // forgotten meanwhile: good for the call that waited, kept for nobody else
    const current = this.#signingIn === mine;
    if (current) this.#signingIn = null;
    switch (reply.kind) {
      case 'session':
        if (current) this.#session = reply;
        return reply.token;
      case 'stale-signature':
      case 'wrong-signature':
        return { kind: 'session-unknown' };
      default:
        return reply;
    }
  }

  async #signIn(): Promise<Outcome<SessionReply>> {
    const identity = this.#identity;
    if (!identity) return { kind: 'unknown-till' };
    let reply: Outcome<SessionReply> = { kind: 'session-unknown' };
    for (const last of [false, true]) {
      const at = Math.round(this.#relayNow());
      const nonce = randomHex(16);
      const signature = await signSession(
        {
          purpose: 'session',
          origin: this.#wire.origin,
          shop: identity.shopId,
          till: identity.tillId,
          at,
          nonce,
        },
        identity.privateKey,
      );
      reply = await this.#open({
        method: 'POST',
        path: '/sessions',
        body: { tillId: identity.tillId, at, nonce, signature },
        reply: sessionReply,
      });
      if (reply.kind === 'session') this.#setClock(reply.now);
      if (reply.kind !== 'stale-signature' || last) break;
      // a tablet's clock is often wrong: the relay names the time, and the second try uses it
      this.#setClock(reply.now);
    }
    return reply;
  }

  #relayNow(): number {
    return this.#now() + this.#clockOffsetMs;
  }

  #setClock(relayNow: number): void {
    this.#clockOffsetMs = relayNow - this.#now();
  }
}

/** True for the outcomes that mean: nobody answered. */
export function isUnreachable(outcome: unknown): outcome is Unreachable {
  return isKind(outcome, 'unreachable') && 'because' in outcome && isTransport(outcome.because);
}

// `unreachable` is also a provider's word for a phone, so the reason is looked at too
const isTransport = (because: unknown): boolean =>
  because === 'network' || because === 'timeout' || because === 'unexpected-reply';

function isKind(outcome: unknown, kind: string): outcome is { kind: string } {
  return (
    typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === kind
  );
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))]
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('');
}
