// Where nothing is sold, no sentence about a code that was not sent asks to take money instead.
import { afterEach, expect, test } from 'vitest';
import type { Action } from '$lib/contract/values';
import type { StoppedBecause } from '$lib/domain/consent/challenge-outcome';
import { language, loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import { noCodeWhy } from '../../src/routes/shared/override/no-code-words';

const AT = Date.parse('2026-11-21T10:00:00Z');
const allowed = { minor: 500, currency: 'RUB' };
const nothing = { minor: 0, currency: 'RUB' };

const STOPS: readonly StoppedBecause[] = [
  { kind: 'phone-held', phoneMasked: '+7 925 ··· 04 61', since: AT },
  { kind: 'phone-too-new', until: AT, allowed },
  { kind: 'phone-too-new', until: AT, allowed: nothing },
  { kind: 'phone-unaccepted', allowed: nothing },
  { kind: 'customer-disputed', since: AT },
  ...[allowed, nothing].map((each) => ({ kind: 'over-limit', allowed: each }) as const),
  ...[0, 7].map((points) => ({ kind: 'points-short', allowed: points }) as const),
  { kind: 'card-differs' },
  { kind: 'codes-stopped' },
  { kind: 'operator-unknown' },
  { kind: 'challenge-differs' },
  { kind: 'journal-behind' },
  { kind: 'cancelled' },
  { kind: 'superseded' },
  { kind: 'unknown-challenge' },
];
const ELSEWHERE: readonly Action[] = [
  ...(['change-phone', 'issue-reserve-codes', 'merge-customers', 'correct-balance'] as const),
  ...(['cancel-repayment', 'authorise-person', 'return-goods'] as const),
];
const MONEY = /Примите деньги|Остальное примите|Чек изменился|Take (cash|the rest)|receipt changed/;

const before = language.current;
afterEach(() => setLanguage(before));

test.each(['ru', 'en'] as const)('%s', async (code) => {
  await loadAdminText();
  await setLanguage(code);
  const said = (because: StoppedBecause, action: Action) =>
    noCodeWhy({ kind: 'stopped', because }, action);
  for (const action of ELSEWHERE)
    for (const because of STOPS) {
      expect(said(because, action)).not.toMatch(MONEY);
      expect(said(because, action)).not.toBe('');
    }
  expect(said({ kind: 'card-differs' }, 'sell-on-account')).toMatch(MONEY);
});
