// Policy changes that weaken consent, compared with everything allowed before and after.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Weakening } from '$lib/contract/owner-notice';
import type { Group, Policy, Right } from '$lib/contract/policy';
import type { Channel } from '$lib/contract/values';
import { GUARDED_RIGHTS, policyWeakenings, ownersOf } from '$lib/domain/policy/policy-weakening';
import { wordWeakening, wordOwnerNotice } from '$lib/domain/messages/owner-message';
import { rightsOf } from '$lib/domain/policy/policy';
import { RIGHTS } from '$lib/domain/policy/rights';
import { CASHIER, idOf, OWNER, RUB, SENIOR, shopPolicy } from './fixtures';
import { cases } from '../support/cases';

const shop = shopPolicy();
const REMINDERS = { day: 1, from: 50_000, fromHour: 10, toHour: 19 };
const before: Policy = {
  ...shop,
  returns: { ...shop.returns, codeFrom: 50_000 },
  notices: { ...shop.notices, reminders: REMINDERS },
};

const withPerson = (id: string, change: Partial<Policy['operators'][number]>): Policy => ({
  ...before,
  operators: before.operators.map((it) => (it.id === id ? { ...it, ...change } : it)),
});
const withGroup = (id: string, rights: (had: Right[]) => Right[]): Policy => ({
  ...before,
  groups: before.groups.map((it) => (it.id === id ? { ...it, rights: rights(it.rights) } : it)),
});
const onAccount = (
  policy: Policy,
  change: Partial<Policy['methods']['sell-on-account']>,
): Policy => ({
  ...policy,
  methods: {
    ...policy.methods,
    'sell-on-account': { ...policy.methods['sell-on-account'], ...change },
  },
});

