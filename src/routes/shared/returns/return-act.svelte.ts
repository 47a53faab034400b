// A return in its dialogue, from the choice of goods until it is stored under one id.
import type { ReturnReason } from '$lib/contract/acts/return';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ReturnRefusal } from '$lib/domain/acts/money/return';
import type { MovedAction } from '$lib/domain/consent/confirmation';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { parseQuantity } from '$lib/domain/values/quantity';
import type { LineOfSale } from '$lib/contract/acts/sale';
import type { Decided } from '$lib/domain/policy/rights';
import type { AskedReturn, ReturnedOutcome, Returns } from '$lib/state/returns';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';

export type ReturnRefused = Extract<ReturnedOutcome, { kind: 'refused' }>['because'];

export type ReturnState =
  | { readonly kind: 'choosing'; readonly refused: ReturnRefused | null }
  | { readonly kind: 'saving' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | { readonly kind: 'saved'; readonly entry: EntryOf<'return'> };

export type Place = BodyOf<'return'>['lines'][number]['to'];

/** The operator who would save it, and the time. `approvedBy`: decide as if this operator had agreed. */
export type ReturnBy = {
  readonly policy: VerifiedPolicy;
  readonly operator: string;
  readonly approvedBy: string | null;
  readonly at: number;
};

/** `Facts`: the facts that it is decided by. */
export abstract class ReturnAct<Facts> {
  readonly #returns: Pick<Returns, 'save' | 'giveUp'>;
  /** Made when the dialogue opens, so that a second tap or a retry finds the same return. */
  protected readonly id = newId();
  /** Null: not chosen yet. */
  reason = $state<ReturnReason | null>(null);
  note = $state('');
  inCash = $state(false);
  #approvedBy: string | null = null;
  #state = $state.raw<ReturnState>({ kind: 'choosing', refused: null });

  constructor(returns: Pick<Returns, 'save' | 'giveUp'>) {
    this.#returns = returns;
  }

  get state(): ReturnState {
    return this.#state;
  }

  /** Decides the return by the rules that save it, as if the customer had consented. */
  abstract decide(facts: Facts, by: ReturnBy): Decided<BodyOf<'return'>, ReturnRefusal>;
  /** Whether something that was typed is wrong. */
  abstract readonly isWrong: boolean;
  /** What has to be chosen before it can be saved; null: nothing. */
  get missing(): 'shown' | 'reason' | null {
    return this.reason === null ? 'reason' : null;
  }
  protected abstract asked(approvedBy: string | null): AskedReturn;
  /** What the customer has to consent to before this return; null: nothing. */
  asks(_facts: Facts, _policy: VerifiedPolicy, _body: BodyOf<'return'>): MovedAction | null {
    return null;
  }

  /** The fields that both kinds of return share. Until a reason is chosen, any reason decides what would be given back. */
  protected common() {
    const { id, inCash } = this;
    const reason = this.reason ?? 'faulty';
    const note = this.note.trim() === '' ? null : this.note.trim();
    return { return: id, inCash, reason, note };
  }

  /** Clears a refusal once something else is chosen. */
  edited(): void {
    if (this.#state.kind === 'choosing' && this.#state.refused !== null)
      this.#state = { kind: 'choosing', refused: null };
  }

  /** Saves the return. `approvedBy`: the operator who gave their PIN; null: nobody had to. */
  async accept(approvedBy: string | null): Promise<void> {
    if (this.#state.kind !== 'choosing' || this.missing !== null) return;
    this.#approvedBy = approvedBy;
    await this.#save();
  }

  /** Saves the return with the customer's code. A failure is shown in the dialogue that asked for the code. */
  protected async saveAs(asked: AskedReturn): Promise<ReturnedOutcome> {
    const outcome = await this.#returns.save(asked);
    if (outcome.kind === 'saved') this.#state = outcome;
    return outcome;
  }

  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Returns to the goods. What could not be stored will never be booked. */
  async giveUp(): Promise<void> {
    if (this.#state.kind !== 'not-saved') return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#returns.giveUp();
    if (outcome === 'given-up') this.#state = { kind: 'choosing', refused: null };
    // saving again finds the stored return
    else if (outcome === 'stored') await this.#save();
    else this.#state = outcome;
  }

  async #save(): Promise<void> {
    this.#state = { kind: 'saving' };
    const outcome = await this.#returns.save(this.asked(this.#approvedBy));
    this.#state =
      outcome.kind === 'refused' ? { kind: 'choosing', refused: outcome.because } : outcome;
  }
}

/** Thousandths as typed; zero: none; null: not a quantity. Half a piece is accepted here and refused by the rule. */
export function typedQuantity(typed: string, { unit }: Pick<LineOfSale, 'unit'>): number | null {
  const text = typed.trim();
  return text === '' || /^0+([.,]0*)?$/.test(text)
    ? 0
    : (parseQuantity(text, unit) ?? parseQuantity(text, 'kilogram'));
}
