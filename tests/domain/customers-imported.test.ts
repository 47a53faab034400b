// An import of customers: what its entry states of the messages about imported debts.
import { expect, test } from 'vitest';
import { decideImport, messagesOfImport } from '$lib/domain/acts/customers/customers-imported';
import { idOf, OWNER, POLICY } from './fixtures';

const cardOf = (n: number, owed: number) => ({
  customer: idOf(n),
  recordHash: 'a'.repeat(64),
  credit: { kind: 'shop-limit' } as const,
  owed,
  points: 0,
});
const cards = [cardOf(1, 70_000), cardOf(2, -500), cardOf(3, 100)];
const asked = {
  policy: POLICY,
  operator: OWNER,

  source: 'file',
  approval: null,
  cards,
} as const;

test('an import without messages says so of each debt, and not of a prepayment', () => {
  const decided = decideImport({ ...asked, messages: 'first-code' });
  if (decided.kind !== 'decided') throw new Error(decided.because.kind);
  const unasked = { kind: 'none', action: 'sell-on-account', because: 'import-untold' };
  expect(decided.body.confirmations).toEqual([
    { ...unasked, amount: 70_000 },
    { ...unasked, amount: 100 },
  ]);
  expect(messagesOfImport(decided.body)).toBe('first-code');
});

test('an import with messages, and one without debts, leave none out', () => {
  for (const input of [
    { ...asked, messages: 'now' },
    { ...asked, messages: 'first-code', cards: [cardOf(2, -500)] },
  ] as const) {
    const decided = decideImport(input);
    if (decided.kind !== 'decided') throw new Error(decided.because.kind);
    expect(messagesOfImport(decided.body)).toBe('now');
  }
});
