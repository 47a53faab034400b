// What a journal's entries come to, added up plainly from what was handed over and agreed.
// It uses no rule, no projection and none of the steps that an entry states itself.
import type { KnownEntry } from '$lib/contract/journal';

type Paying = { readonly kind: string; readonly amount: number };

/** A sum for each name. */
export class Sums {
  readonly #held = new Map<string, number>();

  add(name: string, amount: number): void {
    this.#held.set(name, this.get(name) + amount);
  }

  get(name: string): number {
    return this.#held.get(name) ?? 0;
  }

  /** Those that are not nothing. */
  get all(): Record<string, number> {
    return Object.fromEntries([...this.#held].filter(([, sum]) => sum !== 0).sort());
  }
}

/** Minor units, points, and thousandths of goods. */
export class PlainSums {
  /** By card. */
  readonly debt = new Sums();
  readonly points = new Sums();
  readonly purchases = new Sums();
  /** Price of goods of no sale that came back. */
  readonly ofNoSale = new Sums();
  readonly stock = new Sums();
  /** What is left of each debt, by the hash of the entry that made it. */
  readonly left = new Sums();
  /** What repayments earned on each debt. */
  readonly earned = new Sums();
  /** Money that came in for debts. */
  repaid = 0;
  /** What the drawer holds; at each opening what was counted, or left. */
  drawer = 0;

  take({ act, hash, body }: KnownEntry): void {
    switch (act) {
      case 'sale': {
        const { customer, total, rounding, tenders, changeDue, lines } = body;
        for (const { product, quantity } of lines)
          if (product !== null) this.stock.add(product, -quantity);
        this.drawer += inCash(tenders) - changeDue;
        if (customer === null) return;
        const worth = sumOf(tenders.filter(({ kind }) => kind === 'points'));
        const unpaid = total + rounding - sumOf(tenders) + changeDue;
        this.debt.add(customer, unpaid);
        this.left.add(hash, unpaid);
        this.purchases.add(customer, total - worth);
        for (const each of tenders)
          if (each.kind === 'points') this.points.add(customer, -each.points);
        this.points.add(customer, body.pointsEarned);
        return;
      }
      case 'return': {
        const { customer, sale, lines, refunds, debtReduced, settles } = body;
        for (const { product, quantity, to } of lines)
          if (to === 'stock' && product !== null) this.stock.add(product, quantity);
        this.drawer -= inCash(refunds);
        if (customer === null) return;
        this.debt.add(customer, -debtReduced);
        this.points.add(customer, body.pointsGivenBack - body.pointsTakenBack);
        this.purchases.add(customer, body.pointsGivenBack * body.pointValue - body.total);
        this.#takeOff(settles);
        // as if the shop had paid for the goods, and the customer their debt with that
        if (sale !== null) return;
        this.ofNoSale.add(customer, body.total);
        this.repaid += debtReduced;
        return;
      }
      case 'repayment': {
        const { customer, amount, tenders, changeDue, settles, earned } = body;
        this.drawer += inCash(tenders) - changeDue;
        this.repaid += sumOf(tenders) - changeDue;
        this.debt.add(customer, -amount);
        this.#takeOff(settles);
        for (const { debt, points } of earned) {
          this.points.add(customer, points);
          this.earned.add(debt, points);
        }
        return;
      }
      case 'repayment-cancelled': {
        const { customer, amount, refunds, settles, takenBack, withheld } = body;
        this.drawer -= inCash(refunds);
        this.repaid -= sumOf(refunds) + withheld.amount;
        this.debt.add(customer, amount);
        this.#takeOff(settles, -1);
        this.points.add(customer, withheld.points);
        for (const { debt, points } of takenBack) {
          this.points.add(customer, -points);
          this.earned.add(debt, -points);
        }
        return;
      }
      case 'balance-corrected': {
        const { customer, account, delta, settles } = body;
        this[account].add(customer, delta);
        if (account === 'points') return;
        this.#takeOff(settles);
        if (delta > 0) this.left.add(hash, delta);
        return;
      }
      case 'cash-moved':
        this.drawer += body.direction === 'in' ? body.amount : -body.amount;
        return;
      case 'shift-opened':
        this.drawer = body.float;
        return;
      case 'shift-closed':
        this.drawer = body.left;
        return;
      default:
    }
  }

  #takeOff(
    settles: readonly { readonly debt: string; readonly amount: number }[],
    sign: 1 | -1 = 1,
  ): void {
    for (const { debt, amount } of settles) this.left.add(debt, -sign * amount);
  }
}

export const sumOf = (parts: readonly Pick<Paying, 'amount'>[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0);

export const inCash = (parts: readonly Paying[]): number =>
  sumOf(parts.filter(({ kind }) => kind === 'cash'));
