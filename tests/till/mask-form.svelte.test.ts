// The form of a label mask: the input makes a mask of the policy, or names the wrong field.
import { beforeAll, expect, test } from 'vitest';
import { labelMask, LABEL_PREFIXES, type LabelMask } from '$lib/contract/label-mask';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import { LAYOUTS, layoutOf, maskOf, typedOf } from '../../src/routes/scale-labels/mask-form';
import { layoutWords, maskWords } from '../../src/routes/shared/mask-words';

beforeAll(() => loadAdminText());

const mask = (change: Partial<LabelMask> = {}): LabelMask => ({
  ...{ prefixes: ['20', '21', '22'], value: 'weight', layout: 'AAAAAVVVVV' },
  ...change,
});

test('a mask that is opened and saved is the same, with a common layout or another one', () => {
  for (const layout of [...LAYOUTS, 'XXAAAVVVVX', 'CVVVVAAAAA'])
    for (const value of ['weight', 'pieces', 'price'] as const) {
      const held = mask({ layout, value });
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
  await setLanguage('ru');
  expect(maskWords(mask({ value: 'pieces' }))).toBe('20–22: штуки');
  expect(plain(layoutWords(mask({ layout: 'AAAACVVVVV' })))).toBe(
    'артикул 4 цифры, контроль, вес 5 цифр',
  );
});
