// Finds the acts of other tills that an entry conflicts with because its author did not know them.
import { flatMapInTurn } from '../in-turn';
import type { FlagKind } from '$lib/contract/journal-upload';
import { MOST_AGAINST } from '$lib/contract/shop-journal';
import { againRulesOf, asksOf } from '$lib/domain/acts-again';
import { writtenTo } from '$lib/domain/rows';
import type { Relay } from '../context';
import type { Place } from '../store/discrepancies';
import type { Finding } from '../store/flags';
import { creditChangedSince } from '../store/credits';
import { movedUnknown } from '../store/debts';
import type { AuthorView } from '../store/originals';
import { returnsUnknown } from '../store/returns';
import type { Facts } from './audit-proofs';
import { projected, type Original } from './entry-reading';
import { samePaidBack } from './elsewhere';

/** Findings about the sum of several acts. */
const OF_SUMS: ReadonlySet<FlagKind> = new Set<FlagKind>([
  ...(['limit-elsewhere', 'points-elsewhere', 'cap-elsewhere', 'threshold-elsewhere'] as const),
]);

/** The acts of others, unknown to the author, that a finding depends on; the newest first. */
export async function conflictingActs(
  db: Relay['db'],
  original: Original,
  { kind, detail }: Finding,
  { facts, device, seen }: AuthorView & { readonly facts: Facts },
): Promise<readonly Place[]> {
  const { movements, known } = original;
  if (kind === 'customer-forgotten') {
    const by = facts.forgottenBy(detail ?? '');
    return by === null ? [] : [by];
  }
  const { returned, samePaidBack: same } = known === null ? {} : againRulesOf(known.act);
  if (kind === 'paid-back-elsewhere') {
    const paid = (known && same?.(known.body)) ?? null;
    return paid === null ? [] : samePaidBack(db, paid, { device, seen }, MOST_AGAINST);
  }
  if (kind === 'earned-elsewhere') {
    const rows = writtenTo('debts', projected(original));
    const customer = rows[0]?.customer ?? null;
    const debts = rows.map(({ debt }) => debt);
    return customer === null
      ? []
      : movedUnknown(db, { customer, device, seen, way: 'down', debts }, MOST_AGAINST);
  }
  if (kind === 'earning-cap-elsewhere')
    return facts
      .earningSales()
      .filter((sale) => !facts.isOfDevice(sale))
      .toSorted((a, b) => b.at - a.at)
      .slice(0, MOST_AGAINST);
  if (kind === 'repaid-elsewhere') {
    const customer = (known && asksOf(known).debtsOf) ?? null;
    return customer === null
      ? []
      : movedUnknown(db, { customer, device, seen, way: 'down', debts: null }, MOST_AGAINST);
  }
  const sale = (known && returned?.(known.body).sale) ?? null;
  if (kind === 'returned-elsewhere' && sale !== null)
    return returnsUnknown(db, { sale, device, seen }, MOST_AGAINST);
  if (!OF_SUMS.has(kind)) return [];
  if (detail === 'correct-balance')
    return facts
      .movedByRight()
      .filter((act) => !facts.isKnown(act, act.customer))
      .toSorted((a, b) => b.at - a.at)
      .slice(0, MOST_AGAINST);
  const moved = movements.filter(({ action }) => action === detail);
  const customers = [...new Set(moved.map(({ customer }) => customer))];
  const acts = customers.flatMap((customer) =>
    facts
      .actsOf(customer)
      .filter((act) => act.action === detail && !facts.isKnown(act, customer))
      .toSorted((a, b) => b.at - a.at),
  );
  if (acts.length > 0) return acts.slice(0, MOST_AGAINST);
  // no other till added debt, so another till changed the limit
  const changes = await flatMapInTurn(
    kind === 'limit-elsewhere' ? customers : [],
    async (customer) => (await creditChangedSince(db, { customer, device, seen })) ?? [],
  );
  return changes.slice(0, MOST_AGAINST);
}
