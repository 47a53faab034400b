// Every reply about a challenge and its outcome.
// Some allow going on without a code, some stop the request, some keep it open.
import { expect, test } from 'vitest';
import { noCodeFact, outcomeOf, type ReplyToTill } from '$lib/domain/consent/challenge-outcome';
import { NOW } from './fixtures';
import { view } from './checkout-fixtures';

const money = { minor: 50_000, currency: 'RUB' };

type Reply<K extends ReplyToTill['kind']> = Extract<ReplyToTill, { kind: K }>;
type Row<K extends ReplyToTill['kind']> = readonly (readonly [Reply<K>, string])[];

/** The recorded fact if going on without a code is allowed; otherwise `stopped` or `goes-on`. */
const TABLE: { readonly [K in ReplyToTill['kind']]: Row<K> } = {
  'awaiting-code': [[view, 'goes-on']],
  verified: [[{ kind: 'verified', grant: 'a.b.c' }, 'goes-on']],
  'wrong-code': [[{ kind: 'wrong-code', checksLeft: 1 }, 'goes-on']],
  'too-early': [[{ kind: 'too-early', resendAt: NOW }, 'goes-on']],
  'no-sends-left': [[{ kind: 'no-sends-left' }, 'goes-on']],

  unreachable: [[{ kind: 'unreachable' }, 'unreachable']],
  'tills-awaited': [[{ kind: 'tills-awaited', tills: ['Касса 2'], until: NOW }, 'tills-awaited']],
  quarantined: [[{ kind: 'quarantined' }, 'quarantined']],
  'provider-unreachable': [[{ kind: 'provider-unreachable' }, 'provider-unreachable']],
  refused: [
    [{ kind: 'refused', because: 'no-money' }, 'refused:no-money'],
    [{ kind: 'refused', because: 'fraud-guard' }, 'refused:fraud-guard'],
  ],
  limited: [[{ kind: 'limited', scope: 'shop', retryAt: NOW }, 'limited:shop']],
  'channel-not-available': [
    [{ kind: 'channel-not-available', allowed: money }, 'channel-not-available'],
  ],
  spent: [
    [{ kind: 'spent', because: 'expired' }, 'expired'],
    [{ kind: 'spent', because: 'too-many-checks' }, 'too-many-checks'],
    [{ kind: 'spent', because: 'cancelled' }, 'stopped'],
    [{ kind: 'spent', because: 'superseded' }, 'stopped'],
  ],

  'phone-held': [[{ kind: 'phone-held', phoneMasked: '+7 ··· 11', since: NOW }, 'stopped']],
  'phone-too-new': [[{ kind: 'phone-too-new', until: NOW, allowed: money }, 'stopped']],
  'phone-unaccepted': [[{ kind: 'phone-unaccepted', allowed: money }, 'stopped']],
  'customer-disputed': [[{ kind: 'customer-disputed', since: NOW }, 'stopped']],
  'operator-unknown': [[{ kind: 'operator-unknown' }, 'stopped']],
  'over-limit': [[{ kind: 'over-limit', allowed: money }, 'stopped']],
  'points-short': [[{ kind: 'points-short', allowed: 12 }, 'stopped']],
  'card-differs': [[{ kind: 'card-differs' }, 'stopped']],
  'policy-changed': [[{ kind: 'policy-changed' }, 'stopped']],
  'person-refused': [[{ kind: 'person-refused', because: 'too-many' }, 'stopped']],
  'codes-stopped': [[{ kind: 'codes-stopped' }, 'stopped']],
  'challenge-differs': [[{ kind: 'challenge-differs' }, 'stopped']],
  'journal-behind': [[{ kind: 'journal-behind' }, 'stopped']],
  'unknown-challenge': [[{ kind: 'unknown-challenge' }, 'stopped']],
};

test.each(Object.values(TABLE).flat() as [ReplyToTill, string][])('%o: %s', (reply, expected) => {
  const outcome = outcomeOf(reply);
  const found =
    outcome.kind === 'no-code'
      ? noCodeFact(outcome.because)
      : outcome.kind === 'stopped'
        ? outcome.kind
        : 'goes-on';
  expect(found).toBe(expected);
});
