// Reports on messages for the manager: costs, tests, refusals; and lifting a stop of sending.
import { Hono } from 'hono';
import {
  MOST_COST_DAYS,
  type CostRow,
  type CostsReply,
  type HistoryReply,
  type Sending,
} from '$lib/contract/provider';
import { day as dayOnWire } from '$lib/contract/values';
import { addDecimals } from '$lib/domain/values/decimal';
import { needElevation, needPin, needSession } from '../../http/auth';
import { malformed, pathId } from '../../http/json-body';
import type { Env } from '../../http/request';
import { liftStop, liftStopOf } from '../limits/fraud-guard';
import type { OwnerConsent } from './owner-consent';
import type { Relay } from '../../context';
import { tillById } from '../../store/tills';
import {
  newestTests,
  pricedBetween,
  refusedLately,
  type PricedRow,
  type SendingRow,
} from '../../store/sendings';

const DAY = 24 * 3_600_000;
/** Largest offset of any time zone from UTC, and a step within which no time zone changes its offset. */
const FURTHEST_ZONE_MS = 14 * 3_600_000;
const QUARTER_MS = 15 * 60_000;

/** `GET /provider/costs`, `GET /provider/history`, `DELETE /provider/stop` (of the till itself) and `/provider/stops/:till`. */
export function providerReportRoutes(relay: Relay, consent: OwnerConsent): Hono<Env> {
  const manager = needPin('settings');
  return new Hono<Env>()
    .get('/provider/costs', needSession, needElevation('view-reports', 'settings'), async (c) => {
      const span = spanOf(c.req.query());
      const start = Date.parse(span.from) - FURTHEST_ZONE_MS;
      const end = Date.parse(span.to) + DAY + FURTHEST_ZONE_MS;
      const rows = costsOf(await pricedBetween(relay.db, start, end), span);
      return c.json({ kind: 'costs', rows } satisfies CostsReply, 200);
    })
    .get('/provider/history', needSession, needElevation('settings'), async (c) => {
      const tests = (await newestTests(relay.db)).map(onWire);
      const refused = (await refusedLately(relay.db, relay.now())).map(onWire);
      return c.json({ kind: 'history', tests, refused } satisfies HistoryReply, 200);
    })
    .delete('/provider/stop', needSession, manager, async (c) => {
      await consent.need(c, { kind: 'lift-stop', till: c.get('till').name });
      await liftStop(relay, c.get('till').id);
      relay.log({ event: 'pumping-lifted', till: c.get('till').id, by: c.get('operator') });
      return c.body(null, 204);
    })
    .delete('/provider/stops/:id', needSession, manager, async (c) => {
      const till = pathId(c);
      const name = (await tillById(relay.db, till))?.name ?? null;
      await consent.need(c, { kind: 'lift-stop', till: name });
      await liftStopOf(relay, till);
      relay.log({ event: 'pumping-lifted', till, by: c.get('operator') });
      return c.body(null, 204);
    });
}

type Span = { readonly from: string; readonly to: string; readonly days: Intl.DateTimeFormat };

function spanOf({ from, to, zone = 'UTC' }: Record<string, string>): Span {
  const first = dayOnWire.safeParse(from);
  const last = dayOnWire.safeParse(to);
  if (!first.success) throw malformed('from');
  const length = last.success ? Date.parse(last.data) - Date.parse(first.data) : -1;
  if (!last.success || length < 0 || length >= MOST_COST_DAYS * DAY) throw malformed('to');
  try {
    // the Swedish date format is the wire's
    const days = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
    return { from: first.data, to: last.data, days };
  } catch {
    throw malformed('zone'); // no such zone
  }
}

/** Folds messages into one row per day, service, channel and currency; newest day first. */
export function costsOf(priced: readonly PricedRow[], { from, to, days }: Span): CostRow[] {
  const dayAt = new Map<number, string>();
  const rows = new Map<string, CostRow>();
  for (const { at, provider, channel, currency, cost } of priced) {
    const quarter = Math.floor(at / QUARTER_MS);
    const day = dayAt.get(quarter) ?? days.format(quarter * QUARTER_MS);
    dayAt.set(quarter, day);
    if (day < from || day > to) continue;
    const key = JSON.stringify([day, provider, channel, currency]);
    const row = rows.get(key);
    rows.set(key, {
      day,
      provider,
      channel,
      currency,
      messages: (row?.messages ?? 0) + 1,
      unpriced: (row?.unpriced ?? 0) + (cost === null ? 1 : 0),
      cost: cost === null ? (row?.cost ?? null) : addDecimals(row?.cost ?? '0', cost),
    });
  }
  return [...rows.values()].sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0));
}

function onWire(sending: SendingRow): Sending {
  const { at, provider, channel, phoneMasked, dryRun } = sending;
  const { because, providerCode, providerText } = sending;
  return { at, provider, channel, phoneMasked, dryRun, because, providerCode, providerText };
}
