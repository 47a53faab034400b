// The routes of reserve codes.
import { Hono } from 'hono';
import {
  reserveCodesRequest,
  type ReserveCodesNews,
  type ReserveCodesReply,
} from '$lib/contract/reserve-code';
import { needSession } from '../http/auth';
import { body, malformed, pathId } from '../http/json-body';
import type { Env } from '../http/request';
import type { Relay } from '../context';
import { openReserveCodes } from './reserve-codes';
import { noteVoidsKnown, reserveChanges, type ReserveCodeRow } from '../store/reserve-codes';

export const RESERVE_CODES_STATUS = {
  issued: 200,
  'challenge-not-verified': 409,
  'issue-differs': 409,
  'phone-too-new': 409,
  refused: 422,
  limited: 429,
  'provider-unreachable': 503,
} as const satisfies Record<ReserveCodesReply['kind'], number>;

/** Keeps a reply below 64 KiB. */
const PAGE = 60;

/** `PUT /reserve-codes/:id`, `GET /reserve-codes`. */
export function reserveCodeRoutes(relay: Relay): Hono<Env> {
  const reserveCodes = openReserveCodes(relay);
  return new Hono<Env>()
    .put('/reserve-codes/:id', needSession, body(reserveCodesRequest), async (c) => {
      const request = c.req.valid('json');
      const { reply, first } = await reserveCodes.issue(c.get('till').id, pathId(c), request);
      return c.json(
        reply,
        first && reply.kind === 'issued' ? 201 : RESERVE_CODES_STATUS[reply.kind],
      );
    })
    .get('/reserve-codes', needSession, async (c) => {
      const asked = c.req.query('after') ?? '0';
      if (!/^\d{1,15}$/.test(asked)) throw malformed('after');
      const after = Number(asked);
      const till = c.get('till').id;
      await noteVoidsKnown(relay.db, { till, version: after, at: relay.now() });
      const found = await reserveChanges(relay.db, { till, after, most: PAGE + 1 });
      const page = found.slice(0, PAGE);
      const news: ReserveCodesNews = {
        kind: 'reserve-codes',
        verifiers: page.flatMap((code) => (isGoodAt(till, code) ? code.signed : [])),
        gone: page.filter((code) => !isGoodAt(till, code)).map(({ id }) => id),
        version: page.at(-1)?.version ?? after,
        more: found.length > PAGE,
      };
      return c.json(news, 200);
    });
}

const isGoodAt = (
  till: string,
  code: ReserveCodeRow,
): code is ReserveCodeRow & { readonly signed: string } =>
  code.till === till && code.signed !== null;
