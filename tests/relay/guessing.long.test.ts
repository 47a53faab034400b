// Guessing codes: how many wrong checks a number, a till and a shop get in any 24 hours.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import type { Channel } from '$lib/contract/values';
import { verifyGrant } from '$lib/proof/grant';
import {
  ANY_WEAK_SUM,
  ask,
  check,
  debtRequest,
  openShop,
  otherThan,
  PHONE,
  phoneChangeRequest,
  pointsRequest,
  reserveCodesRequest,
  START,
  type Unsigned,
  type Shop,
} from '../support/challenges';
import { chanceOf, takeGuess } from '../../relay/messaging/limits/guess-limits';
import { giveBackGuesses, type GuessedAt } from '../../relay/store/guesses';
import { openDatabase } from '../../relay/store/open-database';
import { scoped } from '../../relay/store/scoped';
import { cases, limitOf } from '../support/cases';
import { makeClock } from '../support/relay';
import { TillClient } from '../support/till-client';
import { challengeFor, onAccountSale, TillJournal } from '../support/till-journal';

// hundreds of requests take their time on a busy machine
vi.setConfig({ testTimeout: limitOf(60_000) });

const DAY = 24 * 3_600_000;
let shop: Shop;
afterEach(() => shop.stop());

const by =
  (...chain: Channel[]) =>
  (policy: Policy): Policy => ({
    ...policy,
    methods: {
      'redeem-points': { ...policy.methods['redeem-points'], chain },
      'sell-on-account': { ...policy.methods['sell-on-account'], chain },
    },
    // messages and sums are limited elsewhere
    weakCodes: ANY_WEAK_SUM,
    limits: { perPhoneHour: 1000, perPhoneDay: 1000, perTillHour: 1000, perShopDay: 10_000 },
  });

const number = (n: number): string => `+7925${String(1_000_000 + n * 7919)}`;
const debt = (phone: string, parts: Parameters<typeof debtRequest>[0] = {}) =>
  debtRequest({
    customer: { id: uuidv7(), phone },
    amount: { minor: 10_000, currency: 'RUB' },
    ...parts,
  });
const code = (): string => shop.smsru.messages.at(-1)?.code ?? '';

/** Further tills of the shop. */
async function anotherTill(name: string): Promise<TillClient> {
  await shop.till.elevate();
  const offer = await shop.till.call('POST', '/tills/enrolments');
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  await till.enrol(offer.json.token as string, {}, { name });
  await till.signIn();
  return till;
}

/** Numbers that already answered: requests to them look like a customer's, not like pumping. */
async function known(count: number): Promise<readonly { id: string; phone: string }[]> {
  await shop.till.elevate();
  const customers = Array.from({ length: count }, (_, n) => ({ id: uuidv7(), phone: number(n) }));
  for (const { id, phone } of customers) await shop.trust(id, phone);
  return customers;
}

/** Types wrong codes until no more are compared; returns how many were. */
async function guessAll(till: TillClient, id: string, right: string, most = 10): Promise<number> {
  for (let compared = 0; compared < most; compared += 1)
    if ((await check(till, id, otherThan(right))).json.kind !== 'wrong-code') return compared;
  return most;
}

/** One challenge with as many wrong codes as it compares. */
async function attack(till: TillClient, request: Unsigned): Promise<number> {
  const id = uuidv7();
  const reply = await ask(till, request, id);
  return reply.json.kind === 'awaiting-code' ? guessAll(till, id, code()) : 0;
}

/** Confirms a customer at whose number nobody has guessed. */
async function confirms(till: TillClient, request: Unsigned): Promise<number> {
  const id = uuidv7();
  expect((await ask(till, request, id)).json.kind).toBe('awaiting-code');
  const right = code();
  expect((await check(till, id, right)).json.kind).toBe('verified');
  return right.length;
}

