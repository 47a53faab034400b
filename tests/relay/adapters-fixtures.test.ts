// Every recorded exchange with a messaging service, byte for byte.
// The recordings come from public documentation, SDKs and code; each names its source.
import { describe, expect, test } from 'vitest';
import { adapters, plain, settingsOf } from '../support/adapters';
import { bodyText, recordedServices, recordingsOf, replayed } from '../support/recordings';

test('every service except the demo has recordings, and no other has', () => {
  expect(recordedServices().sort()).toEqual(adapters.map(({ id }) => id).sort());
});

describe.for(adapters.map((one) => [one.id, one] as const))('%s as recorded', ([, provider]) => {
  const { exchanges, webhooks = [] } = recordingsOf(provider.id);

  test.for(exchanges.map((one) => [one.id, one] as const))('%s', ([, recorded]) => {
    const { exchange, response } = replayed(provider, recorded);
    if (recorded.compareRequest !== false) {
      expect(exchange.request).toEqual(recorded.request);
      // the order of fields as well
      expect(JSON.stringify(exchange.request.body)).toBe(JSON.stringify(recorded.request.body));
    }
    expect(plain(exchange.parse(response) as never)).toEqual(recorded.expect);
  });

  test.for(webhooks.map((one) => [one.id, one] as const))('callback %s', ([, recorded]) => {
    const { url, headers, body } = recorded.request;
    const request = { url, headers, rawBody: bodyText(body) };
    const outcome = provider.webhook?.(request, settingsOf(provider));
    const { events, reject } = recorded.expect;
    if (reject !== undefined) expect(outcome).toEqual({ accept: false, reason: reject });
    else expect(outcome).toMatchObject({ accept: true });
    if (outcome?.accept) expect(outcome.events).toEqual(events);
  });
});