describe('a change that weakens consent is named', () => {
  const cases: readonly [string, Policy, readonly Weakening[]][] = [
    [
      'the method becomes none',
      onAccount(before, { chain: [] }),
      [{ kind: 'no-code', action: 'sell-on-account' }],
    ],
    [
      'a call may confirm, whose code is weak',
      onAccount(before, { chain: ['sms', 'call'] }),
      [{ kind: 'weak-code', action: 'sell-on-account' }],
    ],
    [
      'small debts need no code any more',
      onAccount(before, { threshold: 50_000 }),
      [{ kind: 'threshold', action: 'sell-on-account', from: 0, to: 50_000 }],
    ],
    [
      'a higher cap',
      { ...before, overrideCaps: { ...before.overrideCaps, perTill: 9_000_000 } },
      [{ kind: 'override-cap', cap: 'perTill', from: 1_500_000, to: 9_000_000 }],
    ],
    [
      'weak codes may confirm more',
      { ...before, weakCodes: { ...before.weakCodes, perNumber: 200_000 } },
      [{ kind: 'weak-code-cap', cap: 'perNumber', from: 100_000, to: 200_000 }],
    ],
    [
      'only larger sums are reported at once',
      { ...before, notices: { ...before.notices, largeFrom: 200_000 } },
      [{ kind: 'large-from', from: 100_000, to: 200_000 }],
    ],
    [
      'customers are not notified of repayments',
      { ...before, notices: { ...before.notices, repayments: false } },
      [{ kind: 'repayments-untold' }],
    ],
    [
      'customers are not notified of corrections in their favour',
      { ...before, notices: { ...before.notices, corrections: false } },
      [{ kind: 'corrections-untold' }],
    ],
    [
      'more may be corrected in customers’ favour',
      { ...before, corrections: { perDay: 9_000_000 } },
      [{ kind: 'correction-cap', from: 1_000_000, to: 9_000_000 }],
    ],
    [
      'customers are not notified of returns',
      { ...before, notices: { ...before.notices, returns: false } },
      [{ kind: 'returns-untold' }],
    ],
    [
      'customers are reminded of larger debts only',
      { ...before, notices: { ...before.notices, reminders: { ...REMINDERS, from: 50_100 } } },
      [{ kind: 'reminders', from: 50_000, to: 50_100 }],
    ],
    [
      'customers are reminded no more',
      { ...before, notices: { ...before.notices, reminders: null } },
      [{ kind: 'reminders', from: 50_000, to: null }],
    ],
    [
      'more cash goes back without a second person',
      { ...before, returns: { ...before.returns, cashFrom: 400_000 } },
      [{ kind: 'return-cap', cap: 'cashFrom', from: 300_000, to: 400_000 }],
    ],
    [
      'returns without a code',
      { ...before, returns: { ...before.returns, codeFrom: null } },
      [{ kind: 'return-code', from: 50_000, to: null }],
    ],
    [
      'a code for larger returns only',
      { ...before, returns: { ...before.returns, codeFrom: 50_001 } },
      [{ kind: 'return-code', from: 50_000, to: 50_001 }],
    ],
    [
      'more points on the money paid',
      { ...before, points: { ...before.points, earnBasisPoints: 500 } },
      [{ kind: 'points-share', share: 'earn', from: 100, to: 500 }],
    ],
    [
      'more of a receipt paid by points',
      { ...before, points: { ...before.points, redeemBasisPoints: 10_000 } },
      [{ kind: 'points-share', share: 'redeem', from: 5000, to: 10_000 }],
    ],
    [
      'more points to one customer in a day',
      { ...before, points: { ...before.points, perDay: 50_001 } },
      [{ kind: 'earning-cap', from: 50_000, to: 50_001 }],
    ],
    [
      'points of another worth, also of less',
      { ...before, points: { ...before.points, pointValue: 50 } },
      [{ kind: 'point-value', from: 100, to: 50 }],
    ],
    [
      'a code that lives longer and may be tried more often',
      { ...before, challenge: { ...before.challenge, lifetimeMs: 600_000 } },
      [{ kind: 'lifetime', from: 300_000, to: 600_000 }],
    ],
    [
      'more messages to one phone',
      { ...before, limits: { ...before.limits, perPhoneDay: 100 } },
      [{ kind: 'phone-limit', limit: 'perPhoneDay', from: 20, to: 100 }],
    ],
    [
      'a group may skip codes',
      withGroup('cashier', (had) => [...had, 'skip-code:points']),
      [
        {
          kind: 'group-rights',
          group: { id: 'cashier', name: null },
          rights: ['skip-code:points'],
        },
      ],
    ],
    [
      'a group may sell over the limit of a debt',
      withGroup('cashier', (had) => [...had, 'sell-over-limit']),
      [{ kind: 'group-rights', group: { id: 'cashier', name: null }, rights: ['sell-over-limit'] }],
    ],
    [
      'an operator moves to a group that may skip',
      withPerson(CASHIER, { group: 'senior-cashier' }),
      [
        {
          kind: 'operator-rights',
          operator: 'Кирилл',
          rights: ['sell-over-limit', 'skip-code:on-account', 'skip-code:points'],
        },
      ],
    ],
    [
      'a new owner',
      withPerson(SENIOR, { group: 'owner' }),
      [{ kind: 'new-owner', operator: 'Света' }],
    ],
  ];
  test.each(cases)('%s', (_, after, expected) => {
    expect(policyWeakenings(before, after)).toEqual(expected);
  });

  test('an operator hired into a group that may skip codes, and one who returns to it', () => {
    const hired = { ...before.operators[2]!, id: idOf(99), name: 'Вера' };
    const joined = { ...before, operators: [...before.operators, hired] };
    expect(policyWeakenings(before, joined)).toMatchObject([{ operator: 'Вера' }]);
    const gone = withPerson(SENIOR, { active: false });
    expect(policyWeakenings(gone, before)).toMatchObject([{ operator: 'Света' }]);
    expect(policyWeakenings(before, gone)).toEqual([]);
  });

  test('another phone for the owner; a cashier’s phone concerns only them', () => {
    const phoned = (policy: Policy, phone: string | null): Policy => ({
      ...policy,
      operators: policy.operators.map((it) => ({ ...it, phone })),
    });
    const had = phoned(before, '+79251230602');
    expect(policyWeakenings(had, phoned(before, '+79251230603'))).toEqual([
      { kind: 'operator-phone', operator: 'Ольга' },
      { kind: 'operator-phone', operator: 'Света' },
    ]);
    expect(policyWeakenings(before, had)).toEqual([]);
  });

  test('an owner who becomes inactive, moves to a lower group or is removed; others may leave without notice', () => {
    const two = withPerson(SENIOR, { group: 'owner' });
    const lost = [{ kind: 'former-owner', operator: 'Света' }];
    const svetaAs = (change: Partial<Policy['operators'][number]>): Policy => ({
      ...two,
      operators: two.operators.map((it) => (it.id === SENIOR ? { ...it, ...change } : it)),
    });
    expect(policyWeakenings(two, svetaAs({ active: false }))).toEqual(lost);
    expect(policyWeakenings(two, svetaAs({ group: 'cashier' }))).toEqual(lost);
    const removed = { ...two, operators: two.operators.filter(({ id }) => id !== SENIOR) };
    expect(policyWeakenings(two, removed)).toEqual(lost);
  });

  test('another PIN for an owner, regardless of who set it; a cashier’s PIN concerns only them', () => {
    const pin = { ...before.operators[0]!.pin, hash: '1'.repeat(64) };
    expect(policyWeakenings(before, withPerson(OWNER, { pin }))).toEqual([
      { kind: 'owner-pin', operator: 'Ольга' },
    ]);
    expect(policyWeakenings(before, withPerson(CASHIER, { pin }))).toEqual([]);
  });

  test('phone prefixes widened by another one or a shorter one', () => {
    const only = (...allowedPrefixes: string[]): Policy => ({ ...before, allowedPrefixes });
    expect(policyWeakenings(only('+79'), only('+79', '+375'))).toEqual([
      { kind: 'prefixes', added: ['+375'] },
    ]);
    expect(policyWeakenings(only('+79'), only('+7'))).toEqual([
      { kind: 'prefixes', added: ['+7'] },
    ]);
    expect(policyWeakenings(only('+79', '+375'), only('+791', '+3752'))).toEqual([]);
    expect(policyWeakenings(only(), only('+79'))).toEqual([{ kind: 'prefixes', added: ['+79'] }]);
    expect(policyWeakenings(only('+79'), only())).toEqual([]);
  });

  test('a prefix under a calling code that several countries share, and another country for that code', () => {
    const only = (...allowedPrefixes: string[]): Policy => ({ ...before, allowedPrefixes });
    const moved = (policy: Policy): Policy => ({
      ...policy,
      shop: { ...policy.shop, phoneCountry: 'KZ' },
    });
    expect(policyWeakenings(only('+7'), only('+7', '+77'))).toEqual([
      { kind: 'prefixes', added: ['+77'] },
    ]);
    expect(policyWeakenings(only('+7'), moved(only('+7')))).toEqual([
      { kind: 'prefixes', added: ['+7'] },
    ]);
    expect(policyWeakenings(only('+375'), moved(only('+375')))).toEqual([]);
  });

  test('another name of the shop, which customers read before each code', () => {
    const after: Policy = { ...before, shop: { ...before.shop, name: 'Другая' } };
    expect(policyWeakenings(before, after)).toEqual([{ kind: 'shop-name', to: 'Другая' }]);
  });

  test('what does not concern consent is not named', () => {
    const after: Policy = {
      ...withGroup('cashier', (had) => [...had, 'discount', 'return']),
      shop: { ...before.shop, contact: 'ул. Другая, 1' },
      points: { ...before.points, earnBasisPoints: 0, redeemBasisPoints: 0 },
    };
    expect(policyWeakenings(before, after)).toEqual([]);
  });
});

