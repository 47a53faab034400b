// A till that keeps the product's rules, for laws about honest journals.
// Makes its acts by the product's `decide`, knowing only its own journal.
import { USUAL_TAX } from '$lib/domain/goods/product';
import { v7 as uuidv7 } from 'uuid';
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf, Entry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import { foldBalances, NOTHING_OWED, unconfirmedOf, within } from '$lib/domain/customers/account';
import { needsOf } from '$lib/domain/consent/confirmation';
import { NO_SEALED_DETAILS, type Customer } from '$lib/domain/customers/customer';
import { pointsTender } from '$lib/domain/customers/loyalty';
import { NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import { DAY_MS } from '$lib/domain/values/durations';
import { money } from '$lib/domain/values/money';
import { usageOf, type GivenOverride } from '$lib/domain/consent/override';
import type { Phone } from '$lib/domain/values/phone';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { ONE } from '$lib/domain/values/quantity';
import { emptyReceipt, type Receipt } from '$lib/domain/receipt/receipt';
import { decideDispute, decideSettled } from '$lib/domain/acts/customers/dispute';
import { decideSale, earnsOf } from '$lib/domain/acts/money/sale';
import { decideReviewed } from '$lib/domain/acts/customers/unconfirmed-reviewed';
import { approvalOf, CARD_SALT, type TillJournal } from './till-journal';

/** A request to the till, which refuses it if its rules forbid it. */
export type Wish = {
  readonly customer: string;
  readonly operator: string;
  /** The operator whose right allows the sale without a code, if one is required. */
  readonly by: string;
  readonly price: number;
  readonly cash: number;
  readonly points: number;
};

type Done = { readonly at: number; readonly customer: string; readonly confirmation: Confirmation };

export class HonestTill {
  /** The till's knowledge of the shop; does not change while it is offline. */
  policy: VerifiedPolicy;
  /** The sales made. */
  sales = 0;
  readonly journal: TillJournal;
  readonly #now: () => number;
  readonly #cards = new Map<string, Credit>();
  readonly #steps: { customer: string; account: 'debt' | 'points'; delta: number }[] = [];
  readonly #done: Done[] = [];
  readonly #sold: { readonly customer: string; readonly entry: Entry; readonly earns: number }[] =
    [];
  #disputes: { readonly customer: string; readonly hash: string; readonly about: Entry }[] = [];

  constructor(journal: TillJournal, policy: Policy, now: () => number) {
    this.journal = journal;
    this.policy = policy as VerifiedPolicy;
    this.#now = now;
  }

  async saveCard(customer: string, credit: Credit, operator: string): Promise<void> {
    const body = { customer, recordHash: 'a'.repeat(64), credit };
    const policy = this.policy.version;
    await this.journal.add({ act: 'customer-saved', body, operator, policy });
    this.#cards.set(customer, credit);
  }

  /** Saves the card again with the same credit, as after a change of the name or a first number. */
  async saveCardAgain(customer: string, operator: string): Promise<void> {
    const credit = this.#cards.get(customer);
    if (credit !== undefined) await this.saveCard(customer, credit, operator);
  }

  /** Imports the customer with a debt, minor units, and points. */
  async importCustomer(
    customer: string,
    { owed, points }: { owed: number; points: number },
    operator: string,
  ): Promise<void> {
    const credit = { kind: 'shop-limit' } as const;
    const none = { kind: 'none', action: 'sell-on-account', because: 'import' } as const;
    const accounts: AccountEntry[] = [
      { customer, account: 'debt', delta: owed },
      { customer, account: 'points', delta: points },
    ];
    const body: BodyOf<'customers-imported'> = {
      source: 'file',
      customers: [{ customer, recordHash: 'a'.repeat(64), credit }],
      accounts,
      confirmations: [{ ...none, amount: owed }],
      approval: await approvalOf(this.journal.till, accounts, operator),
    };
    const policy = this.policy.version;
    await this.journal.add({ act: 'customers-imported', body, operator, policy });
    this.#cards.set(customer, credit);
    this.#keep(customer, body);
  }

  async sell({ customer: id, operator, by, price, cash, points }: Wish): Promise<void> {
    const at = this.#now();
    const { policy } = this;
    const credit = this.#cards.get(id);
    if (credit === undefined) throw new Error('no such card');
    if (this.#disputes.some(({ customer }) => customer === id)) return;
    const customer: Customer = {
      id,
      name: 'Анна',
      phone: '+79250000602' as Phone,
      credit,
      ...NO_SEALED_DETAILS,
      persons: [],
      phoneSince: null,
      cardSalt: CARD_SALT,
      salt: '',
      savedAt: at,
    };
    const receipt: Receipt = {
      ...emptyReceipt(uuidv7()),
      customer: id,
      lines: [
        {
          id: 'line',
          product: uuidv7(),
          name: 'хлеб',
          barcode: null,
          unit: 'piece',
          quantity: ONE,
          unitPrice: money(price),
          listPrice: money(price),
          priceFrom: 'list',
          noDiscounts: false,
          askAge: null,
          mark: null,
          tax: USUAL_TAX,
          category: null,
          discount: NO_DISCOUNT,
          offers: [],
        },
      ],
      tenders: [
        ...(cash > 0 ? [{ kind: 'cash', amount: money(cash) } as const] : []),
        ...(points > 0 ? [pointsTender(points, policy.points)] : []),
      ],
    };
    const unconfirmed30d = unconfirmedOf(
      this.#done.filter(({ customer }) => customer === id),
      at,
    );
    const overrides = this.#done.flatMap(({ at: then, customer: of, confirmation }) =>
      confirmation.kind === 'override'
        ? [{ at: then, customer: of, amount: money(confirmation.amount) }]
        : [],
    );
    const closed = decideSale({
      receipt,
      policy,
      till: this.journal.till.id,
      number: this.sales + 1,
      operator,
      at,
      customer,
      standing: foldBalances(this.#steps).get(id) ?? NOTHING_OWED,
      usage: usageOf(overrides, at, new Set([id])),
      unconfirmed30d,
      disputed: false,
      earnedToday: this.#sold
        .filter(({ customer, entry }) => customer === id && within(entry.at, at, DAY_MS))
        .reduce((sum, { earns }) => sum + earns, 0),
      confirmations: needsOf(policy, receipt, unconfirmed30d).needs.map(
        ({ action }): GivenOverride => ({
          kind: 'override',
          action,
          askedBy: operator,
          by,
          because: 'provider-failed',
          note: null,
          connectivity: {
            state: 'provider-unavailable',
            relayAt: at,
            providerAt: null,
            noCodeBecause: 'refused:no-money',
          },
        }),
      ),
      dealHashes: {},
      grantsUsed: new Set(),
      piecesSold: new Set(),
      customerFacts: null,
    });
    if (closed.kind === 'refused') return;
    this.sales += 1;
    const entry = await this.journal.sale(closed.body, { operator, policy: policy.version });
    this.#sold.push({ customer: id, entry, earns: earnsOf(closed.body) });
    this.#keep(id, closed.body);
  }

  /** Disputes the newest sale, closes the oldest dispute or reviews the newest sale, if the rules allow it. */
  async review(kind: 'dispute' | 'close' | 'review', operator: string): Promise<void> {
    const { policy } = this;
    const by = { policy, operator };
    const made = { operator, policy: policy.version };
    const [sold, open] = [this.#sold.at(-1), this.#disputes[0]];
    if (kind === 'dispute' && sold !== undefined) {
      const of = { customer: sold.customer, about: sold.entry.hash, note: null };
      const decided = decideDispute({ ...by, ...of });
      if (decided.kind === 'refused') return;
      const { hash } = await this.journal.add({ ...made, act: 'dispute', body: decided.body });
      this.#disputes.push({ customer: sold.customer, hash, about: sold.entry });
    }
    if (kind === 'close' && open !== undefined) {
      const decided = decideSettled({
        ...by,
        customer: open.customer,
        about: [open.hash],
        outcome: 'stands',
        note: 'asked',
        customers: [open.customer],
        elsewhere: [],
        disputed: [open.about],
      });
      if (decided.kind === 'refused') return;
      await this.journal.add({ ...made, act: 'settled', body: decided.body });
      this.#disputes = this.#disputes.slice(1);
    }
    if (kind === 'review' && sold !== undefined) {
      const entries = [sold.entry.hash];
      const disputed = this.#disputes.flatMap(({ about }) => about.hash);
      const decided = decideReviewed({
        ...by,
        entries,
        reviewed: [sold.entry],
        disputed: disputed.filter((hash) => entries.includes(hash)),
      });
      if (decided.kind === 'refused') return;
      await this.journal.add({ ...made, act: 'unconfirmed-reviewed', body: decided.body });
    }
  }

  #keep(
    customer: string,
    { accounts, confirmations }: Pick<BodyOf<'sale'>, 'accounts' | 'confirmations'>,
  ): void {
    const at = this.#now();
    this.#steps.push(...accounts);
    this.#done.push(...confirmations.map((confirmation) => ({ at, customer, confirmation })));
  }
}
