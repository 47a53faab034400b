// The till's session with the relay: identity, bearer token, signatures and automatic sign-in.
// Contains no particular calls.
import type * as z from 'zod/mini';
import type { ChallengeRequest, JournalHead } from '$lib/contract/challenge';
import { sessionReply, type SessionReply, type SignedByRelay } from '$lib/contract/till';
import { SIGNATURE_HEADER } from '$lib/contract/version';
import { sha256Hex, toHex } from '$lib/proof/canonical';
import { signHead } from '$lib/proof/journal-head';
import { signRequest, signSession } from '$lib/proof/session';
import type { RelayClock } from './clock';
import {
  bodyTextOf,
  exchange,
  isUnreachable,
  type Call,
  type Outcome,
  type Unreachable,
  type Wire,
} from './exchange';

/** This device's identity at the relay; made at enrolment. */
export type TillIdentity = {
  readonly tillId: string;
  readonly shopId: string;
  readonly privateKey: CryptoKey;
};

/**
 * Reads the head of a till's journal, after storing the relay's time, below which no later entry is dated; null: the disk
 * cannot be read.
 */
export type ReadHead = (tillId: string) => Promise<JournalHead | null>;

/** Reads the watermarks and the checkpoint that the relay has signed for a till so far. */
export type ReadSigned = (tillId: string) => Promise<SignedByRelay>;

/** Stores a watermark that came with a reply, so that the next sign-in sends it. */
export type KeepWatermark = (tillId: string, jws: string) => Promise<void>;

/** The head of the till's journal as a request for a code states it. */
export type StatedHead = Pick<ChallengeRequest, 'journalHead' | 'headSigned'>;

/** The outcome if the head of the journal cannot be read: the till can neither sign in nor request a code. */
export const HEAD_UNREADABLE: Unreachable = { kind: 'unreachable', because: 'disk-failed' };

/** Called after each exchange; connectivity is computed from it. `began`: `performance.now()` at the request. */
export type ExchangeSeen = (outcome: 'answered' | Unreachable['because'], began: number) => void;

/** Sends one request. */
export type Send = <S extends z.ZodMiniType>(call: Call<S>) => Promise<Outcome<z.output<S>>>;

/** The source of the bearer token of the till's session. */
export type Bearer = {
  /** The present token; signs in if there is none, or if it expires soon. */
  token(): Promise<string | Outcome<never>>;
  /** The relay no longer knows this token. */
  drop(token: string): void;
};

/** Sends requests, and reports how each exchange ended. */
export const observed =
  (wire: Wire, onexchange: ExchangeSeen): Send =>
  async (call) => {
    const began = performance.now();
    const outcome = await exchange(wire, call);
    onexchange(isUnreachable(outcome) ? outcome.because : 'answered', began);
    return outcome;
  };

/** Sends with a bearer token. If the relay no longer knows it (after a restart), signs in again and repeats once. */
export async function sendSigned<S extends z.ZodMiniType>(
  call: Call<S>,
  bearer: Bearer,
  send: Send,
): Promise<Outcome<z.output<S>>> {
  for (const last of [false, true]) {
    const token = await bearer.token();
    if (typeof token !== 'string') return token;
    const outcome = await send({ ...call, token });
    if (!isKind(outcome, 'session-unknown') || last) return outcome;
    bearer.drop(token);
  }
  return { kind: 'session-unknown' };
}

/** A bearer token is renewed this long before it expires, so that it does not expire during a slow request. */
const RENEW_BEFORE_MS = 30_000;

type SessionParts = {
  readonly wire: Wire;
  readonly clock: RelayClock;
  readonly readHead: ReadHead;
  readonly readSigned: ReadSigned;
  readonly keepWatermark: KeepWatermark;
  readonly onexchange: ExchangeSeen;
};

