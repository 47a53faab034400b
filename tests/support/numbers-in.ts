// Numbers that stand by themselves in a text with random parts, to look for codes in it.

const SIGNED = /eyJ[\w-]+\.[\w-]+\.[\w-]{86}/g;
const NUMBER = /(?<![0-9a-f-]|\d\.)\d{4,8}(?![0-9a-f-]|\.\d)/g;

/**
 * Numbers of four to eight digits. Those in ids, hashes, signatures and fractions are left out, because they can equal a code by
 * chance.
 * A code can also equal a number that was there before it, so compare with those of before.
 */
export const numbersIn = (text: string): ReadonlySet<string> =>
  new Set(text.replace(SIGNED, '').match(NUMBER));
