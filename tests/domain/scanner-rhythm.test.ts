// A scanner is distinguished from a person only by the rhythm of keys.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LONGEST_GAP_MS,
  QUIET,
  REST_MS,
  scanKey,
  SECOND_ENTER_MS,
  type ScanKey,
  type ScanState,
} from '$lib/devices/scan';
import { checkDigit } from '$lib/domain/goods/product';

/** The codes recognised in a run of keys. */
function heard(keys: readonly ScanKey[]): string[] {
  const codes: string[] = [];
  let state: ScanState = QUIET;
  for (const key of keys) {
    const scanned = scanKey(state, key);
    state = scanned.state;
    if (scanned.code !== null) codes.push(scanned.code);
  }
  return codes;
}

/** What the last key of a run was classified as. */
function last(keys: readonly ScanKey[]) {
  return keys.reduce((before, key) => scanKey(before.state, key), scanKey(QUIET, NO_KEY));
}
const NO_KEY: ScanKey = { key: 'Shift', at: 0 };

/** The keys of `text` and an Enter, each after its own pause, starting at 1000 ms. */
function paced(text: readonly string[], pauses: readonly number[]): ScanKey[] {
  let at = 1000;
  return [...text, 'Enter'].map((key, n) => ({ key, at: (at += pauses[n] ?? 0) }));
}

/** Keys `gap` ms apart, starting at `at`. */
function keys(text: readonly string[], gap: number, at = 0): ScanKey[] {
  return text.map((key, n) => ({ key, at: at + n * gap }));
}

const CODE = [...'4600000001015'];

describe('a scanner', () => {
  test.each([1, 5, 15, 30])('of %i ms a key is recognised', (gap) => {
    expect(heard(keys([...CODE, 'Enter'], gap))).toEqual(['4600000001015']);
    expect(heard(keys([...CODE, 'Tab'], gap))).toEqual(['4600000001015']);
  });

  test('is recognised whatever it sends, however fast', () => {
    const code = fc.stringMatching(/^[!-~]{4,48}$/);
    const gaps = fc.array(fc.nat({ max: 30 }), { minLength: 48, maxLength: 48 });
    fc.assert(
      fc.property(code, gaps, fc.constantFrom('Enter', 'Tab'), (text, pauses, end) => {
        let at = 1000;
        const pressed = [...text, end].map((key, n) => ({ key, at: (at += pauses[n] ?? 0) }));
        expect(heard(pressed)).toEqual([text]);
      }),
    );
  });

  test('is still recognised after one long pause', () => {
    const stumbling = [...CODE, 'Enter'].map((key, n) => ({ key, at: n * 5 + (n > 6 ? 40 : 0) }));
    expect(heard(stumbling)).toEqual(['4600000001015']);
  });

  test('presses Shift for capitals, and Shift is not part of the code', () => {
    const pressed = keys(['Shift', 'A', 'Shift', 'B', '-', '1', '2', 'Enter'], 4);
    expect(heard(pressed)).toEqual(['AB-12']);
  });

  test('two codes in succession are two codes', () => {
    const first = keys([...CODE, 'Enter'], 3);
    const second = keys([...'20012345', 'Enter'], 3, 60);
    expect(heard([...first, ...second])).toEqual(['4600000001015', '20012345']);
  });

  test('is recognised right after a person has typed', () => {
    const typed = keys([...'сыр5'], 120);
    expect(heard([...typed, ...keys([...CODE, 'Enter'], 5, 900)])).toEqual(['4600000001015']);
  });
});

describe('a person', () => {
  test.each([60, 90, 150, 400])('of %i ms a key is never taken for a scanner', (gap) => {
    expect(heard(keys([...CODE, 'Enter'], gap))).toEqual([]);
  });

  test('is never taken for a scanner, whatever is typed', () => {
    const key = fc.constantFrom('4', '7', 'a', 'я', ' ', 'Backspace', 'Enter', 'Tab', 'Shift');
    const press = fc.record({ key, gap: fc.integer({ min: LONGEST_GAP_MS + 1, max: 800 }) });
    fc.assert(
      fc.property(fc.array(press, { maxLength: 60 }), (presses) => {
        let at = 0;
        expect(
          heard(presses.map(({ key: each, gap }) => ({ key: each, at: (at += gap) }))),
        ).toEqual([]);
      }),
    );
  });

  test('pressing two keys at a time is not taken for a scanner', () => {
    let at = 0;
    const rolling = [...'46000000', 'Enter'].map((key, n) => ({
      key,
      at: (at += n % 2 === 0 ? 95 : 15),
    }));
    expect(heard(rolling)).toEqual([]);
  });

  test('pressing Enter late, or after two keys, is not taken for a scanner', () => {
    expect(heard([...keys(CODE, 5), { key: 'Enter', at: 500 }])).toEqual([]);
    expect(heard(keys(['4', '6', 'Enter'], 5))).toEqual([]);
  });

  test('correcting in the middle is not taken for a scanner', () => {
    expect(heard(keys(['4', '6', '0', '0', 'Backspace', '1', '2', 'Enter'], 5))).toEqual([]);
  });
});

