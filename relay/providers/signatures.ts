// Hashes that verify signed delivery reports.
import { createHash, createHmac, type BinaryLike } from 'node:crypto';

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export const hmacSha256Hex = (key: BinaryLike, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex');

/** Only for Twilio: SHA-1 must not be used for anything new. */
export const hmacSha1Base64 = (key: string, text: string): string =>
  createHmac('sha1', key).update(text).digest('base64');
