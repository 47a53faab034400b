// Limits of messages, and so of money: rolling windows that survive a restart.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { ask, debtRequest, openShop, START, type Shop } from '../support/challenges';
import { prove, withOwnersPhone } from '../support/second-factor';

const HOUR = 3_600_000;
let shop: Shop;
afterEach(() => shop.stop());

const withLimits =
  (limits: Partial<Policy['limits']>) =>
  (policy: Policy): Policy => ({ ...policy, limits: { ...policy.limits, ...limits } });
const toPhone = (n: number) =>
  debtRequest({ customer: { id: uuidv7(), phone: `+7925${String(n).padStart(7, '0')}` } });

/** Ten of them stay below the cap of a new number. */
const small = () => debtRequest({ amount: { minor: 1_000, currency: 'RUB' } });

describe('per phone', () => {
  test('ten an hour: the eleventh waits until the first is an hour old', async () => {
    shop = await openShop();
    for (let n = 0; n < 10; n += 1) {
      expect((await ask(shop.till, small())).status).toBe(201);
      shop.clock.pass(1000);
    }
    const reply = await ask(shop.till, small());
    const retryAt = START + HOUR;
    expect([reply.status, reply.json]).toEqual([429, { kind: 'limited', scope: 'phone', retryAt }]);
    expect((await ask(shop.till, toPhone(1))).status).toBe(201);
    shop.clock.pass(retryAt - shop.clock.now());
    await shop.till.signIn();
    expect((await ask(shop.till, small())).status).toBe(201);
    expect((await ask(shop.till, small())).json.kind).toBe('limited');
  });

  test('a number of messages a day, though every hour had room', async () => {
    shop = await openShop(withLimits({ perPhoneHour: 2, perPhoneDay: 3 }));
    for (let n = 0; n < 3; n += 1) {
      expect((await ask(shop.till, debtRequest())).status).toBe(201);
      shop.clock.pass(HOUR);
      await shop.till.signIn();
    }
    expect((await ask(shop.till, debtRequest())).json).toEqual({
      kind: 'limited',
      scope: 'phone',
      retryAt: START + 24 * HOUR,
    });
  });

  test('a resend counts as a message', async () => {
    shop = await openShop(withLimits({ perPhoneHour: 2 }));
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    shop.clock.pass(30_000);
    await shop.till.call('POST', `/challenges/${id}/sends`, {});
    shop.clock.pass(30_000);
    const third = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect([third.status, third.json.kind]).toEqual([429, 'limited']);
    expect(shop.smsru.sends).toHaveLength(2);
  });
});

test('per till and per shop, for any numbers; the counts survive a restart', async () => {
  shop = await openShop(withLimits({ perTillHour: 3, perShopDay: 4 }));
  for (let n = 0; n < 3; n += 1) await ask(shop.till, toPhone(n));
  expect((await ask(shop.till, toPhone(3))).json).toMatchObject({ kind: 'limited', scope: 'till' });
  await shop.relay.restart();
  await shop.till.signIn();
  expect((await ask(shop.till, toPhone(4))).json).toMatchObject({ kind: 'limited', scope: 'till' });
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  expect((await ask(shop.till, toPhone(5))).status).toBe(201);
  expect((await ask(shop.till, toPhone(6))).json).toMatchObject({ kind: 'limited', scope: 'shop' });
  expect(shop.smsru.sends).toHaveLength(4);
});

test('test messages count like all others', async () => {
  shop = await openShop(withLimits({ perPhoneHour: 1 }));
  await ask(shop.till, debtRequest());
  const test = { phone: '+79255070602', channel: 'sms' };
  const reply = await shop.till.call('POST', '/provider/test-message', test);
  expect([reply.status, reply.json.kind]).toEqual([429, 'limited']);
});

