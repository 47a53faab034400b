// Confirms a customer's new number by a code to the old one, and reports it to the relay.
// Does not write the card.
import type { Phone } from '$lib/domain/phone';
import { phoneChangeHash } from '$lib/proof/deal';
import {
  CodeQuestion,
  type CodeQuestionState,
  type CodeQuestionDeps,
} from './code-question.svelte';

/** `from`: the number the relay has; `to`: the one on the card now. */
export type OtherNumber = {
  /** Id. */
  readonly customer: string;
  readonly from: Phone;
  readonly to: Phone;
};

type Ended =
  /** The relay has accepted the new number. */
  | { readonly kind: 'changed' }
  /** The code was correct, but the relay refused the number. */
  | {
      readonly kind: 'not-taken';
      readonly because: 'challenge-not-verified' | 'challenge-differs';
    }
  | Extract<CodeQuestionState, { kind: 'no-code' }>;

export type PhoneChangeState = CodeQuestionState | Ended;

export class PhoneChange {
  readonly #client: CodeQuestionDeps['client'];
  readonly #number: OtherNumber;
  readonly question: CodeQuestion;
  #ended = $state.raw<Ended | null>(null);

  constructor(deps: CodeQuestionDeps, number: OtherNumber) {
    this.#client = deps.client;
    this.#number = number;
    const { customer, from, to } = number;
    this.question = new CodeQuestion(
      deps,
      async () => ({
        action: 'change-phone',
        customer: { id: customer, phone: from },
        dealHash: await phoneChangeHash({ customerId: customer, phone: from, newPhone: to }),
      }),
      (challenge) => this.#change(challenge),
    );
  }

  get current(): PhoneChangeState {
    return this.#ended ?? this.question.current;
  }

  /** Sends the code, or a new one after the last has ended. */
  ask(): Promise<void> {
    this.#ended = null;
    return this.question.ask();
  }

  /** Cancels the awaited code. */
  callOff(): void {
    if (this.#ended?.kind !== 'changed') this.question.callOff();
  }

  async #change(challenge: string): Promise<void> {
    const { customer, to } = this.#number;
    const reply = await this.#client.changePhone(customer, to, challenge);
    if (reply.kind === 'changed') this.#ended = { kind: 'changed' };
    else if (reply.kind === 'unreachable')
      this.#ended = { kind: 'no-code', because: { kind: 'unreachable' } };
    else {
      const isOther = reply.kind === 'challenge-differs';
      const because = isOther ? reply.kind : 'challenge-not-verified';
      this.#ended = { kind: 'not-taken', because };
    }
  }
}
