// Pauses that a service asks for: no message, request or other channel until they end.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal, type Refusal } from '$lib/contract/challenge';
import { openPauses } from '../../relay/messaging/gateway/service-pauses';
import { MAYBE_SENT, remedyOf, type Remedy } from '../../relay/messaging/gateway/refusals';
import { ask, debtRequest, OTHER_PHONE, PHONE, START, adoptService } from '../support/challenges';
import { FakeSmsc } from '../support/fakes/smsc';
import { FakeTwilio } from '../support/fakes/twilio';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const MINUTE = 60_000;
const TOO_MANY = { kind: 'code', code: 20_429 } as const;
const LIMITED = { kind: 'refused', because: 'rate-limit-account' };

/** Every refusal and its remedy, written here a second time: nothing is taken from the relay's own table. */
const TABLE: Readonly<Record<Remedy, readonly Refusal[]>> = {
  'same-now': ['not-sent'],
  'same-later': ['temporary', 'duplicate'],
  'other-channel': [
    ...(['unreachable', 'recipient-blocked', 'region-forbidden', 'rate-limit-recipient'] as const),
    ...(['text-forbidden', 'text-not-approved', 'text-too-long'] as const),
    ...(['sender-not-approved', 'bad-request', 'channel-not-available'] as const),
  ],
  'service-pause': ['rate-limit-account'],
  owner: [
    ...(['auth', 'account-not-ready', 'account-blocked', 'no-money'] as const),
    ...(['not-configured', 'pumping', 'journal-forked'] as const),
  ],
  nobody: [
    ...(['bad-phone', 'country-not-allowed', 'costly-number', 'fraud-guard'] as const),
    ...(['bad-reply', 'timeout-unknown', 'relay-put-back', 'unknown'] as const),
  ],
};

test('every refusal has one remedy; what may have been sent is never tried again', () => {
  const expected = Object.entries(TABLE).flatMap(([remedy, all]) =>
    all.map((because) => [because, remedy]),
  );
  expect(expected.map(([because]) => because).sort()).toEqual([...refusal.options].sort());
  for (const [because, remedy] of expected)
    expect([because, remedyOf(because as Refusal)]).toEqual([because, remedy]);
  for (const because of MAYBE_SENT) expect(remedyOf(because)).toBe('nobody');
});

let twilio: FakeTwilio;
let relay: RunningRelay;
let till: TillClient;
let clock: ReturnType<typeof makeClock>;

beforeEach(async () => {
  clock = makeClock(START);
  twilio = await FakeTwilio.start();
  relay = await startRelay({ now: clock.now });
  till = await TillClient.ready(relay.url, clock.now, (policy) => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['sms', 'whatsapp'], threshold: 0, nextAfterMs: 40_000 },
    },
  }));
  await till.elevate();
  await adoptService(relay, till, twilio.draft);
});
afterEach(async () => {
  await relay.stop();
  await twilio.stop();
});

const from = (phone: string) => debtRequest({ customer: { id: uuidv7(), phone } });
const heard = (): number => twilio.requests.length;

test('too many messages: for a minute the service gets no request, not even for its balance', async () => {
  twilio.next(TOO_MANY);
  expect((await ask(till, from(PHONE))).json).toEqual(LIMITED);
  const before = heard();
  expect((await ask(till, from(OTHER_PHONE))).json).toEqual(LIMITED);
  expect((await till.call('POST', '/provider/balance', {})).json).toMatchObject(LIMITED);
  const trial = { phone: PHONE, channel: 'sms' };
  expect((await till.call('POST', '/provider/test-message', trial)).json).toMatchObject(LIMITED);
  clock.pass(MINUTE - 1);
  expect((await ask(till, from(OTHER_PHONE))).json).toEqual(LIMITED);
  expect(heard()).toBe(before);
  clock.pass(1);
  expect((await ask(till, from(OTHER_PHONE))).json).toMatchObject({ kind: 'awaiting-code' });
});

