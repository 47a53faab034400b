// The list of tills: only with elevation, and a removal applies to the very next request.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { enrolmentOffer, tillsReply } from '$lib/contract/till';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const clock = makeClock(Date.UTC(2026, 0, 15, 9));
let running: RunningRelay;
let owner: TillClient;

beforeEach(async () => {
  running = await startRelay({ now: clock.now });
  owner = await TillClient.ready(running.url, clock.now);
});
afterEach(() => running.stop());

async function secondTill(): Promise<TillClient> {
  const offer = enrolmentOffer.parse((await owner.call('POST', '/tills/enrolments')).json);
  const tablet = await TillClient.make(running.url, clock.now);
  await tablet.enrol(offer.token);
  await tablet.signIn();
  return tablet;
}

it.each([
  ['GET', '/tills'],
  ['POST', '/tills/enrolments'],
  ['PUT', `/tills/${uuidv7()}/name`],
  ['DELETE', `/tills/${uuidv7()}`],
])('%s %s needs elevation', async (method, path) => {
  const reply = await owner.call(method, path);
  const level = method === 'GET' ? 'phone' : 'pin';
  expect([reply.status, reply.json]).toEqual([403, { kind: 'elevation-needed', level }]);
});

it('an elevated owner sees the tills and enrols another', async () => {
  await owner.elevate();
  const tablet = await secondTill();
  const reply = await owner.call('GET', '/tills');
  const now = clock.now();
  const row = { enrolledAt: now, seenAt: now, revokedAt: null, replacedAt: null };
  const nothing = {
    stated: 0,
    held: 0,
    differSince: null,
    sumsDifferSince: null,
    unclaimed: 0,
    waiting: [],
    isAwaited: false,
  };
  // the epoch, both tills and the policy: neither has downloaded anything
  const journal = { ...nothing, notDownloaded: 4, notDownloadedSince: now };
  const { tills } = tillsReply.parse(reply.json);
  expect(tills).toEqual([
    { id: owner.id, number: 1, name: 'Касса 1', ...row, ...journal },
    { id: tablet.id, number: 2, name: 'Касса 2', ...row, ...journal },
  ]);
});

it('the offer says when the token expires, and has no link without a public address', async () => {
  await owner.elevate();
  const reply = await owner.call('POST', '/tills/enrolments');
  expect(reply.status).toBe(201);
  expect(enrolmentOffer.parse(reply.json)).toMatchObject({
    link: null,
    expiresAt: clock.now() + 15 * 60_000,
  });
});

it('a removed till is refused at its next request and cannot sign in or enrol again', async () => {
  await owner.elevate();
  const tablet = await secondTill();
  expect((await tablet.call('GET', '/policy')).status).toBe(200);
  expect((await owner.call('DELETE', `/tills/${tablet.id}`)).status).toBe(204);
  const next = await tablet.call('GET', '/policy');
  expect(next.status).toBe(401);
  expect((await tablet.signIn()).json).toEqual({ kind: 'revoked' });
  const { token } = enrolmentOffer.parse((await owner.call('POST', '/tills/enrolments')).json);
  tablet.bearer = null;
  expect((await tablet.enrol(token)).json).toEqual({ kind: 'till-differs' });
  expect((await owner.call('DELETE', `/tills/${tablet.id}`)).status).toBe(204);
});

it('an invalid or unknown id is reported as such', async () => {
  await owner.elevate();
  expect((await owner.call('DELETE', '/tills/1')).json).toEqual({ kind: 'malformed', path: 'id' });
  const unknown = await owner.call('DELETE', `/tills/${uuidv7()}`);
  expect([unknown.status, unknown.json]).toEqual([404, { kind: 'not-found' }]);
});
