// The index's letters: folded, with Cyrillic mapped to one byte.
// Other scripts keep two bytes.
import {
  composed,
  DROPPED,
  foldUnit,
  isDecimalMark,
  SEPARATOR,
} from '$lib/domain/values/search-text';

/** Unused once Latin-1 letters are folded to ASCII and its signs are separators. */
const FIRST_CYRILLIC = 0xa1;
const CYRILLIC = 'абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўәғқңөұүһҳҷӣӯђјљњћџѓќѕ';

const bytes = new Map(
  Array.from(CYRILLIC, (letter, at) => [letter.charCodeAt(0), FIRST_CYRILLIC + at]),
);

/** Ends a word in the dictionary and a code in a column; occurs in no word. */
export const BREAK = 10;

const UNKNOWN = 0xffff;
const letters = new Uint16Array(0x10000).fill(UNKNOWN);

function letterOf(code: number): number {
  const known = letters[code] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const unit = foldUnit(code);
  return (letters[code] = bytes.get(unit) ?? unit);
}

/** The letters of one word: the first `length` of an array that is reused for the next word. */
export type FoundWord = (letters: Uint16Array, length: number) => void;

/** Grows to the longest text. */
let room = new Uint16Array(1024);

/** Calls `found` with each folded word of a text. */
export function eachWord(text: string, found: FoundWord): void {
  const source = composed(text);
  if (room.length < source.length) room = new Uint16Array(source.length * 2);
  const word = room;
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    let letter = letterOf(source.charCodeAt(at));
    if (letter === DROPPED) continue;
    if (letter === SEPARATOR && isDecimalMark(source, at)) letter = 0x2e;
    if (letter !== SEPARATOR) word[length++] = letter;
    else if (length > 0) {
      found(word, length);
      length = 0;
    }
  }
  if (length > 0) found(word, length);
}

/** The folded words of a text in order, including repetitions. */
export function wordsIn(text: string): string[] {
  const words: string[] = [];
  eachWord(text, (word, length) => {
    let letters = '';
    for (let at = 0; at < length; at++) letters += String.fromCharCode(word[at] ?? 0);
    words.push(letters);
  });
  return words;
}

/** The folded words of a query, each once. */
export function queryWords(text: string): string[] {
  return [...new Set(wordsIn(text))];
}
