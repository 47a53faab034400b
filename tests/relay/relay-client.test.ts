// The till's client against a real relay and against broken servers: always a named outcome.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { GENESIS } from '$lib/proof/chain';
import { exportPublic, makeTillKey } from '$lib/proof/keys';
import { makeCardSalt, makeSalt, sealCard } from '$lib/proof/record';
import { RelayClock } from '$lib/relay-client/clock';
import { RelayClient, type RelayClientOptions } from '$lib/relay-client/relay-client';
import { ShopClient } from '$lib/relay-client/shop-client';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { debtRequest } from '../support/challenge-requests';
import { OWNER_PIN, TillClient } from '../support/till-client';
import { TillJournal } from '../support/till-journal';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function relayWithShop(): Promise<{ relay: RunningRelay; founder: TillClient }> {
  const relay = await startRelay();
  closers.push(() => relay.stop());
  const founder = await TillClient.ready(relay.url);
  await founder.elevate();
  return { relay, founder };
}

type Enrolled = { client: RelayClient; seen: string[]; paths: string[] };

/** The till's client, enrolled by a token; `seen` and `paths` are what went over the wire. */
async function enrolled(
  relay: RunningRelay,
  founder: TillClient,
  options: Partial<RelayClientOptions> = {},
): Promise<Enrolled> {
  const seen: string[] = [];
  const paths: string[] = [];
  const client = new RelayClient({
    origin: relay.url,
    readHead: () => Promise.resolve({ ...GENESIS, at: 0 }),
    onexchange: (outcome) => seen.push(outcome),
    fetch: (input, init) => {
      paths.push(
        `${init?.method ?? 'GET'} ${new URL(input as string).pathname.slice('/api/v1'.length)}`,
      );
      return fetch(input, init);
    },
    ...options,
  });
  const keys = await makeTillKey();
  const tillId = uuidv7();
  const offer = await founder.call('POST', '/tills/enrolments');
  const reply = await client.enrol({
    tillId,
    name: 'Касса 2',
    publicKey: await exportPublic(keys.publicKey),
    enrolment: offer.json['token'] as string,
  });
  if (reply.kind !== 'enrolled') throw new Error(reply.kind);
  client.identify({ tillId, shopId: reply.shop.id, privateKey: keys.privateKey });
  seen.length = 0;
  paths.length = 0;
  return { client, seen, paths };
}

/** A server on loopback that is not a relay. */
async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client with an identity, so that every call first signs in. */
async function stranger(origin: string, timeoutMs = 2_000): Promise<Enrolled> {
  const seen: string[] = [];
  const client = new RelayClient({
    origin,
    timeoutMs,
    readHead: () => Promise.resolve({ ...GENESIS, at: 0 }),
    onexchange: (outcome) => seen.push(outcome),
  });
  const keys = await makeTillKey();
  client.identify({ tillId: uuidv7(), shopId: uuidv7(), privateKey: keys.privateKey });
  return { client, seen, paths: [] };
}

test('a till signs in by itself and keeps the session for the next call', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, paths } = await enrolled(relay, founder);
  expect((await client.policy()).kind).toBe('policy');
  expect((await client.policy()).kind).toBe('policy');
  expect(paths).toEqual(['POST /sessions', 'GET /policy', 'GET /policy']);
});

test('a till signs the head that its journal has when it asks', async () => {
  const { relay, founder } = await relayWithShop();
  const head = { seq: 7, hash: 'd'.repeat(64), at: 5 };
  const bodies: Record<string, unknown>[] = [];
  const { client } = await enrolled(relay, founder, {
    readHead: () => Promise.resolve(head),
    fetch: (input, init) => {
      if (typeof init?.body === 'string')
        bodies.push(JSON.parse(init.body) as (typeof bodies)[number]);
      return fetch(input, init);
    },
  });
  bodies.length = 0;
  const { action, receiptId, customer, amount, deal } = debtRequest();
  const asked = { action, operator: founder.ownerId, receiptId, customer, amount, deal };
  // the signature is accepted; the reply says that the relay lacks the journal
  expect((await client.requestChallenge(uuidv7(), asked)).kind).not.toBe('wrong-signature');
  expect(bodies).toMatchObject([{ head: { seq: 7, hash: head.hash } }, { journalHead: head }]);
  const at = (bodies[1]!['headSigned'] as { at: number }).at;
  // not later than the time that the relay stated
  expect(at).toBeLessThanOrEqual(relay.relay.now());
});

test('a till whose disk cannot be read sends no request', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, paths } = await enrolled(relay, founder, {
    readHead: () => Promise.resolve(null),
  });
  const unread = { kind: 'unreachable', because: 'disk-failed' };
  expect(await client.policy()).toEqual(unread);
  const { action, receiptId, customer, amount, deal } = debtRequest();
  const asked = { action, operator: founder.ownerId, receiptId, customer, amount, deal };
  expect(await client.requestChallenge(uuidv7(), asked)).toEqual(unread);
  expect(paths).toEqual([]);
});

