// The look: enough contrast in both themes, and one list of colours for both.
import { beforeAll, expect, test } from 'vitest';
import '$lib/ui/theme.css';

/** Text and its background; WCAG AA requires 4.5. */
const texts: readonly (readonly [string, string])[] = [
  ['ink', 'bg'],
  ['ink', 'surface'],
  ['ink', 'sunk'],
  ['ink', 'sunk-2'],
  ['ink', 'accent-soft'],
  ['ink', 'owe-soft'],
  ['ink', 'warn-soft'],
  ['ink', 'bad-soft'],
  ['soft', 'bg'],
  ['soft', 'surface'],
  ['soft', 'sunk'],
  ['soft', 'accent-soft'],
  ['soft', 'owe-soft'],
  ['soft', 'warn-soft'],
  ['soft', 'bad-soft'],
  ['accent', 'surface'],
  ['accent', 'bg'],
  ['accent', 'accent-soft'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-2'],
  ['owe', 'surface'],
  ['owe', 'bg'],
  ['owe', 'owe-soft'],
  ['owe', 'accent-soft'],
  ['warn', 'surface'],
  ['warn', 'bg'],
  ['warn', 'warn-soft'],
  ['warn-ink', 'warn'],
  ['warn-ink', 'warn-2'],
  ['bad', 'surface'],
  ['bad', 'bg'],
  ['bad', 'bad-soft'],
  ['bad', 'owe-soft'],
];

/** Borders of inputs and switches; WCAG AA requires 3. */
const borders: readonly (readonly [string, string])[] = [
  ['edge', 'surface'],
  ['edge', 'bg'],
  ['accent', 'surface'],
  ['bad', 'surface'],
  ['warn', 'surface'],
];

/** Red, green and blue of a token in the current theme, each 0 to 255. */
function token(name: string): number[] {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = `var(--${name})`;
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(getComputedStyle(probe).color);
  probe.remove();
  if (!parts) throw new Error(`--${name} is no opaque colour`);
  return parts.slice(1).map(Number);
}

function luminance(colour: number[]): number {
  const [r = 0, g = 0, b = 0] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(token(one)), luminance(token(other))].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

beforeAll(() => {
  return () => delete document.documentElement.dataset.theme;
});

test.each(['light', 'dark'])('in %s every text can be read on each of its backgrounds', (theme) => {
  document.documentElement.dataset.theme = theme;
  const faint = texts
    .map(([text, ground]) => ({ text, ground, ratio: contrast(text, ground) }))
    .filter(({ ratio }) => ratio < 4.5);
  expect(faint).toEqual([]);
});

test.each(['light', 'dark'])('in %s every border of a control can be seen', (theme) => {
  document.documentElement.dataset.theme = theme;
  const faint = borders
    .map(([border, ground]) => ({ border, ground, ratio: contrast(border, ground) }))
    .filter(({ ratio }) => ratio < 3);
  expect(faint).toEqual([]);
});

test('the two themes differ, and each colour is written once for both', () => {
  const inTheme = (theme: string) => {
    document.documentElement.dataset.theme = theme;
    return token('ink');
  };
  expect(inTheme('light')).not.toEqual(inTheme('dark'));
  const colours = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .flatMap((rule) => ('style' in rule ? [rule.style as CSSStyleDeclaration] : []))
    .flatMap((style) =>
      [...style]
        .filter((name) => name.startsWith('--'))
        .map((name) => [name, style.getPropertyValue(name)] as const),
    )
    .filter(([, value]) => value.includes('#'));
  expect(colours.length).toBeGreaterThan(20);
  expect(colours.filter(([, value]) => !value.includes('light-dark('))).toEqual([]);
  const names = colours.map(([name]) => name);
  expect(names).toEqual([...new Set(names)]);
});
