// Words for returns: why one cannot be accepted, and what it gives back.
import type { BodyOf } from '$lib/contract/journal';
import { money } from '$lib/domain/values/money';
import { t } from '$lib/ui/text/current.svelte';
import { inAmount, inMoney, inSigned } from '../words/money-words';
import type { ReturnRefused } from './return-act.svelte';

export function refusedWords(because: ReturnRefused): string {
  const words = t().returns.refused;
  switch (because.kind) {
    case 'no-right':
      return t().rights.need(t().rights.names[because.right]);
    case 'policy-refused':
      return words.policy(t().errors.policyBecause[because.because]);
    case 'float-not-counted':
      return t().errors.floatNotCounted;
    case 'needs-colleague':
      return t().returns.colleague[because.because];
    case 'over-day-cap':
      return words['over-day-cap'](inMoney(because.allowed));
    case 'nothing-chosen':
    case 'too-many':
    case 'whole-pieces':
    case 'needs-note':
    case 'above-list':
    case 'out-of-bounds':
    case 'no-customer':
    case 'own-number':
    case 'not-the-sale':
      return words[because.kind];
    case 'override-over-cap':
      return t().correction.refused[because.kind](inMoney(because.allowed));
    case 'no-phone':
    case 'override-no-right':
      return t().correction.refused[because.kind];
    default:
      return t().correction.refused.other;
  }
}

/** Options for a choice, with their words. */
export const optionsOf = <V extends string>(
  values: readonly V[],
  text: Readonly<Record<V, string>>,
) => values.map((value) => ({ value, text: text[value] }));

/** What a return gives back and takes, line by line. */
export function givenLines(
  body: BodyOf<'return'>,
): readonly { readonly text: string; readonly figure: string }[] {
  const words = t().returns;
  const { debtReduced, refunds, rounding, pointsGivenBack, pointsTakenBack, withheld } = body;
  const points = (count: number) => t().common.points(count);
  return [
    ...(debtReduced > 0 ? [{ text: words.debt, figure: inAmount(money(debtReduced)) }] : []),
    ...refunds.map(({ kind, amount }) => ({
      text: words.refunds[kind],
      figure: inAmount(money(amount)),
    })),
    ...(rounding === 0 ? [] : [{ text: t().tender.rounding, figure: inSigned(money(rounding)) }]),
    ...(pointsGivenBack > 0 ? [{ text: words.pointsBack, figure: points(pointsGivenBack) }] : []),
    ...(pointsTakenBack > 0
      ? [{ text: words.pointsTaken, figure: `−${points(pointsTakenBack)}` }]
      : []),
    ...(withheld.points > 0
      ? [
          {
            text: words.withheld(points(withheld.points)),
            figure: `−${inAmount(money(withheld.amount))}`,
          },
        ]
      : []),
  ];
}