describe('four digits', () => {
  test('calls from one till all day: two wrong codes per challenge, ten per shop', async () => {
    shop = await openShop(by('call'));
    const compared: number[] = [];
    for (const customer of await known(24))
      compared.push(await attack(shop.till, debt(customer.phone, { customer })));
    expect(Math.max(...compared)).toBe(2);
    expect(compared.reduce((sum, one) => sum + one, 0)).toBe(10);
    shop.clock.pass(DAY);
    await shop.till.signIn();
    expect(await attack(shop.till, debt(PHONE))).toBe(2);
  });

  test('two wrong codes a number, whichever till, card, receipt or challenge asks', async () => {
    shop = await openShop(by('call'));
    const other = await anotherTill('Касса 2');
    const [customer] = await known(1);
    const request = (): Unsigned => debt(number(0), customer && { customer });
    const first = uuidv7();
    const asked = request();
    await ask(shop.till, asked, first);
    expect((await check(shop.till, first, '0000')).json.kind).toBe('wrong-code');
    await shop.till.call('DELETE', `/challenges/${first}`);
    let compared = 1;
    compared += await attack(shop.till, { ...asked }); // the same receipt again
    compared += await attack(shop.till, request()); // another receipt
    compared += await attack(other, request()); // another till
    compared += await attack(other, debt(number(0))); // another card
    expect(compared).toBe(2);
  });

  test('a call that follows a message by itself takes part', async () => {
    shop = await openShop(by('sms', 'call'));
    const customers = await known(12);
    let compared = 0;
    for (const customer of customers) {
      const id = uuidv7();
      await ask(shop.till, debt(customer.phone, { customer }), id);
      shop.clock.pass(41_000);
      // asking for the state of the challenge sends the call that is due
      await shop.till.call('GET', `/challenges/${id}`);
      if (code().length === 4) compared += await guessAll(shop.till, id, code());
    }
    expect(compared).toBe(10);
  });
});

