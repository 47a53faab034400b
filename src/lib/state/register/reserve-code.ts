// Checks a typed reserve code for the current need and passes it to the checkout; never stores it.
import type { Checkout, CheckoutEvent } from '$lib/domain/consent/checkout-state';
import type { Money } from '$lib/domain/values/money';
import { overReserveCap, parseReserveCode } from '$lib/domain/consent/reserve-code';
import { tryReserveCode, type ReserveTry } from '$lib/storage/secrets/reserve-tries';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import type { OpenReceipt, RegisterDeps } from './deps';

/** Why a reserve code was refused. */
export type ReserveRefusal =
  | { readonly kind: 'malformed' }
  | Exclude<ReserveTry, { kind: 'right' }>
  | { readonly kind: 'over-cap'; readonly allowed: Money }
  /** Already used for another need of this receipt. */
  | { readonly kind: 'given-already' }
  | { readonly kind: 'not-checked'; readonly because: StorageErrorKind };

/** Null: accepted, or no longer needed. */
export async function giveReserveCode(
  deps: RegisterDeps,
  open: OpenReceipt,
  checkout: { current: () => Checkout; happened: (event: CheckoutEvent) => void },
  text: string,
): Promise<ReserveRefusal | null> {
  const asking = checkout.current();
  const policy = deps.policy();
  const operator = deps.operator();
  const { customer } = open.receipt;
  if (asking.kind !== 'no-code' || !policy || operator === null || customer === null) return null;
  const code = parseReserveCode(text);
  if (code === null) return { kind: 'malformed' };
  let tried: ReserveTry;
  try {
    const times = { at: deps.now(), proven: deps.proven() };
    const by = { operator, policy: policy.version };
    tried = await tryReserveCode(deps.db, { customer, code, ...by, ...times });
    if (tried.kind === 'void' || tried.kind === 'none-left') await open.whose.read();
  } catch (error) {
    return { kind: 'not-checked', because: storageErrorKind(error) };
  }
  if (tried.kind !== 'right') return tried;
  const { verifier, signed } = tried;
  const { action, amount } = asking.need;
  const allowed = overReserveCap(verifier, amount);
  if (allowed !== null) return { kind: 'over-cap', allowed };
  const before = checkout.current();
  const confirmation = { kind: 'reserve-code', action, code, signed } as const;
  checkout.happened({ kind: 'reserve-code-given', confirmation, verifier });
  const isSame = before === checkout.current() && before.kind === 'no-code';
  return isSame ? { kind: 'given-already' } : null;
}
