// Random schedules of several tills over a bad network end with the same state everywhere.
import fc from 'fast-check';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { afterEach, expect, test } from 'vitest';
import { cases, limitOf } from '../support/cases';
import {
  FAULTS_TO_MEET,
  schedules,
  SimulatedShop,
  STEP_OF,
  type FaultMet,
  type Step,
} from './simulated-shop';

/** Schedules of one shop: a longer history only makes the next ones slower. */
const SCHEDULES_OF_A_SHOP = 8;
/** Schedules in `npm test`; each takes about a second of computing. */
const RUNS = 60;

let shop: SimulatedShop | null = null;
let played = 0;
/** In how many shops each fault was met. */
const met = new Map<FaultMet, number>();
/** Acts of all tills. */
const made = new Set<string>();
/** How many tills have compared their control sums, and how many could not. */
const sums = { compared: 0, notCompared: 0 };

async function closeShop(): Promise<void> {
  for (const fault of shop?.met ?? []) met.set(fault, (met.get(fault) ?? 0) + 1);
  for (const act of shop?.acts() ?? []) made.add(act);
  sums.compared += shop?.sums.compared ?? 0;
  sums.notCompared += shop?.sums.notCompared ?? 0;
  await shop?.close();
  shop = null;
  played = 0;
}
afterEach(closeShop);

async function play(schedule: readonly Step[]): Promise<SimulatedShop> {
  if (played === SCHEDULES_OF_A_SHOP) await closeShop();
  played += 1;
  const at = (shop ??= await SimulatedShop.open());
  await at.begin();
  for (const one of schedule) await at.run(one);
  await at.heal();
  return at;
}

const till = (n: number) => ({ till: n, customer: 0 });
const up = (n: number): Step => ({ kind: 'up', till: n, fault: 'none' });
/** Has steps that random schedules may miss. */
const MEETING: Step[] = [
  ...[{ kind: 'save', ...till(0) } as const, { kind: 'save', ...till(1) } as const, up(0), up(1)],
  { kind: 'forget', till: 0, customer: 2 },
  { kind: 'sell', till: 1, customer: 1, price: 10, paid: 0, points: 0, consent: 'owner' },
  ...[up(1), { kind: 'forget', till: 0, customer: 1 } as const, up(0)],
  { kind: 'tab', till: 2, nth: 1 },
  { kind: 'clock', till: 2, days: 1 },
  { kind: 're-enrol', till: 1 },
  { kind: 'put-back', till: 0, isSaid: false },
  { kind: 'clone', ...till(2), price: 10, isFirst: true, consent: 'owner' },
  { kind: 'up', till: 0, fault: 'request-lost' },
  { kind: 'up', till: 0, fault: 'reply-lost' },
];
/** The relay loses acknowledged entries, and their till re-enrols before it has downloaded anything. */
const LOST_AND_RE_ENROLLED: Step[] = [
  { kind: 'sell', ...till(0), price: 10, paid: 0, points: 0, consent: 'owner' },
  ...[up(0), { kind: 'put-back', till: 0, isSaid: false } as const],
  { kind: 're-enrol', till: 0 },
];
/** The relay loses a till's new id, with the entries uploaded under the former id and those carried over. */
const RE_ENROLLED_AND_LOST: Step[] = [
  { kind: 'sell', ...till(0), price: 10, paid: 0, points: 0, consent: 'owner' },
  up(0),
  { kind: 'sell', ...till(0), price: 11, paid: 0, points: 0, consent: 'owner' },
  ...[{ kind: 're-enrol', till: 0 } as const, up(0)],
  { kind: 'put-back', till: 0, isSaid: false },
];
/** A till knows the debt of its own sale, but no longer has the customer's card. */
const RETURNED_WITHOUT_CARD: Step[] = [
  { kind: 'sell', ...till(2), price: 1, paid: 0, points: 0, consent: 'owner' },
  { kind: 're-enrol', till: 2 },
  { kind: 'return', till: 2, nth: 0 },
];
/** A till returns another till's sale, which the relay then loses: the till that uploads first knows it only from the download. */
const RETURN_OF_LOST_SALE: Step[] = [
  { kind: 'sell', ...till(1), price: 19, paid: 1, points: 0, consent: 'owner' },
  ...[up(1), { kind: 'down', till: 0, fault: 'none' } as const],
  { kind: 'return', till: 0, nth: 0 },
  { kind: 'put-back', till: 2, isSaid: false },
];
/** Debts and a repayment of both cards, some made at tills that do not know of the merge. */
const MERGED: Step[] = [
  { kind: 'sell', ...till(0), price: 10, paid: 0, points: 0, consent: 'owner' },
  ...[up(0), { kind: 'merge', till: 1, customer: 0, into: 1 } as const, up(1)],
  { kind: 'sell', till: 2, customer: 1, price: 20, paid: 0, points: 0, consent: 'owner' },
  { kind: 'down', till: 1, fault: 'none' },
  { kind: 'repay', till: 1, customer: 1, price: 5 },
  ...[up(1), { kind: 'down', till: 0, fault: 'none' } as const],
  { kind: 'repay', till: 0, customer: 0, price: 60 },
];
/** Acts that are rare in random schedules: a payout, and edits of one product and one category at tills without contact. */
const PAID_OUT: Step[] = [
  { kind: 'sell', ...till(0), price: 10, paid: 0, points: 0, consent: 'customer' },
  ...[up(0), { kind: 'down', till: 1, fault: 'none' } as const],
  ...[{ kind: 'repay', ...till(0), price: 60 } as const],
  ...[{ kind: 'repay', ...till(1), price: 60 } as const],
  ...[up(0), up(1), { kind: 'down', till: 0, fault: 'none' } as const],
  { kind: 'pay-out', ...till(0), price: 5 },
  { kind: 'goods', till: 0, what: 'price', amount: 5 },
  { kind: 'goods', till: 1, what: 'price', amount: 6 },
  { kind: 'category', till: 0, category: 'Еда', order: 5 },
  { kind: 'category', till: 1, category: 'Еда', order: 6 },
];
/** An import is undone after another till has sold to its customer. */
const UNDONE: Step[] = [
  { kind: 'import', till: 0, owed: 10, points: 5 },
  ...[up(0), { kind: 'down', till: 1, fault: 'none' } as const],
  { kind: 'sell-imported', till: 1, price: 10 },
  ...[up(1), { kind: 'undo-import', till: 0, nth: 0 } as const],
];
/**
 * A balance that nobody has touched is taken back; a person is added and removed; codes are used at their till, under its next
 * id, and after a new issue.
 */
