// What an entry gives as proof that the customer agreed, held against what the relay knows: codes, reserve codes, overrides, and that none was required. Pure.
import type { Confirmation, Credit } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { skipRight } from '$lib/domain/confirmation';
import { exhausted } from '$lib/domain/invariant';
import { rightsOf } from '$lib/domain/policy';
import type { Movement, Original } from './entry-reading';
import { mostInADay, unconfirmedBy } from './audit-windows';
import type { ReserveCodeUse } from '../reserve-codes/checks';
import type { ActRow, ProofKind } from '../store/journal-acts';

/** The till's clock follows the relay's through replies; so far apart they may still be. */
export const CLOCK_MS = 2 * 60_000;

/** What the relay knows beside the entry. */
export type Facts = {
  readonly shop: string;
  readonly now: number;
  /** Its own policy of the version the entry names, or of `reached` where that is higher; null: it never signed one. */
  readonly policy: Policy | null;
  /** Highest version that the till was enrolled under or an earlier entry of it was made under. */
  readonly reached: number;
  /** Judged by where the named one is not known; null before first run. */
  readonly newest: Policy | null;
  readonly tillRevokedAt: number | null;
  /** How far this customer's card let him go into debt until now; null: the relay knows of no card. */
  readonly creditOf: (customer: string) => Credit | null;
  /** Of every name of the device a journal is here; after a loss at the relay cards and debts of the former ones are not. */
  readonly isWhole: boolean;
  /** What the customer owes by the journals of this device, minor units. */
  readonly debtOf: (customer: string) => number;
  /** Since when he disputes something; null: he does not. */
  readonly disputedSince: (customer: string) => number | null;
  /** No messaging service is chosen: the demo's codes and customers are all there is. */
  readonly isDemo: boolean;
  /** Whether another entry spent this challenge's grant. */
  readonly isSpent: (challenge: string) => boolean;
  /** Whether the till gave the code up after the yes. */
  readonly isRevoked: (challenge: string) => boolean;
  /** What is wrong with the use of a reserve code; null: nothing. `amount` in minor units. */
  readonly wrongWithReserveCode: (
    use: Pick<ReserveCodeUse, 'customer' | 'code' | 'verifier' | 'amount'>,
  ) => FlagKind | null;
  /** Over all tills, within a month of the entry either way. */
  readonly actsOf: (customer: string) => readonly ActRow[];
  /** Of this device under all of its names, within a day of the entry either way. */
  readonly overridesOfDevice: () => readonly ActRow[];
  /** Whether another till of the shop spoke to the relay at that time. */
  readonly othersHeard: () => boolean;
};

/** One movement of an entry with what it is judged by. */
export type Given = {
  readonly original: Original;
  readonly movement: Movement;
  readonly amount: number;
  readonly policy: Policy | null;
  /** Balances are moved by a right here, and no customer is asked. */
  readonly byRight: boolean;
  /** Movements of the same entry that were judged before. */
  readonly before: readonly ActRow[];
};
type Proof = { readonly kinds: readonly FlagKind[]; readonly proof: ProofKind };

/** What is wrong with the proof of one movement, and what it is worth. */
export function judgeProof(given: Given, facts: Facts): Proof {
  const { confirmation } = given.movement;
  if (confirmation === null) return { kinds: ['unconfirmed'], proof: 'nothing' };
  switch (confirmation.kind) {
    case 'code':
      return judgeCode(given, confirmation, facts);
    case 'reserve-code':
      return judgeReserve(given, confirmation, facts);
    case 'override':
      return { kinds: wrongWithOverride(given, confirmation, facts), proof: 'override' };
    case 'not-required': {
      const free = isFree(given, confirmation.because, facts);
      return { kinds: free ? [] : ['code-was-required'], proof: 'not-required' };
    }
    case 'none': {
      const demoAgain = confirmation.because === 'demo' && !facts.isDemo;
      return { kinds: given.byRight && !demoAgain ? [] : ['unconfirmed'], proof: 'none' };
    }
    default:
      return exhausted(confirmation);
  }
}

