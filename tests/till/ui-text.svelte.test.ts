// Texts: numbers agree with their words, and a change of language reaches the whole page.
import { expect, test } from 'vitest';
import { language, preferredLanguage, setLanguage, t } from '$lib/ui/text/current.svelte';
import { admin as enAdmin } from '$lib/ui/text/en/admin';
import { core as enCore } from '$lib/ui/text/en/core';
import { admin as ruAdmin } from '$lib/ui/text/ru/admin';
import { core as ruCore } from '$lib/ui/text/ru/core';

const ru = { ...ruCore, ...ruAdmin };
const en = { ...enCore, ...enAdmin };

const NBSP = '\u00a0';

test('Russian numbers use the right plural form', () => {
  const { common, code } = ru;
  expect([1, 2, 5, 11, 21, 22].map(common.lines)).toEqual([
    `1${NBSP}позиция`,
    `2${NBSP}позиции`,
    `5${NBSP}позиций`,
    `11${NBSP}позиций`,
    `21${NBSP}позиция`,
    `22${NBSP}позиции`,
  ]);
  expect(code.wrong(4)).toContain(`осталось 4${NBSP}попытки`);
  expect(code.wrong(1)).toContain(`осталась 1${NBSP}попытка`);
});

test('English numbers use the singular only for one', () => {
  expect([0, 1, 2].map(en.common.lines)).toEqual([
    `0${NBSP}lines`,
    `1${NBSP}line`,
    `2${NBSP}lines`,
  ]);
});

test('a change of language changes every text and the page’s lang attribute', async () => {
  await setLanguage('en');
  expect(t().common.save).toBe('Save');
  expect(document.documentElement.lang).toBe('en');
  expect(t().settings.device.looks).toBe(en.settings.device.looks);
  await setLanguage('ru');
  expect(t().common.save).toBe('Сохранить');
  expect(language.current).toBe('ru');
  expect(document.documentElement.lang).toBe('ru');
});

test('of two changes at once the newer is shown, and both wait for it', async () => {
  const older = setLanguage('en');
  const newer = setLanguage('ru');
  await older;
  expect([language.current, t().common.save]).toEqual(['ru', 'Сохранить']);
  await newer;
});

test('the browser’s preferred languages choose the first language', () => {
  expect(preferredLanguage(['de', 'en-US', 'ru'])).toBe('en');
  expect(preferredLanguage(['ru-RU', 'en'])).toBe('ru');
  expect(preferredLanguage(['de'])).toBe('ru');
});

/** Every text of a tree, with parameters filled in: once for one item, once for several. */
function sentences(tree: unknown, path = ''): [string, string][] {
  if (typeof tree === 'string') return [[path, tree]];
  if (typeof tree === 'function') {
    const say = tree as (...facts: unknown[]) => string;
    return [
      [path, say(1, 1)],
      [path, say(3, 4)],
    ];
  }
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([key, value]) => sentences(value, `${path}.${key}`));
}

test('no English text has a Cyrillic letter, except where a language is chosen', () => {
  const cyrillic = sentences(en).filter(([, text]) => /\p{Script=Cyrillic}/u.test(text));
  expect([...new Set(cyrillic.map(([path]) => path))]).toEqual([
    '.common.russian',
    '.firstRun.languageTitle',
  ]);
});

test('no text is empty', () => {
  const empty = [...sentences(ru), ...sentences(en)].filter(([, text]) => !text.trim());
  expect(empty).toEqual([]);
});

test.for([
  ['a part of the system a shop owner cannot know by name', /шлюз|\brelay\b|COUNTERFOIL_/i],
  ['an old word for the demo mode', /(?<![\p{L}])показ(?![\p{L}])/iu],
  ['an entry called an act', /\bacts? without a code|(записи|действи\p{L}+) без кода/iu],
  ['“turn the till” for handing it over', /\bturn the till|повернуть кассу/i],
  ['“settle” where a dispute is closed', /(?<!\bto )\bsettles?\b(?! it)/i],
  ['a notice called telling', /\bcustomer was told|предупреждены владельцы/i],
  ['a debt that was brought', /\bbrought over/i],
  ['“dry” for a test', /\bdry\b|whether it arrived/i],
  ['a browser that is asked to keep', /\bask it to keep|work without a network/i],
  ['rules that were weakened', /ослабл/i],
  ['a server that notices', /\bnoticed\b/i],
  ['the rest in “money”', /\brest in money/i],
  ['codes before that are void', /\bformer ones/i],
  ['a limit like everybody’s', /\bas everybody|как у всех/i],
  ['entries that are “at” a place', /\bnot at the (relay|server)/i],
  ['stock that “is”', /^есть \d/i],
  ['a receipt to show, to print', /показать, напечатать/i],
] as const)('no text has %s', ([, old]) => {
  const found = [...sentences(ru), ...sentences(en)].filter(([, text]) => old.test(text));
  expect(found).toEqual([]);
});
