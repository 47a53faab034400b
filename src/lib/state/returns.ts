// Saves returns of goods, and keeps the code of a receipt that was scanned for one.
import { codeHash, type ReceiptCode } from '$lib/domain/values/receipt-number';
import type { TillDb } from '$lib/storage/database/db';
import type { Actor } from '$lib/storage/policy/save-act';
import { saveReturn, type ReturnAttempt, type ReturnOutcome } from '$lib/storage/sales/returns';
import type { Asked, NotSaved, Saving } from './saving';

/** A return as the screen asks for it. */
export type AskedReturn = Asked<ReturnAttempt>;

export type ReturnedOutcome = ReturnOutcome | NotSaved;

export class Returns {
  readonly #db: TillDb;
  readonly #saving: Saving;
  readonly #saved: () => void;
  #scanned: ReceiptCode | null = null;

  constructor(db: TillDb, saving: Saving, saved: () => void) {
    this.#db = db;
    this.#saving = saving;
    this.#saved = saved;
  }

  /** The code of a receipt that was scanned; null: the paper is no longer at hand. */
  noteScan(code: ReceiptCode | null): void {
    this.#scanned = code;
  }

  /** The code of this sale's paper, if it was the last one scanned. `sale`: hash of its entry. */
  scannedOf(sale: string): ReceiptCode | null {
    return this.#scanned?.hash === codeHash(sale) ? this.#scanned : null;
  }

  /** Saves a return; the same id returns the same entry. Never throws, so that the screen keeps what was chosen. */
  save(attempt: AskedReturn): Promise<ReturnedOutcome> {
    const save = (by: Actor) => saveReturn(this.#db, { ...attempt, ...by });
    return this.#saving.act('return', save, this.#saved);
  }
}
