// Enrolment: from this machine before there is a policy, afterwards with a one-time token.
import { networkInterfaces } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrolmentReply, tillsReply } from '$lib/contract/till';
import { offerEnrolment } from '../../relay/tills/tokens';
import { rawRequest, rawText } from '../support/raw-request';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const MINUTE = 60_000;
const clock = makeClock(Date.UTC(2026, 0, 15, 9));
let running: RunningRelay;

beforeEach(async () => {
  running = await startRelay({ now: clock.now });
});
afterEach(() => running.stop());

const till = (): Promise<TillClient> => TillClient.make(running.url, clock.now);
const freshToken = async (): Promise<string> => (await offerEnrolment(running.relay)).token;

describe('over loopback', () => {
  it('the first browser on this machine is enrolled at once, and learns that there is no policy yet', async () => {
    const newcomer = await till();
    const reply = await newcomer.enrol();
    expect(reply.status).toBe(201);
    expect(enrolmentReply.parse(reply.json)).toEqual({
      kind: 'enrolled',
      shop: { id: running.relay.shopId },
      relayKey: running.relay.key.publicJwk,
      policy: null,
      contract: 1,
      number: 1,
    });
  });

  it('a first run given up half-way can be started again from another browser', async () => {
    await (await till()).enrol();
    expect((await (await till()).enrol()).json.kind).toBe('enrolled');
  });

  it('repeating a lost request gives the same reply, and the till is added once', async () => {
    const newcomer = await till();
    const [first, again] = [await newcomer.enrol(), await newcomer.enrol()];
    expect(again.json).toEqual(first.json);
    expect(again.status).toBe(201);
  });

  it('once there is a policy every other till needs a token', async () => {
    const owner = await TillClient.ready(running.url, clock.now);
    const reply = await (await till()).enrol();
    expect([reply.status, reply.json]).toEqual([401, { kind: 'token-needed' }]);
    // not even the enrolled one gets the policy without proving its key
    expect((await owner.enrol()).json).toEqual({ kind: 'token-needed' });
  });

  it.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-host', 'localhost'],
  ])('a request that came through a proxy (%s) is not from this machine', async (name, value) => {
    const reply = await (await till()).enrol(undefined, { [name]: value });
    expect(reply.json).toEqual({ kind: 'token-needed' });
  });

  it('with a trusted proxy no request counts as from this machine', async () => {
    await running.stop();
    running = await startRelay({ now: clock.now, env: { COUNTERFOIL_TRUST_PROXY: '1' } });
    expect((await (await till()).enrol()).json).toEqual({ kind: 'token-needed' });
  });

  it.each([
    ['via', '1.1 proxy.example'],
    ['x-forwarded-port', '443'],
    ['x-original-forwarded-for', '203.0.113.7'],
    ['x-client-ip', '203.0.113.7'],
    ['true-client-ip', '203.0.113.7'],
    ['cf-connecting-ip', '203.0.113.7'],
    ['cdn-loop', 'cloudflare'],
  ])('%s also shows that a request was passed on', async (name, value) => {
    const reply = await (await till()).enrol(undefined, { [name]: value });
    expect(reply.json).toEqual({ kind: 'token-needed' });
  });

  /** `POST /tills` with these headers, as a proxy on this machine passes it on. */
  const askAs = async (headers: Record<string, string>): Promise<unknown> => {
    const { id, publicKey } = await till();
    const reply = await rawRequest(`${running.url}/api/v1/tills`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'counterfoil-contract': '1', ...headers },
      body: JSON.stringify({ tillId: id, name: 'Планшет', publicKey }),
    });
    return JSON.parse(reply.text);
  };

  it.each(['https://till.example', 'https://other.example', 'http://[::ffff:7f00:1]', 'null'])(
    'a page of %s is not on this machine, though its proxy rewrites Host and adds nothing',
    async (origin) => {
      const reply = await askAs({ origin, 'sec-fetch-site': 'same-origin' });
      expect(reply).toEqual({ kind: 'token-needed' });
    },
  );

  it('a proxy that asks by HTTP/1.0, as nginx does unless configured otherwise, is not a browser here', async () => {
    const { id, publicKey } = await till();
    const body = JSON.stringify({ tillId: id, name: 'x', publicKey });
    const port = running.relay.port();
    const text = await rawText(
      port,
      `POST /api/v1/tills HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Type: application/json\r\nCounterfoil-Contract: 1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    expect(text).toContain('{"kind":"token-needed"}');
  });

  describe('with a public address', () => {
    beforeEach(async () => {
      await running.stop();
      const env = { COUNTERFOIL_URL: 'https://till.example' };
      running = await startRelay({ now: clock.now, env });
    });

    it('no request counts as from this machine, however its proxy rewrites it', async () => {
      const needed = { kind: 'token-needed' };
      const port = running.relay.port();
      expect(await askAs({ host: 'till.example' })).toEqual(needed);
      for (const name of ['localhost', '127.0.0.1', '[::1]', '127.9.9.9']) {
        expect(await askAs({ host: `${name}:${port}` })).toEqual(needed);
        const own = { origin: `http://localhost:${port}`, 'sec-fetch-site': 'same-origin' };
        expect(await askAs({ host: `${name}:${port}`, ...own })).toEqual(needed);
      }
    });

    it('the first till is enrolled with the token that was printed, over the public address or here', async () => {
      for (const headers of [{}, { 'x-forwarded-for': '203.0.113.7' }])
        expect((await (await till()).enrol(await freshToken(), headers)).status).toBe(201);
    });
  });

  const lan = Object.values(networkInterfaces())
    .flat()
    .find((each) => each && each.family === 'IPv4' && !each.internal)?.address;
  it.skipIf(lan === undefined)(
    'another machine that sends localhost as Host is still another machine',
    async () => {
      await running.stop();
      const env = { COUNTERFOIL_HOST: '0.0.0.0', COUNTERFOIL_URL: 'https://till.example' };
      running = await startRelay({ now: clock.now, env });
      const newcomer = await till();
      const port = running.relay.port();
      const reply = await rawRequest(`http://${lan}:${port}/api/v1/tills`, {
        method: 'POST',
        headers: {
          host: `localhost:${port}`,
          'content-type': 'application/json',
          'counterfoil-contract': '1',
        },
        body: JSON.stringify({ tillId: newcomer.id, name: 'x', publicKey: newcomer.publicKey }),
      });
      expect(JSON.parse(reply.text)).toEqual({ kind: 'token-needed' });
    },
  );
});

