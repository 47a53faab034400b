// The version of the wire, sent by both ends with every request.
// A different number is refused with `contract-mismatch`.

/** Raised only by a change that an older till or relay could misread. */
export const CONTRACT_VERSION = 1;

/** Request header that carries `CONTRACT_VERSION`. */
export const CONTRACT_HEADER = 'Counterfoil-Contract';

/** The version of the rules (`domain/acts`), stated in each entry that they decide; stays 1 until the first release. */
export const RULES_VERSION = 1;

/** Request header with the till's signature over the request: `at.nonce.signature`, of a `requestClaim`. */
export const SIGNATURE_HEADER = 'Counterfoil-Signature';

/**
 * Request header with an owner's consent to a protected change: `code:123456`, `token:ABCDEFGHJK`, `resend`, or several
 * of them, separated by spaces.
 */
export const CONSENT_HEADER = 'Counterfoil-Consent';
