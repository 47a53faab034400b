// The keys a keypad can send, and what each does to a typed text.

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
export type Key = Digit | 'comma' | 'backspace' | 'clear';

/** What a text becomes after a key. The comma is written as `,` in every language: the parser takes both. */
export function typeKey(text: string, key: Key): string {
  switch (key) {
    case 'clear':
      return '';
    case 'backspace':
      return text.slice(0, -1);
    case 'comma':
      if (text.includes(',')) return text;
      return text === '' ? '0,' : `${text},`;
    default:
      return text === '0' ? key : text + key;
  }
}

/** The key a physical keyboard meant, or null: for screens that listen to the whole window. */
export function keyOf(event: Pick<KeyboardEvent, 'key'>): Key | null {
  if (/^\d$/.test(event.key)) return event.key as Digit;
  if (event.key === ',' || event.key === '.') return 'comma';
  if (event.key === 'Backspace') return 'backspace';
  if (event.key === 'Delete') return 'clear';
  return null;
}
