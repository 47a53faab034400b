// A scanner in a real page: recognised wherever the focus is, and its keys removed from the field.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { LONGEST_GAP_MS } from '$lib/devices/scan';
import { listenForScans, takeScans, takeStrayEnters } from '$lib/devices/scanner';
import CodeField from '$lib/ui/CodeField.svelte';
import PinPad from '$lib/ui/PinPad.svelte';
import { SCAN_DEBOUNCE_MS } from '$lib/ui/scan-debounce';

const CODE = '4600000001015';
let stop: () => void;
let leave: () => void;
let scanned: string[];
let clock: number;

beforeEach(() => {
  scanned = [];
  clock = 1000;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stop = listenForScans(window);
  leave = takeScans((code) => scanned.push(code));
});
afterEach(() => {
  vi.useRealTimers();
  stop();
  leave();
  document.body.replaceChildren();
});

type Press = {
  key: string;
  code?: string;
  repeat?: boolean;
  shiftKey?: boolean;
  ctrlKey?: boolean;
};

/** Presses one key at the clock's time; unless prevented, a focused field gets its text as in a browser. */
function press(init: Press, after: number): Event {
  clock += after;
  const event = new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true });
  Object.defineProperty(event, 'timeStamp', { value: clock });
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(event);
  const isText = init.key.length === 1 && target instanceof HTMLInputElement;
  if (isText && !event.defaultPrevented) {
    const { selectionStart: start, selectionEnd: end } = target;
    target.setRangeText(init.key, start ?? 0, end ?? 0, 'end');
    target.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  return event;
}

function type(text: string, gap: number): void {
  for (const key of text) press({ key }, gap);
}

function field(value: string): HTMLInputElement {
  const input = document.createElement('input');
  input.value = value;
  document.body.append(input);
  input.focus();
  return input;
}

test('is recognised with no element focused', () => {
  type(CODE, 5);
  expect(press({ key: 'Enter' }, 5).defaultPrevented).toBe(true);
  expect(scanned).toEqual([CODE]);
});

const [SERIAL, GS] = ['5!Kf/"%&()*aZ', '\x1d'];

test.each([
  ['Ctrl and ]', { key: ']', code: 'BracketRight', ctrlKey: true }],
  ['F8', { key: 'F8' }],
  ['the character itself', { key: GS }],
])('a marking code keeps its separator where the scanner sends %s', (_, separator) => {
  type(`010460000000103621${SERIAL}`, 5);
  if ('ctrlKey' in separator) press({ key: 'Control', ctrlKey: true }, 5);
  press(separator, 5);
  type('93dGVz', 5);
  expect(press({ key: 'Enter' }, 5).defaultPrevented).toBe(true);
  expect(scanned).toEqual([`010460000000103621${SERIAL}${GS}93dGVz`]);
});

test('a marking code is read whatever layout the tablet has', () => {
  // the keys of 01"&/?Kf;z in the Russian layout, where some of them type other characters
  const keys: readonly (readonly [string, string] | readonly [string, string, boolean])[] = [
    ['0', 'Digit0'],
    ['1', 'Digit1'],
    ['Э', 'Quote', true],
    ['?', 'Digit7', true],
    ['.', 'Slash'],
    [',', 'Slash', true],
    ['Л', 'KeyK', true],
    ['а', 'KeyF'],
    ['ж', 'Semicolon'],
    ['я', 'KeyZ'],
  ];
  for (const [key, code, shiftKey = false] of keys) press({ key, code, shiftKey }, 5);
  press({ key: 'Enter' }, 5);
  expect(scanned).toEqual(['01"&/?Kf;z']);
});

test('leaves a field and its cursor as a person had left them, and fires its input event', () => {
  const input = field('сы');
  type('р', 200);
  input.setSelectionRange(1, 1);
  const heard: string[] = [];
  input.addEventListener('input', () => heard.push(input.value));
  clock += 500;
  type(CODE, 5);
  press({ key: 'Enter' }, 5);
  expect(scanned).toEqual([CODE]);
  expect([input.value, input.selectionStart, input.selectionEnd]).toEqual(['сыр', 1, 1]);
  expect(heard.at(-1)).toBe('сыр');
});

test('the Enter that ends a code presses no button and submits no form', () => {
  const form = document.createElement('form');
  const input = document.createElement('input');
  form.append(input);
  document.body.append(form);
  input.focus();
  const reached: string[] = [];
  form.addEventListener('keydown', (event) => reached.push(event.key));
  type(CODE, 5);
  press({ key: 'Enter' }, 5);
  expect(scanned).toEqual([CODE]);
  expect(reached).not.toContain('Enter');
});

test('a person’s keys stay in the field, and so does their Enter', () => {
  const input = field('');
  type('4607 сыр', 90);
  expect(press({ key: 'Enter' }, 90).defaultPrevented).toBe(false);
  expect([input.value, scanned]).toEqual(['4607 сыр', []]);
});

