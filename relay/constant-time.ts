// Compares secrets and signatures in constant time.
import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether both texts are equal; the time taken does not depend on where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
