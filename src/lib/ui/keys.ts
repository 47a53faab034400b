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

/**
 * The text and the caret after a key typed over the selection from `from` to `to`; with an empty selection, at the caret. `mark`:
 * the decimal mark.
 */
export function typeOver(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  key: Key,
  mark: string,
): { readonly text: string; readonly caret: number } {
  const [before, after] = [text.slice(0, from), text.slice(to)];
  const typed = (left: string) => ({ text: left + after, caret: left.length });
  switch (key) {
    case 'clear':
      return { text: '', caret: 0 };
    case 'backspace':
      return typed(from === to ? before.slice(0, -1) : before);
    case 'comma':
      if (/[.,]/.test(before + after)) return { text, caret: to };
      return typed((before === '' ? '0' : before) + mark);
    default:
      return typed(before === '0' ? key : before + key);
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
