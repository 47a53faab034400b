// The demo phones: who may see them, and grants that prove nothing.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyGrant } from '$lib/proof/grant';
import { ask, check, debtRequest, DEMO_PHONE, START, withCalls } from '../support/challenges';
import { rawRequest } from '../support/raw-request';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { TillClient } from '../support/till-client';

let relay: RunningRelay;
let till: TillClient;
let clock: ReturnType<typeof makeClock>;
beforeEach(async () => {
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
  till = await TillClient.ready(relay.url, clock.now, withCalls);
});
afterEach(() => relay.stop());

const request = (parts = {}) =>
  debtRequest({ customer: { id: uuidv7(), phone: DEMO_PHONE }, ...parts });
const messages = async (): Promise<Record<string, string | null>[]> => {
  const reply = await fetch(`${relay.url}/demo-phone/messages`);
  return ((await reply.json()) as { messages: Record<string, string | null>[] }).messages;
};

describe('messages', () => {
  test('arrive on the page, and their code gives a grant marked as demo', async () => {
    const id = uuidv7();
    const asked = await ask(till, request(), id);
    expect(asked.json).toMatchObject({ kind: 'awaiting-code', demo: true, delivery: 'sent' });
    const [message] = await messages();
    expect(message).toMatchObject({ channel: 'sms', phone: DEMO_PHONE, caller: null });
    const code = /\d{6}/.exec(message?.['text'] ?? '')?.[0] ?? '';
    const yes = await check(till, id, code);
    const key = till.relayKey;
    const grant = key && (await verifyGrant(yes.json.grant as string, key));
    expect(grant).toMatchObject({ demo: true, provider: 'demo', channel: 'sms' });
  });

  test.each(['viber', 'whatsapp', 'telegram'] as const)(
    'a message by %s arrives as such and has its own code',
    async (channel) => {
      await till.elevate();
      const policy = await till.policy();
      const reply = await till.putPolicy(policy.version, {
        ...policy,
        methods: {
          ...policy.methods,
          'sell-on-account': { ...policy.methods['sell-on-account'], chain: [channel] },
        },
      });
      expect(reply.json.kind).toBe('policy');
      const id = uuidv7();
      await ask(till, request(), id);
      const [message] = await messages();
      expect(message).toMatchObject({ channel, phone: DEMO_PHONE, caller: null });
      const code = /\d{6}/.exec(message?.['text'] ?? '')?.[0] ?? '';
      expect((await check(till, id, code)).json.kind).toBe('verified');
    },
  );

  test('a call shows a number whose last four digits are the code', async () => {
    const id = uuidv7();
    await ask(till, request({ channel: 'call' }), id);
    const [message] = await messages();
    expect(message).toMatchObject({ channel: 'call', text: null });
    expect(message?.['caller']).toMatch(/^\+7000555\d{4}$/);
    const code = message?.['caller']?.slice(-4) ?? '';
    expect((await check(till, id, code)).json.kind).toBe('verified');
  });

  test('are delivered a moment later, shown newest first, and gone after a restart', async () => {
    const id = uuidv7();
    await ask(till, request(), id);
    clock.pass(2000);
    await ask(till, request({ customer: { id: uuidv7(), phone: '+70000000102' } }));
    const looked = await till.call('GET', `/challenges/${id}`);
    expect(looked.json).toMatchObject({ delivery: 'delivered' });
    expect((await messages()).map((one) => one['phone'])).toEqual(['+70000000102', DEMO_PHONE]);
    await relay.restart();
    expect(await messages()).toEqual([]);
  });
});

