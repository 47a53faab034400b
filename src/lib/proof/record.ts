// The salted hash by which a journal entry knows a detached personal record: erase the record and its salt, and the hash says nothing more.
import { hashOf, toHex } from './canonical';

/** SHA-256 hex over canonical `{ salt, record }`. */
export function sealRecord(salt: string, record: object): Promise<string> {
  return hashOf({ salt, record });
}

/** A fresh 16-byte salt, hex. */
export function makeSalt(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
