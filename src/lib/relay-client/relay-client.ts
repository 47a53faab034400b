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
  allowanceReply,
  disputesReply,
  phoneChangeReply,
  phoneFlagsReply,
  trustedReply,
  type AllowanceRequest,
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
  tillRenamed,
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

  #get<S extends z.ZodMiniType>(path: string, reply: S) {
    return this.#session.signed({ method: 'GET', path, reply });
  }
  #send<S extends z.ZodMiniType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    reply: S,
    body?: unknown,
  ) {
    return this.#session.signed({ method, path, reply, body });
  }

  policy() {
    return this.#get('/policy', policyReply);
  }
  putPolicy(change: PolicyChange) {
    return this.#send('PUT', '/policy', policyReply, change);
  }

  /** Hands the relay a policy of its own that it has lost. */
  returnPolicy(jws: string) {
    return this.#send('POST', '/policy/returned', policyReply, { policy: jws });
  }

  elevate(request: ElevationRequest) {
    return this.#send('POST', '/sessions/elevation', elevationReply, request);
  }

  /** Whether this operator's PIN alone still opens the settings. */
  phoneProof(operator: string) {
    return this.#get(`/operators/${operator}/phone-proof`, phoneProof);
  }
  /** Without a code one is sent to the operator's own phone. */
  provePhone(operator: string, request: PhoneProofRequest) {
    return this.#send('POST', `/operators/${operator}/phone-proof`, phoneProofReply, request);
  }

  requestChallenge(id: string, request: ChallengeRequest) {
    return this.#send('PUT', `/challenges/${id}`, challengeReply, request);
  }
  challenge(id: string) {
    return this.#get(`/challenges/${id}`, challengeStatus);
  }
  resend(id: string, channel: Channel | null) {
    return this.#send('POST', `/challenges/${id}/sends`, sendReply, channel ? { channel } : {});
  }
  submitCode(id: string, code: string) {
    return this.#send('POST', `/challenges/${id}/checks`, checkReply, { code });
  }
  /** An address for the customer's own phone; shuts the one made before. */
  challengePage(id: string) {
    return this.#send('POST', `/challenges/${id}/page`, pageReply);
  }
  cancelChallenge(id: string) {
    return this.#send('DELETE', `/challenges/${id}`, done);
  }

  /** What the relay would let this customer confirm now. Registers nothing and sends nothing. */
  allowance(customer: string, request: AllowanceRequest) {
    return this.#send('POST', `/customers/${customer}/allowance`, allowanceReply, request);
  }
  trustContacts(request: TrustedRequest) {
    return this.#send('POST', '/customers/trusted', trustedReply, request);
  }
  /** The number that waits for its day waits no more: the old one stays. */
  callOffPhoneChange(customer: string) {
    return this.#send('DELETE', `/customers/${customer}/phone-change`, done);
  }
  /** Numbers a manager should look at. */
  phoneFlags() {
    return this.#get('/phones/flags', phoneFlagsReply);
  }
  /** Who was told of what loosened the rules. */
  ownerNotices() {
    return this.#get('/owner-notices', ownerNoticesReply);
  }
  changePhone(customer: string, phone: string, challenge: string | null) {
    return this.#send('PUT', `/customers/${customer}/phone`, phoneChangeReply, {
      phone,
      challenge,
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
    return this.#get(`/notices?since=${since}`, noticesReply);
  }
  /** Customers who dispute something that was written down at another till. */
  disputes() {
    return this.#get('/disputes', disputesReply);
  }
  /** What the relay found wrong in journals, oldest first. */
  journalFlags(after: number) {
    return this.#get(`/journal/flags?after=${after}`, flagsReply);
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
    return this.#get(`/reserve-codes?after=${after}`, reserveCodesNews);
  }

  providers() {
    return this.#get('/providers', providersReply);
  }
  provider() {
    return this.#get('/provider', providerSettings);
  }
  putProvider(draft: ProviderDraft) {
    return this.#send('PUT', '/provider', providerReply, draft);
  }
  balance(draft: ProviderDraft | null) {
    return this.#send('POST', '/provider/balance', balanceReply, draft ? { draft } : {});
  }
  sendTestMessage(request: TestMessageRequest) {
    return this.#send('POST', '/provider/test-message', testMessageReply, request);
  }
  /** Days as `2026-11-01`, both included; `zone` (IANA) says when a day begins. */
  costs(span: { from: string; to: string; zone: string }) {
    const query = new URLSearchParams(span).toString();
    return this.#get(`/provider/costs?${query}`, costsReply);
  }
  history() {
    return this.#get('/provider/history', historyReply);
  }
  /** Lifts the relay's own stop of sending at this till, and the shop's. */
  liftStop() {
    return this.#send('DELETE', '/provider/stop', done);
  }
  /** Lifts the stop of another till. */
  liftStopOf(till: string) {
    const path = `/provider/stops/${till}`;
    return this.#send('DELETE', path, done);
  }

  tills() {
    return this.#get('/tills', tillsReply);
  }
  offerEnrolment() {
    return this.#send('POST', '/tills/enrolments', enrolmentOffer);
  }
  renameTill(id: string, name: string) {
    return this.#send('PUT', `/tills/${id}/name`, tillRenamed, { name });
  }
  revokeTill(id: string) {
    return this.#send('DELETE', `/tills/${id}`, done);
  }
}
