// Fields for numbers: typing replaces what they hold, and at the counter a keypad types into them.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROUTES = fileURLToPath(new URL('../../src/routes/', import.meta.url));

/** The text inputs of a component, each with its attributes. */
const inputsOf = (component: string): string[] =>
  [...component.matchAll(/<TextInput\b(?:\{[^}]*\}|[^>{])*>/g)].map(([tag]) => tag);

const isForSum = (input: string): boolean => input.includes('decimal');

const components = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.svelte'))
  .map((path) => ({ path, text: readFileSync(ROUTES + path, 'utf8') }))
  .filter(({ text }) => inputsOf(text).some(isForSum));

test('every field for a sum, a price, a weight or a share selects what it holds', () => {
  expect(components.length).toBeGreaterThan(10);
  const fixed = components.filter(({ text }) =>
    inputsOf(text).some((input) => isForSum(input) && !/\snumeric\b/.test(input)),
  );
  expect(fixed.map(({ path }) => path)).toEqual([]);
});

/** Settings, and forms that are mostly text: their fields open the system's keyboard. */
const FORMS = [
  'catalogue/ProductForm.svelte',
  'codes-and-limits/Rules.svelte',
  'customers/CardForm.svelte',
  'messages/BalanceCard.svelte',
  'shared/policy/SettingFields.svelte',
  'staff/GroupDialog.svelte',
];

test('at the counter every dialogue with such a field has the keypad', () => {
  const without = components.filter(({ text }) => !/import (KeypadFields|ReturnFrame) /.test(text));
  expect(without.map(({ path }) => path).sort()).toEqual(FORMS);
});