test('a request that has no JSON is an error of the till, not of the network', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, paths } = await enrolled(relay, founder);
  const wrong = { kind: 'text', value: 1n } as never;
  await expect(client.changePhone(uuidv7(), wrong, null)).rejects.toThrow(TypeError);
  expect(paths).toEqual(['POST /sessions']);
});

test('parallel calls share one sign-in', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, paths } = await enrolled(relay, founder);
  const replies = await Promise.all([client.policy(), client.policy(), client.health()]);
  expect(replies.map((reply) => 'kind' in reply && reply.kind)).not.toContain('session-unknown');
  expect(paths.filter((path) => path === 'POST /sessions')).toHaveLength(1);
});

test('after a restart of the relay the client signs in again, and the call succeeds', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, seen, paths } = await enrolled(relay, founder);
  await client.policy();
  await relay.restart();
  paths.length = 0;
  expect((await client.policy()).kind).toBe('policy');
  expect(paths).toEqual(['GET /policy', 'POST /sessions', 'GET /policy']);
  expect(seen).not.toContain('network');
});

test('a till whose clock is an hour off gets the time, and signs in with it', async () => {
  const { relay, founder } = await relayWithShop();
  const clock = new RelayClock({ wall: () => Date.now() - 3_600_000 });
  const { client, paths } = await enrolled(relay, founder, { clock });
  expect((await client.policy()).kind).toBe('policy');
  expect(paths).toEqual(['POST /sessions', 'POST /sessions', 'GET /policy']);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(5_000);
});

test('the owner’s elevation ends when another operator uses the till', async () => {
  const { relay, founder } = await relayWithShop();
  const { client } = await enrolled(relay, founder);
  const elevated = await client.elevate({
    operatorId: founder.ownerId,
    pin: OWNER_PIN,
    level: 'phone',
  });
  expect(elevated.kind).toBe('elevated');
  expect((await new ShopClient(client.calls).tills()).kind).toBe('tills');
  client.forgetSession();
  expect((await new ShopClient(client.calls).tills()).kind).toBe('elevation-needed');
});

test('an elevation given at the end of a session lasts as long as any other', async () => {
  const clock = makeClock(Date.UTC(2026, 0, 15, 9));
  const relay = await startRelay({ now: clock.now });
  closers.push(() => relay.stop());
  const founder = await TillClient.ready(relay.url, clock.now);
  await founder.elevate();
  const till = await enrolled(relay, founder, { clock: new RelayClock({ wall: clock.now }) });
  expect((await till.client.policy()).kind).toBe('policy');
  clock.pass(13 * 60_000);
  const owner = { operatorId: founder.ownerId, pin: OWNER_PIN, level: 'phone' } as const;
  expect((await till.client.elevate(owner)).kind).toBe('elevated');
  clock.pass(9 * 60_000);
  expect((await new ShopClient(till.client.calls).tills()).kind).toBe('tills');
});

test('a session requested before another operator came is not kept for them', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, paths } = await enrolled(relay, founder);
  const before = client.policy();
  client.forgetSession();
  expect((await before).kind).toBe('policy');
  paths.length = 0;
  await client.policy();
  expect(paths).toEqual(['POST /sessions', 'GET /policy']);
});

test('an unknown and a removed till get that answer', async () => {
  const { relay, founder } = await relayWithShop();
  const { client: unknown } = await stranger(relay.url);
  expect(await unknown.policy()).toEqual({ kind: 'unknown-till' });

  const { client } = await enrolled(relay, founder);
  const list = await founder.call('GET', '/tills');
  const tills = list.json['tills'] as { id: string; name: string }[];
  const second = tills.find((till) => till.name === 'Касса 2');
  await founder.call('DELETE', `/tills/${second?.id}`);
  expect(await client.policy()).toEqual({ kind: 'revoked' });
});

test('a stopped relay is unreachable by the network, and counted once', async () => {
  const { relay, founder } = await relayWithShop();
  const { client, seen } = await enrolled(relay, founder);
  await client.policy();
  seen.length = 0;
  await closers.pop()?.();
  expect(await client.policy()).toEqual({ kind: 'unreachable', because: 'network' });
  expect(seen).toEqual(['network']);
});

const NONSENSE: readonly [string, RequestListener][] = [
  ['no JSON at all', (_, response) => response.end('<html>Welcome to the hotel Wi-Fi</html>')],
  ['JSON of another service', (_, response) => response.end('{"ok":true}')],
  [
    'a known kind with a field too many',
    (_, response) =>
      response.end('{"kind":"session","token":"x","expiresAt":1,"now":1,"admin":true}'),
  ],
  [
    'a known kind with a field of the wrong type',
    (_, response) => response.end('{"kind":"session","token":7,"expiresAt":"soon","now":1}'),
  ],
  ['nothing', (_, response) => response.end()],
  ['broken UTF-8', (_, response) => response.end(Buffer.from([0xff, 0xfe, 0x00, 0x7b]))],
  ['five megabytes', (_, response) => response.end(`"${'a'.repeat(5_000_000)}"`)],
  ['a refusal it made up', (_, response) => response.writeHead(418).end('{"kind":"teapot"}')],
  [
    'a failure of its own',
    (_, response) => response.writeHead(500).end('{"kind":"session-unknown"}'),
  ],
  [
    'a way elsewhere',
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  ],
];

