// Every recorded reply varied in the ways services vary theirs: clear ones are read, others refused.
import { describe, expect, test } from 'vitest';
import type { Exchange, HttpResponse, Provider } from '../../relay/providers/provider';
import { adapters, json, plain, settingsOf, sms, text } from '../support/adapters';
import { recordingsOf, replayed, type Recorded } from '../support/recordings';

const all = adapters.flatMap((provider) =>
  recordingsOf(provider.id)
    .exchanges.filter(({ response }) => response.body.type === 'json')
    .map((recorded) => [`${provider.id} ${recorded.id}`, provider, recorded] as const),
);
const isYes = (recorded: Recorded): boolean => (recorded.expect as { ok: boolean }).ok;

/** The adapter's result for a variation of the recorded reply. */
function bent(provider: Provider, recorded: Recorded, change: (text: string) => string): unknown {
  const { exchange, response } = replayed(provider, recorded);
  return plain(exchange.parse({ ...response, text: change(response.text) }) as never);
}

describe('a reply has the same meaning', () => {
  test.for(all)('with a byte order mark and spaces around it: %s', ([, provider, recorded]) => {
    expect(bent(provider, recorded, (it) => `\ufeff ${it}\r\n`)).toEqual(recorded.expect);
  });

  test.for(all)('with its numbers as text: %s', ([, provider, recorded]) => {
    const asText = (it: string): string =>
      it.replace(/([:[,])(-?\d+(?:\.\d+)?)(?=[,}\]])/g, '$1"$2"');
    expect(bent(provider, recorded, asText)).toEqual(recorded.expect);
  });

  test.for(all)('with its text as numbers: %s', ([, provider, recorded]) => {
    const asNumber = (it: string): string =>
      it.replace(/([:[,])"(-?(?:0|[1-9]\d*)(?:\.\d+)?)"(?=[,}\]])/g, '$1$2');
    expect(bent(provider, recorded, asNumber)).toEqual(recorded.expect);
  });

  test.for(all)('with unknown fields: %s', ([, provider, recorded]) => {
    const more = '"__proto__":{"ok":true},"constructor":null,"новое":[{}],';
    expect(bent(provider, recorded, (it) => it.replace('{', `{${more}`))).toEqual(recorded.expect);
  });
});

describe('a reply is refused', () => {
  const yes = all.filter(([, , recorded]) => isYes(recorded));

  test.for(yes)('if it is cut off anywhere: %s', ([, provider, recorded]) => {
    const { exchange, response } = replayed(provider, recorded);
    for (let end = 0; end < response.text.length; end += 1)
      expect(exchange.parse({ ...response, text: response.text.slice(0, end) })).toMatchObject({
        ok: false,
        kind: 'bad_reply',
      });
  });

  test.for(yes)('if something follows it: %s', ([, provider, recorded]) => {
    for (const more of ['x', '{}', '<!-- -->', ',', '\u0000'])
      expect(bent(provider, recorded, (it) => it + more)).toMatchObject({ kind: 'bad_reply' });
  });

  test.for(yes)('if a key is repeated: %s', ([, provider, recorded]) => {
    const twice = (it: string): string => it.replace(/^\{("[^"]+"):/, '{$1:null,$1:');
    expect(bent(provider, recorded, twice)).toMatchObject({ kind: 'bad_reply' });
  });

  test.for(yes)('inside a list of one: %s', ([, provider, recorded]) => {
    expect(bent(provider, recorded, (it) => `[${it}]`)).toMatchObject({ ok: false });
  });

  test.for(yes)(
    'if it is a success with the status of a server error: %s',
    ([, provider, recorded]) => {
      const { exchange, response } = replayed(provider, recorded);
      const html = { ...response, status: 503, text: '<html>' };
      expect(exchange.parse(html)).toMatchObject({ kind: 'temporary' });
    },
  );
});

/** The value with each of its keys left out in turn. */
function* poorer(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const rest = Array.isArray(value)
      ? value.filter((_, i) => String(i) !== key)
      : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    yield rest;
    for (const one of poorer((value as Record<string, unknown>)[key]))
      yield Array.isArray(value)
        ? value.map((it: unknown, i) => (String(i) === key ? one : it))
        : { ...value, [key]: one };
  }
}

/** The value with each of its leaves replaced in turn. */
function* spoilt(value: unknown, by: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) {
    yield by;
    return;
  }
  for (const key of Object.keys(value))
    for (const one of spoilt((value as Record<string, unknown>)[key], by))
      yield Array.isArray(value)
        ? value.map((it: unknown, i) => (String(i) === key ? one : it))
        : { ...value, [key]: one };
}

