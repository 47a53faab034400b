// An act outside a sale, from its form to the stored entry, under one id.
// Customers whom it concerns confirm it by their codes, or somebody continues without one.
import type { ConnectivityFact, OverrideReason } from '$lib/contract/acts/account';
import { noCodeFact } from '$lib/domain/consent/challenge-outcome';
import type { GivenConfirmation, MovedAction } from '$lib/domain/consent/confirmation';
import type { Customer } from '$lib/domain/customers/customer';
import type { UnsignedChallenge } from '$lib/relay-client/relay-client';
import { askForCode, type CodeRequester } from '$lib/state/relay/code-request.svelte';
import { accountCodeSource, type ChallengeDeps } from '$lib/state/relay/code-source';
import { v7 as newId } from 'uuid';
import type { NotSaved, Saving } from './saving';

/** A customer to ask, and about what. `taken`: what they have to consent to; null: it cannot be done without a code. */
export type Ask = Pick<UnsignedChallenge, 'action' | 'deal' | 'amount'> & {
  readonly customer: Customer;
  readonly taken: MovedAction | null;
};

export type ActState<Refused, Entry> =
  | { readonly kind: 'typing'; readonly refused: Refused | null }
  | { readonly kind: 'asking'; readonly ask: Ask; readonly code: CodeRequester }
  | { readonly kind: 'saving' }
  | NotSaved
  | { readonly kind: 'saved'; readonly entry: Entry };

/** What the customers gave: the grants in the order of the asks, and what confirms the movement. */
type Consents = {
  readonly codes: readonly string[];
  readonly confirmations: readonly GivenConfirmation[];
};

/** `asks`: one customer after the other; empty: nobody, because the act is in their favour. `id`: id of the act. */
type Wanted<Refused, Entry> = {
  readonly asks: readonly Ask[];
  readonly save: (
    id: string,
    given: Consents,
  ) => Promise<
    | { readonly kind: 'saved'; readonly entry: Entry }
    | { readonly kind: 'refused'; readonly because: Refused }
    | NotSaved
  >;
};

export type ActDeps = ChallengeDeps & {
  readonly saving: Pick<Saving, 'giveUp'>;
  readonly connectivity: { fact(noCodeBecause: string): ConnectivityFact };
};

export class ActInHand<Refused, Entry> {
  readonly #deps: ActDeps;
  /** The same for every try to save it; renewed with the form, because a code confirms one act only. */
  #id = newId();
  #wanted: Wanted<Refused, Entry> | null = null;
  /** The codes that the customers have given. */
  #given: readonly { readonly challenge: string; readonly jws: string }[] = [];
  #confirmations: readonly GivenConfirmation[] = [];
  #state = $state.raw<ActState<Refused, Entry>>({ kind: 'typing', refused: null });

  constructor(deps: ActDeps) {
    this.#deps = deps;
  }

  get state(): ActState<Refused, Entry> {
    return this.#state;
  }

  /** The id under which the act will be saved. */
  get id(): string {
    return this.#id;
  }

  /** Asks the customers for their codes, then saves. */
  async begin(wanted: Wanted<Refused, Entry>): Promise<void> {
    if (this.#state.kind !== 'typing') return;
    this.#wanted = wanted;
    this.#given = [];
    this.#confirmations = [];
    await this.#proceed(wanted);
  }

  /** Continues without a code, by the right of operator `by`. */
  async override(by: string, because: OverrideReason, note: string | null): Promise<void> {
    const now = this.#state;
    const askedBy = this.#deps.operator();
    if (now.kind !== 'asking' || now.ask.taken === null || askedBy === null) return;
    const { current } = now.code;
    if (current?.kind !== 'no-code') return;
    const connectivity = this.#deps.connectivity.fact(noCodeFact(current.because));
    const { action } = now.ask.taken;
    // close the request: a code that arrives after the override must not book anything
    now.code.close();
    this.#confirmations = [{ kind: 'override', action, askedBy, by, because, note, connectivity }];
    await this.#save();
  }

  /** Returns to the form and cancels the codes, also when the dialogue closes. */
  back(): void {
    if (this.#state.kind !== 'asking') return;
    this.#state.code.close();
    this.#startAgain(null);
  }

  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Returns to the form. What could not be stored will never be booked. */
  async giveUp(): Promise<void> {
    if (this.#state.kind !== 'not-saved') return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#deps.saving.giveUp();
    if (outcome === 'given-up') this.#startAgain(null);
    // saving again finds the stored act
    else if (outcome === 'stored') await this.#save();
    else this.#state = outcome;
  }

  /** Clears a refusal once something else is typed. */
  typed(): void {
    if (this.#state.kind === 'typing' && this.#state.refused !== null)
      this.#state = { kind: 'typing', refused: null };
  }

  /** Asks the next customer; saves if all have answered. */
  async #proceed(wanted: Wanted<Refused, Entry>): Promise<void> {
    const ask = wanted.asks[this.#given.length];
    if (ask === undefined) return this.#save();
    const { action, deal, amount, taken } = ask;
    const { id, phone, cardSalt } = ask.customer;
    // refused when it is saved
    if (phone === null) return this.#save();
    const source = accountCodeSource(this.#deps, {
      action,
      receiptId: this.#id,
      deal,
      customer: { id, phone, cardSalt },
      amount,
    });
    const code = askForCode(source, async (challenge, jws) => {
      if (this.#state.kind !== 'asking') return;
      this.#given = [...this.#given, { challenge, jws }];
      if (taken !== null) this.#confirmations = [{ kind: 'code', action: taken.action, jws }];
      await this.#proceed(wanted);
    });
    this.#state = { kind: 'asking', ask, code };
  }

  async #save(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === null) return;
    this.#state = { kind: 'saving' };
    const codes = this.#given.map(({ jws }) => jws);
    const outcome = await wanted.save(this.#id, { codes, confirmations: this.#confirmations });
    if (outcome.kind === 'refused') this.#startAgain(outcome.because);
    else this.#state = outcome;
  }

  /** Returns to the form. Revokes the codes, because an unused confirmed code would look like an act that the till hides. */
  #startAgain(refused: Refused | null): void {
    for (const { challenge } of this.#given) void this.#deps.client.cancelChallenge(challenge);
    this.#id = newId();
    this.#state = { kind: 'typing', refused };
  }
}
