// The route by which tills read the state of each notice.
import { noticesReply, type Notice, type NoticeState } from '$lib/contract/journal-upload';
import { cursor, reply, route, SESSION, type Route } from '../http/route';
import type { Relay } from '../context';
import { onWire, shownAs } from '../messaging/outbox/outbox';
import { changedMessages, type EntryMessage } from '../store/messages-by-purpose';
import type { RecipientState } from '../store/outbox';

const SHOWN = 200;

/** Notices to customers: the same at every till. */
export const noticeRoutes = ({ db, cipher }: Relay): Route[] => [
  route('GET /notices', {
    id: 'listNotices',
    summary: 'What became of the messages about acts without a code',
    access: SESSION,
    query: { since: cursor('`cursor` of the last reply.') },
    replies: [reply(200, noticesReply)],
  }).handle(async ({ query: { since } }) => {
    const rows = await changedMessages(db, since, SHOWN + 1);
    const shown = rows.slice(0, SHOWN);
    return {
      kind: 'notices',
      notices: shown.map((row) => noticeOnWire(cipher, row)),
      cursor: shown.at(-1)?.changed ?? since,
      more: rows.length > SHOWN,
    };
  }),
];

const noticeOnWire = (
  cipher: Relay['cipher'],
  { about: entry, customer, till, seq, putBack, recipients }: EntryMessage,
): Notice => ({
  entry,
  customer,
  till,
  seq,
  state: stateOf(
    recipients.filter(({ operator }) => operator === null).map(({ state }) => state),
    putBack === 1 ? 'maybe-sent' : 'failed',
  ),
  recipients: recipients.map((one) => ({
    to: one.operator === null ? 'customer' : 'operator',
    ...onWire(cipher, one),
  })),
});

/** The state of all numbers together: `waiting` while any waits, then the best of them; without any, `unknown`. */
export function stateOf(
  numbers: readonly RecipientState[],
  unknown: NoticeState = 'failed',
): NoticeState {
  const states = numbers.map(shownAs);
  const order = ['waiting', 'sent', 'maybe-sent'] as const;
  return order.find((state) => states.includes(state)) ?? unknown;
}
