// Owners' notices: every weakening of the rules, to their phones before and after the change, once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownerNoticesReply, type OwnerChange } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { openShop, smsruDraft, START, type Shop } from '../support/challenges';
import { TEXTS } from '../support/texts';
import { keepProof } from '../../relay/store/operator-codes';
import { FakeSmsru } from '../support/fake-smsru';
import { makeClock, startRelay } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient } from '../support/till-client';

const HOUR = 3_600_000;
const SECOND_PHONE = '+79031112244';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(withOwnersPhone);
});
afterEach(() => shop.stop());

const uncoded = (policy: Policy): Policy => ({
  ...policy,
  methods: {
    ...policy.methods,
    'sell-on-account': { ...policy.methods['sell-on-account'], chain: [] },
  },
});

async function change(edit: (policy: Policy) => Policy): Promise<void> {
  const policy = await shop.till.policy();
  const reply = await shop.till.putPolicy(policy.version, edit(policy));
  if (reply.json.kind !== 'policy') throw new Error(JSON.stringify(reply.json));
}

/** The notices after everything due was tried. */
async function changes(): Promise<readonly OwnerChange[]> {
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
  const read = () => shop.till.call('GET', '/owner-notices');
  let reply = await read();
  if (reply.json.kind === 'elevation-needed') {
    await shop.till.elevate();
    reply = await read();
  }
  return ownerNoticesReply.parse(reply.json).changes;
}
const states = async (): Promise<unknown> =>
  (await changes()).map(({ recipients }) => recipients.map(({ state }) => state));

