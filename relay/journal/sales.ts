// Past sales for the tills: one by what its paper says, lists for operators who may see all.
import { RECEIPT_NUMBER, SALES_A_MINUTE, SALES_PAGE, salesReply } from '$lib/contract/sale';
import type { EntryOnWire } from '$lib/contract/journal-upload';
import { hash, id } from '$lib/contract/values';
import { elevatedOperator } from '../http/auth';
import { minuteLimit } from '../http/minute-limit';
import { atMost, cursor, replies, route, SESSION, text, type Route } from '../http/route';
import type { Relay } from '../context';
import { salesPage } from '../store/sales';

const LAST_MS = 1e15 - 1;
/** `<at>.<order>` of a sale. */
const PLACE = /^(\d{1,15})\.([1-9]\d{0,14})$/;

const isId = (given: string): boolean => id.safeParse(given).success;

/** Finding past sales. */
export function saleRoutes(relay: Relay): Route[] {
  const limitedUntil = minuteLimit(relay, SALES_A_MINUTE);
  return [
    route('GET /sales', {
      id: 'listSales',
      summary: 'Find past sales of the shop, the newest first',
      description: `At most ${SALES_PAGE} entries, all that fit every filter. The entry of a sale that was carried over is the one that carries it.`,
      access: SESSION,
      elevationWhen: 'Without `number` and `hash`, with the right `view-reports`.',
      query: {
        number: text('As printed: `3-000123`.', (given) => RECEIPT_NUMBER.test(given)),
        hash: text(
          'Of the entry, or of the one that it carries over.',
          (given) => hash.safeParse(given).success,
        ),
        customer: text('Id of the customer.', isId),
        product: text('Id of a product in it.', isId),
        total: text('Its sum, minor units: exactly, or as it was rounded for cash.', (given) =>
          /^\d{1,15}$/.test(given),
        ),
        from: cursor('Made then or later, ms.'),
        to: cursor('Made before, ms; 0: no bound.'),
        before: text('`next` of the page before.', (given) => PLACE.test(given)),
        limit: atMost(SALES_PAGE, 'Sales of one page; 0: as many as there may be.'),
      },
      limits: [`${SALES_A_MINUTE} questions a minute per till (\`limited\`).`],
      replies: replies(salesReply, { sales: 200, limited: 429 }),
    }).handle(async ({ c, till, query }) => {
      // a number or hash is on the paper receipt; lists of sales need the right to reports
      const isOne = query.number !== null || query.hash !== null;
      if (!isOne) await elevatedOperator(c, 'pin', ['view-reports']);
      const retryAt = limitedUntil(till.id);
      if (retryAt !== null) return { kind: 'limited', scope: 'till', retryAt };
      const [, ofTill, number] = RECEIPT_NUMBER.exec(query.number ?? '') ?? [];
      const [, at, order] = PLACE.exec(query.before ?? '') ?? [];
      const before = at === undefined ? null : { at: Number(at), order: Number(order) };
      const filter = {
        number: ofTill === undefined ? null : { till: Number(ofTill), number: Number(number) },
        hash: query.hash,
        customer: query.customer,
        product: query.product,
        total: query.total === null ? null : Number(query.total),
        from: query.from,
        to: query.to || LAST_MS,
      };
      const limit = query.limit || SALES_PAGE;
      const rows = await salesPage(relay.db, filter, before, limit + 1);
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        kind: 'sales',
        sales: shown.map(({ order, receivedAt, verdict, entry }) => ({
          order,
          receivedAt,
          verdict,
          entry: JSON.parse(entry) as EntryOnWire,
        })),
        next: last === undefined ? null : `${last.at}.${last.order}`,
      };
    }),
  ];
}
