// A challenge and its check through the wire with the provider that answers at once, against bare commits of SQLite on the same disk.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from '@playwright/test';
import Sqlite from 'better-sqlite3';
import { v7 as newId } from 'uuid';
import { codeIn, messagesAt } from '../support/demo-phone';
import { RelayProcess } from '../support/relay-process';
import { TillClient } from '../support/till-client';
import { interleaved, quantile, SAMPLES, tell, tellFigure } from './measure';

const COUNT = SAMPLES < 30 ? SAMPLES : 300;

/** A sale on account of five to this phone. */
function debtRequest(phone: string) {
  const receiptId = newId();
  return {
    action: 'sell-on-account',
    receiptId,
    customer: { id: newId(), phone },
    amount: { minor: 500, currency: 'RUB' },
    dealHash: createHash('sha256').update(receiptId).digest('hex'),
    balanceAfter: { minor: 500, currency: 'RUB' },
    journalHead: { seq: 0, hash: '0'.repeat(64), at: Date.now() },
  };
}

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
    const challenge = async () => {
      asked += 1;
      const phone = `+7000${String(asked).padStart(7, '0')}`;
      const id = newId();
      let since = performance.now();
      const sent = await till.call('PUT', `/challenges/${id}`, debtRequest(phone));
      let took = performance.now() - since;
      if (sent.status !== 201) throw new Error(JSON.stringify(sent.json));
      const message = (await messagesAt(relay.url)).find((each) => each.phone === phone);
      const code = codeIn(message?.text ?? '');
      since = performance.now();
      const verified = await till.call('POST', `/challenges/${id}/checks`, { code });
      took += performance.now() - since;
      if (verified.json.kind !== 'verified') throw new Error(JSON.stringify(verified.json));
      return took;
    };
    const pair = await interleaved(COUNT, challenge, () => {
      const since = performance.now();
      insert.run(newId(), content);
      return Promise.resolve(performance.now() - since);
    });
    raw.close();
    tell('challenge + check, vs one durable commit', pair, { atMost: 4 });
    const tail = quantile(pair.ours, 0.99) / quantile(pair.ours, 0.5);
    tellFigure('challenge + check, p99 over p50', [tail], 10);
  } finally {
    await relay.dispose();
  }
});