describe('with a token', () => {
  beforeEach(async () => {
    await TillClient.ready(running.url, clock.now);
  });

  it('a token enrols one till, which gets the signed policy', async () => {
    const tablet = await till();
    const reply = await tablet.enrol(await freshToken());
    expect([reply.status, reply.json.kind]).toEqual([201, 'enrolled']);
    expect(reply.json.policy).toBe(running.relay.policy()?.jws);
    expect((await tablet.signIn()).json.kind).toBe('session');
  });

  it('the same till repeats a lost request and gets the same reply, over a restart and after the token expired', async () => {
    const tablet = await till();
    const token = await freshToken();
    const first = await tablet.enrol(token);
    clock.pass(20 * MINUTE);
    await running.restart();
    expect((await tablet.enrol(token)).json).toEqual(first.json);
    clock.pass(24 * 60 * MINUTE);
    expect((await tablet.enrol(token)).json).toEqual({ kind: 'token-spent' });
  });

  it('a used token enrols nobody else', async () => {
    const token = await freshToken();
    await (await till()).enrol(token);
    const reply = await (await till()).enrol(token);
    expect([reply.status, reply.json]).toEqual([410, { kind: 'token-spent' }]);
  });

  it('of two tablets with one token exactly one is enrolled', async () => {
    const token = await freshToken();
    const tablets = await Promise.all([till(), till(), till()]);
    const replies = await Promise.all(tablets.map((tablet) => tablet.enrol(token)));
    expect(replies.map((reply) => reply.json.kind).sort()).toEqual([
      'enrolled',
      'token-spent',
      'token-spent',
    ]);
  });

  it('a token is valid for 15 minutes', async () => {
    const token = await freshToken();
    const other = await freshToken();
    clock.pass(15 * MINUTE - 1);
    expect((await (await till()).enrol(token)).json.kind).toBe('enrolled');
    clock.pass(1);
    const reply = await (await till()).enrol(other);
    expect([reply.status, reply.json]).toEqual([410, { kind: 'token-expired' }]);
  });

  it('five wrong tokens lock enrolment for 15 minutes, over a restart, even for the right one', async () => {
    const tablet = await till();
    const token = await freshToken();
    const until = clock.now() + 15 * MINUTE;
    const kinds: unknown[] = [];
    for (const wrong of ['0000000000', '0000000001', '0000000002', '0000000003', '0000000004'])
      kinds.push((await tablet.enrol(wrong)).json);
    const unknown = { kind: 'token-unknown' };
    expect(kinds).toEqual([unknown, unknown, unknown, unknown, { kind: 'locked', until }]);
    await running.restart();
    const reply = await tablet.enrol(token);
    expect([reply.status, reply.json]).toEqual([429, { kind: 'locked', until }]);
    clock.pass(15 * MINUTE);
    expect((await tablet.enrol(await freshToken())).json.kind).toBe('enrolled');
  });

  it('behind a trusted proxy tries are counted per client, by the address that the proxy adds', async () => {
    await running.stop();
    running = await startRelay({ now: clock.now, env: { COUNTERFOIL_TRUST_PROXY: '1' } });
    const tablet = await TillClient.make(running.url, clock.now);
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const { token } = await offerEnrolment(running.relay);
    // addresses that the client itself wrote are further left
    for (let i = 0; i < 5; i++) await tablet.enrol('0000000000', from(`10.0.0.${i}, 192.0.2.7`));
    expect((await tablet.enrol(token, from('192.0.2.7'))).json.kind).toBe('locked');
    expect((await tablet.enrol(token, from('192.0.2.8'))).json.kind).toBe('enrolled');
  });

  it('a new token from a manager ends the lock', async () => {
    const tablet = await till();
    for (let i = 0; i < 6; i++) await tablet.enrol('0000000000');
    expect((await tablet.enrol(await freshToken())).json.kind).toBe('enrolled');
  });

  it('an id that belongs to another key, or to a removed till, is refused and leaves the token valid', async () => {
    const tablet = await till();
    await tablet.enrol(await freshToken());
    const token = await freshToken();
    const thief = await till();
    const { x, y, ...rest } = thief.publicKey;
    const asTablet = { tillId: tablet.id, name: 'x', enrolment: token };
    const forged = { ...asTablet, publicKey: { ...rest, x, y } };
    const reply = await thief.call('POST', '/tills', forged);
    expect([reply.status, reply.json]).toEqual([409, { kind: 'till-differs' }]);
    expect((await thief.enrol(token)).json.kind).toBe('enrolled');
  });

  it('a public key that is not on the curve is refused', async () => {
    const tablet = await till();
    const publicKey = { ...tablet.publicKey, x: tablet.publicKey.y, y: tablet.publicKey.y };
    const reply = await tablet.call('POST', '/tills', { tillId: tablet.id, name: 'x', publicKey });
    expect([reply.status, reply.json]).toEqual([400, { kind: 'malformed', path: 'publicKey' }]);
  });

  it('a token is nowhere on the disk and nowhere in the log', async () => {
    const token = await freshToken();
    await (await till()).enrol(token);
    for (const name of ['relay.db', 'relay.db-wal'])
      expect(readFileSync(join(running.dataDir, name)).includes(token)).toBe(false);
    expect(JSON.stringify(running.log)).not.toContain(token);
  });

  it('the link for a tablet uses the public address only, with the token in its fragment', async () => {
    expect((await offerEnrolment(running.relay)).link).toBeNull();
    await running.stop();
    const env = { COUNTERFOIL_URL: 'https://till.example/' };
    running = await startRelay({ now: clock.now, env });
    const offer = await offerEnrolment(running.relay);
    expect(offer.link).toBe(`https://till.example/#enrol=${offer.token}`);
  });
});

