// The version of the wire, sent by both ends with every request.
// A different number is refused with `contract-mismatch`.

/** Raised only by a change that an older till or relay could misread. */
export const CONTRACT_VERSION = 1;

/** Request header that carries `CONTRACT_VERSION`. */
export const CONTRACT_HEADER = 'Counterfoil-Contract';

/** By which version of the rules (`domain/acts`) an entry was decided; stays 1 until the first release. */
export const RULES_VERSION = 1;
