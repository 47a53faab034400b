// Finds, saves and forgets customers, and reads their balances.
// Saves acts that move their debt outside a sale.
import type { ImportMessages } from '$lib/domain/acts/customers/customers-imported';
import { MONTH_MS } from '$lib/domain/values/durations';
import type { Right } from '$lib/contract/policy';
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
  type ForgetAttempt,
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
import { giveUpPending } from '$lib/storage/journal/writer';
import { findCustomers } from '$lib/storage/customers/find-customers';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';
import { measureStep } from '$lib/state/device/measure-step';

/** A card was stored, refused by the policy, or not stored because the disk failed. */
export type CardOutcome =
  | CustomerOutcome
  | ChangedMeanwhile
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** Customers of a file were stored, refused, or not stored because the disk failed. */
export type ImportResult =
  ImportOutcome | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** The result or the preview of forgetting a customer. */
export type ForgetResult =
  | ForgetOutcome
  | { readonly kind: 'allowed'; readonly lapsed: number; readonly leftByRight: number }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** A repayment was stored, refused, or not stored because the disk failed. */
export type RepaidOutcome =
  RepaymentOutcome | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** A correction was stored, refused, or not stored because the disk failed. */
export type CorrectedOutcome =
  CorrectionOutcome | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

type NotSaved = { readonly kind: 'not-saved'; readonly because: StorageErrorKind };
export type CancelledOutcome = CancellationOutcome | NotSaved;
export type PaidOutOutcome = PayoutOutcome | NotSaved;
/** A merge of two cards was stored, refused, or not stored because the disk failed. */
export type MergedOutcome = MergeOutcome | NotSaved;

/** An authorised person was added, refused, or not stored because the disk failed. */
export type AddedPersonOutcome = PersonOutcome | NotSaved;
type RemovedPersonOutcome = Awaited<ReturnType<typeof removePerson>> | NotSaved;
/** The result or the preview of undoing an import. */
export type UndoResult = UndoOutcome | UndoPreview | NotSaved;

/** For how long after an import it can be undone, ms. */
const UNDOING_MS = MONTH_MS;

type Hooks = {
  /** A card was stored. */
  readonly saved: () => void;
  readonly repaid: () => void;
  /** An act refused the stored policy. */
  readonly policyRefused: () => void;
};

const MAY_NOT_MANAGE = {
  kind: 'refused',
  because: { kind: 'no-right', right: 'manage-customers' },
} as const;

export class Customers {
  readonly #db: TillDb;
  readonly #operator: () => string | null;
  readonly #now: () => number;
  readonly #on: Hooks;

  /** `operator`: the operator who is signed in. */
  constructor(db: TillDb, operator: () => string | null, now: () => number, on: Hooks) {
    this.#db = db;
    this.#operator = operator;
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
    return this.#forgetting(customer, whatForgetting);
  }

