// No false flags: what correct tills do to the same customers, online or offline, breaks no rule.
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { cases, limitOf } from '../support/cases';
import { openShop, type Shop } from '../support/challenges';
import { HonestTill } from '../support/honest-till';
import { TillClient } from '../support/till-client';
import { TillJournal } from '../support/till-journal';

const HOUR = 3_600_000;
const CASHIER = uuidv7();
const SENIOR = uuidv7();
const MANAGER = uuidv7();
const withStaff = (policy: Policy): Policy => {
  const [owner] = policy.operators;
  return {
    ...policy,
    operators: [
      owner!,
      { ...owner!, id: CASHIER, name: 'Вера', group: 'cashier' },
      { ...owner!, id: SENIOR, name: 'Глеб', group: 'senior-cashier' },
      { ...owner!, id: MANAGER, name: 'Мария', group: 'manager' },
    ],
  };
};

let shop: Shop;
let tills: HonestTill[];
beforeAll(async () => {
  shop = await openShop(withStaff);
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  await other.enrol((await shop.till.call('POST', '/tills/enrolments')).json.token as string);
  other.tokens = shop.till.tokens;
  tills = [];
  // the other till's clock is a minute slow
  for (const [till, now] of [
    [shop.till, shop.clock.now],
    [other, () => shop.clock.now() - 60_000],
  ] as const) {
    const journal = new TillJournal(till, now);
    await journal.enrolled();
    tills.push(new HonestTill(journal, await shop.till.policy(), now));
  }
});
afterAll(() => shop.stop());

const tillOf = fc.nat(1);
const operator = fc.constantFrom('cashier', 'senior', 'manager', 'owner');
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('sell'),
      till: tillOf,
      operator,
      by: operator,
      card: fc.nat(3),
      price: fc.integer({ min: 1, max: 400_000 }),
      cash: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400_000 })),
      points: fc.oneof(fc.constant(0), fc.nat(200)),
    } as const),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('review'),
      till: tillOf,
      operator,
      what: fc.constantFrom('dispute', 'close', 'review'),
    } as const),
  },
  fc.record({
    kind: fc.constant('credit'),
    till: tillOf,
    card: fc.nat(3),
    // the same choice as on the till's own card, because a cashier saves it
    isSame: fc.boolean(),
    limit: fc.integer({ min: 0, max: 2_000_000 }),
    to: fc.constantFrom('shop-limit', 'own-limit', 'unlimited', 'no-credit'),
  } as const),
  fc.record({
    kind: fc.constant('policy'),
    threshold: fc.constantFrom(0, 50_000, 500_000),
    earnBasisPoints: fc.integer({ min: 0, max: 1000 }),
    pointValue: fc.constantFrom(1, 33, 100),
    debtLimit: fc.integer({ min: 0, max: 1_500_000 }),
    isNone: fc.boolean(),
  } as const),
  // a till gets the newest policy only at this moment
  fc.record({ kind: fc.constant('hear'), till: tillOf } as const),
  fc.record({ kind: fc.constant('pass'), hours: fc.integer({ min: 1, max: 400 }) } as const),
  // a session each day, whether the journal is uploaded or not
  fc.record({ kind: fc.constant('idle'), days: fc.integer({ min: 1, max: 5 }) } as const),
  fc.record({ kind: fc.constant('contact'), till: tillOf } as const),
  fc.record({ kind: fc.constant('upload'), till: tillOf, keep: fc.nat(5) } as const),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function change(parts: Extract<Step, { kind: 'policy' }>): Promise<void> {
  await shop.till.signIn();
  await shop.till.elevate();
  const policy = await shop.till.policy();
  const method = { ...policy.methods['sell-on-account'], threshold: parts.threshold };
  const { earnBasisPoints, pointValue, debtLimit } = parts;
  const reply = await shop.till.putPolicy(policy.version, {
    ...policy,
    methods: {
      'redeem-points': method,
      'sell-on-account': { ...method, chain: parts.isNone ? [] : ['sms'] },
    },
    points: { ...policy.points, earnBasisPoints, pointValue },
    credit: { ...policy.credit, debtLimit },
  });
  if (reply.json.kind !== 'policy') throw new Error(JSON.stringify(reply.json));
}

/** Uploads all new entries except the last `keep`: a long day is uploaded in parts. */
async function upload({ journal }: HonestTill, keep: number): Promise<void> {
  const entries = journal.entries.slice(0, Math.max(1, journal.entries.length - keep));
  await journal.till.signIn();
  for (let from = 0; from < entries.length; from += 150) {
    const reply = await journal.upload(entries.slice(from, from + 150));
    if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  }
}

