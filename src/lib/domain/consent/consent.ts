// Consent: whether each action of an act was confirmed as the policy requires.
// Called only when an act is decided.
import type { Confirmation } from '$lib/contract/acts/account';
import type { Action } from '$lib/contract/values';
import {
  actionsOf,
  confirmationsRequired,
  type Moved,
  type MovedAction,
  type ProvenConfirmation,
  type VerifiedGrant,
} from './confirmation';
import { isOwnNumber, type Customer } from '$lib/domain/customers/customer';
import { challengeAmountOf } from './deal';
import { overrideAllowed, usageAfter, type GivenOverride, type OverrideUsage } from './override';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { overReserveCap } from './reserve-code';
import type { ConsentRefusal, SaleInput, SaleRefusal } from './sale-input';

export type Confirmed =
  | { readonly kind: 'confirmed'; readonly confirmations: Confirmation[] }
  | { readonly kind: 'refused'; readonly because: SaleRefusal };

/** Matches each action of the receipt with its confirmation, or returns the reason why one is refused. */
export function confirm(input: SaleInput, moved: Moved): Confirmed {
  const actions = actionsOf(moved);
  const stray = input.confirmations.find(
    (given) => given.kind !== 'override' && !actions.some((moves) => moves.action === given.action),
  );
  if (stray !== undefined) {
    const kind = stray.kind === 'code' ? 'grant-not-for-this-deal' : 'reserve-code-not-for-this';
    return { kind: 'refused', because: { kind, action: stray.action } };
  }
  const { notRequired } = confirmationsRequired(input.policy, moved, input.unconfirmed30d);
  const confirmations: Confirmation[] = [];
  let usage = input.usage;
  const used = new Set(input.grantsUsed);
  for (const moves of actions) {
    const given = input.confirmations.filter((each) => each.action === moves.action);
    const code = given.find((each) => each.kind === 'code');
    const reserve = given.find((each) => each.kind === 'reserve-code');
    const free = notRequired.find((each) => each.action === moves.action);
    const override = given.find((each) => each.kind === 'override');
    if (code !== undefined) {
      // a code the customer gave counts even if the policy no longer requires it
      const because = checkGrant(input, code, moves, {
        asks: moves.action,
        receipt: input.receipt.id,
        deal: input.dealHashes[moves.action] ?? null,
      });
      if (because !== null) return { kind: 'refused', because };
      confirmations.push({
        kind: 'code',
        action: moves.action,
        amount: moves.amount,
        challenge: code.grant.challenge,
        grant: code.jws,
      });
    } else if (reserve !== undefined) {
      const because = checkReserveCode(input, reserve, moves, used);
      if (because !== null) return { kind: 'refused', because };
      const { kind, action, code: typed, signed, verifier } = reserve;
      used.add(verifier.id);
      confirmations.push({
        kind,
        action,
        amount: moves.amount,
        code: typed,
        verifier: verifier.id,
        signed,
      });
    } else if (free !== undefined) {
      confirmations.push(free);
    } else if (override !== undefined) {
      const because = checkOverride(input, override, moves, usage);
      if (because !== null) return { kind: 'refused', because };
      confirmations.push(overrideToWire(input.policy, override, moves, usage));
      // points and debt without a code in one receipt share the caps
      usage = usageAfter(usage, moves.amount);
    } else {
      return {
        kind: 'refused',
        because:
          input.customer?.phone === null
            ? { kind: 'no-phone', action: moves.action }
            : { kind: 'confirmation-missing', action: moves.action },
      };
    }
  }
  return { kind: 'confirmed', confirmations };
}

/** What a code has to confirm. `asks`: the action that the customer was asked about; `deal`: hash of what they confirmed. */
type CodeFor = {
  readonly asks: Action;
  readonly receipt: string;
  readonly deal: string | null;
};

type Asking = Pick<
  SaleInput,
  'policy' | 'till' | 'operator' | 'at' | 'customer' | 'usage' | 'confirmations' | 'grantsUsed'
>;

/** Input for confirming an act that is not a sale. */
export type ConsentInput = Asking & {
  /** Id of the act; it is in the code request where a sale has its receipt. */
  readonly id: string;
  readonly asks: Action;
  /** Hash of the deal, computed again by the caller; null: the customer has no phone. */
  readonly dealHash: string | null;
};

