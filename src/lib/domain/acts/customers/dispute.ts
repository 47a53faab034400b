// A customer's dispute, and the closing of disputes and discrepancies: decides and projects both.
import type { DisputeRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import { isStaleEdit } from '$lib/domain/customers/discrepancy';
import { may } from '$lib/domain/policy/policy';
import {
  refusedRight,
  type Decided,
  type Deciding,
  type NoRight,
  REVIEW_RIGHT,
  SETTLE_RIGHT,
} from '$lib/domain/policy/rights';
import { NO_READS, type Before, type ProjectedChange, type Reads } from '$lib/domain/rows';
import { mayAnswerFor } from './unconfirmed-reviewed';

export function decideDispute(input: Deciding & BodyOf<'dispute'>): Decided<BodyOf<'dispute'>> {
  const noRight = refusedRight(disputeRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  const { customer, about, note } = input;
  return { kind: 'decided', body: { customer, about, note } };
}

export type SettledInput = Deciding &
  BodyOf<'settled'> & {
    readonly customer: string;
    /** The customers of the disputes to close, as far as they are known. */
    readonly customers: readonly string[];
    /** Those of the disputes that another till recorded. */
    readonly elsewhere: readonly string[];
    /** The entries that the other disputes are about. */
    readonly disputed: readonly Entry[];
  };

export type SettledRefusal =
  | NoRight
  /** One of the disputes is another customer's. */
  | { readonly kind: 'other-customer' }
  /** Only owners may close a dispute about their own act. */
  | { readonly kind: 'own-act' }
  /** Another till's dispute: the operator of its act is unknown here, so only an owner may close it. */
  | { readonly kind: 'another-tills' }
  /** A dispute ends only with `stands`; only the discrepancy of a stale edit can end with `applied`. */
  | { readonly kind: 'wrong-outcome' }
  /** A discrepancy that the author does not know. */
  | { readonly kind: 'unknown-discrepancy' };

export function decideSettled(input: SettledInput): Decided<BodyOf<'settled'>, SettledRefusal> {
  const { policy, operator, customer, about, outcome, note } = input;
  const { customers, elsewhere, disputed } = input;
  const refused = (because: SettledRefusal) => ({ kind: 'refused', because }) as const;
  const noRight = refusedRight(settledRules, input);
  if (noRight !== null) return refused(noRight);
  if (outcome !== 'stands') return refused({ kind: 'wrong-outcome' });
  if (customers.some((of) => of !== customer)) return refused({ kind: 'other-customer' });
  if (elsewhere.length > 0 && !may(policy, operator, 'manage-staff'))
    return refused({ kind: 'another-tills' });
  if (!mayAnswerFor(input, disputed)) return refused({ kind: 'own-act' });
  return { kind: 'decided', body: { customer, about, outcome, note } };
}

export type DiscrepanciesSettledInput = Deciding &
  Pick<BodyOf<'settled'>, 'about' | 'outcome' | 'note'> & {
    /** Those of the discrepancies that the author knows, open or closed. */
    readonly found: readonly { readonly id: string; readonly kind: FlagKind }[];
  };

/** Closes discrepancies. No balance moves. */
export function decideDiscrepanciesSettled(
  input: DiscrepanciesSettledInput,
): Decided<BodyOf<'settled'>, SettledRefusal> {
  const { about, outcome, note, found } = input;
  const refused = (because: SettledRefusal) => ({ kind: 'refused', because }) as const;
  const noRight = refusedRight(settledRules, input);
  if (noRight !== null) return refused(noRight);
  const kinds = about.map((id) => found.find((one) => one.id === id)?.kind ?? null);
  if (kinds.includes(null)) return refused({ kind: 'unknown-discrepancy' });
  if (outcome === 'applied' && kinds.some((kind) => kind === null || !isStaleEdit(kind)))
    return refused({ kind: 'wrong-outcome' });
  return { kind: 'decided', body: { customer: null, about, outcome, note } };
}

function projectDispute(entry: EntryOf<'dispute'>): ProjectedChange[] {
  const { hash, at, operator } = entry;
  const { customer, about, note } = entry.body;
  const opened = { at, operator: operator ?? '', note };
  const row: DisputeRow = { entry: hash, customer, about, opened, closed: null };
  return [{ table: 'disputes', op: 'put', rows: [row] }];
}

function readsOfSettled({ body }: EntryOf<'settled'>): Reads {
  return { ...NO_READS, disputes: body.about };
}

/** A dispute that is closed twice keeps its first outcome. Its entry no longer waits for review. */
function projectSettled(entry: EntryOf<'settled'>, before: Before): ProjectedChange[] {
  const { hash, at, operator } = entry;
  const { customer, about, outcome, note } = entry.body;
  const closed = { entry: hash, at, operator: operator ?? '', outcome, note };
  const rows = about.flatMap((dispute): DisputeRow[] => {
    // another till's dispute, or a discrepancy: this journal has only its closing
    const held = before.disputes(dispute) ?? {
      entry: dispute,
      customer,
      about: null,
      opened: null,
      closed: null,
    };
    // a dispute is closed only for its own customer, never as a discrepancy
    return held.customer === customer ? [{ ...held, closed: held.closed ?? closed }] : [];
  });
  const reviewed = rows.flatMap((row) => (row.about === null ? [] : [row.about]));
  return [
    { table: 'disputes', op: 'put', rows },
    { table: 'unconfirmed', op: 'delete', keys: reviewed },
  ];
}

export const disputeRules = {
  rights: [REVIEW_RIGHT],
  reads: () => NO_READS,
  project: projectDispute,
} as const satisfies ActRules<'dispute'>;

export const settledRules = {
  rights: [SETTLE_RIGHT],
  reads: readsOfSettled,
  project: projectSettled,
} as const satisfies ActRules<'settled'>;

export const settledAgain = {
  asks: ({ customer, about }) =>
    customer === null ? { discrepancies: about } : { disputes: about },
  again: ({ body }, known) => {
    const { customer } = body;
    return customer === null
      ? decideDiscrepanciesSettled({ ...known, ...body, found: known.discrepancies })
      : decideSettled({ ...known, ...known.disputes, ...body, customer });
  },
} as const satisfies AgainRules<'settled'>;
