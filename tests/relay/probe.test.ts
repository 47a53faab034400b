// How soon the relay notices that a silent messaging service is back, by the test's clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogLine } from '../../relay/context';
import { openProbe } from '../../relay/messaging/probe';
import type { BalanceFound } from '../../relay/messaging/gateway-types';
import { scoped } from '../../relay/store/scoped';
import { openDatabase } from '../../relay/store/open-database';

// setImmediate is the database's: it commits by it
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

test('a silent service is asked again within seconds, a working one every few minutes; an error of the database ends neither', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-probe-'));
  const db = scoped(openDatabase(join(folder, 'relay.db')), 'shop');
  let answer: BalanceFound = { kind: 'balance', amount: '100' };
  let asked = 0;
  const log: LogLine[] = [];
  const probe = await openProbe({
    db,
    now: () => Date.now(),
    isDemo: () => false,
    lowBalance: () => null,
    balance: () => {
      asked += 1;
      return Promise.resolve(answer);
    },
    log: (line) => void log.push(line),
  });
  try {
    probe.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked, probe.state().state]).toEqual([1, 'ready']);

    answer = { kind: 'refused', because: 'not-sent' };
    await probe.noteSent({ kind: 'refused', because: 'not-sent' });
    await vi.advanceTimersByTimeAsync(0);
    expect(probe.state().state).toBe('unreachable');

    answer = { kind: 'balance', amount: '100' };
    await vi.advanceTimersByTimeAsync(10_000);
    expect(probe.state().state).toBe('ready');
    expect(log).toEqual([]);

    db.close();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(log).toMatchObject([{ event: 'probe-failed' }]);
  } finally {
    probe.close();
    db.close();
    rmSync(folder, { recursive: true });
  }
});