describe('the number of a till', () => {
  let owner: TillClient;
  beforeEach(async () => {
    owner = await TillClient.ready(running.url, clock.now);
    await owner.elevate();
  });

  const enrol = async (as: Parameters<TillClient['enrol']>[2] = {}) => {
    const tablet = await till();
    const { json } = await tablet.enrol(await freshToken(), {}, as);
    return { tablet, number: json.number };
  };

  it('is the next one of the shop, and the list shows it beside the name', async () => {
    expect((await enrol()).number).toBe(2);
    expect((await enrol()).number).toBe(3);
    const { tills } = tillsReply.parse((await owner.call('GET', '/tills')).json);
    expect(tills.map(({ number, name }) => [number, name])).toEqual([
      [1, 'Касса 1'],
      [2, 'Касса 2'],
      [3, 'Касса 3'],
    ]);
  });

  it('is never given again: not after a removal, and not to the device that had it', async () => {
    const { tablet, number } = await enrol();
    expect(number).toBe(2);
    expect((await owner.call('DELETE', `/tills/${tablet.id}`)).status).toBe(204);
    expect((await enrol()).number).toBe(3);
    expect((await enrol({ former: tablet.id })).number).toBe(4);
  });

  it('stays the same when a lost request is repeated', async () => {
    const tablet = await till();
    const token = await freshToken();
    const [first, again] = [await tablet.enrol(token), await tablet.enrol(token)];
    expect([first.json.number, again.json.number]).toEqual([2, 2]);
  });

  it('is another one for each of many tills that enrol at once', async () => {
    const tablets = await Promise.all(
      Array.from({ length: 12 }, async () => ({ tablet: await till(), token: await freshToken() })),
    );
    const replies = await Promise.all(tablets.map(({ tablet, token }) => tablet.enrol(token)));
    const numbers = replies.map(({ json }) => json.number as number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, place) => place + 2));
  });

  it('is above those that the device had at a relay that no longer exists', async () => {
    expect((await enrol({ above: 7 })).number).toBe(8);
    expect((await enrol()).number).toBe(9);
    expect((await enrol({ above: 3 })).number).toBe(10);
  });
});
