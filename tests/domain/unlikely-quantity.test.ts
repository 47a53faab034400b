// Tests which typed weights are asked about before they count.
import { describe, expect, test } from 'vitest';
import { quantityDoubt } from '$lib/domain/goods/unlikely-quantity';
import { quantity } from '$lib/domain/values/quantity';

const cheese = { unit: 'kilogram', usualMost: null } as const;
const potatoes = { unit: 'kilogram', usualMost: quantity(50_000) } as const;
const saffron = { unit: 'kilogram', usualMost: quantity(100) } as const;
const wine = { unit: 'litre', usualMost: null } as const;
const cable = { unit: 'metre', usualMost: quantity(100_000) } as const;
const bread = { unit: 'piece', usualMost: quantity(5000) } as const;

describe('a weight without a decimal mark over ten', () => {
  test.each([
    ['412', 412],
    ['11', 11],
    [' 1500 ', 1500],
  ])('%s may be grams', (typed, meant) => {
    expect(quantityDoubt(typed, cheese)).toEqual({ kind: 'grams', meant });
  });

  test('is asked about also where so many kilograms are usual', () => {
    expect(quantityDoubt('40', potatoes)).toEqual({ kind: 'grams', meant: 40 });
  });

  test.each(['10', '1', '0'])('%s is not over ten', (typed) => {
    expect(quantityDoubt(typed, cheese)).toBeNull();
  });

  test('a decimal mark says that kilograms are meant', () => {
    expect(quantityDoubt('12,0', cheese)).toBeNull();
    expect(quantityDoubt('12.', cheese)).toBeNull();
  });
});

describe('more than is usually sold', () => {
  test('is more than 20 kg, if the product says nothing else', () => {
    expect(quantityDoubt('20.000', cheese)).toBeNull();
    expect(quantityDoubt('20.001', cheese)).toEqual({ kind: 'much' });
  });

  test('is more than the product says', () => {
    expect(quantityDoubt('50,0', potatoes)).toBeNull();
    expect(quantityDoubt('50,5', potatoes)).toEqual({ kind: 'much' });
    expect(quantityDoubt('0,1', saffron)).toBeNull();
    expect(quantityDoubt('1', saffron)).toEqual({ kind: 'much' });
  });

  test('litres and metres have no limit but the product’s own, and are not read as grams', () => {
    expect(quantityDoubt('412', wine)).toBeNull();
    expect(quantityDoubt('100', cable)).toBeNull();
    expect(quantityDoubt('101', cable)).toEqual({ kind: 'much' });
  });
});

test('pieces are not asked about', () => {
  expect(quantityDoubt('412', bread)).toBeNull();
});

test('what is no quantity is not asked about', () => {
  expect(quantityDoubt('', cheese)).toBeNull();
  expect(quantityDoubt('12a', cheese)).toBeNull();
});
