// Past sales at the relay: searches the entries of all tills.
import * as z from 'zod/mini';
import { entryOnWire } from './journal-upload';
import { verdict } from './shop-journal';
import { at } from './values';

/** The most sales of one page, which is also the default. */
export const SALES_PAGE = 50;
/** Requests for sales that one till may send per minute. */
export const SALES_A_MINUTE = 60;

/** The number on a receipt: `3-000123`. */
export const RECEIPT_NUMBER = /^([1-9]\d{0,8})-(\d{1,15})$/;

/**
 * `GET /sales`: 200, the newest first. The hash of each entry proves that it is unchanged, and its proofs are signed. `next`:
 * `before` of the next page; null: this is the last one.
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
