// Finds the acts of an entry that were done by right, without the customer's consent. Pure.
// Overrides are not included: the customer gets a notice of each.
import type { Credit } from '$lib/contract/acts/customer';
import type { GoodsTold } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { rightForCredit } from '$lib/domain/acts/customers/customer-saved';
import { earned } from '$lib/domain/customers/loyalty';
import { money } from '$lib/domain/values/money';
import type { ByRight } from '$lib/domain/messages/right-message';
import { isGivingBack } from './consents';
import type { Original } from './entry-reading';

/** The credit on a customer's card by the entries of one device, and by those of all; null: no card is known. */
export type CreditKnown = { readonly here: Credit | null; readonly inShop: Credit | null };

export type Known = {
  /** The policy the entry is judged by; null: none is known. */
  readonly policy: Policy | null;
  /** The credit on this customer's card until now. */
  readonly creditOf: (customer: string) => CreditKnown;
  /** Whether its operator changed a customer's number without the old one's consent. */
  readonly numberChanged: boolean;
  /** Whether its operator switched off a customer's reminders. */
  readonly remindersDeclined: boolean;
  readonly goods: GoodsNews;
};

/** Goods that an entry gave a lower price in the catalogue, and goods of which it changed something else that matters. */
export type GoodsNews = { readonly lowered: GoodsTold | null; readonly changed: GoodsTold | null };
export const NO_GOODS_NEWS: GoodsNews = { lowered: null, changed: null };

/** What an entry does, and sends, only once it is part of a journal, not while it stays beside one. */
export const actsOnceTaken = ({ remindersDeclined, goods }: Known): readonly ByRight[] => [
  ...(remindersDeclined ? [{ kind: 'reminders-declined' } as const] : []),
  ...goodsIn('prices-lowered', goods.lowered),
  ...goodsIn('goods-changed', goods.changed),
];

export function actsByRight(original: Original, known: Known): readonly ByRight[] {
  const entry = original.known;
  return [
    ...movedBy(original),
    ...pointsGivenBy(original, known),
    ...creditOpenedBy(original, known),
    ...(entry?.act === 'settled' && entry.body.customer !== null
      ? [{ kind: 'dispute-closed' } as const]
      : []),
    ...(entry?.act === 'unconfirmed-reviewed' ? [{ kind: 'reviewed' } as const] : []),
    ...(entry?.act === 'customer-forgotten' ? [{ kind: 'forgotten' } as const] : []),
    ...actsOnceTaken(known),
    ...(known.numberChanged ? [{ kind: 'number-changed' } as const] : []),
  ];
}

const goodsIn = (kind: 'prices-lowered' | 'goods-changed', goods: GoodsTold | null): ByRight[] =>
  goods === null ? [] : [{ kind, goods }];

/** Balances moved outside of a sale: by an import, against the customer, and in their favour. */
function movedBy({ act, steps, known }: Original): ByRight[] {
  // not by right: repayments lower the debt by what was paid, returns by what was sold, payouts return overpayments
  if (act === 'sale' || known?.act === 'repayment' || isGivingBack(act)) return [];
  const sum = (account: 'debt' | 'points', sign: 1 | -1): number =>
    steps.reduce(
      (total, step) => total + (step.account === account ? Math.max(0, sign * step.delta) : 0),
      0,
    );
  if (act === 'customers-imported')
    return moved('import', sum('debt', 1), sum('points', 1) + sum('points', -1));
  if (act === 'import-undone')
    return moved('import-undone', sum('debt', -1), sum('points', 1) + sum('points', -1));
  return [
    // a change against the customer has their code, or an override that the customer gets a notice of
    ...(known?.act === 'balance-corrected' || known?.act === 'repayment-cancelled'
      ? []
      : moved('correction', sum('debt', 1), sum('points', -1))),
    ...moved('forgiveness', sum('debt', -1), sum('points', 1)),
  ];
}

const moved = (
  kind: 'import' | 'import-undone' | 'correction' | 'forgiveness',
  debt: number,
  points: number,
): ByRight[] => (debt + points === 0 ? [] : [{ kind, debt, points }]);

function pointsGivenBy({ earning }: Original, { policy }: Known): ByRight[] {
  if (earning === null || policy === null) return [];
  const points = earning.points - earned(money(earning.moneyPaid), policy.points);
  return points > 0 ? [{ kind: 'points-given', points }] : [];
}

/**
 * Returns the largest credit that the entry raises a card to. Raised means: above the card's credit at this device or in the shop,
 * and changed from what the device knew. A new card counts as having had the shop's limit.
 */
function creditOpenedBy({ cards }: Original, { policy, creditOf }: Known): ByRight[] {
  if (policy === null) return [];
  const limitOf = (credit: Credit): number => {
    if (credit.kind === 'unlimited') return Infinity;
    if (credit.kind === 'own-limit') return credit.limit;
    return credit.kind === 'no-credit' ? 0 : policy.credit.debtLimit;
  };
  const opened = cards.flatMap(({ customer, credit }) => {
    const { here, inShop } = creditOf(customer);
    if (rightForCredit(here, credit) === null) return [];
    const before = [here, inShop].map((one) => limitOf(one ?? { kind: 'shop-limit' }));
    return limitOf(credit) > Math.min(...before) ? [limitOf(credit)] : [];
  });
  const limit = opened.reduce((most, each) => Math.max(most, each), 0);
  return opened.length === 0
    ? []
    : [{ kind: 'credit', limit: Number.isFinite(limit) ? limit : null }];
}
