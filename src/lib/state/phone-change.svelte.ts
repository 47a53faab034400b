// A customer's other number, confirmed by a code to the one before: asked, checked, and told to the relay. The card itself is not written here.
import type { AwaitingCode } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import {
  outcomeOf,
  type NoCodeBecause,
  type ReplyToTill,
  type StoppedBecause,
} from '$lib/domain/challenge-outcome';
import type { Phone } from '$lib/domain/phone';
import { phoneChangeHash } from '$lib/proof/deal';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/db';
import { head } from '$lib/storage/journal';
import { v7 as newId } from 'uuid';
import { requestCode } from './code-request';
import type { OwedJournal } from './owed-journal.svelte';
import { replyOf } from './register-reply';

/** `from`: the number the relay knows; `to`: the one on the card now. */
export type OtherNumber = {
  /** Id. */
  readonly customer: string;
  readonly from: Phone;
  readonly to: Phone;
};

export type PhoneChangeState =
  | { readonly kind: 'sending' }
  /** `wrong`: checks left after a wrong code. `unchecked`: the relay did not answer, no try was used. */
  | {
      readonly kind: 'awaiting-code';
      readonly view: AwaitingCode;
      readonly wrong: number | null;
      readonly unchecked: boolean;
    }
  | { readonly kind: 'checking'; readonly view: AwaitingCode }
  | { readonly kind: 'no-code'; readonly because: NoCodeBecause }
  | { readonly kind: 'stopped'; readonly because: StoppedBecause }
  /** The relay has the new number. */
  | { readonly kind: 'changed' }
  /** The code was right, and the relay did not take the number all the same. */
  | {
      readonly kind: 'not-taken';
      readonly because: 'challenge-not-verified' | 'challenge-differs';
    };

export class PhoneChange {
  readonly #client: RelayClient;
  readonly #db: TillDb;
  readonly #owed: OwedJournal;
  readonly #number: OtherNumber;
  #challenge = newId();
  #state = $state.raw<PhoneChangeState>({ kind: 'sending' });

  constructor(parts: { client: RelayClient; db: TillDb; owed: OwedJournal }, number: OtherNumber) {
    this.#client = parts.client;
    this.#db = parts.db;
    this.#owed = parts.owed;
    this.#number = number;
  }

  get current(): PhoneChangeState {
    return this.#state;
  }

  /** Sends the code, or a new one after the last has ended. */
  async ask(): Promise<void> {
    const { customer, from, to } = this.#number;
    const challenge = newId();
    this.#challenge = challenge;
    this.#state = { kind: 'sending' };
    const reply = await requestCode({ client: this.#client, owed: this.#owed }, challenge, {
      action: 'change-phone',
      // no receipt asks for it: the question is its own subject
      receiptId: challenge,
      customer: { id: customer, phone: from },
      amount: null,
      dealHash: await phoneChangeHash({ customerId: customer, phone: from, newPhone: to }),
      journalHead: await head(this.#db),
    });
    await this.#take(challenge, reply);
  }

  async submit(code: string): Promise<void> {
    const asking = this.#state;
    if (asking.kind !== 'awaiting-code') return;
    const challenge = this.#challenge;
    this.#state = { kind: 'checking', view: asking.view };
    const reply = replyOf(await this.#client.submitCode(challenge, code));
    if (reply.kind === 'unreachable') {
      this.#state = { ...asking, wrong: null, unchecked: true };
      return;
    }
    await this.#take(challenge, reply);
  }

  async resend(channel: Channel | null): Promise<void> {
    const challenge = this.#challenge;
    const reply = replyOf(await this.#client.resend(challenge, channel));
    // the code that is out still counts
    if (reply.kind !== 'unreachable') await this.#take(challenge, reply);
  }

  /** How the message fares. */
  async look(): Promise<void> {
    if (this.#state.kind !== 'awaiting-code') return;
    const challenge = this.#challenge;
    const reply = replyOf(await this.#client.challenge(challenge));
    if (reply.kind !== 'unreachable') await this.#take(challenge, reply);
  }

  /** The code that is out leads nowhere. */
  callOff(): void {
    if (this.#state.kind !== 'changed') void this.#client.cancelChallenge(this.#challenge);
  }

  async #take(challenge: string, reply: ReplyToTill): Promise<void> {
    if (challenge !== this.#challenge) return;
    const before = this.#state;
    const outcome = outcomeOf(reply);
    switch (outcome.kind) {
      case 'view': {
        // a look that comes back during a check must not end it
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
        await this.#change(challenge);
    }
  }

  async #change(challenge: string): Promise<void> {
    const { customer, to } = this.#number;
    const reply = await this.#client.changePhone(customer, to, challenge);
    if (reply.kind === 'changed') this.#state = { kind: 'changed' };
    else if (reply.kind === 'unreachable')
      this.#state = { kind: 'no-code', because: { kind: 'unreachable' } };
    else {
      const isOther = reply.kind === 'challenge-differs';
      const because = isOther ? reply.kind : 'challenge-not-verified';
      this.#state = { kind: 'not-taken', because };
    }
  }
}
