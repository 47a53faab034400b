// Normalises search text: folds case, ё, accents and punctuation.
// Knows no catalogue.

/** Letters whose plain form is not part of their Unicode decomposition. */
const PLAIN: Readonly<Record<string, string>> = {
  ё: 'е',
  ß: 's',
  ø: 'o',
  æ: 'a',
  œ: 'o',
  đ: 'd',
  ð: 'd',
  þ: 't',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ſ: 's',
};

/** Stands between words. */
export const SEPARATOR = 0;
/** Omitted from words: accents, soft hyphens, joiners. */
export const DROPPED = 1;

const UNKNOWN = 0xffff;
const folded = new Uint16Array(0x10000).fill(UNKNOWN);

function foldOnce(code: number): number {
  const character = String.fromCharCode(code);
  // a surrogate: emoji and rare scripts are words like any other
  if (code >= 0xd800 && code <= 0xdfff) return code;
  // accents and vowel points that people omit; in Indic scripts the same class is part of the spelling
  if (code < 0x0700 && /\p{Mn}/u.test(character)) return DROPPED;
  if ((code >= 0xfe00 && code <= 0xfe0f) || /\p{Cf}/u.test(character)) return DROPPED;
  const lower = character.toLowerCase();
  const known = PLAIN[lower];
  if (known !== undefined) return known.charCodeAt(0);
  if (!/[\p{L}\p{N}\p{M}]/u.test(lower)) return SEPARATOR;
  const plain = plainOf(lower);
  return plain === character ? code : foldUnit(plain.charCodeAt(0));
}

/** Without accent if Latin or Greek; compatibility forms (fullwidth, superscript) as the plain letter. */
function plainOf(letter: string): string {
  const parts = letter.normalize('NFKD');
  const isAccented = /^[a-z\u03b1-\u03c9]\p{Mn}+$/u.test(parts);
  return isAccented || parts.length === 1 ? parts.charAt(0) : letter.charAt(0);
}

/** The folded UTF-16 unit of a unit, `SEPARATOR` or `DROPPED`. */
export function foldUnit(code: number): number {
  const known = folded[code] ?? SEPARATOR;
  if (known !== UNKNOWN) return known;
  return (folded[code] = foldOnce(code));
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** True for a comma or a point between two digits: 0,5 and 0.5 are one word. */
export function isDecimalMark(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== 0x2c && code !== 0x2e) return false;
  return isDigit(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at + 1));
}

/** Composes letter and combining accent: a decomposed й must not become и. */
export const composed = (text: string): string =>
  /[\u0300-\u036f]/.test(text) ? text.normalize('NFC') : text;

/** The folded words of a text in their order. */
export function wordsOf(text: string): string[] {
  const source = composed(text);
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < source.length; at++) {
    const unit = isDecimalMark(source, at) ? 0x2e : foldUnit(source.charCodeAt(at));
    if (unit === DROPPED) continue;
    if (unit !== SEPARATOR) word += String.fromCharCode(unit);
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  if (word !== '') words.push(word);
  return words;
}

/** A text as search compares it: folded words, separated by one space. Suitable as a sorting or prefix key. */
export const foldText = (text: string): string => wordsOf(text).join(' ');

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = 'йцукенгшщзхъфывапролджэячсмитьбюё';

/** The same keys in the other layout (ЙЦУКЕН, QWERTY), or null if the text has no letters of either. */
export function otherLayout(text: string): string | null {
  const lower = text.toLowerCase();
  const [from, to] = /[а-яё]/.test(lower) ? [CYRILLIC, LATIN] : [LATIN, CYRILLIC];
  let changed = '';
  for (const character of lower) {
    const at = from.indexOf(character);
    changed += at < 0 ? character : to.charAt(at);
  }
  return changed === lower ? null : changed;
}
