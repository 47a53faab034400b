// Names of tills: which two count as the same, and what a name that is taken becomes.
import { describe, expect, it } from 'vitest';
import { freeTillName, tillNameKey } from '$lib/domain/till-name';

describe('two names are the same', () => {
  it.each([
    ['Касса 1', 'касса 1'],
    ['Till 1', '  TILL   1 '],
    // with zero-width characters: nobody sees them
    ['Касса 1', 'Кас\u200bса 1\u200d'],
    ['Till 1', 'Till \u2060 1'],
    // typed on another keyboard: one letter, or a letter and its mark
    ['Café', 'Cafe\u0301'],
  ])('%s and %s', (one, other) => {
    expect(tillNameKey(one)).toBe(tillNameKey(other));
  });

  it('but not where a letter or a figure differs', () => {
    expect(tillNameKey('Касса 1')).not.toBe(tillNameKey('Касса 11'));
  });
});

describe('a newcomer', () => {
  const beside = (...names: string[]) => {
    const taken = new Set(names.map(tillNameKey));
    return (key: string) => taken.has(key);
  };

  it('keeps the name it asks for where nobody has it', () => {
    expect(freeTillName('  Касса у   входа ', beside('Касса 1'))).toBe('Касса у входа');
  });

  it.each([
    ['Касса', ['касса'], 'Касса 2'],
    ['Касса 1', ['Касса 1'], 'Касса 2'],
    ['Till 1', ['Till 1', 'till 2'], 'Till 3'],
    ['Till 3', ['Till 3'], 'Till 2'],
    ['7', ['7'], '7 2'],
  ])('%s beside %j becomes %s', (asked, names, given) => {
    expect(freeTillName(asked, beside(...names))).toBe(given);
  });

  it('a long name is shortened so that its number fits', () => {
    const long = 'я'.repeat(40);
    const given = freeTillName(long, beside(long));
    expect(given).toBe(`${'я'.repeat(38)} 2`);
  });
});
