// Calculates a shift's totals from the journal's entries, without the product's projection.
import type { ShiftTotals } from '$lib/contract/acts/shift';
import type { Act, BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { MoneyTender } from '$lib/contract/acts/sale';

type Group = { count: number; amount: number };
type Numbers<T> = { readonly [K in keyof T]: number };

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
const group = (amounts: readonly number[]): Group => ({
  count: amounts.length,
  amount: sum(amounts),
});

function paid(
  lists: readonly (readonly { readonly kind: string; readonly amount: number }[])[],
): (kind: MoneyTender['kind'] | 'points') => number {
  const all = lists.flat();
  return (kind) => sum(all.flatMap((each) => (each.kind === kind ? [each.amount] : [])));
}

/** Groups rows by key, each with its count and sum, in the order of first appearance. */
function grouped<K extends object>(
  rows: readonly (K & { readonly amount: number })[],
  keyOf: (row: K) => K,
): (K & Group)[] {
  const keys = [...new Set(rows.map((row) => JSON.stringify(keyOf(row))))];
  return keys.map((key) => ({
    ...(JSON.parse(key) as K),
    ...group(rows.filter((row) => JSON.stringify(keyOf(row)) === key).map(({ amount }) => amount)),
  }));
}

/** By how much each count changed a difference that the one before it in its shift had found. */
function recounts(entries: readonly Said[]): { by: Said; change: number }[] {
  const changes: { by: Said; change: number }[] = [];
  let before = new Map<string, number>();
  for (const by of entries) {
    if (by.act === 'shift-opened') before = new Map();
    if (by.act !== 'drawer-counted') continue;
    const { body } = by as EntryOf<'drawer-counted'>;
    const parts = [{ kind: 'cash', ...body }, ...body.terminal];
    const now = new Map(parts.map(({ kind, counted, expected }) => [kind, counted - expected]));
    const changed = [...before].map(([kind, was]) =>
      was === 0 ? 0 : Math.abs((now.get(kind) ?? was) - was),
    );
    changes.push({ by, change: sum(changed) });
    before = now;
  }
  return changes.filter(({ change }) => change > 0);
}

type Moved = Omit<ShiftTotals['moved'][number], 'count'>;
type Said = Pick<Entry, 'act' | 'operator' | 'body'>;

/**
 * The totals of the entries of one shift, and the cash that its drawer should hold. `float`: minor units at the beginning. `all`: the
 * till's entries, if these are those of a day.
 */
export function expectedShift(
  entries: readonly Said[],
  float: number,
  all: readonly Said[] = entries,
): { readonly totals: ShiftTotals; readonly expected: number } {
  const of = <A extends Act>(act: A) => entries.filter((each) => each.act === act) as EntryOf<A>[];
  const bodies = <A extends Act>(act: A) => of(act).map(({ body }) => body);
  const [sales, repaid, cancelled] = [
    ...([bodies('sale'), bodies('repayment'), bodies('repayment-cancelled')] as const),
  ];
  const [payouts, returns] = [bodies('overpayment-returned'), bodies('return')];
  const [moved, corrected] = [bodies('cash-moved'), bodies('balance-corrected')];
  const receipts = bodies('receipt-cancelled');
  const bySales = paid(sales.map(({ tenders }) => tenders));
  const byRepayments = paid(repaid.map(({ tenders }) => tenders));
  const byCancelled = paid(cancelled.map(({ refunds }) => refunds));
  const byReturns = paid(returns.map(({ refunds }) => refunds));
  const byPayouts = paid([payouts.map(({ tender: kind, amount }) => ({ kind, amount }))]);
  const change = (list: readonly { readonly changeDue: number }[]) =>
    sum(list.map(({ changeDue }) => changeDue));
  const lines = sales.flatMap((sale) => sale.lines);
  const off = (from: string) =>
    sum(
      lines.flatMap(({ discounts }) =>
        discounts.flatMap((each) => (each.from === from ? [each.amount] : [])),
      ),
    );
  const confirmations = [...sales, ...cancelled, ...returns, ...corrected].flatMap((body) => [
    ...body.confirmations,
  ]);
  const confirmed = (kind: string) =>
    group(confirmations.filter((each) => each.kind === kind).map(({ amount }) => amount));
  const corrections = (account: 'debt' | 'points', sign: 1 | -1) =>
    sum(
      corrected.flatMap((body) =>
        body.account === account && Math.sign(body.delta) === sign ? [Math.abs(body.delta)] : [],
      ),
    );
  const goodsRemoved = removedOf([...sales, ...receipts].map((body) => body.removed));
  const people = [
    ...new Set(
      entries
        .filter(
          ({ act, body }) =>
            act === 'sale' ||
            act === 'repayment' ||
            act === 'return' ||
            (act === 'receipt-cancelled' && isOfPerson(body as BodyOf<'receipt-cancelled'>)) ||
            (act === 'cash-moved' && body.direction === 'out'),
        )
        .map(({ operator }) => operator),
    ),
  ];
  const totals: ShiftTotals = {
    sales: {
      count: sales.length,
      total: sum(sales.map(({ total }) => total)),
      cash: bySales('cash') - change(sales),
      change: change(sales),
      discounts: {
        line: off('line'),
        receipt: off('receipt'),
        rule: off('rule'),
        freePrice: sum(
          lines
            .filter(({ priceFrom }) => priceFrom === 'free')
            .map(
              ({ listPrice, quantity, total, discounts }) =>
                Math.round((listPrice * quantity) / 1000) -
                total -
                sum(discounts.map(({ amount }) => amount)),
            ),
        ),
      },
      card: bySales('card'),
      transfer: bySales('transfer'),
      points: bySales('points'),
      onAccount: sum(sales.map(({ onAccount }) => onAccount)),
      rounding: sum(sales.map(({ rounding }) => rounding)),
    },
    repayments: {
      count: repaid.length,
      total: sum(repaid.map(({ amount }) => amount)),
      cash: byRepayments('cash') - change(repaid),
      change: change(repaid),
      card: byRepayments('card'),
      transfer: byRepayments('transfer'),
      rounding: sum(repaid.map(({ rounding }) => rounding)),
    },
    repaymentsCancelled: {
      count: cancelled.length,
      total: sum(cancelled.map(({ amount }) => amount)),
      ...moneyBy(byCancelled),
      rounding: sum(cancelled.map(({ rounding }) => rounding)),
      pointsTakenBack: sum(
        cancelled.map(
          ({ takenBack, withheld }) => sum(takenBack.map(({ points }) => points)) - withheld.points,
        ),
      ),
      withheld: sum(cancelled.map(({ withheld }) => withheld.amount)),
    },
    overpayments: {
      count: payouts.length,
      total: sum(payouts.map(({ amount }) => amount)),
      ...moneyBy(byPayouts),
    },
    corrections: {
      count: corrected.length,
      debtUp: corrections('debt', 1),
      debtDown: corrections('debt', -1),
      pointsUp: corrections('points', 1),
      pointsDown: corrections('points', -1),
    },
    returns: {
      count: returns.length,
      total: sum(returns.map(({ total }) => total)),
      debt: sum(returns.map(({ debtReduced }) => debtReduced)),
      ...moneyBy(byReturns),
      points: sum(returns.map(({ pointsGivenBack, pointValue }) => pointsGivenBack * pointValue)),
      pointsGivenBack: sum(returns.map(({ pointsGivenBack }) => pointsGivenBack)),
      pointsTakenBack: sum(returns.map(({ pointsTakenBack }) => pointsTakenBack)),
      withheld: sum(returns.map(({ withheld }) => withheld.amount)),
      rounding: sum(returns.map(({ rounding }) => rounding)),
    },
    pointsEarned:
      sum(sales.map(({ pointsEarned }) => pointsEarned)) +
      sum(repaid.flatMap(({ earned }) => earned.map(({ points }) => points))),
    pointsRedeemed: sum(
      sales.flatMap(({ tenders }) =>
        tenders.flatMap((tender) => (tender.kind === 'points' ? [tender.points] : [])),
      ),
    ),
    moved: grouped(
      entries.flatMap(({ act, operator, body }): Moved[] =>
        act === 'cash-moved'
          ? [{ act, operator, kind: 'cash' as const, ...wayOf(body as BodyOf<'cash-moved'>) }]
          : act === 'tip'
            ? [{ act, operator, ...tipOf(body as BodyOf<'tip'>) }]
            : [],
      ),
      ({ amount: _, ...way }) => way as never,
    ),
    confirmed: {
      code: confirmed('code'),
      'reserve-code': confirmed('reserve-code'),
      override: confirmed('override'),
      'not-required': confirmed('not-required'),
      none: confirmed('none'),
      'by-right': confirmed('by-right'),
    },
    withoutCode: grouped(
      confirmations.flatMap((each) =>
        each.kind === 'override'
          ? [{ operator: each.by, because: each.because, amount: each.amount }]
          : [],
      ),
      ({ operator, because }) => ({ operator, because }) as never,
    ),
    byPerson: people.map((operator) => {
      const amounts = <A extends 'sale' | 'repayment' | 'return' | 'cash-moved'>(
        act: A,
        amountOf: (body: EntryOf<A>['body']) => number | null,
      ) =>
        group(
          of(act)
            .filter((entry) => entry.operator === operator)
            .map(({ body }) => amountOf(body))
            .filter((amount) => amount !== null),
        );
      return {
        operator,
        sales: amounts('sale', ({ total }) => total),
        repayments: amounts('repayment', ({ amount }) => amount),
        returns: amounts('return', ({ total }) => total),
        discounts: amounts('sale', ({ lines }) => {
          const off = lines.map(({ discounts, priceFrom, listPrice, quantity, total }) => {
            const by = (hand: boolean) =>
              sum(
                discounts
                  .filter((each) => (each.from !== 'rule') === hand)
                  .map((each) => each.amount),
              );
            const list = Math.round((listPrice * quantity) / 1000);
            return priceFrom === 'free' ? list - total - by(false) : by(true);
          });
          return sum(off) || null;
        }),
        refunded: amounts('return', ({ refunds }) => {
          const cash = refunds.filter(({ kind }) => kind === 'cash');
          return sum(cash.map(({ amount }) => amount)) || null;
        }),
        takenOut: amounts('cash-moved', ({ direction, amount }) =>
          direction === 'out' ? amount : null,
        ),
        removed: removedOf(
          [...of('sale'), ...of('receipt-cancelled')]
            .filter((entry) => entry.operator === operator)
            .map(({ body }) => body.removed),
        ),
        held: group(
          [...of('sale'), ...of('receipt-cancelled')]
            .filter((entry) => entry.operator === operator && isMuchHeld(entry.body))
            .map(({ body }) => body.total),
        ),
      };
    }),
    goodsRemoved: { count: goodsRemoved.count, total: goodsRemoved.amount },
    receiptsCancelled: {
      count: receipts.length,
      total: sum(receipts.map(({ total }) => total)),
      resumed: bodies('receipt-resumed').length,
    },
    tendersCorrected: grouped(
      of('tender-corrected').flatMap(({ operator, body }) => movedIn(operator, body)),
      ({ operator, from, to }) => ({ operator, from, to }) as never,
    ),
    drawerOpened: bodies('drawer-opened').length,
    counts: bodies('drawer-counted').length,
    recounted: group(
      recounts(all)
        .filter(({ by }) => entries.includes(by))
        .map(({ change }) => change),
    ),
    reprints: bodies('receipt-reprinted').length,
  };
  const cashMoved = sum(
    moved.map(({ direction, amount }) => (direction === 'in' ? amount : -amount)),
  );
  const tips = sum(
    bodies('tip').flatMap(({ tender, amount }) => (tender === 'cash' ? [amount] : [])),
  );
  const correctedCash = sum(
    bodies('tender-corrected').map(
      ({ was, tenders }) => paid([tenders])('cash') - paid([was])('cash'),
    ),
  );
  const givenBack = byCancelled('cash') + byPayouts('cash') + byReturns('cash');
  const expected =
    float +
    totals.sales.cash +
    totals.repayments.cash +
    correctedCash -
    givenBack +
    cashMoved +
    tips;
  return { totals, expected };
}

const wayOf = ({ direction, reason, amount }: BodyOf<'cash-moved'>) => ({
  direction,
  reason,
  amount,
});
const tipOf = ({ tender: kind, amount }: BodyOf<'tip'>) => ({
  kind,
  direction: 'in' as const,
  reason: null,
  amount,
});

/** Held twice, or for an hour. */
const isMuchHeld = ({ held }: Pick<BodyOf<'sale'>, 'held'>): boolean =>
  held.times > 1 || held.longestMs >= 60 * 60 * 1000;

const isOfPerson = (body: BodyOf<'receipt-cancelled'>): boolean =>
  body.removed.lines + body.removed.sum > 0 || isMuchHeld(body);

const removedOf = (
  removed: readonly { readonly lines: number; readonly sum: number }[],
): Group => ({
  count: sum(removed.map(({ lines }) => lines)),
  amount: sum(removed.map((each) => each.sum)),
});

/** What moved from one way to another: the ways that lose, in order, fill up those that gain. */
function movedIn(
  operator: string | null,
  { was, tenders }: EntryOf<'tender-corrected'>['body'],
): ShiftTotals['tendersCorrected'][number][] {
  const kinds = ['cash', 'card', 'transfer'] as const;
  const more = kinds.map((kind) => paid([tenders])(kind) - paid([was])(kind));
  return kinds.flatMap((to, gains) =>
    kinds.flatMap((from, loses) => {
      const amount = Math.min(Math.max(0, more[gains] ?? 0), Math.max(0, -(more[loses] ?? 0)));
      if (amount === 0) return [];
      more[gains] = (more[gains] ?? 0) - amount;
      more[loses] = (more[loses] ?? 0) + amount;
      return [{ operator, from, to, count: 1, amount }];
    }),
  );
}

const moneyBy = (
  by: (kind: MoneyTender['kind']) => number,
): Numbers<Record<MoneyTender['kind'], number>> => ({
  cash: by('cash'),
  card: by('card'),
  transfer: by('transfer'),
});
