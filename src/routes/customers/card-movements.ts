// The movements of a customer's debt, points or purchases for their card, with proofs and disputes.
import type { Account } from '$lib/contract/rows';
import type { Act } from '$lib/contract/journal';
import { knownEntry } from '$lib/proof/known-entry';
import { disputesAbout, type Dispute } from '$lib/storage/customers/disputes';
import { movementsOf, type Movement, type Movements } from '$lib/storage/customers/statement';
import type { TillDb } from '$lib/storage/database/db';
import type { ProofJudge, ProvenAct } from '$lib/storage/journal/proof-judge';
import { snapshotIn } from '$lib/storage/remote/remote-snapshot';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { actWords, operatorWords, receiptOf as returnedReceiptOf } from '../shared/words/act-words';
import { movementWords, receiptOf } from './statement-rows';

export type CardMovement = {
  readonly movement: Movement<number>;
  readonly proofs: readonly ProvenAct[];
  /** The newest dispute about its entry; null: none. */
  readonly dispute: Dispute | null;
};

export type CardMovements = Omit<Movements, 'movements'> & {
  readonly rows: readonly CardMovement[];
  /** Movements of other tills before this time are not on this till, ms; null: all are. */
  readonly since: number | null;
};

/** The `limit` newest movements of one of a customer's sums. Throws StorageError. */
export async function readMovements(
  db: TillDb,
  judge: ProofJudge,
  {
    customer,
    account,
    limit,
  }: { readonly customer: string; readonly account: Account; readonly limit: number },
): Promise<CardMovements> {
  const [{ movements, ...rest }, snapshot] = await Promise.all([
    movementsOf(db, customer, account, limit),
    snapshotIn(db),
  ]);
  const disputes = await disputesAbout(
    db,
    movements.map(({ hash }) => hash),
  );
  const rows = await Promise.all(
    movements.map(async (movement): Promise<CardMovement> => ({
      movement,
      proofs: (movement.entry === null ? [] : await judge.judge(movement.entry)).filter((each) =>
        isAbout(each, movement, account),
      ),
      dispute: disputes.get(movement.hash) ?? null,
    })),
  );
  return { ...rest, rows, since: snapshot?.at ?? null };
}

/**
 * Whether a confirmation belongs to a movement. A sale may have separate ones for its debt and its redeemed points, and an
 * import has one for each debt; in other acts one confirmation covers all movements.
 */
function isAbout(
  { confirmation, customer }: ProvenAct,
  { entry, card, delta }: Movement<number>,
  account: Account,
): boolean {
  if (customer !== card) return false;
  if (entry?.act !== 'sale' && entry?.act !== 'customers-imported')
    return account !== 'purchases' || entry?.act === 'return';
  return account === 'debt'
    ? confirmation.action === 'sell-on-account'
    : account === 'points' && confirmation.action === 'redeem-points' && delta < 0;
}

/** What happened: `Points redeemed`, `Sale No. 12`, `Debt payment · cash`. */
export function cardMovementWords(movement: Movement<number>, account: Account): string {
  const { entry, delta } = movement;
  if (account === 'debt') return movementWords(movement);
  const known = entry === null ? null : knownEntry(entry);
  if (entry === null || known === null) return t().repayment.otherEntry;
  return (
    (account === 'points' && pointsWords(known.act, delta)) || actWords({ entry, moved: null })
  );
}

/** The words for a movement of points; undefined: use the words for the act. */
function pointsWords(act: Act, delta: number): string | undefined {
  const words = t().customers.pointsMoved;
  const byAct: Partial<Record<Act, string>> = {
    sale: delta > 0 ? words.earned : words.redeemed,
    return: delta > 0 ? words.givenBack : words.takenBack,
    repayment: words.earnedByRepaying,
    'repayment-cancelled': words.takenWithRepayment,
    'customers-imported': words.opening,
  };
  return byAct[act];
}

/** Receipt, operator, the till if it is another one, and the card if the movement came with another card. */
export function cardMovementNote(
  { entry, till: where, card }: Movement<number>,
  account: Account,
  customer: string,
): string {
  const parts = [
    account === 'purchases' || entry === null ? '' : receiptWords(entry, account),
    entry === null ? '' : operatorWords(entry.operator),
    till.otherTill(where) ?? '',
    card === customer ? '' : t().customers.mergedCard,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function receiptWords(entry: NonNullable<Movement['entry']>, account: Account): string {
  const known = knownEntry(entry);
  // for a return that reduced a debt, the words name the receipt already
  const number =
    account === 'points' && known?.act === 'return'
      ? (returnedReceiptOf(known.body) ?? '')
      : receiptOf({ entry });
  return number === '' ? '' : t().repayment.openDebt.sale(number);
}
