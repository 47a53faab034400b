// The receipt being rung up: its lines, its customer and its tenders.
import type { Operator } from '$lib/contract/policy';
import { allowanceOf, debtOver, type Allowance } from '$lib/domain/customers/allowance';
import type { Customer, Standing } from '$lib/domain/customers/customer';
import type { VoidedBy } from '$lib/domain/consent/checkout-state';
import { movedBy, type Moved } from '$lib/domain/consent/confirmation';
import { pointsFor, pointsTender, redeemable } from '$lib/domain/customers/loyalty';
import { settleRules } from '$lib/domain/receipt/discount-rules';
import {
  reductionRefused,
  type Priced,
  type ReductionRefusal,
} from '$lib/domain/receipt/discounts';
import { leftOf, sum, ZERO, type Money } from '$lib/domain/values/money';
import { may } from '$lib/domain/policy/policy';
import type { Product } from '$lib/domain/goods/product';
import type { Quantity } from '$lib/domain/values/quantity';
import {
  addLabelled,
  addMarked,
  addProduct,
  addUnlisted,
  ageToAsk,
  allowDiscounts,
  chooseCustomer,
  confirmAge,
  emptyReceipt,
  hasPiece,
  isUntouched,
  putLineBack,
  pricesOf,
  removeLine,
  renameLines,
  repriced,
  setQuantity,
  setNoCash,
  setTender,
  tenderOf,
  type Labelled,
  type Receipt,
  type Unlisted,
} from '$lib/domain/receipt/receipt';
import { inCash, payableInCash, type CashRounding } from '$lib/domain/values/cash-rounding';
import {
  isCharged,
  settle,
  type MoneyTenderKind,
  type Settlement,
} from '$lib/domain/values/settlement';
import { openDraft, type Draft } from '$lib/storage/sales/drafts';
import { v7 as newId } from 'uuid';
import { RegisterCheckout } from './checkout.svelte';
import { RegisterCustomer } from './customer.svelte';
import type { NotAllowed, OpenReceipt, RegisterDeps } from './deps';
import { RegisterDraft } from './draft.svelte';
import { HeldReceipts, newDraft, type CancelOutcome } from './held.svelte';

/** The view the cashier is in. */
export type RegisterPlace = 'goods' | 'tender';

/** Why tenders were removed from the receipt. */
export type TendersDropped = { readonly because: 'emptied' | 'customer' | 'given-up' };

export class Register implements OpenReceipt {
  readonly #deps: RegisterDeps;
  #receipt = $state.raw<Receipt>(emptyReceipt(newId()));
  #place = $state<RegisterPlace>('goods');
  #newest = $state<string | null>(null);
  #tendersDropped = $state.raw<TendersDropped | null>(null);
  /** The customer of the receipt. */
  readonly whose: RegisterCustomer;
  readonly draft: RegisterDraft;
  /** The checkout, from "Save" to "saved". */
  readonly checkout: RegisterCheckout;
  /** Held receipts, and cancelled ones that are opened again. */
  readonly held: HeldReceipts;