describe('what four digits may confirm', () => {
  const CAPS = { perAct: 50_000, perNumber: 100_000, perShop: 300_000 };
  const capped =
    (...chain: Channel[]) =>
    (policy: Policy): Policy => ({ ...by(...chain)(policy), weakCodes: CAPS });
  const notAvailable = (minor: number) => ({
    kind: 'channel-not-available',
    allowed: { minor, currency: 'RUB' },
  });
  const of = (minor: number, phone = PHONE, parts: Partial<Unsigned> = {}) =>
    debt(phone, { amount: { minor, currency: 'RUB' }, ...parts });
  /** The reply's kind, or the refusal. */
  const asked = async (request: Unsigned, till = shop.till, id = uuidv7()) => {
    const { json } = await ask(till, request, id);
    return json.kind === 'awaiting-code' ? json.channel : json;
  };
  const confirmed = async (request: Unsigned, till = shop.till): Promise<string> => {
    const id = uuidv7();
    expect(await asked(request, till, id)).toBe('call');
    expect((await check(till, id, code())).json.kind).toBe('verified');
    return id;
  };

  test('500 roubles an act; above them the next method of the chain is used', async () => {
    shop = await openShop(capped('call', 'sms'));
    expect(await asked(of(50_000))).toBe('call');
    expect(await asked(of(50_001))).toBe('sms');
    expect(await asked(of(50_001, PHONE, { channel: 'call' }))).toEqual(notAvailable(50_000));
    const id = uuidv7();
    const waiting = await ask(shop.till, of(50_001), id);
    expect(waiting.json).toMatchObject({ channels: ['sms'], next: null });
    shop.clock.pass(30_000);
    const resent = await shop.till.call('POST', `/challenges/${id}/sends`, { channel: 'call' });
    expect([resent.status, resent.json]).toEqual([422, notAvailable(50_000)]);
  });

  test('without another method there is no code', async () => {
    shop = await openShop(capped('call'));
    expect(await asked(of(50_001))).toEqual(notAvailable(50_000));
    expect(shop.smsru.messages).toHaveLength(0);
  });

  test('1,000 roubles a number, whichever till, card or receipt asks', async () => {
    shop = await openShop(capped('call'));
    const other = await anotherTill('Касса 2');
    await confirmed(of(50_000));
    await confirmed(of(40_000), other);
    expect(await asked(of(10_001))).toEqual(notAvailable(10_000));
    expect(await asked(of(10_001), other)).toEqual(notAvailable(10_000));
    await confirmed(of(10_000));
    expect(await asked(of(1))).toEqual(notAvailable(0));
    expect(await asked(of(1, number(1)))).toBe('call');
    shop.clock.pass(DAY);
    await shop.till.signIn();
    expect(await asked(of(50_000))).toBe('call');
  });

  test('revoking a confirmation frees no room; a code that nobody typed does', async () => {
    shop = await openShop(capped('call'));
    const first = await confirmed(of(50_000));
    await shop.till.call('DELETE', `/challenges/${first}`);
    const second = uuidv7();
    const request = of(50_000);
    expect(await asked(request, shop.till, second)).toBe('call');
    expect(await asked(of(1))).toEqual(notAvailable(0));
    // the same receipt again replaces its own request
    expect(await asked({ ...request })).toBe('call');
    shop.clock.pass(300_000);
    expect(await asked(of(50_000))).toBe('call');
  });

  test('3,000 roubles a shop; parallel requests share what is left', async () => {
    shop = await openShop(capped('call'));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) => asked(of(40_000, number(n)))),
    );
    expect(replies.filter((reply) => reply === 'call')).toHaveLength(7);
    expect(await asked(of(20_001, number(20)))).toEqual(notAvailable(20_000));
    await shop.relay.restart();
    await shop.till.signIn();
    expect(await asked(of(20_001, number(20)))).toEqual(notAvailable(20_000));
    expect(await asked(of(20_000, number(20)))).toBe('call');
  });

  test('points count by what they are worth', async () => {
    shop = await openShop(capped('call'));
    const [customer] = await known(1);
    await shop.givePoints(customer?.id ?? '', 1000);
    const points = (count: number): Unsigned =>
      pointsRequest({
        ...(customer && { customer }),
        amount: { points: count, worth: { minor: count * 100, currency: 'RUB' } },
      });
    expect(await asked(points(501))).toEqual(notAvailable(50_000));
    expect(await asked(points(500))).toBe('call');
  });

  test('never a change of number or reserve codes, however small the sums', async () => {
    shop = await openShop(by('call'));
    const [customer = { id: '', phone: '' }] = await known(1);
    const requests = [
      phoneChangeRequest(customer, number(1)),
      reserveCodesRequest(uuidv7(), customer),
    ];
    for (const request of requests) {
      expect(await asked({ ...request, channel: 'call' })).toEqual({
        kind: 'refused',
        because: 'channel-not-available',
      });
      expect(await asked(request)).toBe('sms');
    }
  });

  test('a message confirmed by its own six digits uses up nothing, though a call followed it', async () => {
    shop = await openShop(capped('sms', 'call'));
    for (let n = 0; n < 3; n += 1) {
      const id = uuidv7();
      await ask(shop.till, of(50_000), id);
      const six = code();
      shop.clock.pass(30_000);
      await shop.till.call('POST', `/challenges/${id}/sends`, { channel: 'call' });
      expect(code()).toHaveLength(4);
      const { json } = await check(shop.till, id, six);
      const grant = await verifyGrant(json.grant as string, shop.relay.relay.key.publicJwk);
      expect(grant).toMatchObject({ channel: 'sms', weak: false });
    }
    expect(await asked(of(50_000, PHONE, { channel: 'call' }))).toBe('call');
  });

  test('the chain does not go over to a call for a sum above what is left', async () => {
    shop = await openShop(capped('sms', 'call'));
    const id = uuidv7();
    await ask(shop.till, of(60_000), id);
    shop.clock.pass(41_000);
    await shop.till.call('GET', `/challenges/${id}`);
    expect(shop.smsru.messages.map(({ channel }) => channel)).toEqual(['sms']);
  });

  test('a debt confirmed by a call is confirmed, and the customer gets a message about it', async () => {
    shop = await openShop(capped('call'));
    const [customer] = await known(1);
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.upload();
    const sold = { customer: customer?.id ?? '', onAccount: 40_000 };
    const body = onAccountSale(sold, null);
    const id = uuidv7();
    const request = debtRequest({
      ...challengeFor(body, number(0)),
      journalHead: journal.journalHead,
    });
    expect(await asked(request, shop.till, id)).toBe('call');
    const { json } = await check(shop.till, id, code());
    const grant = await verifyGrant(json.grant as string, shop.relay.relay.key.publicJwk);
    expect(grant).toMatchObject({ channel: 'call', weak: true });
    const by = { kind: 'code', action: 'sell-on-account', amount: 40_000, challenge: id } as const;
    await journal.sale({ ...body, confirmations: [{ ...by, grant: json.grant as string }] });
    expect((await journal.upload()).json.kind).toBe('kept');
    shop.clock.pass(3_600_000);
    await shop.relay.relay.outbox.round();
    expect(shop.smsru.messages.at(-1)?.text).toContain('записан долг 400,00 ₽ по коду из 4 цифр');
    await shop.till.signIn();
    await shop.till.elevate();
    expect((await shop.till.call('GET', '/journal/flags')).json).toMatchObject({ flags: [] });
  });
});

