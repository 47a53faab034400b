// An act outside a sale, from its form to the stored entry, under one id.
// The customer's code or an override confirms it.
import type { ConnectivityFact, OverrideReason } from '$lib/contract/acts/account';
import type { ChallengeDeal } from '$lib/contract/challenge';
import type { Action } from '$lib/contract/values';
import { noCodeFact } from '$lib/domain/consent/challenge-outcome';
import type { GivenConfirmation, MovedAction } from '$lib/domain/consent/confirmation';
import type { Customer } from '$lib/domain/customers/customer';
import { challengeAmountOf } from '$lib/domain/consent/deal';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Customers } from '$lib/state/customers';
import { askForCode, type CodeRequester } from '$lib/state/relay/code-request.svelte';
import { accountCodeSource, type ChallengeDeps } from '$lib/state/relay/code-source';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';

export type ActState<Refused> =
  | { readonly kind: 'typing'; readonly refused: Refused | null }
  /** The customer is being asked; `taken`: what they have to consent to. */
  | { readonly kind: 'asking'; readonly code: CodeRequester; readonly taken: MovedAction }
  | { readonly kind: 'saving' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | { readonly kind: 'saved' };

type Outcome<Refused> =
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly because: Refused }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** The act to save, and what the customer is asked. `asks` null: nothing, because the act is in their favour. */
export type Wanted<Refused> = {
  readonly customer: Customer;
  readonly asks: {
    readonly taken: MovedAction;
    readonly action: Action;
    readonly deal: ChallengeDeal;
  } | null;
  /** `id`: id of the act. */
  readonly save: (
    id: string,
    confirmations: readonly GivenConfirmation[],
  ) => Promise<Outcome<Refused>>;
};

type Deps = ChallengeDeps & {
  readonly customers: Pick<Customers, 'giveUpRepayment'>;
  readonly connectivity: { fact(noCodeBecause: string): ConnectivityFact };
};

export type NoPhone = { readonly kind: 'no-phone'; readonly action: MovedAction['action'] };

export class ConsentedAct<Refused extends { readonly kind: string }> {
  readonly #deps: Deps;
  /** Replaced once something else is typed, because a code confirms one act only. */
  #id = newId();
  #wanted: Wanted<Refused | NoPhone> | null = null;
  #confirmations: readonly GivenConfirmation[] = [];
  /** Revokes the code that the customer has given, because its act is not saved. */
  #revoke: () => void = () => undefined;
  #state = $state.raw<ActState<Refused | NoPhone>>({ kind: 'typing', refused: null });

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get state(): ActState<Refused | NoPhone> {
    return this.#state;
  }

  /** Saves an act in the customer's favour at once; otherwise asks for their code. */
  async begin(wanted: Wanted<Refused | NoPhone>, policy: VerifiedPolicy): Promise<void> {
    if (this.#state.kind !== 'typing') return;
    this.#wanted = wanted;
    this.#confirmations = [];
    this.#revoke = () => undefined;
    if (wanted.asks === null) return this.#save();
    const { taken, action, deal } = wanted.asks;
    const { id, phone, cardSalt } = wanted.customer;
    if (phone === null) {
      this.#state = { kind: 'typing', refused: { kind: 'no-phone', action: taken.action } };
      return;
    }
    const source = accountCodeSource(this.#deps, {
      action,
      receiptId: this.#id,
      deal,
      customer: { id, phone, cardSalt },
      amount: challengeAmountOf(taken, policy.shop.currency),
    });
    const code = askForCode(source, (challenge, jws) => {
      this.#revoke = () => code.cancel([challenge]);
      return this.#confirm({ kind: 'code', action: taken.action, jws });
    });
    this.#state = { kind: 'asking', code, taken };
  }

  /** Continues without a code, by the right of operator `by`. */
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

  /** Returns to the form and cancels the code. */
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

  /** Returns to the form. What could not be stored will never be booked. */
  async giveUp(): Promise<void> {
    if (this.#state.kind !== 'not-saved') return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#deps.customers.giveUpRepayment();
    if (outcome === 'given-up') this.#notSaved(null);
    // saving again finds the stored act
    else if (outcome === 'stored') await this.#save();
    else this.#state = outcome;
  }

  /** Clears a refusal once something else is typed. */
  typed(): void {
    if (this.#state.kind === 'typing' && this.#state.refused !== null)
      this.#state = { kind: 'typing', refused: null };
  }

  async #confirm(given: GivenConfirmation): Promise<void> {
    if (this.#state.kind !== 'asking') return;
    // close the request: a code that arrives after the override must not book anything
    if (given.kind === 'override') this.#state.code.close();
    this.#confirmations = [given];
    await this.#save();
  }

  async #save(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === null) return;
    this.#state = { kind: 'saving' };
    const outcome = await wanted.save(this.#id, this.#confirmations);
    if (outcome.kind === 'refused') this.#notSaved(outcome.because);
    else this.#state = outcome;
  }

  /** Returns to the form. Revokes the code, because an unused confirmed code would look like an act that the till hides. */
  #notSaved(refused: Refused | NoPhone | null): void {
    this.#revoke();
    this.#id = newId();
    this.#state = { kind: 'typing', refused };
  }
}
