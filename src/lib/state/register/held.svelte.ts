// Receipts that leave the register unsold: put on hold or cancelled, and opened again.
import {
  afterHold,
  emptyReceipt,
  receiptTotal,
  removedFrom,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { cancelReceipt, takeUpReceipt } from '$lib/storage/sales/receipts';
import {
  heldDrafts,
  holdDraft,
  resumeDraft,
  type Draft,
  type HeldDraft,
} from '$lib/storage/sales/drafts';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';
import type { RegisterDeps } from './deps';
import type { RegisterDraft } from './draft.svelte';

/** A cancelled receipt. `id`: of the act that cancelled it. */
export type CancelledReceipt = { readonly id: string; readonly receipt: Receipt };

type NotStored = { readonly kind: 'not-stored'; readonly because: StorageErrorKind };

/**
 * Why the receipt stays open. `busy`: the sale is being stored, there are no goods, or a code is awaited (which goes on hold
 * with its receipt, but is not given up unasked); `refused`: by the policy.
 */
export type NotLeft = { readonly kind: 'busy' | 'refused' } | NotStored;
export type LeaveOutcome = { readonly kind: 'done' } | NotLeft;
export type CancelOutcome =
  { readonly kind: 'done'; readonly cancelled: CancelledReceipt } | NotLeft;

/** The act was refused, so nothing has changed. */
class ActRefused extends Error {}

const notStored = (error: unknown): { readonly kind: 'refused' } | NotStored =>
  error instanceof ActRefused
    ? { kind: 'refused' }
    : { kind: 'not-stored', because: storageErrorKind(error) };

/** What the act of cancelling records of a receipt's goods; sums in minor units. */
const countsOf = (receipt: Receipt) => ({
  lines: receipt.lines.length,
  total: receiptTotal(receipt),
  removed: removedFrom(receipt),
});
const cancelledAs = (receipt: Receipt) => JSON.stringify([receipt.id, countsOf(receipt)]);

/** What it is after the time it was on hold. */
const afterHoldOf = ({ receipt, heldAt }: HeldDraft, now: number): Receipt =>
  afterHold(receipt, Math.max(0, now - heldAt));

/** A receipt without goods, whose payment has not begun. */
export const newDraft = (): Draft => ({
  receipt: emptyReceipt(newId()),
  place: 'goods',
  checkout: NEW_CHECKOUT,
  askedBy: null,
  begun: false,
});

/** The register's open receipt, as far as it is exchanged for another. */
type Open = {
  readonly draft: RegisterDraft;
  readonly receipt: () => Receipt;
  /** The receipt as a draft to put on hold; a new receipt if it is sold. */
  readonly asDraft: () => Draft;
  /** Shows this receipt in its place. */
  readonly show: (draft: Draft) => void;
  /** Whether a code is awaited or the sale is being stored. */
  readonly isUnderWay: () => boolean;
  /** Whether the sale is being stored. */
  readonly isClosing: () => boolean;
  /** Cancels the codes requested for a receipt. */
  readonly dropCodes: (draft: Draft) => void;
};

export class HeldReceipts {
  readonly #deps: RegisterDeps;
  readonly #open: Open;
  #all = $state.raw<readonly HeldDraft[]>([]);
  /** Cancelled receipts whose act is not yet known as saved, by `cancelledAs`. No screen reads it. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #cancelling = new Map<string, CancelledReceipt>();

  constructor(deps: RegisterDeps, open: Open) {
    this.#deps = deps;
    this.#open = open;
  }

  /** The held receipts, oldest first. */
  get all(): readonly HeldDraft[] {
    return this.#all;
  }

  /** Reads the held receipts from the disk. */
  async read(): Promise<void> {
    this.#all = await heldDrafts(this.#deps.db);
  }

  /** Puts the open receipt on hold, with a code that is awaited, and begins the next one. */
  hold(): Promise<LeaveOutcome> {
    const { db, now } = this.#deps;
    const open = this.#open.asDraft();
    if (open.receipt.lines.length === 0 || this.#open.isClosing())
      return Promise.resolve({ kind: 'busy' });
    return this.#exchange(newDraft(), async () => {
      await this.#readAfter(null, await holdDraft(db, open, now()));
    });
  }

  /** Opens a held receipt; puts the open one on hold if it has goods. */
  resume(held: HeldDraft): Promise<LeaveOutcome> {
    if (this.#open.isUnderWay()) return Promise.resolve({ kind: 'busy' });
    const open = this.#open.asDraft();
    const { place, checkout, askedBy, begun } = held;
    const receipt = afterHoldOf(held, this.#deps.now());
    const again: Draft = { receipt, place, checkout, askedBy, begun };
    return this.#exchange(again, () => this.#opened(again, open));
  }

  /** Cancels the open receipt, with an entry in the journal, and opens `next`. */
  async cancelOpen(next: Draft): Promise<CancelOutcome> {
    const { receipt } = this.#open.asDraft();
    if (receipt.lines.length === 0 || this.#open.isUnderWay()) return { kind: 'busy' };
    const cancelled = this.#cancellation(receipt);
    const outcome = await this.#exchange(next, () => this.#cancelled(cancelled));
    return outcome.kind === 'done' ? { kind: 'done', cancelled } : outcome;
  }

  /** Cancels a held receipt, with an entry in the journal. */
  async cancel(held: HeldDraft): Promise<CancelOutcome> {
    const cancelled = this.#cancellation(afterHoldOf(held, this.#deps.now()));
    try {
      await this.#open.draft.run(() => this.#cancelled(cancelled));
      this.#open.dropCodes(held);
      return { kind: 'done', cancelled };
    } catch (error) {
      return notStored(error);
    }
  }

  /** Reopens a cancelled receipt without its tenders; puts the receipt that is open meanwhile on hold. */
  takeUp({ id, receipt }: CancelledReceipt): Promise<LeaveOutcome> {
    if (this.#open.isUnderWay()) return Promise.resolve({ kind: 'busy' });
    const { db, now, operator } = this.#deps;
    const open = this.#open.asDraft();
    const again = { ...newDraft(), receipt: { ...receipt, tenders: [] } };
    return this.#exchange(again, async () => {
      const by = operator();
      if (by === null) throw new ActRefused();
      const act = { id: newId(), receipt: receipt.id, cancelled: id, operator: by, at: now() };
      const outcome = await takeUpReceipt(db, act);
      if (outcome.kind === 'refused') throw new ActRefused();
      await this.#opened(again, open);
    });
  }

  /** Stores `receipt` as the open receipt, and `before`, which it replaces, as held if it has goods. */
  async #opened(receipt: Draft, before: Draft): Promise<void> {
    const { db, now } = this.#deps;
    await this.#readAfter(receipt.receipt, await resumeDraft(db, receipt, before, now()));
  }

  /**
   * Reads the held receipts after a change was stored. If the read fails, the change still counts: the list shown before is
   * used, without `gone` and with `held`.
   */
  async #readAfter(gone: Receipt | null, held: HeldDraft | null): Promise<void> {
    try {
      await this.read();
    } catch {
      const others = this.#all.filter(({ receipt }) => receipt.id !== gone?.id);
      this.#all = held === null ? others : [...others, held];
    }
  }

  /**
   * Returns the same act for every press until it is known to be saved: an act reported as failed may have been saved. If the
   * goods have changed meanwhile, it is another one, because the act records them.
   */
  #cancellation(receipt: Receipt): CancelledReceipt {
    const key = cancelledAs(receipt);
    const cancelled = this.#cancelling.get(key) ?? { id: newId(), receipt };
    this.#cancelling.set(key, cancelled);
    return cancelled;
  }

  async #cancelled({ id, receipt }: CancelledReceipt): Promise<void> {
    const { db, now } = this.#deps;
    const operator = this.#deps.operator();
    if (operator === null) throw new ActRefused();
    const { held } = receipt;
    const act = { ...countsOf(receipt), id, receipt: receipt.id, held, operator, at: now() };
    const outcome = await cancelReceipt(db, act);
    if (outcome.kind === 'saved') {
      this.#cancelling.delete(cancelledAs(receipt));
      await this.#readAfter(receipt, null);
      return;
    }
    if (outcome.because.kind === 'policy-refused') this.#deps.onpolicyrefused();
    throw new ActRefused();
  }

  /**
   * Shows another receipt at once, so that no scan is lost, then stores the exchange. If storing fails, the previous receipt
   * is resumed, with the lines that were rung up meanwhile.
   */
  async #exchange(next: Draft, store: () => Promise<void>): Promise<LeaveOutcome> {
    const { draft, receipt, asDraft, show, isUnderWay } = this.#open;
    const before = asDraft();
    show(next);
    try {
      await draft.run(store);
      return { kind: 'done' };
    } catch (error) {
      const shown = next.receipt.lines;
      // compare by id, because discount rules may have replaced the objects
      const meanwhile = receipt().lines.filter(({ id }) => shown.every((line) => line.id !== id));
      const lines = [...before.receipt.lines, ...meanwhile];
      if (!isUnderWay()) show({ ...before, receipt: { ...before.receipt, lines } });
      return notStored(error);
    } finally {
      // write again, because lines may have been rung up while it was being stored
      await draft.write();
    }
  }
}
