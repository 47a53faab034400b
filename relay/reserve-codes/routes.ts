// The routes of reserve codes.
import {
  reserveCodesNews,
  reserveCodesReply,
  reserveCodesRequest,
} from '$lib/contract/reserve-code';
import { cursor, MESSAGE_LIMITS, replies, reply, route, SESSION, type Route } from '../http/route';
import type { Relay } from '../context';
import { openReserveCodes } from './reserve-codes';
import { noteVoidsKnown, reserveChanges, type ReserveCodeRow } from '../store/reserve-codes';

/** Keeps a reply below 64 KiB. */
const PAGE = 60;

/** Reserve codes: made for a customer, known to the tills. */
export function reserveCodeRoutes(relay: Relay): Route[] {
  const reserveCodes = openReserveCodes(relay);
  return [
    route('PUT /reserve-codes/:id', {
      id: 'issueReserveCodes',
      summary: 'Send a customer reserve codes for days without internet',
      description:
        '`verifiers` are compact JWS (ES256) whose payload is the schema `reserveVerifier`. The first `issued` is 201, a repetition 200.',
      access: SESSION,
      body: reserveCodesRequest,
      limits: [MESSAGE_LIMITS],
      replies: replies(reserveCodesReply, {
        issued: [200, 201],
        'challenge-not-verified': 409,
        'issue-differs': 409,
        'phone-too-new': 409,
        refused: 422,
        limited: 429,
        'provider-unreachable': 503,
      }),
    }).handle(async ({ c, till, id, body }) => {
      const { reply, first } = await reserveCodes.issue(till.id, id, body);
      return first && reply.kind === 'issued' ? c.json(reply, 201) : reply;
    }),
    route('GET /reserve-codes', {
      id: 'listReserveCodes',
      summary: 'What changed in this till’s reserve codes',
      access: SESSION,
      query: { after: cursor('`version` of the last reply.') },
      replies: [reply(200, reserveCodesNews)],
    }).handle(async ({ till: { id: till }, query: { after } }) => {
      await noteVoidsKnown(relay.db, { till, version: after, at: relay.now() });
      const found = await reserveChanges(relay.db, { till, after, most: PAGE + 1 });
      const page = found.slice(0, PAGE);
      return {
        kind: 'reserve-codes',
        verifiers: page.flatMap((code) => (isGoodAt(till, code) ? code.signed : [])),
        gone: page.filter((code) => !isGoodAt(till, code)).map(({ id }) => id),
        version: page.at(-1)?.version ?? after,
        more: found.length > PAGE,
      };
    }),
  ];
}

const isGoodAt = (
  till: string,
  code: ReserveCodeRow,
): code is ReserveCodeRow & { readonly signed: string } =>
  code.till === till && code.signed !== null;
