// The rows of the receipt of a repayment, or of an overpayment paid out, from its entry.
import type { BodyOf } from '$lib/contract/journal';
import { pointsIn } from '$lib/domain/customers/loyalty';
import { formatAmount, formatMoney, money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { formatCount, localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { operatorWords } from '../act-words';
import { headRows, RULE, signedOf, tagRows, type Slip, type SlipRow } from './slip';

/** What is printed: a stored repayment, or an overpayment paid out. */
export type RepaymentSlip = Pick<Slip, 'entry' | 'around' | 'customer' | 'till' | 'edition'> & {
  readonly body: BodyOf<'repayment'> | BodyOf<'overpayment-returned'>;
  /** The till's number in the shop; null: not known. */
  readonly number: number | null;
};

export function repaymentRows(slip: RepaymentSlip, { shop }: VerifiedPolicy): SlipRow[] {
  const words = t().repayment.paper;
  const locale = localeOf(language.current);
  const amount = (minor: number) => formatAmount(money(minor), shop.currency, locale);
  const sum = (minor: number) => formatMoney(money(minor), shop.currency, locale);
  const { entry, body, around, customer, number } = slip;
  const isPayout = 'payout' in body;
  const operator = operatorWords(entry.operator);
  return [
    ...headRows(slip, shop.name, isPayout ? words.payoutHeading : words.heading),
    { kind: 'note', text: words.place(String(number ?? '–'), String(entry.seq)) },
    { kind: 'note', text: isPayout ? words.paidBy(operator) : words.operator(operator) },
    ...(customer === null
      ? []
      : [{ kind: 'note', text: `${t().receipt.customer}: ${customer}` } as const]),
    RULE,
    ...(isPayout ? payoutRows(body, { amount, sum }) : receivedRows(body, { amount, sum })),
    ...(around === null ? [] : leftRows(around.before.owed, around.after.owed, { amount, sum })),
    ...tagRows(entry),
  ];
}

type Write = {
  readonly amount: (minor: number) => string;
  readonly sum: (minor: number) => string;
};

function receivedRows(body: BodyOf<'repayment'>, { amount, sum }: Write): SlipRow[] {
  const words = t().repayment.paper;
  const points = pointsIn(body.earned);
  return [
    { kind: 'sum', text: words.received, figure: sum(body.amount) },
    ...(body.rounding === 0 ? [] : [pair(t().receipt.rounding, signedOf(body.rounding, amount))]),
    ...body.tenders.map(({ kind, amount: given }) => pair(t().tender.kinds[kind], amount(given))),
    ...(body.changeDue > 0 ? [pair(t().receipt.change, amount(body.changeDue))] : []),
    ...(points > 0 ? [pair(t().receipt.pointsEarned, formatCount(points, language.current))] : []),
  ];
}

const payoutRows = (body: BodyOf<'overpayment-returned'>, { amount, sum }: Write): SlipRow[] => [
  { kind: 'sum', text: t().repayment.paper.paidOut, figure: sum(body.amount) },
  pair(t().tender.kinds[body.tender], amount(body.amount)),
];

const pair = (text: string, figure: string): SlipRow => ({ kind: 'pair', text, figure });

function leftRows(before: number, after: number, { amount, sum }: Write): SlipRow[] {
  const words = t().repayment.paper;
  return [
    RULE,
    { kind: 'pair', text: t().receipt.debtBefore, figure: amount(before) },
    after < 0
      ? { kind: 'sum', text: words.weOwe, figure: sum(-after) }
      : { kind: 'sum', text: words.left, figure: sum(after) },
  ];
}
