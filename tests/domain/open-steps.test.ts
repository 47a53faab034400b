// Which steps of setting up a shop the empty till still offers, and to whom.
import { expect, test } from 'vitest';
import type { Policy, Right } from '$lib/contract/policy';
import { openSteps } from '$lib/domain/policy/open-steps';
import { shopPolicy } from './fixtures';

const CONNECTED = { state: 'ready', demo: false } as const;
const REMINDERS = { day: 5, from: 10_000, fromHour: 10, toHour: 19 };
const everything = () => true;

const withPhones = (policy: Policy): Policy => ({
  ...policy,
  operators: policy.operators.map((operator, index) => ({
    ...operator,
    // a former operator needs none
    phone: operator.active ? `+7925000060${index}` : null,
  })),
});
const alone = (policy: Policy): Policy => ({
  ...policy,
  operators: policy.operators.map((operator, index) => ({ ...operator, active: index === 0 })),
});
const allSet = (policy: Policy): Policy => ({
  ...withPhones(policy),
  shifts: { blindCount: true, countFloat: true },
  notices: { ...policy.notices, reminders: REMINDERS },
});

const GUARDS = ['count-float', 'blind-count', 'reminders'];

test.each([
  [
    'a new shop of one person',
    alone,
    { state: 'ready', demo: true } as const,
    ['staff', 'phones', 'messages'],
  ],
  ['a shop of one person with a phone', (p: Policy) => withPhones(alone(p)), CONNECTED, ['staff']],
  ['a shop with staff', (p: Policy) => p, CONNECTED, ['phones', ...GUARDS]],
  ['a shop that knows all phones', withPhones, CONNECTED, GUARDS],
  [
    'a shop that counts blind',
    (p: Policy) => ({ ...withPhones(p), shifts: { blindCount: true, countFloat: false } }),
    CONNECTED,
    ['count-float', 'reminders'],
  ],
  ['a shop where all is set', allSet, CONNECTED, []],
  [
    'a shop without a messaging service',
    allSet,
    { state: 'not-configured', demo: false } as const,
    ['messages'],
  ],
  [
    'a shop whose service is in trouble',
    allSet,
    { state: 'unreachable', demo: false } as const,
    [],
  ],
  ['a till that does not know of the service yet', allSet, null, []],
])('%s is offered what it has not done', (_, change, provider, steps) => {
  expect(openSteps(shopPolicy(change), provider, everything)).toEqual(steps);
});

test('a person who may not change settings is offered nothing; staff only those who may add them', () => {
  const none = { state: 'not-configured', demo: false } as const;
  const only = (right: Right) => (asked: Right) => asked === right;
  expect(openSteps(shopPolicy(), none, only('manage-staff'))).toEqual([]);
  expect(openSteps(shopPolicy(), none, only('settings'))).toEqual(['messages', ...GUARDS]);
  expect(openSteps(shopPolicy(alone), none, only('settings'))).toEqual(['messages']);
});
