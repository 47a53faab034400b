// A card's form saved after another till has changed the card.
import { expect, test } from 'vitest';
import { onNewest } from '$lib/domain/acts/customers/customer-saved';
import { NO_DETAILS } from '$lib/domain/customers/customer';

const OPENED = {
  ...NO_DETAILS,
  name: 'Vera',
  phone: null,
  credit: { kind: 'shop-limit' } as const,
};
const LIMITED = { ...OPENED, credit: { kind: 'own-limit', limit: 3000 } as const };

test('what the form left alone keeps what another till wrote there', () => {
  expect(onNewest(OPENED, { ...OPENED, note: 'pays on Fridays' }, LIMITED)).toEqual({
    ...LIMITED,
    note: 'pays on Fridays',
  });
});

test('a form that changed nothing changes nothing', () => {
  expect(onNewest(OPENED, OPENED, LIMITED)).toEqual(LIMITED);
});

test('a field that both changed is not overwritten', () => {
  const lower = { ...OPENED, credit: { kind: 'own-limit', limit: 1000 } as const };
  expect(onNewest(OPENED, lower, LIMITED)).toBeNull();
  expect(onNewest(OPENED, { ...OPENED, credit: { kind: 'no-credit' } }, LIMITED)).toBeNull();
});

test('a field that both changed to the same value is no reason to refuse', () => {
  const birthday = { day: 3, month: 4, year: null };
  const typed = { ...OPENED, birthday, name: 'Vera L.' };
  expect(onNewest(OPENED, typed, { ...LIMITED, birthday: { ...birthday } })).toEqual({
    ...LIMITED,
    birthday,
    name: 'Vera L.',
  });
});
