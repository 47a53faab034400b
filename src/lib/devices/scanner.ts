// Listens for a keyboard-wedge scanner and dispatches `scan`.
// The characters of an accepted code are removed from its field.
import { GS } from '$lib/domain/goods/marking-code';
import { QUIET, scanKey, type ScanState, type StrayEnter } from './scan';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** What a field held before the first key of a scan. */
type Before = {
  readonly field: Field;
  readonly value: string;
  readonly start: number | null;
  readonly end: number | null;
};

function isField(target: EventTarget | null): target is Field {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function remember(): Before | null {
  const field = document.activeElement;
  if (!isField(field)) return null;
  // selection is null in fields that have none, such as numbers
  return { field, value: field.value, start: field.selectionStart, end: field.selectionEnd };
}

function restore({ field, value, start, end }: Before): void {
  if (field.value === value) return;
  field.value = value;
  if (start !== null) field.setSelectionRange(start, end);
  // notifies bindings of the field that its value was restored
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'historyUndo' }));
}

/** The other keys of a US keyboard that type a character, without and with Shift. */
const US_KEYS: Readonly<Record<string, string>> = {
  Digit1: '1!',
  Digit2: '2@',
  Digit3: '3#',
  Digit4: '4$',
  Digit5: '5%',
  Digit6: '6^',
  Digit7: '7&',
  Digit8: '8*',
  Digit9: '9(',
  Digit0: '0)',
  Minus: '-_',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Backquote: '`~',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
};

/** Ctrl+] types a GS; other scanners press F8 for it. */
const isSeparator = ({ key, code, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean =>
  !altKey &&
  !metaKey &&
  (key === GS || key === 'F8' || (ctrlKey && (key === ']' || code === 'BracketRight')));

/** What a key types on a US keyboard. */
function usKeyOf({ key, code, shiftKey }: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined)
    return shiftKey || key !== key.toLowerCase() ? letter : letter.toLowerCase();
  return US_KEYS[code]?.[shiftKey ? 1 : 0] ?? key;
}

/** A key that types another script's character: the tablet has another layout than the scanner means. */
const isForeign = ({ key }: KeyboardEvent): boolean =>
  key.length === 1 && key !== GS && !/[\x20-\x7e]/.test(key);

/** The key a scanner means: scanners press the keys of a US keyboard, in whatever layout the tablet is. */
const keyOf = (event: KeyboardEvent): string =>
  isSeparator(event) ? GS : isForeign(event) ? usKeyOf(event) : event.key;

declare global {
  interface WindowEventMap {
    /** `from`: time of its first key, by the events' clock. A handler that accepts it prevents the default (text input). */
    scan: CustomEvent<{ readonly code: string; readonly from: number }>;
    /** If prevented, the key reaches nothing else. */
    'stray-enter': CustomEvent<StrayEnter>;
  }
}

/**
 * Listens on the window or an element for codes of a keyboard-wedge scanner, in any focus, and dispatches `scan` there.
 * For an accepted code the final key reaches nothing else (it would press a button or send a form); otherwise its keys
 * stay typed text. Returns the function that stops it.
 */
export function listenForScans(target: EventTarget): () => void {
  let state: ScanState = QUIET;
  /** Field contents by the time of the next key, for lookup by a code's `from`. */
  let befores: (Before & { readonly at: number })[] = [];
  /** The keys since the last code. */
  let pressed: { readonly at: number; readonly us: string; readonly foreign: boolean }[] = [];

  /** A code as the scanner means it: signs have other places in another layout, which its letters show. */
  function meant(code: string, from: number | null): string {
    const keys = pressed.filter(({ at }) => from !== null && at >= from);
    return keys.some(({ foreign }) => foreign)
      ? keys
          .map(({ us }) => us)
          .join('')
          .trim()
      : code;
  }

  function onkeydown(event: Event): void {
    if (!(event instanceof KeyboardEvent)) return;
    // a held key repeats at a scanner's rhythm; shortcuts and input methods come from a person
    const isChord = event.ctrlKey || event.altKey || event.metaKey;
    const isPart = isSeparator(event) || event.key === 'Control';
    if (event.repeat || event.isComposing || (isChord && !isPart)) {
      state = QUIET;
      pressed = [];
      return;
    }
    const burst = state.kind === 'typing' ? state.burst.from : null;
    const scanned = scanKey(state, { key: keyOf(event), at: event.timeStamp });
    state = scanned.state;
    if (state.kind === 'typing') {
      const us = isSeparator(event) ? GS : usKeyOf(event);
      if (us.length === 1) pressed.push({ at: event.timeStamp, us, foreign: isForeign(event) });
      const { whole, burst: now } = state;
      if (now.from !== burst) {
        const held = remember();
        befores = befores.filter(({ at }) => at === whole.from);
        if (held !== null) befores.push({ ...held, at: now.from });
      }
      return;
    }
    const { code, from } = scanned;
    const scanEvent =
      code !== null
        ? new CustomEvent('scan', {
            detail: { code: meant(code, from), from },
            bubbles: true,
            cancelable: true,
          })
        : scanned.stray !== null
          ? new CustomEvent('stray-enter', {
              detail: scanned.stray,
              bubbles: true,
              cancelable: true,
            })
          : null;
    if (scanEvent !== null && !(event.target ?? target).dispatchEvent(scanEvent)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const before = befores.find(({ at }) => at === from);
      if (before) restore(before);
    }
    befores = [];
    pressed = [];
  }

  /** Only a person uses the pointer: the keys before it are complete, and an Enter after it is the person's. */
  function onpointerdown(): void {
    state = QUIET;
    befores = [];
    pressed = [];
  }

  target.addEventListener('keydown', onkeydown, { capture: true });
  target.addEventListener('pointerdown', onpointerdown, { capture: true });
  return () => {
    target.removeEventListener('keydown', onkeydown, { capture: true });
    target.removeEventListener('pointerdown', onpointerdown, { capture: true });
  };
}

/** Accepts every code scanned in this page. Returns the function that stops it. */
export function takeScans(take: (code: string, from: number) => void): () => void {
  const taken = (scan: WindowEventMap['scan']) => {
    scan.preventDefault();
    take(scan.detail.code, scan.detail.from);
  };
  window.addEventListener('scan', taken);
  return () => window.removeEventListener('scan', taken);
}

/** Accepts the Enters after unrecognised scans for which `take` returns true. Returns the function that stops it. */
export function takeStrayEnters(take: (enter: StrayEnter, target: EventTarget | null) => boolean) {
  const met = (stray: WindowEventMap['stray-enter']) => {
    if (take(stray.detail, stray.target)) stray.preventDefault();
  };
  window.addEventListener('stray-enter', met);
  return () => window.removeEventListener('stray-enter', met);
}
