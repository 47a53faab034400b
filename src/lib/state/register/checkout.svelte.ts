// Runs the checkout of the open receipt from "Save" to the stored sale.
import type { Entry, OverrideReason, SaleBody } from '$lib/contract/journal';
import type { Channel } from '$lib/contract/values';
import { noCodeFact } from '$lib/domain/challenge-outcome';
import { advance } from '$lib/domain/checkout';
import {
  challengesOf,
  confirmationsOf,
  needsIn,
  NEW_CHECKOUT,
  usageWithin,
  type Checkout,
  type CheckoutEvent,
  type VoidedBy,
} from '$lib/domain/checkout-state';
import { needsOf, overrideAllowed, sameNeeds, type OverrideAnswer } from '$lib/domain/confirmation';
import { may } from '$lib/domain/policy';
import { saveSale } from '$lib/storage/sales/save-sale';
import { storageErrorKind } from '$lib/storage/storage-error';
import { giveUpPending } from '$lib/storage/journal/writer';
import { v7 as newId } from 'uuid';
import { RegisterCodes } from './codes';
import { giveReserveCode, type ReserveRefusal } from './reserve-code';
import type { OpenReceipt, RegisterDeps } from './deps';
import { measureStep } from '$lib/state/device/measure-step';

/** As it stands in the journal. */
export type SavedSale = { readonly entry: Entry; readonly body: SaleBody };

export class RegisterCheckout {
  readonly #deps: RegisterDeps;
  readonly #open: OpenReceipt;
  readonly #codes: RegisterCodes;
  #current = $state.raw<Checkout>(NEW_CHECKOUT);
  #saved = $state.raw<SavedSale | null>(null);
  /** The state on disk has not been followed yet: at the start there was no policy to follow it under. */
  #waitsForPolicy = false;
  #storing = false;

