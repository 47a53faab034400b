// The keys of a keypad, and the effect of each on a typed text.

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
export type Key = Digit | 'comma' | 'backspace' | 'clear';

/** The text after a key. The comma is `,` in every language: the parser accepts both. */
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

/** The keypad key that a physical key stands for, or null. For screens that listen to the whole window. */
export function keyOf(event: Pick<KeyboardEvent, 'key'>): Key | null {
  if (/^\d$/.test(event.key)) return event.key as Digit;
  if (event.key === ',' || event.key === '.') return 'comma';
  if (event.key === 'Backspace') return 'backspace';
  if (event.key === 'Delete') return 'clear';
  return null;
}
