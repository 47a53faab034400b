// A customer's card that was made or changed: decides which rights the changes need.
// Leaves no rows.
import { LEAVES_NO_ROWS, type ActRules } from '$lib/domain/act-rules';
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf } from '$lib/contract/journal';
import type { Right } from '$lib/contract/policy';
import { isSameBirthday } from '$lib/domain/values/birthday';
import type { CardEntered } from '$lib/domain/customers/customer';
import { may } from '$lib/domain/policy/policy';
import type { Decided, Deciding } from '$lib/domain/policy/rights';

type Card = Omit<CardEntered, 'id'>;

export type CustomerInput = Deciding & {
  /** The card until now; null: a new one. */
  readonly held: Card | null;
  readonly asked: Card & { readonly id: string };
  /** Salted hash of the personal record. */
  readonly recordHash: string;
};

export function decideCustomerSaved(input: CustomerInput): Decided<BodyOf<'customer-saved'>> {
  const { policy, operator, held, asked, recordHash } = input;
  const missing = rightsFor(held, asked).find((right) => !may(policy, operator, right));
  if (missing !== undefined)
    return { kind: 'refused', because: { kind: 'no-right', right: missing } };
  return {
    kind: 'decided',
    body: { customer: asked.id, recordHash, credit: asked.credit },
  };
}

/** All rights a change needs. `sell` is enough for a new card with default values, and for adding a first phone. */
function rightsFor(held: Card | null, asked: Card): readonly Right[] {
  const credit = rightForCredit(held?.credit ?? null, asked.credit);
  const isManaged =
    held === null
      ? asked.group !== null || asked.reminders === 'declined'
      : !isSameText(held, asked);
  const isRenumbered = held !== null && held.phone !== null && held.phone !== asked.phone;
  return [
    ...(isRenumbered ? (['change-customer-phone'] as const) : []),
    credit !== null || isManaged ? 'manage-customers' : 'sell',
  ];
}

/**
 * The further right that a card's credit needs: if it changes, or if a new card has other credit than the shop's limit or none.
 * Null: the right to the act is enough. `held`: the credit until now; null: a new card.
 */
export function rightForCredit(held: Credit | null, asked: Credit): Right | null {
  const isPlain = asked.kind === 'shop-limit' || asked.kind === 'no-credit';
  const isFree = held === null ? isPlain : isSameCredit(held, asked);
  return isFree ? null : 'manage-customers';
}

/** Whether nothing on the card changes. */
export const isSameCard = (held: Card, asked: Card): boolean =>
  isSameText(held, asked) && held.phone === asked.phone && isSameCredit(held.credit, asked.credit);

/**
 * What a form has changed on a card, put on the card as it is now: a field left alone keeps what another till wrote there since
 * the form was opened. Null: the form and another till have changed the same field.
 */
export function onNewest(opened: Card, typed: Card, now: Card): Card | null {
  const [mine, others] = [changedFields(opened, typed), changedFields(opened, now)];
  if (mine.some((field) => others.includes(field) && !isSameField[field](typed, now))) return null;
  return { ...now, ...Object.fromEntries(mine.map((field) => [field, typed[field]])) };
}

const isSameField: Readonly<Record<keyof Card, (a: Card, b: Card) => boolean>> = {
  name: (a, b) => a.name === b.name,
  phone: (a, b) => a.phone === b.phone,
  credit: (a, b) => isSameCredit(a.credit, b.credit),
  birthday: (a, b) => isSameBirthday(a.birthday, b.birthday),
  note: (a, b) => a.note === b.note,
  group: (a, b) => a.group === b.group,
  reminders: (a, b) => a.reminders === b.reminders,
};

const changedFields = (before: Card, after: Card): (keyof Card)[] =>
  (Object.keys(isSameField) as (keyof Card)[]).filter(
    (field) => !isSameField[field](before, after),
  );

const isSameText = (held: Card, asked: Card): boolean =>
  held.name === asked.name &&
  held.note === asked.note &&
  held.group === asked.group &&
  held.reminders === asked.reminders &&
  isSameBirthday(held.birthday, asked.birthday);

const isSameCredit = (a: Credit, b: Credit): boolean =>
  a.kind === b.kind &&
  (a.kind === 'own-limit' ? a.limit : 0) === (b.kind === 'own-limit' ? b.limit : 0);

export const customerSavedRules = {
  rights: ['sell', 'manage-customers', 'change-customer-phone'],
  ...LEAVES_NO_ROWS,
  cards: (body) => [body],
} as const satisfies ActRules<'customer-saved'>;