test.for(NONSENSE)('a server that answers %s is not a relay for the till', async ([, listener]) => {
  const origin = await serve(listener);
  const { client, seen } = await stranger(origin);
  const reply = await client.submitCode(uuidv7(), '123456');
  expect(reply.kind).toBe('unreachable');
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toBe('answered');
});

test('a server that takes the request and never answers is given up after the timeout', async () => {
  const origin = await serve(() => undefined);
  const { client } = await stranger(origin, 150);
  expect(await client.policy()).toEqual({ kind: 'unreachable', because: 'timeout' });
});

test('a server that stops in the middle of its reply is given up after the timeout', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '400' });
    response.write('{"kind":"session","tok');
  });
  const { client } = await stranger(origin, 150);
  // Node's fetch may lose the timeout's signal when it collects garbage meanwhile
  setFlagsFromString('--expose-gc');
  const collecting = setInterval(runInNewContext('gc') as () => void, 10);
  onTestFinished(() => clearInterval(collecting));
  expect(await client.policy()).toEqual({ kind: 'unreachable', because: 'timeout' });
}, 10_000);

test('a connection cut in the middle of a reply is lost', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '400' });
    response.write('{"kind":"session","tok', () => response.destroy());
  });
  const { client } = await stranger(origin);
  expect(await client.policy()).toEqual({ kind: 'unreachable', because: 'network' });
});

test('a relay that forgets every session is asked twice and no more', async () => {
  let asked = 0;
  const origin = await serve((request, response) => {
    asked += 1;
    const now = Date.now();
    response.end(
      request.url?.endsWith('/sessions')
        ? JSON.stringify({ kind: 'session', token: `t${asked}`, expiresAt: now + 900_000, now })
        : JSON.stringify({ kind: 'session-unknown' }),
    );
  });
  const { client } = await stranger(origin);
  expect(await client.policy()).toEqual({ kind: 'session-unknown' });
  expect(asked).toBe(4);
});

test('a watermark in the reply to a session or health request is passed on', async () => {
  const jws = (of: string) => `of.${of}.${'A'.repeat(86)}`;
  const origin = await serve((request, response) => {
    const now = Date.now();
    const session = { kind: 'session', token: 't', expiresAt: now + 900_000, now };
    response.end(
      request.url?.endsWith('/sessions')
        ? JSON.stringify({ ...session, watermark: jws('session') })
        : JSON.stringify({ contract: 1, now, watermark: jws('health') }),
    );
  });
  const kept: [string, string][] = [];
  const keepWatermark = (till: string, jws: string) => Promise.resolve(void kept.push([till, jws]));
  const client = new RelayClient({
    origin,
    readHead: () => Promise.resolve({ ...GENESIS, at: 0 }),
    keepWatermark,
  });
  const keys = await makeTillKey();
  const tillId = uuidv7();
  client.identify({ tillId, shopId: uuidv7(), privateKey: keys.privateKey });
  await client.health();
  expect(kept).toEqual([
    [tillId, jws('session')],
    [tillId, jws('health')],
  ]);
});

test('a challenge revoked while the relay was unreachable is revoked there before the next upload, once', async () => {
  const { relay, founder } = await relayWithShop();
  let offline = false;
  const paths: string[] = [];
  const { client } = await enrolled(relay, founder, {
    fetch: (input, init) => {
      if (offline) return Promise.reject(new TypeError('offline'));
      paths.push(`${init?.method ?? 'GET'} ${new URL(input as string).pathname.slice(7)}`);
      return fetch(input, init);
    },
  });
  const [first, second] = [uuidv7(), uuidv7()];
  offline = true;
  expect((await client.cancelChallenge(first)).kind).toBe('unreachable');
  await client.cancelChallenge(second);
  offline = false;
  paths.length = 0;
  const upload = { entries: [], headSigned: { at: null, signature: '' } };
  await client.uploadJournal(upload);
  await client.uploadJournal(upload);
  expect(paths.filter((path) => !path.includes('/sessions'))).toEqual([
    `DELETE /challenges/${first}`,
    `DELETE /challenges/${second}`,
    'POST /journal',
    'POST /journal',
  ]);
});

test('the client gets another till’s cards by the hashes in its entries, as far as the relay has them', async () => {
  const { relay, founder } = await relayWithShop();
  const { client } = await enrolled(relay, founder);
  const card = {
    salt: makeSalt(),
    name: 'Анна',
    phone: null,
    cardSalt: makeCardSalt(),
    ...NO_SEALED_DETAILS,
  };
  const recordHash = await sealCard(card);
  const journal = new TillJournal(founder, Date.now);
  await journal.enrolled();
  const body = { customer: uuidv7(), recordHash, credit: { kind: 'no-credit' } };
  await journal.add({ act: 'customer-saved', body });
  expect((await journal.upload(journal.entries, { cards: [card] })).json.kind).toBe('kept');
  const reply = await client.order.cards([recordHash, 'a'.repeat(64)]);
  expect(reply).toEqual({ kind: 'cards', cards: [{ hash: recordHash, ...card }] });
});
