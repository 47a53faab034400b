// Audits the proof of consent in an entry: codes, reserve codes, overrides, none required. Pure.
import type { Confirmation } from '$lib/contract/acts/account';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { askedAction } from '$lib/domain/acts';
import { skipRight } from '$lib/domain/consent/override';
import { exhausted } from '$lib/domain/values/invariant';
import { rightsOf } from '$lib/domain/policy/policy';
import type { CreditKnown } from './acts-by-right';
import type { Movement } from './consents';
import type { Original } from './entry-reading';
import { mostInADay, unconfirmedBy } from './audit-windows';
import type { DecidedAgain } from './decide-again';
import type { ReserveCodeUse } from '../reserve-codes/checks';
import type { Forgotten } from '../store/forgotten';
import type { ActRow, ProofKind } from '../store/journal-acts';
import type { EarningSale } from '../store/sales';

/** Largest accepted difference between a till's clock and the relay's. */
export const CLOCK_MS = 2 * 60_000;

/** What the relay knows besides the entry. */
export type Facts = Omit<DecidedAgain, 'sale'> & {
  readonly shop: string;
  /** When the entry was made at the latest, ms: its arrival, or a head of its till that includes it. */
  readonly latest: number;
  /** When the entry counts in caps and windows, ms: not before its earliest time, not after its latest. */
  readonly countedAt: number;
  /** The relay's policy of the version the entry names, or of `newestUsed` where that is higher; null: it signed none. */
  readonly policy: Policy | null;
  /** Highest policy version that the till was enrolled with or an earlier entry of it was made under. */
  readonly newestUsed: number;
  /** Used where the named one is not known; null before first run. */
  readonly newest: Policy | null;
  /** When the till was removed, and when it learned that, ms; infinite: not yet. */
  readonly removed: { readonly at: number; readonly knownAt: number };
  /** The credit on this customer's card until now. */
  readonly creditOf: (customer: string) => CreditKnown;
  /**
   * Whether the relay has the device's whole journal, its former till ids included, and no entries of another copy under these ids.
   * After a loss the former ones are missing; after a fork another copy has written under them.
   */
  readonly isWhole: boolean;
  /**
   * True if the author may have seen entries that the relay lost when it was restored from a backup. What the author knew can
   * then not be judged.
   */
  readonly sawLost: boolean;
  /** What the customer owes, minor units: as the author knew it, and by all journals. */
  readonly debtOf: (customer: string) => { readonly here: number; readonly inShop: number };
  /** Whether the act lowers the debt by more than is owed over all tills; for a return: by more than is owed of its sale. */
  readonly isRepaidElsewhere: boolean;
  /** Sales that give points to the customer of a sale, by all journals, within a day of it either way; without itself. */
  readonly earningSales: () => readonly EarningSale[];
  /** Whether this device made the entry. */
  readonly isOfDevice: (of: { readonly till: string }) => boolean;
  /** Corrections in customers' favour, in the whole shop, within a day of the entry either way. */
  readonly movedByRight: () => readonly ActRow[];
  /** Whether more goods were returned than were sold, counting returns that the author of this one did not know. */
  readonly isReturnedElsewhere: boolean;
  /** Whether more was given back to the customer than was theirs, counting what the author did not know. */
  readonly isPaidBackElsewhere: boolean;
  /** Whether repayments of a debt earned more points than was paid for, counting what the author did not know. */
  readonly isEarnedElsewhere: boolean;
  /** For a return: whether the relay lost its sale when it was restored from a backup. */
  readonly isSaleLost: boolean;
  /** The customer's points by all journals. */
  readonly pointsOf: (customer: string) => number;
  /** Since when the customer has an open dispute, at any till; null: none. */
  readonly disputedSince: (customer: string) => number | null;
  /** Whether the author knew an open dispute of the customer. */
  readonly isDisputedHere: (customer: string) => boolean;
  /** The entry by which a customer of the act was forgotten; null: they were not. */
  readonly forgottenBy: (customer: string) => Forgotten | null;
  /** Whether the author knew that entry. */
  readonly knewForgotten: (by: Forgotten) => boolean;
  /** Whether the author knew that the customer's card was going to be erased. */
  readonly knewDelayed: (customer: string) => boolean;
  /** For an import: whether the customer was erased by undoing this very import. */
  readonly isUndoneBy: (by: Forgotten) => boolean;
  /** Whether this relay lost, when it was restored from a backup, the authorised person who answered this challenge. */
  readonly isPersonLost: (challenge: string) => boolean;
  /** Whether the demo provider is in use. */
  readonly isDemo: boolean;
  /** Whether another entry spent this challenge's grant, or this approval of an import. */
  readonly isSpent: (proof: string) => boolean;
  /** Whether the till revoked the grant. */
  readonly isRevoked: (challenge: string) => boolean;
  /** What is wrong with the use of a reserve code; null: nothing. `amount` in minor units. */
  readonly checkReserveCode: (
    use: Pick<ReserveCodeUse, 'customer' | 'code' | 'verifier' | 'amount'>,
  ) => FlagKind | null;
  /** At all tills, of all cards with this customer's registered number, within a month of the entry either way. */
  readonly actsOf: (customer: string) => readonly ActRow[];
  /** Whether the author knew the act: made by the device, or seen of others with this customer. */
  readonly isKnown: (act: ActRow, customer: string) => boolean;
  /** Overrides of this device under all of its names, within a day before or after the entry. */
  readonly overridesOfDevice: () => readonly ActRow[];
  /** Whether another till of the shop was in contact with the relay at that time. */
  readonly othersInContact: () => boolean;
};

