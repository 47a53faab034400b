// The receipt being rung up and its way to "saved": every edit, the open draft on disk, the codes asked and answered.
import type { ChallengeRequest } from '$lib/contract/challenge';
import type { OverrideReason, SaleBody } from '$lib/contract/journal';
import type { Channel } from '$lib/contract/values';
import {
  NOTHING_UNCONFIRMED,
  NOTHING_USED,
  type OverrideUsage,
  type Unconfirmed,
} from '$lib/domain/account';
import { noCodeFact } from '$lib/domain/challenge-outcome';
import { advance } from '$lib/domain/checkout';
import {
  challengesOf,
  confirmationsOf,
  NEW_CHECKOUT,
  usageWithin,
  type Checkout,
  type CheckoutEvent,
  type VoidedBy,
} from '$lib/domain/checkout-state';
import { movedBy, needsOf, overrideAllowed, type Moved } from '$lib/domain/confirmation';
import { allowedDebt, type AllowedDebt, type Customer, type Standing } from '$lib/domain/customer';
import { challengeAmountOf, dealOf } from '$lib/domain/deal';
import { invariant } from '$lib/domain/invariant';
import { pointsTender, redeemable } from '$lib/domain/loyalty';
import { add, toWire, type Money } from '$lib/domain/money';
import { may, type VerifiedPolicy } from '$lib/domain/policy';
import type { Product } from '$lib/domain/product';
import type { Quantity } from '$lib/domain/quantity';
import {
  addProduct,
  chooseCustomer,
  clearTenders,
  emptyReceipt,
  receiptTotal,
  removeLine,
  setQuantity,
  setTender,
  type Receipt,
} from '$lib/domain/receipt';
import { settle, type MoneyTenderKind, type Settlement } from '$lib/domain/settlement';
import { dealHash } from '$lib/proof/deal';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { customerById, standing } from '$lib/storage/customers';
import type { TillDb } from '$lib/storage/db';
import { openDraft, saveDraft } from '$lib/storage/drafts';
import { head } from '$lib/storage/journal';
import { saveSale } from '$lib/storage/save-sale';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { unconfirmed, usage } from '$lib/storage/usage';
import { v7 as newId } from 'uuid';
import type { Connectivity } from './connectivity.svelte';

/** What the register needs of the rest of the till. */
export type RegisterSurroundings = {
  readonly db: TillDb;
  readonly client: RelayClient;
  readonly connectivity: Connectivity;
  readonly policy: () => VerifiedPolicy | null;
  /** Who is signed in. */
  readonly operator: () => string | null;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  /** A sale was stored: balances, stock and the journal have moved. */
  readonly onsaved: () => void;
};

/** While a code is out the relay is asked how the message fares. */
const LOOK_EVERY_MS = 2_000;
const NOBODY: Standing = { owed: 0 as Money, points: 0 };

/** Where the cashier is: among the goods, or taking money. */
export type RegisterPlace = 'goods' | 'tender';

export class Register {
  readonly #around: RegisterSurroundings;
  #receipt = $state.raw<Receipt>(emptyReceipt(newId()));
  #checkout = $state.raw<Checkout>(NEW_CHECKOUT);
  #place = $state<RegisterPlace>('goods');
  #customer = $state.raw<Customer | null>(null);
  #standing = $state.raw<Standing>(NOBODY);
  #usage = $state.raw<OverrideUsage>(NOTHING_USED);
  #unconfirmed = $state.raw<Unconfirmed>(NOTHING_UNCONFIRMED);
  #draftTrouble = $state<StorageErrorKind | null>(null);
  #newest = $state<string | null>(null);
  #saved = $state.raw<{ number: number; pointsEarned: number } | null>(null);
  #looking: ReturnType<typeof setTimeout> | null = null;
  /** The state on disk has not been followed yet: at the start there was no policy to follow it under. */
  #waitsForPolicy = false;
  #storing = false;
  #writing: Promise<void> = Promise.resolve();

