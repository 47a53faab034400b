// A connection code as a person types it, read into the ten characters the relay knows.

/** Crockford base 32: confusable letters are read as the digits they look like. Null: no such code. */
export function parseToken(typed: string): string | null {
  const bare = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(bare) ? bare : null;
}
