// The salted hash by which a journal entry refers to a customer's card.
// Once card and salt are erased, the hash reveals nothing.
import { hashOf, toHex } from './canonical';

/**
 * The `recordHash` of a card: SHA-256 hex over the canonical form of its salt and all that another till needs of it. Rejects
 * text that has none (a lone surrogate).
 */
export function sealCard({ salt, name, phone, cardSalt }: SealedCard): Promise<string> {
  return hashOf({ salt, record: { name, phone, cardSalt } });
}

/** What a card's seal covers. */
export type SealedCard = {
  readonly salt: string;
  readonly name: string;
  readonly phone: string | null;
  readonly cardSalt: string;
};

/** A fresh 16-byte salt of a record, hex. */
export function makeSalt(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

/** A fresh salt of a new card, 32 bytes, hex. */
export function makeCardSalt(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}
