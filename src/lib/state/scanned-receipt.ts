// The code of the receipt that was scanned last, for a return of its goods.
import { codeHash, type ReceiptCode } from '$lib/domain/values/receipt-number';

class ScannedReceipt {
  #code: ReceiptCode | null = null;

  /** The code of a receipt that was scanned; null: the paper is no longer at hand. */
  note(code: ReceiptCode | null): void {
    this.#code = code;
  }

  /** The code of this sale's paper, if it was the last one scanned. `sale`: hash of its entry. */
  of(sale: string): ReceiptCode | null {
    return this.#code?.hash === codeHash(sale) ? this.#code : null;
  }
}

export const scannedReceipt = new ScannedReceipt();