/** Checks the customer's code, or an override under the same caps, for the one movement of an act that is not a sale. */
export function confirmOne(
  input: ConsentInput,
  moves: MovedAction,
):
  | { readonly kind: 'confirmed'; readonly confirmation: Confirmation }
  | { readonly kind: 'refused'; readonly because: ConsentRefusal } {
  const refused = (because: ConsentRefusal) => ({ kind: 'refused', because }) as const;
  const { action, amount } = moves;
  const [given, ...others] = input.confirmations;
  if (given === undefined)
    return refused({
      kind: input.customer?.phone === null ? 'no-phone' : 'confirmation-missing',
      action,
    });
  // a reserve code confirms only sales
  if (given.kind === 'reserve-code') return refused({ kind: 'reserve-code-not-for-this', action });
  if (given.action !== action || others.length > 0)
    return refused({ kind: 'confirmation-missing', action });
  if (given.kind === 'override') {
    const because = checkOverride(input, given, moves, input.usage);
    if (because !== null) return refused(because);
    const confirmation = overrideToWire(input.policy, given, moves, input.usage);
    return { kind: 'confirmed', confirmation };
  }
  const codeFor = { asks: input.asks, receipt: input.id, deal: input.dealHash };
  const because = checkGrant(input, given, moves, codeFor);
  if (because !== null) return refused(because);
  const { challenge } = given.grant;
  return {
    kind: 'confirmed',
    confirmation: { kind: 'code', action, amount, challenge, grant: given.jws },
  };
}

/** Whether a grant was given to this customer at this till for exactly this act; the amount is not compared. */
export function isGrantFor(
  {
    policy,
    till,
    operator,
    customer,
  }: Pick<Asking, 'policy' | 'till' | 'operator'> & {
    readonly customer: Pick<Customer, 'id'> | null;
  },
  grant: VerifiedGrant,
  { asks, receipt, deal }: CodeFor,
): boolean {
  return (
    grant.shop === policy.shop.id &&
    grant.till === till &&
    grant.action === asks &&
    // the relay checked the request by the rights of the operator who asked
    grant.operator === operator &&
    grant.receipt === receipt &&
    grant.customer === customer?.id &&
    grant.dealHash === deal
  );
}

/** Whether this phone may confirm. An authorised person may only confirm sales, and never one that they ring up themselves. */
function mayAnswer(input: Asking, { person: id, action }: VerifiedGrant): boolean {
  if (id === null) return true;
  const person = input.customer?.persons.find((one) => one.id === id);
  return (
    person !== undefined &&
    !isOwnNumber(input, { phone: person.phone, persons: [] }) &&
    (action === 'sell-on-account' || action === 'redeem-points')
  );
}

function checkGrant(
  input: Asking,
  { grant }: Extract<ProvenConfirmation, { kind: 'code' }>,
  moves: MovedAction,
  codeFor: CodeFor,
): ConsentRefusal | null {
  const { action } = moves;
  const amount = challengeAmountOf(moves, input.policy.shop.currency);
  const same =
    isGrantFor(input, grant, codeFor) &&
    mayAnswer(input, grant) &&
    sameAmount(grant.amount, amount);
  if (!same) return { kind: 'grant-not-for-this-deal', action };
  if (input.at >= grant.exp) return { kind: 'grant-expired', action };
  if (input.grantsUsed.has(grant.challenge)) return { kind: 'grant-used', action };
  return null;
}

function checkReserveCode(
  { policy, till, customer }: SaleInput,
  { verifier }: Extract<ProvenConfirmation, { kind: 'reserve-code' }>,
  { action, amount }: MovedAction,
  used: ReadonlySet<string>,
): SaleRefusal | null {
  const isFor =
    verifier.shop === policy.shop.id &&
    verifier.till === till &&
    verifier.customer === customer?.id;
  if (!isFor) return { kind: 'reserve-code-not-for-this', action };
  if (used.has(verifier.id)) return { kind: 'reserve-code-used', action };
  const allowed = overReserveCap(verifier, amount);
  return allowed === null ? null : { kind: 'reserve-code-over-cap', action, allowed };
}

type Amount = ReturnType<typeof challengeAmountOf>;

function sameAmount(a: Amount | null, b: Amount): boolean {
  if (a === null) return false;
  if ('points' in a || 'points' in b) {
    if (!('points' in a && 'points' in b) || a.points !== b.points) return false;
    return a.worth.minor === b.worth.minor && a.worth.currency === b.worth.currency;
  }
  return a.minor === b.minor && a.currency === b.currency;
}

function checkOverride(
  input: Asking,
  override: GivenOverride,
  moves: MovedAction,
  usage: OverrideUsage,
): ConsentRefusal | null {
  const { action } = moves;
  // without a phone number the customer could not get the notice about an act without a code
  if (input.customer?.phone === null) return { kind: 'no-phone', action };
  const answer = overrideAllowed(input.policy, override.by, moves, usage);
  if (answer.kind === 'no-right') return { kind: 'override-no-right', action };
  if (answer.kind === 'over-cap') {
    return {
      kind: 'override-over-cap',
      action,
      scope: answer.scope,
      allowed: answer.allowed,
    };
  }
  return override.because === 'other' && (override.note ?? '').trim() === ''
    ? { kind: 'reason-missing', action }
    : null;
}

function overrideToWire(
  policy: VerifiedPolicy,
  override: GivenOverride,
  moves: MovedAction,
  usage: OverrideUsage,
): Confirmation {
  const { kind, action, askedBy, by, because, note, connectivity } = override;
  const caps = {
    ...policy.overrideCaps,
    usedByCustomer: usage.customer,
    usedByTill: usage.till,
  };
  return { kind, action, amount: moves.amount, askedBy, by, because, note, connectivity, caps };
}