export class Session implements Bearer {
  readonly #parts: SessionParts;
  readonly #send: Send;
  #identity: TillIdentity | null = null;
  #bearer: { token: string; expiresAt: number } | null = null;
  #signingIn: Promise<Outcome<SessionReply>> | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#send = observed(parts.wire, parts.onexchange);
  }

  /** True once this device is enrolled and can sign. */
  get isSomeone(): boolean {
    return this.#identity !== null;
  }

  /** Sets the signing identity; the old bearer token is dropped. */
  identify(identity: TillIdentity | null): void {
    this.#identity = identity;
    this.#bearer = null;
  }

  /** Drops the bearer token, and one being requested. */
  forget(): void {
    this.#bearer = null;
    this.#signingIn = null;
  }

  /** Drops a bearer token that would be renewed within `ms`: what the relay keeps of the session would end with it. */
  dropUnlessFor(ms: number): void {
    if (this.#bearer && this.#bearer.expiresAt - RENEW_BEFORE_MS < this.#parts.clock.now() + ms)
      this.#bearer = null;
  }

  /** Sends without a bearer token. */
  open<S extends z.ZodMiniType>(call: Call<S>): Promise<Outcome<z.output<S>>> {
    return this.#send(call);
  }

  /**
   * Sends with a bearer token and the till's own signature, for calls that need an operator's PIN. If the relay finds the
   * signature too old, it is made again, once, with the relay's time.
   */
  async asOperator<S extends z.ZodMiniType>(call: Call<S>): Promise<Outcome<z.output<S>>> {
    for (const last of [false, true]) {
      const identity = this.#identity;
      if (!identity) return { kind: 'unknown-till' };
      // the session's first reply sets the clock
      const token = await this.token();
      if (typeof token !== 'string') return token;
      const headers = { ...call.headers, [SIGNATURE_HEADER]: await this.#sign(identity, call) };
      const outcome = await this.signed({ ...call, headers });
      if (!isKind(outcome, 'stale-signature') || last) return outcome;
      this.#parts.clock.setByRelay((outcome as unknown as { now: number }).now);
    }
    return { kind: 'session-unknown' };
  }

  async #sign(
    { tillId, shopId, privateKey }: TillIdentity,
    call: Call<z.ZodMiniType>,
  ): Promise<string> {
    const { origin } = this.#parts.wire;
    return signRequest(
      {
        purpose: 'request',
        origin,
        shop: shopId,
        till: tillId,
        at: this.#parts.clock.now(),
        nonce: newNonce(),
        method: call.method,
        path: call.path,
        body: await sha256Hex(bodyTextOf(call)),
      },
      privateKey,
    );
  }

  /** Sends with a bearer token, as `sendSigned`. */
  signed<S extends z.ZodMiniType>(call: Call<S>): Promise<Outcome<z.output<S>>> {
    return sendSigned(call, this, this.#send);
  }

  drop(token: string): void {
    if (this.#bearer?.token === token) this.#bearer = null;
  }

  async token(): Promise<string | Outcome<never>> {
    if (this.#bearer && this.#bearer.expiresAt - RENEW_BEFORE_MS > this.#parts.clock.now())
      return this.#bearer.token;
    // concurrent calls share one sign-in: a second would waste a session
    const mine = (this.#signingIn ??= this.#signIn());
    const reply = await mine;
    // if the session was dropped in the meantime, only the calls that wait already may use the token
    const current = this.#signingIn === mine;
    if (current) this.#signingIn = null;
    switch (reply.kind) {
      case 'session':
        if (current) this.#bearer = reply;
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
      reply = await this.#ask(identity);
      if (reply.kind === 'session') this.#parts.clock.setByRelay(reply.now);
      if (reply.kind !== 'stale-signature' || last) break;
      // a tablet's clock is often wrong: the relay returns its time, and the second attempt uses it
      this.#parts.clock.setByRelay(reply.now);
    }
    return reply;
  }

  /** The head of the journal, signed with the earliest time of the entries after it; null: it cannot be read. */
  async signedHead(): Promise<StatedHead | null> {
    const identity = this.#identity;
    // taken before the head is read, so that no entry written in between is older than it
    const at = this.#parts.clock.proven();
    const journalHead = identity && (await this.#parts.readHead(identity.tillId));
    if (!identity || !journalHead) return null;
    const { seq, hash } = journalHead;
    const { tillId: till, shopId: shop } = identity;
    const claim = { purpose: 'journal-head', shop, till, seq, hash, at } as const;
    return {
      journalHead,
      headSigned: { at, signature: await signHead(claim, identity.privateKey) },
    };
  }

  /** Stores a watermark that came with a reply to this till; undefined: there was none. */
  async keep(watermark: string | undefined): Promise<void> {
    const { tillId } = this.#identity ?? {};
    if (tillId !== undefined && watermark !== undefined)
      await this.#parts.keepWatermark(tillId, watermark);
  }

  async #ask(identity: TillIdentity): Promise<Outcome<SessionReply>> {
    const { tillId, shopId, privateKey } = identity;
    const { origin } = this.#parts.wire;
    const at = this.#parts.clock.now();
    const stated = await this.#parts.readHead(tillId);
    if (stated === null) return HEAD_UNREADABLE;
    const signed = await this.#parts.readSigned(tillId);
    const head = { seq: stated.seq, hash: stated.hash };
    const nonce = newNonce();
    const signature = await signSession(
      { purpose: 'session', origin, shop: shopId, till: tillId, at, nonce, head },
      privateKey,
    );
    const body = { tillId, at, nonce, head, signature, ...signed };
    const call = { method: 'POST', path: '/sessions', body, reply: sessionReply } as const;
    const reply = await this.open(call);
    if (reply.kind === 'session') await this.keep(reply.watermark);
    return reply;
  }
}

function isKind(outcome: unknown, kind: string): outcome is { kind: string } {
  return (
    typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === kind
  );
}

/** 16 random bytes, hex. */
const newNonce = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));
