// Letters as the index keeps them: folded, Cyrillic moved into one byte. Other scripts keep their two bytes, and the engine then stores that string two-byte wide.
import { composed, DROPPED, foldUnit, isDecimalMark, SEPARATOR } from '$lib/domain/search-text';

/** Free once Latin-1 letters are folded to ASCII and its signs are separators. */
const FIRST_CYRILLIC = 0xa1;
const CYRILLIC = 'абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўәғқңөұүһҳҷӣӯђјљњћџѓќѕ';

const bytes = new Map(
  Array.from(CYRILLIC, (letter, at) => [letter.charCodeAt(0), FIRST_CYRILLIC + at]),
);

/** Ends a token in the dictionary and a text in a column: in no word. */
export const BREAK = 10;

const letters = new Uint16Array(0x10000).fill(0xffff);

function letterOf(code: number): number {
  const known = letters[code] ?? 0xffff;
  if (known !== 0xffff) return known;
  const unit = foldUnit(code);
  return (letters[code] = bytes.get(unit) ?? unit);
}

/** Reused while a text is read: the longest name is 300 characters, and longer text grows it. */
let room = new Uint16Array(1024);

/** Calls `found` with each folded word of a text. */
export function eachWord(text: string, found: (word: string) => void): void {
  const source = composed(text);
  if (room.length < source.length) room = new Uint16Array(source.length * 2);
  let length = 0;
  for (let at = 0; at <= source.length; at++) {
    let letter = SEPARATOR;
    if (at < source.length) {
      letter = isDecimalMark(source, at) ? 0x2e : letterOf(source.charCodeAt(at));
    }
    if (letter === DROPPED) continue;
    if (letter !== SEPARATOR) room[length++] = letter;
    else if (length > 0) {
      found(String.fromCharCode.apply(null, room.subarray(0, length) as unknown as number[]));
      length = 0;
    }
  }
}

/** The folded words of a query, each once. */
export function queryWords(text: string): string[] {
  const words = new Set<string>();
  eachWord(text, (word) => words.add(word));
  return [...words];
}
