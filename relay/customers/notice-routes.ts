// The route by which tills read the state of each notice.
import { Hono } from 'hono';
import type { Notice, NoticesReply, NoticeState } from '$lib/contract/journal-upload';
import { needSession } from '../http/auth';
import { cursorOf } from '../http/json-body';
import type { Env } from '../http/request';
import type { Relay } from '../context';
import { onWire, shownAs } from '../messaging/outbox/outbox';
import { changedMessages, type EntryMessage } from '../store/messages-by-purpose';
import type { RecipientState } from '../store/outbox';

const SHOWN = 200;

/** `GET /notices?since=<cursor>`: the same at every till. */
export function noticeRoutes({ db, cipher }: Relay): Hono<Env> {
  return new Hono<Env>().get('/notices', needSession, async (c) => {
    const since = cursorOf(c, 'since');
    const rows = await changedMessages(db, since, SHOWN + 1);
    const shown = rows.slice(0, SHOWN);
    return c.json(
      {
        kind: 'notices',
        notices: shown.map((row) => noticeOnWire(cipher, row)),
        cursor: shown.at(-1)?.changed ?? since,
        more: rows.length > SHOWN,
      } satisfies NoticesReply,
      200,
    );
  });
}

function noticeOnWire(
  cipher: Relay['cipher'],
  { about: entry, customer, till, seq, putBack, recipients }: EntryMessage,
): Notice {
  return {
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
  };
}

/** The state of all numbers together: `waiting` while any waits, then the best of them; without any, `unknown`. */
export function stateOf(
  numbers: readonly RecipientState[],
  unknown: NoticeState = 'failed',
): NoticeState {
  const states = numbers.map(shownAs);
  const order = ['waiting', 'sent', 'maybe-sent'] as const;
  return order.find((state) => states.includes(state)) ?? unknown;
}
