// Reports on messages for the manager: costs, tests, refusals; and lifting a stop of sending.
import {
  costsReply,
  historyReply,
  MOST_COST_DAYS,
  type CostRow,
  type Sending,
} from '$lib/contract/provider';
import { day as dayOnWire } from '$lib/contract/values';
import { addDecimals } from '$lib/domain/values/decimal';
import { malformed } from '../../http/json-body';
import { byPhone, byPin, CONSENT, reply, route, type Query, type Route } from '../../http/route';
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

const isDay = (given = ''): given is string => dayOnWire.safeParse(given).success;

/** A day of the calendar that has to be given. */
const calendarDay = (description: string): Query<string> => ({
  description,
  required: true,
  schema: { type: 'string', format: 'date' },
  read: (given) => (isDay(given) ? given : undefined),
});

/** Reports on messages, and lifting stops. */
export const providerReportRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('GET /provider/costs', {
    id: 'getCosts',
    summary: 'Costs of messages by day, service, channel and currency',
    access: byPhone('view-reports', 'settings'),
    query: {
      from: calendarDay('First day.'),
      to: calendarDay(`Last day, itself included; at most ${MOST_COST_DAYS} days together.`),
      zone: {
        description: 'IANA time zone of the days.',
        required: false,
        schema: { type: 'string', default: 'UTC' },
        read: daysIn,
      },
    },
    replies: [reply(200, costsReply)],
  }).handle(async ({ query: { from, to, zone: days } }) => {
    const [first, last] = [Date.parse(from), Date.parse(to)];
    if (last < first || last - first >= MOST_COST_DAYS * DAY) throw malformed('to');
    const start = first - FURTHEST_ZONE_MS;
    const end = last + DAY + FURTHEST_ZONE_MS;
    const priced = await pricedBetween(relay.db, start, end);
    return { kind: 'costs', rows: costsOf(priced, { from, to, days }) };
  }),
  route('GET /provider/history', {
    id: 'getMessageHistory',
    summary: 'The latest test messages and what was refused lately',
    access: byPhone('settings'),
    replies: [reply(200, historyReply)],
  }).handle(async () => ({
    kind: 'history',
    tests: (await newestTests(relay.db)).map(onWire),
    refused: (await refusedLately(relay.db, relay.now())).map(onWire),
  })),
  route('DELETE /provider/stop', {
    id: 'liftOwnStop',
    summary: 'Lift the relay’s stop of this till’s codes',
    access: byPin('settings'),
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  }).handle(async ({ c, till, operator: by }) => {
    await consent.need(c, { kind: 'lift-stop', till: till.name });
    await liftStop(relay, till.id);
    relay.log({ event: 'pumping-lifted', till: till.id, by });
    return null;
  }),
  route('DELETE /provider/stops/:id', {
    id: 'liftStop',
    summary: 'Lift the relay’s stops of a till’s codes',
    access: byPin('settings'),
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  }).handle(async ({ c, operator: by, id: till }) => {
    const name = (await tillById(relay.db, till))?.name ?? null;
    await consent.need(c, { kind: 'lift-stop', till: name });
    await liftStopOf(relay, till);
    relay.log({ event: 'pumping-lifted', till, by });
    return null;
  }),
];

type Span = { readonly from: string; readonly to: string; readonly days: Intl.DateTimeFormat };

/** Writes days as they are in a time zone; undefined: there is no such zone. */
function daysIn(zone = 'UTC'): Intl.DateTimeFormat | undefined {
  try {
    // the Swedish date format is the wire's
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  } catch {
    return undefined;
  }
}

/** Folds messages into one row per day, service, channel and currency; newest day first. */
function costsOf(priced: readonly PricedRow[], { from, to, days }: Span): CostRow[] {
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