  /** Forgets a customer for the signed-in operator; never throws. */
  async forget(customer: string, consent: GivenForgetConsent): Promise<ForgetResult> {
    const outcome = await this.#forgetting(customer, (db, attempt) =>
      forgetCustomer(db, { ...attempt, consent }),
    );
    if (outcome.kind === 'forgotten') this.#on.saved();
    return outcome;
  }

  async #forgetting(
    customer: string,
    act: (db: TillDb, attempt: ForgetAttempt) => Promise<ForgetResult>,
  ): Promise<ForgetResult> {
    const operator = this.#operator();
    if (operator === null) return MAY_NOT_MANAGE;
    try {
      const outcome = await act(this.#db, { customer, operator, at: this.#now() });
      const { kind } = outcome;
      if (kind === 'refused' && outcome.because.kind === 'policy-refused') this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /**
   * Saves a new card (`opened: null`), or the fields in which `card` differs from `opened`. Never throws, so that a form keeps its
   * input.
   */
  async save(card: Omit<CardEntered, 'id'>, opened: CardEntered | null): Promise<CardOutcome> {
    const operator = this.#operator();
    if (operator === null) return { kind: 'refused', because: { kind: 'no-right', right: 'sell' } };
    try {
      const by = { operator, at: this.#now() };
      const customer = { ...card, id: opened?.id ?? newId() };
      const outcome =
        opened === null
          ? await saveCustomer(this.#db, { customer, ...by })
          : await changeCustomer(this.#db, { customer, opened, ...by });
      if (outcome.kind === 'saved') this.#on.saved();
      else if (outcome.because.kind === 'policy-refused') this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /**
   * Adds at most `MOST_IMPORTED` customers of a file, in one act. `approval`: the relay's approval of their balances. Never
   * throws.
   */
  async importPart(
    customers: readonly ImportedCustomer[],
    approval: string | null,
    messages: ImportMessages,
  ): Promise<ImportResult> {
    const operator = this.#operator();
    if (operator === null)
      return { kind: 'refused', because: { kind: 'no-right', right: 'manage-customers' } };
    try {
      const outcome = await importCustomers(
        this.#db,
        {
          source: 'file',
          customers,
          operator,
          at: this.#now(),
          approvals: approval === null ? [] : [approval],
        },
        messages,
      );
      if (outcome.kind === 'saved') this.#on.saved();
      else if (outcome.because.kind === 'policy-refused') this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** The imports of customers of the last month, of all tills. Throws StorageError. */
  recentImports(): Promise<readonly RecentImport[]> {
    return recentImports(this.#db, this.#now() - UNDOING_MS);
  }

  /** What undoing this import would do, or why it is refused. Changes nothing; never throws. */
  whatUndoing(place: ImportPlace): Promise<UndoResult> {
    return this.#undoing((operator) => whatUndoing(this.#db, { place, operator }));
  }

  /** Takes these customers of an import back. `approval`: the relay's approval of the balances they lose. Never throws. */
  async undoImport(
    place: ImportPlace,
    customers: readonly string[],
    approval: string | null,
  ): Promise<UndoResult> {
    const outcome = await this.#undoing((operator) =>
      undoImport(this.#db, { place, customers, approval, operator, at: this.#now() }),
    );
    if (outcome.kind === 'undone') this.#on.saved();
    return outcome;
  }

  async #undoing(act: (operator: string) => Promise<UndoResult>): Promise<UndoResult> {
    const operator = this.#operator();
    if (operator === null) return { kind: 'refused', because: { kind: 'no-right', right: 'data' } };
    try {
      const outcome = await act(operator);
      if (outcome.kind === 'refused' && outcome.because.kind === 'policy-refused')
        this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Saves a repayment; the same id returns the same repayment. Never throws, so that the screen keeps the input. */
  repay(
    attempt: Pick<RepaymentAttempt, 'repayment' | 'customer' | 'tenders'>,
  ): Promise<RepaidOutcome> {
    return this.#moving('take-repayment', (by) => saveRepayment(this.#db, { ...attempt, ...by }));
  }

  /** Cancels a repayment. Idempotent and never throws, like `repay`. */
  cancelRepayment(
    attempt: Omit<CancellationAttempt, 'operator' | 'at'>,
  ): Promise<CancelledOutcome> {
    return this.#moving('correct-balance', (by) =>
      saveCancellation(this.#db, { ...attempt, ...by }),
    );
  }

  /** Pays out what the shop owes a customer. Idempotent and never throws, like `repay`. */
  payOut(attempt: Omit<PayoutAttempt, 'operator' | 'at'>): Promise<PaidOutOutcome> {
    return this.#moving('return', (by) => savePayout(this.#db, { ...attempt, ...by }));
  }

  /** Corrects debt or points. Idempotent and never throws, like `repay`. */
  correct(attempt: Omit<CorrectionAttempt, 'operator' | 'at'>): Promise<CorrectedOutcome> {
    return this.#moving('correct-balance', (by) => saveCorrection(this.#db, { ...attempt, ...by }));
  }

  async #moving<
    T extends
      | { readonly kind: 'saved' }
      | { readonly kind: 'refused'; readonly because: { readonly kind: string } },
  >(
    right: Right,
    save: (by: { readonly operator: string; readonly at: number }) => Promise<T>,
  ): Promise<
    | T
    | {
        readonly kind: 'refused';
        readonly because: { readonly kind: 'no-right'; readonly right: Right };
      }
    | NotSaved
  > {
    const operator = this.#operator();
    if (operator === null) return { kind: 'refused', because: { kind: 'no-right', right } };
    try {
      const outcome = await save({ operator, at: this.#now() });
      if (outcome.kind === 'saved') this.#on.repaid();
      else if (outcome.because.kind === 'policy-refused') this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** What merging two cards would do, or why it is refused before anybody is asked. Never throws. */
  async whatMerging(from: string, into: string): Promise<MergePreview | MergedOutcome> {
    const operator = this.#operator();
    if (operator === null) return MAY_NOT_MANAGE;
    try {
      return await whatMerging(this.#db, { from, into, operator });
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Merges two cards; the same id returns the same merge. Never throws, so that the screen keeps the codes. */
  async merge(attempt: Omit<MergeAttempt, 'operator' | 'at'>): Promise<MergedOutcome> {
    const operator = this.#operator();
    if (operator === null) return MAY_NOT_MANAGE;
    try {
      const outcome = await mergeCustomers(this.#db, { ...attempt, operator, at: this.#now() });
      if (outcome.kind === 'saved') this.#on.saved();
      else if (outcome.because.kind === 'policy-refused') this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Why a person may not be added, checked before anybody is asked; null: nothing prevents it. Never throws. */
  async whyNoPerson(attempt: NewPerson): Promise<AddedPersonOutcome | null> {
    const operator = this.#operator();
    if (operator === null) return MAY_NOT_MANAGE;
    try {
      return await whyNoPerson(this.#db, { ...attempt, operator });
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Adds a person; the same person returns the same entry. Never throws, so that the screen keeps the code. */
  async addPerson(attempt: NewPerson & { readonly code: string }): Promise<AddedPersonOutcome> {
    return this.#changing((by) => addPerson(this.#db, { ...attempt, ...by }));
  }

  /** Removes an authorised person from a card; never throws. */
  async removePerson(customer: string, person: string): Promise<RemovedPersonOutcome> {
    return this.#changing((by) => removePerson(this.#db, { customer, person, ...by }));
  }

  async #changing<Outcome extends PersonOutcome | RemovedPersonOutcome>(
    change: (by: { readonly operator: string; readonly at: number }) => Promise<Outcome>,
  ): Promise<Outcome | NotSaved | typeof MAY_NOT_MANAGE> {
    const operator = this.#operator();
    if (operator === null) return MAY_NOT_MANAGE;
    try {
      const outcome = await change({ operator, at: this.#now() });
      if (outcome.kind === 'saved') this.#on.saved();
      else if (outcome.kind === 'refused' && outcome.because.kind === 'policy-refused')
        this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Abandons one of these acts that was `not-saved`, for good. `stored`: it is on the disk after all. */
  async giveUpRepayment(): Promise<
    'given-up' | 'stored' | Extract<RepaidOutcome, { kind: 'not-saved' }>
  > {
    try {
      return await giveUpPending(this.#db);
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }
}
