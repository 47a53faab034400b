// The form of consent rules: how input is parsed, what is refused, and what stays unchanged.
import { expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { policyWeakenings } from '$lib/domain/policy/policy-weakening';
import { RulesForm, parsePrefixes } from '../../src/routes/codes-and-limits/rules-form.svelte';
import { parseCount } from '../../src/routes/shared/policy/settings-form.svelte';

const started: Policy = defaultPolicy({
  shopId: '0197f3a0-0000-7000-8000-000000000001',
  shopName: 'Весна',
  currency: { code: 'RUB', digits: 2 },
  phoneCountry: 'RU',
  timeZone: 'Europe/Moscow',
  owner: {
    id: '0197f3a0-0000-7000-8000-000000000002',
    name: 'Анна',
    pin: { salt: '0'.repeat(32), hash: '0'.repeat(64), rounds: 600_000, digits: 6 },
    phone: null,
  },
  at: 1_700_000_000_000,
  messageLanguage: 'ru',
});
/** As signed by the relay. */
const policy: Policy = { ...started, allowedPrefixes: ['+7'] };

test('an untouched form leaves the policy as it is', () => {
  const form = new RulesForm(policy, ',');
  expect(form.read()?.(policy)).toEqual(policy);
});

test('a chain keeps its order and its waiting time', () => {
  const form = new RulesForm(policy, ',');
  form.chains['sell-on-account'] = ['viber', 'sms', 'call'];
  form.waits['sell-on-account'] = '60000';
  expect(form.read()?.(policy).methods['sell-on-account']).toEqual({
    chain: ['viber', 'sms', 'call'],
    threshold: 0,
    nextAfterMs: 60_000,
  });
});

test('what weak codes may confirm is read, and a larger sum weakens consent', () => {
  const form = new RulesForm(policy, ',');
  form.settings.texts['weakCodes.perAct'] = '700,50';
  form.settings.texts['weakCodes.perNumber'] = '1 500';
  form.settings.texts['weakCodes.perShop'] = '3 000';
  const after = form.read()?.(policy);
  expect(after?.weakCodes).toEqual({ perAct: 70_050, perNumber: 150_000, perShop: 300_000 });
  expect(policyWeakenings(policy, form.preview)).toEqual([
    { kind: 'weak-code-cap', cap: 'perAct', from: 50_000, to: 70_050 },
    { kind: 'weak-code-cap', cap: 'perNumber', from: 100_000, to: 150_000 },
  ]);
  form.settings.texts['weakCodes.perAct'] = 'много';
  expect(form.read()).toBeNull();
  expect(form.settings.isWrong('weakCodes.perAct')).toBe(true);
});

test('invalid fields are named, and nothing is saved', () => {
  const form = new RulesForm(policy, ',');
  form.settings.texts['credit.debtLimit'] = 'много';
  form.settings.texts['limits.perPhoneHour'] = '0';
  form.prefixes = '8 9';
  expect(form.read()).toBeNull();
  expect(
    (['credit.debtLimit', 'limits.perPhoneHour', 'overrideCaps.perAct'] as const).map((key) =>
      form.settings.isWrong(key),
    ),
  ).toEqual([true, true, false]);
  expect(form.isWrong('prefixes')).toBe(true);
  // the preview of weakened consent still covers the other fields
  expect(form.preview).toEqual(policy);
});

test.each([
  ['', 'empty'],
  [' , ', 'empty'],
  ['8 9', 'malformed'],
  ['+7, +979', 'no-country'],
  ['+870', 'no-country'],
  ['+88216', 'no-country'],
  ['+7, +375', null],
])('phone prefixes %j have the fault %s', (text, fault) => {
  const form = new RulesForm(policy, ',');
  form.prefixes = text;
  expect(form.prefixFault).toBe(fault);
  const read = form.read();
  expect(read === null).toBe(fault !== null);
  if (fault !== null) expect(form.preview.allowedPrefixes).toEqual(['+7']);
});

test('an invalid threshold that is not on screen does not prevent saving and stays as it was', () => {
  const form = new RulesForm(policy, ',');
  form.chains['redeem-points'] = [];
  form.amounts['threshold:redeem-points'] = 'x';
  expect(form.read()?.(policy).methods['redeem-points']).toEqual({
    chain: [],
    threshold: 0,
    nextAfterMs: 40_000,
  });
});

test.each([
  ['+7 9, +375', ['+79', '+375']],
  ['+44; +44\n+353', ['+44', '+353']],
  ['', []],
  [' , ', []],
  ['79', null],
  ['+0', null],
  ['+7, номер', null],
])('phone prefixes: %j', (text, read) => {
  expect(parsePrefixes(text)).toEqual(read);
});

test.each([
  ['10', 10],
  ['1 000', 1000],
  ['0', null],
  ['1001', null],
  ['1.5', null],
  ['-1', null],
  ['', null],
])('a count from 1 to 1000: %j', (text, read) => {
  expect(parseCount(text, [1, 1000])).toBe(read);
});

test('from which sum a message leaves at once is read, and a larger one weakens consent', () => {
  const form = new RulesForm(policy, ',');
  expect(form.settings.texts['notices.largeFrom']).toBe('1000');
  form.settings.texts['notices.largeFrom'] = '2 500';
  expect(form.read()?.(policy).notices).toEqual({
    largeFrom: 250_000,
    repayments: true,
    returns: true,
    corrections: true,
    reminders: null,
  });
  expect(policyWeakenings(policy, form.preview)).toEqual([
    { kind: 'large-from', from: 100_000, to: 250_000 },
  ]);
  form.settings.texts['notices.largeFrom'] = 'большая';
  expect([form.read(), form.settings.isWrong('notices.largeFrom')]).toEqual([null, true]);
});

test('reminders are none until a day is chosen; then their sum has to be one', () => {
  const form = new RulesForm(policy, ',');
  form.amounts.remindersFrom = 'большая';
  expect(form.preview.notices.reminders).toBeNull();
  form.remindersDay = '5';
  expect([form.read(), form.isWrong('remindersFrom')]).toEqual([null, true]);
  form.amounts.remindersFrom = '0';
  expect([form.read(), form.isWrong('remindersFrom')]).toEqual([null, true]);
  form.amounts.remindersFrom = '500';
  form.remindersToHour = '21';
  const reminders = { day: 5, from: 50_000, fromHour: 10, toHour: 21 };
  expect(form.read()?.(policy).notices.reminders).toEqual(reminders);
  const kept = { ...policy, notices: { ...policy.notices, reminders } };
  const again = new RulesForm(kept, ',');
  expect(again.read()?.(kept).notices.reminders).toEqual(reminders);
  again.remindersDay = '';
  expect(policyWeakenings(kept, again.preview)).toEqual([
    { kind: 'reminders', from: 50_000, to: null },
  ]);
});
