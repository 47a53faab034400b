// Control sums: debt and points over all customers. A till compares them with its own sums.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sumsReply, sumsStated, type SumsReply, type SumsStated } from '$lib/contract/shop-journal';
import { RULES_VERSION } from '$lib/contract/version';
import { OWN_JOURNAL, replies, route, type Route } from '../http/route';
import type { Relay } from '../context';
import { commonWith } from '../store/journal';
import { sumsUpTo } from '../store/account-steps';
import { noteSums, type TillRow } from '../store/tills';

/** All first two hex digits of a hash, sorted. The steps of the entries in one such range are summed in one query. */
const SLICES = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));
/** Sorts after every hash. */
const END = 'g';

type Sums = { readonly debt: number; readonly points: number };

/**
 * Adds up the debt (minor units) and the points of all customers after the entry at this place in the shop's order. Returns null
 * if a sum is too large for an exact number. Reads in parts, between which other requests are answered: entries never change.
 */
async function controlSums({ db }: Pick<Relay, 'db'>, order: number): Promise<Sums | null> {
  let [debt, points, moved] = [0, 0, 0];
  for (const [place, from] of SLICES.entries()) {
    const slice = await sumsUpTo(db, { order, from, to: SLICES[place + 1] ?? END });
    debt += slice.debt;
    points += slice.points;
    moved += slice.moved;
    await nextTurn();
  }
  return Number.isSafeInteger(moved) ? { debt, points } : null;
}

/** Compares a till's sums with the relay's at the same place of the order, and records since when they differ. */
async function compare(
  relay: Pick<Relay, 'db' | 'now' | 'log'>,
  { id, sumsDifferSince }: TillRow,
  { point, rules, debt, points }: SumsStated,
): Promise<SumsReply['kind']> {
  const { db, now, log } = relay;
  const { order } = point;
  if (rules !== RULES_VERSION || (await commonWith(db, point)) !== order) return 'sums-unknown';
  const held = await controlSums(relay, order);
  if (held === null) return 'sums-unknown';
  const isSame = debt === held.debt && points === held.points;
  if (isSame !== (sumsDifferSince === null)) await noteSums(db, id, isSame ? null : now());
  if (isSame) return 'sums-agree';
  const off = { debt: debt - held.debt, points: points - held.points };
  log({ event: 'control-sums-differ', till: id, order, ...off });
  return 'sums-differ';
}

/** Comparing sums. */
export const controlSumRoutes = (relay: Relay): Route[] => [
  route('POST /journal/sums', {
    id: 'compareSums',
    summary: 'Compare the control sums of a till with those of the shop’s order',
    description:
      'Debt and points over all customers, of what counts up to `point`. That a till counts otherwise is in `GET /tills` until it says that it counts the same.',
    access: OWN_JOURNAL,
    body: sumsStated,
    replies: replies(sumsReply, { 'sums-agree': 200, 'sums-differ': 200, 'sums-unknown': 409 }),
  }).handle(async ({ till, body }) => ({ kind: await compare(relay, till, body) })),
];
