// Finds, saves and forgets customers, and reads their balances.
// Saves acts that move their debt outside a sale.
import type { ImportMessages } from '$lib/domain/acts/customers/customers-imported';
import { MONTH_MS } from '$lib/domain/values/durations';
import type { CardEntered, Customer, Standing } from '$lib/domain/customers/customer';
import {
  addPerson,
  removePerson,
  whyNoPerson,
  type NewPerson,
  type PersonOutcome,
} from '$lib/storage/sales/authorised-persons';
import {
  changeCustomer,
  customersByIds,
  importCustomers,
  saveCustomer,
  standings,
  type ChangedMeanwhile,
  type CustomerOutcome,
  type ImportedCustomer,
  type ImportOutcome,
} from '$lib/storage/customers/customers';
import {
  forgetCustomer,
  whatForgetting,
  type ForgetOutcome,
  type GivenForgetConsent,
} from '$lib/storage/customers/forgotten';
import {
  savePayout,
  saveRepayment,
  type PayoutAttempt,
  type PayoutOutcome,
  type RepaymentAttempt,
  type RepaymentOutcome,
} from '$lib/storage/customers/debts';
import {
  recentImports,
  undoImport,
  whatUndoing,
  type ImportPlace,
  type RecentImport,
  type UndoOutcome,
  type UndoPreview,
} from '$lib/storage/customers/undone-imports';
import type { TillDb } from '$lib/storage/database/db';
import {
  saveCorrection,
  type CorrectionAttempt,
  type CorrectionOutcome,
} from '$lib/storage/sales/corrections';
import {
  saveCancellation,
  type CancellationAttempt,
  type CancellationOutcome,
} from '$lib/storage/sales/cancelled-repayments';
import {
  mergeCustomers,
  whatMerging,
  type MergeAttempt,
  type MergeOutcome,
  type MergePreview,
} from '$lib/storage/sales/merges';
import type { Actor } from '$lib/storage/policy/save-act';
import { findCustomers } from '$lib/storage/customers/find-customers';
import { v7 as newId } from 'uuid';
import { measureStep } from '$lib/state/device/measure-step';
import type { Asked, NotSaved, Saving } from './saving';
import { till } from './till.svelte';

export type CardOutcome = CustomerOutcome | ChangedMeanwhile | NotSaved;
export type ImportResult = ImportOutcome | NotSaved;
/** The result or the preview of forgetting a customer. */
export type ForgetResult =
  | ForgetOutcome
  | { readonly kind: 'allowed'; readonly lapsed: number; readonly leftByRight: number }
  | NotSaved;
export type RepaidOutcome = RepaymentOutcome | NotSaved;
export type CorrectedOutcome = CorrectionOutcome | NotSaved;
export type CancelledOutcome = CancellationOutcome | NotSaved;
export type PaidOutOutcome = PayoutOutcome | NotSaved;
export type MergedOutcome = MergeOutcome | NotSaved;
export type AddedPersonOutcome = PersonOutcome | NotSaved;
type RemovedPersonOutcome = Awaited<ReturnType<typeof removePerson>> | NotSaved;
/** The result or the preview of undoing an import. */
export type UndoResult = UndoOutcome | UndoPreview | NotSaved;

/** For how long after an import it can be undone, ms. */
const UNDOING_MS = MONTH_MS;

type Hooks = {
  /** A card was stored. */
  readonly saved: () => void;
  /** An act moved money or points. */
  readonly moved: () => void;
};

class Customers {
  readonly #db: TillDb;
  readonly #saving: Saving;
  readonly #now: () => number;
  readonly #on: Hooks;

  constructor(db: TillDb, saving: Saving, now: () => number, on: Hooks) {
    this.#db = db;
    this.#saving = saving;
    this.#now = now;
    this.#on = on;
  }

