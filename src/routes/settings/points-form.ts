// The input for the settings of points, and the parsed part of the policy.
import { MOST_POINT_VALUE, type Policy } from '$lib/contract/policy';
import type { Currency } from '$lib/contract/values';
import { parsePercent, percentText } from '$lib/domain/receipt/discounts';
import { decimalText, formatMoney, money, parseMoney } from '$lib/domain/values/money';
import { localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

type Points = Policy['points'];
export type PointsTyped = {
  earn: string;
  redeem: string;
  value: string;
  perDay: string;
  onRepayment: boolean;
};

/** A sentence for each field that is wrong. */
export type PointsWrong = { readonly [Field in 'earn' | 'redeem' | 'value' | 'perDay']?: string };

/** The input for the points in force. */
export function typedPoints(points: Points, currency: Currency): PointsTyped {
  const { decimalMark } = t().common;
  const percent = (basisPoints: number) => percentText(basisPoints).replace('.', decimalMark);
  const sum = (minor: number) => decimalText(money(minor), currency).replace('.', decimalMark);
  return {
    earn: percent(points.earnBasisPoints),
    redeem: percent(points.redeemBasisPoints),
    value: sum(points.pointValue),
    perDay: sum(points.perDay),
    onRepayment: points.onRepayment,
  };
}

/** `points`: null if a field is wrong. */
export function readPoints(
  { earn, redeem, value, perDay: most, onRepayment }: PointsTyped,
  currency: Currency,
): { readonly points: Points | null; readonly wrong: PointsWrong } {
  const [earnBasisPoints, redeemBasisPoints] = [parsePercent(earn), parsePercent(redeem)];
  const [pointValue, perDay] = [parseMoney(value, currency), parseMoney(most, currency)];
  const isWorth = pointValue !== null && pointValue >= 1 && pointValue <= MOST_POINT_VALUE;
  const { errors, settings } = t();
  const mostWorth = formatMoney(money(MOST_POINT_VALUE), currency, localeOf(language.current));
  if (earnBasisPoints === null || redeemBasisPoints === null || !isWorth || perDay === null)
    return {
      points: null,
      wrong: {
        ...(earnBasisPoints === null && { earn: errors.percentWrong }),
        ...(redeemBasisPoints === null && { redeem: errors.percentWrong }),
        ...(!isWorth && { value: settings.shop.pointValueWrong(mostWorth) }),
        ...(perDay === null && { perDay: errors.amountWrong }),
      },
    };
  const points = { earnBasisPoints, redeemBasisPoints, pointValue, onRepayment, perDay };
  return { points, wrong: {} };
}