const UNDONE_AND_CODES: Step[] = [
  { kind: 'import', till: 0, owed: 10, points: 5 },
  ...[up(0), { kind: 'down', till: 1, fault: 'none' } as const],
  ...[{ kind: 'undo-import', till: 1, nth: 0 } as const, up(1)],
  ...[
    { kind: 'add-person', ...till(2) } as const,
    { kind: 'remove-person', ...till(2), nth: 0 } as const,
  ],
  { kind: 'issue-codes', till: 0, customer: 0 },
  ...[
    { kind: 'sell-by-code', till: 0, price: 10 } as const,
    { kind: 're-enrol', till: 0 } as const,
  ],
  ...[up(0), { kind: 'down', till: 0, fault: 'none' } as const],
  { kind: 'sell-by-code', till: 0, price: 10 },
  ...[
    { kind: 'down', till: 2, fault: 'none' } as const,
    { kind: 'issue-codes', ...till(1) } as const,
  ],
  { kind: 'sell-by-code', till: 2, price: 10 },
];
/** The till that sold to the customer cancels the repayment; a new till joins in between. */
const JOINED: Step[] = [
  { kind: 'sell', ...till(0), price: 10, paid: 0, points: 0, consent: 'owner' },
  ...[{ kind: 'repay', ...till(0), price: 5 } as const, up(0)],
  { kind: 'join', till: 0, chunks: 2 },
  { kind: 'cancel', till: 0, nth: 0 },
];
/** Two devices upload the same entries, some of which wait for an owner: a forgotten card, and one that a third till changes. */
const FORGOTTEN_AND_CLONED: Step[] = [
  { kind: 'forget', till: 0, customer: 2 },
  { kind: 're-enrol', till: 0 },
  { kind: 'save', till: 1, customer: 1 },
  { kind: 'put-back', till: 2, isSaid: true },
  { kind: 'save', till: 0, customer: 1 },
  { kind: 'clone', till: 0, customer: 1, price: 37, isFirst: true, consent: 'owner' },
];
/** A till returns goods on account and does not know what another copy of the till sold under the same id. */
const RETURNED_AND_CLONED: Step[] = [
  { kind: 'clone', till: 0, customer: 1, price: 1, isFirst: true, consent: 'owner' },
  { kind: 'return-without-sale', till: 0, customer: 1, price: 1 },
];
/** A till sells with a code, and learns before its upload that the customer was forgotten: the number is erased. */
const FORGOTTEN_BEFORE_UPLOAD: Step[] = [
  ...[{ kind: 'forget', till: 0, customer: 2 } as const, up(0)],
  { kind: 'sell', till: 2, customer: 2, price: 1, paid: 0, points: 0, consent: 'customer' },
  { kind: 'down', till: 2, fault: 'none' },
];
const down = (n: number): Step => ({ kind: 'down', till: n, fault: 'none' });
/** Cards are erased because an import was undone; the relay loses that act, and the id of the till that did it. */
const UNDONE_AND_LOST: Step[] = [
  ...[
    { kind: 'import', till: 1, owed: 10, points: 5 } as const,
    up(1),
    down(0),
    { kind: 'copy', till: 0 } as const,
  ],
  ...[{ kind: 're-enrol', till: 0 } as const, down(0)],
  ...[{ kind: 'undo-import', till: 0, nth: 0 } as const, up(0), down(0), down(1)],
  { kind: 'put-back', till: 0, isSaid: false },
];
/** A card is erased because its customer was forgotten; the relay loses that act, gets a debt first, and refuses the act. */
const FORGOTTEN_AND_REFUSED: Step[] = [
  ...[{ kind: 'add-person', till: 1, customer: 1 } as const, up(1), down(0)],
  { kind: 'copy', till: 0 },
  ...[{ kind: 'forget', till: 0, customer: 1 } as const, up(0), down(0), down(1)],
  { kind: 'sell', till: 2, customer: 1, price: 10, paid: 0, points: 0, consent: 'owner' },
  ...[{ kind: 'put-back', till: 0, isSaid: false } as const, up(2)],
];
/** A debt repaid at two tills earns twice; a return takes the points back after the relay has lost one of the repayments. */
const REPAID_TWICE_AND_PUT_BACK: Step[] = [
  { kind: 'sell', till: 0, customer: 2, price: 27, paid: 0, points: 0, consent: 'owner' },
  ...[up(0), { kind: 'down', till: 1, fault: 'none' } as const],
  { kind: 'repay', till: 0, customer: 2, price: 29 },
  { kind: 'repay', till: 1, customer: 2, price: 29 },
  ...[up(0), { kind: 'down', till: 1, fault: 'none' } as const],
  { kind: 'put-back', till: 0, isSaid: true },
  { kind: 'return', till: 1, nth: 3 },
];
/** The relay loses an id with the entries it carried over; its device carries them over under the next id, and gets yet another. */
const LEFT_TWICE: Step[] = [
  { kind: 'return-without-sale', ...till(2), price: 21 },
  ...[
    { kind: 're-enrol', till: 2 } as const,
    { kind: 'put-back', till: 1, isSaid: false } as const,
  ],
  ...[up(2), { kind: 're-enrol', till: 2 } as const, up(2), { kind: 're-enrol', till: 2 } as const],
  { kind: 'goods', till: 2, what: 'count', amount: 37 },
];
/** A device leaves an id that the relay lost with everything it had carried over; nobody had asked the relay in between. */
const LEFT_UNKNOWN: Step[] = [
  { kind: 'sell', ...till(0), price: 48, paid: 0, points: 0, consent: 'owner' },
  ...[{ kind: 're-enrol', till: 0 } as const, up(0)],
  ...[
    { kind: 'put-back', till: 0, isSaid: false } as const,
    { kind: 're-enrol', till: 0 } as const,
  ],
];