test('refused again, the pause is twice as long; a sent message resets it', async () => {
  const refusedFor = async (ms: number): Promise<void> => {
    twilio.next(TOO_MANY);
    expect((await ask(till, from(PHONE))).json).toEqual(LIMITED);
    const before = heard();
    clock.pass(ms - 1);
    expect((await ask(till, from(OTHER_PHONE))).json).toEqual(LIMITED);
    expect(heard()).toBe(before);
    clock.pass(1);
  };
  await refusedFor(MINUTE);
  await refusedFor(2 * MINUTE);
  await refusedFor(4 * MINUTE);
  expect((await ask(till, from(PHONE))).json).toMatchObject({ kind: 'awaiting-code' });
  await refusedFor(MINUTE);
});

test.for([
  ['429 with a time: that long', 5, { status: 429, headers: { 'Retry-After': '300' } }],
  [
    '429 with a day: a quarter of an hour',
    15,
    { status: 429, headers: { 'Retry-After': '86400' } },
  ],
  ['maintenance with a time: that long', 0.5, { status: 503, headers: { 'Retry-After': '30' } }],
  ['maintenance with an hour: a minute', 1, { status: 503, headers: { 'Retry-After': '3600' } }],
] as const)('%s', async ([, minutes, head]) => {
  const answer = { ...head, body: 'later' };
  twilio.next({ kind: 'answer', answer });
  await ask(till, from(PHONE));
  const before = heard();
  clock.pass(minutes * MINUTE - 1);
  expect((await ask(till, from(OTHER_PHONE))).json).toEqual(LIMITED);
  expect(heard()).toBe(before);
  clock.pass(1);
  await till.signIn();
  expect((await ask(till, from(OTHER_PHONE))).json).toMatchObject({ kind: 'awaiting-code' });
});

test('refusals of parallel messages count as one, and the longest pause applies', () => {
  const pauses = openPauses(clock.now);
  const by = relay.relay.provider.current();
  const message = { channel: 'sms', phone: PHONE, text: '' } as const;
  const refuse = (retryAfterSec: number | null) =>
    pauses.noteResult(by, message, {
      ok: false,
      kind: 'rate_limit_account',
      ...(retryAfterSec !== null && { retryAfterSec }),
    });
  const left = (): number => (pauses.until(by) ?? clock.now()) - clock.now();
  refuse(null);
  refuse(null);
  expect(left()).toBe(MINUTE);
  refuse(120);
  refuse(10);
  expect(left()).toBe(2 * MINUTE);
  clock.pass(2 * MINUTE);
  refuse(null);
  expect(left()).toBe(2 * MINUTE);
});

test('other settings are tried at once', async () => {
  twilio.next(TOO_MANY);
  await ask(till, from(PHONE));
  const saved = await till.call('PUT', '/provider', twilio.draft);
  expect(saved.json.kind).toBe('provider');
  expect((await ask(till, from(PHONE))).json).toMatchObject({ kind: 'awaiting-code' });
});

test('too many to one number over one channel: the other is tried at once, and that one not again', async () => {
  twilio.next({ kind: 'code', code: 14_107 });
  expect((await ask(till, from(PHONE))).json).toMatchObject({ channel: 'whatsapp' });
  expect((await ask(till, from(PHONE))).json).toMatchObject({ channel: 'whatsapp' });
  expect((await ask(till, from(OTHER_PHONE))).json).toMatchObject({ channel: 'sms' });
  expect(twilio.sends).toHaveLength(4);
  clock.pass(MINUTE);
  expect((await ask(till, from(PHONE))).json).toMatchObject({ channel: 'sms' });
});

test('SMSC’s block of our address for too many errors is not prolonged by further requests', async () => {
  const smsc = await FakeSmsc.start();
  try {
    expect((await till.call('PUT', '/provider', smsc.draft)).json.kind).toBe('provider');
    smsc.next({ kind: 'answer', answer: { status: 200, body: { error: 'ip', error_code: 4 } } });
    expect((await ask(till, from(PHONE))).json).toEqual(LIMITED);
    const before = smsc.requests.length;
    clock.pass(9 * MINUTE);
    expect((await ask(till, from(OTHER_PHONE))).json).toEqual(LIMITED);
    expect(smsc.requests).toHaveLength(before);
    clock.pass(MINUTE);
    expect((await ask(till, from(OTHER_PHONE))).json).toMatchObject({ kind: 'awaiting-code' });
  } finally {
    await smsc.stop();
  }
});
