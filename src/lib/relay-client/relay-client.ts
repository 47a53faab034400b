// The till's end of the wire: every call the till makes, each ending in a named outcome. Never touches the disk.
import * as z from 'zod/mini';
import {
  challengeReply,
  challengeStatus,
  checkReply,
  pageReply,
  sendReply,
  type ChallengeRequest,
} from '$lib/contract/challenge';
import {
  phoneChangeReply,
  phoneFlagsReply,
  trustedReply,
  type TrustedRequest,
} from '$lib/contract/customer';
import { health } from '$lib/contract/health';
import {
  flagsReply,
  journalUploadReply,
  noticesReply,
  type JournalUpload,
} from '$lib/contract/journal-upload';
import { ownerNoticesReply } from '$lib/contract/owner-notice';
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
  reserveCodesNews,
  reserveCodesReply,
  type ReserveCodesRequest,
} from '$lib/contract/reserve-code';
import {
  elevationReply,
  enrolmentOffer,
  enrolmentReply,
  phoneProof,
  phoneProofReply,
  tillsReply,
  type ElevationRequest,
  type EnrolmentRequest,
  type PhoneProofRequest,
} from '$lib/contract/till';
import type { Channel } from '$lib/contract/values';
import { RelayClock } from './clock';
import { Session, type ExchangeSeen, type TillIdentity } from './session';

export type RelayClientOptions = {
  readonly origin: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  readonly clock?: RelayClock;
  readonly onexchange?: ExchangeSeen;
};

const done = z.strictObject({ kind: z.literal('done') });

export class RelayClient {
  readonly #session: Session;
  readonly #clock: RelayClock;

