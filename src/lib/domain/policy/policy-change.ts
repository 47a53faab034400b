// Decides whether one policy may follow another. The relay's rule; the till checks it beforehand.
import type { Operator, Policy, PolicyRefusal, Right } from '$lib/contract/policy';
import { SETTINGS, type SettingsPart } from '$lib/contract/settings';
import { groupOf, operatorOf, pinDigitsFor, rightsOf, discountCapOf } from './policy';
import { mayGive, OWNER_RIGHTS } from './rights';

/** `path`: where in the new policy, such as `operators.2.group`. */
export type PolicyFault = { readonly path: string; readonly because: PolicyRefusal };

/** Null when the change is allowed. `before: null` is the very first policy, which needs no right. */
export function checkPolicyChange(
  before: Policy | null,
  after: Policy,
  byOperatorId: string | null,
): PolicyFault | null {
  const malformed = duplicateId(after) ?? unknownGroup(after) ?? repeatedChannel(after);
  if (malformed !== null) return malformed;
  if (before !== null) {
    const refused = otherShop(before, after) ?? withoutRight(before, after, byOperatorId) ?? null;
    if (refused !== null) return refused;
  }
  return lastOwner(before, after) ?? pinTooShort(after);
}

const firstRepeated = (values: readonly string[]): number =>
  values.findIndex((value, index) => values.indexOf(value) !== index);

function duplicateId(after: Policy): PolicyFault | null {
  for (const key of ['operators', 'groups', 'customerGroups', 'discountRules'] as const) {
    const index = firstRepeated(after[key].map((each) => each.id));
    if (index >= 0) return { path: `${key}.${index}.id`, because: 'duplicate-id' };
  }
  return null;
}

function unknownGroup(after: Policy): PolicyFault | null {
  const index = after.operators.findIndex((operator) => groupOf(after, operator.group) === null);
  return index < 0 ? null : { path: `operators.${index}.group`, because: 'unknown-group' };
}

function repeatedChannel(after: Policy): PolicyFault | null {
  for (const action of ['redeem-points', 'sell-on-account'] as const) {
    const index = firstRepeated(after.methods[action].chain);
    if (index >= 0) return { path: `methods.${action}.chain.${index}`, because: 'malformed' };
  }
  return null;
}

function otherShop(before: Policy, after: Policy): PolicyFault | null {
  if (before.shop.id !== after.shop.id) return { path: 'shop.id', because: 'wrong-shop' };
  // every sum in every journal is in this currency
  return same(before.shop.currency, after.shop.currency)
    ? null
    : { path: 'shop.currency', because: 'currency-fixed' };
}

/** Equal as JSON, ignoring the order of keys. Values here are plain data. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(y).length &&
    keys.every((key) => key in y && same(x[key], y[key]))
  );
}

/** What a policy consists of, apart from its version. */
export type PolicyPart = Exclude<keyof Policy, 'v' | 'version' | 'at'>;

const STAFF_PARTS: readonly PolicyPart[] = ['operators', 'groups'];
const SETTING_PARTS: readonly PolicyPart[] = [
  'shop',
  'customerGroups',
  'methods',
  ...(Object.keys(SETTINGS) as SettingsPart[]),
  'cashRounding',
  'discountRules',
  'labelMasks',
  'allowedPrefixes',
];

/**
 * The parts in which two policies differ. The shop's name and the language of its messages do not count, because nobody has to
 * consent to their change.
 */
export function protectedParts(before: Policy, after: Policy): readonly PolicyPart[] {
  const { name, messageLanguage } = before.shop;
  const unnamed = { ...after, shop: { ...after.shop, name, messageLanguage } };
  return [...STAFF_PARTS, ...SETTING_PARTS].filter((part) => !same(before[part], unnamed[part]));
}

function withoutRight(before: Policy, after: Policy, by: string | null): PolicyFault | null {
  const own = by === null ? [] : rightsOf(before, by);
  const needed: readonly [readonly PolicyPart[], Right][] = [
    [STAFF_PARTS, 'manage-staff'],
    [SETTING_PARTS, 'settings'],
  ];
  for (const [parts, right] of needed) {
    const changed = parts.find((part) => !same(before[part], after[part]));
    if (changed !== undefined && !own.includes(right)) {
      return { path: changed, because: 'no-right' };
    }
  }
  return groupBeyond(before, after, own, by) ?? operatorBeyond(before, after, own);
}

/** Nobody may give a group rights that they do not hold, or a higher discount cap than their own. */
function groupBeyond(
  before: Policy,
  after: Policy,
  own: readonly Right[],
  by: string | null,
): PolicyFault | null {
  const index = after.groups.findIndex((group) => {
    const had = groupOf(before, group.id)?.rights ?? [];
    return group.rights.some((right) => !had.includes(right) && !mayGive(own, right));
  });
  if (index >= 0) return { path: `groups.${index}.rights`, because: 'right-not-yours' };
  const cap = by === null ? 0 : discountCapOf(before, by);
  const above = after.groups.findIndex(({ id, discountBasisPoints }) => {
    const had = groupOf(before, id)?.discountBasisPoints ?? 0;
    return discountBasisPoints > had && discountBasisPoints > cap;
  });
  return above < 0
    ? null
    : { path: `groups.${above}.discountBasisPoints`, because: 'right-not-yours' };
}

/** Nobody may move an operator into or out of a group with rights that they do not hold, or set the PIN of its members. */
function operatorBeyond(before: Policy, after: Policy, own: readonly Right[]): PolicyFault | null {
  const beyond = (policy: Policy, operator: Operator | null) =>
    operator !== null &&
    (groupOf(policy, operator.group)?.rights ?? []).some((right) => !mayGive(own, right));
  for (const [index, operator] of after.operators.entries()) {
    const was = operatorOf(before, operator.id);
    if (same(was, operator)) continue;
    if (!beyond(before, was) && !beyond(after, operator)) continue;
    const part = was?.group === operator.group && !same(was.pin, operator.pin) ? 'pin' : 'group';
    return { path: `operators.${index}.${part}`, because: 'right-not-yours' };
  }
  const removed = before.operators.some(
    (operator) => operatorOf(after, operator.id) === null && beyond(before, operator),
  );
  return removed ? { path: 'operators', because: 'right-not-yours' } : null;
}

const heldByOne = (policy: Policy, rights: readonly Right[]): boolean =>
  policy.operators.some((operator) => {
    const own = rightsOf(policy, operator.id);
    return rights.every((right) => own.includes(right));
  });

/** One active operator must hold every right of an owner that anyone held before; otherwise nobody could grant that right again. */
function lastOwner(before: Policy | null, after: Policy): PolicyFault | null {
  const owned =
    before === null
      ? OWNER_RIGHTS
      : OWNER_RIGHTS.filter((right) =>
          before.operators.some((o) => rightsOf(before, o.id).includes(right)),
        );
  return heldByOne(after, owned) ? null : { path: 'operators', because: 'last-owner' };
}

function pinTooShort(after: Policy): PolicyFault | null {
  const index = after.operators.findIndex(
    (operator) =>
      operator.active && operator.pin.digits < pinDigitsFor(rightsOf(after, operator.id)),
  );
  return index < 0 ? null : { path: `operators.${index}.pin`, because: 'pin-too-short' };
}
