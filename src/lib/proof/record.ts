// The salted hashes by which journal entries refer to cards and authorised persons.
// Once record and salt are erased, the hash reveals nothing.
import type { CardDetails, SealedPerson } from '$lib/contract/acts/customer';
import type { PersonalRecord } from '$lib/contract/journal-upload';
import { isPersonRecord } from '$lib/domain/shop-cards';
import { hashOf, toHex } from './canonical';

/**
 * The `recordHash` of a card: SHA-256 hex over the canonical form of its salt and all that another till needs of the card.
 * Rejects if a text has no canonical form (a lone surrogate).
 */
export function sealCard(card: SealedCard): Promise<string> {
  const { salt, ...record } = sealedPart(card);
  return hashOf({ salt, record });
}

/** Only the fields of a card that its seal covers. */
export function sealedPart(card: SealedCard): SealedCard {
  const { salt, name, phone, cardSalt, birthday, birthdaySince, note, group, reminders } = card;
  return { salt, name, phone, cardSalt, birthday, birthdaySince, note, group, reminders };
}

/** The `personRecordHash` of an authorised person, made in the same way. */
export const sealPerson = ({ salt, id, name, phone }: SealedPerson): Promise<string> =>
  hashOf({ salt, record: { id, name, phone } });

/** The hash by which an entry names this record. */
export const sealRecord = (record: PersonalRecord): Promise<string> =>
  isPersonRecord(record) ? sealPerson(record) : sealCard(record);

/** The fields of a card that its seal covers. */
export type SealedCard = CardDetails & {
  readonly salt: string;
  readonly name: string;
  readonly phone: string | null;
  readonly cardSalt: string;
  readonly birthdaySince: number | null;
};

/** A fresh 16-byte salt of a record, hex. */
export const makeSalt = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));

/** A fresh salt of a new card, 32 bytes, hex. */
export const makeCardSalt = (): string => toHex(crypto.getRandomValues(new Uint8Array(32)));
