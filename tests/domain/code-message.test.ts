// The text that the customer reads, and its size as mobile operators charge it.
import { describe, expect, it } from 'vitest';
import { defaultText, fillMessage, textIn } from '$lib/domain/messages/code-message';
import { sizeOfMessage } from '$lib/domain/messages/message-size';
import { wordAmount } from '$lib/domain/messages/message-words';

const RUB = { code: 'RUB', digits: 2 };
const GBP = { code: 'GBP', digits: 2 };
const filling = { shop: 'Лавка', action: 'в долг', amount: '540,00 ₽', balance: '', code: '0482' };

describe('the text of a message', () => {
  it('names shop, act, amount and code', () => {
    expect(fillMessage('{shop}: {action} {amount}. Код {code}', filling)).toBe(
      'Лавка: в долг 540,00 ₽. Код 0482',
    );
  });

  it('leaves no gap for an act without an amount', () => {
    expect(fillMessage('{shop}: {action} {amount}. Код {code}', { ...filling, amount: '' })).toBe(
      'Лавка: в долг. Код 0482',
    );
  });

  it('does not replace a variable inside the name of a shop', () => {
    expect(fillMessage('{shop}. {code}', { ...filling, shop: '{code} {amount}' })).toBe(
      '{code} {amount}. 0482',
    );
  });

  it('removes line breaks and no-break spaces from values', () => {
    expect(
      fillMessage('{shop}|{amount}', { ...filling, shop: 'A\nB', amount: '1\u00a0000\u202f₽' }),
    ).toBe('A B|1 000 ₽');
  });

  it('translates a default text and leaves the shop’s own words unchanged', () => {
    expect(textIn('en', defaultText('ru'))).toBe(defaultText('en'));
    expect(textIn('ru', defaultText('en'))).toBe(defaultText('ru'));
    expect(textIn('en', 'Код {code}')).toBe('Код {code}');
  });

  it('says what points are worth if that is known', () => {
    expect(wordAmount({ points: 21, worth: { minor: 2100, currency: 'GBP' } }, GBP, 'en')).toBe(
      '21 points (£21.00)',
    );
    expect(wordAmount({ points: 3 }, RUB, 'ru')).toBe('3 балла');
  });
});

describe('the size of a message', () => {
  it('counts 160 Latin or 70 Cyrillic characters as one message', () => {
    expect(sizeOfMessage('a'.repeat(160))).toEqual({
      characters: 160,
      segments: 1,
      perSegment: 160,
    });
    expect(sizeOfMessage('я'.repeat(70))).toEqual({ characters: 70, segments: 1, perSegment: 70 });
  });

  it('counts one character more as two messages of 153 or 67', () => {
    expect(sizeOfMessage('a'.repeat(161))).toEqual({
      characters: 161,
      segments: 2,
      perSegment: 153,
    });
    expect(sizeOfMessage('я'.repeat(71))).toEqual({ characters: 71, segments: 2, perSegment: 67 });
    expect(sizeOfMessage('a'.repeat(307)).segments).toBe(3);
    expect(sizeOfMessage('я'.repeat(135)).segments).toBe(3);
  });

  it('counts a Latin text as Cyrillic from its first Cyrillic letter', () => {
    expect(sizeOfMessage(`${'a'.repeat(70)}₽`)).toEqual({
      characters: 71,
      segments: 2,
      perSegment: 67,
    });
  });

  it('counts the euro sign as two characters and never splits it', () => {
    expect(sizeOfMessage('€')).toEqual({ characters: 2, segments: 1, perSegment: 160 });
    // 152 + 2 does not fit 153, so the sign starts the second message
    expect(sizeOfMessage(`${'a'.repeat(152)}€${'a'.repeat(151)}`).segments).toBe(2);
    expect(sizeOfMessage(`${'a'.repeat(152)}€${'a'.repeat(152)}`).segments).toBe(3);
  });

  it('never splits an emoji', () => {
    expect(sizeOfMessage(`${'я'.repeat(66)}😀${'я'.repeat(65)}`).segments).toBe(2);
    expect(sizeOfMessage(`${'я'.repeat(66)}😀${'я'.repeat(66)}`).segments).toBe(3);
  });
});
