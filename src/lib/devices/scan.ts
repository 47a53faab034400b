// A scanner that types like a keyboard, told from a person by its rhythm. Pure: keys, times in, codes out.
import { isValidEan } from '$lib/domain/product';

/** A key as pressed; `at` in ms on any one clock. Use the time of the press, not of its arrival: a busy page gets its keys late and all at once. */
export type ScanKey = { readonly key: string; readonly at: number };

/** Printable keys in a row; `from` and `last` are the times of its first and last key. */
type Run = { readonly text: string; readonly from: number; readonly last: number };

export type ScanState =
  | { readonly kind: 'quiet' }
  | {
      readonly kind: 'typing';
      /** The keys at the end that are fast enough to be a scanner's. */
      readonly burst: Run;
      /** All keys since the last rest, whoever typed them. */
      readonly whole: Run;
      /** How many pauses within `whole` were a scanner's. */
      readonly fastGaps: number;
      /** Keys of the longest run at a scanner's rhythm that came to nothing before `burst` began. */
      readonly fragment: number;
    }
  /** Enter or Tab was pressed at `at`, after text or a scan. */
  | { readonly kind: 'ended'; readonly at: number };

export type Scanned = {
  readonly state: ScanState;
  /** The code, when this key ended one. */
  readonly code: string | null;
  /** When the first key of that code was pressed; null without a code. */
  readonly from: number | null;
  /**
   * Set when the key is an Enter that may belong to a scan that was not recognised: a code that lost its rhythm on a
   * busy machine (this is what came before it), or a scanner that sends two (empty). It must not open the next step.
   */
  readonly stray: string | null;
};

export const QUIET: ScanState = { kind: 'quiet' };

/** Longest pause between two keys of a scan, ms. Wireless scanners stumble up to here; a person's fingers, on a run of keys, do not get under it. */
export const LONGEST_GAP_MS = 50;

/** Mean pause of a whole scan, ms: a person who hits two keys at once cannot keep it up. */
export const MEAN_GAP_MS = 35;

/** A shop's shortest own codes. */
export const SHORTEST_CODE = 4;

/** Longest code of `parseBarcode`. */
const LONGEST_CODE = 48;

/** A pause after which keys no longer belong to what was typed before, ms. */
export const REST_MS = 1000;

/** A second Enter within this time of another one is the scanner's, ms: some send two. Nobody presses it twice so fast on purpose. */
export const SECOND_ENTER_MS = 300;

/** Share of a broken scan's pauses that are still a scanner's. Rolling over the keys two at a time, a person reaches a half. */
const FAST_SHARE = 2 / 3;

/** Keys that come between letters and say nothing. */
const SILENT: readonly string[] = ['Shift', 'CapsLock', 'Alt', 'Control', 'Meta', 'AltGraph'];

const isEnd = (key: string) => key === 'Enter' || key === 'Tab';
const isPrintable = (key: string) => /^[\x20-\x7e]$/.test(key);
const isOneCharacter = (key: string) => [...key].length === 1;

const nothing = (state: ScanState): Scanned => ({ state, code: null, from: null, stray: null });

function begin({ key, at }: ScanKey): ScanState {
  if (!isOneCharacter(key)) return QUIET;
  const run = { text: key, from: at, last: at };
  return { kind: 'typing', burst: run, whole: run, fastGaps: 0, fragment: 0 };
}

const join = (run: Run, { key, at }: ScanKey): Run => ({ ...run, text: run.text + key, last: at });

/** True for a run at a scanner's rhythm that `at` ended. */
function isScan({ text, from, last }: Run, at: number): boolean {
  const code = text.trim();
  return (
    at - last <= LONGEST_GAP_MS &&
    code.length >= SHORTEST_CODE &&
    code.length <= LONGEST_CODE &&
    [...code].every(isPrintable) &&
    (at - from) / text.length <= MEAN_GAP_MS
  );
}

/** True where a scan lost its rhythm but none of its keys: the check digit is right, and most pauses still are a scanner's. */
function isBrokenScan(state: Extract<ScanState, { kind: 'typing' }>, at: number): boolean {
  const { whole, fastGaps } = state;
  const code = whole.text;
  const fast = fastGaps + (at - whole.last <= LONGEST_GAP_MS ? 1 : 0);
  return isValidEan(code) && fast / code.length >= FAST_SHARE;
}

function end(state: Extract<ScanState, { kind: 'typing' }>, { key, at }: ScanKey): Scanned {
  const ended: ScanState = { kind: 'ended', at };
  const { burst, whole, fragment } = state;
  if (isBrokenScan(state, at))
    return { state: ended, code: whole.text, from: whole.from, stray: null };
  // after another run at a scanner's rhythm it is the rest of a code, and no code
  if (fragment < SHORTEST_CODE && isScan(burst, at))
    return { state: ended, code: burst.text.trim(), from: burst.from, stray: null };
  return { state: ended, code: null, from: null, stray: key === 'Enter' ? whole.text : null };
}

/** Takes one key press. A scan is at least four keys in a scanner's rhythm and then Enter or Tab in the same rhythm. */
export function scanKey(state: ScanState, pressed: ScanKey): Scanned {
  const { key, at } = pressed;
  if (SILENT.includes(key)) return nothing(state);
  if (state.kind === 'quiet') return nothing(begin(pressed));
  if (state.kind === 'ended') {
    const gap = at - state.at;
    if (key !== 'Enter' || gap < 0 || gap > SECOND_ENTER_MS) return nothing(begin(pressed));
    return { state, code: null, from: null, stray: '' };
  }
  const gap = at - state.whole.last;
  if (gap < 0 || gap > REST_MS) return nothing(begin(pressed));
  if (isEnd(key)) return end(state, pressed);
  // whoever corrects or moves about is a person
  if (!isOneCharacter(key)) return nothing(QUIET);
  const isFast = gap <= LONGEST_GAP_MS;
  return nothing({
    kind: 'typing',
    burst: isFast ? join(state.burst, pressed) : { text: key, from: at, last: at },
    whole: join(state.whole, pressed),
    fastGaps: state.fastGaps + (isFast ? 1 : 0),
    fragment: isFast ? state.fragment : Math.max(state.fragment, state.burst.text.length),
  });
}
