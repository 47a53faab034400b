// What should not have happened: one entry judged by the relay's own policy of its version and by what else it knows. Pure; refuses nothing, for it has happened.
import type { Confirmation } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Policy, Right } from '$lib/contract/policy';
import { DAY_MS, MONTH_MS } from '$lib/domain/account';
import { skipRight } from '$lib/domain/confirmation';
import { exhausted } from '$lib/domain/invariant';
import { rightsOf } from '$lib/domain/policy';
import type { Movement, Original } from './journal-reading';
import type { ReserveCodeUse } from './reserve-code-checks';
import type { Finding } from './store/flags';
import type { ActRow, ProofKind } from './store/journal-acts';

/** The till's clock follows the relay's through replies; so far apart they may still be. */
const CLOCK_MS = 2 * 60_000;

/** What the relay knows beside the entry. */
export type Facts = {
  readonly shop: string;
  readonly now: number;
  /** Its own policy of the version the entry names; null: it never signed one. */
  readonly policy: Policy | null;
  /** Judged by where the named one is not known; null before first run. */
  readonly newest: Policy | null;
  readonly tillRevokedAt: number | null;
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
  /** Of this till, within a day of the entry either way. */
  readonly overridesOfTill: () => readonly ActRow[];
  /** Whether another till of the shop spoke to the relay at that time. */
  readonly othersHeard: () => boolean;
};

export type JudgedMovement = {
  readonly movement: Movement;
  readonly act: ActRow;
  /** The customer is told of it. */
  readonly isNews: boolean;
};
export type Judged = {
  readonly findings: readonly Finding[];
  readonly movements: readonly JudgedMovement[];
};

/** Acts somebody has to have a right for; one of them is enough. */
const RIGHTS: Readonly<Partial<Record<string, readonly Right[]>>> = {
  sale: ['sell'],
  'customer-saved': ['sell', 'manage-customers', 'change-customer-phone'],
  'customers-imported': ['manage-customers', 'data'],
  'products-imported': ['manage-catalogue', 'data'],
};

/** Judges an entry that has not had its effect yet. */
export function judgeEntry(original: Original, facts: Facts): Judged {
  const findings: Finding[] = [];
  const find = (kind: FlagKind, detail: string | null = null): void =>
    void findings.push({ kind, detail });
  const { at, act, operator } = original;
  if (at > facts.now + CLOCK_MS) find('future');
  if (facts.tillRevokedAt !== null && at > facts.tillRevokedAt + CLOCK_MS) find('till-revoked');

  const policy = facts.policy ?? facts.newest;
  const needed = RIGHTS[act];
  const needsPolicy = needed !== undefined || original.movements.length > 0 || original.policy > 0;
  if (facts.policy === null && needsPolicy) find('policy-unknown');
  const rights = operator !== null && policy !== null ? rightsOf(policy, operator) : [];
  if (needed !== undefined && !needed.some((right) => rights.includes(right)))
    find('no-right', needed[0]);

  const movements: JudgedMovement[] = [];
  for (const movement of original.movements) {
    const { customer, action, confirmation } = movement;
    if (act === 'sale' && !rights.includes(action)) find('no-right', action);
    const amount = worthOf(movement, policy);
    const before = movements.map((judged) => judged.act);
    const given = { original, movement, amount, policy, before };
    const { kinds, proof } = judgeProof(given, facts);
    for (const each of kinds) find(each, action);
    const row: ActRow = { till: original.till, at, customer, action, amount, proof };
    const isDemo = confirmation?.kind === 'none' && confirmation.because === 'demo';
    const isNews = proof !== 'code' && !(isDemo && facts.isDemo);
    movements.push({ movement, act: row, isNews });
  }
  return { findings, movements };
}

/** Minor units: of a debt itself; of points what the entry says they were worth, or what the policy does where that is more. */
function worthOf({ action, moved, confirmation }: Movement, policy: Policy | null): number {
  if (action === 'sell-on-account') return moved;
  return Math.max(confirmation?.amount ?? 0, moved * (policy?.points.pointValue ?? 0));
}

type Given = {
  readonly original: Original;
  readonly movement: Movement;
  readonly amount: number;
  readonly policy: Policy | null;
  /** Movements of the same entry that were judged before. */
  readonly before: readonly ActRow[];
};
type Proof = { readonly kinds: readonly FlagKind[]; readonly proof: ProofKind };

function judgeProof(given: Given, facts: Facts): Proof {
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
      // an import or a correction is news, but nothing to flag; in a sale "none" is no answer
      const isSale = given.original.act === 'sale';
      const demoAgain = confirmation.because === 'demo' && !facts.isDemo;
      return { kinds: isSale || demoAgain ? ['unconfirmed'] : [], proof: 'none' };
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
      mostInADay([...facts.overridesOfTill(), ...own], now) > perTill;
    if (over) found.push('cap-exceeded');
  }
  if (connectivity.state === 'offline' && facts.othersHeard())
    found.push('override-while-others-online');
  return found;
}

type Use = { readonly at: number; readonly amount: number };

/**
 * The largest sum of any 24 hours this use lies in, itself included: journals arrive out of order, so what is dated later
 * may be known before.
 */
export function mostInADay(uses: readonly Use[], own: Use): number {
  const ends = [own, ...uses].map(({ at }) => at).filter((end) => isWithin(own.at, end));
  const sums = ends.map((end) =>
    uses.reduce((sum, { at, amount }) => (isWithin(at, end) ? sum + amount : sum), own.amount),
  );
  return Math.max(...sums);
}

const isWithin = (at: number, end: number): boolean => at > end - DAY_MS && at <= end;

/** Whether by the policy no code was needed: the method is *none*, or all of the customer's 30 days together stay below the threshold. */
function isFree(
  { original, movement, amount, policy, before }: Given,
  because: 'method-none' | 'below-threshold',
  facts: Facts,
): boolean {
  if (policy === null) return false;
  const { chain, threshold } = policy.methods[movement.action];
  if (because === 'method-none') return chain.length === 0;
  const isCounted = (act: ActRow): boolean =>
    act.action === movement.action &&
    act.customer === movement.customer &&
    act.proof !== 'code' &&
    act.proof !== 'reserve-code' &&
    act.at > original.at - MONTH_MS &&
    act.at <= original.at;
  const together = [...facts.actsOf(movement.customer), ...before].filter(isCounted);
  return together.reduce((sum, act) => sum + act.amount, amount) < threshold;
}

/** Which of these are news for the same customer, in the order of the entry. */
export function newsOf(judged: Judged): Map<string, readonly JudgedMovement[]> {
  const news = new Map<string, JudgedMovement[]>();
  for (const each of judged.movements) {
    if (!each.isNews) continue;
    const { customer } = each.movement;
    news.set(customer, [...(news.get(customer) ?? []), each]);
  }
  return news;
}
