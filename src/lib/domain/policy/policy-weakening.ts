// Lists where a new policy protects customers or owners less than the one before.
import type { Weakening } from '$lib/contract/owner-notice';
import type { Operator, Policy, Right } from '$lib/contract/policy';
import { ALL_SETTINGS, type PlacedSetting } from '$lib/contract/settings';
import type { SaleAction } from '$lib/contract/values';
import { SHARED_CODES } from '$lib/domain/values/phone';
import { groupOf, operatorOf, rightsOf } from './policy';
import { OWNER_RIGHTS } from './rights';

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
export const policyWeakenings = (before: Policy, after: Policy): readonly Weakening[] => [
  ...(['sell-on-account', 'redeem-points'] as const).flatMap((action) =>
    ofMethod(action, before, after),
  ),
  ...ALL_SETTINGS.flatMap((setting) => ofSetting(setting, before, after)),
  ...ofReminders(before.notices.reminders, after.notices.reminders),
  ...ofPrefixes(before, after),
  ...ofGroups(before, after),
  ...after.operators.flatMap((operator) => ofOperator(operator, before, after)),
  ...ownersOf(before).flatMap((owner) => ofOwner(owner, after)),
  ...ofShopName(before.shop.name, after.shop.name),
];

/** Active operators who hold every right of an owner that anyone holds. */
export function ownersOf(policy: Policy): readonly Operator[] {
  const held = OWNER_RIGHTS.filter((right) =>
    policy.operators.some((it) => holds(policy, it.id, right)),
  );
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
const ofShopName = (was: string, is: string): readonly Weakening[] =>
  was === is ? [] : [{ kind: 'shop-name', to: is }];

type Value = number | boolean | null;

function ofSetting(
  { part, field, weakening }: PlacedSetting,
  before: Policy,
  after: Policy,
): readonly Weakening[] {
  const valueIn = (policy: Policy) => (policy[part] as Readonly<Record<string, Value>>)[field];
  const [from, to] = [valueIn(before) ?? null, valueIn(after) ?? null];
  if (weakening === null || !isWeaker[weakening.rule](from, to)) return [];
  const { rule, of } = weakening;
  const named = typeof of === 'string' ? { kind: of } : of;
  return [(rule === 'off' ? named : { ...named, from, to }) as Weakening];
}

const isWeaker = {
  larger: (from: Value, to: Value) => Number(to) > Number(from),
  off: (from: Value, to: Value) => from === true && to === false,
  later: (from: Value, to: Value) => from !== null && (to === null || to > from),
  other: (from: Value, to: Value) => from !== to,
};

type Reminders = Policy['notices']['reminders'];

function ofReminders(was: Reminders, is: Reminders): readonly Weakening[] {
  const [from, to] = [was?.from ?? null, is?.from ?? null];
  return from !== null && isWeaker.later(from, to) ? [{ kind: 'reminders', from, to }] : [];
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

const ofGroups = (before: Policy, after: Policy): readonly Weakening[] =>
  after.groups.flatMap((group) => {
    const rights = gainedBy(groupOf(before, group.id)?.rights ?? [], group.rights);
    const { id, name } = group;
    return rights.length === 0 ? [] : [{ kind: 'group-rights', group: { id, name }, rights }];
  });

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