type Code = Extract<Confirmation, { kind: 'code' }>;

function judgeCode({ original, movement }: Given, { challenge }: Code, facts: Facts): Proof {
  const { grant, action, customer, moved, sameDeal } = movement;
  const isFor =
    grant !== null &&
    grant.shop === facts.shop &&
    grant.till === original.till &&
    grant.challenge === challenge &&
    grant.action === action &&
    grant.customer === customer &&
    grant.receipt === original.receipt &&
    sameDeal !== false &&
    grant.amount !== null &&
    ('points' in grant.amount ? grant.amount.points : grant.amount.minor) === moved &&
    'points' in grant.amount === (action === 'redeem-points');
  const inTime =
    grant !== null && original.at >= grant.iat - CLOCK_MS && original.at < grant.exp + CLOCK_MS;
  if (!isFor || !inTime) return { kinds: ['grant-invalid'], proof: 'nothing' };
  if (facts.isSpent(challenge)) return { kinds: ['grant-reused'], proof: 'nothing' };
  if (facts.isRevoked(challenge)) return { kinds: ['grant-revoked'], proof: 'nothing' };
  // what only the demo carried was nobody's consent
  return { kinds: [], proof: grant.demo && !facts.isDemo ? 'none' : 'code' };
}

type Reserve = Extract<Confirmation, { kind: 'reserve-code' }>;

/** The customer's own consent where the code was his, good and not said before: over its cap too, for the flag says so. */
function judgeReserve(
  { original, movement, amount }: Given,
  { code, verifier, amount: said }: Reserve,
  facts: Facts,
): Proof {
  const { customer } = movement;
  const first = original.movements.find(
    ({ confirmation: given }) => given?.kind === 'reserve-code' && given.code === code,
  );
  const use = { customer, code, verifier, amount: Math.max(amount, said) };
  const wrong =
    first === movement ? facts.wrongWithReserveCode(use) : ('reserve-code-used-twice' as const);
  if (wrong === null) return { kinds: [], proof: 'reserve-code' };
  return { kinds: [wrong], proof: wrong === 'cap-exceeded' ? 'reserve-code' : 'nothing' };
}

type Override = Extract<Confirmation, { kind: 'override' }>;

function wrongWithOverride(
  { original, movement, amount, policy, before }: Given,
  { by, connectivity, amount: said }: Override,
  facts: Facts,
): FlagKind[] {
  const found: FlagKind[] = [];
  if (policy === null || !rightsOf(policy, by).includes(skipRight(movement.action)))
    found.push('no-right');
  if (policy !== null) {
    const { perAct, perCustomer, perTill } = policy.overrideCaps;
    const { customer } = movement;
    const own = before.filter(({ proof }) => proof === 'override');
    const ofCustomer = facts.actsOf(customer).filter(({ proof }) => proof === 'override');
    const mine = own.filter((act) => act.customer === customer);
    const now = { at: original.at, amount: Math.max(amount, said) };
    const over =
      now.amount > perAct ||
      mostInADay([...ofCustomer, ...mine], now) > perCustomer ||
      mostInADay([...facts.overridesOfDevice(), ...own], now) > perTill;
    if (over) found.push('cap-exceeded');
  }
  if (connectivity.state === 'offline' && facts.othersHeard())
    found.push('override-while-others-online');
  return found;
}

/** Whether by the policy no code was needed: the method is *none*, or all of the customer's 30 days together stay below the threshold. */
function isFree(
  { original, movement, amount, policy, before }: Given,
  because: 'method-none' | 'below-threshold',
  facts: Facts,
): boolean {
  if (policy === null) return false;
  const { action, customer } = movement;
  const { chain, threshold } = policy.methods[action];
  if (because === 'method-none') return chain.length === 0;
  const mine = before.filter((act) => act.customer === customer);
  const known = [...facts.actsOf(customer), ...mine];
  return amount + unconfirmedBy(known, { action, at: original.at }) < threshold;
}