  /** Finds customers by name or phone, with balances; customers with a phone come first. */
  async find(text: string, limit: number): Promise<{ customer: Customer; standing: Standing }[]> {
    const since = performance.now();
    const found = await findCustomers(this.#db, text, limit);
    const held = await standings(
      this.#db,
      found.map(({ id }) => id),
    );
    measureStep('till:customers', since);
    return found.flatMap((customer, place) => {
      const standing = held[place];
      return standing === undefined ? [] : [{ customer, standing }];
    });
  }

  /** Names on these cards, in the same order; null if this till has no such card. */
  async namesOf(ids: readonly string[]): Promise<(string | null)[]> {
    const found = await customersByIds(this.#db, ids);
    return ids.map((id) => found.find((customer) => customer.id === id)?.name ?? null);
  }

  /** What forgetting this customer would do, or why it is refused. Changes nothing; never throws. */
  whatForgetting(customer: string): Promise<ForgetResult> {
    return this.#saving.act('manage-customers', (by) =>
      whatForgetting(this.#db, { customer, ...by }),
    );
  }

  /** Forgets a customer for the signed-in operator; never throws. */
  forget(customer: string, consent: GivenForgetConsent): Promise<ForgetResult> {
    const forget = (by: Actor) => forgetCustomer(this.#db, { customer, consent, ...by });
    return this.#saving.act('manage-customers', forget, this.#on.saved);
  }

  /**
   * Saves a new card (`opened: null`), or the fields in which `card` differs from `opened`. Never throws, so that a form keeps its
   * input.
   */
  save(card: Omit<CardEntered, 'id'>, opened: CardEntered | null): Promise<CardOutcome> {
    const customer = { ...card, id: opened?.id ?? newId() };
    const save = (by: Actor) =>
      opened === null
        ? saveCustomer(this.#db, { customer, ...by })
        : changeCustomer(this.#db, { customer, opened, ...by });
    return this.#saving.act('sell', save, this.#on.saved);
  }

  /**
   * Adds at most `MOST_IMPORTED` customers of a file, in one act. `approval`: the relay's approval of their balances. Never
   * throws.
   */
  importPart(
    customers: readonly ImportedCustomer[],
    approval: string | null,
    messages: ImportMessages,
  ): Promise<ImportResult> {
    const approvals = approval === null ? [] : [approval];
    const add = (by: Actor) =>
      importCustomers(this.#db, { source: 'file', customers, approvals, ...by }, messages);
    return this.#saving.act('manage-customers', add, this.#on.saved);
  }

  /** The imports of customers of the last month, of all tills. Throws StorageError. */
  recentImports(): Promise<readonly RecentImport[]> {
    return recentImports(this.#db, this.#now() - UNDOING_MS);
  }

  /** What undoing this import would do, or why it is refused. Changes nothing; never throws. */
  whatUndoing(place: ImportPlace): Promise<UndoResult> {
    return this.#saving.act('data', ({ operator }) => whatUndoing(this.#db, { place, operator }));
  }

  /** Takes these customers of an import back. `approval`: the relay's approval of the balances they lose. Never throws. */
  undoImport(
    place: ImportPlace,
    customers: readonly string[],
    approval: string | null,
  ): Promise<UndoResult> {
    const undo = (by: Actor) => undoImport(this.#db, { place, customers, approval, ...by });
    return this.#saving.act('data', undo, this.#on.saved);
  }

  /** Saves a repayment; the same id returns the same repayment. Never throws, so that the screen keeps the input. */
  repay(
    attempt: Pick<RepaymentAttempt, 'repayment' | 'customer' | 'tenders'>,
  ): Promise<RepaidOutcome> {
    const save = (by: Actor) => saveRepayment(this.#db, { ...attempt, ...by });
    return this.#saving.act('take-repayment', save, this.#on.moved);
  }

  /** Cancels a repayment. Idempotent and never throws, like `repay`. */
  cancelRepayment(attempt: Asked<CancellationAttempt>): Promise<CancelledOutcome> {
    const save = (by: Actor) => saveCancellation(this.#db, { ...attempt, ...by });
    return this.#saving.act('correct-balance', save, this.#on.moved);
  }

  /** Pays out what the shop owes a customer. Idempotent and never throws, like `repay`. */
  payOut(attempt: Asked<PayoutAttempt>): Promise<PaidOutOutcome> {
    const save = (by: Actor) => savePayout(this.#db, { ...attempt, ...by });
    return this.#saving.act('return', save, this.#on.moved);
  }

  /** Corrects debt or points. Idempotent and never throws, like `repay`. */
  correct(attempt: Asked<CorrectionAttempt>): Promise<CorrectedOutcome> {
    const save = (by: Actor) => saveCorrection(this.#db, { ...attempt, ...by });
    return this.#saving.act('correct-balance', save, this.#on.moved);
  }

  /** What merging two cards would do, or why it is refused before anybody is asked. Never throws. */
  whatMerging(from: string, into: string): Promise<MergePreview | MergedOutcome> {
    return this.#saving.act('manage-customers', ({ operator }) =>
      whatMerging(this.#db, { from, into, operator }),
    );
  }

  /** Merges two cards; the same id returns the same merge. Never throws, so that the screen keeps the codes. */
  merge(attempt: Asked<MergeAttempt>): Promise<MergedOutcome> {
    const merge = (by: Actor) => mergeCustomers(this.#db, { ...attempt, ...by });
    return this.#saving.act('manage-customers', merge, this.#on.saved);
  }

  /** Why a person may not be added, checked before anybody is asked; null: nothing prevents it. Never throws. */
  whyNoPerson(attempt: NewPerson): Promise<AddedPersonOutcome | null> {
    return this.#saving.act('manage-customers', ({ operator }) =>
      whyNoPerson(this.#db, { ...attempt, operator }),
    );
  }

  /** Adds a person; the same person returns the same entry. Never throws, so that the screen keeps the code. */
  addPerson(attempt: NewPerson & { readonly code: string }): Promise<AddedPersonOutcome> {
    const add = (by: Actor) => addPerson(this.#db, { ...attempt, ...by });
    return this.#saving.act('manage-customers', add, this.#on.saved);
  }

  /** Removes an authorised person from a card; never throws. */
  removePerson(customer: string, person: string): Promise<RemovedPersonOutcome> {
    const remove = (by: Actor) => removePerson(this.#db, { customer, person, ...by });
    return this.#saving.act('manage-customers', remove, this.#on.saved);
  }
}

/** The customers of this page's till. */
export const customers = new Customers(till.db, till.saving, () => till.now(), {
  // the open receipt may be this customer's
  saved: () => void till.register.refreshCustomer(),
  moved: () => till.moved(),
});
