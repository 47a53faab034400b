// Distinguishes a keyboard-wedge scanner from a person by the rhythm of its keys.
// Pure functions.
import { GS, LONGEST_MARK } from '$lib/domain/goods/marking-code';
import { isValidEan } from '$lib/domain/goods/product';

/**
 * A pressed key; `at` in ms of any single clock. Use the time of the press, not of its handling: a busy page gets its
 * keys late and all at once.
 */
export type ScanKey = { readonly key: string; readonly at: number };

/** Consecutive printable keys; `from` and `last` are the times of its first and last key. */
type Run = { readonly text: string; readonly from: number; readonly last: number };

export type ScanState =
  | { readonly kind: 'quiet' }
  | {
      readonly kind: 'typing';
      /** The last keys that are fast enough for a scanner. */
      readonly burst: Run;
      /** All keys since the last rest, fast or slow. */
      readonly whole: Run;
      /** Number of pauses within `whole` at a scanner's rhythm. */
      readonly fastGaps: number;
      /** Number of keys of the longest run at a scanner's rhythm before `burst` that gave no code. */
      readonly fragment: number;
      /** Start of the first run that only a scanner can type; null: none yet. */
      readonly scannerFrom: number | null;
    }
  /** Enter was pressed at `at`, after text or a scan, described by `before`. */
  | { readonly kind: 'ended'; readonly at: number; readonly before: Omit<StrayEnter, 'isSecond'> };

/** An Enter that may belong to a scan which was not recognised. */
export type StrayEnter = {
  /** The keys before it. */
  readonly typed: string;
  /** When the first of them at a scanner's rhythm was pressed; null: a person may have typed all of them. */
  readonly from: number | null;
  /** It follows another Enter that ended those keys: some scanners send two. */
  readonly isSecond: boolean;
};

export type Scanned = {
  readonly state: ScanState;
  /** The code, if this key ended one. */
  readonly code: string | null;
  /** When the first key of that code was pressed; null without a code. */
  readonly from: number | null;
  /**
   * Set if the key is an Enter that may belong to an unrecognised scan, such as a code that lost its rhythm on a busy
   * machine. It must not open the next step.
   */
  readonly stray: StrayEnter | null;
};

export const QUIET: ScanState = { kind: 'quiet' };

/** Longest pause between two keys of a scan, ms. Wireless scanners reach it; a person's typing is slower. */
export const LONGEST_GAP_MS = 50;

/** Longest mean pause of a whole scan, ms: a person who hits two keys at once cannot keep it up. */
export const MEAN_GAP_MS = 35;

/** Length of the shortest shop-defined codes. */
export const SHORTEST_CODE = 4;

/** A run of this many keys at a scanner's rhythm is a scanner's: a person may hit two keys at once, but not three. */
export const SCANNER_RUN = 3;

/** A marking code with what scanners put before it. */
const LONGEST_CODE = LONGEST_MARK + 4;

/** A pause after which keys are unrelated to those before, ms. */
export const REST_MS = 1000;

/** An Enter within this time after another is the scanner's, ms: some send two, and no person intends that. */
export const SECOND_ENTER_MS = 300;

/** Share of a broken scan's pauses that are still a scanner's. A person rolling over keys in pairs reaches a half. */
const FAST_SHARE = 2 / 3;

/** Keys pressed between characters that carry no text. */
const SILENT: readonly string[] = ['Shift', 'CapsLock', 'Alt', 'Control', 'Meta', 'AltGraph'];

const isEnd = (key: string) => key === 'Enter' || key === 'Tab';
const isPrintable = (key: string) => key === GS || /^[\x20-\x7e]$/.test(key);
const isOneCharacter = (key: string) => [...key].length === 1;

const nothing = (state: ScanState): Scanned => ({ state, code: null, from: null, stray: null });

function begin({ key, at }: ScanKey): ScanState {
  // no code begins with a space, and on a button a space is a press
  if (!isOneCharacter(key) || key === ' ') return QUIET;
  const run = { text: key, from: at, last: at };
  return { kind: 'typing', burst: run, whole: run, fastGaps: 0, fragment: 0, scannerFrom: null };
}

const join = (run: Run, { key, at }: ScanKey): Run => ({ ...run, text: run.text + key, last: at });

/** True for a run at a scanner's rhythm that was ended at `at`. */
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

/** True if a scan lost its rhythm but no keys: the check digit is correct, and most pauses are a scanner's. */
function isBrokenScan(state: Extract<ScanState, { kind: 'typing' }>, at: number): boolean {
  const { whole, fastGaps } = state;
  const code = whole.text;
  const fast = fastGaps + (at - whole.last <= LONGEST_GAP_MS ? 1 : 0);
  return isValidEan(code) && fast / code.length >= FAST_SHARE;
}

/** Since when keys come from a scanner, even with interruptions; null: a person may have typed them. */
function scannerSince({
  whole,
  fastGaps,
  scannerFrom,
}: Extract<ScanState, { kind: 'typing' }>): number | null {
  if (scannerFrom === null) return null;
  return fastGaps / whole.text.length >= FAST_SHARE ? whole.from : scannerFrom;
}

function end(state: Extract<ScanState, { kind: 'typing' }>, { key, at }: ScanKey): Scanned {
  const { burst, whole, fragment } = state;
  const scanned = (code: string, from: number): Scanned => ({
    // Tab moves the focus, and a person may press Enter right after it
    state: key === 'Enter' ? { kind: 'ended', at, before: { typed: code, from } } : QUIET,
    code,
    from,
    stray: null,
  });
  if (isBrokenScan(state, at)) return scanned(whole.text, whole.from);
  // after another run at a scanner's rhythm this is only the rest of a code
  if (fragment < SHORTEST_CODE && isScan(burst, at)) return scanned(burst.text.trim(), burst.from);
  if (key !== 'Enter') return nothing(QUIET);
  const before = { typed: whole.text, from: scannerSince(state) };
  return {
    state: { kind: 'ended', at, before },
    code: null,
    from: null,
    stray: { ...before, isSecond: false },
  };
}

/** Handles one key press. A scan is at least four keys at a scanner's rhythm, then Enter or Tab at the same rhythm. */
export function scanKey(state: ScanState, pressed: ScanKey): Scanned {
  const { key, at } = pressed;
  if (SILENT.includes(key)) return nothing(state);
  if (state.kind === 'quiet') return nothing(begin(pressed));
  if (state.kind === 'ended') {
    const gap = at - state.at;
    if (key !== 'Enter' || gap < 0 || gap > SECOND_ENTER_MS) return nothing(begin(pressed));
    return { state, code: null, from: null, stray: { ...state.before, isSecond: true } };
  }
  const gap = at - state.whole.last;
  if (gap < 0 || gap > REST_MS) return nothing(begin(pressed));
  if (isEnd(key)) return end(state, pressed);
  // corrections and navigation come from a person
  if (!isOneCharacter(key)) return nothing(QUIET);
  const isFast = gap <= LONGEST_GAP_MS;
  const burst = isFast ? join(state.burst, pressed) : { text: key, from: at, last: at };
  return nothing({
    kind: 'typing',
    burst,
    whole: join(state.whole, pressed),
    fastGaps: state.fastGaps + (isFast ? 1 : 0),
    fragment: isFast ? state.fragment : Math.max(state.fragment, state.burst.text.length),
    scannerFrom: state.scannerFrom ?? (burst.text.length >= SCANNER_RUN ? burst.from : null),
  });
}
