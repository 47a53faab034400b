// The body of a corrected tender: how a sale was really paid.
import * as z from 'zod/mini';
import { sumOf } from './repayment';
import { moneyTender } from './sale';
import { day, hash, id } from '$lib/contract/values';

/** Money by kind, each once, without kinds that gave nothing. */
const money = z.array(moneyTender).check(
  z.minLength(1),
  z.maxLength(3),
  z.refine(
    (parts) =>
      parts.every(({ amount }) => amount > 0) &&
      new Set(parts.map(({ kind }) => kind)).size === parts.length,
  ),
);

/**
 * The money of a sale of the same shift was given another way than the journal says, minor units without change. `was`: as the
 * entry and earlier corrections say; `allowedBy`: a colleague with the right, who gave their PIN; null: the operator has the right.
 */
export const tenderCorrectedBody = z
  .strictObject({
    correction: id,
    day,
    sale: z.strictObject({
      till: id,
      seq: z.int().check(z.positive()),
      hash,
      number: z.int().check(z.positive()),
    }),
    was: money,
    tenders: money,
    allowedBy: z.nullable(id),
  })
  .check(z.refine(({ was, tenders }) => sumOf(was) === sumOf(tenders)));