describe('a scan on a slow machine', () => {
  const ean = fc
    .stringMatching(/^[0-9]{12}$/)
    .map((digits) => [...digits, String(checkDigit(digits))]);
  const pauses = (max: number) => fc.array(fc.nat({ max }), { minLength: 14, maxLength: 14 });

  test('never leaves an Enter without its code or the mark "stray", whatever the pauses between its keys', () => {
    fc.assert(
      fc.property(ean, pauses(REST_MS), (digits, gaps) => {
        const { code, stray } = last(paced(digits, gaps));
        expect(code !== null || stray !== null).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('never gives another code, whatever the pauses between its keys', () => {
    const torn = fc.array(fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 60, max: REST_MS })), {
      minLength: 14,
      maxLength: 14,
    });
    fc.assert(
      fc.property(ean, torn, (digits, gaps) => {
        const { code } = last(paced(digits, gaps));
        // fewer than four keys at the beginning do not identify a scanner yet
        const front = gaps.slice(1).findIndex((gap) => gap > LONGEST_GAP_MS) + 1;
        if (front >= 4) expect([null, digits.join('')]).toContain(code);
      }),
      { numRuns: 1000 },
    );
  });

  test('with two long pauses is reassembled by its check digit', () => {
    const gaps = [0, 8, 8, 8, 300, 8, 8, 8, 8, 180, 8, 8, 8, 8];
    expect(last(paced([...'4600000001012'], gaps)).code).toBe('4600000001012');
  });

  test('with a lost key is not a code, and its Enter is stray', () => {
    const gaps = [0, 8, 8, 8, 300, 8, 8, 8, 8, 8, 8, 8, 8];
    expect(last(paced(CODE.toSpliced(6, 1), gaps))).toMatchObject({
      code: null,
      stray: { typed: '460000001015', from: 1000 },
    });
  });

  test('with two Enters at its end is one code and nothing else', () => {
    const scan = keys([...CODE, 'Enter'], 5);
    const second = { key: 'Enter', at: (scan.at(-1)?.at ?? 0) + SECOND_ENTER_MS };
    expect(heard([...scan, second])).toEqual(['4600000001015']);
    expect(last([...scan, second]).stray).toEqual({
      typed: CODE.join(''),
      from: 0,
      isSecond: true,
    });
  });
});

describe('a person’s Enter', () => {
  const enterAfter = (text: string, gap: number) => last(keys([...text, 'Enter'], gap)).stray;

  test('after a sum is distinguished from a scanner’s by the rhythm of the keys before it', () => {
    expect(enterAfter('100', 120)).toEqual({ typed: '100', from: null, isSecond: false });
    expect(enterAfter('100', 8)).toMatchObject({ from: 0 });
    const rolling = [0, 110, 20, 110, 20, 110];
    expect(last(paced([...'15000'], rolling)).stray?.from).toBeNull();
    // a sum typed just before a broken scan is not part of it
    const sumAndScan = [0, 120, 120, 300, 8, 8, 8, 8, 200];
    expect(last(paced([...'10046000'], sumAndScan)).stray?.from).toBe(1540);
  });

  test('after a Space or a Tab is the person’s', () => {
    expect(enterAfter(' ', 200)).toBeNull();
    const typed = keys([...'mil', 'Tab', 'Enter'], 100);
    expect(last(typed).stray).toBeNull();
  });

  test('after a pause is never stray', () => {
    const typed = keys([...'carrier'], 90);
    const enter = { key: 'Enter', at: (typed.at(-1)?.at ?? 0) + REST_MS + 1 };
    expect(last([...typed, enter]).stray).toBeNull();
    expect(last([{ key: 'Enter', at: 20 }]).stray).toBeNull();
  });

  test('soon after a scan is never stray', () => {
    const scan = keys([...CODE, 'Enter'], 5);
    const enter = { key: 'Enter', at: (scan.at(-1)?.at ?? 0) + SECOND_ENTER_MS + 1 };
    expect(last([...scan, enter]).stray).toBeNull();
  });
});
