// Confirms a customer's new number with a code to the old one, and reports it to the relay.
// Does not write the card.
import type { CodeRequest, NoCode } from '$lib/domain/consent/code-request';
import type { Phone } from '$lib/domain/values/phone';
import { askForCode, type CodeRequester } from './code-request.svelte';
import { cardCodeSource, type ChallengeDeps } from './code-source';

/** `from`: the number that the relay has; `to`: the number that is on the card now. */
export type OtherNumber = {
  /** The customer's id. */
  readonly customer: string;
  readonly cardSalt: string;
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
  /** The code was correct, but the relay did not answer the change. */
  | NoCode;

export class PhoneChange {
  readonly #client: ChallengeDeps['client'];
  readonly #number: OtherNumber;
  /** The code to the old number. */
  readonly code: CodeRequester;
  #ended = $state.raw<Ended | null>(null);

  constructor(deps: ChallengeDeps, number: OtherNumber) {
    this.#client = deps.client;
    this.#number = number;
    const { customer, cardSalt, from, to } = number;
    const source = cardCodeSource(deps, () => ({
      action: 'change-phone',
      customer: { id: customer, phone: from, cardSalt },
      deal: { kind: 'phone-change', newPhone: to },
    }));
    this.code = askForCode(source, (challenge) => this.#change(challenge));
  }

  get current(): CodeRequest | Ended | null {
    return this.#ended ?? this.code.current;
  }

  /** Sends a new code after the last one has ended. */
  askAgain(): void {
    this.#ended = null;
    this.code.askAgain();
  }

  async #change(challenge: string): Promise<void> {
    const { customer, to } = this.#number;
    const reply = await this.#client.changePhone(customer, to, challenge);
    if (reply.kind === 'changed') this.#ended = { kind: 'changed' };
    else if (reply.kind === 'unreachable')
      this.#ended = { kind: 'no-code', challenge, because: { kind: 'unreachable' }, view: null };
    else {
      const isOther = reply.kind === 'challenge-differs';
      const because = isOther ? reply.kind : 'challenge-not-verified';
      this.#ended = { kind: 'not-taken', because };
    }
  }
}
