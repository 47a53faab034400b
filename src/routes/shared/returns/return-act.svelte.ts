// A return in its dialogue, from the choice of goods until it is stored under one id.
import type { ReturnReason } from '$lib/contract/acts/return';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ReturnRefusal } from '$lib/domain/acts/money/return';
import type { MovedAction } from '$lib/domain/consent/confirmation';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { parseQuantity } from '$lib/domain/values/quantity';
import type { LineOfSale } from '$lib/contract/acts/sale';
import type { Decided } from '$lib/domain/policy/rights';
import { ActInHand, type ActDeps, type Ask } from '$lib/state/act-in-hand.svelte';
import type { Asked, NotSaved } from '$lib/state/saving';
import { till } from '$lib/state/till.svelte';
import type { Actor } from '$lib/storage/policy/save-act';
import { saveReturn, type ReturnAttempt, type ReturnOutcome } from '$lib/storage/sales/returns';

/** A return as the screen asks for it. */
export type AskedReturn = Asked<ReturnAttempt>;

type ReturnedOutcome = ReturnOutcome | NotSaved;

export type ReturnRefused = Extract<ReturnedOutcome, { kind: 'refused' }>['because'];

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
  readonly act: ActInHand<ReturnRefused, EntryOf<'return'>>;
  /** Null: not chosen yet. */
  reason = $state<ReturnReason | null>(null);
  note = $state('');
  inCash = $state(false);

  constructor(deps: ActDeps) {
    this.act = new ActInHand(deps);
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
    const { inCash } = this;
    const reason = this.reason ?? 'faulty';
    const note = this.note.trim() === '' ? null : this.note.trim();
    return { return: this.act.id, inCash, reason, note };
  }

  /** Clears a refusal once something else is chosen. */
  edited(): void {
    this.act.typed();
  }

  /** Asks the customer if they have to consent, then saves. `approvedBy`: the operator who gave their PIN; null: nobody had to. */
  async accept(approvedBy: string | null, ask: Ask | null = null): Promise<void> {
    if (this.missing !== null) return;
    const asked = this.asked(approvedBy);
    await this.act.begin({
      asks: ask === null ? [] : [ask],
      save: (id, { confirmations }) =>
        returnGoods(
          asked.sale === null ? { ...asked, return: id } : { ...asked, return: id, confirmations },
        ),
    });
  }
}

/** Saves a return; the same id returns the same entry. Never throws, so that the screen keeps what was chosen. */
function returnGoods(attempt: AskedReturn): Promise<ReturnedOutcome> {
  const save = (by: Actor) => saveReturn(till.db, { ...attempt, ...by });
  return till.saving.act('return', save, () => till.moved());
}

/** Thousandths as typed; zero: none; null: not a quantity. Half a piece is accepted here and refused by the rule. */
export function typedQuantity(typed: string, { unit }: Pick<LineOfSale, 'unit'>): number | null {
  const text = typed.trim();
  return text === '' || /^0+([.,]0*)?$/.test(text)
    ? 0
    : (parseQuantity(text, unit) ?? parseQuantity(text, 'kilogram'));
}
