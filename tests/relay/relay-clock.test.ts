// The relay's time at a till: only the relay and running time change it, not the device's clock.
import { expect, test } from 'vitest';
import { RelayClock } from '$lib/relay-client/clock';

const AT = 1_760_000_000_000;
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** A device whose clock people set and whose running time they cannot. */
function device(wall = AT) {
  const set = { wall, ticks: 1_000 };
  const clock = () => new RelayClock({ wall: () => set.wall, ticks: () => set.ticks });
  const run = (ms: number) => {
    set.wall += ms;
    set.ticks += ms;
  };
  return { set, clock, run };
}

test('a device whose clock is two years off uses the relay’s time, also offline', () => {
  const { clock, run } = device(AT - 2 * YEAR);
  const relay = clock();
  relay.setByRelay(AT);
  expect(relay.now()).toBe(AT);
  run(3 * HOUR);
  expect(relay.now()).toBe(AT + 3 * HOUR);
});

test('started offline, a device with a constant offset still knows the time', () => {
  const { clock, run, set } = device(AT + 2 * YEAR);
  const before = clock();
  before.setByRelay(AT);
  const mark = before.mark();
  run(5 * HOUR);
  set.ticks = 0;
  const after = clock();
  if (mark) after.recall(mark);
  expect(after.now()).toBe(AT + 5 * HOUR);
});

test('setting a device’s clock back, even while it was off, does not set the time back', () => {
  const { clock, run, set } = device();
  const before = clock();
  before.setByRelay(AT);
  run(HOUR);
  const mark = before.mark();
  expect(mark).toEqual({ offsetMs: 0, contactAt: AT + HOUR });
  set.wall -= 2 * YEAR;
  expect(before.now()).toBe(AT + HOUR);
  set.ticks = 0;
  const after = clock();
  if (mark) after.recall(mark);
  expect(after.now()).toBe(AT + HOUR);
  run(60_000);
  expect(after.now()).toBe(AT + HOUR + 60_000);
});

test('setting a device’s clock forward proves nothing', () => {
  const { clock, run, set } = device();
  const relay = clock();
  relay.setByRelay(AT);
  run(HOUR);
  set.wall += 2 * YEAR;
  expect(relay.proven()).toBe(AT + HOUR);
  expect(relay.mark()?.contactAt).toBe(AT + HOUR);
});

test('the relay’s newest time replaces every other, its own earlier one too', () => {
  const { clock } = device();
  const relay = clock();
  relay.setByRelay(AT + YEAR);
  relay.setByRelay(AT);
  expect(relay.now()).toBe(AT);
  relay.recall({ offsetMs: 2 * YEAR, contactAt: AT + 2 * YEAR });
  expect(relay.now()).toBe(AT);
});

test('before the first contact with the relay there is only the device’s clock', () => {
  const relay = device().clock();
  expect(relay.now()).toBe(AT);
  expect(relay.proven()).toBe(0);
  expect(relay.mark()).toBeNull();
});

test('the offset of the device’s clock is known, even if it was set back while the till was off', () => {
  const { clock, run, set } = device(AT + 2 * YEAR);
  const before = clock();
  expect(before.ahead()).toBe(0);
  before.setByRelay(AT);
  expect(before.ahead()).toBe(2 * YEAR);
  const mark = before.mark();
  run(5 * HOUR);
  set.ticks = 0;
  set.wall = AT - YEAR;
  const after = clock();
  if (mark) after.recall(mark);
  expect(after.ahead()).toBe(-YEAR);
});
