// Past sales for the tills: one by what its paper says, lists for operators who may see all.
import { Hono, type Context } from 'hono';
import { RECEIPT_NUMBER, SALES_A_MINUTE, SALES_PAGE, type SalesReply } from '$lib/contract/sale';
import type { EntryOnWire } from '$lib/contract/journal-upload';
import { hash, id } from '$lib/contract/values';
import { elevatedOperator, needSession } from '../http/auth';
import { cursorOf, malformed } from '../http/json-body';
import { minuteLimit } from '../http/minute-limit';
import type { Env } from '../http/request';
import type { Relay } from '../context';
import { salesPage, type SaleCursor, type SaleFilter } from '../store/sales';

const LAST_MS = 1e15 - 1;

/** `GET /sales`. */
export function saleRoutes(relay: Relay): Hono<Env> {
  const limitedUntil = minuteLimit(relay, SALES_A_MINUTE);

  return new Hono<Env>().get('/sales', needSession, async (c) => {
    const filter = filterOf(c);
    const before = beforeOf(c);
    const limit = Math.min(cursorOf(c, 'limit') || SALES_PAGE, SALES_PAGE);
    // a number or hash is on the paper receipt; lists of sales need the right to reports
    const isOne = filter.number !== null || filter.hash !== null;
    if (!isOne) await elevatedOperator(c, 'pin', ['view-reports']);
    const retryAt = limitedUntil(c.get('till').id);
    if (retryAt !== null)
      return c.json({ kind: 'limited', scope: 'till', retryAt } satisfies SalesReply, 429);
    const rows = await salesPage(relay.db, filter, before, limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const reply: SalesReply = {
      kind: 'sales',
      sales: shown.map(({ order, receivedAt, verdict, entry }) => ({
        order,
        receivedAt,
        verdict,
        entry: JSON.parse(entry) as EntryOnWire,
      })),
      next: last === undefined ? null : `${last.at}.${last.order}`,
    };
    return c.json(reply, 200);
  });
}

/** The filter in the query; throws `malformed`. */
function filterOf(c: Context<Env>): SaleFilter {
  const read = (name: string, fits: (text: string) => boolean): string | null => {
    const text = c.req.query(name) ?? null;
    if (text !== null && !fits(text)) throw malformed(name);
    return text;
  };
  const isId = (text: string) => id.safeParse(text).success;
  const [, till, number] =
    RECEIPT_NUMBER.exec(read('number', (text) => RECEIPT_NUMBER.test(text)) ?? '') ?? [];
  const total = read('total', (text) => /^\d{1,15}$/.test(text));
  return {
    number: till === undefined ? null : { till: Number(till), number: Number(number) },
    hash: read('hash', (text) => hash.safeParse(text).success),
    customer: read('customer', isId),
    product: read('product', isId),
    total: total === null ? null : Number(total),
    from: cursorOf(c, 'from'),
    to: cursorOf(c, 'to') || LAST_MS,
  };
}

/** `before=<at>.<order>` of the last sale of the page before; throws `malformed`. */
function beforeOf(c: Context<Env>): SaleCursor | null {
  const before = c.req.query('before');
  if (before === undefined) return null;
  const [, at, order] = /^(\d{1,15})\.([1-9]\d{0,14})$/.exec(before) ?? [];
  if (at === undefined) throw malformed('before');
  return { at: Number(at), order: Number(order) };
}
