// The form of a label mask: the input makes a mask of the policy, or names the wrong field.
import { beforeAll, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { labelMask, LABEL_PREFIXES, type LabelMask } from '$lib/contract/label-mask';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import MaskDialog from '../../src/routes/scale-labels/MaskDialog.svelte';
import { LAYOUTS, layoutOf, maskOf, typedOf } from '../../src/routes/scale-labels/mask-form';
import { layoutWords, maskWords } from '../../src/routes/shared/words/mask-words';

beforeAll(() => loadAdminText());

const mask = (change: Partial<LabelMask> = {}): LabelMask => ({
  prefixes: ['20', '21', '22'],
  value: 'weight',
  layout: 'AAAAAVVVVV',
  articleHasPrefix: false,
  ...change,
});

test('a mask that is opened and saved is the same, with a common layout or another one', () => {
  for (const layout of [...LAYOUTS, 'XXAAAVVVVX', 'CVVVVAAAAA'])
    for (const value of ['weight', 'pieces', 'price'] as const)
      for (const articleHasPrefix of [false, true]) {
        const held = mask({ layout, value, articleHasPrefix });
        expect(labelMask.safeParse(held).success).toBe(true);
        expect(maskOf(typedOf(held))).toEqual(held);
      }
});

test('Cyrillic look-alikes, lower-case letters and spaces are accepted', () => {
  const typed = { ...typedOf(null), layout: 'other' } as const;
  expect(layoutOf({ ...typed, pattern: 'аааа с ввввв' })).toBe('AAAACVVVVV');
  expect(layoutOf({ ...typed, pattern: 'aaaaaVVVVХ' })).toBe('AAAAAVVVVX');
  expect(maskOf({ ...typed, prefixes: ['20'], pattern: 'ааааа' })).toMatchObject({
    field: 'pattern',
  });
});

test('a mask needs a prefix, and its prefixes keep their order', () => {
  expect(maskOf(typedOf(null))).toMatchObject({ field: 'prefixes' });
  expect(maskOf({ ...typedOf(null), prefixes: ['22', '02', '20'] })).toMatchObject({
    prefixes: ['02', '20', '22'],
  });
});

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('its words give the prefixes in short form, and name each part', async () => {
  await setLanguage('en');
  expect(maskWords(mask())).toBe('20–22: weight');
  expect(maskWords(mask({ prefixes: ['02', '20', '22', '23', '29'] }))).toBe(
    '02, 20, 22–23, 29: weight',
  );
  expect(maskWords(mask({ prefixes: [...LABEL_PREFIXES] }))).toBe('02, 20–29: weight');
  expect(plain(layoutWords(mask({ layout: 'XAAAACVVVV', value: 'price' })))).toBe(
    'not read 1 digit, article 4 digits, check digit, price 4 digits',
  );
  expect(plain(layoutWords(mask({ articleHasPrefix: true })))).toBe(
    'article: beginning and 5 digits, weight 5 digits',
  );
  await setLanguage('ru');
  expect(maskWords(mask({ value: 'pieces' }))).toBe('20–22: штуки');
  expect(plain(layoutWords(mask({ layout: 'AAAACVVVVV' })))).toBe(
    'артикул 4 цифры, контроль, вес 5 цифр',
  );
});

test('a mask whose beginning is part of the article shows so, and is saved so', async () => {
  await setLanguage('en');
  const saved: LabelMask[] = [];
  const screen = await render(MaskDialog, {
    mask: mask(),
    others: [],
    disabled: false,
    onsave: (made: LabelMask) => Promise.resolve((saved.push(made), null)),
    onremove: () => Promise.resolve(null),
    onclose: () => undefined,
  });
  const example = screen.getByRole('region', { name: 'Example' });
  await expect.element(example).toHaveTextContent('beginning 20article 00123');
  await screen.getByRole('switch', { name: 'The beginning is part of the article' }).click();
  await expect.element(example).toHaveTextContent('beginning of the article 20article 00123');
  await screen.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => saved).toEqual([mask({ articleHasPrefix: true })]);
  await setLanguage('ru');
});
