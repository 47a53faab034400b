// The sentences: numbers agree with their words, and a change of language reaches the page.
import { expect, test } from 'vitest';
import { language, preferredLanguage, setLanguage, t } from '$lib/ui/text/current.svelte';
import { texts } from '$lib/ui/text/text';

const NBSP = '\u00a0';

test('Russian numbers take the form of the word they ask for', () => {
  const { common, code } = texts.ru;
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

test('English numbers take the singular once only', () => {
  expect([0, 1, 2].map(texts.en.common.lines)).toEqual([
    `0${NBSP}lines`,
    `1${NBSP}line`,
    `2${NBSP}lines`,
  ]);
});

test('a change of language changes every sentence and the page’s own language', () => {
  setLanguage('en');
  expect(t().common.save).toBe('Save');
  expect(document.documentElement.lang).toBe('en');
  setLanguage('ru');
  expect(t().common.save).toBe('Сохранить');
  expect(language.current).toBe('ru');
  expect(document.documentElement.lang).toBe('ru');
});

test('the browser’s wishes choose the first language', () => {
  expect(preferredLanguage(['de', 'en-US', 'ru'])).toBe('en');
  expect(preferredLanguage(['ru-RU', 'en'])).toBe('ru');
  expect(preferredLanguage(['de'])).toBe('ru');
});

/** Every sentence of a tree, with parameters filled in. */
function sentences(tree: unknown, path = ''): [string, string][] {
  if (typeof tree === 'string') return [[path, tree]];
  if (typeof tree === 'function') {
    const say = tree as (...facts: unknown[]) => string;
    return [[path, say(3, 4)]];
  }
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([key, value]) => sentences(value, `${path}.${key}`));
}

test('no English sentence has a Cyrillic letter, but where a language is chosen', () => {
  const cyrillic = sentences(texts.en).filter(([, text]) => /\p{Script=Cyrillic}/u.test(text));
  expect(cyrillic.map(([path]) => path)).toEqual(['.common.russian', '.firstRun.languageTitle']);
});

test('no sentence is empty', () => {
  const empty = [...sentences(texts.ru), ...sentences(texts.en)].filter(([, text]) => !text.trim());
  expect(empty).toEqual([]);
});
