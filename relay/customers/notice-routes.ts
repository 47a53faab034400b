// The route by which tills read the state of each notice.
import { Hono } from 'hono';
import type { Notice, NoticesReply, NoticeState } from '$lib/contract/journal-upload';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { needSession } from '../http/auth';
import { cursorOf } from '../http/json-body';
import type { Env } from '../http/request';
import type { Relay } from '../context';
import { noticesAfter, type NumberState, type ToldNotice } from '../store/notices';

const SHOWN = 200;

/** `GET /notices?since=<cursor>`: the same at every till. */
export function noticeRoutes({ db, seal }: Relay): Hono<Env> {
  return new Hono<Env>().get('/notices', needSession, (c) => {
    const since = cursorOf(c, 'since');
    const rows = noticesAfter(db, since, SHOWN + 1);
    const shown = rows.slice(0, SHOWN);
    return c.json(
      {
        kind: 'notices',
        notices: shown.map((row) => onWire(row, seal)),
        cursor: shown.at(-1)?.changed ?? since,
        more: rows.length > SHOWN,
      } satisfies NoticesReply,
      200,
    );
  });
}

function onWire({ entry, customer, till, seq, numbers }: ToldNotice, seal: Relay['seal']): Notice {
  return {
    ...{ entry, customer, till, seq },
    state: stateOf(
      numbers.filter(({ recipient }) => recipient === 'customer').map(({ state }) => state),
    ),
    told: numbers.map(({ recipient, phone, state, because }) => ({
      to: recipient,
      phoneMasked: phone.length === 0 ? null : maskPhone(seal.open(phone) as Phone),
      state: shownAs(state),
      because,
    })),
  };
}

const shownAs = (state: NumberState): NoticeState => (state === 'leaving' ? 'waiting' : state);

/** The state of all numbers together: `waiting` while any waits, then the best of them. */
export function stateOf(numbers: readonly NumberState[]): NoticeState {
  const states = numbers.map(shownAs);
  const order = ['waiting', 'sent', 'maybe-sent'] as const;
  return order.find((state) => states.includes(state)) ?? 'failed';
}
