// A challenge and its check over the wire with an immediate provider, against bare SQLite commits.
// Both use the same disk.
import { join } from 'node:path';
import { test } from '@playwright/test';
import Sqlite from 'better-sqlite3';
import { v7 as newId } from 'uuid';
import { ask, debtRequest } from '../support/challenge-requests';
import { codeIn, messagesAt } from '../support/demo-phone';
import { RelayProcess } from '../support/relay-process';
import { TillClient } from '../support/till-client';
import { interleaved, quantile, SAMPLES, tell, tellFigure } from './measure';

const AT_ONCE = 10;

test('challenges through the relay', async () => {
  const relay = new RelayProcess();
  await relay.start();
  try {
    const till = await TillClient.ready(relay.url, Date.now, (policy) => ({
      ...policy,
      limits: { perPhoneHour: 100, perPhoneDay: 100, perTillHour: 10_000, perShopDay: 10_000 },
    }));
    const raw = new Sqlite(join(relay.dataDir, 'bench.sqlite'));
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.exec('create table rows (id text primary key, content text)');
    const insert = raw.prepare('insert into rows values (?, ?)');
    const content = 'x'.repeat(1_000);

    let asked = 0;
    const each: number[] = [];
    const timed = async (call: () => ReturnType<TillClient['call']>, kind: string) => {
      const since = performance.now();
      const reply = await call();
      if (reply.json.kind !== kind) throw new Error(JSON.stringify(reply.json));
      return performance.now() - since;
    };
    /** Duration per challenge with many under way, ms. */
    const challenges = async () => {
      const all = Array.from({ length: AT_ONCE }, () => {
        asked += 1;
        return { id: newId(), phone: `+7000${String(asked).padStart(7, '0')}` };
      });
      let since = performance.now();
      const asks = await Promise.all(
        all.map(({ id, phone }) =>
          timed(
            () => ask(till, debtRequest({ customer: { id: newId(), phone } }), id),
            'awaiting-code',
          ),
        ),
      );
      let took = performance.now() - since;
      const messages = await messagesAt(relay.url);
      const codes = all.map(({ phone }) =>
        codeIn(messages.find((message) => message.phone === phone)?.text ?? ''),
      );
      since = performance.now();
      const checks = await Promise.all(
        all.map(({ id }, place) =>
          timed(
            () => till.call('POST', `/challenges/${id}/checks`, { code: codes[place] }),
            'verified',
          ),
        ),
      );
      took += performance.now() - since;
      each.push(...asks.map((ms, place) => ms + (checks[place] ?? Number.NaN)));
      return took / AT_ONCE;
    };
    const pair = await interleaved(SAMPLES, challenges, () => {
      const since = performance.now();
      for (let n = 0; n < AT_ONCE; n += 1) insert.run(newId(), content);
      return Promise.resolve((performance.now() - since) / AT_ONCE);
    });
    raw.close();
    tell('challenge + check, vs one durable commit', pair, { atMost: 8 });
    const tail = quantile(each, 0.99) / quantile(each, 0.5);
    tellFigure('challenge + check, p99 over p50', [tail], 10);
  } finally {
    await relay.dispose();
  }
});
