// Sums of decimal text, as services report costs, exact to the last digit.
import { describe, expect, it } from 'vitest';
import { addDecimals, isLess } from '$lib/domain/values/decimal';

describe('sums of decimal text', () => {
  it('keep every digit that a float would lose', () => {
    expect(addDecimals('0.1', '0.2')).toBe('0.3');
    expect(addDecimals('99999999999999999999.01', '0.005')).toBe('99999999999999999999.015');
    expect(addDecimals('-1.25', '0.005')).toBe('-1.245');
  });

  it('keep the zeros that the service wrote', () => {
    expect(addDecimals('0.50', '0.5')).toBe('1.00');
    expect(addDecimals('3', '4')).toBe('7');
  });

  it('can become negative and positive again', () => {
    expect(addDecimals('-0.75', '0.5')).toBe('-0.25');
    expect(addDecimals('-0.25', '0.25')).toBe('0.00');
  });
});

describe('comparison', () => {
  it('is by value, not by length', () => {
    expect(isLess('9.99', '10')).toBe(true);
    expect(isLess('10.0', '10')).toBe(false);
    expect(isLess('-1', '-0.5')).toBe(true);
  });
});
