// Names of tills: which names count as the same, and how a name that is taken is changed.
import { describe, expect, it } from 'vitest';
import { freeTillName, tillNameKey } from '$lib/domain/values/till-name';

describe('two names are the same', () => {
  it.each([
    ['Касса 1', 'касса 1'],
    ['Till 1', '  TILL   1 '],
    // with zero-width characters, which are invisible
    ['Касса 1', 'Кас\u200bса 1\u200d'],
    ['Till 1', 'Till \u2060 1'],
    // typed on another keyboard: one letter, or a letter with its combining mark
    ['Café', 'Cafe\u0301'],
  ])('%s and %s', (one, other) => {
    expect(tillNameKey(one)).toBe(tillNameKey(other));
  });

  it('names with a different letter or digit are not the same', () => {
    expect(tillNameKey('Касса 1')).not.toBe(tillNameKey('Касса 11'));
  });
});

describe('a new till', () => {
  const beside = (...names: string[]) => {
    const taken = new Set(names.map(tillNameKey));
    return (key: string) => taken.has(key);
  };

  it('keeps the name it asks for if no till has it', () => {
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
