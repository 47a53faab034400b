// Sends, polls and checks a code outside a sale; the caller decides what it allows.
import type { AwaitingCode, ChallengeRequest } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import {
  outcomeOf,
  type NoCodeBecause,
  type ReplyToTill,
  type StoppedBecause,
} from '$lib/domain/challenge-outcome';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { head } from '$lib/storage/journal/reader';
import { v7 as newId } from 'uuid';
import { requestCode } from './code-request';
import type { JournalUploader } from './journal-uploader.svelte';
import { checkoutReply } from './checkout-reply';

export type CodeQuestionState =
  | { readonly kind: 'sending' }
  /** `wrong`: checks left after a wrong code. `unchecked`: the relay did not answer, so no try was used. */
  | {
      readonly kind: 'awaiting-code';
      readonly view: AwaitingCode;
      readonly wrong: number | null;
      readonly unchecked: boolean;
    }
  /** Until the caller has used the confirmation. */
  | { readonly kind: 'checking'; readonly view: AwaitingCode }
  | { readonly kind: 'no-code'; readonly because: NoCodeBecause }
  | { readonly kind: 'stopped'; readonly because: StoppedBecause };

export type CodeQuestionDeps = {
  readonly client: RelayClient;
  readonly db: TillDb;
  readonly uploader: JournalUploader;
};

/** The content of the request; it belongs to no receipt and moves no balance. */
export type Question = Pick<ChallengeRequest, 'action' | 'customer' | 'dealHash'>;

export class CodeQuestion {
  readonly #deps: CodeQuestionDeps;
  readonly #question: () => Promise<Question>;
  readonly #onyes: (challenge: string) => Promise<void>;
  #challenge = newId();
  #state = $state.raw<CodeQuestionState>({ kind: 'sending' });

  /** `question` is called for each request. */
  constructor(
    deps: CodeQuestionDeps,
    question: () => Promise<Question>,
    onyes: (challenge: string) => Promise<void>,
  ) {
    this.#deps = deps;
    this.#question = question;
    this.#onyes = onyes;
  }

  get current(): CodeQuestionState {
    return this.#state;
  }

  /** Sends the code, or a new one after the last has ended. */
  async ask(): Promise<void> {
    const challenge = newId();
    this.#challenge = challenge;
    this.#state = { kind: 'sending' };
    const reply = await requestCode(this.#deps, challenge, {
      ...(await this.#question()),
      receiptId: challenge,
      amount: null,
      journalHead: await head(this.#deps.db),
    });
    await this.#take(challenge, reply);
  }

  async submit(code: string): Promise<void> {
    const asking = this.#state;
    if (asking.kind !== 'awaiting-code') return;
    const challenge = this.#challenge;
    this.#state = { kind: 'checking', view: asking.view };
    const reply = checkoutReply(await this.#deps.client.submitCode(challenge, code));
    if (reply.kind === 'unreachable') {
      this.#state = { ...asking, wrong: null, unchecked: true };
      return;
    }
    await this.#take(challenge, reply);
  }

  async resend(channel: Channel | null): Promise<void> {
    const challenge = this.#challenge;
    const reply = checkoutReply(await this.#deps.client.resend(challenge, channel));
    // the awaited code is still valid
    if (reply.kind !== 'unreachable') await this.#take(challenge, reply);
  }

  /** Polls the state of the message. */
  async look(): Promise<void> {
    if (this.#state.kind !== 'awaiting-code') return;
    const challenge = this.#challenge;
    const reply = checkoutReply(await this.#deps.client.challenge(challenge));
    if (reply.kind !== 'unreachable') await this.#take(challenge, reply);
  }

  /** Cancels the awaited code. */
  callOff(): void {
    void this.#deps.client.cancelChallenge(this.#challenge);
  }

  async #take(challenge: string, reply: ReplyToTill): Promise<void> {
    if (challenge !== this.#challenge) return;
    const before = this.#state;
    const outcome = outcomeOf(reply);
    switch (outcome.kind) {
      case 'view': {
        // a poll answered during a check must not end the check
        if (before.kind === 'checking') return;
        const was = before.kind === 'awaiting-code' ? before : { wrong: null, unchecked: false };
        this.#state = { ...was, kind: 'awaiting-code', view: outcome.view };
        return;
      }
      case 'wrong-code':
        if (before.kind === 'checking')
          this.#state = {
            kind: 'awaiting-code',
            view: { ...before.view, checksLeft: outcome.checksLeft },
            wrong: outcome.checksLeft,
            unchecked: false,
          };
        return;
      case 'not-resent':
        if (before.kind === 'awaiting-code')
          this.#state = { ...before, view: { ...before.view, ...outcome.change } };
        return;
      case 'no-code':
      case 'stopped':
        this.#state = outcome;
        return;
      case 'verified':
        await this.#onyes(challenge);
    }
  }
}
