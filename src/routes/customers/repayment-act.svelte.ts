// One repayment from the typed money to the stored entry, under one id.
import type { EntryOf } from '$lib/contract/journal';
import type { RepaymentTender } from '$lib/domain/acts/money/repayment';
import type { Customers, RepaidOutcome } from '$lib/state/customers';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';

export type RepaymentState =
  | { readonly kind: 'typing'; readonly refused: RepaymentRefused | null }
  | { readonly kind: 'saving' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | { readonly kind: 'saved'; readonly entry: EntryOf<'repayment'> };

export type RepaymentRefused = Extract<RepaidOutcome, { kind: 'refused' }>['because'];

export class RepaymentAct {
  readonly #customers: Pick<Customers, 'repay' | 'giveUpRepayment'>;
  readonly #customer: string;
  /** Made when the dialogue opens, so that a second tap or a retry finds the same repayment. */
  readonly #id = newId();
  #tenders: readonly RepaymentTender[] = [];
  #state = $state.raw<RepaymentState>({ kind: 'typing', refused: null });

  /** `customer`: id. */
  constructor(customers: Pick<Customers, 'repay' | 'giveUpRepayment'>, customer: string) {
    this.#customers = customers;
    this.#customer = customer;
  }

  get state(): RepaymentState {
    return this.#state;
  }

  async accept(tenders: readonly RepaymentTender[]): Promise<void> {
    if (this.#state.kind !== 'typing') return;
    this.#tenders = tenders;
    await this.#save();
  }

  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Returns to the typed money. What could not be stored will never be booked. */
  async giveUp(): Promise<void> {
    if (this.#state.kind !== 'not-saved') return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#customers.giveUpRepayment();
    if (outcome === 'given-up') this.#state = { kind: 'typing', refused: null };
    // saving again finds the stored repayment
    else if (outcome === 'stored') await this.#save();
    else this.#state = outcome;
  }

  /** Clears a refusal once something else is typed. */
  typed(): void {
    if (this.#state.kind === 'typing' && this.#state.refused !== null)
      this.#state = { kind: 'typing', refused: null };
  }

  async #save(): Promise<void> {
    this.#state = { kind: 'saving' };
    const attempt = { repayment: this.#id, customer: this.#customer, tenders: this.#tenders };
    const outcome = await this.#customers.repay(attempt);
    this.#state =
      outcome.kind === 'refused' ? { kind: 'typing', refused: outcome.because } : outcome;
  }
}
