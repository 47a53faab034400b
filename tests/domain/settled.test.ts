// Who may close discrepancies, and with which outcome.
import { expect, test } from 'vitest';
import { decideDiscrepanciesSettled, decideSettled } from '$lib/domain/acts/customers/dispute';
import type { DiscrepanciesSettledInput } from '$lib/domain/acts/customers/dispute';
import { CASHIER, OWNER, shopPolicy, verified } from './fixtures';

const policy = verified(shopPolicy());
const [CAP, EDIT] = ['a'.repeat(64), 'b'.repeat(64)];
const found = [
  { id: CAP, kind: 'cap-elsewhere' },
  { id: EDIT, kind: 'edit-stale' },
] as const;

const decide = (parts: Partial<DiscrepanciesSettledInput> = {}) =>
  decideDiscrepanciesSettled({
    policy,
    operator: OWNER,
    about: [CAP],
    outcome: 'stands',
    note: 'agreed',
    found,
    ...parts,
  });
const refused = (because: object) => ({ kind: 'refused', because });

test('an operator who manages customers closes what they know, with an outcome and a note', () => {
  expect(decide({ about: [CAP, EDIT], outcome: 'dealt-with' })).toEqual({
    kind: 'decided',
    body: { customer: null, about: [CAP, EDIT], outcome: 'dealt-with', note: 'agreed' },
  });
});

test('a cashier closes none', () => {
  expect(decide({ operator: CASHIER })).toEqual(
    refused({ kind: 'no-right', right: 'manage-customers' }),
  );
});

test('nobody closes one that they do not know', () => {
  expect(decide({ about: [CAP, 'c'.repeat(64)] })).toEqual(
    refused({ kind: 'unknown-discrepancy' }),
  );
});

test('only a stale edit can be applied', () => {
  expect(decide({ about: [EDIT], outcome: 'applied' }).kind).toBe('decided');
  expect(decide({ about: [EDIT, CAP], outcome: 'applied' })).toEqual(
    refused({ kind: 'wrong-outcome' }),
  );
});

test('a dispute has no other outcome than that the entry stands', () => {
  const dispute = { customer: 'ann', about: [CAP], note: 'asked', customers: ['ann'] };
  const input = { policy, operator: OWNER, elsewhere: [], disputed: [], ...dispute };
  expect(decideSettled({ ...input, outcome: 'stands' }).kind).toBe('decided');
  expect(decideSettled({ ...input, outcome: 'dealt-with' })).toEqual(
    refused({ kind: 'wrong-outcome' }),
  );
});
