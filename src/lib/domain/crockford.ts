// Crockford's base 32: the letters of every code a person types from paper or screen, read with each usual slip forgiven.

/** Without I, L, O and U. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Letters Crockford left out, and Cyrillic ones that look like Latin: a till's keyboard may stand on either. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  ...{ O: '0', I: '1', L: '1' },
  ...{
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
  },
};

/** The code of this length a text can only mean: spaces, dashes and case do not matter, look-alikes are what they look like. Null: none. */
export function parseCrockford(text: string, length: number): string | null {
  const letters = [...text.toUpperCase().replace(/[\s\p{Dash}]/gu, '')].map(
    (letter) => LOOKS_LIKE[letter] ?? letter,
  );
  const isWhole = letters.length === length;
  return isWhole && letters.every((letter) => CROCKFORD.includes(letter)) ? letters.join('') : null;
}