  constructor({ origin, clock, onexchange, timeoutMs, ...options }: RelayClientOptions) {
    this.#clock = clock ?? new RelayClock();
    this.#session = new Session({
      wire: {
        origin,
        // called unbound, `fetch` throws "Illegal invocation"
        fetch: options.fetch ?? ((input, init) => fetch(input, init)),
        timeoutMs: timeoutMs ?? 15_000,
      },
      clock: this.#clock,
      onexchange: onexchange ?? (() => undefined),
    });
  }

  /** Sets who signs from now on; an old session is forgotten. */
  identify(identity: TillIdentity | null): void {
    this.#session.identify(identity);
  }

  /** Another person is at the till: what the relay allowed the one before ends with his session. */
  forgetSession(): void {
    this.#session.forget();
  }

  enrol(request: EnrolmentRequest) {
    return this.#session.open({
      method: 'POST',
      path: '/tills',
      body: request,
      reply: enrolmentReply,
    });
  }

  /** Without an identity only the relay's version and time; with one also provider and policy. */
  async health() {
    const call = { method: 'GET', path: '/health', reply: health, timeoutMs: 6_000 } as const;
    const reply = await (this.#session.isSomeone
      ? this.#session.signed(call)
      : this.#session.open(call));
    if ('now' in reply && 'contract' in reply) this.#clock.hear(reply.now);
    return reply;
  }

  policy() {
    return this.#session.signed({ method: 'GET', path: '/policy', reply: policyReply });
  }
  putPolicy(change: PolicyChange) {
    return this.#session.signed({
      method: 'PUT',
      path: '/policy',
      body: change,
      reply: policyReply,
    });
  }

  /** Hands the relay a policy of its own that it has lost. */
  returnPolicy(jws: string) {
    return this.#session.signed({
      method: 'POST',
      path: '/policy/returned',
      body: { policy: jws },
      reply: policyReply,
    });
  }

  elevate(request: ElevationRequest) {
    return this.#session.signed({
      method: 'POST',
      path: '/sessions/elevation',
      body: request,
      reply: elevationReply,
    });
  }

  /** Whether this operator's PIN alone still opens the settings. */
  phoneProof(operator: string) {
    return this.#session.signed({
      method: 'GET',
      path: `/operators/${operator}/phone-proof`,
      reply: phoneProof,
    });
  }
  /** Without a code one is sent to the operator's own phone. */
  provePhone(operator: string, request: PhoneProofRequest) {
    return this.#session.signed({
      method: 'POST',
      path: `/operators/${operator}/phone-proof`,
      body: request,
      reply: phoneProofReply,
    });
  }

  requestChallenge(id: string, request: ChallengeRequest) {
    return this.#session.signed({
      method: 'PUT',
      path: `/challenges/${id}`,
      body: request,
      reply: challengeReply,
    });
  }
  challenge(id: string) {
    return this.#session.signed({
      method: 'GET',
      path: `/challenges/${id}`,
      reply: challengeStatus,
    });
  }
  resend(id: string, channel: Channel | null) {
    return this.#session.signed({
      method: 'POST',
      path: `/challenges/${id}/sends`,
      body: channel ? { channel } : {},
      reply: sendReply,
    });
  }
  submitCode(id: string, code: string) {
    return this.#session.signed({
      method: 'POST',
      path: `/challenges/${id}/checks`,
      body: { code },
      reply: checkReply,
    });
  }
  /** An address for the customer's own phone; shuts the one made before. */
  challengePage(id: string) {
    return this.#session.signed({
      method: 'POST',
      path: `/challenges/${id}/page`,
      reply: pageReply,
    });
  }
  cancelChallenge(id: string) {
    return this.#session.signed({ method: 'DELETE', path: `/challenges/${id}`, reply: done });
  }

  trustContacts(request: TrustedRequest) {
    return this.#session.signed({
      method: 'POST',
      path: '/customers/trusted',
      body: request,
      reply: trustedReply,
    });
  }
  /** Numbers a manager should look at. */
  phoneFlags() {
    return this.#session.signed({ method: 'GET', path: '/phones/flags', reply: phoneFlagsReply });
  }
  /** Who was told of what loosened the rules. */
  ownerNotices() {
    return this.#session.signed({
      method: 'GET',
      path: '/owner-notices',
      reply: ownerNoticesReply,
    });
  }
  changePhone(customer: string, phone: string, challenge: string | null) {
    return this.#session.signed({
      method: 'PUT',
      path: `/customers/${customer}/phone`,
      body: { phone, challenge },
      reply: phoneChangeReply,
    });
  }

  /** A till that was removed may still send what it owes: the head's signature is its name then. */
  async uploadJournal(upload: JournalUpload) {
    const call = {
      method: 'POST',
      path: '/journal',
      body: upload,
      reply: journalUploadReply,
      timeoutMs: 60_000,
    } as const;
    const reply = await this.#session.signed(call);
    return reply.kind === 'revoked' ? this.#session.open(call) : reply;
  }
  /** What became of messages about acts without a code: whatever changed after `since` (a cursor; 0: all). */
  notices(since: number) {
    return this.#session.signed({
      method: 'GET',
      path: `/notices?since=${since}`,
      reply: noticesReply,
    });
  }
  /** What the relay found wrong in journals, oldest first. */
  journalFlags(after: number) {
    return this.#session.signed({
      method: 'GET',
      path: `/journal/flags?after=${after}`,
      reply: flagsReply,
    });
  }

  /** The same id again never sends a second message. */
  issueReserveCodes(id: string, request: ReserveCodesRequest) {
    return this.#session.signed({
      method: 'PUT',
      path: `/reserve-codes/${id}`,
      body: request,
      reply: reserveCodesReply,
      // making the codes takes a moment, and the messaging service its own
      timeoutMs: 30_000,
    });
  }
  /** What changed of this till's reserve codes after a version. */
  reserveCodes(after: number) {
    return this.#session.signed({
      method: 'GET',
      path: `/reserve-codes?after=${after}`,
      reply: reserveCodesNews,
    });
  }

  providers() {
    return this.#session.signed({ method: 'GET', path: '/providers', reply: providersReply });
  }
  provider() {
    return this.#session.signed({ method: 'GET', path: '/provider', reply: providerSettings });
  }
  putProvider(draft: ProviderDraft) {
    return this.#session.signed({
      method: 'PUT',
      path: '/provider',
      body: draft,
      reply: providerReply,
    });
  }
  balance(draft: ProviderDraft | null) {
    return this.#session.signed({
      method: 'POST',
      path: '/provider/balance',
      body: draft ? { draft } : {},
      reply: balanceReply,
    });
  }
  sendTestMessage(request: TestMessageRequest) {
    return this.#session.signed({
      method: 'POST',
      path: '/provider/test-message',
      body: request,
      reply: testMessageReply,
    });
  }
  /** Days as `2026-11-01`, both included; `zone` (IANA) says when a day begins. */
  costs(span: { from: string; to: string; zone: string }) {
    const query = new URLSearchParams(span).toString();
    return this.#session.signed({
      method: 'GET',
      path: `/provider/costs?${query}`,
      reply: costsReply,
    });
  }
  history() {
    return this.#session.signed({ method: 'GET', path: '/provider/history', reply: historyReply });
  }
  /** Lifts the relay's own stop of sending at this till, and the shop's. */
  liftStop() {
    return this.#session.signed({ method: 'DELETE', path: '/provider/stop', reply: done });
  }
  /** Lifts the stop of another till. */
  liftStopOf(till: string) {
    const path = `/provider/stops/${till}`;
    return this.#session.signed({ method: 'DELETE', path, reply: done });
  }

  tills() {
    return this.#session.signed({ method: 'GET', path: '/tills', reply: tillsReply });
  }
  offerEnrolment() {
    return this.#session.signed({
      method: 'POST',
      path: '/tills/enrolments',
      body: {},
      reply: enrolmentOffer,
    });
  }
  revokeTill(id: string) {
    return this.#session.signed({ method: 'DELETE', path: `/tills/${id}`, reply: done });
  }
}
