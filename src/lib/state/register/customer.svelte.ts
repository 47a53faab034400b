// The customer of the open receipt as stored: card, balances, and how much of the caps is used.
import {
  NOTHING_OWED,
  NOTHING_UNCONFIRMED,
  NOTHING_USED,
  type OverrideUsage,
  type Unconfirmed,
} from '$lib/domain/account';
import type { AllowanceInput } from '$lib/domain/allowance';
import type { Customer, Standing } from '$lib/domain/customer';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { customerById, standing } from '$lib/storage/customers/customers';
import { ZERO, type Money } from '$lib/domain/money';
import type { TillDb } from '$lib/storage/database/db';
import {
  NO_RESERVE_CODES,
  reserveCodesLeft,
  type ReserveCodesLeft,
} from '$lib/storage/secrets/reserve-verifiers';
import { disputeOf } from '$lib/storage/customers/disputes';
import { confirmedDebt, unconfirmed, usage } from '$lib/storage/sales/usage';
import { NumberAllowance } from '$lib/state/relay/allowance.svelte';
import type { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';

type Deps = {
  readonly db: TillDb;
  readonly client: RelayClient;
  readonly uploader: JournalUploader;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
};

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

  constructor(deps: Deps) {
    this.#db = deps.db;
    this.#now = deps.now;
    this.#asked = new NumberAllowance(deps);
  }

  /** As stored now; null where nobody is chosen, and until the one just chosen has been read. */
  get card(): Customer | null {
    return this.#card;
  }
  /** What he owes and holds before this receipt. */
  get standing(): Standing {
    return this.#standing;
  }
  /** Of the override caps, in the last 24 hours. */
  get usage(): OverrideUsage {
    return this.#usage;
  }
  /** His acts of the last 30 days that no code has confirmed. */
  get unconfirmed(): Unconfirmed {
    return this.#unconfirmed;
  }

  /** Debt he confirmed by code at this till in the last 24 hours. */
  get confirmedToday(): Money {
    return this.#confirmedToday;
  }

  /** He disputes something booked on him: nothing goes on account until it is settled. */
  get disputed(): boolean {
    return this.#disputed;
  }

  /** What of his reserve codes is left at this till. */
  get reserve(): ReserveCodesLeft {
    return this.#reserve;
  }

  /** What the relay allows the number on the card, where it has answered. */
  get number(): AllowanceInput['number'] {
    return this.#card === null ? { kind: 'unknown' } : this.#asked.of(this.#card);
  }

  /** Asks the relay what the number allows. `receipt`: the open one. */
  async askAllowance(receipt: string): Promise<void> {
    if (this.#card !== null) await this.#asked.ask(this.#card, receipt);
  }

  /** From now on it is `id`: nobody is shown, and nothing is asked of the one before, until he is read. */
  choose(id: string | null): void {
    if (id !== this.#id) this.#forget();
    this.#id = id;
  }

  /** Reads him again. Resolves with true where his phone has changed meanwhile. */
  async read(): Promise<boolean> {
    const id = this.#id;
    const before = this.#card;
    const [card, held, used, open, confirmed, dispute, reserve] = await Promise.all([
      id === null ? null : customerById(this.#db, id),
      id === null ? NOTHING_OWED : standing(this.#db, id),
      usage(this.#db, this.#now(), id),
      id === null ? NOTHING_UNCONFIRMED : unconfirmed(this.#db, id, this.#now()),
      id === null ? ZERO : confirmedDebt(this.#db, id, this.#now()),
      id === null ? null : disputeOf(this.#db, id),
      id === null ? NO_RESERVE_CODES : reserveCodesLeft(this.#db, id),
    ]);
    if (id !== this.#id) return false;
    this.#card = card;
    this.#standing = held;
    this.#usage = used;
    this.#unconfirmed = open;
    this.#confirmedToday = confirmed;
    this.#reserve = reserve;
    this.#disputed = dispute !== null;
    return before !== null && card !== null && before.phone !== card.phone;
  }

  #forget(): void {
    this.#asked.forget();
    this.#card = null;
    this.#standing = NOTHING_OWED;
    this.#unconfirmed = NOTHING_UNCONFIRMED;
    this.#confirmedToday = ZERO;
    this.#reserve = NO_RESERVE_CODES;
    this.#disputed = false;
  }
}
