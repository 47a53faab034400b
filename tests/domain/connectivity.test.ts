// Connectivity derived from exchanges: three states, no flapping, recovery at the first reply.
// Time is an argument.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProviderState } from '$lib/contract/health';
import {
  afterEnrolment,
  afterExchange,
  afterHealth,
  afterShutOut,
  connectivityOf,
  nextAskMs,
  NOTHING_KNOWN,
  outageSince,
  type Connections,
} from '$lib/domain/consent/connectivity';

const EPOCH = 1_760_000_000_000;

const provider = (
  state: ProviderState['state'],
  checkedAt: number | null = EPOCH,
): ProviderState => ({ state, checkedAt, low: false, demo: false });

/** Each step with its time, ms after the start. */
const answered = (known: Connections, ended: number, began = ended - 50) =>
  afterExchange(known, { kind: 'answered', began, ended, at: EPOCH + ended });
const lost = (known: Connections, ended: number, began = ended - 50) =>
  afterExchange(known, { kind: 'lost', began, ended, at: EPOCH + ended });

/** The relay has answered at 1000, and the messaging service works. */
const well = afterHealth(answered(NOTHING_KNOWN, 1_000), provider('ready'), EPOCH + 1_000);

describe('three states', () => {
  test('before the first exchange the state is unknown', () => {
    expect(connectivityOf(NOTHING_KNOWN)).toBe('not-asked-yet');
    expect(outageSince(NOTHING_KNOWN)).toBeNull();
  });

  test('a relay that answers with a working service can send codes', () => {
    expect(connectivityOf(well)).toBe('codes-can-be-sent');
  });

  test.each(['refusing', 'unreachable', 'not-configured'] as const)(
    'a service that is %s is distinguished from an unreachable relay',
    (state) => {
      const known = afterHealth(answered(well, 2_000), provider(state), EPOCH + 2_000);
      expect(connectivityOf(known)).toBe('provider-unavailable');
      expect(outageSince(known)).toBe(EPOCH + 2_000);
    },
  );

  test('a relay that refuses this till sends it no codes, until it accepts the till', () => {
    const known = afterShutOut(well, 'revoked');
    expect(connectivityOf(known)).toBe('provider-unavailable');
    expect(connectivityOf(afterHealth(known, provider('ready'), EPOCH))).toBe('codes-can-be-sent');
  });

  test('a removed till stays removed until the relay accepts it again or it is enrolled as another till', () => {
    const removed = afterShutOut(well, 'revoked');
    expect(afterShutOut(removed, 'unknown-till').shutOut).toBe('revoked');
    expect(afterHealth(removed, null, EPOCH).shutOut).toBe('revoked');
    expect(lost(removed, 2_000).shutOut).toBe('revoked');
    expect(afterHealth(removed, provider('ready'), EPOCH).shutOut).toBeNull();
    expect(afterEnrolment(removed).shutOut).toBeNull();
  });
});

describe('one lost request is not an outage', () => {
  test('the first loss does not change the chip, and the next request follows within a second', () => {
    const known = lost(well, 2_000);
    expect(connectivityOf(known)).toBe('codes-can-be-sent');
    expect(nextAskMs(known)).toBe(1_000);
  });

  test('a second lost request that began after the first is an outage since the last reply', () => {
    const known = lost(lost(well, 2_000), 3_000);
    expect(connectivityOf(known)).toBe('offline');
    expect(outageSince(known)).toBe(EPOCH + 1_000);
  });

  test('several requests lost at the same moment count as one', () => {
    const known = [1_990, 1_995, 2_000].reduce((at, ended) => lost(at, ended, 1_900), well);
    expect(connectivityOf(known)).toBe('codes-can-be-sent');
  });

  test('a request that began before the last reply and is lost after it does not count', () => {
    const known = lost(lost(answered(well, 9_000), 16_000, 2_000), 17_000, 8_000);
    expect(known).toEqual(answered(well, 9_000));
  });

  test('right after the start the first loss is an outage, since the last reply stored on the disk', () => {
    const recalled = { ...NOTHING_KNOWN, relayAt: EPOCH - 60_000 };
    expect(connectivityOf(lost(NOTHING_KNOWN, 10))).toBe('offline');
    expect(outageSince(lost(NOTHING_KNOWN, 10))).toBe(EPOCH + 10);
    expect(outageSince(lost(recalled, 10))).toBe(EPOCH - 60_000);
  });
});

test('"since" is the beginning of the outage, not the time of the last attempt', () => {
  let known = well;
  for (const at of [2_000, 7_000, 12_000])
    known = afterHealth(answered(known, at), provider('unreachable'), EPOCH + at);
  expect(outageSince(known)).toBe(EPOCH + 2_000);
  for (const at of [20_000, 21_000, 25_000, 33_000]) known = lost(known, at);
  expect(outageSince(known)).toBe(EPOCH + 12_000);
});

test('while the service is down the relay is asked every few seconds', () => {
  const known = afterHealth(well, provider('unreachable'), EPOCH);
  expect(nextAskMs(known)).toBeLessThanOrEqual(5_000);
});

describe('any sequence of exchanges', () => {
  /** Exchanges one after another, each with the pause before it and its duration. */
  const line = fc.array(
    fc.record({
      kind: fc.constantFrom('answered' as const, 'lost' as const),
      pause: fc.integer({ min: 1, max: 20_000 }),
      took: fc.integer({ min: 1, max: 15_000 }),
    }),
    { maxLength: 40 },
  );

  test('in sequence: offline means two losses in a row, and any reply ends it', () => {
    fc.assert(
      fc.property(line, (steps) => {
        let known = well;
        let inRow = 0;
        let clock = 1_000;
        for (const { kind, pause, took } of steps) {
          const began = clock + pause;
          clock = began + took;
          known = afterExchange(known, { kind, began, ended: clock, at: EPOCH + clock });
          inRow = kind === 'lost' ? inRow + 1 : 0;
          expect(connectivityOf(known)).toBe(inRow >= 2 ? 'offline' : 'codes-can-be-sent');
        }
      }),
    );
  });

  test('overlapping: simultaneous losses are no outage, and "since" is never later than the first loss', () => {
    const overlapping = fc.array(
      fc.record({ began: fc.integer({ min: 1_001, max: 60_000 }), took: fc.nat(15_000) }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(overlapping, (requests) => {
        const inOrder = requests
          .map(({ began, took }) => ({ began, ended: began + took }))
          .sort((a, b) => a.ended - b.ended);
        const known = inOrder.reduce((at, { began, ended }) => lost(at, ended, began), well);
        const first = inOrder[0]?.ended ?? 0;
        const another = inOrder.slice(1).some(({ began }) => began >= first);
        expect(connectivityOf(known)).toBe(another ? 'offline' : 'codes-can-be-sent');
        expect(outageSince(known)).toBe(another ? EPOCH + 1_000 : null);
      }),
    );
  });

  test('the relay is asked again within 15 seconds, and within 8 while it does not answer', () => {
    fc.assert(
      fc.property(fc.nat(50), (losses) => {
        let known = well;
        for (let i = 1; i <= losses; i += 1) known = lost(known, 1_000 + i * 1_000);
        expect(nextAskMs(known)).toBeLessThanOrEqual(losses === 0 ? 15_000 : 8_000);
      }),
    );
  });
});
