// Every recorded exchange with a messaging service, byte for byte. The recordings come from public documentation, SDKs and code; each names its source.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  Config,
  Exchange,
  HttpRequest,
  HttpResponse,
  MessageRef,
  Provider,
  SendRequest,
} from '../../relay/providers/provider';
import { adapters, crypto, plain, settingsOf } from '../support/adapters';

type RecordedBody =
  | { type: 'json'; json: unknown }
  | { type: 'text'; text: string }
  | { type: 'form'; fields: Record<string, string> }
  | { type: 'none' };
type Recorded = {
  id: string;
  operation: string;
  channel: SendRequest['channel'] | null;
  input?: Record<string, unknown>;
  config?: Record<string, unknown>;
  request: HttpRequest;
  response: { status: number; headers: Record<string, string>; body: RecordedBody };
  expect: unknown;
  compareRequest?: boolean;
};
type RecordedCallback = {
  id: string;
  request: { url: string; headers: Record<string, string>; body: RecordedBody };
  expect: { events?: unknown; reject?: string };
};

const folder = new URL('./recordings/', import.meta.url);

function bodyText(body: RecordedBody): string {
  if (body.type === 'json') return JSON.stringify(body.json);
  if (body.type === 'text') return body.text;
  return body.type === 'form' ? new URLSearchParams(body.fields).toString() : '';
}

/** The generic service is described by each recording; the others have their usual settings. */
function configOf(provider: Provider, recorded: Recorded): Config {
  if (recorded.config === undefined) return settingsOf(provider);
  const secret = recorded.input?.['secret'];
  return {
    spec: JSON.stringify(recorded.config),
    ...(typeof secret === 'string' ? { secret } : {}),
  };
}

function exchangeOf(provider: Provider, recorded: Recorded): Exchange<unknown> | undefined {
  const config = configOf(provider, recorded);
  const channel = recorded.channel === null ? {} : { channel: recorded.channel };
  const input = { ...channel, ...recorded.input };
  switch (recorded.operation) {
    case 'send':
      return provider.send(input as unknown as SendRequest, config);
    case 'estimate':
      return provider.estimate?.(input as unknown as SendRequest, config);
    case 'balance':
      return provider.balance?.(config);
    default:
      return provider.deliveryStatus?.(input as unknown as MessageRef, config);
  }
}

test('every service but the demo and no other is recorded', () => {
  const files = readdirSync(folder).map((file) => file.replace('.json', ''));
  expect(files.sort()).toEqual(adapters.map(({ id }) => id).sort());
});

for (const provider of adapters) {
  const { exchanges, webhooks: callbacks = [] } = JSON.parse(
    readFileSync(new URL(`${provider.id}.json`, folder), 'utf8'),
  ) as { exchanges: Recorded[]; webhooks?: RecordedCallback[] };

  describe(`${provider.id} as recorded`, () => {
    test.for(exchanges.map((one) => [one.id, one] as const))('%s', ([, recorded]) => {
      const exchange = exchangeOf(provider, recorded);
      if (exchange === undefined) throw new Error(`${recorded.operation} is not described`);
      if (recorded.compareRequest !== false) {
        expect(exchange.request).toEqual(recorded.request);
        // the order of fields, too
        expect(JSON.stringify(exchange.request.body)).toBe(JSON.stringify(recorded.request.body));
      }
      const response: HttpResponse = {
        status: recorded.response.status,
        headers: recorded.response.headers,
        text: bodyText(recorded.response.body),
      };
      expect(plain(exchange.parse(response) as never)).toEqual(recorded.expect);
    });

    if (callbacks.length > 0)
      test.for(callbacks.map((one) => [one.id, one] as const))('callback %s', ([, recorded]) => {
        const outcome = provider.webhook?.(
          {
            url: recorded.request.url,
            headers: recorded.request.headers,
            rawBody: bodyText(recorded.request.body),
          },
          settingsOf(provider),
          crypto,
        );
        if (recorded.expect.reject !== undefined)
          expect(outcome).toEqual({ accept: false, reason: recorded.expect.reject });
        else expect(outcome).toMatchObject({ accept: true, events: recorded.expect.events });
        if (outcome?.accept) expect(outcome.events).toEqual(recorded.expect.events);
      });
  });
}
