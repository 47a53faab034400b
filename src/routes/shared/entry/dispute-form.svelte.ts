// Opens or closes a dispute after a dialogue; holds the error if it was not stored.
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import { saveCorrection } from '$lib/storage/sales/corrections';
import type { ReviewOutcome, ReviewRefused } from '$lib/storage/customers/unconfirmed';
import { t } from '$lib/ui/text/current.svelte';
import { FormAct } from '../form/form-act.svelte';

/** What the dialogue is about. `entry`: hash of the disputed entry, or of the dispute to close. */
export type DisputeAsked = {
  readonly kind: 'open' | 'close';
  readonly customer: string;
  /** The customer as named on the screen. */
  readonly name: string;
  readonly entry: string;
};

/** The rest of a disputed debt, minor units. `correction`: id of its write-off, made before the first attempt. */
export type WrittenOff = {
  readonly correction: string;
  readonly debt: string;
  readonly left: number;
};

type Refused = ReviewRefused | { readonly kind: 'not-written-off' };
type Outcome = ReviewOutcome | { readonly kind: 'refused'; readonly because: Refused };

export class DisputeForm extends FormAct {
  #asked = $state.raw<DisputeAsked | null>(null);

  get asked(): DisputeAsked | null {
    return this.#asked;
  }

  ask(asked: DisputeAsked): void {
    this.trouble = null;
    this.#asked = asked;
  }

  cancel(): void {
    if (this.busy) return;
    this.trouble = null;
    this.#asked = null;
  }

  /** Opens the dispute; `note`: what the customer says. */
  open(note: string | null): Promise<void> {
    const asked = this.#asked;
    if (asked?.kind !== 'open') return Promise.resolve();
    const { customer, entry: about } = asked;
    return this.record(
      (operator) => openDispute(till.db, { customer, about, note, operator, at: till.now() }),
      t().unconfirmed.dispute.opened,
    );
  }

  /**
   * Closes the dispute; the disputed entry stays valid. `note`: the reason. `off`: the disputed debt is written off first, so
   * that the dispute stays open if the write-off fails.
   */
  close(note: string, off: WrittenOff | null): Promise<void> {
    const asked = this.#asked;
    if (asked?.kind !== 'close') return Promise.resolve();
    const { customer, entry } = asked;
    const outcome = 'stands' as const;
    return this.record(
      async (operator) => {
        if (off !== null) {
          const corrected = await saveCorrection(till.db, {
            correction: off.correction,
            customer,
            account: 'debt',
            delta: -off.left,
            reason: note,
            debt: off.debt,
            confirmations: [],
            operator,
            at: till.now(),
          });
          if (corrected.kind === 'refused')
            return { kind: 'refused', because: { kind: 'not-written-off' } };
        }
        return closeDispute(till.db, { entry, customer, outcome, note, operator, at: till.now() });
      },
      off === null ? t().unconfirmed.dispute.closed : t().correction.writtenOff,
    );
  }

  /** Runs the act, then shows a toast or the reason for refusal. */
  async record(act: (operator: string) => Promise<Outcome>, done: string): Promise<void> {
    const operator = till.signIn.operator?.id;
    if (operator === undefined) return;
    await this.run(async () => {
      const outcome = await act(operator);
      if (outcome.kind !== 'recorded') return refusalWords(outcome.because);
      toasts.show(done, 'good');
      this.#asked = null;
      await till.register.refreshCustomer();
      return null;
    });
  }
}

function refusalWords(because: Refused): string {
  const words = t().unconfirmed;
  switch (because.kind) {
    case 'not-written-off':
      return t().correction.notWrittenOff;
    case 'own-act':
      return words.ownAct;
    case 'other-customer':
      return words.otherCustomer;
    case 'another-tills':
      return words.anotherTills;
    case 'wrong-outcome':
      return t().toSettle.wrongOutcome;
    case 'unknown-discrepancy':
      return t().toSettle.unknown;
    case 'name-taken':
      return t().catalogue.categoryList.nameTaken;
    case 'disputed':
      return words.disputed;
    case 'no-right':
      return t().errors.gate['no-right'];
    case 'policy-refused':
      return `${t().errors.policyRefused} (${t().errors.policyBecause[because.because]})`;
  }
}