describe('six digits', () => {
  test('ten wrong codes a number: then no code goes there for a day, and others are served', async () => {
    shop = await openShop(by('sms'));
    const first = shop.clock.now();
    let compared = 0;
    for (let n = 0; n < 2; n += 1) compared += await attack(shop.till, debt(PHONE));
    expect(compared).toBe(10);
    const { status, json } = await ask(shop.till, debt(PHONE));
    expect([status, json]).toEqual([
      429,
      { kind: 'limited', scope: 'phone', retryAt: expect.any(Number) as number },
    ]);
    expect((json.retryAt as number) - DAY).toBeGreaterThanOrEqual(first);
    await confirms(shop.till, debt(number(1)));
    shop.clock.pass(DAY);
    await shop.till.signIn();
    await confirms(shop.till, debt(PHONE));
  });

  test('seventy a shop, with challenges opened in advance, and after a restart', async () => {
    shop = await openShop(by('sms'));
    const tills = [shop.till];
    for (const name of ['Касса 2', 'Касса 3', 'Касса 4']) tills.push(await anotherTill(name));
    const customers = await known(24);
    const open: { till: TillClient; id: string; right: string }[] = [];
    for (const [n, customer] of customers.entries()) {
      const till = tills[n % tills.length] ?? shop.till;
      const id = uuidv7();
      await ask(till, debt(customer.phone, { customer }), id);
      open.push({ till, id, right: code() });
    }
    const compared = new Map<TillClient, number>();
    for (const [n, { till, id, right }] of open.entries()) {
      if (n === 5) {
        await shop.relay.restart();
        for (const each of tills) await each.signIn();
      }
      compared.set(till, (compared.get(till) ?? 0) + (await guessAll(till, id, right)));
    }
    const counts = [...compared.values()];
    expect(Math.max(...counts)).toBe(20);
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(70);
    const other = await anotherTill('Касса 5');
    expect((await ask(other, debt(number(90)))).json).toMatchObject({
      kind: 'limited',
      scope: 'shop',
    });
  });

  test('in parallel not one more', async () => {
    shop = await openShop(by('sms'));
    const open: { id: string; right: string }[] = [];
    for (let n = 0; n < 6; n += 1) {
      const id = uuidv7();
      await ask(shop.till, debt(PHONE), id);
      open.push({ id, right: code() });
    }
    const all = open.flatMap(({ id, right }) => Array<string[]>(5).fill([id, otherThan(right)]));
    const replies = await Promise.all(
      all.map(([id = '', wrong = '']) => check(shop.till, id, wrong)),
    );
    expect(replies.filter(({ json }) => json.kind === 'wrong-code')).toHaveLength(10);
  });

  test('a right code gives back the wrong ones of its challenge, and only those', async () => {
    shop = await openShop(by('sms'));
    for (let n = 0; n < 4; n += 1) {
      const id = uuidv7();
      await ask(shop.till, debt(PHONE), id);
      const right = code();
      expect(right).toHaveLength(6);
      for (let wrong = 0; wrong < 4; wrong += 1) await check(shop.till, id, otherThan(right));
      expect((await check(shop.till, id, right)).json.kind).toBe('verified');
    }
    await attack(shop.till, debt(PHONE));
    await attack(shop.till, debt(PHONE));
    expect((await ask(shop.till, debt(PHONE))).json.kind).toBe('limited');
  });
});

