// Lists where a new policy protects customers or owners less than the one before.
import type { Weakening } from '$lib/contract/owner-notice';
import type { Operator, Policy, Right } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { SHARED_CODES } from '$lib/domain/values/phone';
import { groupOf, operatorOf, rightsOf } from './policy';
import { RIGHTS } from './rights';

/** Rights to go past the customer's code or to change the rules that require it. */
export const GUARDED_RIGHTS: readonly Right[] = [
  'sell-over-limit',
  'skip-code:on-account',
  'skip-code:points',
  'correct-balance',
  'change-customer-phone',
  'manage-customers',
  'manage-staff',
  'settings',
  'data',
];

/** Everything the change weakens, including removed owners. `checkPolicyChange` decides whether it is allowed. */
export function policyWeakenings(before: Policy, after: Policy): readonly Weakening[] {
  return [
    ...(['sell-on-account', 'redeem-points'] as const).flatMap((action) =>
      ofMethod(action, before, after),
    ),
    ...ofSums(before, after),
    ...ofChallenges(before, after),
    ...ofPrefixes(before, after),
    ...ofGroups(before, after),
    ...after.operators.flatMap((operator) => ofOperator(operator, before, after)),
    ...ownersOf(before).flatMap((owner) => ofOwner(owner, after)),
    ...ofShopName(before.shop.name, after.shop.name),
  ];
}

/** Active operators who hold every right that anyone holds. */
export function ownersOf(policy: Policy): readonly Operator[] {
  const held = RIGHTS.filter((right) => policy.operators.some((it) => holds(policy, it.id, right)));
  return policy.operators.filter(({ id }) => held.every((right) => holds(policy, id, right)));
}

const holds = (policy: Policy, operatorId: string, right: Right): boolean =>
  rightsOf(policy, operatorId).includes(right);

export const isOwner = (policy: Policy, operatorId: string): boolean =>
  ownersOf(policy).some(({ id }) => id === operatorId);

function ofMethod(action: SaleAction, before: Policy, after: Policy): readonly Weakening[] {
  const [was, is] = [before.methods[action], after.methods[action]];
  // with no code before, nothing can be weakened
  if (was.chain.length === 0) return [];
  if (is.chain.length === 0) return [{ kind: 'no-code', action }];
  const weakened: Weakening[] = [];
  if (is.chain.includes('call') && !was.chain.includes('call'))
    weakened.push({ kind: 'weak-code', action });
  if (is.threshold > was.threshold)
    weakened.push({ kind: 'threshold', action, from: was.threshold, to: is.threshold });
  return weakened;
}

/** Customers know the sender of a code by this name. */
function ofShopName(was: string, is: string): readonly Weakening[] {
  return was === is ? [] : [{ kind: 'shop-name', to: is }];
}

/** `[from, to]` if it increased. */
function grown(from: number, to: number): readonly { from: number; to: number }[] {
  return to > from ? [{ from, to }] : [];
}

function ofSums(before: Policy, after: Policy): readonly Weakening[] {
  const caps = ['perAct', 'perCustomer', 'perTill'] as const;
  return [
    ...grown(before.credit.debtLimit, after.credit.debtLimit).map(
      (change) => ({ kind: 'debt-limit', ...change }) as const,
    ),
    ...grown(before.credit.newNumberCap, after.credit.newNumberCap).map(
      (change) => ({ kind: 'new-number-cap', ...change }) as const,
    ),
    ...(['perAct', 'perNumber', 'perShop'] as const).flatMap((cap) =>
      grown(before.weakCodes[cap], after.weakCodes[cap]).map(
        (change) => ({ kind: 'weak-code-cap', cap, ...change }) as const,
      ),
    ),
    ...caps.flatMap((cap) =>
      grown(before.overrideCaps[cap], after.overrideCaps[cap]).map(
        (change) => ({ kind: 'override-cap', cap, ...change }) as const,
      ),
    ),
    ...grown(before.notices.largeFrom, after.notices.largeFrom).map(
      (change) => ({ kind: 'large-from', ...change }) as const,
    ),
    ...(before.notices.repayments && !after.notices.repayments
      ? [{ kind: 'repayments-untold' } as const]
      : []),
    ...(before.notices.corrections && !after.notices.corrections
      ? [{ kind: 'corrections-untold' } as const]
      : []),
    ...grown(before.corrections.perDay, after.corrections.perDay).map(
      (change) => ({ kind: 'correction-cap', ...change }) as const,
    ),
    ...(before.notices.returns && !after.notices.returns
      ? [{ kind: 'returns-untold' } as const]
      : []),
    ...(['cashFrom', 'perDay'] as const).flatMap((cap) =>
      grown(before.returns[cap], after.returns[cap]).map(
        (change) => ({ kind: 'return-cap', cap, ...change }) as const,
      ),
    ),
    ...ofPoints(before.points, after.points),
    ...ofFrom('return-code', before.returns.codeFrom, after.returns.codeFrom),
    ...ofFrom(
      'reminders',
      before.notices.reminders?.from ?? null,
      after.notices.reminders?.from ?? null,
    ),
  ];
}

