// Merges two cards: requests the codes of both customers in turn, then saves the entry, under one id.
import type { Customer } from '$lib/domain/customers/customer';
import type { Customers, MergedOutcome } from '$lib/state/customers';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';
import { askForCode, type CodeRequester } from '$lib/state/relay/code-request.svelte';
import { accountCodeSource, type ChallengeDeps } from '$lib/state/relay/code-source';

export type MergeSide = 'from' | 'into';

export type CardMergeState =
  | { readonly kind: 'asking'; readonly whose: MergeSide; readonly code: CodeRequester }
  | { readonly kind: 'saving' | 'merged' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | Extract<MergedOutcome, { kind: 'refused' }>;

type Deps = ChallengeDeps & { readonly customers: Pick<Customers, 'merge'> };

export class CardMerge {
  readonly #deps: Deps;
  readonly #cards: Readonly<Record<MergeSide, Customer>>;
  readonly #id = newId();
  readonly #given: { challenge: string; jws: string }[] = [];
  #state = $state.raw<CardMergeState>({ kind: 'saving' });

  /** Sends a code to the customer of `from` at once. Both customers have a number. */
  constructor(deps: Deps, cards: Readonly<Record<MergeSide, Customer>>) {
    this.#deps = deps;
    this.#cards = cards;
    this.#ask('from');
  }

  get state(): CardMergeState {
    return this.#state;
  }

  /** Tries again to save what could not be stored. */
  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Cancels the codes, including one already given, because it has no other use. */
  close(): void {
    if (this.#state.kind !== 'asking') return;
    this.#state.code.close();
    this.#state.code.cancel(this.#given.map(({ challenge }) => challenge));
  }

  #ask(whose: MergeSide): void {
    const { id, phone, cardSalt } = this.#cards[whose];
    if (phone === null) return;
    const source = accountCodeSource(this.#deps, {
      action: 'merge-customers',
      receiptId: this.#id,
      amount: null,
      customer: { id, phone, cardSalt },
      deal: { kind: 'merge', from: this.#cards.from.id, into: this.#cards.into.id },
    });
    const code = askForCode(source, async (challenge, jws) => {
      this.#given.push({ challenge, jws });
      if (whose === 'from') this.#ask('into');
      else await this.#save();
    });
    this.#state = { kind: 'asking', whose, code };
  }

  async #save(): Promise<void> {
    const [from, into] = this.#given;
    this.#state = { kind: 'saving' };
    const outcome = await this.#deps.customers.merge({
      merge: this.#id,
      from: this.#cards.from.id,
      into: this.#cards.into.id,
      codes: { from: from?.jws ?? '', into: into?.jws ?? '' },
    });
    // revoke the codes: unused confirmed codes would look like a merge that the till hides
    if (outcome.kind === 'refused')
      for (const { challenge } of this.#given) void this.#deps.client.cancelChallenge(challenge);
    this.#state = outcome.kind === 'saved' ? { kind: 'merged' } : outcome;
  }
}
