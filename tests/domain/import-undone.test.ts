// Undoing an import of customers: whom it takes back, and that their sums are as before the import.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, type EntryOf } from '$lib/contract/journal';
import { openingSteps } from '$lib/domain/acts/customers/customers-imported';
import {
  decideUndo,
  reversedSteps,
  type UndoInput,
} from '$lib/domain/acts/customers/import-undone';
import { Fold } from '$lib/domain/fold';
import { project, projectInOrder } from '$lib/domain/acts';
import { NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { DECIDED } from '$lib/proof/chain';
import { cases } from '../support/cases';
import { CASHIER, idOf, NOW, OWNER, POLICY, TILL } from './fixtures';

const CUSTOMERS = [idOf(901), idOf(902), idOf(903)];
const [ANN, BOB] = CUSTOMERS as [string, string];
const credit = { kind: 'shop-limit' } as const;

type Sums = readonly (readonly [owed: number, points: number])[];

const envelope = (seq: number) => ({
  ...({ v: 1, till: TILL, seq, at: NOW, operator: OWNER, policy: 1 } as const),
  ...DECIDED,
  prevHash: GENESIS_HASH,
  hash: `${seq}`.repeat(64),
});

function imported(sums: Sums, source: 'file' | 'demo' = 'file'): EntryOf<'customers-imported'> {
  const cards = sums.map(([owed, points], place) => ({
    customer: CUSTOMERS[place] ?? '',
    recordHash: 'a'.repeat(64),
    credit,
    owed,
    points,
  }));
  const customers = cards.map(({ customer, recordHash }) => ({ customer, recordHash, credit }));
  const accounts = openingSteps(cards);
  const body = { source, customers, accounts, confirmations: [], approval: null };
  return { ...envelope(1), act: 'customers-imported', body };
}

const FILE = imported([
  [500, 3],
  [-200, 0],
  [0, 0],
]);
const inputOf = (change: Partial<UndoInput> = {}): UndoInput => ({
  policy: POLICY,
  operator: OWNER,
  imported: FILE,
  customers: CUSTOMERS,
  approval: null,
  isChanged: () => false,
  ...change,
});

describe('undoing an import', () => {
  test('reverses exactly the import’s steps of the chosen customers, in the import’s order', () => {
    expect(decideUndo(inputOf({ customers: [BOB, ANN] }))).toMatchObject({
      body: {
        import: { till: TILL, seq: 1, hash: FILE.hash },
        customers: [ANN, BOB],
        accounts: [
          { customer: ANN, account: 'debt', delta: -500 },
          { customer: BOB, account: 'debt', delta: 200 },
          { customer: ANN, account: 'points', delta: -3 },
        ],
      },
    });
  });

  test.each<[string, Partial<UndoInput>]>([
    ['no-right', { operator: CASHIER }],
    ['unknown-import', { imported: null }],
    ['demo-import', { imported: imported([[500, 3]], 'demo') }],
    ['nobody-to-take-back', { customers: [] }],
    ['not-imported', { customers: [ANN, idOf(999)] }],
    ['changed-since', { isChanged: (customer) => customer === BOB }],
  ])('is refused: %s', (kind, change) => {
    expect(decideUndo(inputOf(change))).toMatchObject({ kind: 'refused', because: { kind } });
  });
});

const sum = fc.integer({ min: -1_000, max: 1_000 });

test('sums of customers taken back are as before the import, and those of others do not change', () => {
  const law = fc.property(
    fc.array(fc.tuple(sum, sum), { minLength: 3, maxLength: 3 }),
    fc.array(fc.record({ customer: fc.constantFrom(...CUSTOMERS), delta: sum }), { maxLength: 5 }),
    fc.subarray(CUSTOMERS, { minLength: 1 }),
    (sums, others, taken) => {
      const file = imported(sums);
      const fold = new Fold(NOTHING_BEFORE);
      fold.take(file, new Set());
      const of = { till: TILL, seq: 1, hash: file.hash };
      const accounts = reversedSteps(file.body.accounts, new Set(taken));
      const body = { import: of, customers: taken, accounts, approval: null };
      const undone = { ...envelope(2), act: 'import-undone', body } as const;
      // another till, which did not know of it, makes an act in between
      for (const [place, { customer, delta }] of others.entries()) {
        const step = { customer, account: 'debt', delta } as const;
        const moved = { ...file.body, accounts: [step] };
        fold.take({ ...envelope(3 + place), act: 'customers-imported', body: moved }, new Set());
      }
      expect(project(undone, NOTHING_BEFORE, new Set())).toEqual([]);
      fold.take(undone, new Set(), projectInOrder);
      const changes = fold.changes();
      for (const [place, customer] of CUSTOMERS.entries()) {
        const gave = taken.includes(customer) ? [0, 0] : (sums[place] ?? []);
        const since = others.reduce(
          (all, one) => all + (one.customer === customer ? one.delta : 0),
          0,
        );
        const balanceOf = (account: string): number =>
          writtenTo('balances', changes).find(
            (row) => row.customer === customer && row.account === account,
          )?.sum ?? 0;
        expect([balanceOf('debt'), balanceOf('points')]).toEqual([(gave[0] ?? 0) + since, gave[1]]);
        const debts = writtenTo('debts', changes).filter((row) => row.customer === customer);
        expect(debts.reduce((all, { left }) => all + left, 0)).toBe(balanceOf('debt'));
      }
    },
  );
  fc.assert(law, { numRuns: cases(200) });
});