test('a key held down is not a scanner', () => {
  field('');
  press({ key: '1' }, 500);
  for (let n = 0; n < 20; n++) press({ key: '1', repeat: true }, 30);
  press({ key: 'Enter' }, 30);
  expect(scanned).toEqual([]);
});

test('a code with letters is the same in a Russian layout', () => {
  const keys: Press[] = [
    { key: 'Ф', code: 'KeyA', shiftKey: true },
    { key: 'и', code: 'KeyB' },
    { key: '-', code: 'Minus' },
    { key: '1', code: 'Digit1' },
    { key: 'Enter', code: 'Enter' },
  ];
  for (const key of keys) press(key, 5);
  expect(scanned).toEqual(['Ab-1']);
});

test('is not recognised after the listener is removed', () => {
  stop();
  type(CODE, 5);
  press({ key: 'Enter' }, 5);
  expect(scanned).toEqual([]);
});

test('a scan without a handler is text, and its Enter goes to the field', () => {
  leave();
  const input = field('');
  type(CODE, 5);
  expect(press({ key: 'Enter' }, 5).defaultPrevented).toBe(false);
  expect([input.value, scanned]).toEqual([CODE, []]);
});

test('a scan split in two is put together, and both halves are removed from the field', () => {
  const input = field('сыр');
  clock += 2000;
  type('4600000', 5);
  clock += 250;
  type('001012', 5);
  press({ key: 'Enter' }, 5);
  expect(scanned).toEqual(['4600000001012']);
  expect(input.value).toBe('сыр');
});

test('the Enter of a scan that was not recognised presses no button if a handler takes it', () => {
  const button = document.createElement('button');
  document.body.append(button);
  button.focus();
  const strays: string[] = [];
  const stop = takeStrayEnters(({ typed }, target) => {
    strays.push(typed);
    return target === button;
  });
  type('4600', 90);
  expect(press({ key: 'Enter' }, 90).defaultPrevented).toBe(true);
  expect(strays).toEqual(['4600']);
  // an Enter without preceding keys comes from a person
  expect(press({ key: 'Enter' }, 2000).defaultPrevented).toBe(false);
  stop();
});

/** Waits until a complete code or PIN is handed over. */
const settled = () => vi.advanceTimersByTime(SCAN_DEBOUNCE_MS);

test('keys typed before a press of the pointer are not a scan that a later Enter ends', () => {
  const taken: string[] = [];
  const leaveStray = takeStrayEnters(({ typed }) => taken.push(typed) > 0);
  // a PIN typed fast, then a press on the button
  type('135790', 10);
  document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  expect(press({ key: 'Enter' }, 400).defaultPrevented).toBe(false);
  expect(taken).toEqual([]);
  leaveStray();
});

test('a code is handed over after a longer delay than a scanner’s pauses', () => {
  expect(SCAN_DEBOUNCE_MS).toBeGreaterThan(LONGEST_GAP_MS);
});

test.for(['4600000001015', '460015'])(
  'scanned into the boxes of a code, %s uses up no check and leaves what was typed',
  async (code) => {
    const full: string[] = [];
    const screen = await render(CodeField, {
      length: 6,
      label: 'Code',
      onfull: (typed: string) => full.push(typed),
    });
    type('12', 300);
    clock += 300;
    type(code, 8);
    press({ key: 'Enter' }, 8);
    expect(scanned).toEqual([code]);
    settled();
    await expect.element(screen.getByLabelText('Code')).toHaveValue('12');
    type('3456', 300);
    settled();
    expect(full).toEqual(['123456']);
  },
);

test('a wrong code in the boxes is not handed over again by a scan', async () => {
  const full: string[] = [];
  const screen = await render(CodeField, {
    length: 6,
    label: 'Code',
    onfull: (typed: string) => full.push(typed),
  });
  type('111111', 300);
  settled();
  expect(full).toEqual(['111111']);
  await screen.rerender({ wrong: true });
  clock += 300;
  type(CODE, 8);
  press({ key: 'Enter' }, 8);
  settled();
  expect(full).toEqual(['111111']);
});

test.for(['4600000001015', '460015'])(
  'scanned at a PIN pad, %s uses up no try and leaves no dots',
  async (code) => {
    const full: string[] = [];
    const screen = await render(PinPad, {
      digits: 6,
      label: 'PIN',
      onfull: (pin: string) => full.push(pin),
    });
    (document.activeElement as HTMLElement | null)?.blur();
    type(code, 8);
    press({ key: 'Enter' }, 8);
    settled();
    await expect.element(screen.getByRole('img', { name: 'Введено 0 из 6' })).toBeVisible();
    type('135790', 300);
    settled();
    expect(full).toEqual(['135790']);
  },
);