/** A protection that applies from a sum on, minor units; null: it never applies. */
const ofFrom = (
  kind: 'return-code' | 'reminders',
  from: number | null,
  to: number | null,
): readonly Weakening[] =>
  from !== null && (to === null || to > from) ? [{ kind, from, to }] : [];

function ofPoints(was: Policy['points'], is: Policy['points']): readonly Weakening[] {
  const { pointValue: from } = was;
  const { pointValue: to } = is;
  return [
    ...grown(was.earnBasisPoints, is.earnBasisPoints).map(
      (change) => ({ kind: 'points-share', share: 'earn', ...change }) as const,
    ),
    ...grown(was.redeemBasisPoints, is.redeemBasisPoints).map(
      (change) => ({ kind: 'points-share', share: 'redeem', ...change }) as const,
    ),
    ...(from === to ? [] : [{ kind: 'point-value', from, to } as const]),
    ...grown(was.perDay, is.perDay).map((change) => ({ kind: 'earning-cap', ...change }) as const),
  ];
}

/** What makes a code easier to guess: lifetime, attempts, and messages to one phone. */
function ofChallenges(before: Policy, after: Policy): readonly Weakening[] {
  const limits = ['perPhoneHour', 'perPhoneDay'] as const;
  return [
    ...grown(before.challenge.lifetimeMs, after.challenge.lifetimeMs).map(
      (change) => ({ kind: 'lifetime', ...change }) as const,
    ),
    ...grown(before.challenge.checks, after.challenge.checks).map(
      (change) => ({ kind: 'checks', ...change }) as const,
    ),
    ...limits.flatMap((limit) =>
      grown(before.limits[limit], after.limits[limit]).map(
        (change) => ({ kind: 'phone-limit', limit, ...change }) as const,
      ),
    ),
  ];
}

/**
 * Prefixes that were not allowed before. A calling code that several countries share covers only one of them, which depends on
 * the shop's country: so a longer prefix under it, or the same code after the country changed, counts as new.
 */
function ofPrefixes(before: Policy, after: Policy): readonly Weakening[] {
  const moved = before.shop.phoneCountry !== after.shop.phoneCountry;
  const hadIt = (prefix: string): boolean =>
    before.allowedPrefixes.some((had) =>
      SHARED_CODES.has(had) ? had === prefix && !moved : prefix.startsWith(had),
    );
  const added = after.allowedPrefixes.filter((prefix) => !hadIt(prefix));
  return added.length === 0 ? [] : [{ kind: 'prefixes', added }];
}

function ofGroups(before: Policy, after: Policy): readonly Weakening[] {
  return after.groups.flatMap((group) => {
    const rights = gainedBy(groupOf(before, group.id)?.rights ?? [], group.rights);
    const { id, name } = group;
    return rights.length === 0 ? [] : [{ kind: 'group-rights', group: { id, name }, rights }];
  });
}

const gainedBy = (had: readonly Right[], has: readonly Right[]): Right[] =>
  GUARDED_RIGHTS.filter((right) => has.includes(right) && !had.includes(right));

function ofOperator(operator: Operator, before: Policy, after: Policy): readonly Weakening[] {
  const { id, name: who } = operator;
  const was = operatorOf(before, id);
  const weakened: Weakening[] = [];
  const rights = gainedBy(rightsOf(before, id), rightsOf(after, id));
  // rights that operators gained because their group gained them are already reported with the group
  const byGroup = gainedBy(
    groupOf(before, operator.group)?.rights ?? [],
    groupOf(after, operator.group)?.rights ?? [],
  );
  const stayed = was?.group === operator.group && was.active;
  if (isOwner(after, id) && !isOwner(before, id) && rights.length > 0)
    weakened.push({ kind: 'new-owner', operator: who });
  else if (rights.some((right) => !stayed || !byGroup.includes(right)))
    weakened.push({ kind: 'operator-rights', operator: who, rights });
  const guarded = gainedBy([], rightsOf(before, id)).length > 0;
  if (was !== null && was.phone !== null && was.phone !== operator.phone && guarded)
    weakened.push({ kind: 'operator-phone', operator: who });
  return weakened;
}

function ofOwner({ id, name, pin }: Operator, after: Policy): readonly Weakening[] {
  if (!isOwner(after, id)) return [{ kind: 'former-owner', operator: name }];
  const is = operatorOf(after, id)?.pin;
  const samePin = is?.hash === pin.hash && is.salt === pin.salt && is.rounds === pin.rounds;
  return samePin ? [] : [{ kind: 'owner-pin', operator: name }];
}
