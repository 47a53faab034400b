// The customer of the open receipt as stored: card, balances, and used amounts of the caps.
import { NOTHING_OWED, NOTHING_UNCONFIRMED, type Unconfirmed } from '$lib/domain/customers/account';
import { NOTHING_USED, type OverrideUsage } from '$lib/domain/consent/override';
import type { AllowanceInput } from '$lib/domain/customers/allowance';
import type { Customer, Standing } from '$lib/domain/customers/customer';
import type { CustomerFacts } from '$lib/domain/receipt/discount-rules';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { customerById, customerFacts } from '$lib/storage/customers/customers';
import { standingIn } from '$lib/storage/customers/accounts';
import { ZERO, type Money } from '$lib/domain/values/money';
import type { TillDb } from '$lib/storage/database/db';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { mergesIn } from '$lib/storage/remote/merged-cards';
import {
  NO_RESERVE_CODES,
  reserveCodesLeft,
  type ReserveCodesLeft,
} from '$lib/storage/secrets/reserve-verifiers';
import { disputeOf } from '$lib/storage/customers/disputes';
import { confirmedDebt, unconfirmedIn, usageIn } from '$lib/storage/sales/usage';
import { NumberAllowance } from '$lib/state/relay/allowance.svelte';
import type { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';

type Deps = {
  readonly db: TillDb;
  readonly client: RelayClient;
  readonly uploader: JournalUploader;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
};

/** What happened to the card of the customer; `into`: the card under which their account is shown. */
export type CardChange =
  | { readonly kind: 'same' | 'phone-changed' | 'forgotten' }
  | { readonly kind: 'merged'; readonly into: string };

const SAME: CardChange = { kind: 'same' };

export class RegisterCustomer {
  readonly #db: TillDb;
  readonly #asked: NumberAllowance;
  readonly #now: () => number;
  #id: string | null = null;
  #card = $state.raw<Customer | null>(null);
  #standing = $state.raw<Standing>(NOTHING_OWED);
  #usage = $state.raw<OverrideUsage>(NOTHING_USED);
  #reserve = $state.raw<ReserveCodesLeft>(NO_RESERVE_CODES);
  #unconfirmed = $state.raw<Unconfirmed>(NOTHING_UNCONFIRMED);
  #confirmedToday = $state.raw<Money>(ZERO);
  #disputed = $state(false);
  #facts = $state.raw<CustomerFacts | null>(null);

  constructor(deps: Deps) {
    this.#db = deps.db;
    this.#now = deps.now;
    this.#asked = new NumberAllowance(deps);
  }

  /** As stored now; null if no customer is chosen or their card has not been read yet. */
  get card(): Customer | null {
    return this.#card;
  }
  /** The customer's balances before this receipt. */
  get standing(): Standing {
    return this.#standing;
  }
  /** What automatic discounts need to know of the customer; null: nobody is chosen, or their card has not been read yet. */
  get facts(): CustomerFacts | null {
    return this.#facts;
  }
  /** Use of the override caps in the last 24 hours. */
  get usage(): OverrideUsage {
    return this.#usage;
  }
  /** The customer's acts of the last 30 days without a code. */
  get unconfirmed(): Unconfirmed {
    return this.#unconfirmed;
  }

  /** Debt the customer confirmed by code at this till in the last 24 hours. */
  get confirmedToday(): Money {
    return this.#confirmedToday;
  }

  /** The customer has an open dispute: nothing goes on account until it is closed. */
  get disputed(): boolean {
    return this.#disputed;
  }

  /** The customer's unused reserve codes at this till. */
  get reserve(): ReserveCodesLeft {
    return this.#reserve;
  }

  /** What the relay allows the card's number, if it has answered. */
  get number(): AllowanceInput['number'] {
    return this.#card === null ? { kind: 'unknown' } : this.#asked.of(this.#card);
  }

  /** Asks the relay what it allows the number. `receipt`: id of the open receipt. */
  async askAllowance(receipt: string): Promise<void> {
    if (this.#card !== null) await this.#asked.ask(this.#card, receipt);
  }

  /** Switches to customer `id`. Until their card is read, nobody is shown and nothing is requested for the previous customer. */
  choose(id: string | null): void {
    if (id !== this.#id) this.#forget();
    this.#id = id;
  }

  /** Reads the customer again; returns what happened to their card meanwhile. */
  async read(): Promise<CardChange> {
    const id = this.#id;
    const before = this.#card;
    const [card, held, used, open, confirmed, dispute, reserve, forgotten, facts, merges] =
      await Promise.all([
        id === null ? null : customerById(this.#db, id),
        id === null ? NOTHING_OWED : standingIn(this.#db, id),
        usageIn(this.#db, this.#now(), id),
        id === null ? NOTHING_UNCONFIRMED : unconfirmedIn(this.#db, id, this.#now()),
        id === null ? ZERO : confirmedDebt(this.#db, id, this.#now()),
        id === null ? null : disputeOf(this.#db, id),
        id === null ? NO_RESERVE_CODES : reserveCodesLeft(this.#db, id),
        id === null ? [] : areForgotten(this.#db, [id]),
        id === null ? null : customerFacts(this.#db, id),
        id === null ? null : mergesIn(this.#db),
      ]);
    if (id !== this.#id) return SAME;
    this.#card = card;
    this.#standing = held;
    this.#usage = used;
    this.#unconfirmed = open;
    this.#confirmedToday = confirmed;
    this.#reserve = reserve;
    this.#disputed = dispute !== null;
    this.#facts = facts;
    if (forgotten[0] === true) return { kind: 'forgotten' };
    const into = merges?.shownUnder(id ?? '') ?? id;
    if (into !== null && into !== id) return { kind: 'merged', into };
    const hasChanged = before !== null && card !== null && before.phone !== card.phone;
    return hasChanged ? { kind: 'phone-changed' } : SAME;
  }

  #forget(): void {
    this.#asked.forget();
    this.#card = null;
    this.#standing = NOTHING_OWED;
    this.#unconfirmed = NOTHING_UNCONFIRMED;
    this.#confirmedToday = ZERO;
    this.#reserve = NO_RESERVE_CODES;
    this.#disputed = false;
    this.#facts = null;
  }
}