describe('a reply with a missing or invalid part', () => {
  test.for(all)(
    'says no more than the whole one, and never throws: %s',
    ([, provider, recorded]) => {
      const { exchange, response } = replayed(provider, recorded);
      const whole = recorded.expect as Record<string, unknown>;
      const body: unknown = JSON.parse(response.text);
      const parts = [
        ...poorer(body),
        ...[null, [], {}, true, -1, '', 'x'].flatMap((by) => [...spoilt(body, by)]),
      ];
      expect(parts.length).toBeGreaterThan(5);
      for (const part of parts) {
        const result = exchange.parse({ ...response, text: JSON.stringify(part) });
        if (!result.ok) continue;
        if (!isYes(recorded)) {
          // a success only if the refusing part was removed: then its id is there
          expect(result).not.toHaveProperty('codeChosenByProvider');
          continue;
        }
        const found = result as unknown as Record<string, unknown>;
        for (const key of ['providerMessageId', 'codeChosenByProvider', 'amount'])
          expect(Object.hasOwn(found, key)).toBe(Object.hasOwn(whole, key));
      }
    },
  );
});

describe('money', () => {
  const balances: readonly (readonly [string, (amount: string) => HttpResponse])[] = [
    ['smsru', (it) => text(`{"status":"OK","status_code":100,"balance":${it}}`)],
    ['smsc', (it) => text(`{"balance":${it},"currency":"RUB"}`)],
    ['smsaero', (it) => text(`{"success":true,"data":{"balance":${it}}}`)],
    ['twilio', (it) => text(`{"balance":${it},"currency":"USD"}`)],
    ['vonage', (it) => text(`{"value":${it}}`)],
    ['turbosms', (it) => text(`{"response_code":0,"response_result":{"balance":${it}}}`)],
    ['mobizon', (it) => text(`{"code":0,"data":{"balance":${it},"currency":"KZT"}}`)],
    ['generic_http', (it) => text(`{"balance":${it}}`)],
  ];
  const ask = (id: string) => {
    const provider = adapters.find((one) => one.id === id)!;
    return provider.balance!(settingsOf(provider));
  };

  test.for(balances)('of %s keeps the digits in which it was written', ([id, reply]) => {
    for (const amount of ['0.50', '-12.30', '0', '1000000000000.000001', '0.1000000000000000055'])
      for (const written of [amount, `"${amount}"`, `" ${amount} "`])
        expect(ask(id).parse(reply(written))).toMatchObject({ ok: true, amount });
    expect(ask(id).parse(reply('5e-7'))).toMatchObject({ amount: '0.0000005' });
  });

  test.for(balances)('of %s is not guessed', ([id, reply]) => {
    for (const written of [
      '"12,50"',
      '"1 000"',
      '"1,000.00"',
      '"12 RUB"',
      'null',
      '""',
      '"NaN"',
      '[]',
      '{}',
      'true',
    ])
      expect(ask(id).parse(reply(written))).toMatchObject({ ok: false, kind: 'bad_reply' });
  });
});

describe('an HTTP status alone', () => {
  const operations = (one: Provider): readonly Exchange<object>[] => {
    const config = settingsOf(one);
    const [can] = one.capabilities(config);
    const send = one.send(
      { ...sms, channel: can?.channel ?? 'sms', sender: '+14155552345' },
      config,
    );
    const status = one.deliveryStatus?.({ providerMessageId: '1', phone: sms.phone }, config);
    return [send, one.balance?.(config), status].filter((it) => it !== undefined);
  };
  const named = adapters.map((one) => [one.id, one] as const);

  test.for(named)(
    '%s: a server error is temporary, 429 is a limit, a web page is not a reply',
    ([, one]) => {
      for (const exchange of operations(one)) {
        for (const page of ['<html>', '', '[]', 'null', '""', '{}']) {
          const of = (status: number): unknown => exchange.parse(text(page, status));
          for (const status of [500, 502, 503, 504])
            expect(of(status)).toMatchObject({ kind: 'temporary' });
          expect(of(429)).toMatchObject({ kind: 'rate_limit_account' });
          expect(of(200)).toMatchObject({
            kind: expect.stringMatching(/^(?:bad_reply|unknown)$/) as string,
          });
          expect(of(302)).toMatchObject({ ok: false });
        }
        const wait = exchange.parse(text('', 429, { 'retry-AFTER': '17' }));
        expect(wait).toMatchObject({ retryAfterSec: 17 });
      }
    },
  );

  test('a 403 of a proxy in between is not about the key, for services that never send one', () => {
    for (const id of ['smsru', 'smsc', 'turbosms', 'mobizon', 'telegram_gateway']) {
      const [send] = operations(adapters.find((one) => one.id === id)!);
      expect(send?.parse(text('<html>Forbidden</html>', 403))).toMatchObject({ kind: 'bad_reply' });
      expect(send?.parse(json({}, 401))).toMatchObject({ kind: 'auth' });
    }
  });
});

test('SMS.RU refuses with a bare number if it was not asked for JSON', () => {
  const call = adapters[0].send({ channel: 'call', phone: sms.phone }, settingsOf(adapters[0]));
  expect(call.parse(text('200'))).toMatchObject({ kind: 'auth', providerCode: '200' });
  expect(call.parse(text('202\n'))).toMatchObject({ kind: 'bad_phone' });
  expect(call.parse(text('100'))).toMatchObject({ ok: false });
});
