// A barcode scanner that types like a keyboard, told from a person by its rhythm. Pure: keys and their times in, codes out.

/** A key as pressed; `at` in ms on any one clock. */
export type ScanKey = { readonly key: string; readonly at: number };

export type ScanState =
  | { readonly kind: 'quiet' }
  /** Keys fast enough to be a scanner's so far. */
  | {
      readonly kind: 'burst';
      readonly code: string;
      readonly from: number;
      readonly last: number;
    };

export type Scanned = {
  readonly state: ScanState;
  /** The code, when this key ended one. */
  readonly code: string | null;
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

/** Keys that come between letters and say nothing. */
const SILENT: readonly string[] = ['Shift', 'CapsLock', 'Alt', 'Control', 'Meta', 'AltGraph'];

const isEnd = (key: string) => key === 'Enter' || key === 'Tab';
const isPrintable = (key: string) => /^[\x20-\x7e]$/.test(key);

function begin({ key, at }: ScanKey): ScanState {
  return isPrintable(key) ? { kind: 'burst', code: key, from: at, last: at } : QUIET;
}

/** Takes one key press. A scan is at least four keys in a scanner's rhythm and then Enter or Tab in the same rhythm. */
export function scanKey(state: ScanState, pressed: ScanKey): Scanned {
  const { key, at } = pressed;
  if (SILENT.includes(key)) return { state, code: null };
  if (state.kind === 'quiet') return { state: begin(pressed), code: null };
  const gap = at - state.last;
  if (gap < 0 || gap > LONGEST_GAP_MS) return { state: begin(pressed), code: null };
  if (isEnd(key)) {
    const mean = (at - state.from) / state.code.length;
    const code = state.code.trim();
    const isScan = code.length >= SHORTEST_CODE && mean <= MEAN_GAP_MS;
    return { state: QUIET, code: isScan ? code : null };
  }
  if (!isPrintable(key) || state.code.length >= LONGEST_CODE) return { state: QUIET, code: null };
  return { state: { ...state, code: state.code + key, last: at }, code: null };
}