  constructor(deps: RegisterDeps, open: OpenReceipt) {
    this.#deps = deps;
    this.#open = open;
    this.#codes = new RegisterCodes(deps, open, {
      current: () => this.#current,
      happened: (event) => this.#happened(event),
    });
  }

  get current(): Checkout {
    return this.#current;
  }
  /** The sale just stored. */
  get saved(): SavedSale | null {
    return this.#saved;
  }
  /** A code is out, or a sale is on its way: the goods may not be touched without a word about it. */
  get underWay(): boolean {
    const { kind } = this.#current;
    return kind !== 'tendering' && kind !== 'saved';
  }
  /** What is being written to disk, or is there, is not edited any more. */
  get closing(): boolean {
    const { kind } = this.#current;
    return kind === 'saving' || kind === 'not-saved' || kind === 'saved';
  }

  /** Whether `by` may go on without a code for the need that is open now; null while none is. */
  overrideFor(by: string): OverrideAnswer | null {
    const policy = this.#deps.policy();
    const now = this.#current;
    if (!policy || now.kind !== 'no-code') return null;
    return overrideAllowed(policy, by, now.need, usageWithin(now.got, this.#open.whose.usage));
  }

  /** Takes up where the till stopped, and the code it was waiting for. */
  resume(checkout: Checkout): void {
    this.#current = checkout;
    this.#takeUp();
  }

  /** Somebody has signed in: a sale that was on its way to the disk when the till stopped needs a seller, and goes on. */
  operatorCame(): void {
    if (this.#waitsForPolicy) this.#takeUp();
    else if (this.#current.kind === 'saving') void this.#store();
  }

  #takeUp(): void {
    this.#waitsForPolicy = this.#deps.policy() === null;
    if (this.#waitsForPolicy) return;
    this.policyChanged();
    this.#happened({ kind: 'reloaded' });
  }

  /** Asked under an older policy, a code that the one in force does not ask for in the same way leads nowhere: the dialogue follows at once. */
  policyChanged(): void {
    const policy = this.#deps.policy();
    const operator = this.#deps.operator();
    const now = this.#current;
    if (!policy || !('need' in now)) return;
    const { receipt, whose } = this.#open;
    const { needs } = needsOf(policy, receipt, whose.unconfirmed);
    const maySell = operator === null || needs.every(({ action }) => may(policy, operator, action));
    if (!maySell || !sameNeeds(needs, needsIn(now))) this.voidBy('policy');
  }

  /** The main verb: asks for every code the policy wants, then stores. Refusals of money and customer are shown before, by the screen. Says whether it began. */
  save(): boolean {
    const policy = this.#deps.policy();
    const { receipt, whose, notAllowed } = this.#open;
    if (!policy || this.#current.kind !== 'tendering') return false;
    // refused here and not by the relay, after the customer was told that a code is coming
    if (notAllowed !== null) return false;
    // the customer just chosen is still being read: there is nobody to ask yet
    if (receipt.customer !== null && whose.card === null) return false;
    const { needs } = needsOf(policy, receipt, whose.unconfirmed);
    const asks = needs.map((need) => ({ need, challenge: newId() }));
    this.#happened({ kind: 'save-asked', asks });
    return true;
  }

  /** Passes the code on and forgets it. */
  submitCode(code: string): Promise<void> {
    return this.#codes.submit(code);
  }
  /** `channel`: null for the same way again. */
  resend(channel: Channel | null): Promise<void> {
    return this.#codes.resend(channel);
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
  askAgain(): void {
    this.#happened({ kind: 'asked-again', challenge: newId() });
  }

  /** Goes on by right. `by` has signed in or given a PIN for this one act. */
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

  /** One of the customer's reserve codes, as it was typed. Null: taken. */
  giveReserveCode(text: string): Promise<ReserveRefusal | null> {
    const checkout = {
      current: () => this.#current,
      happened: (event: CheckoutEvent) => this.#happened(event),
    };
    return giveReserveCode(this.#deps, this.#open, checkout, text);
  }

  /** Back to the money; a code that is out is called off, and a sale that could not be stored is given up for good. */
  cancel(): void {
    const { kind } = this.#current;
    this.#happened({ kind: 'cancelled' });
    // where the disk refuses this too, the next act gives it up
    if (kind === 'not-saved') giveUpPending(this.#deps.db).catch(() => undefined);
  }

  retrySaving(): void {
    this.#happened({ kind: 'retried' });
  }

  /** The receipt has changed: a code that is out was for another deal. */
  voidBy(what: VoidedBy): void {
    this.#happened({ kind: 'edited', what });
  }

  /** Another receipt begins; what was asked for this one is called off. */
  startNew(): void {
    this.#codes.callOff(this.#current.kind === 'saved' ? [] : challengesOf(this.#current));
    this.#codes.stopLooking();
    this.#current = NEW_CHECKOUT;
  }

  #happened(event: CheckoutEvent): void {
    const policy = this.#deps.policy();
    if (!policy) return;
    const before = this.#current;
    const after = advance(before, event, policy);
    const resumed = event.kind === 'reloaded';
    if (after === before && !resumed) return;
    this.#current = after;
    const kept = after.kind === 'saved' ? challengesOf(before) : challengesOf(after);
    this.#codes.callOff(challengesOf(before).filter((id) => !kept.includes(id)));
    void this.#follow(before, after, resumed);
  }

  /** The effect of having come to a state. */
  async #follow(before: Checkout, after: Checkout, resumed: boolean): Promise<void> {
    if (after.kind !== 'awaiting-code') this.#codes.stopLooking();
    const asked = before.kind === 'sending' && after.kind === 'sending' && !resumed;
    switch (after.kind) {
      case 'sending':
        if (!asked || before.challenge !== after.challenge)
          await this.#codes.request(after.challenge);
        return;
      case 'awaiting-code':
        this.#codes.lookAfter();
        if (before.kind !== 'awaiting-code') await this.#open.draft.write();
        return;
      case 'saving':
        if (before.kind !== 'saving' || resumed) await this.#store();
        return;
      case 'saved':
        return;
      case 'stopped':
        // refused for a reason that was not known when the customer was chosen: the screen shows it from now on
        this.#open.askAllowance();
        await this.#open.draft.write();
        return;
      case 'no-code':
        // what the chip shows, and the journal will keep, should be as fresh as the refusal
        if (before.kind !== 'no-code') void this.#deps.connectivity.ask();
        await this.#open.draft.write();
        return;
      default:
        await this.#open.draft.write();
    }
  }

  async #store(): Promise<void> {
    const now = this.#current;
    const operator = this.#deps.operator();
    if (now.kind !== 'saving' || operator === null || this.#storing) return;
    this.#storing = true;
    const since = performance.now();
    try {
      // with no proofs to lose, a draft that still says "tendering" is as good: whoever finds it presses Save again
      if (now.got.length > 0) await this.#open.draft.write();
      const outcome = await saveSale(this.#deps.db, {
        receipt: this.#open.receipt,
        operator,
        at: this.#deps.now(),
        confirmations: confirmationsOf(now.got),
      });
      if (outcome.kind === 'refused') {
        this.#happened({ kind: 'sale-refused', because: outcome.because });
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
