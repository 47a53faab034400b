// The rows of the paper of a repayment, its cancellation or an overpayment paid out.
import type { BodyOf } from '$lib/contract/journal';
import { pointsIn } from '$lib/domain/customers/loyalty';
import { formatAmount, formatMoney, money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { formatCount, localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { operatorWords } from '../words/act-words';
import { headRows, RULE, signedOf, tagRows, type Slip, type SlipRow } from './slip';

/** What is printed: a stored repayment, its cancellation, or an overpayment paid out. */
export type RepaymentSlip = Pick<Slip, 'entry' | 'around' | 'customer' | 'till' | 'edition'> & {
  readonly body: BodyOf<'repayment' | 'repayment-cancelled' | 'overpayment-returned'>;
  /** The till's number in the shop; null: not known. */
  readonly number: number | null;
};

export function repaymentRows(slip: RepaymentSlip, { shop }: VerifiedPolicy): SlipRow[] {
  const words = t().repayment.paper;
  const locale = localeOf(language.current);
  const amount = (minor: number) => formatAmount(money(minor), shop.currency, locale);
  const sum = (minor: number) => formatMoney(money(minor), shop.currency, locale);
  const { entry, body, around, customer, number } = slip;
  const operator = operatorWords(entry.operator);
  const place = (seq: number) => words.place(String(number ?? '–'), String(seq));
  const { heading, by, rows } = partsOf(body, { amount, sum });
  return [
    ...headRows(slip, shop.name, heading),
    { kind: 'note', text: place(entry.seq) },
    // only the same till cancels
    ...('cancellation' in body
      ? [{ kind: 'note', text: words.cancels(place(body.repayment.seq)) } as const]
      : []),
    { kind: 'note', text: by(operator) },
    ...(customer === null
      ? []
      : [{ kind: 'note', text: `${t().receipt.customer}: ${customer}` } as const]),
    RULE,
    ...rows,
    ...(around === null ? [] : leftRows(around.before.owed, around.after.owed, { amount, sum })),
    ...tagRows(entry),
  ];
}

type Write = {
  readonly amount: (minor: number) => string;
  readonly sum: (minor: number) => string;
};

function partsOf(body: RepaymentSlip['body'], write: Write) {
  const words = t().repayment.paper;
  if ('payout' in body)
    return { heading: words.payoutHeading, by: words.paidBy, rows: payoutRows(body, write) };
  return 'cancellation' in body
    ? { heading: words.cancelledHeading, by: words.paidBy, rows: cancelledRows(body, write) }
    : { heading: words.heading, by: words.operator, rows: receivedRows(body, write) };
}

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

function cancelledRows(body: BodyOf<'repayment-cancelled'>, { amount, sum }: Write): SlipRow[] {
  const words = t().returns;
  const { rounding, takenBack, withheld } = body;
  const points = (count: number) => formatCount(count, language.current);
  const taken = pointsIn(takenBack) - withheld.points;
  return [
    { kind: 'sum', text: t().repayment.paper.cancelled, figure: sum(body.amount) },
    ...(rounding === 0 ? [] : [pair(t().receipt.rounding, signedOf(rounding, amount))]),
    ...(withheld.points === 0
      ? []
      : [pair(words.withheld(points(withheld.points)), signedOf(-withheld.amount, amount))]),
    ...body.refunds.map(({ kind, amount: given }) => pair(words.refunds[kind], amount(given))),
    ...(taken > 0 ? [pair(words.pointsTaken, `−${points(taken)}`)] : []),
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
