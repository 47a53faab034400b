// No reply makes an adapter throw, or report a success without the parts that a success must have.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  Exchange,
  HttpResponse,
  Provider,
  ProviderError,
  Result,
} from '../../relay/providers/provider';
import { adapters, settingsOf, sms } from '../support/adapters';
import { cases } from '../support/cases';

const MONEY = /^-?\d+(\.\d+)?$/;
const STATES = ['moderation', 'queued', 'sent', 'delivered', 'read', 'expired', 'failed'];
const KNOWN_STATES = [...STATES, 'not_found', 'unknown', undefined];

/** Words of the services, so that random replies get past the first checks. */
const words = fc.constantFrom(
  ...['id', 'cnt', 'cost', 'balance', 'error', 'error_code', 'status', 'code', 'data', 'message'],
  ...['success', 'extendStatus', 'result', 'ok', 'request_id', 'delivery_status', 'is_refunded'],
  ...['messages', 'message-id', 'message_uuid', 'message-price', 'error-text', 'type', 'title'],
  ...['sid', 'price', 'num_segments', 'error_data', 'response_code', 'response_result', 'phone'],
  ...['message_id', 'messageId', 'value', 'currency', 'reason', 'number', 'sign', '__proto__'],
  ...['constructor', 'toString', 'length', '0', 'message_status', 'remaining-balance', 'to'],
);
const values = fc.oneof(
  fc.constantFrom(0, 1, -1, 1e308, 5e-324, 0.1, 100, 200, 800, 1e21, true, false, null),
  fc.constantFrom('0', '1', 'ok', '', ' ', '\ufffd', 'NaN', 'Infinity', '1e400', 'constructor'),
  fc.constantFrom('sent', 'queued', 'delivery', 'accepted', '999999999999999999999'),
  fc.string(),
  fc.double(),
);
const { reply } = fc.letrec((tie) => ({
  reply: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    values,
    fc.dictionary(words, tie('reply'), { maxKeys: 6 }),
    fc.array(tie('reply'), { maxLength: 3 }),
  ),
}));
/** The envelope of a success, with anything inside. */
const yes = fc.tuple(reply, reply, reply).map(([a, b, c]) => ({
  ok: true,
  success: true,
  code: 0,
  response_code: 800,
  response_result: [a, b],
  result: a,
  data: c,
  messages: [b, a],
  status: 'ok',
  id: a,
  sid: b,
}));
const said = fc.oneof(
  reply.map((it) => JSON.stringify(it)),
  yes.map((it) => JSON.stringify(it)),
  fc.string({ unit: 'binary' }),
  fc.string().map((it) => `{"id":${it}`),
  fc.constantFrom('', '[', '\ufeff{}', '{"a":1}{"b":2}', '\ufffd\ufffd', '[]', '{}', 'null'),
  fc.constantFrom('['.repeat(30_000), '{"a":'.repeat(10_000), `${'['.repeat(99)}${']'.repeat(99)}`),
  fc.constantFrom(`{"id":"${'x'.repeat(50_000)}"}`, `{"id":${'9'.repeat(50_000)},"cost":1e999}`),
);
const response: fc.Arbitrary<HttpResponse> = fc.record({
  status: fc.constantFrom(
    200,
    200,
    200,
    201,
    202,
    204,
    301,
    400,
    401,
    402,
    403,
    404,
    429,
    500,
    503,
  ),
  headers: fc.constantFrom<Record<string, string>>(
    {},
    { 'Retry-After': '17' },
    { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' },
    { 'Retry-After': '-5' },
  ),
  text: said,
});

function checkFailure(error: ProviderError): void {
  expect(typeof error.kind).toBe('string');
  // only the relay itself knows that nothing was sent or that nobody answered
  expect(['not_sent', 'timeout_unknown']).not.toContain(error.kind);
  if ('retryAfterSec' in error) expect(error.retryAfterSec).toBeGreaterThanOrEqual(0);
  if ('providerCode' in error) expect(error.providerCode).not.toBe('');
}

function checkMoney(found: Readonly<Record<string, unknown>>): void {
  for (const key of ['cost', 'balanceAfter', 'amount'])
    if (key in found) expect(found[key]).toMatch(MONEY);
}

function check<T extends object>(
  exchange: Exchange<T> | undefined,
  good: (found: T & Readonly<Record<string, unknown>>) => void,
): void {
  if (exchange === undefined) return;
  fc.assert(
    fc.property(response, (one) => {
      const result: Result<T> = exchange.parse(one);
      if (!result.ok) return checkFailure(result);
      checkMoney(result);
      good(result);
      for (const value of Object.values(result)) expect(value).not.toBeUndefined();
    }),
    { numRuns: cases(400) },
  );
}

describe.for(adapters.map((one) => [one.id, one] as const))(
  '%s',
  ([, one]: readonly [string, Provider]) => {
    const config = settingsOf(one);

    test.for(one.capabilities(config).map((it) => [it.channel, it] as const))(
      'a message by %s counts as sent only with its id, and has a code only if the service chooses codes',
      ([channel, can]) =>
        check(one.send({ ...sms, channel, sender: '+14155552345' }, config), (found) => {
          expect(found.providerMessageId).toMatch(/./);
          expect(KNOWN_STATES).toContain(found.state);
          if (found.segments !== undefined) expect(found.segments).toBeGreaterThan(0);
          if (can.codeOrigin === 'ours') expect(found).not.toHaveProperty('codeChosenByProvider');
          else expect(found.codeChosenByProvider).toMatch(/^\d{4,}$/);
        }),
    );

    test('a balance is an amount', () =>
      check(one.balance?.(config), (found) => expect(found.amount).toMatch(MONEY)));

    test('an estimate is a price', () =>
      check(one.estimate?.(sms, config), (found) => expect(found.cost).toMatch(MONEY)));

    test.for(
      one
        .capabilities(config)
        .filter((it) => it.statusPull)
        .map((it) => it.channel),
    )('a delivery by %s is a known state', (channel) =>
      check(
        one.deliveryStatus?.({ providerMessageId: '1', phone: sms.phone, channel }, config),
        (found) => {
          expect(found.state).toBeDefined();
          expect(KNOWN_STATES).toContain(found.state);
        },
      ),
    );

    test('a callback never throws, and reports only named messages in known states', () => {
      const rawBody = fc.oneof(said, fc.webQueryParameters(), fc.string());
      const headers = fc.dictionary(
        fc.constantFrom(
          'authorization',
          'x-twilio-signature',
          'content-type',
          'x-request-signature',
        ),
        fc.oneof(fc.string(), fc.constantFrom('Bearer a.b.c', 'application/x-www-form-urlencoded')),
      );
      fc.assert(
        fc.property(
          rawBody,
          headers,
          fc.webUrl({ withQueryParameters: true }),
          (body, some, url) => {
            const request = { rawBody: body, headers: some, url };
            for (const more of [
              {},
              { appSecret: 'S', signatureSecret: 'S', signedCallbacks: 'true' },
            ]) {
              const outcome = one.webhook?.(request, { ...config, ...more });
              if (!outcome?.accept) continue;
              for (const event of outcome.events) {
                expect(event.providerMessageId).toMatch(/./s);
                expect(KNOWN_STATES).toContain(event.state);
                checkMoney({ ...event });
              }
            }
          },
        ),
        { numRuns: cases(200) },
      );
    });
  },
);
