// Requests, polls, checks and resends one code; never stores a code.
import type { Channel } from '$lib/contract/values';
import type { ReplyToTill } from '$lib/domain/consent/challenge-outcome';
import {
  advanceCode,
  mayStillCome,
  type CodeEvent,
  type CodeRequest,
} from '$lib/domain/consent/code-request';
import { v7 as newId } from 'uuid';
import type { CodeSource } from './code-source';

/** Polling interval for the state of the message. */
const LOOK_EVERY_MS = 2_000;

/** After this time without a reply the dialogue says what it waits for. */
const SLOW_AFTER_MS = 3_000;
/** After this time without a reply other ways are offered. */
const OVERDUE_AFTER_MS = 8_000;

/** Holds the state of a request: a checkout, or the request itself. */
export type CodePlace = {
  /** Null: no code is being asked for. */
  readonly current: () => CodeRequest | null;
  /** Applies the event and calls `follow` with the states before and after it. */
  readonly happened: (event: CodeEvent) => void;
};

export class CodeRequester {
  readonly #source: CodeSource;
  readonly #place: CodePlace;
  #looking: ReturnType<typeof setTimeout> | null = null;
  #overdue: ReturnType<typeof setTimeout> | null = null;
  #slow = $state(false);
  /** Requests and checks without a reply yet. */
  #unanswered = $state(0);
  /** Places where something else is typed while a reply may still come. */
  #holds = 0;
  #held = $state.raw<ReplyToTill | null>(null);
  /** Continues with each reply that is held back. */
  readonly #continues: (() => void)[] = [];
  #closed = false;
  /** Challenges put aside with their receipts. No screen reads it. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #aside = new Set<string>();

  constructor(source: CodeSource, place: CodePlace) {
    this.#source = source;
    this.#place = place;
  }

  get current(): CodeRequest | null {
    return this.#place.current();
  }

  /** Whether the relay takes long to answer the request or the check that is waited for. */
  get slow(): boolean {
    return this.#slow;
  }
  /** Whether a reply may still come. */
  get unanswered(): boolean {
    return this.#unanswered > 0;
  }
  /** The late reply that waits until what is typed meanwhile is finished; null: none. */
  get held(): ReplyToTill | null {
    return this.#held;
  }

  /** Holds back replies: the next screen must not take the digits of a PIN that is being typed. Returns the end of it. */
  holdReplies(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      if (this.#holds === 0) this.applyHeld();
    };
  }