  readonly total: Money = $derived(receiptTotal(this.#receipt));
  readonly settlement: Settlement = $derived(settle(this.total, this.#receipt.tenders));
  readonly moved: Moved = $derived(movedBy(this.#receipt));

  constructor(around: RegisterSurroundings) {
    this.#around = around;
  }

  get receipt(): Receipt {
    return this.#receipt;
  }
  get checkout(): Checkout {
    return this.#checkout;
  }
  get place(): RegisterPlace {
    return this.#place;
  }
  /** The customer chosen, as stored now. */
  get customer(): Customer | null {
    return this.#customer;
  }
  /** What the customer owes and holds before this receipt. */
  get standing(): Standing {
    return this.#standing;
  }
  /** The line that was touched last. */
  get newestLine(): string | null {
    return this.#newest;
  }
  /** Why the open receipt could not be written to disk; null while it is safe there. */
  get draftTrouble(): StorageErrorKind | null {
    return this.#draftTrouble;
  }
  /** Of the sale just stored: its number, and the points it gave. */
  get saved(): { number: number; pointsEarned: number } | null {
    return this.#saved;
  }
  /** Nothing would be interrupted by a reload. */
  get idle(): boolean {
    const { kind } = this.#checkout;
    return this.#receipt.lines.length === 0 && (kind === 'tendering' || kind === 'saved');
  }
  /** A code is out, or a sale is on its way: the goods may not be touched without a word about it. */
  get confirming(): boolean {
    const { kind } = this.#checkout;
    return kind !== 'tendering' && kind !== 'saved';
  }

  /** How much more this customer may owe; null without a customer or policy. */
  readonly allowed: AllowedDebt | null = $derived.by(() => {
    const policy = this.#around.policy();
    if (!this.#customer || !policy) return null;
    return allowedDebt(this.#customer.credit, policy.credit.debtLimit, this.#standing.owed);
  });

  /** Points this receipt may take from this customer. */
  readonly redeemable: number = $derived.by(() => {
    const policy = this.#around.policy();
    if (!this.#customer || !policy) return 0;
    return redeemable(this.total, this.#standing.points, policy.points);
  });

  /** Whether `by` may go on without a code for the need that is open now. */
  overrideFor(by: string) {
    const policy = this.#around.policy();
    const state = this.#checkout;
    if (!policy || state.kind !== 'no-code') return null;
    return overrideAllowed(policy, by, state.need, usageWithin(state.got, this.#usage));
  }

  /** Takes up the receipt that was open when the till stopped, and the code it was waiting for. */
  async resume(): Promise<void> {
    const draft = await openDraft(this.#around.db);
    if (!draft) return;
    this.#receipt = draft.receipt;
    this.#place = draft.place;
    this.#checkout = draft.checkout;
    await this.refreshCustomer();
    this.#takeUp();
  }

  /** Somebody has signed in: a sale that was on its way to the disk when the till stopped needs a seller, and goes on. */
  operatorCame(): void {
    if (this.#waitsForPolicy) this.#takeUp();
    else if (this.#checkout.kind === 'saving') void this.#store();
  }

  #takeUp(): void {
    this.#waitsForPolicy = this.#around.policy() === null;
    if (!this.#waitsForPolicy) this.#happened({ kind: 'reloaded' });
  }

  /** Rings up goods; after a saved sale they begin the next receipt. */
  add(product: Product, name: string, quantity: Quantity): void {
    if (this.#checkout.kind === 'saved') this.startNew();
    const before = this.#receipt;
    this.#edit('lines', addProduct(before, { ...product, name }, quantity, newId()));
    const touched = this.#receipt.lines.find(
      (line) => line !== before.lines.find((old) => old.id === line.id),
    );
    this.#newest = touched?.id ?? this.#newest;
  }

  setQuantity(line: string, quantity: Quantity): void {
    this.#edit('lines', setQuantity(this.#receipt, line, quantity));
    this.#newest = line;
  }

  removeLine(line: string): void {
    this.#edit('lines', removeLine(this.#receipt, line));
  }

  /** Puts back what `removeLine` took. */
  putBack(receipt: Receipt): void {
    if (receipt.id === this.#receipt.id) this.#edit('lines', receipt);
  }

  async chooseCustomer(customer: string | null): Promise<void> {
    this.#edit('customer', chooseCustomer(this.#receipt, customer));
    // until the new one is read nobody is shown, and nothing is asked of the one before
    if (this.#receipt.customer !== this.#customer?.id) this.#nobody();
    await this.refreshCustomer();
  }

  /** Reads the customer again: a card or a balance may have changed under the receipt. */
  async refreshCustomer(): Promise<void> {
    const { db, now } = this.#around;
    const id = this.#receipt.customer;
    if (id === null) {
      this.#nobody();
      const used = await usage(db, now(), null);
      if (this.#receipt.customer === null) this.#usage = used;
      return;
    }
    const before = this.#customer;
    const [customer, held, used, open] = await Promise.all([
      customerById(db, id),
      standing(db, id),
      usage(db, now(), id),
      unconfirmed(db, id, now()),
    ]);
    if (id !== this.#receipt.customer) return;
    this.#customer = customer;
    this.#standing = held;
    this.#usage = used;
    this.#unconfirmed = open;
    const samePerson = before !== null && customer !== null && before.id === customer.id;
    if (samePerson && before.phone !== customer.phone) this.#voidBy('phone');
  }

  openTender(): void {
    if (this.#receipt.lines.length > 0) this.#go('tender');
  }
  closeTender(): void {
    if (!this.confirming) this.#go('goods');
  }

  setMoney(kind: MoneyTenderKind, amount: Money): void {
    this.#edit('tender', setTender(this.#receipt, { kind, amount }));
  }

  /** Redeems points; more than may be redeemed is cut to what may. */
  setPoints(points: number): void {
    const policy = this.#around.policy();
    if (!policy) return;
    const tender = pointsTender(Math.min(points, this.redeemable), policy.points);
    this.#edit('tender', setTender(this.#receipt, tender));
  }

  clearTenders(): void {
    this.#edit('tender', clearTenders(this.#receipt));
  }

  /** The main verb: asks for every code the policy wants, then stores. Refusals of money and customer are shown before, by the screen. */
  save(): void {
    const policy = this.#around.policy();
    if (!policy || this.#checkout.kind !== 'tendering') return;
    // the customer just chosen is still being read: there is nobody to ask yet
    if (this.#receipt.customer !== null && this.#customer === null) return;
    const { needs } = needsOf(policy, this.#receipt, this.#unconfirmed);
    const asks = needs.map((need) => ({ need, challenge: newId() }));
    this.#happened({ kind: 'save-asked', asks });
  }

  /** Passes the code on and forgets it. */
  async submitCode(code: string): Promise<void> {
    const state = this.#checkout;
    if (state.kind !== 'awaiting-code') return;
    const { challenge } = state;
    this.#happened({ kind: 'code-typed' });
    const reply = await this.#around.client.submitCode(challenge, code);
    this.#happened({ kind: 'checked', challenge, reply: asReply(reply) });
  }

  async resend(channel: Channel | null): Promise<void> {
    const state = this.#checkout;
    if (state.kind !== 'awaiting-code') return;
    const { challenge } = state;
    const reply = await this.#around.client.resend(challenge, channel);
    this.#happened({ kind: 'resent', challenge, reply: asReply(reply) });
  }

  codeDidNotArrive(): void {
    this.#happened({ kind: 'did-not-arrive' });
  }
  returnToCode(): void {
    this.#happened({ kind: 'returned-to-code' });
  }
  askAgain(): void {
    this.#happened({ kind: 'asked-again', challenge: newId() });
  }

  /** Goes on by right. `by` has signed in or given a PIN for this one act. */
  continueWithoutCode(by: string, because: OverrideReason, note: string | null): void {
    const state = this.#checkout;
    const askedBy = this.#around.operator();
    if (state.kind !== 'no-code' || askedBy === null) return;
    this.#happened({
      kind: 'overridden',
      usage: this.#usage,
      confirmation: {
        kind: 'override',
        action: state.need.action,
        askedBy,
        by,
        because,
        note,
        connectivity: this.#around.connectivity.fact(noCodeFact(state.because)),
      },
    });
  }

  /** Back to the money; a code that is out is called off. */
  cancel(): void {
    this.#happened({ kind: 'cancelled' });
  }

  retrySaving(): void {
    this.#happened({ kind: 'retried' });
  }

  /** After "saved", or to throw the open receipt away. */
  startNew(): void {
    // what is on its way to the disk cannot be thrown away
    if (this.#checkout.kind === 'saving') return;
    this.#callOff(this.#checkout.kind === 'saved' ? [] : challengesOf(this.#checkout));
    this.#receipt = emptyReceipt(newId());
    this.#checkout = NEW_CHECKOUT;
    this.#place = 'goods';
    this.#newest = null;
    this.#nobody();
    void this.#write();
  }

  #nobody(): void {
    this.#customer = null;
    this.#standing = NOBODY;
    this.#unconfirmed = NOTHING_UNCONFIRMED;
  }

  #go(place: RegisterPlace): void {
    this.#place = place;
    void this.#write();
  }

  #edit(what: VoidedBy, receipt: Receipt): void {
    if (receipt === this.#receipt) return;
    const { kind } = this.#checkout;
    // what is being written to disk, or is there, is not edited any more
    if (kind === 'saving' || kind === 'not-saved') return;
    if (kind === 'saved') return;
    this.#receipt = receipt;
    if (receipt.lines.length === 0) this.#place = 'goods';
    this.#voidBy(what);
    void this.#write();
  }

  #voidBy(what: VoidedBy): void {
    this.#happened({ kind: 'edited', what });
  }

  #happened(event: CheckoutEvent): void {
    const policy = this.#around.policy();
    if (!policy) return;
    const before = this.#checkout;
    const after = advance(before, event, policy);
    const resumed = event.kind === 'reloaded';
    if (after === before && !resumed) return;
    this.#checkout = after;
    const kept = after.kind === 'saved' ? challengesOf(before) : challengesOf(after);
    this.#callOff(challengesOf(before).filter((id) => !kept.includes(id)));
    void this.#follow(before, after, resumed);
  }

  /** The effect of having come to a state. */
  async #follow(before: Checkout, after: Checkout, resumed: boolean): Promise<void> {
    if (after.kind !== 'awaiting-code') this.#stopLooking();
    const asked = before.kind === 'sending' && after.kind === 'sending' && !resumed;
    switch (after.kind) {
      case 'sending':
        if (!asked || before.challenge !== after.challenge) await this.#request(after.challenge);
        return;
      case 'awaiting-code':
        this.#lookLater();
        if (before.kind !== 'awaiting-code') await this.#write();
        return;
      case 'saving':
        if (before.kind !== 'saving' || resumed) await this.#store();
        return;
      case 'saved':
        return;
      case 'no-code':
        // what the chip shows, and the journal will keep, should be as fresh as the refusal
        if (before.kind !== 'no-code') void this.#around.connectivity.ask();
        await this.#write();
        return;
      default:
        await this.#write();
    }
  }

  async #request(challenge: string): Promise<void> {
    // on disk before it leaves: a reload asks for the same challenge again, never for a second message
    await this.#write();
    const state = this.#checkout;
    if (state.kind !== 'sending' || state.challenge !== challenge) return;
    let request: ChallengeRequest | null;
    try {
      request = await this.#challengeRequest(state.need);
    } catch (error) {
      this.#draftTrouble = storageErrorKind(error);
      this.cancel();
      return;
    }
    if (!this.#isAbout(challenge)) return;
    if (!request) {
      // his card or his number is gone: there is nobody to ask, and a wait for it would never end
      this.#voidBy(this.#customer === null ? 'customer' : 'phone');
      return;
    }
    const reply = await this.#around.client.requestChallenge(challenge, request);
    // given up meanwhile: the call-off may have reached the relay before the request did
    if (!this.#isAbout(challenge)) this.#callOff([challenge]);
    this.#happened({ kind: 'answered', challenge, reply: asReply(reply) });
  }

  #isAbout(challenge: string): boolean {
    return challengesOf(this.#checkout).includes(challenge);
  }

  async #challengeRequest(
    need: Extract<Checkout, { kind: 'sending' }>['need'],
  ): Promise<ChallengeRequest | null> {
    const policy = this.#around.policy();
    const customer = this.#customer;
    if (!policy || !customer || customer.phone === null) return null;
    const { currency } = policy.shop;
    const deal = dealOf(this.#receipt, need.action, customer, need, currency);
    const balanceAfter =
      need.points === null
        ? toWire(add(this.#standing.owed, need.amount), currency)
        : { points: this.#standing.points - need.points };
    const { seq, hash, at } = await head(this.#around.db);
    return {
      action: need.action,
      receiptId: this.#receipt.id,
      customer: { id: customer.id, phone: customer.phone },
      amount: challengeAmountOf(need, currency),
      dealHash: await dealHash(deal),
      // a customer who has paid ahead owes less than nothing; the wire has no sign, and the text then no balance
      ...('minor' in balanceAfter && balanceAfter.minor < 0 ? {} : { balanceAfter }),
      channel: need.channel,
      journalHead: { seq, hash, at },
    };
  }

  #lookLater(): void {
    this.#stopLooking();
    this.#looking = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }
  #stopLooking(): void {
    if (this.#looking !== null) clearTimeout(this.#looking);
    this.#looking = null;
  }

  async #look(): Promise<void> {
    const state = this.#checkout;
    if (state.kind !== 'awaiting-code') return;
    const { challenge } = state;
    const view = asReply(await this.#around.client.challenge(challenge));
    if (view.kind !== 'unreachable') this.#happened({ kind: 'view-changed', challenge, view });
    if (this.#checkout.kind === 'awaiting-code') this.#lookLater();
  }

  async #store(): Promise<void> {
    const state = this.#checkout;
    const { db, now, operator, onsaved } = this.#around;
    const by = operator();
    if (state.kind !== 'saving' || by === null || this.#storing) return;
    this.#storing = true;
    try {
      await this.#write();
      const outcome = await saveSale(db, {
        receipt: this.#receipt,
        operator: by,
        at: now(),
        confirmations: confirmationsOf(state.got),
      });
      if (outcome.kind === 'refused') {
        this.#happened({ kind: 'sale-refused', because: outcome.because });
        return;
      }
      const { number, pointsEarned } = outcome.entry.body as SaleBody;
      this.#saved = { number, pointsEarned };
      this.#happened({ kind: 'stored', sale: outcome.sale.id });
      onsaved();
    } catch (error) {
      this.#happened({ kind: 'store-failed', because: storageErrorKind(error) });
    } finally {
      this.#storing = false;
    }
  }

  /** The relay forgets by itself too; this only spares the customer a code that leads nowhere. */
  #callOff(challenges: readonly string[]): void {
    for (const id of challenges) void this.#around.client.cancelChallenge(id);
  }

  /** One write at a time, the newest last. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      if (this.#checkout.kind === 'saved') return;
      try {
        await saveDraft(this.#around.db, {
          receipt: this.#receipt,
          place: this.#place,
          checkout: this.#checkout,
        });
        this.#draftTrouble = null;
      } catch (error) {
        this.#draftTrouble = storageErrorKind(error);
      }
    });
    return this.#writing;
  }

  /** For the screen: may the operator signed in do what this receipt contains. */
  operatorMay(right: Parameters<typeof may>[2]): boolean {
    const policy = this.#around.policy();
    const operator = this.#around.operator();
    invariant(policy !== null, 'a register works under a policy');
    return operator !== null && may(policy, operator, right);
  }
}

/** To the checkout, a refusal at the relay's gate is the same as no answer: no code can be sent now. */
function asReply<T extends { kind: string }>(
  reply: T,
): Exclude<T, { kind: GateKind }> | { kind: 'unreachable' } {
  return GATE.has(reply.kind as GateKind)
    ? { kind: 'unreachable' }
    : (reply as Exclude<T, { kind: GateKind }>);
}

type GateKind =
  | 'session-unknown'
  | 'unknown-till'
  | 'revoked'
  | 'elevation-needed'
  | 'no-right'
  | 'contract-mismatch'
  | 'malformed';

const GATE: ReadonlySet<GateKind> = new Set([
  'session-unknown',
  'unknown-till',
  'revoked',
  'elevation-needed',
  'no-right',
  'contract-mismatch',
  'malformed',
]);