/** One movement of an entry with what it is audited by. */
export type Given = {
  readonly original: Original;
  readonly movement: Movement;
  readonly amount: number;
  readonly policy: Policy | null;
  /** Whether balances are moved by a right, without consent of the customer. */
  readonly byRight: boolean;
  /** Movements of the same entry that were audited before. */
  readonly before: readonly ActRow[];
};
type Proof = { readonly kinds: readonly FlagKind[]; readonly proof: ProofKind };

/** What is wrong with the proof of one movement, and which kind of proof it counts as. */
export function judgeProof(given: Given, facts: Facts): Proof {
  const { confirmation } = given.movement;
  if (confirmation === null) return { kinds: ['unconfirmed'], proof: 'nothing' };
  switch (confirmation.kind) {
    case 'code':
      return judgeCode(given, confirmation, facts);
    case 'reserve-code':
      return judgeReserve(given, confirmation, facts);
    case 'override':
      return { kinds: checkOverride(given, confirmation, facts), proof: 'override' };
    case 'not-required':
      return { kinds: checkFree(given, confirmation.because, facts), proof: 'not-required' };
    case 'by-right':
      // this movement takes from the customer; only changes in their favour can be made by right
      return { kinds: ['unconfirmed'], proof: 'nothing' };
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
    grant.action === askedAction(original.act, action) &&
    grant.operator === original.operator &&
    grant.customer === customer &&
    grant.receipt === original.receipt &&
    // a deal that cannot be computed again is not believed, unless the number in it was deleted: at the end of the demo, or with
    // the customer, whether the till requested the code before or after that
    (sameDeal ??
      (grant.demo || facts.forgottenBy(customer) !== null || facts.isPersonLost(challenge))) &&
    grant.amount !== null &&
    ('points' in grant.amount ? grant.amount.points : grant.amount.minor) === moved &&
    'points' in grant.amount === (action === 'redeem-points');
  const inTime = grant !== null && original.at >= grant.iat - CLOCK_MS && original.at < grant.exp;
  if (!isFor || !inTime) return { kinds: ['grant-invalid'], proof: 'nothing' };
  const first = original.movements.find(
    ({ confirmation: given }) => given?.kind === 'code' && given.challenge === challenge,
  );
  if (first !== movement || facts.isSpent(challenge))
    return { kinds: ['grant-reused'], proof: 'nothing' };
  if (facts.isRevoked(challenge)) return { kinds: ['grant-revoked'], proof: 'nothing' };
  // a code sent by the demo provider is not consent
  return { kinds: [], proof: grant.demo && !facts.isDemo ? 'none' : 'code' };
}

type Reserve = Extract<Confirmation, { kind: 'reserve-code' }>;

/** A reserve code counts as consent if it is the customer's, valid, and not used before. Above its cap it counts, too, but is flagged. */
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
    first === movement ? facts.checkReserveCode(use) : ('reserve-code-used-twice' as const);
  if (wrong === null) return { kinds: [], proof: 'reserve-code' };
  return { kinds: [wrong], proof: wrong === 'cap-exceeded' ? 'reserve-code' : 'nothing' };
}

type Override = Extract<Confirmation, { kind: 'override' }>;

function checkOverride(
  { movement, amount, policy, before }: Given,
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
    const ofNumber = facts.actsOf(customer).filter(({ proof }) => proof === 'override');
    const mine = own.filter((act) => act.customer === customer);
    const now = { at: facts.countedAt, amount: Math.max(amount, said) };
    const over =
      now.amount > perAct ||
      mostInADay([...ofNumber.filter((act) => facts.isKnown(act, customer)), ...mine], now) >
        perCustomer ||
      mostInADay([...facts.overridesOfDevice(), ...own], now) > perTill;
    if (over) found.push('cap-exceeded');
    else if (mostInADay([...ofNumber, ...mine], now) > perCustomer) found.push('cap-elsewhere');
  }
  if (connectivity.state === 'offline' && facts.othersInContact())
    found.push('override-while-others-online');
  return found;
}

/** A policy requires no code where its chain is empty, or the customer's last 30 days stay below the threshold. */
function checkFree(
  { movement, amount, policy, before }: Given,
  because: 'method-none' | 'below-threshold',
  facts: Facts,
): FlagKind[] {
  if (policy === null) return ['code-was-required'];
  const { action, customer } = movement;
  const { chain, threshold } = policy.methods[action];
  if (because === 'method-none') return chain.length === 0 ? [] : ['code-was-required'];
  const mine = before.filter((act) => act.customer === customer);
  const ofNumber = facts.actsOf(customer);
  const isOver = (known: readonly ActRow[]): boolean =>
    amount + unconfirmedBy([...known, ...mine], { action, at: facts.countedAt }) >= threshold;
  if (isOver(ofNumber.filter((act) => facts.isKnown(act, customer)))) return ['code-was-required'];
  return isOver(ofNumber) ? ['threshold-elsewhere'] : [];
}
