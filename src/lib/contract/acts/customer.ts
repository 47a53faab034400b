// Customers as the journal names them: without names and numbers.
import * as z from 'zod/mini';
import { hash, id, minor } from '$lib/contract/values';

/** Debt limit of a customer: the shop's default, their own limit, no limit, or no credit at all. */
export const credit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('shop-limit') }),
  z.strictObject({ kind: z.literal('own-limit'), limit: minor }),
  z.strictObject({ kind: z.literal('unlimited') }),
  z.strictObject({ kind: z.literal('no-credit') }),
]);
export type Credit = z.infer<typeof credit>;

/** Customers of one import: their cards go with it in one upload. A longer one is several acts. */
export const MOST_IMPORTED = 500;

/** A customer in the journal: an id and the salted hash of the detached personal record. */
export const customerInJournal = z.strictObject({ customer: id, recordHash: hash, credit });