const messages = (to = OWNER_PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map((it) => it.fields['msg']);

test('the owner is notified of a method set to none, in the shop’s language, with the name of the operator', async () => {
  await change(uncoded);
  expect(await changes()).toEqual([
    {
      at: START,
      by: shop.till.ownerId,
      weakenings: [{ kind: 'no-code', action: 'sell-on-account' }],
      recipients: [
        {
          operator: shop.till.ownerId,
          phoneMasked: '+7 903 ··· 22 33',
          state: 'sent',
          because: null,
        },
      ],
    },
  ]);
  expect(messages()).toEqual([
    'Весна: защита снижена (Анна): долг без кода. Не вы? Проверьте настройки кассы.',
  ]);
});

test('a change that strengthens the rules, or does not concern consent, sends nothing', async () => {
  await change((policy) => ({
    ...policy,
    credit: { debtLimit: 1, newNumberCap: 1, dueDays: null },
  }));
  await change((policy) => ({ ...policy, shop: { ...policy.shop, contact: 'Лето' } }));
  expect(await changes()).toEqual([]);
  expect(messages()).toEqual([]);
});

test('another name of the shop is reported to its owners, under the name they know', async () => {
  await change((policy) => ({ ...policy, shop: { ...policy.shop, name: 'Лето' } }));
  expect((await changes()).map(({ weakenings }) => weakenings)).toEqual([
    [{ kind: 'shop-name', to: 'Лето' }],
  ]);
  expect(JSON.stringify(messages())).toContain('в сообщениях магазин теперь Лето');
});

test('another number for an owner is reported to the old number, too', async () => {
  await change((policy) => withOwnersPhone(policy, SECOND_PHONE));
  expect(await states()).toEqual([['sent', 'sent']]);
  expect(messages()).toEqual([expect.stringContaining('другой телефон у Анна')]);
  expect(messages(SECOND_PHONE)).toEqual(messages());
});

test('a new owner and the other owners are notified; two owners with one number get one message', async () => {
  const hire = (phone: string) => (policy: Policy) => ({
    ...policy,
    operators: [
      ...policy.operators,
      { ...policy.operators[0]!, id: uuidv7(), name: 'Вера', phone },
    ],
  });
  await change(hire(SECOND_PHONE));
  expect(await states()).toEqual([['sent', 'sent']]);
  expect(messages()).toHaveLength(1);
  expect(messages(SECOND_PHONE)).toEqual([expect.stringContaining('новый владелец Вера')]);
  await change(hire(OWNER_PHONE));
  expect(await states()).toEqual([
    ['sent', 'sent'],
    ['sent', 'sent'],
  ]);
});

describe('two owners, one of whom does not want to be watched', () => {
  const vera = uuidv7();
  const veraAs =
    (change: Partial<Policy['operators'][number]>) =>
    (policy: Policy): Policy => ({
      ...policy,
      operators: policy.operators.map((it) => (it.id === vera ? { ...it, ...change } : it)),
    });
  beforeEach(async () => {
    await change((policy) => {
      const other = { ...policy.operators[0]!, id: vera, name: 'Вера', phone: SECOND_PHONE };
      return { ...policy, operators: [...policy.operators, other] };
    });
    await changes();
  });

  test('an owner set inactive is notified, and for a month also of later weakenings', async () => {
    await change(veraAs({ active: false }));
    await changes();
    expect(messages(SECOND_PHONE).at(-1)).toContain('больше не владелец Вера');
    shop.clock.pass(29 * 24 * HOUR);
    await shop.till.signIn();
    await shop.till.elevate();
    await change(uncoded);
    await changes();
    expect(messages(SECOND_PHONE).at(-1)).toContain('долг без кода');
    await change(veraAs({ active: true }));
    await changes();
    expect(messages(SECOND_PHONE).at(-1)).toContain('новый владелец Вера');
  });

  test('a removed owner is notified, and of nothing more after a month', async () => {
    await change((policy) => ({
      ...policy,
      operators: policy.operators.filter(({ id }) => id !== vera),
    }));
    await changes();
    expect(messages(SECOND_PHONE)).toHaveLength(2);
    shop.clock.pass(31 * 24 * HOUR);
    await shop.till.signIn();
    await shop.till.elevate();
    await change(uncoded);
    await changes();
    expect(messages(SECOND_PHONE)).toHaveLength(2);
    expect(messages().at(-1)).toContain('долг без кода');
  });

  test('an owner is notified of a new PIN of theirs', async () => {
    const { pin } = (await shop.till.policy()).operators[0]!;
    await change(veraAs({ pin: { ...pin, salt: '1'.repeat(32) } }));
    await changes();
    expect(messages(SECOND_PHONE).at(-1)).toContain('другой PIN у Вера');
  });
});

test('an owner without a phone gets no message, and the screen can say so', async () => {
  await change((policy) => withOwnersPhone(policy, null));
  await changes();
  // their former number still gets messages for a month
  shop.clock.pass(31 * 24 * HOUR);
  await shop.till.signIn();
  await shop.till.elevate();
  await change(uncoded);
  const [newest] = await changes();
  expect(newest?.recipients).toEqual([]);
});

test('a limit or a prefix that was set first to exclude the owner does not stop the message', async () => {
  await change((policy) => ({
    ...policy,
    allowedPrefixes: ['+375'],
    limits: { perPhoneHour: 1, perPhoneDay: 1, perTillHour: 1, perShopDay: 1 },
  }));
  for (const minor of [500, 600, 700])
    await change((policy) => ({
      ...policy,
      methods: {
        ...policy.methods,
        'redeem-points': { ...policy.methods['redeem-points'], threshold: minor },
      },
    }));
  expect(await states()).toEqual([['sent'], ['sent'], ['sent'], ['sent']]);
});

test('a change that a till returns after a restore is listed, not reported again, and a changed phone is unproven', async () => {
  await change((policy) => withOwnersPhone(uncoded(policy), SECOND_PHONE));
  const { policy } = (await shop.till.call('GET', '/policy')).json;
  await changes();
  const told = messages();
  expect(told.at(-1)).toContain('долг без кода');
  await restoreBefore(2);
  await keepProof(shop.relay.relay.db, {
    operator: shop.till.ownerId,
    tag: 'of the old phone',
    at: START,
  });
  const back = await shop.till.call('POST', '/policy/returned', { policy });
  expect(back.json.kind).toBe('policy');
  expect(await states()).toEqual([['maybe-sent', 'maybe-sent']]);
  expect(messages()).toEqual(told);
  expect(shop.relay.file.prepare('SELECT operator FROM proven_phones').all()).toEqual([]);
});

/** The relay restored from a copy made before this version. */
async function restoreBefore(version: number): Promise<void> {
  const { db } = shop.relay.relay;
  await db.run('DELETE FROM policies WHERE version >= ?', version);
  await db.run('DELETE FROM outbox');
  await shop.relay.restart();
  await shop.till.signIn();
}

describe('a message that the service refuses', () => {
  test('is tried again until it is accepted, also after a restart', async () => {
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' }); // no money
    await change(uncoded);
    const [waiting] = await changes();
    expect(waiting?.recipients).toMatchObject([{ state: 'waiting', because: 'no-money' }]);
    await shop.relay.restart();
    await shop.till.signIn();
    expect(await states()).toEqual([['waiting']]);
    shop.clock.pass(30_000);
    expect(await states()).toEqual([['sent']]);
    expect(messages()).toHaveLength(2);
  });

  test('is dropped after three days, or at once if no retry can help', async () => {
    shop.smsru.next({ kind: 'code', code: 202, where: 'number' }); // no such number
    await change(uncoded);
    expect((await changes())[0]?.recipients).toMatchObject([
      { state: 'failed', because: 'bad-phone' },
    ]);

    await shop.smsru.stop();
    await change((policy) => ({ ...policy, credit: { ...policy.credit, debtLimit: 9e9 } }));
    expect(await states()).toEqual([['waiting'], ['failed']]);
    shop.clock.pass(72 * HOUR);
    await shop.till.signIn();
    expect((await changes())[0]?.recipients).toMatchObject([
      { state: 'failed', because: 'not-sent' },
    ]);
  });

  test('is not sent twice if the service never answered, and is shown as maybe sent', async () => {
    shop.smsru.next({ kind: 'half-close' });
    await change(uncoded);
    expect(await states()).toEqual([['maybe-sent']]);
    shop.clock.pass(HOUR);
    await shop.till.signIn();
    expect(await states()).toEqual([['maybe-sent']]);
    expect(messages()).toHaveLength(1);
  });
});

test('a relay that stops while it sends the message does not send a second one', async () => {
  shop.smsru.next({ kind: 'held' });
  await change(uncoded);
  await expect.poll(() => messages().length).toBe(1);
  await shop.relay.restart();
  await shop.till.signIn();
  expect(await states()).toEqual([['maybe-sent']]);
  shop.smsru.release();
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  await changes();
  expect(messages()).toHaveLength(1);
});

describe('a change of the messaging service', () => {
  let other: FakeSmsru;
  beforeEach(async () => {
    other = await FakeSmsru.start();
    other.apiId = 'OTHER-API-ID-987654321';
  });
  afterEach(() => other.stop());
  const save = (smsru: FakeSmsru, texts: object = TEXTS) =>
    shop.till.call('PUT', '/provider', { ...smsruDraft(smsru), texts });

  test('is reported through the previous service, which the person who changed it does not control', async () => {
    expect((await save(other)).json.kind).toBe('provider');
    const [newest] = await changes();
    expect(newest).toMatchObject({
      weakenings: [{ kind: 'provider', what: 'address', name: 'SMS.RU' }],
      recipients: [{ state: 'sent' }],
    });
    expect(messages()).toEqual([expect.stringContaining('другой адрес (SMS.RU)')]);
    expect(other.sends).toEqual([]);
  });

  test('is reported through the new one if the old one is gone, after three tries', async () => {
    await shop.smsru.stop();
    await save(other);
    for (let tries = 0; tries < 3; tries++) {
      expect(await states()).toEqual([['waiting']]);
      shop.clock.pass(10 * 60_000);
      await shop.till.signIn();
    }
    expect(await states()).toEqual([['sent']]);
    expect(other.sends).toHaveLength(1);
    // its secrets are deleted with the last waiting message
    const rows = shop.relay.file.prepare('SELECT service FROM outbox').all();
    expect(rows).toEqual([{ service: null }]);
  });

  test('is reported through the new one if the old one refuses permanently', async () => {
    shop.smsru.next({ kind: 'code', code: 202, where: 'number' }); // no such number
    await save(other);
    expect(await states()).toEqual([['waiting']]);
    shop.clock.pass(30_000);
    expect(await states()).toEqual([['sent']]);
    expect(messages()).toHaveLength(1);
    expect(other.sends).toHaveLength(1);
  });

  test('to one without our own texts: the previous one sends what it can, later messages fail at once', async () => {
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' }); // no money
    const fields = { token: 'TEST-TOKEN-0123456789', baseUrl: other.url };
    await shop.till.call('PUT', '/provider', { id: 'telegram_gateway', fields, texts: TEXTS });
    expect(await states()).toEqual([['waiting']]);
    await change(uncoded);
    expect(await states()).toEqual([['sent'], ['waiting']]);
    shop.clock.pass(30_000);
    expect(await states()).toEqual([['sent'], ['sent']]);
    await change((policy) => ({ ...policy, credit: { ...policy.credit, debtLimit: 9e9 } }));
    const [newest] = await changes();
    expect(newest?.recipients).toMatchObject([
      { state: 'failed', because: 'channel-not-available' },
    ]);
  });

  test('keeps no secret of the old one if no owner has a phone for messages', async () => {
    await change((policy) => withOwnersPhone(policy, null));
    await changes();
    shop.clock.pass(31 * 24 * HOUR);
    await shop.till.signIn();
    await shop.till.elevate();
    await save(other);
    const [newest] = await changes();
    expect(newest?.recipients).toEqual([]);
    const rows = shop.relay.file.prepare('SELECT service FROM outbox').all();
    expect(rows).toEqual([{ service: null }, { service: null }]);
  });

  test('to another key at the same address is a change of account; the same settings again are no change', async () => {
    await save(shop.smsru);
    expect(await changes()).toEqual([]);
    shop.smsru.apiId = 'OTHER-API-ID-987654321';
    await save(shop.smsru);
    const [newest] = await changes();
    expect(newest?.weakenings).toEqual([{ kind: 'provider', what: 'account', name: 'SMS.RU' }]);
  });

  test('with a text that no longer names the sum is reported', async () => {
    await save(shop.smsru, { ...TEXTS, 'redeem-points': '{shop}: код {code}' });
    expect((await changes())[0]?.weakenings).toEqual([{ kind: 'text', action: 'redeem-points' }]);
  });

  test('leaves the old key nowhere in clear while messages wait', async () => {
    const key = shop.smsru.apiId;
    await shop.smsru.stop();
    await save(other);
    await changes();
    for (const file of ['relay.db', 'relay.db-wal'])
      expect(readFileSync(join(shop.relay.dataDir, file)).includes(key)).toBe(false);
  });
});

test('after a month the text and the number are deleted, and who was notified of what is kept', async () => {
  await change(uncoded);
  const [before] = await changes();
  shop.clock.pass(30 * 24 * HOUR);
  await shop.till.signIn();
  const recipients = before?.recipients.map((one) => ({ ...one, phoneMasked: null }));
  expect(await changes()).toEqual([{ ...before, recipients }]);
  const db = shop.relay.file;
  const kept = db.prepare(
    'SELECT o.text, COALESCE(length(phone), 0) AS phone FROM outbox o JOIN outbox_recipients r ON r.message = o.id',
  );
  expect(kept.all()).toEqual([{ text: '', phone: 0 }]);
  expect(messages()).toHaveLength(1);
});

test('after a year the changes and the numbers are deleted', async () => {
  await change(uncoded);
  await changes();
  shop.clock.pass(401 * 24 * HOUR);
  await shop.till.signIn();
  expect(await changes()).toEqual([]);
  expect(shop.relay.file.prepare('SELECT phone FROM outbox_recipients').all()).toEqual([]);
});

test('under the demo the message appears on the demo phone', async () => {
  const clock = makeClock(START);
  const demo = await startRelay({ now: clock.now });
  const till = await TillClient.ready(demo.url, clock.now, withOwnersPhone);
  await till.elevate();
  await till.putPolicy(1, uncoded(await till.policy()));
  await demo.relay.outbox.round();
  expect(demo.relay.provider.demoMailbox.messages()).toMatchObject([
    {
      phone: OWNER_PHONE,
      channel: 'sms',
      text: expect.stringContaining('долг без кода') as string,
    },
  ]);
  await demo.stop();
});
