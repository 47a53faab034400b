// The till's calls to the relay, each ending in a named outcome.
// Never touches the disk.
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
  changeNotWaiting,
  phoneChangeReply,
  phoneFlagsReply,
  forgetReply,
  forgettingNotWaiting,
  type ForgetRequest,
  importReply,
  trustedReply,
  type AllowanceRequest,
  type ImportRequest,
  type NumbersAccepted,
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
import { salesReply } from '$lib/contract/sale';
import {
  ELEVATION_MS,
  elevationReply,
  enrolmentOffer,
  enrolmentReply,
  formerNotWaiting,
  phoneProof,
  phoneProofReply,
  tillRenamed,
  tillsReply,
  type Consent,
  type ElevationRequest,
  type EnrolmentRequest,
  type FormerAccepted,
  type PhoneProofRequest,
} from '$lib/contract/till';
import type { Channel } from '$lib/contract/values';
import { CONSENT_HEADER } from '$lib/contract/version';
import { RelayClock } from './clock';
import { OrderClient } from './order-client';
import {
  HEAD_UNREADABLE,
  Session,
  type Bearer,
  type ExchangeSeen,
  type KeepWatermark,
  type ReadHead,
  type ReadSigned,
  type StatedHead,
  type TillIdentity,
} from './session';

export type RelayClientOptions = {
  readonly origin: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  readonly clock?: RelayClock;
  readonly readHead: ReadHead;
  readonly readSigned?: ReadSigned;
  readonly keepWatermark?: KeepWatermark;
  readonly onexchange?: ExchangeSeen;
};

/** The conditions of `GET /sales`; null: no condition. */
export type SalesAsked = {
  readonly number: string | null;
  readonly hash: string | null;
  readonly customer: string | null;
  readonly product: string | null;
  readonly total: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly before: string | null;
};

/** A code request as a screen makes it, without the journal's signed head. */
export type UnsignedChallenge = Omit<ChallengeRequest, keyof StatedHead>;

const done = z.strictObject({ kind: z.literal('done') });

export class RelayClient {
  /** Downloads the shop's order. */
  readonly order: OrderClient;
  readonly #session: Session;
  readonly #clock: RelayClock;
  /** Cancelled challenges that the relay has not acknowledged: it would report the act of a confirmed one as missing. */
  readonly #givenUp = new Set<string>();

