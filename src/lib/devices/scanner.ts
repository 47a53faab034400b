// Listens for a keyboard-wedge scanner and dispatches `scan`; a taken code leaves no trace in its field.
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
  // whoever is bound to the field learns that it is as before
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'historyUndo' }));
}

/** The key as a scanner means it: scanners press the keys of a Latin keyboard, whatever layout the tablet is in. */
function keyOf({ key, code, shiftKey }: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter === undefined || key.length !== 1 || /[\x20-\x7e]/.test(key)) return key;
  return shiftKey || key !== key.toLowerCase() ? letter : letter.toLowerCase();
}

declare global {
  interface WindowEventMap {
    /** `from`: when its first key was pressed, on the events' clock. Whoever takes it prevents its default, which is to be typed text. */
    scan: CustomEvent<{ readonly code: string; readonly from: number }>;
    /** Prevented, the key reaches nothing. */
    'stray-enter': CustomEvent<StrayEnter>;
  }
}

/**
 * Listens on the window or an element for codes of a keyboard-wedge scanner, wherever the focus is, and dispatches
 * `scan` there. Taken, the key that ended it reaches nothing else: it would press a button or send a form; not taken,
 * its keys were text. Returns how to stop.
 */
export function listenForScans(target: EventTarget): () => void {
  let state: ScanState = QUIET;
  /** By the time of the first key after it: what `from` of a code leads back to. */
  let befores: (Before & { readonly at: number })[] = [];

  function onkeydown(event: Event): void {
    if (!(event instanceof KeyboardEvent)) return;
    // a held key repeats in a scanner's rhythm; shortcuts and input methods are a person
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) {
      state = QUIET;
      return;
    }
    const burst = state.kind === 'typing' ? state.burst.from : null;
    const scanned = scanKey(state, { key: keyOf(event), at: event.timeStamp });
    state = scanned.state;
    if (state.kind === 'typing') {
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
        ? new CustomEvent('scan', { detail: { code, from }, bubbles: true, cancelable: true })
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
  }

  /** Only a person presses the pointer: the keys before it are complete, and an Enter after it is theirs. */
  function onpointerdown(): void {
    state = QUIET;
    befores = [];
  }

  target.addEventListener('keydown', onkeydown, { capture: true });
  target.addEventListener('pointerdown', onpointerdown, { capture: true });
  return () => {
    target.removeEventListener('keydown', onkeydown, { capture: true });
    target.removeEventListener('pointerdown', onpointerdown, { capture: true });
  };
}

/** Takes every code scanned in this page. Returns how to stop. */
export function takeScans(take: (code: string, from: number) => void): () => void {
  const taken = (scan: WindowEventMap['scan']) => {
    scan.preventDefault();
    take(scan.detail.code, scan.detail.from);
  };
  window.addEventListener('scan', taken);
  return () => window.removeEventListener('scan', taken);
}

/** Takes the Enters after unrecognised scans for which `take` returns true. Returns how to stop. */
export function takeStrayEnters(take: (enter: StrayEnter, target: EventTarget | null) => boolean) {
  const met = (stray: WindowEventMap['stray-enter']) => {
    if (take(stray.detail, stray.target)) stray.preventDefault();
  };
  window.addEventListener('stray-enter', met);
  return () => window.removeEventListener('stray-enter', met);
}
