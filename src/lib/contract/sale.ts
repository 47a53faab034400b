// Past sales at the relay: the entries of all tills, found by what is known of them.
import * as z from 'zod/mini';
import { entryOnWire } from './journal-upload';
import { verdict } from './shop-journal';
import { at } from './values';

/** Sales of one page at most, and the default. */
export const SALES_PAGE = 50;
/** Questions about sales that one till may ask per minute. */
export const SALES_A_MINUTE = 60;

/** The number on a receipt: `3-000123`. */
export const RECEIPT_NUMBER = /^([1-9]\d{0,8})-(\d{1,15})$/;

/**
 * `GET /sales`: 200, the newest first. The hash of each entry says that nothing in it was changed; its proofs are signed.
 * `next`: `before` of the next page; null: there is none.
 */
export const salesReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sales'),
    sales: z.array(
      z.strictObject({
        order: z.int().check(z.positive()),
        receivedAt: at,
        verdict,
        entry: entryOnWire,
      }),
    ),
    next: z.nullable(z.string()),
  }),
  /** 429 */
  z.strictObject({ kind: z.literal('limited'), scope: z.literal('till'), retryAt: at }),
]);
export type SalesReply = z.infer<typeof salesReply>;
