// What the relay allows a customer's number, requested in the background for one card at a time.
import type { AllowanceReply } from '$lib/contract/customer';
import type { AllowanceInput, NumberRule } from '$lib/domain/customers/allowance';
import type { Customer } from '$lib/domain/customers/customer';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { JournalUploader } from './journal-uploader.svelte';

type Whose = Pick<Customer, 'id' | 'phone'>;
type Card = Pick<Customer, 'id' | 'phone' | 'cardSalt'>;
type Deps = {
  readonly client: Pick<RelayClient, 'allowance'>;
  readonly uploader: Pick<JournalUploader, 'beforeCode'>;
};

export class NumberAllowance {
  readonly #deps: Deps;
  #answer = $state.raw<{ readonly of: Whose; readonly rule: NumberRule } | null>(null);
  /** Number of the newest request; answers to older ones are ignored. */
  #newest = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The answer about this card and number; `unknown` if there is none. */
  of({ id, phone }: Whose): AllowanceInput['number'] {
    const { of, rule } = this.#answer ?? { of: null, rule: null };
    return of?.id === id && of.phone === phone ? { kind: 'known', rule } : { kind: 'unknown' };
  }

  /**
   * Asks the relay; the previous answer stays until the new one. `receipt`: codes for this receipt do not count against the
   * number.
   */
  async ask({ id, phone, cardSalt }: Card, receipt: string | null): Promise<void> {
    this.#newest += 1;
    const question = this.#newest;
    if (phone === null) return;
    // the relay decides by the uploaded journal, which it needs before a code in any case
    await this.#deps.uploader.beforeCode();
    if (question !== this.#newest) return;
    const reply = await this.#deps.client.allowance(id, { phone, cardSalt, receiptId: receipt });
    if (question !== this.#newest || reply.kind !== 'allowance') return;
    this.#answer = { of: { id, phone }, rule: ruleOf(reply) };
  }

  /** Nobody or another customer is chosen: ignores answers to requests in progress. */
  forget(): void {
    this.#newest += 1;
    this.#answer = null;
  }
}

function ruleOf({
  onAccount,
  points,
  because,
  until,
}: Extract<AllowanceReply, { kind: 'allowance' }>): NumberRule {
  switch (because?.kind) {
    case undefined:
      return null;
    case 'disputed':
    case 'young-number':
    case 'unaccepted':
      return { onAccount, points, because: { kind: because.kind }, until };
    case 'phone-held': {
      const { kind, phoneMasked } = because;
      return { onAccount, points, because: { kind, phoneMasked }, until };
    }
    case 'change-waiting': {
      const { phoneMasked } = because.held;
      return { onAccount, points, because: { kind: because.kind, phoneMasked }, until };
    }
  }
}
