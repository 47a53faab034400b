// Hashes by which services sign their delivery reports, computed by Node.
import { createHash, createHmac, type BinaryLike } from 'node:crypto';

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export const hmacSha256Hex = (key: BinaryLike, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex');

/** For Twilio alone: SHA-1 is not to be used for anything new. */
export const hmacSha1Base64 = (key: string, text: string): string =>
  createHmac('sha1', key).update(text).digest('base64');
