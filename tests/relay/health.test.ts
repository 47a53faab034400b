// Health: little for anybody, the facts of the status chip for a till.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { health } from '$lib/contract/health';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { offerEnrolment } from '../../relay/tills/tokens';
import { TillClient } from '../support/till-client';
import { TillJournal } from '../support/till-journal';

const clock = makeClock(Date.UTC(2026, 0, 15, 9));
let running: RunningRelay;

beforeEach(async () => {
  running = await startRelay({ now: clock.now });
});
afterEach(() => running.stop());

it('without a session it returns contract and time only, and needs no contract header', async () => {
  const response = await fetch(`${running.url}/api/v1/health`);
  expect([response.status, await response.json()]).toEqual([
    200,
    { contract: 1, now: clock.now() },
  ]);
});

it('a till gets the state of the messaging service and the policy’s version and mark', async () => {
  const till = await TillClient.make(running.url, clock.now);
  await till.enrol();
  await till.signIn();
  const provider = { state: 'ready', checkedAt: clock.now(), low: false, demo: true };
  const before = health.parse((await till.call('GET', '/health')).json);
  const named = { till: { id: till.id, name: 'Касса 1' } };
  const none = {
    stopped: [],
    silent: [],
    policyVersion: null,
    policyMark: null,
    reserveVersion: 0,
  };
  expect(before).toEqual({ contract: 1, now: clock.now(), provider, ...named, ...none });
  const { json } = await till.putFirstPolicy();
  const after = health.parse((await till.call('GET', '/health')).json);
  const policyMark = createHash('sha256').update(String(json['policy'])).digest('hex');
  expect(after).toMatchObject({ policyVersion: 1, policyMark });
});

it('an unknown session is named, so that the till signs in again', async () => {
  const till = await TillClient.make(running.url, clock.now);
  await till.enrol();
  await till.signIn();
  await running.restart();
  const reply = await till.call('GET', '/health');
  expect([reply.status, reply.json]).toEqual([401, { kind: 'session-unknown' }]);
});

it('names the other tills in use that were silent for minutes', async () => {
  const till = await TillClient.ready(running.url, clock.now);
  const other = await TillClient.make(running.url, clock.now);
  await other.enrol((await offerEnrolment(running.relay)).token, {}, { name: 'Бар' });
  await other.signIn();
  const silent = async () => {
    await till.signIn();
    return health.parse((await till.call('GET', '/health')).json).silent;
  };
  const journal = new TillJournal(other, clock.now);
  await journal.enrolled();
  const operator = till.ownerId;
  await journal.add({
    act: 'shift-opened',
    body: { float: 0, counted: false, left: 0, difference: 0 },
    operator,
  });
  await journal.upload();
  const since = clock.now();
  clock.pass(5 * 60_000);
  expect(await silent()).toEqual([]);
  clock.pass(1);
  expect(await silent()).toEqual([{ till: other.id, name: 'Бар', since }]);
  // its own silence is not reported to it
  await other.signIn();
  expect(health.parse((await other.call('GET', '/health')).json).silent).toEqual([]);
  expect(await silent()).toEqual([]);
  clock.pass(3_600_000);
  expect(await silent()).toHaveLength(1);
  // after its shift it may be switched off
  await other.signIn();
  await journal.add({ act: 'shift-closed', body: { counted: 0 }, operator });
  await journal.upload();
  clock.pass(3_600_000);
  expect(await silent()).toEqual([]);
});
