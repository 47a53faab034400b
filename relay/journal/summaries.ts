// The owners' daily summary: acts by right, flags, tills in contact again, guessing, and so on.
import type { GoodsTold, OwnerSummary } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { DAY_MS } from '$lib/domain/values/durations';
import { exact } from '$lib/domain/values/money';
import { wordOwnerSummary } from '$lib/domain/messages/owner-summary';
import { operatorOf } from '$lib/domain/policy/policy';
import { ownersOf } from '$lib/domain/policy/policy-weakening';
import type { Relay } from '../context';
import { flatMapInTurn, mapInTurn } from '../in-turn';
import { enqueue, localZone, toOperator } from '../messaging/outbox/outbox';
import { provenTag } from '../store/operator-codes';
import { newestSummaryAt } from '../store/messages-by-purpose';
import { phoneTag } from '../store/phones';
import {
  doneAway,
  dropSummaryItems,
  summaryItems,
  summaryWaitsSince,
  type KeptItem,
} from '../store/summaries';
import { tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';

/** When the summary of a day is sent, by the clock of the relay's machine. */
const HOUR = 9;

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'policy'>;
type Told = Omit<OwnerSummary, 'recipients'>;

/** Before each round of the outbox: queues the summary once a day, if there is anything to report. */
export async function prepareSummary(parts: Parts): Promise<void> {
  const policy = parts.policy()?.policy;
  if (policy !== undefined && (await isDue(parts)))
    await inTransaction(parts, (parts) => queueSummary(parts, policy));
}

async function isDue({ db, now }: Parts): Promise<boolean> {
  const since = await summaryWaitsSince(db);
  if (since === null || nextHour(since) > now()) return false;
  return ((await newestSummaryAt(db)) ?? 0) + DAY_MS <= now();
}

/** The first time after `at` at which a summary is sent, ms. */
function nextHour(at: number): number {
  const due = new Date(at);
  due.setHours(HOUR, 0, 0, 0);
  if (due.getTime() <= at) due.setDate(due.getDate() + 1);
  return due.getTime();
}

async function queueSummary(parts: Parts, policy: Policy): Promise<void> {
  const { db, now } = parts;
  const items = await summaryItems(db);
  const last = items.at(-1);
  // another round has queued it meanwhile
  if (last === undefined || !(await isDue(parts))) return;
  const told = await summaryOf(parts, policy, items);
  const text = wordOwnerSummary(told, policy, localZone());
  const owners = await flatMapInTurn(ownersOf(policy), async ({ id, phone }) =>
    phone !== null && (await isProven(parts, id, phone))
      ? [toOperator(parts, id, phone, { text, news: null })]
      : [],
  );
  await enqueue(
    parts,
    {
      purpose: 'daily-summary',
      about: null,
      customer: null,
      till: null,
      seq: 0,
      at: now(),
      room: 'owners',
      text,
      news: null,
      service: null,
      details: JSON.stringify(told),
    },
    owners,
  );
  await dropSummaryItems(db, last.id);
}

async function summaryOf(parts: Parts, policy: Policy, items: readonly KeptItem[]): Promise<Told> {
  const { db, now } = parts;
  const acts = new Map<string, OwnerSummary['acts'][number]>();
  const flags = new Map<string, OwnerSummary['flags'][number]>();
  const guessed = new Set<string>();
  const drawer = new Map<string, OwnerSummary['drawer'][number]>();
  const sold = new Map<string | null, OwnerSummary['sold'][number]>();
  const openings = new Map<string, OwnerSummary['openings'][number]>();
  const back = new Map<string, Extract<KeptItem, { kind: 'till-back' }>>();
  const earned = new Map<string, number>();
  const repaid = new Map<string, number>();
  let untold: number | null = null;
  for (const item of items)
    switch (item.kind) {
      case 'act': {
        const { operator, act: kind } = item;
        const key = `${operator} ${kind}`;
        const { count, debt, points, goods } = acts.get(key) ?? NO_ACTS;
        const sums = { debt: exact(debt + item.debt), points: exact(points + item.points) };
        const told = goods === null ? item.goods : withMore(goods, item.goods);
        acts.set(key, { operator, kind, count: count + 1, ...sums, goods: told });
        break;
      }
      case 'flag':
        flags.set(item.flag, { kind: item.flag, count: (flags.get(item.flag)?.count ?? 0) + 1 });
        break;
      case 'guessing':
        guessed.add('till' in item ? `till ${item.till}` : (item.phoneTag ?? 'shop'));
        break;
      case 'opening': {
        const { operator } = item;
        openings.set(operator, { operator, count: (openings.get(operator)?.count ?? 0) + 1 });
        break;
      }
      case 'drawer':
      case 'routine': {
        const { operator, what } = item;
        const key = `${operator} ${what}`;
        const { count, amount } = drawer.get(key) ?? { count: 0, amount: 0 };
        drawer.set(key, { operator, what, count: count + 1, amount: exact(amount + item.amount) });
        break;
      }
      case 'sold': {
        const { operator } = item;
        const { sales, discounts } = sold.get(operator) ?? { sales: 0, discounts: 0 };
        sold.set(operator, {
          operator,
          sales: exact(sales + Math.max(0, item.sales)),
          discounts: exact(discounts + Math.max(0, item.discounts)),
        });
        break;
      }
      case 'earned':
        earned.set(item.customer, Math.max(item.points, earned.get(item.customer) ?? 0));
        break;
      case 'repaid':
        repaid.set(item.customer, exact(item.amount + (repaid.get(item.customer) ?? 0)));
        break;
      case 'till-back':
        if (!back.has(item.till)) back.set(item.till, item);
        break;
      case 'put-back':
        untold = (untold ?? 0) + item.untold;
    }
  const active = policy.operators.filter((operator) => operator.active);
  const named = [...new Set([...acts.values()].flatMap(({ operator }) => operator ?? []))];
  return {
    since: items[0]?.at ?? now(),
    at: now(),
    acts: [...acts.values()],
    unproven: await flatMapInTurn(named, async (operator) => {
      const phone = operatorOf(policy, operator)?.phone ?? null;
      return phone !== null && (await isProven(parts, operator, phone)) ? [] : [operator];
    }),
    sole: active.length === 1 && named.length > 0 ? (active[0]?.id ?? null) : null,
    flags: [...flags.values()],
    tills: await mapInTurn([...back.values()], async ({ till, since, at }) => ({
      till,
      since,
      at,
      name: (await tillById(db, till))?.name ?? '',
      ...(await doneAway(db, { till, since, back: at })),
    })),
    guessing: {
      numbers: [...guessed].filter((one) => one !== 'shop' && !one.startsWith('till ')).length,
      tills: [...guessed].filter((one) => one.startsWith('till ')).length,
      shop: guessed.has('shop'),
    },
    // small corrections of the day are nobody's news
    drawer: [...drawer.values()].filter(
      ({ what, operator, amount }) =>
        what !== 'goods-removed' ||
        isMuchRemoved(amount, sold.get(operator)?.sales ?? 0, policy.notices),
    ),
    sold: [...sold.values()].filter(({ discounts }) => discounts > 0),
    earned: [...earned]
      .map(([customer, points]) => ({ customer, points }))
      .toSorted((a, b) => b.points - a.points),
    repaid: [...repaid]
      .map(([customer, amount]) => ({ customer, amount }))
      .filter(({ amount }) => amount >= policy.notices.largeFrom)
      .toSorted((a, b) => b.amount - a.amount),
    openings: [...openings.values()],
    putBack: untold === null ? null : { untold },
  };
}

const NO_ACTS = { count: 0, debt: 0, points: 0, goods: null };

/** The example stays: the first one that has a name. */
function withMore(goods: GoodsTold, more: GoodsTold | null): GoodsTold {
  if (more === null) return goods;
  const example = goods.example.name === null ? more.example : goods.example;
  return { products: exact(goods.products + more.products), example };
}

/** The share of a person's sales from which on removed goods are in the summary, basis points. */
const MUCH_REMOVED = 500;

/** Whether goods removed by a person, minor units, are about ten loaves (half a large sum) or a share of their sales. */
const isMuchRemoved = (removed: number, sales: number, { largeFrom }: Policy['notices']): boolean =>
  2 * removed >= largeFrom || (sales > 0 && removed * 10_000 >= sales * MUCH_REMOVED);

const isProven = async (
  parts: Pick<Parts, 'db' | 'cipher'>,
  operator: string,
  phone: string,
): Promise<boolean> => (await provenTag(parts.db, operator)) === phoneTag(parts, phone);