type Found = { readonly kind: FlagKind; readonly detail: string | null; readonly made: unknown };

function findings(): Found[] {
  const sql = 'SELECT till, seq, kind, detail FROM flags ORDER BY cursor';
  const rows = shop.relay.file.prepare(sql).all() as (Omit<Found, 'made'> & {
    readonly till: string;
    readonly seq: number;
  })[];
  return rows.map(({ till, seq, kind, detail }) => {
    const made = tills.find(({ journal }) => journal.till.id === till)?.journal.entries[seq - 1];
    return { kind, detail, made };
  });
}

/** Each of two tills acts on a customer without the other knowing. */
const APART: Step[] = [
  {
    kind: 'policy',
    threshold: 50_000,
    debtLimit: 1_500_000,
    isNone: false,
    earnBasisPoints: 100,
    pointValue: 100,
  },
  ...[0, 1].map((till): Step => ({ kind: 'hear', till })),
  // below the threshold, and within the customer's cap, at each till
  ...[0, 1].map((till) => onAccount({ till, card: 0, price: 40_000 })),
  ...[0, 1].map((till) => onAccount({ till, card: 1, price: 200_000 })),
  { kind: 'review', till: 0, operator: 'owner', what: 'dispute' },
  { kind: 'credit', till: 0, card: 0, limit: 0, to: 'own-limit', isSame: false },
  { kind: 'pass', hours: 1 },
  ...[0, 1].map((card) => onAccount({ till: 1, card, price: 9000 })),
  { kind: 'credit', till: 1, card: 0, limit: 0, to: 'own-limit', isSame: true },
];

function onAccount(of: { till: number; card: number; price: number }): Step {
  return { kind: 'sell', operator: 'cashier', by: 'owner', cash: 0, points: 0, ...of };
}

const ELSEWHERE: FlagKind[] = [
  ...(['limit-elsewhere', 'cap-elsewhere', 'threshold-elsewhere', 'customer-disputed'] as const),
];

test(
  'nothing that correct tills do breaks a rule: what one could not know of the other is a discrepancy',
  async () => {
    const who = () => ({
      cashier: CASHIER,
      senior: SENIOR,
      manager: MANAGER,
      owner: shop.till.ownerId,
    });
    const kinds = new Set<FlagKind>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        // customers of both tills, which do not know each other's acts: two new ones, two imported
        const cards = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
        for (const till of tills)
          for (const [j, card] of cards.entries())
            if (j < 2) await till.saveCard(card, { kind: 'shop-limit' }, CASHIER);
            else
              await till.importCustomer(card, { owed: 20_000 * j, points: 100 * j }, who().owner);
        for (const each of steps) {
          switch (each.kind) {
            case 'sell': {
              const { price, cash, points } = each;
              const customer = cards[each.card]!;
              const [operatorId, by] = [who()[each.operator], who()[each.by]];
              await tills[each.till]!.sell({
                customer,
                operator: operatorId,
                by,
                price,
                cash,
                points,
              });
              break;
            }
            case 'review':
              await tills[each.till]!.review(each.what, who()[each.operator]);
              break;
            case 'credit': {
              const credit =
                each.to === 'own-limit' ? { kind: each.to, limit: each.limit } : { kind: each.to };
              const [till, card] = [tills[each.till]!, cards[each.card]!];
              if (each.isSame) await till.saveCardAgain(card, CASHIER);
              else await till.saveCard(card, credit, who().owner);
              break;
            }
            case 'policy':
              await change(each);
              break;
            case 'hear':
              tills[each.till]!.policy = (await shop.till.policy()) as VerifiedPolicy;
              break;
            case 'pass':
              shop.clock.pass(each.hours * HOUR);
              await shop.till.signIn();
              break;
            case 'idle':
              for (let day = 0; day < each.days; day += 1) {
                shop.clock.pass(24 * HOUR);
                for (const { journal } of tills) await journal.till.signIn();
              }
              break;
            case 'contact':
              await tills[each.till]!.journal.till.signIn();
              break;
            case 'upload':
              await upload(tills[each.till]!, each.keep);
          }
        }
        for (const till of tills) await upload(till, 0);
        const found = findings();
        expect(found.filter(({ kind }) => !isDiscrepancy(kind))).toEqual([]);
        for (const { kind } of found) kinds.add(kind);
      }),
      { numRuns: cases(12), examples: [[APART]] },
    );
    // control: the tills did sell, and did acts that the other one could not know
    expect(tills.map(({ sales }) => sales > 10)).toEqual([true, true]);
    expect([...kinds]).toEqual(expect.arrayContaining(ELSEWHERE));
  },
  limitOf(90_000),
);
