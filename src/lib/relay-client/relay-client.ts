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
  phoneChangeReply,
  trustedReply,
  type AllowanceRequest,
  type TrustedRequest,
} from '$lib/contract/customer';
import { health } from '$lib/contract/health';
import { journalUploadReply, noticesReply, type JournalUpload } from '$lib/contract/journal-upload';
import { policyReply, type PolicyChange } from '$lib/contract/policy';
import {
  reserveCodesNews,
  reserveCodesReply,
  type ReserveCodesRequest,
} from '$lib/contract/reserve-code';
import {
  ELEVATION_MS,
  elevationReply,
  enrolmentOffer,
  enrolmentReply,
  phoneProof,
  phoneProofReply,
  type Consent,
  type ElevationRequest,
  type EnrolmentRequest,
  type PhoneProofRequest,
} from '$lib/contract/till';
import type { Channel } from '$lib/contract/values';
import { Calls } from './calls';
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

/** A code request as a screen makes it, without the journal's signed head. */
export type UnsignedChallenge = Omit<ChallengeRequest, keyof StatedHead>;

const done = z.strictObject({ kind: z.literal('done') });

export class RelayClient {
  /** Downloads the shop's order. */
  readonly order: OrderClient;
  /** For the calls of `ShopClient`. */
  readonly calls: Calls;
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
    this.calls = new Calls(this.#session);
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

  policy() {
    return this.calls.get('/policy', policyReply);
  }
  putPolicy(change: PolicyChange, consent?: Consent) {
    return this.calls.change('PUT', '/policy', policyReply, change, consent);
  }

  /** Sends the relay a policy that it signed and lost. */
  returnPolicy(jws: string) {
    return this.calls.send('POST', '/policy/returned', policyReply, { policy: jws });
  }

  elevate(request: ElevationRequest) {
    // otherwise the next session would ask for the PIN again, perhaps a minute later
    this.#session.dropUnlessFor(ELEVATION_MS);
    return this.calls.change('POST', '/sessions/elevation', elevationReply, request);
  }

  /** Whether this operator can get codes to their phone. */
  phoneProof(operator: string) {
    return this.calls.get(`/operators/${operator}/phone-proof`, phoneProof);
  }
  /** Without a code, the relay sends one to the operator's own phone. */
  provePhone(operator: string, request: PhoneProofRequest) {
    return this.calls.change(
      'POST',
      `/operators/${operator}/phone-proof`,
      phoneProofReply,
      request,
    );
  }

  /** Requests a code; sends the signed head of this till's journal with it. */
  async requestChallenge(id: string, request: UnsignedChallenge) {
    await this.#giveUp();
    const head = await this.#session.signedHead();
    if (head === null)
      return this.#session.isSomeone ? HEAD_UNREADABLE : ({ kind: 'unknown-till' } as const);
    const asked: ChallengeRequest = { ...request, ...head };
    return this.calls.send('PUT', `/challenges/${id}`, challengeReply, asked);
  }
  challenge(id: string) {
    return this.calls.get(`/challenges/${id}`, challengeStatus);
  }
  resend(id: string, channel: Channel | null) {
    return this.calls.send(
      'POST',
      `/challenges/${id}/sends`,
      sendReply,
      channel ? { channel } : {},
    );
  }
  submitCode(id: string, code: string) {
    return this.calls.send('POST', `/challenges/${id}/checks`, checkReply, { code });
  }
  /** An address for the customer's own phone; closes the previous page. */
  challengePage(id: string) {
    return this.calls.send('POST', `/challenges/${id}/page`, pageReply);
  }
  /** Cancels a challenge, or its grant. If the relay was not reached, it is repeated before the next request or upload. */
  async cancelChallenge(id: string) {
    this.#givenUp.add(id);
    const reply = await this.calls.send('DELETE', `/challenges/${id}`, done);
    if (reply.kind !== 'unreachable') this.#givenUp.delete(id);
    return reply;
  }
  async #giveUp(): Promise<void> {
    for (const id of this.#givenUp)
      if ((await this.cancelChallenge(id)).kind === 'unreachable') return;
  }

  /** What the relay would let this customer confirm now. Registers nothing and sends nothing. */
  allowance(customer: string, request: AllowanceRequest) {
    return this.calls.send('POST', `/customers/${customer}/allowance`, allowanceReply, request);
  }
  trustContacts(request: TrustedRequest, consent?: Consent) {
    return this.calls.change('POST', '/customers/trusted', trustedReply, request, consent);
  }
  changePhone(customer: string, phone: string, challenge: string | null) {
    return this.calls.send('PUT', `/customers/${customer}/phone`, phoneChangeReply, {
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
  /** State of messages about acts without a code: everything changed after `since` (a cursor; 0: all). */
  notices(since: number) {
    return this.calls.get(`/notices?since=${since}`, noticesReply);
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
    return this.calls.get(`/reserve-codes?after=${after}`, reserveCodesNews);
  }

  offerEnrolment(consent?: Consent) {
    return this.calls.change('POST', '/tills/enrolments', enrolmentOffer, undefined, consent);
  }
}