test(
  'all tills agree once everybody has exchanged with everybody, whatever happened on the way',
  async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        try {
          const at = await play(schedule);
          expect(await at.disagreements()).toEqual([]);
          for (const { db } of at.tills) expect(await checkRemote(db)).toBe(false);
        } catch (error) {
          // a failure in this schedule must not make the next one fail
          await closeShop();
          throw error;
        }
      }),
      {
        numRuns: cases(RUNS),
        // the same schedules in every short run, which meet each of `FAULTS_TO_MEET` and make each act, most of them several
        // times; others in the long run, and with a larger COUNTERFOIL_CASES
        ...(cases(1) === 1 ? { seed: 20_261_128 } : {}),
        examples: [
          [MEETING],
          [LOST_AND_RE_ENROLLED],
          [RE_ENROLLED_AND_LOST],
          [RETURNED_WITHOUT_CARD],
          [RETURN_OF_LOST_SALE],
          [MERGED],
          [FORGOTTEN_AND_CLONED],
          [RETURNED_AND_CLONED],
          [PAID_OUT],
          [UNDONE],
          [UNDONE_AND_CODES],
          [JOINED],
          [FORGOTTEN_BEFORE_UPLOAD],
          [REPAID_TWICE_AND_PUT_BACK],
          [UNDONE_AND_LOST],
          [FORGOTTEN_AND_REFUSED],
          [LEFT_TWICE],
          [LEFT_UNKNOWN],
        ],
      },
    );
    await closeShop();
    expect(FAULTS_TO_MEET.filter((fault) => !met.has(fault))).toEqual([]);
    // control: most sums could be compared
    expect(sums.compared).toBeGreaterThan(9 * sums.notCompared);
    const stepped = Object.entries(STEP_OF).filter(([, step]) => step !== null);
    expect(stepped.map(([act]) => act).filter((act) => !made.has(act))).toEqual([]);
  },
  limitOf(1_200_000),
);

test('the same schedule ends in the same state', async () => {
  for (const schedule of fc.sample(schedules, { numRuns: 2, seed: 7 })) {
    const states: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      // the goods and the order of a shop go on with the next schedule
      await closeShop();
      states.push(await (await play(schedule)).state());
    }
    expect(states[1]).toBe(states[0]);
  }
});
