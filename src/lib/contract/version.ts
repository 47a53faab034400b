// The version of the wire. Both ends send it with every request; another number is refused with `contract-mismatch`.

/** Raised only by a change an older till or relay could misread. */
export const CONTRACT_VERSION = 1;

/** Request header that carries `CONTRACT_VERSION`. */
export const CONTRACT_HEADER = 'Counterfoil-Contract';