/** Chances by the rules of arithmetic alone: one guess at one code of so many digits. */
const chance = (digits: number, leadingZero = true): number =>
  1 / (leadingZero ? 10 ** digits : 9 * 10 ** (digits - 1));

/** What an attacker has compared, with its chance of being right. */
type Compared = { readonly at: number; readonly challenge: string; readonly chance: number };

/** The sum of chances of the day that ends at `at`, of a right code given back. */
const sumAt = (compared: readonly Compared[], at: number): number =>
  compared.reduce((sum, one) => (one.at > at - DAY ? sum + one.chance : sum), 0);

/** Sums of floats are not exact. */
const MOST = 7e-5 + 1e-12;
const MOST_WEAK = 1e-3 + 1e-12;

describe('the sum of chances in any 24 hours', () => {
  test('70 wrong codes of six digits, to the last one', async () => {
    await withGuesses(async (guess) => {
      const times = async (count: number, digits: number, leadingZero = true): Promise<number> => {
        let compared = 0;
        for (let n = 0; n < count; n += 1) {
          const of = { phoneTag: `phone ${n}`, till: `till ${n}`, challenge: `challenge ${n}` };
          if (await guess(of, { digits, leadingZero, codes: 1 })) compared += 1;
        }
        return compared;
      };
      expect(await times(80, 6)).toBe(70);
      expect(await times(10, 7)).toBe(0);
      expect(await times(12, 4)).toBe(10);
    });
    // codes without a leading zero are fewer, so that each guess has a greater chance
    await withGuesses(async (guess) => {
      for (const [digits, most] of [
        [6, 62],
        [4, 8],
      ] as const) {
        let compared = 0;
        for (let n = 0; n < 80; n += 1) {
          const of = { phoneTag: `phone ${n}`, till: `till ${n}`, challenge: `challenge ${n}` };
          if (await guess(of, { digits, leadingZero: false, codes: 1 })) compared += 1;
        }
        expect(compared).toBe(most);
      }
    });
  });

  test('holds for any guesses at any numbers from any tills, whatever is given back', async () => {
    const some = (of: string, count: number) => fc.nat(count - 1).map((n) => `${of} ${n}`);
    const attempt = fc.record({
      of: fc.record({
        phoneTag: some('phone', 30),
        till: some('till', 4),
        challenge: some('challenge', 60),
      }),
      code: fc.record({
        digits: fc.constantFrom(4, 5, 6, 6, 6, 7),
        leadingZero: fc.boolean(),
        codes: fc.constantFrom(1, 1, 1, 2),
      }),
      times: fc.constantFrom(1, 2, 5, 40),
      passMs: fc.constantFrom(0, 0, 0, 60_000, DAY / 12),
      isVerified: fc.constantFrom(false, false, false, true),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 120 }), (attempts) =>
        withGuesses(async (guess, { pass, now, verify }) => {
          let compared: (Compared & { readonly digits: number })[] = [];
          for (const { of, code, times, passMs, isVerified } of attempts) {
            pass(passMs);
            for (let n = 0; n < times; n += 1)
              if (await guess(of, code)) {
                const { challenge } = of;
                const { digits, codes, leadingZero } = code;
                const each = codes * chance(digits, leadingZero);
                compared.push({ at: now(), challenge, digits, chance: each });
              }
            const weak = compared.filter(({ digits }) => digits < 6);
            const strong = compared.filter(({ digits }) => digits >= 6);
            expect(sumAt(strong, now())).toBeLessThanOrEqual(MOST);
            expect(sumAt(weak, now())).toBeLessThanOrEqual(MOST_WEAK);
            if (!isVerified) continue;
            await verify(of.challenge);
            compared = compared.filter(({ challenge }) => challenge !== of.challenge);
          }
        }),
      ),
      { numRuns: cases(15) },
    );
  });

  test('holds for any attack over the wire', async () => {
    /** One challenge: how it is asked for, what is done to it, and how it ends. */
    const attack = fc.record({
      till: fc.nat(1),
      number: fc.nat(11),
      channel: fc.constantFrom<Channel | null>('sms', 'sms', 'call', null),
      acts: fc.array(
        fc.constantFrom('guess', 'guess', 'guess', 'guess-4', 'guess-6', 'resend', 'look'),
        { minLength: 3, maxLength: 7 },
      ),
      end: fc.constantFrom('leave', 'leave', 'cancel', 'answer'),
      pauseMs: fc.constantFrom(0, 0, 0, 0, 0, 3_600_000, DAY / 3),
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(attack, { minLength: 30, maxLength: 45 }), async (attacks) => {
        // the last one is stopped after the test
        if (runs > 0) await shop.stop();
        runs += 1;
        shop = await openShop(by('sms', 'call'));
        const { clock, smsru } = shop;
        const tills = [shop.till, await anotherTill('Касса 2')];
        const customers = await known(12);
        let compared: (Compared & { readonly digits: number })[] = [];
        for (const { number, channel, acts, end, pauseMs, ...each } of attacks) {
          const till = tills[each.till] ?? shop.till;
          const customer = customers[number] ?? { id: '', phone: '' };
          const id = uuidv7();
          const codes = new Set<string>();
          /** Every code that is sent meanwhile belongs to this challenge. */
          const sending = async (request: () => Promise<unknown>): Promise<void> => {
            const before = smsru.messages.length;
            smsru.callCode = String(1000 + before);
            await request();
            for (const message of smsru.messages.slice(before)) codes.add(message.code);
          };
          const guess = async (digits: number): Promise<void> => {
            const { json } = await check(till, id, '9'.repeat(digits));
            const found = [...codes].filter(({ length }) => length === digits).length;
            const sum = found * chance(digits);
            if (json.kind === 'wrong-code')
              compared.push({ at: clock.now(), challenge: id, digits, chance: sum });
          };
          const newest = (): string => [...codes].at(-1) ?? '123456';
          if (pauseMs > 0) {
            clock.pass(pauseMs);
            for (const each of tills) await each.signIn();
          }
          await sending(() =>
            ask(till, debt(customer.phone, { customer, ...(channel && { channel }) }), id),
          );
          for (const act of acts) {
            if (act === 'guess') await guess(newest().length);
            else if (act === 'guess-4') await guess(4);
            else if (act === 'guess-6') await guess(6);
            else {
              clock.pass(41_000);
              const path = `/challenges/${id}`;
              if (act === 'look') await sending(() => till.call('GET', path));
              else await sending(() => till.call('POST', `${path}/sends`, {}));
            }
          }
          const at = clock.now();
          const strong = compared.filter(({ digits }) => digits >= 6);
          const weak = compared.filter(({ digits }) => digits < 6);
          expect(sumAt(strong, at)).toBeLessThanOrEqual(MOST);
          expect(sumAt(weak, at)).toBeLessThanOrEqual(MOST_WEAK);
          if (end === 'cancel') await till.call('DELETE', `/challenges/${id}`);
          if (end === 'answer' && (await check(till, id, newest())).json.kind === 'verified')
            compared = compared.filter(({ challenge }) => challenge !== id);
        }
      }),
      { numRuns: cases(2), endOnFailure: true },
    );
  });
});

type Code = { readonly digits: number; readonly leadingZero: boolean; readonly codes: number };

/** The relay's count of guesses alone, with a store and a clock of its own. */
async function withGuesses(
  work: (
    guess: (of: GuessedAt & { readonly challenge: string }, code: Code) => Promise<boolean>,
    time: {
      readonly pass: (ms: number) => void;
      readonly now: () => number;
      readonly verify: (challenge: string) => Promise<void>;
    },
  ) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-guesses-'));
  const connection = openDatabase(join(folder, 'relay.db'));
  const clock = makeClock(START);
  try {
    // one commit for all: only the counting is tested here
    await scoped(connection, 'shop').transaction((db) =>
      work(
        (of, { digits, leadingZero, codes }) => {
          const strength = digits < 6 ? 'weak' : 'sure';
          const each = codes * chanceOf(digits, leadingZero);
          return takeGuess({ db, now: clock.now }, { ...of, strength, chance: each });
        },
        { ...clock, verify: (challenge) => giveBackGuesses(db, challenge) },
      ),
    );
  } finally {
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