  /** Applies the replies that were held back. */
  applyHeld(): void {
    this.#held = null;
    for (const proceed of this.#continues.splice(0)) proceed();
  }

  /** Performs the effect of a new state: sends the request, or polls the state of the message. */
  follow(before: CodeRequest | null, after: CodeRequest | null): void {
    this.#stopLooking();
    if (after !== null) this.#aside.delete(after.challenge);
    if (before?.kind !== after?.kind || before?.challenge !== after?.challenge) this.#time(after);
    if (after?.kind === 'awaiting-code') this.#lookAfter();
    const isSent = before?.kind === 'sending' && before.challenge === after?.challenge;
    if (after?.kind === 'sending' && !isSent) void this.#request(after.challenge);
  }

  /** Submits the code without storing it. */
  async submit(code: string): Promise<void> {
    const challenge = this.#awaited();
    if (challenge === null) return;
    this.#place.happened({ kind: 'code-typed' });
    const reply = await this.#awaitReply(this.#source.submit(challenge, code));
    // the dialogue was closed meanwhile, and its cancellation may have reached the relay before the code
    if (this.#closed) this.cancel([challenge]);
    else this.#place.happened({ kind: 'checked', challenge, reply });
  }

  /** `channel`: null repeats the same one. */
  async resend(channel: Channel | null): Promise<void> {
    const challenge = this.#awaited();
    if (challenge === null) return;
    const reply = await this.#source.resend(challenge, channel);
    if (!this.#closed) this.#place.happened({ kind: 'resent', challenge, reply });
  }

  /** The customer did not receive the message, or lacks the phone. Offers another way; the code can still be typed. */
  unavailable(because: 'did-not-arrive' | 'phone-not-at-hand'): void {
    this.#place.happened({ kind: because });
  }

  /** Returns to the code that can still be typed. */
  returnToCode(): void {
    this.#place.happened({ kind: 'returned-to-code' });
  }

  /** Asks again after the request has ended. */
  askAgain(): void {
    this.#place.happened({ kind: 'asked-again', challenge: newId() });
  }

  /** For a dialogue that closes: cancels the code, so that the customer does not receive one that nobody waits for. */
  close(): void {
    this.#closed = true;
    this.#stopLooking();
    this.#time(null);
    const now = this.current;
    if (now !== null && now.kind !== 'confirmed') this.cancel([now.challenge]);
  }

  cancel(challenges: readonly string[]): void {
    for (const challenge of challenges) {
      this.#aside.delete(challenge);
      this.#source.cancel(challenge);
    }
  }

  /** The receipt is put aside together with its code: the code stays valid, and a reply to it meanwhile changes nothing. */
  putAside(): void {
    const now = this.current;
    if (now === null) return;
    this.follow(now, null);
    this.#aside.add(now.challenge);
  }

  /** The challenge whose code can be typed; returns to it after a check or resend without an answer. */
  #awaited(): string | null {
    const now = this.current;
    if (now !== null && mayStillCome(now)) this.#place.happened({ kind: 'returned-to-code' });
    return this.current?.kind === 'awaiting-code' ? this.current.challenge : null;
  }

  async #request(challenge: string): Promise<void> {
    const reply = await this.#awaitReply(this.#source.request(challenge));
    if (reply === null || this.#aside.has(challenge)) return;
    // the request was given up meanwhile, and its cancellation may have reached the relay before it
    if (this.#closed || this.current?.challenge !== challenge) this.cancel([challenge]);
    else this.#place.happened({ kind: 'answered', challenge, reply });
  }

  async #awaitReply<T extends ReplyToTill | null>(awaited: Promise<T>): Promise<T> {
    this.#unanswered += 1;
    try {
      const reply = await awaited;
      // a lost reply changes nothing
      if (this.#holds > 0 && reply !== null && reply.kind !== 'unreachable') {
        this.#held = reply;
        await new Promise<void>((resolve) => this.#continues.push(resolve));
      }
      return reply;
    } finally {
      this.#unanswered -= 1;
    }
  }

  /** Times the reply that this state waits for, if it waits for one. */
  #time(state: CodeRequest | null): void {
    if (this.#overdue !== null) clearTimeout(this.#overdue);
    this.#overdue = null;
    this.#slow = false;
    if (state?.kind !== 'sending' && state?.kind !== 'checking') return;
    const { challenge } = state;
    this.#overdue = setTimeout(() => {
      this.#slow = true;
      this.#overdue = setTimeout(
        () => this.#place.happened({ kind: 'reply-overdue', challenge }),
        OVERDUE_AFTER_MS - SLOW_AFTER_MS,
      );
    }, SLOW_AFTER_MS);
  }

  #lookAfter(): void {
    this.#looking = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  #stopLooking(): void {
    if (this.#looking !== null) clearTimeout(this.#looking);
    this.#looking = null;
  }

  async #look(): Promise<void> {
    const now = this.current;
    if (now?.kind !== 'awaiting-code') return;
    const view = await this.#source.look(now.challenge);
    if (this.#closed) return;
    if (view !== null) {
      this.#place.happened({ kind: 'view-changed', challenge: now.challenge, view });
    }
    this.#stopLooking();
    if (this.current?.kind === 'awaiting-code') this.#lookAfter();
  }
}

/** A request that holds its own state, sent at once. `onconfirmed` gets the challenge's id and the grant. */
export function askForCode(
  source: CodeSource,
  onconfirmed: (challenge: string, grant: string) => unknown,
): CodeRequester {
  let state = $state.raw<CodeRequest>({ kind: 'sending', challenge: newId() });
  const requester: CodeRequester = new CodeRequester(source, {
    current: () => state,
    happened: (event) => {
      const before = state;
      state = advanceCode(before, event);
      if (state === before) return;
      requester.follow(before, state);
      if (state.kind === 'confirmed') void onconfirmed(state.challenge, state.grant);
    },
  });
  requester.follow(null, requester.current);
  return requester;
}
