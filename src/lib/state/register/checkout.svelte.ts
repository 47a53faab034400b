// Runs the checkout of the open receipt from "Save" to the stored sale.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { noCodeFact } from '$lib/domain/consent/challenge-outcome';
import { advance } from '$lib/domain/consent/checkout';
import { mayBeAnswered } from '$lib/domain/consent/code-request';
import {
  asksFor,
  challengesOf,
  codeWasAsked,
  confirmationsOf,
  isAsking,
  isConfirming,
  needsIn,
  NEW_CHECKOUT,
  usageWithin,
  type Checkout,
  type CheckoutEvent,
  type CodeTo,
  type VoidedBy,
} from '$lib/domain/consent/checkout-state';
import { rightsOfSale } from '$lib/domain/acts/money/sale';
import { movedBy, needsOf, sameNeeds } from '$lib/domain/consent/confirmation';
import { refusedOwnNumber } from '$lib/domain/customers/customer';
import { overrideAllowed, type OverrideAnswer } from '$lib/domain/consent/override';
import { areRulesSettled } from '$lib/domain/receipt/discount-rules';
import { may } from '$lib/domain/policy/policy';
import { receiptTotal } from '$lib/domain/receipt/receipt';
import type { Draft } from '$lib/storage/sales/drafts';
import { sellInShift } from '$lib/storage/sales/save-sale';
import { storageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';
import { saleCodes } from './codes';
import { giveReserveCode, type ReserveRefusal } from './reserve-code';
import type { OpenReceipt, RegisterDeps } from './deps';
import { giveUp } from '$lib/state/saving';
import { measureStep } from '$lib/state/device/measure-step';
import { CodeRequester } from '$lib/state/relay/code-request.svelte';

/** The sale as stored in the journal. */
export type SavedSale = { readonly entry: Entry; readonly body: SaleBody };

export class RegisterCheckout {
  readonly #deps: RegisterDeps;
  readonly #open: OpenReceipt;
  /** The code of the current need. */
  readonly code: CodeRequester;
  #current = $state.raw<Checkout>(NEW_CHECKOUT);
  #saved = $state.raw<SavedSale | null>(null);
  #wasUnderWay = $state(false);
  #wasInterrupted = $state(false);
  /** There was no policy or operator at the start, so the stored checkout has not been resumed yet. */
  #waits = false;
  /** The operator who was signed in when the codes of this checkout were requested. */
  #askedBy: string | null = null;
  #storing = false;

  constructor(deps: RegisterDeps, open: OpenReceipt) {
    this.#deps = deps;
    this.#open = open;
    const happened = (event: CheckoutEvent) => this.#happened(event);
    this.code = new CodeRequester(
      saleCodes(deps, open, { current: () => this.#current, happened }),
      { current: () => codeOf(this.#current), happened },
    );
  }

  get current(): Checkout {
    return this.#current;
  }
  /** The sale just stored. */
  get saved(): SavedSale | null {
    return this.#saved;
  }
  /** A code is awaited, or a sale is being stored, so changing the goods needs a warning. */
  get underWay(): boolean {
    const { kind } = this.#current;
    return kind !== 'tendering' && kind !== 'saved';
  }
  /** A save of this receipt was started, so a card payment or transfer on it may have been charged. */
  get wasUnderWay(): boolean {
    return this.#wasUnderWay;
  }
  /** The till stopped while this receipt was being paid, and it is not saved. */
  get wasInterrupted(): boolean {
    return this.#wasInterrupted;
  }
  /** The sale is being stored or has been stored, so the receipt can no longer be edited. */
  get closing(): boolean {
    const { kind } = this.#current;
    return kind === 'saving' || kind === 'not-saved' || kind === 'saved';
  }

  /** Whether `by` may continue without a code for the open need; null if there is none. */
  overrideFor(by: string): OverrideAnswer | null {
    const policy = this.#deps.policy();
    const now = this.#current;
    if (!policy || now.kind !== 'no-code') return null;
    return overrideAllowed(policy, by, now.need, usageWithin(now.got, this.#open.whose.usage));
  }

  /** The operator who requested the confirmations; null: nobody has. */
  get askedBy(): string | null {
    return this.#askedBy;
  }

  /** Continues the stored checkout, including the code it was waiting for, unless another operator asked for it. */
  resume(draft: Pick<Draft, 'checkout' | 'askedBy' | 'begun'>): void {
    this.show(draft);
    this.#wasInterrupted = draft.begun;
    this.takeUp();
  }

  /** Shows a stored checkout. `takeUp` continues it, once the customer is read. */
  show({ checkout, askedBy, begun }: Pick<Draft, 'checkout' | 'askedBy' | 'begun'>): void {
    this.#current = checkout;
    this.#askedBy = askedBy;
    this.#wasUnderWay = begun;
  }

  /** After sign-in: continues a sale that was being stored when the till stopped, because storing needs an operator. */
  operatorCame(): void {
    if (this.#waits) this.takeUp();
    else if (this.#current.kind === 'saving') void this.#store();
    else if (this.#askedBy !== this.#deps.operator()) this.#voidCodes();
  }

  /** The operator has changed: voids the codes, because only the operator who requested a code may save a sale with it. */
  #voidCodes(): void {
    const now = this.#current;
    const mayCome = isConfirming(now) && mayBeAnswered(now);
    if (isAsking(now) && (codeWasAsked(now) || mayCome)) this.voidBy('operator');
    this.#askedBy = this.#deps.operator();
  }

  takeUp(): void {
    this.#waits = this.#deps.policy() === null || this.#deps.operator() === null;
    if (this.#waits) return;
    const before = this.#current;
    const isOfOther = this.#askedBy !== null && this.#askedBy !== this.#deps.operator();
    this.#askedBy = this.#deps.operator();
    if (isOfOther) {
      this.#current = { ...NEW_CHECKOUT, voided: 'operator' };
      this.code.cancel(challengesOf(before));
      void this.#follow(before, this.#current);
      return;
    }
    this.policyChanged();
    if (this.#current.kind !== 'tendering') void this.#follow(NEW_CHECKOUT, this.#current);
  }

  /** The policy has changed: voids codes if the new policy has other needs. The dialogue updates at once. */
  policyChanged(): void {
    const policy = this.#deps.policy();
    const operator = this.#deps.operator();
    const now = this.#current;
    if (!policy || !isAsking(now)) return;
    const { receipt, whose } = this.#open;
    const { needs } = needsOf(policy, receipt, whose.unconfirmed);
    const maySell = operator === null || needs.every(({ action }) => may(policy, operator, action));
    const areSettled = areRulesSettled(receipt, policy, this.#deps.now());
    if (!maySell || !areSettled || !sameNeeds(needs, needsIn(now))) this.voidBy('policy');
  }

  /**
   * Starts the save: requests every code the policy requires, then stores. Refusals of tenders and customer are on the screen
   * before. Returns whether it started.
   */
  save(): boolean {
    const policy = this.#deps.policy();
    const { receipt, whose, notAllowed } = this.#open;
    if (!policy || this.#current.kind !== 'tendering') return false;
    // refused here, before the customer is informed that a code is coming
    if (notAllowed !== null) return false;
    // the chosen customer is still being read
    if (receipt.customer !== null && whose.card === null) return false;
    const by = { policy, operator: this.#deps.operator() ?? '' };
    const rights = rightsOfSale(movedBy(receipt, policy.cashRounding));
    const ownNumber = refusedOwnNumber(by, whose.card, rights);
    if (ownNumber !== null) {
      this.#happened({ kind: 'sale-refused', because: ownNumber });
      return false;
    }
    // the settled discounts are valid for an hour, so the sale is not refused after the customer has given their code
    if (!this.settlesTotal()) return false;
    const { needs } = needsOf(policy, this.#open.receipt, whose.unconfirmed);
    // if the customer has authorised persons, first ask whose phone it is
    const hasOthers = whose.card !== null && whose.card.persons.length > 0;
    const to: CodeTo = { kind: hasOthers ? 'undecided' : 'customer' };
    const asks = asksFor(needs, to, newId);
    this.#askedBy = this.#deps.operator();
    this.#happened({ kind: 'save-asked', asks });
    return true;
  }

  /**
   * Settles the automatic discounts again, before money is taken. False: the total has changed; the screen shows the new one
   * and says so, because the cashier may have named the old one to the customer.
   */
  settlesTotal(): boolean {
    const before = receiptTotal(this.#open.receipt);
    this.#open.settleRules();
    if (receiptTotal(this.#open.receipt) === before) return true;
    this.#happened({ kind: 'sale-refused', because: { kind: 'rules-changed' } });
    return false;
  }

  /** Sends the code to the customer, or to somebody whom they authorised. */
  askWhom(to: CodeTo): void {
    this.#happened({ kind: 'recipient-chosen', to });
  }
  /** Somebody else is to answer: cancels the code that was sent. */
  chooseAgain(): void {
    this.#happened({ kind: 'recipient-changed', challenge: newId() });
  }

  codeDidNotArrive(): void {
    this.#happened({ kind: 'did-not-arrive' });
  }
  phoneNotAtHand(): void {
    this.#happened({ kind: 'phone-not-at-hand' });
  }
  returnToCode(): void {
    this.#happened({ kind: 'returned-to-code' });
  }

  /** Continues without a code. `by` has signed in or entered a PIN for this act. */
  continueWithoutCode(by: string, because: OverrideReason, note: string | null): void {
    const now = this.#current;
    const askedBy = this.#deps.operator();
    if (now.kind !== 'no-code' || askedBy === null) return;
    this.#happened({
      kind: 'overridden',
      usage: this.#open.whose.usage,
      confirmation: {
        kind: 'override',
        action: now.need.action,
        askedBy,
        by,
        because,
        note,
        connectivity: this.#deps.connectivity.fact(noCodeFact(now.because)),
      },
    });
  }

  /** Submits a reserve code as typed. Null: accepted. */
  giveReserveCode(text: string): Promise<ReserveRefusal | null> {
    const checkout = {
      current: () => this.#current,
      happened: (event: CheckoutEvent) => this.#happened(event),
    };
    return giveReserveCode(this.#deps, this.#open, checkout, text);
  }

  /** Returns to tendering and cancels an awaited code. If the sale could not be stored, it is abandoned for good first. */
  cancel(): void {
    if (this.#current.kind === 'not-saved') void this.#giveUp();
    else this.#happened({ kind: 'cancelled' });
  }

  async #giveUp(): Promise<void> {
    if (this.#storing) return;
    this.#storing = true;
    const outcome = await giveUp(this.#deps.db);
    this.#storing = false;
    if (outcome === 'given-up') this.#happened({ kind: 'cancelled' });
    // saving again finds the stored sale
    else if (outcome === 'stored') this.retrySaving();
    else this.#happened({ kind: 'store-failed', because: outcome.because });
  }

  retrySaving(): void {
    this.#happened({ kind: 'retried' });
  }

  /** The receipt has changed, so an awaited code is void: it was for another deal. */
  voidBy(what: VoidedBy): void {
    this.#happened({ kind: 'edited', what });
  }

  /** Starts another receipt and cancels codes of this one. */
  startNew(): void {
    this.code.cancel(this.#current.kind === 'saved' ? [] : challengesOf(this.#current));
    this.code.follow(codeOf(this.#current), null);
    this.#leave();
  }

  /** The receipt is put on hold. Its codes stay valid. */
  putAside(): void {
    this.code.putAside();
    this.#leave();
  }

  #leave(): void {
    this.#current = NEW_CHECKOUT;
    this.#wasUnderWay = false;
    this.#wasInterrupted = false;
  }

  /** A receipt on hold is cancelled, and the codes requested for it with it. */
  dropCodesOf({ checkout }: Pick<Draft, 'checkout'>): void {
    this.code.cancel(challengesOf(checkout));
  }

  #happened(event: CheckoutEvent): void {
    const policy = this.#deps.policy();
    if (!policy) return;
    const before = this.#current;
    const after = advance(before, event, policy);
    if (after === before) return;
    this.#current = after;
    if (this.underWay) this.#wasUnderWay = true;
    const kept = after.kind === 'saved' ? challengesOf(before) : challengesOf(after);
    this.code.cancel(challengesOf(before).filter((id) => !kept.includes(id)));
    void this.#follow(before, after);
  }

  /** Performs the effect of a new state. The request itself stores the draft before it is sent. */
  async #follow(before: Checkout, after: Checkout): Promise<void> {
    this.code.follow(codeOf(before), codeOf(after));
    switch (after.kind) {
      case 'saving':
        if (before.kind !== 'saving') await this.#store();
        return;
      case 'stopped':
        // the relay has just said why it refuses codes: show it from now on
        this.#open.askAllowance();
        // the relay may have a newer policy: fetch it
        void this.#deps.connectivity.ask();
        return;
      case 'no-code':
        // update the connectivity, which the status chip shows and the journal records
        if (before.kind !== 'no-code') void this.#deps.connectivity.ask();
        return;
      case 'tendering':
        await this.#open.draft.write();
        return;
      default:
        return;
    }
  }

  async #store(): Promise<void> {
    const now = this.#current;
    const operator = this.#deps.operator();
    if (now.kind !== 'saving' || operator === null || this.#storing) return;
    this.#storing = true;
    const since = performance.now();
    try {
      // the disk has every payment of the receipt, and that a save may have begun, before it begins; proofs are written here
      await (now.got.length > 0 ? this.#open.draft.write() : this.#open.draft.written());
      const outcome = await sellInShift(this.#deps.db, {
        receipt: this.#open.receipt,
        operator,
        at: this.#deps.now(),
        confirmations: confirmationsOf(now.got),
      });
      if (outcome.kind === 'refused') {
        this.#happened({ kind: 'sale-refused', because: outcome.because });
        if (outcome.because.kind === 'rules-changed') this.#open.settleRules();
        if (outcome.because.kind === 'policy-refused') this.#deps.onpolicyrefused();
        return;
      }
      const { entry } = outcome;
      this.#saved = { entry, body: entry.body as SaleBody };
      this.#happened({ kind: 'stored', sale: outcome.sale.id });
      measureStep('till:pay', since);
      this.#deps.onsaved();
    } catch (error) {
      this.#happened({ kind: 'store-failed', because: storageErrorKind(error) });
    } finally {
      this.#storing = false;
    }
  }
}

/** The state of the open need's code request. */
const codeOf = (checkout: Checkout) => (isConfirming(checkout) ? checkout : null);
