// Elevation: the relay checks the PIN and the right in its own policy; five failures lock.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { elevationReply } from '$lib/contract/till';
import { offerEnrolment } from '../../relay/tills/tokens';
import { numbersIn } from '../support/numbers-in';
import { verifierOf } from '../support/pin-verifiers';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const MINUTE = 60_000;
const clock = makeClock(Date.UTC(2026, 0, 15, 9));
const cashierId = uuidv7();
let running: RunningRelay;
let till: TillClient;

const withCashier = (policy: Policy): Policy => ({
  ...policy,
  operators: [
    ...policy.operators,
    {
      id: cashierId,
      name: 'Пётр',
      group: 'cashier',
      pin: verifierOf('7305'),
      phone: null,
      taxNumber: null,
      active: true,
    },
  ],
});

beforeEach(async () => {
  running = await startRelay({ now: clock.now });
  till = await TillClient.ready(running.url, clock.now, withCashier);
});
afterEach(() => running.stop());

const refused = async (): Promise<unknown> => (await till.call('GET', '/tills')).json;

it('the owner is elevated with their PIN for ten minutes, in this session only', async () => {
  expect(await refused()).toEqual({ kind: 'elevation-needed', level: 'phone' });
  const reply = await till.elevate();
  expect(reply.status).toBe(200);
  expect(elevationReply.parse(reply.json)).toEqual({
    kind: 'elevated',
    until: clock.now() + 10 * MINUTE,
  });
  clock.pass(10 * MINUTE - 1);
  expect((await till.call('GET', '/tills')).status).toBe(200);
  clock.pass(1);
  expect(await refused()).toEqual({ kind: 'elevation-needed', level: 'phone' });
  await till.elevate();
  await till.signIn();
  expect(await refused()).toEqual({ kind: 'elevation-needed', level: 'phone' });
});

it('a wrong PIN gives no elevation', async () => {
  const reply = await till.elevate({ pin: '135791' });
  expect([reply.status, reply.json]).toEqual([401, { kind: 'wrong-pin' }]);
  expect(await refused()).toEqual({ kind: 'elevation-needed', level: 'phone' });
});

it('an operator without a right to change anything is refused, and so is an unknown one', async () => {
  for (const operatorId of [cashierId, uuidv7()]) {
    const reply = await till.elevate({ operatorId, pin: '7305' });
    expect([reply.status, reply.json]).toEqual([403, { kind: 'no-right' }]);
  }
});

it('the fifth wrong PIN locks operator and till for 15 minutes, over a restart, even for the right PIN', async () => {
  const until = clock.now() + 15 * MINUTE;
  const replies: unknown[] = [];
  for (let i = 0; i < 5; i++) replies.push((await till.elevate({ pin: '000000' })).json);
  const wrong = { kind: 'wrong-pin' };
  expect(replies).toEqual([wrong, wrong, wrong, wrong, { kind: 'locked', until }]);
  await running.restart();
  await till.signIn();
  const reply = await till.elevate();
  expect([reply.status, reply.json]).toEqual([429, { kind: 'locked', until }]);
  clock.pass(15 * MINUTE - 1);
  await till.signIn();
  expect((await till.elevate()).json).toEqual({ kind: 'locked', until });
  clock.pass(1);
  expect((await till.elevate()).json.kind).toBe('elevated');
});

it('the lock is for one till: the owner can still use another', async () => {
  for (let i = 0; i < 5; i++) await till.elevate({ pin: '000000' });
  const other = await TillClient.make(running.url, clock.now);
  await other.enrol((await offerEnrolment(running.relay)).token);
  await other.signIn();
  expect((await other.elevate({ operatorId: till.ownerId })).json.kind).toBe('elevated');
});

it('the right PIN resets earlier failures', async () => {
  for (let i = 0; i < 4; i++) await till.elevate({ pin: '000000' });
  expect((await till.elevate()).json.kind).toBe('elevated');
  expect((await till.elevate({ pin: '000000' })).json.kind).toBe('wrong-pin');
});

it('parallel guesses get no more than five together', async () => {
  const pins = Array.from({ length: 12 }, (_, i) => String(100_000 + i));
  const replies = await Promise.all(pins.map((pin) => till.elevate({ pin })));
  expect(replies.every((reply) => reply.json.kind !== 'elevated')).toBe(true);
  expect((await till.elevate()).json.kind).toBe('locked');
});

it('an elevated operator who loses the right loses it at once', async () => {
  await till.elevate();
  const policy = await till.policy();
  const second = { ...policy.operators[0]!, id: uuidv7(), name: 'Вера' };
  const joined = { ...policy, operators: [...policy.operators, second] };
  expect((await till.putPolicy(1, joined)).status).toBe(200);
  const gone = joined.operators.map((each) =>
    each.id === till.ownerId ? { ...each, active: false } : each,
  );
  expect((await till.putPolicy(2, { ...joined, operators: gone })).status).toBe(200);
  expect(await refused()).toEqual({ kind: 'no-right' });
  expect((await till.elevate()).json).toEqual({ kind: 'no-right' });
});

it('without a policy nobody can be elevated', async () => {
  const fresh = await startRelay({ now: clock.now });
  const first = await TillClient.make(fresh.url, clock.now);
  await first.enrol();
  await first.signIn();
  expect((await first.elevate()).json).toEqual({ kind: 'no-right' });
  await fresh.stop();
});

it('neither PIN nor token is in the log', async () => {
  await till.elevate({ pin: '864209', token: 'ABCDEFGHJK' });
  const text = JSON.stringify(running.log);
  expect(numbersIn(text)).not.toContain('864209');
  expect(text).not.toContain('ABCDEFGHJK');
  expect(running.log).toContainEqual({
    event: 'elevation',
    till: till.id,
    by: till.ownerId,
    outcome: 'wrong-pin',
  });
});
