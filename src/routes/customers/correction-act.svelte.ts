// One correction from what is typed to the stored entry, under one id, with its code or override.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { EntryOf } from '$lib/contract/journal';
import { takenBy, type Correction } from '$lib/domain/acts/balance-corrected';
import { noCodeFact } from '$lib/domain/challenge-outcome';
import type { GivenConfirmation, MovedAction } from '$lib/domain/confirmation';
import type { Customer } from '$lib/domain/customer';
import { challengeAmountOf } from '$lib/domain/deal';
import type { VerifiedPolicy } from '$lib/domain/policy';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import type { CorrectedOutcome, Customers } from '$lib/state/customers';
import { askForCode, type CodeRequester } from '$lib/state/relay/code-request.svelte';
import { accountCodeSource, type ChallengeDeps } from '$lib/state/relay/code-source';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';

export type CorrectionRefused = Extract<CorrectedOutcome, { kind: 'refused' }>['because'];

export type CorrectionState =
  | { readonly kind: 'typing'; readonly refused: CorrectionRefused | null }
  /** The customer is asked; `taken`: what they have to consent to. */
  | { readonly kind: 'asking'; readonly code: CodeRequester; readonly taken: MovedAction }
  | { readonly kind: 'saving' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | { readonly kind: 'saved'; readonly entry: EntryOf<'balance-corrected'> };

export type Typed = Pick<Correction, 'account' | 'delta' | 'reason'>;

type Deps = ChallengeDeps & {
  readonly customers: Pick<Customers, 'correct' | 'giveUpRepayment'>;
  readonly connectivity: { fact(noCodeBecause: string): ConnectivityFact };
};

export class CorrectionAct {
  readonly #deps: Deps;
  readonly #customer: Customer;
  /** Another one once something else is typed: a code is for one correction. */
  #id = newId();
  #typed: Typed | null = null;
  #confirmations: readonly GivenConfirmation[] = [];
  #state = $state.raw<CorrectionState>({ kind: 'typing', refused: null });

  constructor(deps: Deps, customer: Customer) {
    this.#deps = deps;
    this.#customer = customer;
  }

  get state(): CorrectionState {
    return this.#state;
  }

  /** Saves what is in the customer's favour; otherwise asks for their code. */
  async begin(typed: Typed, policy: VerifiedPolicy): Promise<void> {
    if (this.#state.kind !== 'typing') return;
    this.#typed = typed;
    this.#confirmations = [];
    const taken = takenBy(typed, policy);
    if (taken === null) return this.#save();
    const { id, phone, cardSalt } = this.#customer;
    if (phone === null) {
      this.#state = { kind: 'typing', refused: { kind: 'no-phone', action: taken.action } };
      return;
    }
    const { account, delta } = typed;
    const source = accountCodeSource(this.#deps, {
      ...{ action: 'correct-balance', receiptId: this.#id },
      customer: { id, phone, cardSalt },
      amount: challengeAmountOf(taken, policy.shop.currency),
      deal: { kind: 'correction', account, delta },
    });
    const code = askForCode(source, (_, jws) =>
      this.#confirm({ kind: 'code', action: taken.action, jws }),
    );
    this.#state = { kind: 'asking', code, taken };
  }

  /** Goes on without a code, by the right of `by`. */
  async override(by: string, because: OverrideReason, note: string | null): Promise<void> {
    const now = this.#state;
    const askedBy = this.#deps.operator();
    if (now.kind !== 'asking' || askedBy === null) return;
    const { current } = now.code;
    if (current?.kind !== 'no-code') return;
    const connectivity = this.#deps.connectivity.fact(noCodeFact(current.because));
    const { action } = now.taken;
    await this.#confirm({ kind: 'override', action, askedBy, by, because, note, connectivity });
  }

  /** Back to what is typed; the code is cancelled. */
  back(): void {
    if (this.#state.kind !== 'asking') return;
    this.#state.code.close();
    this.#id = newId();
    this.#state = { kind: 'typing', refused: null };
  }

  close(): void {
    if (this.#state.kind === 'asking') this.#state.code.close();
  }

  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Back to what is typed; what could not be stored will not be booked later. */
  async giveUp(): Promise<void> {
    if (this.#state.kind !== 'not-saved') return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#deps.customers.giveUpRepayment();
    if (outcome === 'given-up') this.#state = { kind: 'typing', refused: null };
    // saving again finds the stored one
    else if (outcome === 'stored') await this.#save();
    else this.#state = outcome;
  }

  /** What was refused no longer stands once something else is typed. */
  typed(): void {
    if (this.#state.kind === 'typing' && this.#state.refused !== null)
      this.#state = { kind: 'typing', refused: null };
  }

  async #confirm(given: GivenConfirmation): Promise<void> {
    if (this.#state.kind !== 'asking') return;
    // of a code that comes after the override nothing is booked
    if (given.kind === 'override') this.#state.code.close();
    this.#confirmations = [given];
    await this.#save();
  }

  async #save(): Promise<void> {
    const typed = this.#typed;
    if (typed === null) return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#deps.customers.correct({
      ...{ ...typed, correction: this.#id, customer: this.#customer.id, debt: null },
      confirmations: this.#confirmations,
    });
    if (outcome.kind === 'refused') {
      this.#id = newId();
      this.#state = { kind: 'typing', refused: outcome.because };
    } else this.#state = outcome;
  }
}
