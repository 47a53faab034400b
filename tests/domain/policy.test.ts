// Policy: the first one of a shop, the rights it gives, and which policy may follow it.
import { describe, expect, test } from 'vitest';
import { policy as policySchema, right, type Policy, type Right } from '$lib/contract/policy';
import { defaultGroups, defaultPolicy } from '$lib/domain/policy/default-policy';
import { groupsWith, may, operatorOf, pinDigitsFor } from '$lib/domain/policy/policy';
import { checkPolicyChange } from '$lib/domain/policy/policy-change';
import { OWNER_RIGHTS, RIGHTS } from '$lib/domain/policy/rights';
import {
  CASHIER,
  GONE,
  idOf,
  JPY,
  KWD,
  NOW,
  OWNER,
  POLICY,
  SENIOR,
  SHOP,
  shopPolicy,
} from './fixtures';

const pin = shopPolicy().operators[0]!.pin;

describe('the first policy', () => {
  test('it is a valid document, in any currency', () => {
    expect(policySchema.safeParse(shopPolicy()).success).toBe(true);
    const person = { id: OWNER, name: 'Olga', pin, phone: null };
    for (const currency of [JPY, KWD, { code: 'EUR', digits: 2 }]) {
      const policy = defaultPolicy({
        shopId: SHOP,
        shopName: 'Corner shop',
        currency,
        // the country of the phones does not determine the language of messages
        phoneCountry: 'RU',
        timeZone: 'Europe/London',
        owner: person,
        at: NOW,
        messageLanguage: 'en',
      });
      expect(policySchema.safeParse(policy).success).toBe(true);
      const major = 10 ** currency.digits;
      expect(policy.credit).toEqual({
        debtLimit: 100 * major,
        newNumberCap: 30 * major,
        dueDays: null,
      });
      expect(policy.points.pointValue).toBe(1);
      expect(policy.shop.messageLanguage).toBe('en');
      expect(checkPolicyChange(null, policy, null)).toBeNull();
    }
  });

  test('its sums in roubles are the wire’s defaults', () => {
    const {
      credit,
      overrideCaps,
      weakCodes,
      corrections,
      notices,
      points,
      methods,
      limits,
      challenge,
    } = shopPolicy();
    expect({
      credit,
      overrideCaps,
      weakCodes,
      corrections,
      notices,
      points,
      methods,
      limits,
      challenge,
    }).toEqual({
      credit: { debtLimit: 1_000_000, newNumberCap: 300_000, dueDays: null },
      overrideCaps: { perAct: 300_000, perCustomer: 300_000, perTill: 1_500_000 },
      weakCodes: { perAct: 50_000, perNumber: 100_000, perShop: 300_000 },
      corrections: { perDay: 1_000_000 },
      notices: {
        largeFrom: 100_000,
        repayments: true,
        returns: true,
        corrections: true,
        reminders: null,
      },
      points: {
        earnBasisPoints: 100,
        redeemBasisPoints: 5000,
        pointValue: 100,
        onRepayment: false,
        perDay: 50_000,
      },
      methods: {
        'redeem-points': { chain: ['sms'], threshold: 0, nextAfterMs: 40_000 },
        'sell-on-account': { chain: ['sms'], threshold: 0, nextAfterMs: 40_000 },
      },
      limits: { perPhoneHour: 10, perPhoneDay: 20, perTillHour: 60, perShopDay: 500 },
      challenge: { lifetimeMs: 300_000, checks: 5, sends: 3 },
    });
  });

  test('every right of the wire is listed once', () => {
    expect([...RIGHTS].sort()).toEqual([...right.options].sort());
  });

  test('the groups have the rights that the product promises', () => {
    const [cashier, senior, manager, owner] = defaultGroups();
    expect(cashier?.rights).toHaveLength(7);
    expect(senior?.rights).toHaveLength(16);
    expect(OWNER_RIGHTS.filter((each) => !manager?.rights.includes(each))).toEqual([
      'manage-staff',
    ]);
    expect(owner?.rights).toEqual(OWNER_RIGHTS);
    expect(RIGHTS.filter((each) => !OWNER_RIGHTS.includes(each))).toEqual(['take-tip']);
    expect([cashier, senior, manager, owner].map((each) => each?.name)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('rights', () => {
  test('come from the group, and only for active operators', () => {
    expect(may(POLICY, CASHIER, 'sell')).toBe(true);
    expect(may(POLICY, CASHIER, 'skip-code:points')).toBe(false);
    expect(may(POLICY, SENIOR, 'skip-code:points')).toBe(true);
    expect(may(POLICY, GONE, 'sell')).toBe(false);
    expect(may(POLICY, idOf(99), 'sell')).toBe(false);
    expect(operatorOf(POLICY, GONE)?.name).toBe('Гена');
    expect(operatorOf(POLICY, idOf(99))).toBeNull();
    expect(groupsWith(POLICY, 'manage-staff').map((group) => group.id)).toEqual(['owner']);
  });

  test('an operator who may skip codes needs a PIN of six digits, others of four', () => {
    expect(pinDigitsFor(['sell'])).toBe(4);
    expect(pinDigitsFor(['sell', 'skip-code:points'])).toBe(6);
    expect(pinDigitsFor(['skip-code:on-account'])).toBe(6);
  });
});

const DEPUTY = idOf(14);

const cashierRights: readonly Right[] = defaultGroups()[0]!.rights;

/** A shop with a deputy who may change the staff but not the settings. */
const before = shopPolicy((policy) => ({
  ...policy,
  groups: [
    ...policy.groups,
    {
      id: 'deputy',
      name: 'Зам',
      rights: [...cashierRights, 'manage-staff'],
      discountBasisPoints: 0,
    },
  ],
  operators: [
    ...policy.operators,
    { id: DEPUTY, name: 'Дарья', group: 'deputy', active: true, pin, phone: null, taxNumber: null },
  ],
}));

type Person = Policy['operators'][number];

function withPerson(policy: Policy, id: string, change: Partial<Person>): Policy {
  return {
    ...policy,
    operators: policy.operators.map((each) => (each.id === id ? { ...each, ...change } : each)),
  };
}

function withRights(policy: Policy, id: string, change: (rights: Right[]) => Right[]): Policy {
  return {
    ...policy,
    groups: policy.groups.map((each) =>
      each.id === id ? { ...each, rights: change(each.rights) } : each,
    ),
  };
}

describe('a change of the policy', () => {
  test('an equal policy is no change, whatever the order of keys', () => {
    const shuffled = Object.fromEntries(Object.entries(before).reverse()) as Policy;
    expect(checkPolicyChange(before, shuffled, CASHIER)).toBeNull();
    expect(checkPolicyChange(before, { ...before, version: 2, at: NOW + 1 }, null)).toBeNull();
  });

  test('the owner may change staff and settings', () => {
    const more = withPerson(before, CASHIER, { group: 'senior-cashier' });
    const after = {
      ...more,
      methods: {
        ...more.methods,
        'redeem-points': { chain: [], threshold: 0, nextAfterMs: 40_000 },
      },
      overrideCaps: { ...more.overrideCaps, perAct: 1 },
    };
    expect(checkPolicyChange(before, after, OWNER)).toBeNull();
  });

  test('each difference needs its own right', () => {
    const staff = withPerson(before, CASHIER, { name: 'Кирилл К.' });
    const caps = { ...before, overrideCaps: { ...before.overrideCaps, perTill: 1 } };
    const named = { ...before, shop: { ...before.shop, name: 'Другая' } };
    expect(checkPolicyChange(before, staff, DEPUTY)).toBeNull();
    expect(checkPolicyChange(before, caps, DEPUTY)).toEqual({
      path: 'overrideCaps',
      because: 'no-right',
    });
    expect(checkPolicyChange(before, named, DEPUTY)?.path).toBe('shop');
    const group = { id: idOf(98), name: 'Свои' };
    const grouped = { ...before, customerGroups: [group] };
    const refunds = { ...before, returns: { cashFrom: 0, perDay: 1, codeFrom: null } };
    expect(checkPolicyChange(before, grouped, DEPUTY)?.path).toBe('customerGroups');
    expect(checkPolicyChange(before, refunds, DEPUTY)?.path).toBe('returns');
    expect(checkPolicyChange(before, { ...before, customerGroups: [group, group] }, OWNER)).toEqual(
      {
        path: 'customerGroups.1.id',
        because: 'duplicate-id',
      },
    );
    for (const by of [CASHIER, GONE, null, idOf(99)]) {
      expect(checkPolicyChange(before, staff, by)).toEqual({
        path: 'operators',
        because: 'no-right',
      });
    }
  });

  test('who may change staff gives a right that no built-in group has, and owners stay owners', () => {
    const given = withRights(before, 'cashier', (rights) => [...rights, 'take-tip']);
    expect(checkPolicyChange(before, given, OWNER)).toBeNull();
    const again = { ...given, version: given.version + 1 };
    const named = { ...again, shop: { ...again.shop, name: 'Another' } };
    expect(checkPolicyChange(again, named, OWNER)).toBeNull();
  });

  test('nobody gives a group rights that their own group lacks', () => {
    const given = withRights(before, 'cashier', (rights) => [...rights, 'skip-code:points']);
    expect(checkPolicyChange(before, given, DEPUTY)).toEqual({
      path: 'groups.0.rights',
      because: 'right-not-yours',
    });
    const made = {
      ...before,
      groups: [
        ...before.groups,
        { id: 'new', name: 'New', rights: ['settings'] as Right[], discountBasisPoints: 0 },
      ],
    };
    expect(checkPolicyChange(before, made, DEPUTY)?.because).toBe('right-not-yours');
    const own = withRights(before, 'cashier', (rights) => [...rights, 'manage-staff']);
    expect(checkPolicyChange(before, own, DEPUTY)).toBeNull();
    const taken = withRights(before, 'cashier', (rights) => rights.filter((r) => r !== 'sell'));
    expect(checkPolicyChange(before, taken, DEPUTY)).toBeNull();
  });

  test('nobody moves themselves, or another, into a group above their own', () => {
    expect(
      checkPolicyChange(before, withPerson(before, DEPUTY, { group: 'owner' }), DEPUTY),
    ).toEqual({ path: 'operators.4.group', because: 'right-not-yours' });
    const hired = {
      ...before,
      operators: [
        ...before.operators,
        {
          id: idOf(15),
          name: 'Друг',
          group: 'owner',
          active: true,
          pin,
          phone: null,
          taxNumber: null,
        },
      ],
    };
    expect(checkPolicyChange(before, hired, DEPUTY)?.because).toBe('right-not-yours');
  });

  test('nobody takes over the PIN, the phone or the place of somebody above them', () => {
    const otherPin = { ...pin, salt: '1'.repeat(32) };
    expect(checkPolicyChange(before, withPerson(before, OWNER, { pin: otherPin }), DEPUTY)).toEqual(
      {
        path: 'operators.0.pin',
        because: 'right-not-yours',
      },
    );
    const changes: Partial<Person>[] = [{ phone: '+79251230602' }, { active: false }];
    for (const change of changes) {
      const after = withPerson(before, OWNER, change);
      expect(checkPolicyChange(before, after, DEPUTY)?.because).toBe('right-not-yours');
    }
    const without = { ...before, operators: before.operators.filter((o) => o.id !== OWNER) };
    expect(checkPolicyChange(before, without, DEPUTY)?.because).toBe('right-not-yours');
  });

  test('the last owner cannot leave, become inactive, or give up a right that nobody could give back', () => {
    const last = { path: 'operators', because: 'last-owner' };
    const without = { ...before, operators: before.operators.filter((o) => o.id !== OWNER) };
    expect(checkPolicyChange(before, without, OWNER)).toEqual(last);
    const aside = withPerson(before, OWNER, { active: false });
    expect(checkPolicyChange(before, aside, OWNER)).toEqual(last);
    const demoted = withPerson(before, OWNER, { group: 'manager' });
    expect(checkPolicyChange(before, demoted, OWNER)).toEqual(last);
    const poorer = withRights(before, 'owner', (rights) => rights.filter((r) => r !== 'settings'));
    expect(checkPolicyChange(before, poorer, OWNER)).toEqual(last);
    const heir = withPerson(withPerson(before, SENIOR, { group: 'owner' }), OWNER, {
      active: false,
    });
    expect(checkPolicyChange(before, heir, OWNER)).toBeNull();
  });

  test('the very first policy has an owner', () => {
    const first = withPerson(before, OWNER, { group: 'manager' });
    expect(checkPolicyChange(null, first, null)?.because).toBe('last-owner');
  });

  test('an unknown group and a duplicate id are reported at their place', () => {
    const lost = withPerson(before, CASHIER, { group: 'nobody' });
    expect(checkPolicyChange(before, lost, OWNER)).toEqual({
      path: 'operators.1.group',
      because: 'unknown-group',
    });
    const emptied = { ...before, groups: before.groups.filter((g) => g.id !== 'cashier') };
    expect(checkPolicyChange(before, emptied, OWNER)?.because).toBe('unknown-group');
    const twice = { ...before, operators: [...before.operators, before.operators[1]!] };
    expect(checkPolicyChange(before, twice, OWNER)).toEqual({
      path: 'operators.5.id',
      because: 'duplicate-id',
    });
    const groupTwice = { ...before, groups: [...before.groups, before.groups[0]!] };
    expect(checkPolicyChange(before, groupTwice, OWNER)).toEqual({
      path: 'groups.5.id',
      because: 'duplicate-id',
    });
    const channelTwice: Policy = {
      ...before,
      methods: {
        ...before.methods,
        'redeem-points': { chain: ['sms', 'sms'], threshold: 0, nextAfterMs: 40_000 },
      },
    };
    expect(checkPolicyChange(before, channelTwice, OWNER)).toEqual({
      path: 'methods.redeem-points.chain.1',
      because: 'malformed',
    });
  });

  test('a short PIN is refused together with the right to skip codes', () => {
    const short = { ...pin, digits: 4 };
    const cashier = withPerson(before, CASHIER, { pin: short });
    expect(checkPolicyChange(before, cashier, OWNER)).toBeNull();
    expect(checkPolicyChange(before, withPerson(before, SENIOR, { pin: short }), OWNER)).toEqual({
      path: 'operators.2.pin',
      because: 'pin-too-short',
    });
    const promoted = withRights(cashier, 'cashier', (rights) => [...rights, 'skip-code:points']);
    expect(checkPolicyChange(before, promoted, OWNER)).toEqual({
      path: 'operators.1.pin',
      because: 'pin-too-short',
    });
    // the PIN of a removed operator signs nobody in
    expect(checkPolicyChange(before, withPerson(before, GONE, { pin: short }), OWNER)).toBeNull();
  });

  test('a shop keeps its id and its currency', () => {
    const other = { ...before, shop: { ...before.shop, id: idOf(77) } };
    expect(checkPolicyChange(before, other, OWNER)).toEqual({
      path: 'shop.id',
      because: 'wrong-shop',
    });
    for (const currency of [
      { code: 'EUR', digits: 2 },
      { code: 'RUB', digits: 0 },
    ]) {
      const after = { ...before, shop: { ...before.shop, currency } };
      expect(checkPolicyChange(before, after, OWNER)).toEqual({
        path: 'shop.currency',
        because: 'currency-fixed',
      });
    }
  });
});
