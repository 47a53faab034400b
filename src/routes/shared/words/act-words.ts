// Words for what a journal entry did.
import type { BodyOf, Entry, KnownEntry } from '$lib/contract/journal';
import type { SaleAction } from '$lib/contract/values';
import { operatorOf, groupOf } from '$lib/domain/policy/policy';
import { till } from '$lib/state/till.svelte';
import { knownEntry } from '$lib/proof/known-entry';
import { t } from '$lib/ui/text/current.svelte';
import { groupWords } from './group-words';
import type { ProvenAct } from '$lib/storage/journal/proof-judge';

/** Without the customer's name. `moved`: one debt or redemption of the entry; null: the whole act. */
export function actWords({ entry, moved }: { entry: Entry; moved: ProvenAct | null }): string {
  const words = t().journal;
  const known = knownEntry(entry);
  if (known === null) {
    return entry.act in words.acts ? words.garbled : words.unknownAct(entry.act);
  }
  if (moved !== null) return movedWords({ known, action: moved.confirmation.action });
  switch (known.act) {
    case 'sale':
      return words.sale(till.printedNumber(known.till, known.body.number));
    case 'return':
      return returnWords(known.body);
    case 'cash-moved':
      return words.cashMoved[known.body.direction];
    case 'receipt-cancelled':
      return words.receiptCancelled(known.body.lines);
    case 'customers-imported':
      return words.customersImported(known.body.customers.length);
    case 'import-undone':
      return words.importUndone(known.body.customers.length);
    case 'products-changed': {
      const { added, changed, counted } = known.body;
      const products = new Set(changed.map(({ product }) => product)).size;
      const parts = [
        ...(added.length > 0 ? [words.goodsAdded(added.length)] : []),
        ...(products > 0 ? [words.goodsChanged(products)] : []),
        ...(counted.length > 0 ? [words.goodsCounted(counted.length)] : []),
      ];
      return words.goods(parts.join(', '));
    }
    case 'categories-changed':
      return words.categories(new Set(known.body.changed.map(({ category }) => category)).size);
    case 'balance-corrected':
      return words.corrected[correctionKind(known.body)];
    case 'policy-refused':
      return `${words.acts['policy-refused']}: ${t().errors.policyBecause[known.body.because]}`;
    case 'settled': {
      const { customer, outcome } = known.body;
      if (customer === null)
        return words.discrepancySettled(t().toSettle.outcomes[outcome].toLocaleLowerCase());
      return `${words.acts.settled}: ${t().unconfirmed.dispute.stands.toLocaleLowerCase()}`;
    }
    case 'unconfirmed-reviewed':
      return words.reviewed(known.body.entries.length);
    case 'numbers-skipped': {
      const { from, to } = known.body;
      const written = (number: number) => till.printedNumber(known.till, number);
      return words.numbersSkipped(written(from), written(to));
    }
    case 'pin-locked':
      return `${words.acts['pin-locked']} · ${operatorWords(known.body.operator)}`;
    default:
      return words.acts[known.act];
  }
}

/** One confirmed movement of an act: a debt, a redemption, or what a return gives back. */
export function movedWords({ known, action }: { known: KnownEntry; action: SaleAction }): string {
  const words = t().journal;
  if (known.act === 'balance-corrected') return words.corrected[correctionKind(known.body)];
  if (known.act === 'return') return returnWords(known.body);
  if (known.act === 'repayment-cancelled') return words.acts[known.act];
  if (action === 'redeem-points') return words.redeemed;
  return known.act === 'sale' ? words.onAccount : words.openingDebt;
}

/** Whether a confirmed movement is a new debt, which is shown as something owed. */
export const isDebt = (entry: Entry, action: SaleAction): boolean =>
  action === 'sell-on-account' && entry.act !== 'return';

function returnWords(body: BodyOf<'return'>): string {
  const words = t().journal;
  const receipt = receiptOf(body);
  return receipt === null ? words.returnWithoutSale : words.returnOf(receipt);
}

/** The receipt number of the sale that a return names, as printed; null: it names none. */
export const receiptOf = ({ sale }: Pick<BodyOf<'return'>, 'sale'>): string | null =>
  sale === null ? null : till.printedNumber(sale.till, sale.number);

/** The direction of a correction. */
const correctionKind = ({ account, delta }: BodyOf<'balance-corrected'>) =>
  account === 'debt' ? (delta > 0 ? 'debtUp' : 'debtDown') : delta > 0 ? 'pointsUp' : 'pointsDown';

/** The origin of a debt, such as a receipt or an opening balance. Null: its entry is not on this till. */
export function debtWords(entry: Entry | null): string {
  const words = t().repayment.openDebt;
  const known = entry === null ? null : knownEntry(entry);
  if (known?.act === 'sale') return words.sale(till.printedNumber(known.till, known.body.number));
  if (known?.act === 'balance-corrected') return words.correction;
  if (known?.act === 'overpayment-returned') return words.payout;
  return known?.act === 'customers-imported' ? words.opening : words.other;
}

/** `Anna, cashier`; a former operator keeps their name while the policy lists them. */
export function operatorWords(id: string | null): string {
  const policy = till.policy.current;
  if (id === null) return t().journal.nobody;
  const operator = policy ? operatorOf(policy, id) : null;
  if (!policy || operator === null) return t().proof.unknownOperator;
  const group = groupOf(policy, operator.group);
  return group === null ? operator.name : `${operator.name}, ${groupWords(group).toLowerCase()}`;
}

/** Points redeemed in a sale; 0 for other acts. */
export function pointsTaken(entry: Entry): number {
  const known = knownEntry(entry);
  if (known?.act !== 'sale') return 0;
  return known.body.tenders.reduce(
    (points, tender) => points + (tender.kind === 'points' ? tender.points : 0),
    0,
  );
}

/** Why there was no code; an unknown word from a newer version is shown as it is. */
export function openedWords(fact: string): string {
  const [kind, because] = fact.split(':');
  const refusals: Partial<Record<string, string>> = t().errors.refusals;
  const why = because === undefined ? undefined : refusals[because];
  if (kind === 'refused' && why !== undefined) return t().noCode.because.refused(why);
  const words: Partial<Record<string, string>> = t().journal.detail.noCode;
  return words[fact] ?? fact;
}
