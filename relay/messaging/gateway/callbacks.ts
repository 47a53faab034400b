// Takes delivery reports of services at the secret address, and checks their signatures.
import { filterInTurn } from '../../in-turn';
import type { Context } from 'hono';
import { localOrigin } from '../../http/address';
import { equalInConstantTime } from '../../constant-time';
import { BODY_LIMIT, malformed, readText } from '../../http/json-body';
import { Refused, type Env } from '../../http/request';
import { named, reply, route, type Route } from '../../http/route';
import type { Provider, WebhookEvent, WebhookOutcome } from '../../providers/provider';
import type { Relay } from '../../context';
import { noteDelivery } from './sendings';
import { sendingByMessage, type SendingRow } from '../../store/sendings';

/** Called by services: without session, contract header or origin check. */
export const CALLBACKS = '/api/v1/callbacks/';

/** The address for reports of this service; null where it sends none, or the relay has no public address. */
export function callbackUrlOf(
  relay: Pick<Relay, 'config' | 'cipher' | 'shopId'>,
  provider: Provider,
): string | null {
  const { url } = relay.config;
  if (url === null || provider.webhook === undefined) return null;
  return `${url}${CALLBACKS}${provider.id}/${secretOf(relay, provider.id)}`;
}

/** A separate secret for every service; the same after a restart. */
export const secretOf = (
  { cipher, shopId }: Pick<Relay, 'cipher' | 'shopId'>,
  provider: string,
): string => cipher.keyedHash('callback', `${shopId}:${provider}`).slice(0, 40);

/** The address for delivery reports. `afterReport` is called with the challenge of each reported message, and not awaited. */
export function callbackRoutes(relay: Relay, afterReport: (challenge: string) => void): Route[] {
  const common = {
    description:
      'Called by the messaging service, in the form it prescribes. `secret` is in the address the relay shows to the manager (`callbackUrl`); a service that signs its reports must sign here, too.',
    access: { kind: 'callback' },
    replies: [
      reply(200, 'text'),
      reply(204, null, 'Taken; the service expects no body.'),
      named(403, 'signature-wrong'),
      named(404, 'unknown-callback'),
      named(404, 'unknown-message'),
    ],
  } as const;
  return [
    route('GET /callbacks/:provider/:secret', {
      ...common,
      id: 'verifyCallback',
      summary: 'Confirm the address to the messaging service, or take a report from the query',
    }).handle(({ c }) => takeReports(relay, c, afterReport)),
    route('POST /callbacks/:provider/:secret', {
      ...common,
      id: 'reportDelivery',
      summary: 'Report the delivery of messages',
    }).handle(({ c }) => takeReports(relay, c, afterReport)),
  ];
}

/** Takes the reports of one request. By `GET` Meta asks whether the address is ours, and Vonage may report. */
async function takeReports(
  relay: Relay,
  c: Context<Env>,
  afterReport: (challenge: string) => void,
): Promise<Response> {
  const { provider, config } = relay.provider.current();
  const { id } = provider;
  const ours = equalInConstantTime(c.req.param('secret') ?? '', secretOf(relay, id));
  if (!ours || c.req.param('provider') !== id || provider.webhook === undefined)
    throw new Refused(404, { kind: 'unknown-callback' });
  const request = { url: addressOf(c, relay), headers: c.req.header(), rawBody: await bodyOf(c) };
  // Twilio and Meta sign every report: one without a signature, or whose signature cannot be checked, is refused
  const strict = { ...config, signedCallbacks: 'true' };
  const outcome = judged(() => provider.webhook?.(request, strict));
  if (!outcome.accept) {
    relay.log({ event: 'callback-refused', provider: id, because: outcome.reason });
    if (outcome.reason === 'bad_body') throw malformed('');
    throw new Refused(403, { kind: 'signature-wrong' });
  }
  const { events, reply } = outcome;
  const known = (
    await filterInTurn(events, async (event) => {
      const sending = await takeReport(relay, id, event);
      // the service waits for its reply, not for the next channel
      if (sending !== null && sending.challenge !== null) afterReport(sending.challenge);
      return sending !== null;
    })
  ).length;
  relay.log({ event: 'callback', provider: id, reports: events.length, known });
  if (events.length > 0 && known === 0) throw new Refused(404, { kind: 'unknown-message' });
  // 204 may have no body, not even an empty one
  return new Response(reply.body || null, { status: reply.status });
}

/** Records the report of one of our messages and returns it; null: no such message. */
async function takeReport(
  { db }: Relay,
  provider: string,
  event: WebhookEvent,
): Promise<SendingRow | null> {
  const sending = await sendingByMessage(db, provider, event.providerMessageId);
  if (sending !== null) await noteDelivery(db, sending, event);
  return sending;
}

/** The address as the service knows it: signatures cover it. */
function addressOf(c: Context<Env>, relay: Relay): string {
  const { pathname, search } = new URL(c.req.url);
  return `${relay.config.url ?? localOrigin(relay)}${pathname}${search}`;
}

async function bodyOf(c: Context<Env>): Promise<string> {
  try {
    return await readText(c, BODY_LIMIT);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw malformed(''); // not UTF-8
  }
}

/** A report that makes the adapter throw counts as malformed. */
function judged(judge: () => WebhookOutcome | undefined): WebhookOutcome {
  try {
    return judge() ?? { accept: false, reason: 'bad_body' };
  } catch {
    return { accept: false, reason: 'bad_body' };
  }
}
