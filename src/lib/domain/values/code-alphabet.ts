// The alphabet of reserve codes and one-time tokens (Crockford's base 32), with tolerant parsing.

/** Without I, L, O and U. The patterns in `contract/reserve-code.ts` and `contract/till.ts` say the same. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Letters Crockford left out, and Cyrillic letters that look Latin: the keyboard may be in either layout. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  O: '0',
  I: '1',
  L: '1',
  А: 'A',
  В: 'B',
  Е: 'E',
  К: 'K',
  М: 'M',
  Н: 'H',
  О: '0',
  Р: 'P',
  С: 'C',
  Т: 'T',
  У: 'Y',
  Х: 'X',
};

/** The code of this length in the text: ignores spaces, dashes and case, and maps look-alikes. Null: none. */
export function parseCrockford(text: string, length: number): string | null {
  const letters = [...text.toUpperCase().replace(/[\s\p{Dash}]/gu, '')].map(
    (letter) => LOOKS_LIKE[letter] ?? letter,
  );
  const isWhole = letters.length === length;
  return isWhole && letters.every((letter) => CROCKFORD.includes(letter)) ? letters.join('') : null;
}
