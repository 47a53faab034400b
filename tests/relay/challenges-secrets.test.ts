// Searches every reply, log line and byte on disk for the code, the service's key and the number.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ask,
  check,
  debtRequest,
  openShop,
  otherThan,
  PHONE,
  smsruDraft,
  withCalls,
  type Shop,
} from '../support/challenges';
import type { Behaviour } from '../support/fake-smsru';
import { numbersIn } from '../support/numbers-in';
import type { Reply } from '../support/till-client';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(withCalls);
});
afterEach(() => shop.stop());

/** Everything on disk: database, write-ahead log, key file. */
const bytesOnDisk = (): string =>
  readdirSync(shop.relay.dataDir)
    .map((name) => readFileSync(join(shop.relay.dataDir, name)).toString('latin1'))
    .join('\n');

test('neither code nor key nor number is in a reply, in the log or on disk', async () => {
  const before = numbersIn(bytesOnDisk() + JSON.stringify(shop.relay.log));
  const replies: Reply[] = [];
  const call = async (...args: Parameters<Shop['till']['call']>): Promise<Reply> => {
    const reply = await shop.till.call(...args);
    replies.push(reply);
    return reply;
  };
  shop.smsru.callCode = '7391';
  const ways: readonly Behaviour[] = [
    { kind: 'ok' },
    { kind: 'code', code: 201, where: 'number' },
    { kind: 'code', code: 200, where: 'top' },
    { kind: 'half-close' },
    { kind: 'garbage' },
    { kind: 'ten-megabytes' },
    { kind: 'status', status: 500, text: `${PHONE} 79255070602 ${shop.smsru.apiId}` },
    { kind: 'words', text: `не отправлено на 79255070602, ключ ${shop.smsru.apiId}` },
  ];
  for (const way of ways) {
    shop.smsru.next(way);
    const id = uuidv7();
    replies.push(await ask(shop.till, debtRequest(), id));
    await call('GET', `/challenges/${id}`);
    const code = shop.smsru.codes.at(-1) ?? '';
    replies.push(await check(shop.till, id, otherThan(code)));
    shop.clock.pass(30_000);
    await call('POST', `/challenges/${id}/sends`, { channel: 'call' });
    replies.push(await check(shop.till, id, '7391'));
    await call('DELETE', `/challenges/${id}`);
    shop.clock.pass(3_600_000);
    await shop.till.signIn();
  }
  const held = uuidv7();
  replies.push(await ask(shop.till, debtRequest(), held));
  await shop.till.elevate();
  await call('GET', '/provider');
  await call('POST', '/provider/balance', {});
  await call('PUT', '/provider', smsruDraft(shop.smsru, {}));
  shop.smsru.next({ kind: 'words', text: `номер 79255070602, ключ ${shop.smsru.apiId}` });
  const refused = await call('POST', '/provider/test-message', { phone: PHONE, channel: 'call' });
  expect(refused.json).toMatchObject({ kind: 'refused', providerText: 'номер ···, ключ ···' });
  await call('GET', '/health');

  const codes = [...shop.smsru.codes, '7391'];
  expect(codes.length).toBeGreaterThan(8);
  const said = replies.map(({ json }) => JSON.stringify({ ...json, grant: null })).join('\n');
  const logged = shop.relay.log.map((line) => JSON.stringify(line)).join('\n');
  const kept = bytesOnDisk();
  expect(logged).toContain('provider-asked');
  // the grant is text signed by the relay; it is decoded, not searched as characters
  const grants = replies.flatMap(({ json }) =>
    typeof json.grant === 'string'
      ? [Buffer.from(json.grant.split('.')[1] ?? '', 'base64url')]
      : [],
  );
  const places = { said, logged, kept, granted: grants.map(String).join('\n') };
  for (const [place, text] of Object.entries(places)) {
    const numbers = numbersIn(text);
    const found = codes.filter((code) => numbers.has(code) && !before.has(code));
    expect([place, found]).toEqual([place, []]);
    for (const canary of [shop.smsru.apiId, PHONE, '79255070602', '9255070602'])
      expect([place, canary, text.includes(canary)]).toEqual([place, canary, false]);
  }
});

test('the code of an open challenge is encrypted; after its end nothing of it is left', async () => {
  const id = uuidv7();
  await ask(shop.till, debtRequest(), id);
  const db = shop.relay.file;
  const codes = () =>
    db.prepare('SELECT COUNT(*) AS n FROM challenge_codes WHERE challenge = ?').get(id);
  const encrypted = () => db.prepare('SELECT code, text FROM challenges WHERE id = ?').get(id);
  expect(codes()).toEqual({ n: 1 });
  expect(encrypted()).not.toEqual({ code: null, text: null });
  await shop.till.call('DELETE', `/challenges/${id}`);
  expect(codes()).toEqual({ n: 0 });
  expect(encrypted()).toEqual({ code: null, text: null });
});