describe('compared with everything the policy allows', () => {
  const channel = fc.constantFrom<Channel>('sms', 'viber', 'call');
  const methodOf = fc.record({
    chain: fc.uniqueArray(channel, { maxLength: 3 }),
    threshold: fc.constantFrom(0, 500, 1000),
  });
  const sum = fc.constantFrom(0, 100, 200);
  const prefix = fc.constantFrom('+7', '+77', '+375', '+3752');
  const rightsMade = fc.subarray([...GUARDED_RIGHTS, 'sell' as const]);
  const groupIds = before.groups.map(({ id }) => id).slice(0, 3);
  const policyMade: fc.Arbitrary<Policy> = fc
    .record({
      onAccount: methodOf,
      points: methodOf,
      checks: fc.integer({ min: 1, max: 5 }),
      caps: fc.record({ perAct: sum, perCustomer: sum, perTill: sum }),
      weak: fc.record({ perAct: sum, perNumber: sum, perShop: sum }),
      cap: sum,
      back: fc.record({ cashFrom: sum, perDay: sum, codeFrom: fc.option(sum) }),
      large: sum,
      corrected: sum,
      prefixes: fc.uniqueArray(prefix, { maxLength: 3 }),
      rights: fc.tuple(rightsMade, rightsMade, rightsMade),
      staff: fc.array(fc.record({ group: fc.constantFrom(...groupIds), active: fc.boolean() }), {
        minLength: 3,
        maxLength: 3,
      }),
    })
    .map((made) => ({
      ...before,
      methods: {
        'sell-on-account': { ...before.methods['sell-on-account'], ...made.onAccount },
        'redeem-points': { ...before.methods['redeem-points'], ...made.points },
      },
      challenge: { ...before.challenge, checks: made.checks },
      overrideCaps: made.caps,
      weakCodes: made.weak,
      credit: { ...before.credit, newNumberCap: made.cap },
      notices: {
        largeFrom: made.large,
        repayments: made.large % 200 === 0,
        corrections: made.cap % 200 === 0,
        returns: made.cap !== 100,
        reminders: made.large % 300 === 0 ? null : { ...REMINDERS, from: made.large + 1 },
      },
      corrections: { perDay: made.corrected },
      returns: made.back,
      allowedPrefixes: made.prefixes,
      groups: [
        ...groupIds.map((id, n): Group => ({
          id,
          name: id,
          rights: made.rights[n] ?? [],
          discountBasisPoints: 0,
        })),
        { id: 'owner', name: 'owner', rights: [...RIGHTS], discountBasisPoints: 0 },
      ],
      operators: before.operators
        .slice(0, 4)
        .map((it, n) => (it.id === OWNER ? it : { ...it, ...made.staff[n - 1] })),
    }));

  /** Everything concerning consent that the policy allows, as words. */
  function freedoms(policy: Policy): Set<string> {
    const free = new Set<string>();
    for (const action of ['sell-on-account', 'redeem-points'] as const) {
      const { chain, threshold } = policy.methods[action];
      for (const amount of [1, 500, 999, 5000])
        if (chain.length === 0 || amount < threshold) free.add(`${action} ${amount} uncoded`);
      if (chain.length === 0 || chain.includes('call')) free.add(`${action} by four digits`);
    }
    for (const [cap, most] of Object.entries(policy.weakCodes))
      for (const amount of [50, 150])
        if (amount <= most) free.add(`${cap} ${amount} by a weak code`);
    for (const [cap, most] of Object.entries(policy.overrideCaps))
      for (const amount of [50, 150]) if (amount <= most) free.add(`${cap} ${amount} overridden`);
    for (const amount of [50, 150])
      if (amount <= policy.credit.newNumberCap) free.add(`${amount} on a new number`);
    for (const amount of [50, 150])
      if (amount < policy.notices.largeFrom) free.add(`${amount} told within the hour`);
    if (!policy.notices.repayments) free.add('repayments untold');
    if (!policy.notices.corrections) free.add('corrections untold');
    for (const amount of [50, 150])
      if (amount <= policy.corrections.perDay) free.add(`${amount} corrected a day`);
    if (!policy.notices.returns) free.add('returns untold');
    for (const amount of [50, 150])
      if (amount < (policy.notices.reminders?.from ?? Infinity))
        free.add(`${amount} owed without a reminder`);
    const { codeFrom, ...caps } = policy.returns;
    for (const [cap, most] of Object.entries(caps))
      for (const amount of [50, 150]) if (amount <= most) free.add(`${cap} ${amount} returned`);
    for (const amount of [50, 150])
      if (codeFrom === null || amount < codeFrom) free.add(`${amount} returned without a code`);
    for (let n = 1; n <= policy.challenge.checks; n++) free.add(`check ${n}`);
    // a shop in Russia; Kazakhstan has the same calling code
    for (const phone of ['+79161', '+74951', '+77011', '+37529', '+37517', '+49151'])
      if (
        policy.allowedPrefixes.some((it) =>
          it === '+7' ? /^\+7[49]/.test(phone) : phone.startsWith(it),
        )
      )
        free.add(`write to ${phone}`);
    for (const { id } of policy.operators)
      for (const right of rightsOf(policy, id))
        if (GUARDED_RIGHTS.includes(right)) free.add(`${id} ${right}`);
    for (const { id, rights } of policy.groups)
      for (const right of rights) if (GUARDED_RIGHTS.includes(right)) free.add(`${id} ${right}`);
    return free;
  }

  test('a change weakens consent exactly when it allows something that was not allowed before', () => {
    fc.assert(
      fc.property(policyMade, policyMade, (from, to) => {
        const had = freedoms(from);
        const gained = [...freedoms(to)].filter((it) => !had.has(it));
        expect(policyWeakenings(from, to).length > 0, gained.join()).toBe(gained.length > 0);
      }),
      { numRuns: cases(500) },
    );
  });

  test('no change weakens nothing', () => {
    fc.assert(fc.property(policyMade, (policy) => policyWeakenings(policy, policy).length === 0));
  });
});

