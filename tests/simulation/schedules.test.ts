// Random schedules of several tills over a bad network end with the same sums everywhere.
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { FlagKind } from '$lib/contract/journal-upload';
import { DAY_MS } from '$lib/domain/account';
import { isDiscrepancy } from '$lib/domain/discrepancy';
import { customerById } from '$lib/storage/customers/customers';
import { closeDispute, disputeOf, openDispute } from '$lib/storage/customers/disputes';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cases, limitOf } from '../support/cases';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { WholeTill, type Shop } from '../support/whole-till';

const TILLS = 3;
const CUSTOMERS = 2;

let relay: RunningRelay;
let shop: Shop;
let clock: ReturnType<typeof makeClock>;
let tills: WholeTill[];

beforeAll(async () => {
  clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
  relay = await startRelay({ now: clock.now });
  shop = { relay, clock, owner: await TillClient.ready(relay.url, clock.now) };
  tills = [];
  for (let n = 1; n <= TILLS; n += 1) tills.push(await WholeTill.enrolled(shop, `Касса ${n}`));
});
afterAll(async () => {
  await Promise.all(tills.map((till) => till.close()));
  await relay.stop();
});

/** What the network does with one exchange: nothing, loses the request, or loses the reply. */
const FAULTS = ['none', 'request-lost', 'reply-lost'] as const;
type Fault = (typeof FAULTS)[number];

const faulty =
  (fault: Fault) =>
  (ask: typeof fetch): typeof fetch =>
  async (input, init) => {
    if (fault === 'request-lost') throw new TypeError('lost');
    const response = await ask(input, init);
    if (fault === 'reply-lost') throw new TypeError('lost');
    return response;
  };

const till = fc.nat(TILLS - 1);
const customer = fc.nat(CUSTOMERS - 1);
const fault = fc.constantFrom(...FAULTS);
const sell = fc.record({
  ...{ kind: fc.constant('sell' as const), till, customer },
  price: fc.integer({ min: 1, max: 60 }).map((roubles) => roubles * 1_000),
  paid: fc.constantFrom(0, 0.5, 1),
  points: fc.nat(3),
});
const step = fc.oneof(
  { arbitrary: sell, weight: 6 },
  { arbitrary: fc.record({ kind: fc.constant('up' as const), till, fault }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('down' as const), till, fault }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('save' as const), till, customer }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('dispute' as const), till, customer }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('close' as const), till, customer }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('forget' as const), till }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('re-enrol' as const), till }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('restart' as const), till }), weight: 1 },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What really happened to the customers of one schedule. */
class Oracle {
  readonly sums = new Map<string, { owed: number; points: number }>();

  of(id: string): { owed: number; points: number } {
    return this.sums.get(id) ?? { owed: 0, points: 0 };
  }

  sold(accounts: readonly { customer: string; account: string; delta: number }[]): void {
    for (const { customer: id, account, delta } of accounts) {
      const { owed, points } = this.of(id);
      this.sums.set(
        id,
        account === 'debt' ? { owed: owed + delta, points } : { owed, points: points + delta },
      );
    }
  }
}

async function run(one: Step, ids: readonly string[], oracle: Oracle): Promise<void> {
  const at = tills[one.till];
  if (at === undefined) throw new Error('no till');
  const by = { operator: shop.owner.ownerId, at: clock.now() };
  const id = 'customer' in one ? (ids[one.customer] ?? '') : '';
  switch (one.kind) {
    case 'sell': {
      const cash = Math.floor((one.price * one.paid) / 100) * 100;
      const points = one.points * 100 <= one.price - cash ? one.points : 0;
      const known = await customerById(at.db, id);
      const outcome = await at.sell(known === null ? null : id, {
        ...{ price: one.price, points: known === null ? 0 : points },
        cash: known === null ? one.price : cash,
      });
      if (outcome.kind === 'saved') {
        const { accounts } = outcome.entry.body as { accounts: Parameters<Oracle['sold']>[0] };
        oracle.sold(accounts);
      }
      return;
    }
    case 'up':
    case 'down':
      at.network = faulty(one.fault);
      await (one.kind === 'up' ? at.upload() : at.download());
      at.network = (ask) => ask;
      return;
    case 'save':
      return at.save(id, { name: `Анна ${clock.now() % 1_000}` });
    case 'dispute': {
      await openDispute(at.db, { customer: id, about: null, note: null, ...by });
      return;
    }
    case 'close': {
      const open = await disputeOf(at.db, id);
      if (open === null) return;
      const closing = { customer: id, outcome: 'stands', note: 'Asked them', ...by } as const;
      await closeDispute(at.db, { entry: open.entry, ...closing });
      return;
    }
    case 'forget':
      return forgetRemote(at.db);
    case 're-enrol':
      return at.reEnrol();
    case 'restart':
      return relay.restart();
  }
}

/** Everybody sends all there is, then everybody gets all there is. */
async function heal(): Promise<void> {
  for (const each of tills) expect((await each.upload()).kind).toBe('up-to-date');
  for (const each of tills) expect((await each.download()).kind).toBe('up-to-date');
}

/** Where tills differ from what really happened, or from each other. */
async function disagreements(ids: readonly string[], oracle: Oracle): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const cards = await Promise.all(tills.map(({ db }) => customerById(db, id)));
    const open = await Promise.all(tills.map(({ db }) => disputeOf(db, id)));
    for (const [n, each] of tills.entries()) {
      const { owed, points } = await each.standing(id);
      const real = oracle.of(id);
      if (owed !== real.owed || points !== real.points)
        found.push(`till ${n}: ${owed} and ${points}, not ${real.owed} and ${real.points}`);
      if (cards[n]?.name !== cards[0]?.name) found.push(`till ${n}: another card`);
      if (open[n]?.entry !== open[0]?.entry) found.push(`till ${n}: another dispute`);
    }
  }
  return found;
}

test(
  'all tills agree once everybody has heard everybody, whatever was lost on the way',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (schedule) => {
        // caps and thresholds of an earlier schedule are over
        clock.pass(31 * DAY_MS);
        const ids = Array.from({ length: CUSTOMERS }, () => uuidv7());
        const [first] = tills;
        for (const id of ids) await first?.save(id);
        await heal();
        const oracle = new Oracle();
        for (const one of schedule) {
          clock.pass(1_000);
          await run(one, ids, oracle);
        }
        await heal();
        expect(await disagreements(ids, oracle)).toEqual([]);
        for (const { db } of tills) expect(await checkRemote(db)).toBe(false);
        const kinds = relay.file.prepare('SELECT DISTINCT kind FROM flags').pluck().all();
        expect((kinds as FlagKind[]).filter((kind) => !isDiscrepancy(kind))).toEqual([]);
      }),
      { numRuns: cases(25) },
    );
  },
  limitOf(240_000),
);

test('an entry that is skipped or applied twice is seen', async () => {
  const id = uuidv7();
  const [first, second] = tills;
  if (first === undefined || second === undefined) throw new Error('no tills');
  const oracle = new Oracle();
  await first.save(id);
  oracle.sold([{ customer: id, account: 'debt', delta: 10_000 }]);
  await first.sell(id, { price: 10_000 });
  await heal();
  expect(await disagreements([id], oracle)).toEqual([]);
  for (const sum of [0, 20_000]) {
    await second.db.remoteBalances.put({ customer: id, account: 'debt', sum });
    expect(await disagreements([id], oracle)).toEqual([`till 1: ${sum} and 0, not 10000 and 0`]);
  }
  await forgetRemote(second.db);
});
