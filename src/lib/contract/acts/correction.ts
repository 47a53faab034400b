// The body of a correction of a customer’s debt or points.
import * as z from 'zod/mini';
import { accountEntry, confirmation } from './account';
import { MOST_SETTLED, sumOf } from './repayment';
import { currencyCode, day, hash, id, minor } from '$lib/contract/values';

/** A debt that is lowered without money, minor units. */
export const lowered = z.strictObject({ debt: hash, amount: minor.check(z.positive()) });
export type Lowered = z.infer<typeof lowered>;

/**
 * A customer's debt (minor units) or points are corrected. `delta`: the change. `debt`: the only debt that it lowers; null: the
 * oldest first. More debt or fewer points needs the customer's code or an override; a correction in the customer's favour is
 * `by-right`.
 */
export const correctionBody = z
  .strictObject({
    correction: id,
    currency: currencyCode,
    day,
    customer: id,
    account: accountEntry.shape.account,
    delta: z.int(),
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(300)),
    debt: z.nullable(hash),
    settles: z.array(lowered).check(z.maxLength(MOST_SETTLED)),
    accounts: z.tuple([accountEntry]),
    confirmations: z.tuple([confirmation]),
  })
  .check(
    z.refine(
      ({ accounts: [step], customer, account, delta }) =>
        delta !== 0 &&
        step.customer === customer &&
        step.account === account &&
        step.delta === delta,
    ),
    z.refine(
      ({ settles, account, delta }) =>
        sumOf(settles) === (account === 'debt' ? Math.max(0, -delta) : 0),
    ),
    z.refine(({ settles, debt }) => debt === null || settles.every((one) => one.debt === debt)),
    z.refine(({ account, delta, confirmations: [given] }) => {
      const isInFavour = account === 'debt' ? delta < 0 : delta > 0;
      if (!isInFavour) return given.kind !== 'by-right';
      if (given.kind !== 'by-right') return false;
      // other tills add `amount` to the daily cap, so it must fit `delta`
      return account === 'debt'
        ? given.action === 'sell-on-account' && given.amount === -delta
        : given.action === 'redeem-points' && given.amount > 0 && given.amount % delta === 0;
    }),
  );