describe('numbers that are written to', () => {
  const askFor = (phone: string) =>
    ask(shop.till, debtRequest({ customer: { id: uuidv7(), phone } }));
  const refusedAs = (because: string): unknown[] => [422, { kind: 'refused', because }];
  const outcomeOf = async (phone: string) => {
    const { status, json } = await askFor(phone);
    return status === 201 ? 'sent' : json.because;
  };
  const withPrefixes =
    (...allowedPrefixes: string[]) =>
    (policy: Policy): Policy => ({ ...policy, allowedPrefixes });
  const WORLD = Array.from({ length: 9 }, (_, n) => `+${n + 1}`);

  test('are those with an allowed prefix', async () => {
    shop = await openShop(withPrefixes('+79', '+374'));
    const reply = await askFor('+12025550123');
    expect([reply.status, reply.json]).toEqual(refusedAs('country-not-allowed'));
    expect((await ask(shop.till, debtRequest())).status).toBe(201);
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test('are those of the shop’s country until somebody allows more', async () => {
    shop = await openShop();
    expect((await shop.till.policy()).allowedPrefixes).toEqual(['+7']);
    for (const phone of [
      ...['+979123456789', '+88216123456', '+24740123', '+18095551234', '+375291234567'],
      // Kazakhstan has the same country code
      ...['+77011234567', '+77771234567'],
    ]) {
      const reply = await askFor(phone);
      expect([phone, reply.status, reply.json]).toEqual([
        phone,
        ...refusedAs('country-not-allowed'),
      ]);
    }
    expect(shop.smsru.sends).toHaveLength(0);
    expect((await askFor('+79161234567')).status).toBe(201);
  });

  test('are also those of an owner from another country', async () => {
    shop = await openShop((policy) => withOwnersPhone(policy, '+37477123456'));
    expect((await shop.till.policy()).allowedPrefixes).toEqual(['+7', '+374']);
    expect((await askFor('+37491123456')).status).toBe(201);
    // without a stated prefix the shop's country is used; a stated one is kept
    expect((await askFor('+375291234567')).json).toMatchObject({ because: 'country-not-allowed' });
  });

  test.each([
    ['KZ', '+77011234567', '+79161234567'],
    ['US', '+12025550123', '+18765551234'],
    ['CA', '+14165550123', '+12025550123'],
    ['GB', '+447400123456', '+447781123456'],
    ['DE', '+4915112345678', '+436641234567'],
  ])('a shop in %s writes to %s, not to %s', async (phoneCountry, own, other) => {
    shop = await openShop((policy) => ({ ...policy, shop: { ...policy.shop, phoneCountry } }));
    expect(await outcomeOf(other)).toBe('country-not-allowed');
    expect(await outcomeOf(own)).toBe('sent');
  });

  test('are never satellite, premium, shared-cost or service numbers, even if the whole world is allowed', async () => {
    shop = await openShop(withPrefixes(...WORLD));
    for (const phone of [
      // satellites and international networks
      ...['+870773111632', '+8816123456', '+881612345678', '+88216123456', '+883510012345'],
      ...['+878101234567890', '+8881234567890', '+80012345678', '+80812345678', '+97912345678'],
      ...['+979123456789', '+99112345678', '+79541234567', '+8613491234567', '+8617401234567'],
      // premium rate and shared cost
      ...['+78091234567', '+78031234567', '+19005551234', '+448431234567', '+448701234567'],
      ...['+449061234567', '+491801234567', '+33891234567', '+37490012345', '+41840123456'],
      // personal, company-wide, pagers, freephone
      ...['+447011234567', '+15005550006', '+443001234567', '+447640123456', '+78001234567'],
    ]) {
      const reply = await askFor(phone);
      expect([phone, reply.status, reply.json]).toEqual([phone, ...refusedAs('costly-number')]);
    }
    // nor numbers outside of any numbering plan, because nobody knows who is paid for them
    for (const phone of ['+999123456789', '+21012345678', '+78011234567', '+380900123456'])
      expect([phone, await outcomeOf(phone)]).toEqual([phone, 'bad-phone']);
    expect(shop.smsru.requests.filter(({ path }) => path.startsWith('/sms'))).toEqual([]);
  });

  test('are the same for a resend, a test, a dry test and reserve codes', async () => {
    shop = await openShop(withPrefixes('+7', '+979'));
    for (const [phone, because] of [
      ['+979123456789', 'costly-number'],
      ['+18095551234', 'country-not-allowed'],
    ])
      for (const dryRun of [false, true]) {
        const test = { phone, channel: 'sms', dryRun };
        const reply = await shop.till.call('POST', '/provider/test-message', test);
        expect(reply.json).toEqual({ kind: 'refused', because });
      }
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const policy = await shop.till.policy();
    await shop.till.putPolicy(policy.version, withPrefixes('+374')(policy));
    shop.clock.pass(30_000);
    const again = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect(again.json).toEqual({ kind: 'refused', because: 'country-not-allowed' });
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test('an owner’s or operator’s costly number gets neither a code nor a notice', async () => {
    shop = await openShop((policy) => withOwnersPhone(policy, null));
    const first = await shop.till.policy();
    await shop.till.putPolicy(first.version, withOwnersPhone(first, '+79541234567'));
    const proof = await prove(shop.till);
    expect([proof.status, proof.json]).toEqual(refusedAs('costly-number'));
    const policy = await shop.till.policy();
    const credit = { ...policy.credit, debtLimit: policy.credit.debtLimit + 1 };
    await shop.till.putPolicy(policy.version, { ...policy, credit });
    await shop.relay.relay.outbox.round();
    const { json } = await shop.till.call('GET', '/owner-notices');
    expect(json).toMatchObject({
      changes: [{ recipients: [{ state: 'failed', because: 'costly-number' }] }],
    });
    expect(shop.smsru.sends).toHaveLength(0);
  });
});