  constructor({ origin, clock, readHead, onexchange, timeoutMs, ...options }: RelayClientOptions) {
    this.#clock = clock ?? new RelayClock();
    this.#session = new Session({
      wire: {
        origin,
        // called unbound, `fetch` throws "Illegal invocation"
        fetch: options.fetch ?? ((input, init) => fetch(input, init)),
        timeoutMs: timeoutMs ?? 15_000,
      },
      clock: this.#clock,
      readHead,
      readSigned: options.readSigned ?? (() => Promise.resolve({})),
      keepWatermark: options.keepWatermark ?? (() => Promise.resolve()),
      onexchange: onexchange ?? (() => undefined),
    });
    this.order = new OrderClient((call) => this.#session.signed(call));
  }

  /** The till's only session, for a worker that sends requests itself. */
  get bearer(): Bearer {
    return this.#session;
  }

  /** Sets the signing identity; the old session is dropped. */
  identify(identity: TillIdentity | null): void {
    this.#session.identify(identity);
  }

  /** Called when the operator changes: the previous operator's elevation ends with the session. */
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

  /** Without an identity only the relay's version and time; with one also the states of provider and policy. */
  async health() {
    const call = { method: 'GET', path: '/health', reply: health, timeoutMs: 6_000 } as const;
    const reply = await (this.#session.isSomeone
      ? this.#session.asOperator(call)
      : this.#session.open(call));
    if ('now' in reply && 'contract' in reply) {
      this.#clock.setByRelay(reply.now);
      await this.#session.keep(reply.watermark);
    }
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

  /** The same, signed by the till, for an operator who entered their PIN. */
  #read<S extends z.ZodMiniType>(path: string, reply: S) {
    return this.#session.asOperator({ method: 'GET', path, reply });
  }
  #change<S extends z.ZodMiniType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    reply: S,
    body?: unknown,
    consent?: Consent,
  ) {
    const parts = [
      ...(consent?.code === undefined ? [] : [`code:${consent.code}`]),
      ...(consent?.token === undefined ? [] : [`token:${consent.token}`]),
      ...(consent?.resend === undefined ? [] : ['resend']),
    ];
    const headers = { [CONSENT_HEADER]: parts.join(' ') };
    const call = { method, path, reply, body };
    return this.#session.asOperator(parts.length === 0 ? call : { ...call, headers });
  }

  policy() {
    return this.#get('/policy', policyReply);
  }
  putPolicy(change: PolicyChange, consent?: Consent) {
    return this.#change('PUT', '/policy', policyReply, change, consent);
  }

  /** Sends the relay a policy that it signed and lost. */
  returnPolicy(jws: string) {
    return this.#send('POST', '/policy/returned', policyReply, { policy: jws });
  }

  elevate(request: ElevationRequest) {
    // otherwise the next session would ask for the PIN again, perhaps a minute later
    this.#session.dropUnlessFor(ELEVATION_MS);
    return this.#change('POST', '/sessions/elevation', elevationReply, request);
  }

  /** Whether this operator can get codes to their phone. */
  phoneProof(operator: string) {
    return this.#get(`/operators/${operator}/phone-proof`, phoneProof);
  }
  /** Without a code, the relay sends one to the operator's own phone. */
  provePhone(operator: string, request: PhoneProofRequest) {
    return this.#change('POST', `/operators/${operator}/phone-proof`, phoneProofReply, request);
  }

  /** Requests a code; sends the signed head of this till's journal with it. */
  async requestChallenge(id: string, request: UnsignedChallenge) {
    await this.#giveUp();
    const head = await this.#session.signedHead();
    if (head === null)
      return this.#session.isSomeone ? HEAD_UNREADABLE : ({ kind: 'unknown-till' } as const);
    const asked: ChallengeRequest = { ...request, ...head };
    return this.#send('PUT', `/challenges/${id}`, challengeReply, asked);
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
  /** An address for the customer's own phone; closes the previous page. */
  challengePage(id: string) {
    return this.#send('POST', `/challenges/${id}/page`, pageReply);
  }
  /** Cancels a challenge, or its grant. If the relay was not reached, it is repeated before the next request or upload. */
  async cancelChallenge(id: string) {
    this.#givenUp.add(id);
    const reply = await this.#send('DELETE', `/challenges/${id}`, done);
    if (reply.kind !== 'unreachable') this.#givenUp.delete(id);
    return reply;
  }
  async #giveUp(): Promise<void> {
    for (const id of this.#givenUp)
      if ((await this.cancelChallenge(id)).kind === 'unreachable') return;
  }

  /** What the relay would let this customer confirm now. Registers nothing and sends nothing. */
  allowance(customer: string, request: AllowanceRequest) {
    return this.#send('POST', `/customers/${customer}/allowance`, allowanceReply, request);
  }
  trustContacts(request: TrustedRequest, consent?: Consent) {
    return this.#change('POST', '/customers/trusted', trustedReply, request, consent);
  }
  /** An owner approves the opening balances of one import, which its entry carries. */
  approveImport(request: ImportRequest, consent?: Consent) {
    return this.#change('POST', '/customers/imports', importReply, request, consent);
  }
  /** An owner approves that one customer is forgotten, which its entry carries. */
  approveForgetting(request: ForgetRequest, consent?: Consent) {
    return this.#change('POST', '/customers/forgettings', forgetReply, request, consent);
  }
  /** An owner stops that a customer is forgotten. */
  stopForgetting(customer: string) {
    const reply = z.union([done, forgettingNotWaiting]);
    return this.#change('DELETE', `/customers/${customer}/forgetting`, reply);
  }
  /** An owner accepts these numbers, which do not take effect by themselves. */
  acceptNumbers(asked: NumbersAccepted, consent?: Consent) {
    const reply = z.union([done, changeNotWaiting]);
    return this.#change('POST', '/phones/accepted', reply, asked, consent);
  }
  /** Cancels the pending change of number that was requested at `askedAt`. */
  callOffPhoneChange(customer: string, askedAt: number, consent?: Consent) {
    const path = `/customers/${customer}/phone-change/${askedAt}`;
    return this.#change('DELETE', path, done, undefined, consent);
  }
  /** An owner accepts exactly these records of a former till; they count from then on. */
  acceptFormerJournal(till: string, asked: FormerAccepted, consent?: Consent) {
    const reply = z.union([done, formerNotWaiting]);
    return this.#change('POST', `/tills/${till}/former-journal`, reply, asked, consent);
  }
  /** Numbers a manager should check. */
  phoneFlags() {
    return this.#read('/phones/flags', phoneFlagsReply);
  }
  /** Which owners were notified of weakened rules. */
  ownerNotices() {
    return this.#read('/owner-notices', ownerNoticesReply);
  }
  changePhone(customer: string, phone: string, challenge: string | null) {
    return this.#send('PUT', `/customers/${customer}/phone`, phoneChangeReply, {
      phone,
      challenge,
    });
  }

  /** A revoked till may still upload its remaining entries: the head's signature identifies it. */
  async uploadJournal(upload: JournalUpload) {
    await this.#giveUp();
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
  /** Past sales of all tills, the newest first. One by its number or hash; lists only for an operator who entered their PIN. */
  sales(of: SalesAsked) {
    const asked = new URLSearchParams(
      Object.entries(of).flatMap(([name, value]): [string, string][] =>
        value === null ? [] : [[name, String(value)]],
      ),
    );
    // the path is signed as the relay reads it: without a question mark if there is no query
    return this.#read(asked.size === 0 ? '/sales' : `/sales?${asked}`, salesReply);
  }
  /** State of messages about acts without a code: everything changed after `since` (a cursor; 0: all). */
  notices(since: number) {
    return this.#get(`/notices?since=${since}`, noticesReply);
  }
  /** Irregularities the relay found in journals, oldest first. */
  journalFlags(after: number) {
    return this.#read(`/journal/flags?after=${after}`, flagsReply);
  }

  /** Idempotent: the same id never sends a second message. */
  issueReserveCodes(id: string, request: ReserveCodesRequest) {
    return this.#session.signed({
      method: 'PUT',
      path: `/reserve-codes/${id}`,
      body: request,
      reply: reserveCodesReply,
      // making the codes takes a moment, and so does the messaging service
      timeoutMs: 30_000,
    });
  }
  /** Changes of this till's reserve codes after a version. */
  reserveCodes(after: number) {
    return this.#get(`/reserve-codes?after=${after}`, reserveCodesNews);
  }

  providers() {
    return this.#read('/providers', providersReply);
  }
  provider() {
    return this.#read('/provider', providerSettings);
  }
  putProvider(draft: ProviderDraft, consent?: Consent) {
    return this.#change('PUT', '/provider', providerReply, draft, consent);
  }
  balance(draft: ProviderDraft | null) {
    return this.#change('POST', '/provider/balance', balanceReply, draft ? { draft } : {});
  }
  sendTestMessage(request: TestMessageRequest) {
    return this.#change('POST', '/provider/test-message', testMessageReply, request);
  }
  /** Days as `2026-11-01`, both included; `zone` (IANA) defines when a day begins. */
  costs(span: { from: string; to: string; zone: string }) {
    const query = new URLSearchParams(span).toString();
    return this.#read(`/provider/costs?${query}`, costsReply);
  }
  history() {
    return this.#read('/provider/history', historyReply);
  }
  /** Lifts the fraud guard's stop for this till and for the shop. */
  liftStop(consent?: Consent) {
    return this.#change('DELETE', '/provider/stop', done, undefined, consent);
  }
  /** Lifts the fraud guard's stop for another till. */
  liftStopOf(till: string, consent?: Consent) {
    const path = `/provider/stops/${till}`;
    return this.#change('DELETE', path, done, undefined, consent);
  }

  tills() {
    return this.#read('/tills', tillsReply);
  }
  /** Tells a relay that was restored from an older copy to stop waiting for tills. */
  stopAwaiting(consent?: Consent) {
    return this.#change('DELETE', '/awaited-tills', done, undefined, consent);
  }
  offerEnrolment(consent?: Consent) {
    return this.#change('POST', '/tills/enrolments', enrolmentOffer, undefined, consent);
  }
  renameTill(id: string, name: string) {
    return this.#change('PUT', `/tills/${id}/name`, tillRenamed, { name });
  }
  revokeTill(id: string, consent?: Consent) {
    return this.#change('DELETE', `/tills/${id}`, done, undefined, consent);
  }
}
