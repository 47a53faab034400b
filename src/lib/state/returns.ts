// Saves returns of goods for the signed-in operator.
// Never throws, so that the screen keeps what was chosen.
import { codeHash, type ReceiptCode } from '$lib/domain/values/receipt-number';
import type { TillDb } from '$lib/storage/database/db';
import { giveUpPending } from '$lib/storage/journal/writer';
import { saveReturn, type ReturnAttempt, type ReturnOutcome } from '$lib/storage/sales/returns';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';

type NotSaved = { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** A return as the screen asks for it; the operator and the time are added here. */
export type AskedReturn = ReturnAttempt extends infer One
  ? One extends ReturnAttempt
    ? Omit<One, 'operator' | 'at'>
    : never
  : never;

/** A return was stored, refused, or not stored because the disk failed. */
export type ReturnedOutcome = ReturnOutcome | NotSaved;

type Hooks = {
  readonly saved: () => void;
  /** The stored policy was refused. */
  readonly policyRefused: () => void;
};

export class Returns {
  readonly #db: TillDb;
  readonly #operator: () => string | null;
  readonly #now: () => number;
  readonly #on: Hooks;
  #scanned: ReceiptCode | null = null;

  /** `operator`: the operator who is signed in. */
  constructor(db: TillDb, operator: () => string | null, now: () => number, on: Hooks) {
    this.#db = db;
    this.#operator = operator;
    this.#now = now;
    this.#on = on;
  }

  /** The code of a receipt that was scanned; null: the paper is no longer at hand. */
  noteScan(code: ReceiptCode | null): void {
    this.#scanned = code;
  }

  /** The code of this sale's paper, if it was the last one scanned. `sale`: hash of its entry. */
  scannedOf(sale: string): ReceiptCode | null {
    return this.#scanned?.hash === codeHash(sale) ? this.#scanned : null;
  }

  /** Saves a return; the same id returns the same entry. */
  async save(attempt: AskedReturn): Promise<ReturnedOutcome> {
    const operator = this.#operator();
    if (operator === null)
      return { kind: 'refused', because: { kind: 'no-right', right: 'return' } };
    try {
      const outcome = await saveReturn(this.#db, { ...attempt, operator, at: this.#now() });
      if (outcome.kind === 'saved') this.#on.saved();
      else if (outcome.because.kind === 'policy-refused') this.#on.policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Abandons a return that was `not-saved`, for good. `stored`: it is on the disk after all. */
  async giveUp(): Promise<'given-up' | 'stored' | NotSaved> {
    try {
      return await giveUpPending(this.#db);
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }
}
