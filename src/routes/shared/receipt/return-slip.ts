// The rows of a return's receipt from its journal entry, for screen, paper and text.
import type { BodyOf } from '$lib/contract/journal';
import { formatAmount, formatMoney, money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { formatQuantity, quantity } from '$lib/domain/values/quantity';
import { localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { operatorWords } from '../words/act-words';
import { headRows, RULE, signedOf, tagRows, type Slip, type SlipRow } from './slip';

/** What is printed: a stored return. */
export type ReturnSlip = Pick<Slip, 'entry' | 'around' | 'customer' | 'till' | 'edition'> & {
  readonly body: BodyOf<'return'>;
  /** The sale's receipt number as printed: `3-000123`; null: the sale is unknown. */
  readonly number: string | null;
};

export function returnRows(slip: ReturnSlip, { shop }: VerifiedPolicy): SlipRow[] {
  const words = t().returns.paper;
  const locale = localeOf(language.current);
  const amount = (minor: number) => formatAmount(money(minor), shop.currency, locale);
  const sum = (minor: number) => formatMoney(money(minor), shop.currency, locale);
  const { entry, body, around, customer, number } = slip;
  const pair = (text: string, figure: string): SlipRow => ({ kind: 'pair', text, figure });
  const points = (count: number) => t().common.points(count);
  const refunded = body.refunds.reduce((all, refund) => all + refund.amount, 0);
  return [
    ...headRows(slip, shop.name, words.heading),
    { kind: 'centred', text: number === null ? words.withoutSale : words.of(number) },
    { kind: 'note', text: words.operator(operatorWords(entry.operator)) },
    ...(customer === null
      ? []
      : [{ kind: 'note', text: `${t().receipt.customer}: ${customer}` } as const]),
    RULE,
    ...body.lines.flatMap((line): SlipRow[] => {
      const bare = formatQuantity(quantity(line.quantity), line.unit, locale);
      const count = line.unit === 'piece' ? bare : `${bare} ${t().common.units[line.unit]}`;
      return [{ kind: 'note', text: line.name }, pair(`× ${count}`, amount(line.amount))];
    }),
    RULE,
    ...(body.debtReduced > 0
      ? [{ kind: 'sum', text: words.debt, figure: sum(body.debtReduced) } as const]
      : []),
    { kind: 'sum', text: words.gave, figure: sum(refunded) },
    ...body.refunds.map(({ kind, amount: given }) =>
      pair(t().returns.refunds[kind], amount(given)),
    ),
    ...(body.rounding === 0 ? [] : [pair(t().receipt.rounding, signedOf(body.rounding, amount))]),
    ...(body.pointsGivenBack > 0
      ? [pair(t().returns.pointsBack, `+${points(body.pointsGivenBack)}`)]
      : []),
    ...(body.pointsTakenBack > 0
      ? [pair(t().returns.pointsTaken, `−${points(body.pointsTakenBack)}`)]
      : []),
    ...(body.withheld.points > 0
      ? [
          pair(
            t().returns.withheld(points(body.withheld.points)),
            signedOf(-body.withheld.amount, amount),
          ),
        ]
      : []),
    ...(around === null || body.debtReduced === 0
      ? []
      : [
          RULE,
          pair(t().receipt.debtBefore, amount(around.before.owed)),
          pair(t().repayment.paper.left, amount(Math.max(0, around.after.owed))),
        ]),
    { kind: 'note', text: words.signature },
    ...tagRows(entry),
  ];
}