  readonly #cashRounding: CashRounding = $derived.by(
    () => this.#deps.policy()?.cashRounding ?? null,
  );
  /** What each line costs, by its id. */
  readonly prices: ReadonlyMap<string, Priced> = $derived.by(() => {
    const prices = pricesOf(this.#receipt);
    // the map never changes: each receipt gets a new one
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    return new Map(
      this.#receipt.lines.flatMap(({ id }, place) => {
        const price = prices[place];
        return price === undefined ? [] : [[id, price] as const];
      }),
    );
  });
  readonly total: Money = $derived(sum([...this.prices.values()].map(({ total }) => total)));
  readonly settlement: Settlement = $derived(
    settle(this.total, this.#receipt.tenders, this.#cashRounding),
  );
  readonly moved: Moved = $derived(movedBy(this.#receipt, this.#cashRounding));

  constructor(deps: RegisterDeps) {
    this.#deps = deps;
    this.whose = new RegisterCustomer(deps);
    this.checkout = new RegisterCheckout(deps, this);
    this.draft = new RegisterDraft(deps.db, () => {
      return this.checkout.current.kind === 'saved' ? null : this.#asDraft();
    });
    this.held = new HeldReceipts(deps, {
      draft: this.draft,
      receipt: () => this.#receipt,
      asDraft: () => this.#asDraft(),
      show: (draft) => this.#show(draft),
      isUnderWay: () => this.checkout.underWay,
      isClosing: () => this.checkout.closing,
      dropCodes: (draft) => this.checkout.dropCodesOf(draft),
    });
  }

  /** The receipt is sold: the next goods start another one. */
  get #isSold(): boolean {
    return this.checkout.current.kind === 'saved';
  }

  get receipt(): Receipt {
    return this.#receipt;
  }
  get place(): RegisterPlace {
    return this.#place;
  }
  /** The chosen customer, as stored now. */
  get customer(): Customer | null {
    return this.whose.card;
  }
  /** The customer's balances before this receipt. */
  get standing(): Standing {
    return this.whose.standing;
  }
  /** The line changed last. */
  get newestLine(): string | null {
    return this.#newest;
  }
  /** Tenders were removed from the receipt and the message was not shown yet. */
  get tendersDropped(): TendersDropped | null {
    return this.#tendersDropped;
  }
  tendersDroppedSeen(): void {
    this.#tendersDropped = null;
  }
  /** Whether a reload would interrupt nothing. */
  get idle(): boolean {
    return this.#receipt.lines.length === 0 && !this.checkout.underWay;
  }

  /** What this customer may take on account and redeem, and the limiting rules; null without a customer or policy. */
  readonly allowed: Allowance | null = $derived.by(() => {
    const policy = this.#deps.policy();
    const { card: customer, standing, unconfirmed, confirmedToday, disputed } = this.whose;
    if (!customer || !policy) return null;
    return allowanceOf({
      policy,
      customer,
      standing,
      unconfirmed,
      confirmedToday,
      disputed,
      number: this.whose.number,
      now: this.#deps.now(),
    });
  });

  /** What this receipt exceeds regardless of the operator's rights; null: nothing. */
  readonly notAllowed: NotAllowed | null = $derived.by(() => {
    const policy = this.#deps.policy();
    const operator = this.#deps.operator();
    const { allowed } = this;
    if (allowed === null || !policy) return null;
    const { points } = allowed;
    if (points !== null && this.moved.points > points.amount)
      return { action: 'redeem-points', limit: points };
    const mayOver = operator !== null && may(policy, operator, 'sell-over-limit');
    const limit = debtOver(allowed, this.moved.onAccount, { mayOver });
    return limit === null ? null : { action: 'sell-on-account', limit };
  });

  /** The debt exceeds the limit, and the operator's right allows it. */
  readonly overByRight: boolean = $derived.by(() => {
    const { allowed } = this;
    if (allowed === null || this.notAllowed !== null) return false;
    return debtOver(allowed, this.moved.onAccount, { mayOver: false }) !== null;
  });

  /** Points this customer may redeem for this receipt. */
  readonly redeemable: number = $derived.by(() => {
    const policy = this.#deps.policy();
    if (!this.customer || !policy) return 0;
    const most = redeemable(this.total, this.standing.points, policy.points);
    return Math.min(most, this.allowed?.points?.amount ?? most);
  });

  /** Points that cover the amount left open by the other tenders, as far as they may be redeemed. */
  readonly pointsToOffer: number = $derived.by(() => {
    const policy = this.#deps.policy();
    if (!policy) return 0;
    const others = this.#receipt.tenders.filter(({ kind }) => kind !== 'points');
    const open = leftOf(this.total, sum(others.map(({ amount }) => amount)));
    return Math.min(this.redeemable, pointsFor(open, policy.points));
  });

  /** What the other tenders leave to pay: the exact amount, and the amount rounded for cash. */
  readonly open: { readonly exact: Money; readonly cash: Money } = $derived.by(() => {
    const others = this.#receipt.tenders.filter(({ kind }) => kind !== 'cash');
    const exact = leftOf(this.total, sum(others.map(({ amount }) => amount)));
    return { exact, cash: inCash(exact, this.#cashRounding) };
  });

  /** Continues the receipt that was open when the till stopped, with its checkout. */
  async resume(): Promise<void> {
    const draft = await openDraft(this.#deps.db);
    await this.held.read();
    // nobody has begun it, and a copy of this browser's profile on another device has the same one
    if (!draft || isUntouched(draft.receipt)) return;
    this.#receipt = draft.receipt;
    this.#place = draft.place;
    this.whose.choose(draft.receipt.customer);
    await this.readCustomer();
    this.askAllowance();
    this.checkout.resume(draft);
  }

  /** Adds goods; after a saved sale this starts the next receipt. */
  add(product: Product, name: string, quantity: Quantity): void {
    if (this.#isSold) this.startNew();
    this.#add((receipt) => addProduct(receipt, { ...product, name }, quantity, newId()));
  }

  /** Adds one piece with its marking code, which must not be in the receipt yet. */
  addMarked(product: Product, name: string, code: string): void {
    if (this.#isSold) this.startNew();
    this.#add((receipt) => addMarked(receipt, { ...product, name }, code, newId()));
  }

  /** Adds the goods of a scale's label. */
  addLabelled(product: Product, name: string, label: Labelled): void {
    if (this.#isSold) this.startNew();
    this.#add((receipt) => addLabelled(receipt, { ...product, name }, label, newId()));
  }

  /**
   * Adds goods that are not in the catalogue, if the operator may sell at a typed price or `allowedBy`, a colleague who entered
   * their PIN, may. Returns the reason of a refusal.
   */
  addUnlisted(goods: Unlisted, allowedBy: string | null = null): ReductionRefusal | null {
    const add = (receipt: Receipt) => addUnlisted(receipt, goods, newId());
    const allowed = this.#allowed(add(this.#forGoods), allowedBy);
    if (allowed.kind === 'refused') return allowed.because;
    if (this.#isSold) this.startNew();
    this.#add((receipt) => allowed.mark(add(receipt)));
    return null;
  }

  /** Whether anybody of the shop may sell goods that are not in the catalogue. */
  get mayBeUnlisted(): boolean {
    const policy = this.#deps.policy();
    if (!policy) return false;
    return policy.operators.some(({ id, active }) => active && may(policy, id, 'free-price'));
  }

  /** Colleagues who may allow these goods. */
  mayAllowUnlisted(goods: Unlisted): readonly Operator[] {
    return this.mayAllow((receipt) => addUnlisted(receipt, goods, ''));
  }

  /** The receipt that the next goods join. */
  get #forGoods(): Receipt {
    return this.#isSold ? emptyReceipt('') : this.#receipt;
  }

  /** Whether the piece with this marking code is in the open receipt. */
  hasPiece(code: string): boolean {
    return !this.#isSold && hasPiece(this.#receipt, code);
  }

  #add(add: (receipt: Receipt) => Receipt): void {
    const before = this.#receipt;
    const after = add(before);
    this.#edit('lines', after);
    // automatic discounts may have changed other lines as well
    const touched = after.lines.find(
      (line) => line !== before.lines.find((old) => old.id === line.id),
    );
    if (this.#receipt !== before) this.#newest = touched?.id ?? this.#newest;
  }

  /** The age that the operator has to confirm before these goods are added, in years; null: none. */
  ageToAsk(goods: Pick<Product, 'askAge'>): number | null {
    return ageToAsk(this.#forGoods, goods);
  }

  /** Records, for the open receipt, that the operator confirmed this age of the customer. */
  confirmAge(age: number): void {
    const by = this.#deps.operator();
    if (by === null) return;
    if (this.#isSold) this.startNew();
    if (this.checkout.closing) return;
    // no code was given for an age, so none becomes void
    this.#receipt = confirmAge(this.#receipt, { age, by });
    void this.draft.write();
  }

  /** Within how many days the amount on account is to be paid; null: as the policy says. */
  setDueDays(dueDays: number | null): void {
    // no code was given for the term, so none becomes void
    if (this.checkout.closing || this.#isSold) return;
    this.#receipt = { ...this.#receipt, dueDays };
    void this.draft.write();
  }

  setQuantity(line: string, quantity: Quantity): void {
    this.#edit('lines', setQuantity(this.#receipt, line, quantity));
    this.#newest = line;
  }

  /**
   * Applies discounts and custom prices. If they exceed what the operator may give, nothing changes, unless `allowedBy`, a
   * colleague who entered their PIN, may give them. Returns the reason of a refusal.
   */
  reduce(
    change: (receipt: Receipt) => Receipt,
    allowedBy: string | null = null,
  ): ReductionRefusal | null {
    const next = change(this.#receipt);
    const allowed = this.#allowed(next, allowedBy);
    if (allowed.kind === 'refused') return allowed.because;
    this.#edit('lines', allowed.mark(next));
    return null;
  }

  /** Whether the operator, or else `allowedBy`, may give what a receipt has by hand. `mark` records the colleague's permission. */
  #allowed(
    next: Receipt,
    allowedBy: string | null,
  ):
    | { readonly kind: 'allowed'; readonly mark: (receipt: Receipt) => Receipt }
    | { readonly kind: 'refused'; readonly because: ReductionRefusal } {
    const because = this.#reductionRefused(next, this.#deps.operator() ?? '');
    if (because === null) return { kind: 'allowed', mark: (receipt) => receipt };
    // a PIN allows one change: a colleague who allowed an earlier change has not seen this one
    if (allowedBy === null || this.#reductionRefused(next, allowedBy) !== null)
      return { kind: 'refused', because };
    return { kind: 'allowed', mark: (receipt) => allowDiscounts(receipt, allowedBy) };
  }

  /** Removes a discount or custom price. Nobody has to allow that. */
  unreduce(change: (receipt: Receipt) => Receipt): void {
    this.#edit('lines', change(this.#receipt));
  }

  /** Colleagues who may allow the change. */
  mayAllow(change: (receipt: Receipt) => Receipt): readonly Operator[] {
    const next = change(this.#forGoods);
    const own = this.#deps.operator();
    const operators = this.#deps.policy()?.operators ?? [];
    return operators.filter(
      ({ id, active }) => active && id !== own && this.#reductionRefused(next, id) === null,
    );
  }

  #reductionRefused({ lines, discount }: Receipt, by: string): ReductionRefusal | null {
    const policy = this.#deps.policy();
    return policy ? reductionRefused(policy, by, lines, discount) : null;
  }

  /** Removes a line. If it is the last one, the receipt is cancelled instead, and the next receipt has the same customer. */
  async removeLine(line: string): Promise<CancelOutcome | null> {
    const receipt = removeLine(this.#receipt, line);
    if (receipt.lines.length === 0 && this.#receipt.lines.length > 0) {
      const next = newDraft();
      const emptied = { ...next, receipt: { ...next.receipt, customer: receipt.customer } };
      return this.#cancel(emptied, 'emptied');
    }
    this.#edit('lines', receipt);
    return null;
  }

  /** Sells the goods at these prices, keyed by product. */
  reprice(prices: ReadonlyMap<string, Money>): void {
    this.#edit('lines', repriced(this.#receipt, prices));
  }

  /** Renames the lines of the open receipt after the screen language has changed. `names`: by product. */
  rename(names: Readonly<Record<string, string>>): void {
    if (this.checkout.closing) return;
    this.#receipt = renameLines(this.#receipt, names);
    void this.draft.write();
  }

  /** Restores a line that `removeLine` removed, as it is in `before`. Tenders removed with it are not restored. */
  putBack(before: Receipt, line: string): void {
    if (before.id === this.#receipt.id)
      this.#edit('lines', putLineBack(this.#receipt, before, line));
  }

  async chooseCustomer(customer: string | null): Promise<void> {
    this.#edit('customer', chooseCustomer(this.#receipt, customer));
    this.whose.choose(this.#receipt.customer);
    await this.refreshCustomer();
    // the card was read after the customer was chosen
    this.settleRules();
  }

  /** Reads the customer again, because the card or a balance may have changed. */
  async refreshCustomer(): Promise<void> {
    await this.readCustomer();
    this.askAllowance();
  }

  /** Reads the customer again without asking the relay, because the change came from the relay. */
  async readCustomer(): Promise<void> {
    const change = await this.whose.read();
    if (change.kind === 'phone-changed') this.checkout.voidBy('phone');
    // a sale that is being saved is refused instead
    if (change.kind === 'forgotten' && !this.checkout.closing) await this.chooseCustomer(null);
    if (change.kind === 'merged' && !this.checkout.closing) await this.#chooseAccount(change.into);
    // during payment the total stays the same
    if (this.#place === 'goods') this.settleRules();
  }

  /** The customer's card was merged into this one. It is the same person, so the tenders stay. */
  async #chooseAccount(into: string): Promise<void> {
    this.#edit('customer', { ...this.#receipt, customer: into });
    this.whose.choose(into);
    await this.refreshCustomer();
    this.#settleShown();
  }

  /** Asks the relay in the background what it allows the customer's number, because the answer may have changed. */
  askAllowance(): void {
    void this.whose.askAllowance(this.#receipt.id);
  }

  openTender(): void {
    if (this.#receipt.lines.length === 0) return;
    this.settleRules();
    // typed before the payment was left: nobody knows any more what the customer gives now
    if (this.#place === 'goods' && tenderOf(this.#receipt, 'cash') !== null)
      this.setMoney('cash', ZERO);
    this.#go('tender');
    // the receipt may have been open for hours
    this.askAllowance();
  }
  closeTender(): void {
    if (!this.checkout.underWay) this.#go('goods');
  }

  /** Cash counts in whole steps of the rounding. */
  setMoney(kind: MoneyTenderKind, amount: Money): void {
    const counted = kind === 'cash' ? this.countedInCash(amount) : amount;
    this.#edit('tender', setTender(this.#receipt, { kind, amount: counted }));
  }

  /** Cash was asked for, and rounding leaves nothing to give. */
  roundOff(): void {
    this.#edit('tender', setNoCash(this.#receipt));
  }

  /** The part of an amount in cash that counts. */
  countedInCash(amount: Money): Money {
    return payableInCash(amount, this.#cashRounding);
  }

  /** Redeems points; capped at what may be redeemed. */
  setPoints(points: number): void {
    const policy = this.#deps.policy();
    if (!policy) return;
    const tender = pointsTender(Math.min(points, this.redeemable), policy.points);
    this.#edit('tender', setTender(this.#receipt, tender));
  }

  /**
   * Settles the automatic discounts again, by the current policy, time and customer. Does nothing while a code is awaited or
   * the sale is being stored, because the cashier has named the total to the customer.
   */
  settleRules(): void {
    if (this.checkout.underWay || this.checkout.closing) return;
    const settled = this.#withRules(this.#receipt);
    if (settled.rules === null && this.#receipt.rules === null) return;
    this.#receipt = settled;
    void this.draft.write();
  }

  #withRules(receipt: Receipt): Receipt {
    const policy = this.#deps.policy();
    return policy === null
      ? receipt
      : settleRules(receipt, policy, this.#deps.now(), this.whose.facts);
  }

  /** The policy has changed. */
  policyChanged(): void {
    this.checkout.policyChanged();
    this.#settleShown();
  }

  /** Settles the automatic discounts again. During payment, the screen points out a new total. */
  #settleShown(): void {
    if (this.#place === 'tender') this.checkout.settlesTotal();
    else this.settleRules();
  }

  /** After "saved", or to discard the open receipt. */
  startNew(): void {
    // a sale being stored cannot be discarded
    if (this.checkout.current.kind === 'saving') return;
    const isSaved = this.checkout.current.kind === 'saved';
    if (!isSaved && this.#receipt.tenders.length > 0)
      this.#tendersDropped = { because: 'given-up' };
    this.checkout.startNew();
    this.#receipt = emptyReceipt(newId());
    this.#place = 'goods';
    this.#newest = null;
    this.whose.choose(null);
    void this.draft.write();
  }

  /** Cancels the receipt, with an entry in the journal, and begins the next one. */
  async cancel(): Promise<CancelOutcome> {
    return this.#cancel(newDraft(), 'given-up');
  }

  async #cancel(next: Draft, because: TendersDropped['because']): Promise<CancelOutcome> {
    const outcome = await this.held.cancelOpen(next);
    if (outcome.kind === 'done' && outcome.cancelled.receipt.tenders.length > 0)
      this.#tendersDropped = { because };
    return outcome;
  }

  /** The receipt as a draft to put on hold; a new receipt if it is sold. */
  #asDraft(): Draft {
    const { current: checkout, askedBy, wasUnderWay } = this.checkout;
    if (checkout.kind === 'saved') return newDraft();
    const place = this.#place;
    // the payment's edits write it, so that a save needs no write of its own
    const begun = wasUnderWay || place === 'tender';
    return { receipt: this.#receipt, place, checkout, askedBy, begun };
  }

  #show(draft: Draft): void {
    const { receipt, place } = draft;
    this.checkout.putAside();
    this.#receipt = receipt;
    this.#place = place;
    this.#newest = receipt.lines.at(-1)?.id ?? null;
    this.whose.choose(receipt.customer);
    this.checkout.show(draft);
    const takeUp = () => {
      // another receipt may have been opened while the customer was being read
      if (this.#receipt.id !== receipt.id) return;
      this.checkout.takeUp();
      // discounts that applied when it was put on hold may not apply now
      this.settleRules();
    };
    if (receipt.customer === null) takeUp();
    else void this.refreshCustomer().then(takeUp);
  }

  #go(place: RegisterPlace): void {
    this.#place = place;
    void this.draft.write();
  }

  /** Points given for more goods take what still fits; card and transfer stay, because that money has moved. */
  #lowerPoints(): void {
    const policy = this.#deps.policy();
    const given = tenderOf(this.#receipt, 'points');
    if (policy === null || given === null || this.customer === null) return;
    const charged = sum(this.#receipt.tenders.filter(isCharged).map(({ amount }) => amount));
    const fitting = pointsFor(leftOf(this.total, charged), policy.points);
    const points = Math.min(given.points, this.redeemable, fitting);
    if (points < given.points)
      this.#receipt = setTender(this.#receipt, pointsTender(points, policy.points));
  }

  #edit(what: VoidedBy, receipt: Receipt): void {
    if (receipt === this.#receipt || this.checkout.closing) return;
    if (what !== 'tender' && receipt.tenders.length < this.#receipt.tenders.length)
      this.#tendersDropped = { because: what === 'customer' ? 'customer' : 'emptied' };
    this.#receipt = what === 'tender' ? receipt : this.#withRules(receipt);
    if (what === 'lines') this.#lowerPoints();
    if (receipt.lines.length === 0) this.#place = 'goods';
    this.checkout.voidBy(what);
    void this.draft.write();
  }
}