describe('the page', () => {
  test('runs no inline script and is never cached', async () => {
    for (const path of ['', '/phone.css', '/phone.js', '/messages']) {
      const reply = await fetch(`${relay.url}/demo-phone${path}`);
      expect(reply.status).toBe(200);
      expect(reply.headers.get('cache-control')).toBe('no-store');
      const policy = reply.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      if (path !== '') continue;
      const html = await reply.text();
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]* src=)/);
      expect(html).not.toMatch(/\{\w+\}/);
    }
  });

  const pageFor = async (accepted: string): Promise<string> => {
    const headers = { 'Accept-Language': accepted };
    return (await fetch(`${relay.url}/demo-phone`, { headers })).text();
  };

  test('has the language of the shop’s messages, whatever the browser asks for', async () => {
    expect(await pageFor('en')).toContain('<html lang="ru">');
    await till.elevate();
    const policy = await till.policy();
    const shop = { ...policy.shop, messageLanguage: 'en' } as const;
    await till.putPolicy(policy.version, { ...policy, shop });
    expect(await pageFor('ru')).toContain('<html lang="en">');
    // an open page reloads itself
    const reply = await fetch(`${relay.url}/demo-phone/messages`);
    expect(await reply.json()).toMatchObject({ language: 'en' });
  });

  test.each([
    ['ru-RU,ru;q=0.9,en;q=0.8', 'ru', 'Телефоны покупателей'],
    ['de,en;q=0.5,ru;q=0.3', 'en', 'Customers’ phones'],
    ['de', 'en', 'Customers’ phones'],
  ])('shows %s as %s while there is no shop yet', async (accepted, lang, title) => {
    await relay.stop();
    relay = await startRelay({ now: clock.now });
    const html = await pageFor(accepted);
    expect(html).toContain(`<html lang="${lang}">`);
    expect(html).toContain(title);
  });

  test('names the owner of each phone: staff and demo customers; others are shown as numbers', async () => {
    await till.elevate();
    const policy = await till.policy();
    await till.putPolicy(policy.version, withOwnersPhone(policy, '+79031112233'));
    for (const phone of [DEMO_PHONE, '+79031112233', '+79255070602'])
      await till.call('POST', '/provider/test-message', { phone, channel: 'sms' });
    const named = (await messages()).map(({ phone, name }) => [phone, name]);
    expect(named).toEqual([
      ['+79255070602', null],
      ['+79031112233', 'Анна'],
      [DEMO_PHONE, 'Вера Лугова'],
    ]);
  });

  test('opens only on this machine, or with the key of this start', async () => {
    const through = { 'X-Forwarded-For': '203.0.113.7' };
    const path = `${relay.url}/demo-phone`;
    for (const below of ['', '/messages']) {
      expect((await fetch(path + below, { headers: through })).status).toBe(403);
      const key = relay.relay.provider.demoKey;
      const keyed = await fetch(`${path}${below}?key=${key}`, { headers: through });
      expect(keyed.status).toBe(200);
      const wrong = await fetch(`${path}${below}?key=${key.slice(1)}`, { headers: through });
      expect(wrong.status).toBe(403);
    }
    const old = relay.relay.provider.demoKey;
    await relay.restart();
    expect(relay.relay.provider.demoKey).not.toBe(old);
  });

  test('behind a trusted proxy needs the key on this machine, too, and the settings say where it is', async () => {
    await relay.stop();
    relay = await startRelay({ now: clock.now, env: { COUNTERFOIL_TRUST_PROXY: '1' } });
    const refused = await fetch(`${relay.url}/demo-phone`);
    expect(refused.status).toBe(403);
    // a person sees it in the browser
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(await refused.text()).toContain('This page needs its key');
    expect(
      (await fetch(`${relay.url}/demo-phone?key=${relay.relay.provider.demoKey}`)).status,
    ).toBe(200);
  });

  test('with a public address needs the key, whatever Host and Origin a proxy passes on', async () => {
    await relay.stop();
    relay = await startRelay({ now: clock.now, env: { COUNTERFOIL_URL: 'https://till.example' } });
    const { demoKey } = relay.relay.provider;
    const port = relay.relay.port();
    for (const below of ['', '/messages'])
      for (const host of ['localhost', '127.0.0.1', '[::1]', 'till.example']) {
        const ask = (key: string) =>
          rawRequest(`${relay.url}/demo-phone${below}${key}`, {
            headers: { host: host === 'till.example' ? host : `${host}:${port}` },
          });
        expect((await ask('')).status).toBe(403);
        expect((await ask(`?key=${demoKey}`)).status).toBe(200);
      }
  });
});
