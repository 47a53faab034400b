// Messages without a code: owners' notices over every channel that accepts our own text.
import { describe, expect, test } from 'vitest';
import { NotOffered } from '../../relay/providers/exchange';
import { demo } from '../../relay/providers/demo';
import { adapters, PHONE, settingsOf } from '../support/adapters';

const text = 'Весна: защита снижена: долг без кода.';

const channels = [...adapters, demo].flatMap((provider) =>
  provider
    .capabilities(settingsOf(provider))
    .map((can) => ({ id: provider.id, channel: can.channel, can, provider })),
);
const free = channels.filter(({ can }) => can.text === 'free' && can.codeOrigin === 'ours');
const others = channels.filter(({ can }) => can.text !== 'free' && can.codeOrigin === 'ours');

describe('a text without a code', () => {
  test.each(free)('$id sends it by $channel unchanged', ({ provider, channel }) => {
    const { request } = provider.send({ channel, phone: PHONE, text }, settingsOf(provider));
    expect(JSON.stringify(request.body)).toContain(text);
    expect(JSON.stringify(request.body)).not.toContain('undefined');
  });

  test.each(others)(
    '$id refuses it by $channel, which sends only codes',
    ({ provider, channel }) => {
      const send = () => provider.send({ channel, phone: PHONE, text }, settingsOf(provider));
      expect(send).toThrow(NotOffered);
    },
  );

  test('every service with texts of ours has such a channel', () => {
    expect(new Set(free.map(({ id }) => id)).size).toBeGreaterThan(6);
  });
});
