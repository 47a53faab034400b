// How soon the relay notices that a silent messaging service is back, by the test's clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogLine } from '../../relay/context';
import { openProbe, type Probe } from '../../relay/messaging/gateway/probe';
import type { BalanceFound } from '../../relay/messaging/gateway/gateway-types';
import { scoped } from '../../relay/store/scoped';
import { openDatabase } from '../../relay/store/open-database';

// setImmediate is not faked, because the database commits by it
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

type Opened = {
  readonly probe: Probe;
  readonly db: ReturnType<typeof scoped>;
  readonly log: readonly LogLine[];
  /** What the service answers next. */
  answer: BalanceFound;
  /** How often it was asked. */
  asked: number;
};

async function withProbe(act: (opened: Opened) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-probe-'));
  const db = scoped(openDatabase(join(folder, 'relay.db')), 'shop');
  const log: LogLine[] = [];
  const service = { answer: { kind: 'balance', amount: '100' } as BalanceFound, asked: 0 };
  const probe = await openProbe({
    db,
    now: () => Date.now(),
    isDemo: () => false,
    lowBalance: () => null,
    balance: () => {
      service.asked += 1;
      return Promise.resolve(service.answer);
    },
    log: (line) => void log.push(line),
  });
  try {
    await act(Object.assign(service, { probe, db, log }));
  } finally {
    probe.close();
    db.close();
    rmSync(folder, { recursive: true });
  }
}

test('a silent service is asked again within seconds, a working one every few minutes; a database error ends neither', () =>
  withProbe(async (service) => {
    const { probe, db, log } = service;
    probe.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([service.asked, probe.state().state]).toEqual([1, 'ready']);

    service.answer = { kind: 'refused', because: 'not-sent' };
    await probe.noteSent({ kind: 'refused', because: 'not-sent' });
    await vi.advanceTimersByTimeAsync(0);
    expect(probe.state().state).toBe('unreachable');

    service.answer = { kind: 'balance', amount: '100' };
    await vi.advanceTimersByTimeAsync(10_000);
    expect(probe.state().state).toBe('ready');
    expect(log).toEqual([]);

    db.close();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(log).toMatchObject([{ event: 'probe-failed' }]);
  }));

test.each(['temporary', 'auth'] as const)(
  'messages refused as %s make it ask once a minute, however many there are',
  (because) =>
    withProbe(async (service) => {
      const { probe } = service;
      for (let message = 0; message < 30; message += 1) {
        await probe.noteSent({ kind: 'refused', because });
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(service.asked).toBe(1);
      await vi.advanceTimersByTimeAsync(60_000);
      await probe.noteSent({ kind: 'refused', because });
      await vi.advanceTimersByTimeAsync(0);
      expect(service.asked).toBe(2);
    }),
);

test('messages to a silent service make it ask once at first, and it is still asked again within seconds', () =>
  withProbe(async (service) => {
    const { probe } = service;
    for (let message = 0; message < 30; message += 1) {
      await probe.noteSent({ kind: 'refused', because: 'not-sent' });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect([service.asked, probe.state().state]).toEqual([1, 'unreachable']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([service.asked, probe.state().state]).toEqual([2, 'ready']);
  }));
