// A repayment that is cancelled in its shift: what is given back, who has to consent, and its rows.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { accountChanges, accountReads, usedBy } from '$lib/domain/account-rows';
import type { ProvenConfirmation } from '$lib/domain/confirmation';
import { confirmOne } from '$lib/domain/consent';
import type { Customer } from '$lib/domain/customer';
import { money, type Money } from '$lib/domain/money';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/rights';
import type { Before, ProjectedChange, Reads, ShiftRow } from '$lib/domain/rows';
import type { ConsentRefusal } from '$lib/domain/sale-input';
import { actId, inShift, isOpen, readsOfShift, withCancellation } from '$lib/domain/shift';
import { checkCredit, isOwnNumber, type Standings } from './balance-corrected';
import { partsOf } from './repayment';

/** What became of a repayment, over all tills as far as it is known. */
export type SinceRepayment = {
  readonly isCancelled: boolean;
  /** Goods of a sale whose debt it settled have come back. */
  readonly isReturned: boolean;
};

export type CancellationInput = Deciding &
  SinceRepayment &
  Pick<Standings, 'disputed' | 'usage' | 'grantsUsed' | 'standing'> & {
    /** Minor units that the customer went on to owe after the repayment, as far as it is known; cancelled repayments are not among them. */
    readonly owedSince: Money;
    /** Made before the first attempt. */
    readonly cancellation: string;
    readonly till: string;
    /** ms, corrected by the relay's clock. */
    readonly at: number;
    readonly repayment: Pick<EntryOf<'repayment'>, 'till' | 'seq' | 'hash' | 'body'>;
    /** Whose repayment it is. */
    readonly customer: Customer;
    /** The till's newest one; undefined: it has had none. */
    readonly shift: ShiftRow | undefined;
    readonly reason: string;
    readonly confirmations: readonly ProvenConfirmation[];
    /** Hash of what a code was asked for, recomputed; null: the customer has no phone. */
    readonly dealHash: string | null;
  };

export type CancellationRefusal =
  | NoRight
  | { readonly kind: 'no-reason' | 'own-number' | 'disputed' }
  /** Its money is in the drawer of another till, or was counted when the shift was closed. */
  | { readonly kind: 'other-shift' }
  | { readonly kind: 'already-cancelled' | 'goods-returned' }
  /** They went on to owe more after the repayment. */
  | NonNullable<ReturnType<typeof checkCredit>>
  | ConsentRefusal;

/** The debt rises again whatever the limit of credit, as it was owed before; unless the room was used for another debt. */
export function decideCancellation(
  input: CancellationInput,
): Decided<BodyOf<'repayment-cancelled'>, CancellationRefusal> {
  const refused = (because: CancellationRefusal) => ({ kind: 'refused', because }) as const;
  const { cancellation, repayment, till, shift, customer } = input;
  const noRight = refusedRight('repayment-cancelled', input);
  if (noRight !== null) return refused(noRight);
  const isOfShift = isOpen(shift) && shift.till === till && repayment.seq > shift.opened.seq;
  if (repayment.till !== till || !isOfShift) return refused({ kind: 'other-shift' });
  if (input.isCancelled) return refused({ kind: 'already-cancelled' });
  // what was given back for the goods was reckoned with this money
  if (input.isReturned) return refused({ kind: 'goods-returned' });
  if (isOwnNumber(input, customer)) return refused({ kind: 'own-number' });
  if (input.disputed) return refused({ kind: 'disputed' });
  const overLimit =
    input.owedSince > 0
      ? checkCredit(input, { ...input, amount: money(repayment.body.amount) })
      : null;
  if (overLimit !== null) return refused(overLimit);
  const reason = input.reason.trim();
  if (reason === '') return refused({ kind: 'no-reason' });
  const { amount, rounding, changeDue, currency, tenders, settles } = repayment.body;
  const moves = { action: 'sell-on-account', amount: money(amount), points: null } as const;
  const confirmed = confirmOne({ ...input, id: cancellation, asks: 'cancel-repayment' }, moves);
  if (confirmed.kind === 'refused') return refused(confirmed.because);
  const refunds = tenders.map(({ kind, amount }) => ({
    ...{ kind, amount: kind === 'cash' ? amount - changeDue : amount },
  }));
  const body: BodyOf<'repayment-cancelled'> = {
    ...{ cancellation, currency, customer: repayment.body.customer, amount, rounding, reason },
    repayment: { till: repayment.till, seq: repayment.seq, hash: repayment.hash },
    refunds: refunds.filter((refund) => refund.amount !== 0),
    settles,
    accounts: [{ customer: repayment.body.customer, account: 'debt', delta: amount }],
    confirmations: [confirmed.confirmation],
  };
  return { kind: 'decided', body };
}

export function readsOfCancellation(entry: EntryOf<'repayment-cancelled'>): Reads {
  const { hash, body } = entry;
  return { ...accountReads(hash, body.accounts, body.settles), ...readsOfShift(entry) };
}

export function projectCancellation(
  entry: EntryOf<'repayment-cancelled'>,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  const { body } = entry;
  const { customer, confirmations } = body;
  // what the repayment took off each debt is put on it again
  const settles = partsOf(body).map((part) => ({ ...part, amount: -part.amount }));
  const confirmed = confirmations.map((confirmation) => ({ confirmation, customer }));
  return [
    actId(entry, body.cancellation),
    ...accountChanges(
      entry,
      { steps: body.accounts, settles, dueDays: null, confirmed, real },
      before,
    ),
    { table: 'grantsUsed', op: 'add', rows: usedBy(confirmations, body.cancellation) },
    ...inShift(entry, before, (totals) => withCancellation(totals, body)),
  ];
}
