// Delivery reports of the services: believed only at the shop's own secret address and, where they are signed, with the right signature. A hint, never consent.
import { Hono, type Context } from 'hono';
import { localOrigin } from '../http/address';
import { secretOf } from './callback-address';
import { moveOn } from '../challenges/resend';
import { equalInConstantTime } from '../constant-time';
import { BODY_LIMIT, malformed, readText, Refused, type Env } from '../http/gate';
import type { WebhookEvent, WebhookOutcome } from '../providers/provider';
import type { Relay } from '../relay';
import { noteDelivery } from './sendings';
import { sendingByMessage } from '../store/sendings';

/** `POST /callbacks/:provider/:secret`; by `GET` Meta asks whether the address is ours, and Vonage may report. */
export function callbackRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().on(['GET', 'POST'], '/callbacks/:provider/:secret', async (c) => {
    const { provider, config } = relay.provider.current();
    const { id } = provider;
    const ours = equalInConstantTime(c.req.param('secret'), secretOf(relay, id));
    if (!ours || c.req.param('provider') !== id || provider.webhook === undefined)
      throw new Refused(404, { kind: 'unknown-callback' });
    const request = { url: addressOf(c, relay), headers: c.req.header(), rawBody: await bodyOf(c) };
    // Twilio and Meta sign every report with a key of the account: one that is not signed, or cannot be checked, is not theirs
    const strict = { ...config, signedCallbacks: 'true' };
    const outcome = judged(() => provider.webhook?.(request, strict));
    if (!outcome.accept) {
      relay.log({ event: 'callback-refused', provider: id, because: outcome.reason });
      if (outcome.reason === 'bad_body') throw malformed('');
      throw new Refused(403, { kind: 'signature-wrong' });
    }
    const { events, reply } = outcome;
    const known = events.filter((event) => believe(relay, id, event)).length;
    relay.log({ event: 'callback', provider: id, reports: events.length, known });
    if (events.length > 0 && known === 0) throw new Refused(404, { kind: 'unknown-message' });
    // 204 may have no body, not even an empty one
    return new Response(reply.body || null, { status: reply.status });
  });
}

/** Takes over what is reported of a message of ours; false: it is none. */
function believe(relay: Relay, provider: string, event: WebhookEvent): boolean {
  const sending = sendingByMessage(relay.db, provider, event.providerMessageId);
  if (sending === null) return false;
  noteDelivery(relay.db, sending, event);
  // the service waits for its answer, not for the next channel
  if (sending.challenge !== null) void moveOn(relay, sending.challenge);
  return true;
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

/** A report the adapter stumbles over is one it has not understood. */
function judged(judge: () => WebhookOutcome | undefined): WebhookOutcome {
  try {
    return judge() ?? { accept: false, reason: 'bad_body' };
  } catch {
    return { accept: false, reason: 'bad_body' };
  }
}
