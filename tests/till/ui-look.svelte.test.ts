// The look: enough contrast in both themes, and both ways of being dark are the same dark.
import { beforeAll, expect, test } from 'vitest';
import '$lib/ui/theme.css';

/** Text and what it stands on; WCAG AA asks for 4.5. */
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

/** Borders that say "type here" and "switch this"; WCAG AA asks for 3. */
const borders: readonly (readonly [string, string])[] = [
  ['edge', 'surface'],
  ['edge', 'bg'],
  ['accent', 'surface'],
  ['bad', 'surface'],
  ['warn', 'surface'],
];

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(token(one)), luminance(token(other))].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

beforeAll(() => {
  expect(token('ink')).toMatch(/^#[0-9a-f]{6}$/);
  return () => delete document.documentElement.dataset.theme;
});

test.each(['light', 'dark'])(
  'in %s every text can be read on every ground it stands on',
  (theme) => {
    document.documentElement.dataset.theme = theme;
    const faint = texts
      .map(([text, ground]) => ({ text, ground, ratio: contrast(text, ground) }))
      .filter(({ ratio }) => ratio < 4.5);
    expect(faint).toEqual([]);
  },
);

test.each(['light', 'dark'])('in %s every border that means a control can be seen', (theme) => {
  document.documentElement.dataset.theme = theme;
  const faint = borders
    .map(([border, ground]) => ({ border, ground, ratio: contrast(border, ground) }))
    .filter(({ ratio }) => ratio < 3);
  expect(faint).toEqual([]);
});

test('dark by choice and dark by device are the same colours', () => {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const tokens = (rule: CSSStyleRule) =>
    Object.fromEntries([...rule.style].map((name) => [name, rule.style.getPropertyValue(name)]));
  const chosen = rules.find(
    (rule) => rule instanceof CSSStyleRule && /data-theme=.dark/.test(rule.selectorText),
  );
  const device = rules.find(
    (rule) => rule instanceof CSSMediaRule && rule.conditionText.includes('prefers-color-scheme'),
  );
  const inside = device instanceof CSSMediaRule ? device.cssRules[0] : undefined;
  if (!(chosen instanceof CSSStyleRule) || !(inside instanceof CSSStyleRule)) {
    throw new Error('the dark rules are not where this test looks for them');
  }
  expect(Object.keys(tokens(chosen)).length).toBeGreaterThan(20);
  expect(tokens(inside)).toEqual(tokens(chosen));
});
