// Sessions: opened by a signature that is fresh, for this relay, and used once.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sessionReply } from '$lib/contract/till';
import { offerEnrolment } from '../../relay/tills/tokens';
import { revokeTill, tillById } from '../../relay/store/tills';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const MINUTE = 60_000;
const clock = makeClock(Date.UTC(2026, 0, 15, 9));
let running: RunningRelay;
let till: TillClient;

beforeEach(async () => {
  running = await startRelay({ now: clock.now, env: { COUNTERFOIL_URL: 'https://till.example' } });
  till = await TillClient.make(running.url, clock.now);
  await till.enrol((await offerEnrolment(running.relay)).token);
});
afterEach(() => running.stop());

it('a signed claim opens a session of 15 minutes', async () => {
  const now = clock.now();
  const reply = await till.signIn();
  expect(reply.status).toBe(200);
  expect(sessionReply.parse(reply.json)).toEqual({
    kind: 'session',
    token: till.bearer,
    expiresAt: now + 15 * MINUTE,
    now,
  });
  clock.pass(15 * MINUTE - 1);
  expect((await till.call('GET', '/policy')).json.kind).toBe('no-policy');
  clock.pass(1);
  expect((await till.call('GET', '/policy')).json).toEqual({ kind: 'session-unknown' });
});

it.each([61_000, -61_000, 3_600_000, -3_600_000])(
  'a till whose clock is off by %i ms gets the time and can sign again with it',
  async (off) => {
    const stale = await till.signIn({ at: clock.now() + off });
    expect([stale.status, stale.json]).toEqual([
      401,
      { kind: 'stale-signature', now: clock.now() },
    ]);
    expect((await till.signIn({ at: stale.json.now as number })).json.kind).toBe('session');
  },
);

it('a claim up to a minute old is accepted', async () => {
  expect((await till.signIn({ at: clock.now() - 60_000 })).json.kind).toBe('session');
});

it('a replayed claim opens nothing, not even after a restart', async () => {
  const request = await till.sessionRequest();
  expect((await till.call('POST', '/sessions', request)).json.kind).toBe('session');
  const replay = { kind: 'stale-signature', now: clock.now() };
  expect((await till.call('POST', '/sessions', request)).json).toEqual(replay);
  await running.restart();
  expect((await till.call('POST', '/sessions', request)).json).toEqual(replay);
});

it('of parallel replays exactly one opens a session', async () => {
  const request = await till.sessionRequest();
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => till.call('POST', '/sessions', request)),
  );
  expect(replies.filter((reply) => reply.json.kind === 'session')).toHaveLength(1);
});

it('a claim signed for another address or another shop is refused', async () => {
  const wrong = { kind: 'wrong-signature' };
  expect((await till.signIn({ origin: 'https://till.example.evil' })).json).toEqual(wrong);
  expect((await till.signIn({ shop: till.id })).json).toEqual(wrong);
});

it('a claim signed for the public address is accepted', async () => {
  expect((await till.signIn({ origin: 'https://till.example' })).json.kind).toBe('session');
});

it('a claim signed by another key is refused, and its nonce stays free', async () => {
  const thief = await TillClient.make(running.url, clock.now);
  const own = await till.sessionRequest();
  thief.shopId = till.shopId;
  const { signature } = await thief.sessionRequest(own);
  const forged = await till.call('POST', '/sessions', { ...own, signature });
  expect([forged.status, forged.json]).toEqual([401, { kind: 'wrong-signature' }]);
  expect((await till.call('POST', '/sessions', own)).json.kind).toBe('session');
});

it('an unknown till gets that answer', async () => {
  const stranger = await TillClient.make(running.url, clock.now);
  stranger.shopId = till.shopId;
  const reply = await stranger.signIn();
  expect([reply.status, reply.json]).toEqual([401, { kind: 'unknown-till' }]);
});

it('a restart forgets sessions only: the till signs in again and goes on', async () => {
  await till.signIn();
  await till.putFirstPolicy();
  const key = running.relay.key.publicJwk;
  await running.restart();
  const reply = await till.call('GET', '/policy');
  expect([reply.status, reply.json]).toEqual([401, { kind: 'session-unknown' }]);
  await till.signIn();
  expect((await till.policy()).version).toBe(1);
  expect(running.relay.key.publicJwk).toEqual(key);
  expect(running.relay.shopId).toBe(till.shopId);
});

it.each(['Bearer', 'Bearer x', `Bearer ${'A'.repeat(43)}`, `Basic ${'A'.repeat(43)}`])(
  'a bearer that was never issued opens nothing: %s',
  async (authorization) => {
    const reply = await till.call('GET', '/policy', undefined, { Authorization: authorization });
    expect([reply.status, reply.json]).toEqual([401, { kind: 'session-unknown' }]);
  },
);

it('a removed till is refused from its next request on', async () => {
  await till.signIn();
  await revokeTill(running.relay.db, till.id, clock.now());
  expect((await till.call('GET', '/policy')).json).toEqual({ kind: 'revoked' });
  const again = await till.signIn();
  expect([again.status, again.json]).toEqual([401, { kind: 'revoked' }]);
});

it('the relay records the last contact of a till', async () => {
  expect((await tillById(running.relay.db, till.id))?.seenAt).toBeNull();
  await till.signIn();
  expect((await tillById(running.relay.db, till.id))?.seenAt).toBe(clock.now());
  clock.pass(MINUTE);
  await till.call('GET', '/health');
  expect((await tillById(running.relay.db, till.id))?.seenAt).toBe(clock.now());
});

it('neither bearer nor signature is stored on the disk or in the log', async () => {
  await till.signIn();
  expect(JSON.stringify(running.log)).not.toContain(till.bearer);
});
