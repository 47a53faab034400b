// Customer: the card, its credit, and how much more may go on account.
import type { AuthorisedPerson, CardDetails, Credit } from '$lib/contract/acts/customer';
import type { Right } from '$lib/contract/policy';
import { leftOf, money, type Money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import { operatorOf } from '$lib/domain/policy/policy';
import { isAlone, type Deciding } from '$lib/domain/policy/rights';

export type Customer = CardDetails & {
  /** When the birthday was entered or last changed, ms; null: there is none. */
  readonly birthdaySince: number | null;
  /** Who else may confirm purchases on the account, in the order in which they were added. */
  readonly persons: readonly AuthorisedPerson[];
  readonly id: string;
  readonly name: string;
  readonly phone: Phone | null;
  /** When this till first stored the number on the card, ms; null: no number, or it came with an import. */
  readonly phoneSince: number | null;
  readonly credit: Credit;
  /** Made with the card and never changed, 32 bytes in hex: salts the hashes of its number and deals. */
  readonly cardSalt: string;
  /** Salt of the hash by which the journal refers to this record. */
  readonly salt: string;
  readonly savedAt: number;
};

/** The details of a card that has only name, number and credit. */
export const NO_DETAILS: CardDetails = {
  birthday: null,
  note: null,
  group: null,
  reminders: 'agreed',
};

/** The most authorised persons that one customer can have. */
export const MOST_PERSONS = 5;

export const NO_SEALED_DETAILS = { ...NO_DETAILS, birthdaySince: null };

/** What a person enters on a card. */
export type CardEntered = CardDetails & Pick<Customer, 'id' | 'name' | 'phone' | 'credit'>;

export function enteredOn(customer: Customer): CardEntered {
  const { id, name, phone, credit, birthday, note, group, reminders } = customer;
  return { id, name, phone, credit, birthday, note, group, reminders };
}

/** A customer's running totals. `owed` is negative if they have paid in advance. */
export type Standing = { readonly owed: Money; readonly points: number };

export type AllowedDebt =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'up-to'; readonly left: Money; readonly limit: Money }
  | { readonly kind: 'refused' };

/** The credit that allows less, the first where both allow the same. `shopLimit`: the policy's default, minor units. */
export function stricterCredit(first: Credit, other: Credit, shopLimit: number): Credit {
  const most = (credit: Credit): number => {
    if (credit.kind === 'no-credit') return -1;
    if (credit.kind === 'unlimited') return Infinity;
    return credit.kind === 'own-limit' ? credit.limit : shopLimit;
  };
  return most(other) < most(first) ? other : first;
}

/** How much more may go on account. `shopLimit`: the policy's default, minor units. */
export function allowedDebt(credit: Credit, shopLimit: number, owed: Money): AllowedDebt {
  switch (credit.kind) {
    case 'no-credit':
      return { kind: 'refused' };
    case 'unlimited':
      return { kind: 'unlimited' };
    case 'shop-limit':
    case 'own-limit': {
      const limit = money(credit.kind === 'own-limit' ? credit.limit : shopLimit);
      return { kind: 'up-to', left: leftOf(limit, owed), limit };
    }
  }
}

/** The numbers that show whose card it is. */
export type CardNumbers = Pick<Customer, 'persons'> & { readonly phone: string | null };

/** Whether the operator's own number is on the card, as the customer's or an authorised person's. Some acts are refused then. */
export function isOwnNumber(
  { policy, operator }: Deciding,
  { phone, persons }: CardNumbers,
): boolean {
  const own = operatorOf(policy, operator)?.phone ?? null;
  return own !== null && [phone, ...persons.map((person) => person.phone)].includes(own);
}

/** The operator would serve themselves. */
export type OwnNumber = { readonly kind: 'own-number' };

/**
 * Refuses operators who serve their own card while somebody else has the rights to do it; null: the operator may. `card` null:
 * there is no customer, or their card is not on this device.
 */
export function refusedOwnNumber(
  by: Deciding,
  card: CardNumbers | null,
  rights: readonly Right[],
): OwnNumber | null {
  const isOwn = card !== null && isOwnNumber(by, card);
  return isOwn && !isAlone(by, rights) ? { kind: 'own-number' } : null;
}

/**
 * The number of the customer, or of an authorised person, to which a code can be sent; null: there is none. If the customer has
 * no number, nobody can confirm for them: no message would inform them. `person`: their id; null: the customer.
 */
export function answeringPhone(
  { phone, persons }: Pick<Customer, 'phone' | 'persons'>,
  person: string | null,
): Phone | null {
  if (phone === null || person === null) return phone;
  return (persons.find(({ id }) => id === person)?.phone ?? null) as Phone | null;
}
