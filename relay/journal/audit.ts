// Audits an entry by the policy of its version and what the relay knows. Pure; only flags.
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy, Right } from '$lib/contract/policy';
import { takenBy, worthOfCorrection } from '$lib/domain/acts/money/balance-corrected';
import { rightForCredit } from '$lib/domain/acts/customers/customer-saved';
import { earnsOf } from '$lib/domain/acts/money/sale';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { earned, mostInDay } from '$lib/domain/customers/loyalty';
import { exact, money } from '$lib/domain/values/money';
import { rightsOf, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { rulesOf } from '$lib/domain/acts';
import { missingRight } from '$lib/domain/policy/rights';
import type { CreditKnown } from './acts-by-right';
import { mostInADay } from './audit-windows';
import { CLOCK_MS, judgeProof, type Facts, type Given } from './audit-proofs';
import type { Movement, Opening } from './consents';
import type { Original } from './entry-reading';
import type { Finding } from '../store/flags';
import type { ActRow } from '../store/journal-acts';

export type JudgedMovement = {
  readonly movement: Movement;
  readonly act: ActRow;
  /** Whether the customer gets a notice. */
  readonly needsNotice: boolean;
};
export type Judged = {
  readonly findings: readonly Finding[];
  readonly movements: readonly JudgedMovement[];
  /** Whether the rules refuse the act or decide it differently. Also set when another finding already gives the reason. */
  readonly isWrong: boolean;
  /** Corrections in customers' favour that the entry makes by right: they count towards the daily cap. */
  readonly byRight: readonly ActRow[];
};

/** Audits an entry before its effects are stored. */
export function judgeEntry(original: Original, facts: Facts): Judged {
  const findings: Finding[] = [];
  const find = (kind: FlagKind, detail: string | null = null): void =>
    void findings.push({ kind, detail });
  const { at, act, operator, known } = original;
  if (original.malformed) find('malformed');
  else if (known === null && original.steps.length > 0) find('act-unknown');
  if (at > facts.latest + CLOCK_MS) find('future');
  if (at > facts.removed.knownAt + CLOCK_MS) find('till-revoked');
  else if (at > facts.removed.at + CLOCK_MS) find('removal-unknown');

  const policy = facts.policy ?? facts.newest;
  const needed = rulesOf(act)?.rights ?? null;
  const needsPolicy = needed !== null || original.steps.length > 0 || original.policy > 0;
  if (facts.policy === null && needsPolicy) find('policy-unknown');
  // a till never goes back to an older policy than the one it has acted under
  if (facts.policy !== null && original.policy < facts.newestUsed)
    find('policy-unknown', 'older-version');
  const rights = operator !== null && policy !== null ? rightsOf(policy, operator) : [];
  const missing = missingRight(needed, [...rights, ...rightsLent(known, policy)]);
  if (missing !== null) find('no-right', missing);
  if (earnsTooMuch(original, policy) && !rights.includes('correct-balance'))
    find('no-right', 'correct-balance');
  if (known?.act === 'customer-saved') {
    const right = rightForCredit(facts.creditOf(known.body.customer).here, known.body.credit);
    if (right !== null && !rights.includes(right)) find('no-right', right);
  }

  const isUnapproved =
    original.opening !== null && !facts.isDemo && !isApproved(original, original.opening, facts);
  if (isUnapproved) find('import-unapproved');

  // an import sets opening balances by right
  const byRight = act === 'customers-imported';
  const needsConsent = isConsented(act);
  const movements: JudgedMovement[] = [];
  const before: ActRow[] = [];
  for (const movement of original.movements) {
    const { customer, action, confirmation } = movement;
    if (act === 'sale' && !rights.includes(action)) find('no-right', action);
    const amount = worthOf(movement, policy);
    // the limit of credit is only for new debt: not for returns, for cancelled repayments, or for imported balances
    const isRaising = act !== 'return' && (act !== 'repayment-cancelled' || facts.owedSince > 0);
    const isNew = !byRight && isRaising;
    if (isNew && !mayOwe(movement, { policy, rights, before }, facts, 'here'))
      find('no-right', 'sell-over-limit');
    else if (isNew && !mayOwe(movement, { policy, rights, before }, facts, 'inShop'))
      find('limit-elsewhere', action);
    const isOverdrawn = facts.isWhole && movement.moved > facts.pointsOf(customer);
    if (needsConsent && action === 'redeem-points' && isOverdrawn) find('points-elsewhere', action);
    const given = { original, movement, amount, policy, byRight, before };
    const { kinds, proof } = judgeProof(given, facts);
    for (const each of kinds) find(each, action);
    const isTheirs = proof === 'code' || proof === 'reserve-code';
    // if the author knew of the dispute, the till's rules refuse the debt, and `wrong` says so
    const isRefused = action === 'sell-on-account' && facts.isDisputedHere(customer);
    if (needsConsent && !isTheirs && !isRefused && at > (facts.disputedSince(customer) ?? at))
      find('customer-disputed', action);
    const below = kinds.length === 0 ? thresholdOf(movement, policy) : null;
    const row = { ...actRowOf(original, movement, facts.countedAt, amount, proof), below };
    const isDemo = confirmation?.kind === 'none' && confirmation.because === 'demo';
    // the customer gets a message about each purchase that an authorised person confirmed
    const isTheirOwn = movement.grant?.person === null && !movement.grant.weak;
    const isSure = proof === 'code' && isTheirOwn;
    // an owner left the messages out: the first code names the debt
    const isUntold = isImportUntold(movement) && !isUnapproved;
    const needsNotice = !isSure && !isUntold && !(isDemo && facts.isDemo);
    movements.push({ movement, act: row, needsNotice });
    before.push(row);
  }
  for (const customer of customersOf(original)) {
    const forgotten = facts.forgottenBy(customer);
    if (facts.knewDelayed(customer)) find('against-rules', 'customer-forgotten');
    if (forgotten === null || facts.isUndoneBy(forgotten)) continue;
    if (facts.knewForgotten(forgotten)) find('against-rules', 'customer-forgotten');
    else find('customer-forgotten', customer);
  }
  // An entry that names an unknown policy version is judged by the newest policy: an invented version must not avoid the check.
  const { wrong, refusedInShop: refused } = facts;
  // if the audit already found the reason, no second finding is added; a discrepancy is not a reason
  const isExplained = findings.some(
    ({ kind }) => kind !== 'policy-unknown' && !isDiscrepancy(kind),
  );
  if (wrong !== null && !isExplained) find(wrong.kind, wrong.detail);
  if (wrong === null && facts.isRepaidElsewhere) find('repaid-elsewhere');
  if (wrong === null && facts.isReturnedElsewhere) find('returned-elsewhere');
  if (wrong === null && facts.isPaidBackElsewhere) find('paid-back-elsewhere');
  if (wrong === null && facts.isEarnedElsewhere) find('earned-elsewhere');
  if (wrong === null && policy !== null && earnsOverCap(original, policy, facts))
    find('earning-cap-elsewhere');
  if (refused !== null && wrong === null && !isExplained) find(refused.kind, refused.detail);
  const favours = byRightIn(original, policy, facts.countedAt);
  if (wrong === null && policy !== null)
    for (const favour of favours)
      if (mostInADay(facts.movedByRight(), favour) > policy.corrections.perDay)
        find('cap-elsewhere', 'correct-balance');
  // A return of sold goods that only exceeds the daily cap still counts: its sale bounds what can be given back.
  const isOnlyOver =
    wrong?.detail === 'over-day-cap' && known?.act === 'return' && known.body.sale !== null;
  // a return without the customer's required consent still counts, because the goods are back in the shop
  const isUnasked = wrong?.kind === 'code-was-required';
  const isWrong = (wrong !== null && !isOnlyOver && !isUnasked) || missing !== null;
  const isSound = needsConsent && !original.malformed && wrong === null;
  const isAltered = needsConsent ? !isSound : wrong?.kind === 'differs';
  // What a return or cancellation takes from the customer follows from the rules. If they cannot confirm it, it needs consent.
  const isTaking = isWrong || !facts.isGivingBackKnown;
  const taken = isTaking ? takenBack(original, policy, facts) : [];
  return {
    findings,
    movements: [...(isAltered ? movements.map(unproven) : movements), ...taken],
    isWrong,
    byRight: favours,
  };
}

/** Whether the entry says that the customer got no message about this imported debt. */
export const isImportUntold = ({ confirmation }: Movement): boolean =>
  confirmation?.kind === 'none' && confirmation.because === 'import-untold';

/** Whether the act's rules ask for the customer's consent; what gives back counts without it. */
export function isConsented(act: string): boolean {
  const rules = rulesOf(act);
  return rules?.consentId !== undefined && rules.givesBack !== true;
}

/** What a movement counts as in caps and thresholds. `at`: ms; `amount`: minor units. */
export const actRowOf = (
  { hash, till, seq }: Pick<Original, 'hash' | 'till' | 'seq'>,
  { customer, action }: Pick<Movement, 'customer' | 'action'>,
  at: number,
  amount: number,
  proof: ActRow['proof'],
): ActRow => ({ hash, till, seq, at, customer, action, amount, proof, below: null, order: null });

/** What a correction moves in the customer's favour, as it counts in the cap of a day. `at`: ms. */
export function byRightIn(
  original: Pick<Original, 'known' | 'hash' | 'till' | 'seq'>,
  policy: Policy | null,
  at: number,
): readonly ActRow[] {
  const { known } = original;
  if (known?.act !== 'balance-corrected' || policy === null) return [];
  const { customer, account } = known.body;
  const rules = policy as VerifiedPolicy;
  if (takenBy(known.body, rules) !== null) return [];
  const amount = worthOfCorrection(known.body, rules);
  const action = account === 'debt' ? 'sell-on-account' : 'redeem-points';
  return [actRowOf(original, { customer, action }, at, amount, 'by-right')];
}

/** Points taken by a return or a cancellation, or debt raised by a payout, as movements without a confirmation. */
function takenBack(
  original: Original,
  policy: Policy | null,
  { countedAt }: Facts,
): JudgedMovement[] {
  const nothing = {
    confirmation: null,
    grant: null,
    verifier: null,
    isItsCode: false,
    confirmedNumber: null,
  };
  return original.unasked.map(({ customer, account, delta }): JudgedMovement => {
    const action = account === 'points' ? 'redeem-points' : 'sell-on-account';
    const moved = Math.abs(delta);
    const movement: Movement = { customer, action, moved, ...nothing, sameDeal: null };
    const amount = worthOf(movement, policy);
    const act = actRowOf(original, movement, countedAt, amount, 'nothing');
    return { movement, act, needsNotice: true };
  });
}

/** A movement that the rules decide differently counts as unconfirmed, whatever proof it has; an override still counts in its caps. */
const unproven = ({ movement, act }: JudgedMovement): JudgedMovement => ({
  movement,
  act: { ...act, proof: act.proof === 'override' ? 'override' : 'nothing' },
  needsNotice: true,
});

/** The customers whom an act or their card names. */
const customersOf = ({ sale, cards, steps }: Original): ReadonlySet<string> =>
  new Set(
    [...cards, ...steps, ...(sale === null ? [] : [sale])].flatMap(
      ({ customer }) => customer ?? [],
    ),
  );

const earnsTooMuch = ({ earning }: Original, policy: Policy | null): boolean =>
  earning !== null &&
  policy !== null &&
  earning.points > earned(money(earning.moneyPaid), policy.points);

/** Whether a sale gives more points than the customer may earn in a day, counting the sales of other tills. */
function earnsOverCap({ sale }: Original, policy: Policy, facts: Facts): boolean {
  const others = facts.earningSales();
  const amount = sale === null ? 0 : earnsOf(sale);
  if (amount === 0 || others.every(facts.isOfDevice)) return false;
  return mostInADay(others, { at: facts.countedAt, amount }) > mostInDay(policy.points);
}

/** The movements of an act that was made under another relay, as its till states them: this relay cannot check their proofs. */
export const actsAsSaid = (original: Original, newest: Policy | null): readonly ActRow[] =>
  original.movements.map((movement): ActRow => {
    const said = movement.confirmation?.kind ?? 'nothing';
    const proof =
      said === 'code' || said === 'reserve-code'
        ? 'former'
        : said === 'by-right'
          ? 'nothing'
          : said;
    return actRowOf(original, movement, original.at, worthOf(movement, newest), proof);
  });

/** The threshold a movement claims to be below, minor units; null: none claimed. */
const thresholdOf = ({ action, confirmation }: Movement, policy: Policy | null): number | null =>
  confirmation?.kind === 'not-required' && confirmation.because === 'below-threshold'
    ? (policy?.methods[action].threshold ?? null)
    : null;

/** The rights of the colleague whose PIN allowed this one act; none: nobody's did. */
function rightsLent(known: Original['known'], policy: Policy | null): readonly Right[] {
  const approval = known?.act === 'return' ? known.body.approval : null;
  const given = approval?.kind === 'given' ? approval.by : null;
  const by = known !== null && 'allowedBy' in known.body ? known.body.allowedBy : given;
  return by === null || policy === null ? [] : rightsOf(policy, by);
}

type Owing = Pick<Given, 'policy' | 'before'> & { readonly rights: readonly Right[] };

/** Whether an owner's approval is for exactly these opening balances, or their removal, in this entry of this till. */
function isApproved({ till, at }: Original, opening: Opening, facts: Facts): boolean {
  const { purpose, accounts, sums, approval } = opening;
  return (
    approval !== null &&
    !approval.demo &&
    approval.purpose === purpose &&
    approval.shop === facts.shop &&
    approval.till === till &&
    approval.accounts === accounts &&
    approval.sums.customers === sums.customers &&
    approval.sums.debt === sums.debt &&
    approval.sums.prepaid === sums.prepaid &&
    approval.sums.points === sums.points &&
    at >= approval.iat - CLOCK_MS &&
    at < approval.exp + CLOCK_MS &&
    !facts.isSpent(approval.id)
  );
}

/**
 * Whether the customer's credit allows the debt: by what the device knew (`here`), or by all journals (`inShop`). The same rule
 * as `allowedDebt`, but for any entry.
 */
function mayOwe(
  { customer, action, moved }: Movement,
  { policy, rights, before }: Owing,
  facts: Facts,
  by: keyof CreditKnown,
): boolean {
  const card = facts.creditOf(customer)[by];
  if (action !== 'sell-on-account' || policy === null || (card === null && !facts.isWhole))
    return true;
  const credit = card ?? { kind: 'shop-limit' };
  if (credit.kind === 'no-credit') return false;
  if (by === 'here' && facts.sawLost) return true;
  if (credit.kind === 'unlimited' || rights.includes('sell-over-limit')) return true;
  const limit = credit.kind === 'own-limit' ? credit.limit : policy.credit.debtLimit;
  const mine = before.filter((one) => one.action === action && one.customer === customer);
  const owed = mine.reduce((sum, { amount }) => sum + amount, facts.debtOf(customer)[by]);
  return owed + moved <= limit;
}

/** Minor units: the debt; for points the larger of the worth stated by the entry and by the policy. */
export function worthOf({ action, moved, confirmation }: Movement, policy: Policy | null): number {
  if (action === 'sell-on-account') return moved;
  return exact(Math.max(confirmation?.amount ?? 0, moved * (policy?.points.pointValue ?? 0)));
}
