// Names of groups: the four built-in ones follow the reader's language until somebody renames them.
import { expect, test } from 'vitest';
import { group } from '$lib/contract/policy';
import { defaultGroups } from '$lib/domain/policy/default-policy';
import { groupName, nameToKeep } from '$lib/domain/policy/groups';

test('the four groups of a new shop are named in the reader’s language', () => {
  const names = (language: 'ru' | 'en') => defaultGroups().map((each) => groupName(each, language));
  expect(names('ru')).toEqual(['Кассир', 'Старший кассир', 'Управляющий', 'Владелец']);
  expect(names('en')).toEqual(['Cashier', 'Senior cashier', 'Manager', 'Owner']);
});

test('a renamed group keeps its own name in every language', () => {
  const renamed = { id: 'cashier', name: 'Продавец' };
  expect([groupName(renamed, 'ru'), groupName(renamed, 'en')]).toEqual(['Продавец', 'Продавец']);
});

test('saving a built-in group under its default name, in either language, does not rename it', () => {
  expect(nameToKeep('cashier', 'Cashier')).toBeNull();
  expect(nameToKeep('cashier', 'Кассир')).toBeNull();
  expect(nameToKeep('cashier', 'Manager')).toBe('Manager');
  expect(nameToKeep('0190a000-0000-7000-8000-000000000002', 'Cashier')).toBe('Cashier');
});

test('only the four built-in groups may have no name of their own', () => {
  const of = (id: string) =>
    group.safeParse({ id, name: null, rights: [], discountBasisPoints: 0 }).success;
  expect(['cashier', 'senior-cashier', 'manager', 'owner', 'deputy'].map(of)).toEqual([
    ...[true, true, true, true, false],
  ]);
});
