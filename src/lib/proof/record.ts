// The salted hash by which a journal entry refers to a detached personal record.
// Once record and salt are erased, the hash reveals nothing.
import { hashOf, toHex } from './canonical';

/** SHA-256 hex over canonical `{ salt, record }`. */
export function sealRecord(salt: string, record: object): Promise<string> {
  return hashOf({ salt, record });
}

/** A fresh 16-byte salt of a record, hex. */
export function makeSalt(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

/** A fresh salt of a new card, 32 bytes, hex. */
export function makeCardSalt(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}