test('an owner has every right that anyone has, and is active', () => {
  expect(ownersOf(before).map(({ name }) => name)).toEqual(['Ольга']);
  expect(ownersOf(withPerson(OWNER, { active: false })).map(({ name }) => name)).toEqual(['Света']);
});

describe('the message to an owner', () => {
  test('says who, what and what to do, in one line', () => {
    const after = onAccount(before, { threshold: 50_000 });
    expect(wordOwnerNotice(policyWeakenings(before, after), after, 'Анна\nКарпова')).toBe(
      'Лавка на Садовой: защита снижена (Анна Карпова): долг без кода до 500,00 ₽ (было 0,00 ₽). Не вы? Проверьте настройки кассы.',
    );
  });

  test('does not call a new till or a forgotten customer a reduced protection', () => {
    const named: Weakening[] = [{ kind: 'till-named', to: 'Касса 3' }];
    expect(wordOwnerNotice(named, before, 'Анна Карпова')).toBe(
      'Лавка на Садовой: новая касса Касса 3 (Анна Карпова). Не вы? Проверьте настройки кассы.',
    );
    expect(
      wordOwnerNotice([...named, { kind: 'no-code', action: 'sell-on-account' }], before, null),
    ).toBe(
      'Лавка на Садовой: защита снижена: новая касса Касса 3; долг без кода. Не вы? Проверьте настройки кассы.',
    );
  });

  test('names three weakenings and counts the rest', () => {
    const after = onAccount(
      {
        ...before,
        challenge: { ...before.challenge, checks: 9, lifetimeMs: 600_000 },
        overrideCaps: { perAct: 9e6, perCustomer: 9e6, perTill: 9e6 },
      },
      { chain: [] },
    );
    const english = {
      ...after,
      shop: { ...after.shop, messageLanguage: 'en' as const, currency: { code: 'GBP', digits: 2 } },
    };
    expect(wordOwnerNotice(policyWeakenings(before, after), english, null)).toBe(
      'Лавка на Садовой: protection was reduced: debt without a code; without a code at once £3,000.00 → £90,000.00; without a code per customer £3,000.00 → £90,000.00; and 3 more. Not you? Check the till’s settings.',
    );
  });

  test('has words for every weakening, in both languages, and none is empty', () => {
    const all: readonly Weakening[] = [
      { kind: 'no-code', action: 'redeem-points' },
      { kind: 'weak-code', action: 'redeem-points' },
      { kind: 'weak-code-cap', cap: 'perShop', from: 0, to: 1 },
      { kind: 'threshold', action: 'redeem-points', from: 0, to: 1 },
      { kind: 'debt-limit', from: 0, to: 1 },
      { kind: 'new-number-cap', from: 0, to: 1 },
      { kind: 'override-cap', cap: 'perAct', from: 0, to: 1 },
      { kind: 'large-from', from: 0, to: 1 },
      { kind: 'repayments-untold' },
      { kind: 'corrections-untold' },
      { kind: 'correction-cap', from: 0, to: 1 },
      { kind: 'returns-untold' },
      { kind: 'reminders', from: 1, to: 2 },
      { kind: 'reminders', from: 1, to: null },
      { kind: 'return-cap', cap: 'cashFrom', from: 0, to: 1 },
      { kind: 'return-cap', cap: 'perDay', from: 0, to: 1 },
      { kind: 'return-code', from: 1, to: null },
      { kind: 'points-share', share: 'earn', from: 0, to: 1 },
      { kind: 'points-share', share: 'redeem', from: 0, to: 1 },
      { kind: 'point-value', from: 1, to: 2 },
      { kind: 'earning-cap', from: 1, to: 2 },
      { kind: 'till-named', to: 'T' },
      { kind: 'lifetime', from: 300_000, to: 450_000 },
      { kind: 'checks', from: 3, to: 5 },
      { kind: 'phone-limit', limit: 'perPhoneHour', from: 1, to: 2 },
      { kind: 'prefixes', added: [] },
      { kind: 'prefixes', added: ['+375'] },
      { kind: 'group-rights', group: { id: 'g', name: 'G' }, rights: [...GUARDED_RIGHTS] },
      { kind: 'operator-rights', operator: 'O', rights: [...GUARDED_RIGHTS] },
      { kind: 'new-owner', operator: 'O' },
      { kind: 'operator-phone', operator: 'O' },
      { kind: 'former-owner', operator: 'O' },
      { kind: 'owner-pin', operator: 'O' },
      { kind: 'provider', what: 'address', name: 'SMS.RU' },
      { kind: 'shop-name', to: 'S' },
      { kind: 'till-name', from: 'S', to: 'T' },
      { kind: 'text', action: 'redeem-points' },
    ];
    for (const language of ['ru', 'en'] as const) {
      const words = all.map((it) => wordWeakening(it, RUB, language));
      expect(new Set(words).size).toBe(all.length);
      for (const word of words) expect(word).toMatch(/^[^\s].{4,}$/s);
      expect(words.join()).not.toMatch(/undefined|null|skip-code/);
    }
    const lifetime = all.filter(({ kind }) => kind === 'lifetime');
    expect(lifetime.map((each) => wordWeakening(each, RUB, 'en'))).toEqual([
      'code lives, min 5 → 7.5',
    ]);
  });
});
