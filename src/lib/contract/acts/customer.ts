// Customers as the journal names them: without names and numbers.
import * as z from 'zod/mini';
import { at, grantJws, hash, id, minor, phone } from '$lib/contract/values';

/** Debt limit of a customer: the shop's default, their own limit, no limit, or no credit at all. */
export const credit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('shop-limit') }),
  z.strictObject({ kind: z.literal('own-limit'), limit: minor }),
  z.strictObject({ kind: z.literal('unlimited') }),
  z.strictObject({ kind: z.literal('no-credit') }),
]);
export type Credit = z.infer<typeof credit>;

/** A day of the calendar. Without a year, 29 February is allowed, too. */
export const birthday = z
  .strictObject({
    day: z.int().check(z.gte(1), z.lte(31)),
    month: z.int().check(z.gte(1), z.lte(12)),
    year: z.nullable(z.int().check(z.gte(1900), z.lte(2200))),
  })
  .check(z.refine(({ day, month, year }) => day <= daysOf(month, year ?? LEAP_YEAR)));
export type Birthday = z.infer<typeof birthday>;

const LEAP_YEAR = 2000;
const daysOf = (month: number, year: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

export const NOTE_LENGTH = 200;

/**
 * Whether a customer wants reminders of what they owe. Codes, and messages about acts on their account, are sent in any case.
 */
export const reminders = z.enum(['agreed', 'declined']);
export type Reminders = z.infer<typeof reminders>;

/** The data on a card besides name, number and credit. The journal contains none of it. */
export const cardDetails = z.strictObject({
  birthday: z.nullable(birthday),
  note: z.nullable(
    z.string().check(
      z.maxLength(NOTE_LENGTH),
      z.regex(/^[^\p{Cc}\p{Surrogate}]+$/u),
      z.refine((note) => note.trim() === note),
    ),
  ),
  /** One of the policy's `customerGroups`, or one that was deleted from it; null: none. */
  group: z.nullable(id),
  reminders,
});
export type CardDetails = z.infer<typeof cardDetails>;

export const PERSON_NAME_LENGTH = 60;

/** Somebody else, or another phone of the customer, that may confirm purchases on their account. */
export const authorisedPerson = z.strictObject({
  id,
  name: z.string().check(
    z.maxLength(PERSON_NAME_LENGTH),
    z.regex(/^[^\p{Cc}\p{Surrogate}]+$/u),
    z.refine((name) => name !== '' && name.trim() === name),
  ),
  phone,
});
export type AuthorisedPerson = z.infer<typeof authorisedPerson>;

/** The data of a person that the `personRecordHash` of their entry covers (`proof/record`). `salt`: of that hash. */
export const sealedPerson = z.strictObject({
  ...authorisedPerson.shape,
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
});
export type SealedPerson = z.infer<typeof sealedPerson>;

/** `birthdaySince`: when the birthday was entered or last changed, ms; null: there is none. */
export const sealedDetails = {
  ...cardDetails.shape,
  birthdaySince: z.nullable(at),
};

/** The most customers of one act, because their cards go with it in one upload. A longer list makes several acts. */
export const MOST_IMPORTED = 500;

/** A customer in the journal: an id and the salted hash of the detached personal record. */
export const customerInJournal = z.strictObject({ customer: id, recordHash: hash, credit });

/** One of two merged cards, and the code by which its customer consented. */
const mergedCard = z.strictObject({ customer: id, challenge: id, grant: grantJws });

/**
 * Two cards become one account: once the relay has accepted the entry, `from` is shown under `into`. `credit`: the stricter one
 * of both, which counts from then on. The balances of both are added up whenever they are read, so the entry states no sums.
 */
export const mergedBody = z
  .strictObject({ merge: id, from: mergedCard, into: mergedCard, credit })
  .check(z.refine(({ from, into }) => from.customer !== into.customer));

/**
 * An authorised person is added to a customer's card or removed from it. `recordHash`, `credit`: of the card, which does not
 * change.
 */
const personOnCard = { ...customerInJournal.shape, person: id };

/**
 * Contains the proof that the customer consented to exactly this person by a code to their main number. `personRecordHash`:
 * salted hash of the record with the person's name and number, which the journal does not contain.
 */
export const personAddedBody = z.strictObject({
  ...personOnCard,
  personRecordHash: hash,
  challenge: id,
  grant: grantJws,
});
export const personRemovedBody = z.strictObject(personOnCard);
