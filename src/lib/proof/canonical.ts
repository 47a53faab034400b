// Canonical JSON (RFC 8785), SHA-256 over it, hex and base64url.
// Everything hashed or signed goes through this file.
import canonicalize from 'canonicalize';

/** Canonical text of a JSON value. Throws if there is none (NaN, a cycle, a lone surrogate, `undefined` itself). */
export function canonical(value: unknown): string {
  // parsed canonical JSON keeps its key order, and JSON.stringify is ten times faster
  const text = isInOrder(value) ? JSON.stringify(value) : canonicalize(value);
  if (text === undefined) throw new TypeError('value has no canonical form');
  return text;
}

/** Whether JSON.stringify writes the canonical form: it differs in key order and for values without canonical form. */
function isInOrder(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return WELL_FORMED.test(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return isListInOrder(value);
      return Object.getPrototypeOf(value) === Object.prototype && isRecordInOrder(value);
    default:
      return false;
  }
}

const WELL_FORMED = /^\P{Surrogate}*$/u;

/** By index, because `every` skips holes. */
function isListInOrder(list: readonly unknown[]): boolean {
  for (const each of list) if (!isInOrder(each)) return false;
  return true;
}

function isRecordInOrder(record: object): boolean {
  let before = '';
  for (const [key, value] of Object.entries(record)) {
    // "<" compares UTF-16 code units, as RFC 8785 does
    if (key < before || !isInOrder(key) || !isInOrder(value)) return false;
    before = key;
  }
  return true;
}

/** UTF-8 bytes. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** SHA-256 of the UTF-8 text, lower-case hex. */
export const sha256Hex = async (text: string): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(text))));

/** SHA-256 of the canonical form, lower-case hex. */
export const hashOf = async (value: unknown): Promise<string> => sha256Hex(canonical(value));

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

/** Null if the text is not lower-case hex of whole bytes. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Null if the text is not unpadded base64url in its only valid spelling. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  // the unused low bits of the last character must be zero, so that a signature has only one text
  return toBase64Url(bytes) === text ? bytes : null;
}

/** Compares in constant time if the lengths are equal. */
export function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
