// Reserve codes found in journals: recognized, judged and marked as used.
import type { FlagKind } from '$lib/contract/journal-upload';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import type { Relay } from '../context';
import { reserveCodeHash } from './reserve-codes';
import { wasPutBackSince } from '../store/journal';
import { spendGrant, spentBy } from '../store/spent-grants';
import { burnReserveCode, reserveCodeByHash, type ReserveCodeRow } from '../store/reserve-codes';

/** One code as an entry was confirmed with it. */
export type ReserveCodeUse = {
  /** The till that made the entry. */
  readonly till: string;
  /** Hash of the entry; of the original, where it was carried over. */
  readonly entry: string;
  readonly customer: string;
  readonly code: string;
  readonly verifier: string;
  /** Minor units. */
  readonly amount: number;
};

type Parts = Pick<Relay, 'db' | 'cipher'>;

/** The code as it was issued to this customer, in any state; null: it never was. */
export const reserveCodeOf = async (
  { db, cipher }: Parts,
  { customer, code }: Pick<ReserveCodeUse, 'customer' | 'code'>,
): Promise<ReserveCodeRow | null> => reserveCodeByHash(db, reserveCodeHash(cipher, customer, code));

/**
 * The record of a code whose issue this relay lost when it was restored from a backup, as its signed verifier says; null: the
 * relay was not restored since. Its use is recorded as that of a code the relay had sent: a second use is found.
 */
export async function lostCodeOf(
  { db, cipher, shopId }: Parts & Pick<Relay, 'shopId'>,
  { customer, code }: Pick<ReserveCodeUse, 'customer' | 'code'>,
  verifier: ReserveVerifier,
): Promise<ReserveCodeRow | null> {
  const { id, issue, till, cap, at, shop, demo } = verifier;
  // codes of the demo confirm nothing once it has ended
  if (shop !== shopId || verifier.customer !== customer || demo) return null;
  if (!(await wasPutBackSince(db, at))) return null;
  const usedBy = await spentBy(db, id);
  const hash = reserveCodeHash(cipher, customer, code);
  return {
    id,
    issue,
    till,
    customer,
    hash,
    cap,
    signed: null,
    usedBy,
    state: usedBy === null ? 'live' : 'used',
    voidedAt: null,
    voidKnownAt: null,
  };
}

/**
 * What is wrong with the use of a code at `at`, ms; null: nothing. `row`: the code as issued. A code of another till is
 * `reserve-code-unknown`. So is a void one that the till must have known to be void, for longer than its clock may be wrong
 * (`clock`, ms); if it may not have known, it is `reserve-code-void`. A code that became void after `at` was valid.
 */
export function judgeReserveCode(
  row: ReserveCodeRow | null,
  use: ReserveCodeUse,
  { at, clock }: { readonly at: number; readonly clock: number },
): FlagKind | null {
  if (row === null || row.id !== use.verifier || row.till !== use.till)
    return 'reserve-code-unknown';
  if (row.usedBy !== null && row.usedBy !== use.entry) return 'reserve-code-used-twice';
  if (row.state === 'leaving') return 'reserve-code-unknown';
  if (row.state === 'void' && at >= (row.voidedAt ?? 0))
    return at >= (row.voidKnownAt ?? Infinity) + clock
      ? 'reserve-code-unknown'
      : 'reserve-code-void';
  return use.amount > row.cap ? 'cap-exceeded' : null;
}

/** Records the use of a code whose issue the relay lost. Runs inside the transaction that stores the entry. */
export const takeLostCode = (
  db: Parts['db'],
  { id }: ReserveVerifier,
  entry: string,
): Promise<void> => spendGrant(db, id, entry);

/**
 * Marks the code as used, whatever is wrong with its use: it is no longer secret. Runs inside the transaction that
 * stores the entry.
 */
export async function takeReserveCode(parts: Parts, use: ReserveCodeUse): Promise<void> {
  const row = await reserveCodeOf(parts, use);
  if (row !== null) await burnReserveCode(parts.db, row.id, use.entry);
}
